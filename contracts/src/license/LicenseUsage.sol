// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IBurnable} from "../interfaces/IBurnable.sol";
import {ILicenseBook} from "../interfaces/ILicenseBook.sol";
import {ParameterKeys} from "../libraries/ParameterKeys.sol";
import {UtcMonths} from "../libraries/UtcMonths.sol";
import {LicenseState} from "./LicenseState.sol";

/// @title Requirement, usage, top-up window and monthly burn of licences
abstract contract LicenseUsage is LicenseState, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @dev Highest functionality class, `stake.class_bps.6`.
    uint8 private constant MAX_CLASS = 6;

    /// @inheritdoc ILicenseBook
    function raiseRequirement(uint256 id, uint256 amount, bytes32 reasonHash) external {
        License storage l = _book().licenses[id];
        if (l.state != State.Applied && l.state != State.Approved && l.state != State.Suspended) {
            revert WrongState(id, l.state);
        }
        _power(l.holder);
        _notZero(reasonHash);
        l.raised = amount;
        emit RequirementRaisedFor(id, msg.sender, amount, reasonHash);
        _emitTerms(id, l);
        if (l.kind == Kind.Provider) emit RequirementRaised(l.holder, amount);
    }

    /// @inheritdoc ILicenseBook
    function reportUsage(uint256 id, uint64 users, uint128 units, uint8 class) external onlyRole(REPORTER_ROLE) {
        License storage l = _reportable(id);
        if (class > MAX_CLASS) revert InvalidClass(class);
        uint256 before = requirementOf(id);
        (l.users, l.units, l.class) = (users, units, class);
        uint256 staked = _book().vault.countedStakeOf(id);
        if (staked >= requirementOf(id)) {
            (l.graceUntil, l.graceRequirement) = (0, 0);
        } else if (staked >= before) {
            l.graceUntil = uint64(block.timestamp + _book().parameters.get(ParameterKeys.STAKE_TOPUP_WINDOW));
            l.graceRequirement = before;
        }
        emit UsageReported(id, msg.sender, users, units, class);
        _emitTerms(id, l);
    }

    /// @inheritdoc ILicenseBook
    function reportMonth(uint256 id, uint256 month, uint64 users) external onlyRole(REPORTER_ROLE) {
        License storage l = _reportable(id);
        if (l.kind != Kind.App) revert InvalidKind(l.kind);
        if (month >= UtcMonths.monthOf(block.timestamp)) revert InvalidMonth(month);
        BookStorage storage s = _book();
        Dues storage dues = s.dues[id];
        if (month < dues.nextMonth) revert MonthAlreadyReported(id, month);
        dues.nextMonth = month + 1;
        uint256 amount = s.terms.appBurn(users);
        uint256 dueAt;
        if (amount != 0) {
            dueAt = block.timestamp + s.parameters.get(ParameterKeys.BURN_DUE_WINDOW);
            // Never before an older month: the head of the queue is always the first to be overdue.
            if (dues.head != dues.tail) dueAt = Math.max(dueAt, dues.items[dues.tail - 1].dueAt);
            dues.items[dues.tail++] = Due(uint64(month), uint64(dueAt), amount);
        }
        emit BurnDue(id, month, users, amount, dueAt);
    }

    /// @inheritdoc ILicenseBook
    function payBurn(uint256 id, uint256 month) external nonReentrant {
        BookStorage storage s = _book();
        Dues storage dues = s.dues[id];
        Due memory due = dues.items[dues.head];
        if (due.amount == 0 || due.month != month) revert NotOldestMonth(id, month);
        delete dues.items[dues.head++];
        emit BurnPaid(id, month, msg.sender, due.amount);
        IERC20(s.token).safeTransferFrom(msg.sender, address(this), due.amount);
        IBurnable(s.token).burn(due.amount);
    }

    /// @inheritdoc ILicenseBook
    function announceProviderStake() external {
        _announceProviderStake();
    }

    /// @inheritdoc ILicenseBook
    function burnDue(uint256 id) external view returns (uint256 month, uint256 amount, uint256 dueAt) {
        Dues storage dues = _book().dues[id];
        Due memory due = dues.items[dues.head];
        return (due.month, due.amount, due.dueAt);
    }

    /// @inheritdoc ILicenseBook
    function hasOverdueBurn(uint256 id) public view returns (bool) {
        Dues storage dues = _book().dues[id];
        return dues.head != dues.tail && block.timestamp > dues.items[dues.head].dueAt;
    }

    /// @inheritdoc ILicenseBook
    function requirementOf(uint256 id) public view returns (uint256) {
        License storage l = _book().licenses[id];
        (uint256 amount, bool fixedKind) = _base(l);
        bool grandfathered = fixedKind && l.approvedAt != 0;
        if (grandfathered && _book().parameters.get(ParameterKeys.STAKE_GRANDFATHER) != 0) {
            amount = Math.min(amount, l.baseAtApproval);
        }
        return Math.max(amount, l.raised);
    }

    /// @inheritdoc ILicenseBook
    function isCovered(uint256 id) public view returns (bool) {
        License storage l = _book().licenses[id];
        uint256 staked = _book().vault.countedStakeOf(id);
        if (staked >= requirementOf(id)) return true;
        return block.timestamp <= l.graceUntil && staked >= l.graceRequirement;
    }

    /// @dev Requirement by kind and usage at the present parameters and price.
    function _base(License storage l) internal view returns (uint256 amount, bool fixedKind) {
        return _book().terms.base(l.kind, l.users, l.units, l.class);
    }

    function _announceProviderStake() internal {
        BookStorage storage s = _book();
        (uint256 amount,) = s.terms.base(Kind.Provider, 0, 0, 0);
        if (amount == s.announcedProviderStake) return;
        s.announcedProviderStake = amount;
        emit StakeAmountAdjusted(amount);
    }

    function _emitTerms(uint256 id, License storage l) internal {
        emit LicenseTermsChanged(
            id, l.users, l.units, l.class, l.raised, l.baseAtApproval, l.graceUntil, l.graceRequirement
        );
    }

    function _reportable(uint256 id) private view returns (License storage l) {
        l = _book().licenses[id];
        State state = l.state;
        if (state != State.Approved && state != State.Suspended && state != State.Revoked && state != State.Renounced) {
            revert WrongState(id, state);
        }
    }
}
