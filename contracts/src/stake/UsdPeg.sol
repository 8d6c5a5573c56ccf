// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IParameters} from "../interfaces/IParameters.sol";
import {ITwapOracle, IUsdPeg} from "../interfaces/IUsdPeg.sol";
import {ParameterKeys} from "../libraries/ParameterKeys.sol";
import {UtcMonths} from "../libraries/UtcMonths.sol";

/// @title Price of the last re-base
contract UsdPeg is IUsdPeg, AccessControlUpgradeable, UUPSUpgradeable {
    /// @dev May replace the implementation.
    bytes32 public constant UPGRADER_ROLE = keccak256("UPGRADER_ROLE");

    uint256 private constant BPS = 10_000;
    uint8 private constant REASON_FIRST = 0;
    uint8 private constant REASON_YEAR = 1;
    uint8 private constant REASON_MOVED = 2;

    bytes32 private constant STORAGE_SLOT = 0x10013b6b6da4e1191034e332e821b1835dd62788a66ff538f693bc2ee7ca4d00;

    /// @custom:storage-location erc7201:milepost.usdpeg
    struct PegStorage {
        IParameters parameters;
        uint256 price;
        uint256 rebasedAt;
    }

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @param parameters Window, thresholds and the account of the oracle.
    /// @param admin Receives DEFAULT_ADMIN_ROLE and UPGRADER_ROLE.
    function initialize(address parameters, address admin) external initializer {
        if (parameters == address(0) || admin == address(0)) revert ZeroAddress();
        __AccessControl_init();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(UPGRADER_ROLE, admin);
        _peg().parameters = IParameters(parameters);
    }

    /// @inheritdoc IUsdPeg
    function rebase() external returns (uint256 next) {
        PegStorage storage s = _peg();
        IParameters p = s.parameters;
        uint256 window = p.get(ParameterKeys.STAKE_PEG_WINDOW);
        uint256 updatedAt;
        (next, updatedAt) = ITwapOracle(p.account("oracle")).twap(uint32(window));
        if (next == 0) revert InvalidPrice(next);
        if (updatedAt > block.timestamp || block.timestamp - updatedAt > window) revert StalePrice(updatedAt);
        uint256 last = s.price;
        uint8 reason;
        if (last == 0) {
            reason = REASON_FIRST;
        } else if (
            p.get(ParameterKeys.STAKE_PEG_YEARLY) != 0
                && UtcMonths.yearOf(block.timestamp) > UtcMonths.yearOf(s.rebasedAt)
        ) {
            reason = REASON_YEAR;
        } else if (_moved(last, next, p.get(ParameterKeys.STAKE_PEG_REBASE_BPS))) {
            reason = REASON_MOVED;
        } else {
            revert NoRebaseDue(last, next);
        }
        s.price = next;
        s.rebasedAt = block.timestamp;
        emit Rebased(next, last, reason, msg.sender);
    }

    /// @inheritdoc IUsdPeg
    function price() external view returns (uint256) {
        return _peg().price;
    }

    /// @inheritdoc IUsdPeg
    function rebasedAt() external view returns (uint256) {
        return _peg().rebasedAt;
    }

    function _moved(uint256 last, uint256 next, uint256 bps) private pure returns (bool) {
        uint256 distance = next > last ? next - last : last - next;
        return distance >= Math.mulDiv(last, bps, BPS, Math.Rounding.Ceil);
    }

    function _authorizeUpgrade(address) internal view override onlyRole(UPGRADER_ROLE) {}

    function _peg() private pure returns (PegStorage storage s) {
        bytes32 slot = STORAGE_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }
}
