// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {ICourt, Ruling} from "../interfaces/ICourt.sol";
import {IParameters} from "../interfaces/IParameters.sol";

/// @title Adjudication by token vote
/// @notice Hands the ruling that a vote decided to the court.
/// @dev No administrator, no upgrade. Trust: the timelock, which executes what a vote decided, is the only caller; the
///      court takes rulings from here for cases that opened while the vote was the adjudicator, and for no others.
contract VoteAdjudicator {
    using SafeERC20 for IERC20;

    error ZeroAddress();
    error NotTimelock(address caller);

    event FeesForwarded(address indexed treasury, uint256 amount);

    ICourt private immutable _court;
    IERC20 private immutable _token;
    IParameters private immutable _parameters;
    address private immutable _timelock;

    constructor(address court_, address token, address parameters, address timelock_) {
        if (court_ == address(0) || token == address(0) || parameters == address(0) || timelock_ == address(0)) {
            revert ZeroAddress();
        }
        _court = ICourt(court_);
        _token = IERC20(token);
        _parameters = IParameters(parameters);
        _timelock = timelock_;
    }

    /// @notice Rules as the vote decided. @dev Timelock only.
    function rule(uint256 caseId, Ruling calldata ruling) external {
        if (msg.sender != _timelock) revert NotTimelock(msg.sender);
        _court.rule(caseId, ruling);
    }

    /// @notice Sends the fees of rulings to the treasury: a vote has nobody to pay. Anyone.
    function forwardFees() external {
        address treasury = _parameters.account("treasury");
        uint256 amount = _token.balanceOf(address(this));
        emit FeesForwarded(treasury, amount);
        _token.safeTransfer(treasury, amount);
    }

    function court() external view returns (address) {
        return address(_court);
    }

    function timelock() external view returns (address) {
        return _timelock;
    }
}
