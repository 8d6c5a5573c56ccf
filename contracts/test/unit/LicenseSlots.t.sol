// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {LicenseBase} from "../helpers/LicenseBase.sol";

contract LicenseSlotsTest is LicenseBase {
    function _slot(string memory id) private pure returns (bytes32) {
        return keccak256(abi.encode(uint256(keccak256(bytes(id))) - 1)) & ~bytes32(uint256(0xff));
    }

    function _first(address target, string memory id) private view returns (address) {
        return address(uint160(uint256(vm.load(target, _slot(id)))));
    }

    /// @dev The namespaces, read where their first field must be.
    function test_slotsFollowErc7201() public view {
        assertEq(_first(address(book), "milepost.licensebook"), address(params), "book");
        assertEq(_first(address(vault), "milepost.stakevault"), address(token), "vault");
        assertEq(_first(address(peg), "milepost.usdpeg"), address(params), "peg");
    }
}
