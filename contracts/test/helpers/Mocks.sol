// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IERC721Receiver} from "@openzeppelin/contracts/token/ERC721/IERC721Receiver.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @dev Contract account of one key (ERC-1271).
contract Wallet {
    address private immutable _key;

    constructor(address key) {
        _key = key;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        (address signer, ECDSA.RecoverError err,) = ECDSA.tryRecoverCalldata(hash, signature);
        return err == ECDSA.RecoverError.NoError && signer == _key ? this.isValidSignature.selector : bytes4(0);
    }

    function execute(address target, bytes calldata data) external returns (bytes memory) {
        (bool ok, bytes memory result) = target.call(data);
        if (!ok) {
            assembly ("memory-safe") {
                revert(add(result, 32), mload(result))
            }
        }
        return result;
    }
}

/// @dev Receiver that calls back during a safe transfer and remembers whether that worked.
contract Reenterer is IERC721Receiver {
    address public target;
    bytes public data;
    bool public called;
    bool public succeeded;

    function arm(address target_, bytes calldata data_) external {
        target = target_;
        data = data_;
    }

    function onERC721Received(address, address, uint256, bytes calldata) external returns (bytes4) {
        called = true;
        (succeeded,) = target.call(data);
        return IERC721Receiver.onERC721Received.selector;
    }
}

/// @dev ERC-20 that calls back into its user during a transfer, once.
contract CallbackToken {
    mapping(address => uint256) public balanceOf;
    address private _target;
    bytes private _data;
    bool public reentered;
    bool public succeeded;
    bytes public result;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function arm(address target, bytes calldata data) external {
        _target = target;
        _data = data;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        _move(msg.sender, to, amount);
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        _move(from, to, amount);
        return true;
    }

    function _move(address from, address to, uint256 amount) private {
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
        if (_target == address(0) || reentered) return;
        reentered = true;
        (succeeded, result) = _target.call(_data);
    }
}

/// @dev Lets a token's callback act as the test contract, which owns the stake: only a guard can stop it then.
abstract contract Reentering {
    function act(address target, bytes calldata data) external {
        (bool ok, bytes memory result) = target.call(data);
        if (ok) return;
        assembly ("memory-safe") {
            revert(add(result, 32), mload(result))
        }
    }
}

/// @dev Module with one function and one that fails with a reason.
contract PingModule {
    error Reason(uint256 value);

    function ping() external pure returns (uint256) {
        return 7;
    }

    function fail(uint256 value) external pure {
        revert Reason(value);
    }
}
