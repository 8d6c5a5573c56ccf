// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {ILicenseBook} from "../interfaces/ILicenseBook.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {IStakeTerms} from "../interfaces/IStakeTerms.sol";
import {IUsdPeg} from "../interfaces/IUsdPeg.sol";
import {ParameterKeys} from "../libraries/ParameterKeys.sol";

/// @title What a licence must stake and an app must burn
/// @notice Holds nothing: the licence book points at it, and governance may point it at another one.
contract StakeTerms is IStakeTerms {
    /// @dev A pegged kind before the first price: no stake covers it.
    uint256 private constant UNPRICED = type(uint256).max;
    uint256 private constant BPS = 10_000;
    uint256 private constant TOKEN = 1e18;
    uint256 private constant ROUNDING_FLOOR = 0;
    uint256 private constant ROUNDING_PRO_RATA = 1;

    IParameters private immutable _parameters;
    address private immutable _peg;

    /// @param parameters_ Numbers.
    /// @param peg Source of the pegged price; zero: none.
    constructor(address parameters_, address peg) {
        if (parameters_ == address(0)) revert ZeroAddress();
        _parameters = IParameters(parameters_);
        _peg = peg;
    }

    /// @inheritdoc IStakeTerms
    function base(ILicenseBook.Kind kind, uint256 users, uint256 units, uint8 class)
        external
        view
        returns (uint256 amount, bool fixedKind)
    {
        IParameters p = _parameters;
        if (kind == ILicenseBook.Kind.Provider) {
            uint256 usd = p.get(ParameterKeys.STAKE_PROVIDER_USD);
            return (usd == 0 ? p.get(ParameterKeys.STAKE_PROVIDER) : _pegged(usd), true);
        }
        if (kind == ILicenseBook.Kind.Client) return (p.get(ParameterKeys.STAKE_CLIENT), true);
        if (kind == ILicenseBook.Kind.Node) {
            uint256 usd = p.get(ParameterKeys.STAKE_NODE_USD);
            if (usd != 0) return (_pegged(usd), true);
            return (p.get(ParameterKeys.STAKE_NODE_BASE) + p.get(ParameterKeys.STAKE_NODE_PER_USER) * users, false);
        }
        if (kind == ILicenseBook.Kind.App) return (_app(p, users), false);
        if (kind == ILicenseBook.Kind.Operator || kind == ILicenseBook.Kind.Broker) {
            return (_curve(p, units, class), false);
        }
        return (0, false);
    }

    /// @inheritdoc IStakeTerms
    function appBurn(uint256 users) external view returns (uint256) {
        IParameters p = _parameters;
        if (users <= p.get(ParameterKeys.BURN_APP_FREE_USERS)) return 0;
        uint256 step = p.get(ParameterKeys.BURN_APP_USERS);
        uint256 amount = p.get(ParameterKeys.BURN_APP_AMOUNT);
        uint256 rounding = p.get(ParameterKeys.BURN_ROUNDING);
        if (rounding == ROUNDING_FLOOR) return users / step * amount;
        if (rounding == ROUNDING_PRO_RATA) return Math.mulDiv(users, amount, step);
        return Math.ceilDiv(users, step) * amount;
    }

    /// @inheritdoc IStakeTerms
    function parameters() external view returns (address) {
        return address(_parameters);
    }

    /// @inheritdoc IStakeTerms
    function usdPeg() external view returns (address) {
        return _peg;
    }

    function _app(IParameters p, uint256 users) private view returns (uint256) {
        uint256 free = p.get(ParameterKeys.STAKE_APP_FREE_USERS);
        if (users <= free) return 0;
        return p.get(ParameterKeys.STAKE_APP) + p.get(ParameterKeys.STAKE_APP_PER_USER) * (users - free);
    }

    /// @dev Whole tokens (C-13).
    function _pegged(uint256 usd) private view returns (uint256) {
        uint256 price = _peg == address(0) ? 0 : IUsdPeg(_peg).price();
        return price == 0 ? UNPRICED : usd / price * TOKEN;
    }

    function _curve(IParameters p, uint256 units, uint8 class) private view returns (uint256) {
        uint256 scaled = Math.mulDiv(_lockUp(p, units), p.get(ParameterKeys.classFactorOf(class)), BPS);
        return Math.max(p.get(ParameterKeys.STAKE_CURVE_MIN), scaled);
    }

    function _lockUp(IParameters p, uint256 units) private view returns (uint256) {
        uint256 x1 = p.get(ParameterKeys.STAKE_CURVE_X1);
        uint256 y1 = p.get(ParameterKeys.STAKE_CURVE_Y1);
        if (units < x1) return _segment(units, 0, p.get(ParameterKeys.STAKE_CURVE_Y0), x1, y1);
        uint256 x2 = p.get(ParameterKeys.STAKE_CURVE_X2);
        uint256 y2 = p.get(ParameterKeys.STAKE_CURVE_Y2);
        if (units < x2) return _segment(units, x1, y1, x2, y2);
        return _segment(units, x2, y2, p.get(ParameterKeys.STAKE_CURVE_X3), p.get(ParameterKeys.STAKE_CURVE_Y3));
    }

    function _segment(uint256 u, uint256 x, uint256 y, uint256 xNext, uint256 yNext) private pure returns (uint256) {
        return y + Math.mulDiv(yNext - y, u - x, xNext - x);
    }
}
