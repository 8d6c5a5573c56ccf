// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

import {ILicenseBook} from "../../src/interfaces/ILicenseBook.sol";
import {ITwapOracle, IUsdPeg} from "../../src/interfaces/IUsdPeg.sol";
import {ParameterKeys as K} from "../../src/libraries/ParameterKeys.sol";
import {PostedTwap} from "../../src/stake/PostedTwap.sol";
import {StakeTerms} from "../../src/stake/StakeTerms.sol";
import {UsdPeg} from "../../src/stake/UsdPeg.sol";
import {LicenseBase} from "../helpers/LicenseBase.sol";

/// @dev Any contract may be the oracle; this one says what it is told.
contract SpokenOracle is ITwapOracle {
    uint256 private _price;
    uint256 private _updatedAt;

    function say(uint256 price, uint256 updatedAt) external {
        (_price, _updatedAt) = (price, updatedAt);
    }

    function twap(uint32) external view returns (uint256, uint256) {
        return (_price, _updatedAt);
    }
}

contract UsdPegTest is LicenseBase {
    uint256 private constant WEEK = 7 days;
    /// @dev 2028-01-01, the first new year after START.
    uint256 private constant NEW_YEAR = 1_830_297_600;

    SpokenOracle private oracle;

    function _speak(uint256 price) private {
        if (address(oracle) == address(0)) {
            oracle = new SpokenOracle();
            vm.prank(governance);
            params.setAccount("oracle", address(oracle));
        }
        oracle.say(price, block.timestamp);
    }

    function _rebase(uint256 price) private {
        _speak(price);
        peg.rebase();
    }

    function _node() private view returns (uint256 r) {
        (r,) = terms.base(ILicenseBook.Kind.Node, 0, 0, 0);
    }

    function _provider() private view returns (uint256 r) {
        (r,) = terms.base(ILicenseBook.Kind.Provider, 0, 0, 0);
    }

    // Requirements -------------------------------------------------------------------------------------------------

    /// @dev C-13: the vectors of DIP-4&5A2.
    function test_peggedRequirements_c13() public {
        _set(K.STAKE_PROVIDER_USD, 10_000e18);
        _set(K.STAKE_NODE_USD, 30_000e18);
        _rebase(0.1297e18);
        assertEq(_provider(), 77_101e18, "10,000 USD at 0.1297, whole tokens");
        assertEq(_node(), 231_303e18, "30,000 USD at 0.1297");
        _rebase(2e18);
        assertEq(_provider(), 5000e18, "at $2");
        _rebase(3e18);
        assertEq(_provider(), 3333e18, "at $3");
    }

    function test_theDeployedProfileIsPeggedAndGrandfathered_c13() public {
        _deployLicenses("deployed-2025");
        uint256 early = _approved(alice, ILicenseBook.Kind.Provider);
        _rebase(0.1297e18);
        uint256 id = _active(bob, ILicenseBook.Kind.Provider);
        assertEq(vault.stakeOf(id), 77_101e18, "stake");
        _rebase(0.06e18);
        assertEq(_provider(), 166_666e18, "new licences");
        assertEq(book.requirementOf(id), 77_101e18, "existing keep theirs");
        assertTrue(book.isLicensed(bob), "covered");
        assertEq(book.requirementOf(early), 166_666e18, "approved without a price: nothing to keep");
        _rebase(0.2e18);
        assertEq(book.requirementOf(id), 50_000e18, "a lower one counts");
        assertEq(vault.withdrawable(id), 27_101e18, "the excess is free");
    }

    function test_withoutAPriceNobodyIsCovered() public {
        uint256 id = _active(alice, ILicenseBook.Kind.Provider);
        _set(K.STAKE_PROVIDER_USD, 10_000e18);
        assertEq(book.requirementOf(id), type(uint256).max, "no price");
        assertFalse(book.isLicensed(alice), "inactive, no revert");
        assertEq(vault.withdrawable(id), 0, "nothing is free");
        StakeTerms without = new StakeTerms(address(params), address(0));
        (uint256 r,) = without.base(ILicenseBook.Kind.Provider, 0, 0, 0);
        assertEq(r, type(uint256).max, "no peg");
        _rebase(0.1e18);
        assertTrue(book.isLicensed(alice), "100,000 whole tokens");
    }

    // Re-base rule -------------------------------------------------------------------------------------------------

    function test_firstPriceIsTaken() public {
        _speak(0.1297e18);
        vm.expectEmit(true, true, true, true, address(peg));
        emit IUsdPeg.Rebased(0.1297e18, 0, 0, mallory);
        vm.prank(mallory);
        peg.rebase();
        assertEq(peg.price(), 0.1297e18, "price");
        assertEq(peg.rebasedAt(), block.timestamp, "time");
    }

    function test_moveOfFiftyPercentRebases_c13() public {
        _rebase(0.1e18);
        uint256[2] memory near = [uint256(0.15e18 - 1), 0.05e18 + 1];
        uint256[2] memory at_ = [uint256(0.15e18), 0.05e18];
        for (uint256 i = 0; i < 2; ++i) {
            uint256 base = vm.snapshotState();
            _speak(near[i]);
            vm.expectRevert(abi.encodeWithSelector(IUsdPeg.NoRebaseDue.selector, 0.1e18, near[i]));
            peg.rebase();
            _speak(at_[i]);
            vm.expectEmit(true, true, true, true, address(peg));
            emit IUsdPeg.Rebased(at_[i], 0.1e18, 2, address(this));
            peg.rebase();
            vm.revertToState(base);
        }
    }

    function test_newUtcYearRebases_c13() public {
        _rebase(0.1e18);
        vm.warp(NEW_YEAR - 1);
        _speak(0.11e18);
        vm.expectRevert(abi.encodeWithSelector(IUsdPeg.NoRebaseDue.selector, 0.1e18, 0.11e18));
        peg.rebase();
        vm.warp(NEW_YEAR);
        _speak(0.11e18);
        uint256 base = vm.snapshotState();
        _set(K.STAKE_PEG_YEARLY, 0);
        vm.expectRevert(abi.encodeWithSelector(IUsdPeg.NoRebaseDue.selector, 0.1e18, 0.11e18));
        peg.rebase();
        vm.revertToState(base);
        vm.expectEmit(true, true, true, true, address(peg));
        emit IUsdPeg.Rebased(0.11e18, 0.1e18, 1, address(this));
        peg.rebase();
        _speak(0.12e18);
        vm.expectRevert(abi.encodeWithSelector(IUsdPeg.NoRebaseDue.selector, 0.11e18, 0.12e18));
        peg.rebase();
    }

    function test_badOracleAnswersAreRefused() public {
        _speak(0);
        vm.expectRevert(abi.encodeWithSelector(IUsdPeg.InvalidPrice.selector, 0));
        peg.rebase();
        uint256 old = block.timestamp - WEEK - 1;
        oracle.say(1e18, old);
        vm.expectRevert(abi.encodeWithSelector(IUsdPeg.StalePrice.selector, old));
        peg.rebase();
        oracle.say(1e18, block.timestamp + 1);
        vm.expectRevert(abi.encodeWithSelector(IUsdPeg.StalePrice.selector, block.timestamp + 1));
        peg.rebase();
        oracle.say(1e18, block.timestamp - WEEK);
        peg.rebase();
    }

    function test_pegIsUpgradedByItsRoleOnly() public {
        UsdPeg next = new UsdPeg();
        bytes32 role = peg.UPGRADER_ROLE();
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, governance, role)
        );
        vm.prank(governance);
        peg.upgradeToAndCall(address(next), "");
        vm.prank(admin);
        peg.upgradeToAndCall(address(next), "");
    }

    // Posted prices ------------------------------------------------------------------------------------------------

    function _post(uint256 price) private {
        vm.prank(feeder);
        twap.post(uint192(price));
    }

    function test_rebaseOnPostedPrices() public {
        _priceFor(0.1297e18, WEEK);
        _post(0.1297e18);
        peg.rebase();
        assertEq(peg.price(), 0.1297e18, "average of a constant");
    }

    function test_averageIsWeightedByTime() public {
        uint256 start = block.timestamp;
        _post(1e18);
        vm.warp(start + 6 hours);
        _post(3e18);
        vm.warp(start + 8 hours);
        (uint256 average, uint256 updatedAt) = twap.twap(8 hours);
        assertEq(average, 1.5e18, "6 h at 1, 2 h at 3");
        assertEq(updatedAt, start + 6 hours, "newest");
        (average,) = twap.twap(2 hours);
        assertEq(average, 3e18, "the last two hours");
        (average,) = twap.twap(4 hours);
        assertEq(average, 2e18, "half and half");
    }

    function test_staleAndIncompleteDataAreRefused() public {
        vm.expectRevert(abi.encodeWithSelector(PostedTwap.StaleObservation.selector, 0));
        twap.twap(1 hours);
        uint256 start = block.timestamp;
        _post(1e18);
        vm.expectRevert(abi.encodeWithSelector(PostedTwap.ZeroWindow.selector));
        twap.twap(0);
        vm.expectRevert(abi.encodeWithSelector(PostedTwap.IncompleteWindow.selector, start - 1 hours, start));
        twap.twap(1 hours);
        vm.warp(start + 1 days);
        twap.twap(1 days);
        vm.warp(start + 1 days + 1);
        vm.expectRevert(abi.encodeWithSelector(PostedTwap.StaleObservation.selector, start));
        twap.twap(1 hours);
        _post(1e18);
        assertEq(twap.continuousSince(), start + 1 days + 1, "a gap starts anew");
        vm.warp(block.timestamp + 1 hours);
        twap.twap(1 hours);
        vm.expectRevert(
            abi.encodeWithSelector(
                PostedTwap.IncompleteWindow.selector, block.timestamp - 1 hours - 1, start + 1 days + 1
            )
        );
        twap.twap(1 hours + 1);
    }

    function test_postingRules() public {
        bytes32 role = twap.FEEDER_ROLE();
        vm.expectRevert(abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, mallory, role));
        vm.prank(mallory);
        twap.post(1e18);
        vm.expectRevert(abi.encodeWithSelector(PostedTwap.InvalidPrice.selector, 0));
        vm.prank(feeder);
        twap.post(0);
        vm.expectEmit(true, true, true, true, address(twap));
        emit PostedTwap.ObservationPosted(feeder, 1e18, block.timestamp);
        _post(1e18);
        vm.expectRevert(abi.encodeWithSelector(PostedTwap.TooSoon.selector, block.timestamp));
        vm.prank(feeder);
        twap.post(2e18);
        assertEq(twap.observationCount(), 1, "one");
        vm.expectRevert(abi.encodeWithSelector(PostedTwap.ZeroAddress.selector));
        new PostedTwap(address(0), 1);
        vm.expectRevert(abi.encodeWithSelector(PostedTwap.ZeroWindow.selector));
        new PostedTwap(admin, 0);
    }

    /// @dev Against a sum over every second's price.
    function testFuzz_averageIsTheSumOverTheWindow(uint256 seed, uint32 window) public {
        uint256 count = 12;
        uint256[] memory times = new uint256[](count);
        uint256[] memory prices = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            (times[i], prices[i]) = (block.timestamp, 1 + uint256(keccak256(abi.encode(seed, i))) % 1e24);
            _post(prices[i]);
            vm.warp(block.timestamp + 1 + uint256(keccak256(abi.encode(i, seed))) % 1 days);
        }
        uint256 end = block.timestamp;
        window = uint32(bound(window, 1, end - times[0]));
        uint256 sum;
        for (uint256 i = 0; i < count; ++i) {
            uint256 from = times[i] > end - window ? times[i] : end - window;
            uint256 to = i + 1 < count ? times[i + 1] : end;
            if (to > from) sum += prices[i] * (to - from);
        }
        (uint256 average,) = twap.twap(window);
        assertEq(average, sum / window, "average");
    }
}
