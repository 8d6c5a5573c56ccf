// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";

import {TeamRoster} from "../../src/governance/TeamRoster.sol";
import {IParameters} from "../../src/interfaces/IParameters.sol";
import {ParameterKeys as K} from "../../src/libraries/ParameterKeys.sol";
import {Parameters} from "../../src/parameters/Parameters.sol";
import {Calls} from "../helpers/Calls.sol";
import {ProfileLoader} from "../helpers/Profile.sol";

contract ParametersTest is Calls, ProfileLoader {
    uint256 private constant START = 1_800_000_000;

    address private admin = address(0xAD);
    address private member = address(0x7EA);
    address private mallory = address(0xBAD);

    Parameters private parameters;
    TeamRoster private roster;

    function setUp() public {
        vm.warp(START);
        parameters = _deployParameters("seed", admin);
        roster = _deployRoster(parameters, admin);
        vm.prank(admin);
        roster.appoint(member, block.timestamp + 30 days);
    }

    // Profiles -----------------------------------------------------------------------------------------------------

    function test_keyTableOfTheModelIsTheOneOnChain() public view {
        Profile memory p = _profile("seed");
        assertEq(p.keys.length, K.COUNT, "count");
        for (uint256 i = 0; i < p.keys.length; ++i) {
            (uint256 min, uint256 max) = parameters.limitsOf(p.keys[i]);
            assertEq(min, p.min[i], "least value");
            assertEq(max, p.max[i], "greatest value");
            assertTrue(parameters.isRaisable(p.keys[i]) == p.raisable[i], "raisable");
        }
    }

    function test_everyProfileIsAdoptedWithTheHashOfItsFile() public {
        string[7] memory names =
            ["dip4", "dip5-draft", "deployed-2025", "dlp3", "hardware-ecosystem", "phase-1.2", "seed"];
        for (uint256 i = 0; i < names.length; ++i) {
            Profile memory p = _profile(names[i]);
            vm.expectEmit(true, true, true, true, address(parameters));
            emit IParameters.ProfileAdopted(p.name, p.version, p.hash);
            vm.prank(admin);
            parameters.adopt(p.name, p.version, p.keys, p.values);
            (string memory name, uint256 version, bytes32 hash) = parameters.profile();
            assertEq(name, names[i], "name");
            assertEq(version, p.version, "version");
            assertEq(hash, p.hash, "hash");
            for (uint256 j = 0; j < p.keys.length; ++j) {
                assertEq(parameters.get(p.keys[j]), p.values[j], "value");
                assertEq(parameters.floorOf(p.keys[j]), p.values[j], "floor");
            }
        }
    }

    function test_aProfileHasEveryKeyOnceInOrder() public {
        Profile memory p = _profile("seed");
        bytes32[] memory keys = new bytes32[](p.keys.length - 1);
        uint256[] memory values = new uint256[](keys.length);
        for (uint256 i = 0; i < keys.length; ++i) {
            (keys[i], values[i]) = (p.keys[i], p.values[i]);
        }
        _adoptRefused(
            keys, values, abi.encodeWithSelector(IParameters.IncompleteProfile.selector, keys.length, K.COUNT)
        );
        _adoptRefused(
            p.keys, values, abi.encodeWithSelector(IParameters.LengthMismatch.selector, K.COUNT, values.length)
        );
        bytes32 second = p.keys[1];
        p.keys[1] = p.keys[0];
        _adoptRefused(
            p.keys, p.values, abi.encodeWithSelector(IParameters.KeysNotAscending.selector, p.keys[0], p.keys[0])
        );
        p.keys[1] = second;
        p.keys[K.COUNT - 1] = "z";
        _adoptRefused(p.keys, p.values, abi.encodeWithSelector(IParameters.UnknownParameter.selector, bytes32("z")));
    }

    /// @dev Any entry of a profile out of its bounds refuses the whole.
    function testFuzz_aProfileOutOfBoundsIsRefused(uint256 index, uint256 value) public {
        Profile memory p = _profile("seed");
        index = bound(index, 0, p.keys.length - 1);
        if (value >= p.min[index] && value <= p.max[index]) value = p.max[index] + 1;
        p.values[index] = value;
        _adoptRefused(
            p.keys,
            p.values,
            abi.encodeWithSelector(IParameters.OutOfLimits.selector, p.keys[index], value, p.min[index], p.max[index])
        );
    }

    function test_initializeOnceAndOnlyThroughAProxy() public {
        Profile memory p = _profile("seed");
        bytes memory data = abi.encodeCall(Parameters.initialize, (p.name, p.version, p.keys, p.values, mallory));
        bytes memory reason = abi.encodeWithSelector(Initializable.InvalidInitialization.selector);
        _refused(mallory, address(parameters), data, reason);
        _refused(mallory, address(new Parameters()), data, reason);
    }

    // Keys ---------------------------------------------------------------------------------------------------------

    function test_helpersNameTheKeysOfKindsClassesAndTypes() public view {
        string[6] memory kinds = ["provider", "client", "node", "app", "operator", "broker"];
        for (uint256 i = 0; i < kinds.length; ++i) {
            assertEq(K.approvalOf(i + 1), _key(string.concat("license.approval.", kinds[i])), "approval");
        }
        assertEq(K.approvalOf(0), 0, "no kind 0");
        assertEq(K.approvalOf(7), 0, "device types are decided with their provider");
        bytes32[7] memory classes = [
            K.STAKE_CLASS_BPS_0,
            K.STAKE_CLASS_BPS_1,
            K.STAKE_CLASS_BPS_2,
            K.STAKE_CLASS_BPS_3,
            K.STAKE_CLASS_BPS_4,
            K.STAKE_CLASS_BPS_5,
            K.STAKE_CLASS_BPS_6
        ];
        for (uint256 i = 0; i < classes.length; ++i) {
            assertEq(K.classFactorOf(i), classes[i], "class");
        }
        assertEq(K.classFactorOf(7), 0, "no class 7");
        string[6] memory types = ["software", "dongle", "hub", "dash_cam", "fleet", "ai"];
        for (uint256 i = 0; i < types.length; ++i) {
            bytes32 price = K.voucherPriceOf(_key(types[i]));
            assertEq(price, _key(string.concat("voucher.price.", types[i])), "price");
            parameters.get(price);
            parameters.get(K.voucherCapOf(_key(types[i])));
        }
    }

    /// @dev Else a type with a tail would have its own supply at the price of another.
    function testFuzz_onlyTheSixTypesHaveAPrice(bytes32 deviceType, uint256 shift) public {
        bytes32[6] memory types = [bytes32("software"), "dongle", "hub", "dash_cam", "fleet", "ai"];
        shift = bound(shift, 0, 5);
        // Half random, half a known type with something behind it.
        if (uint256(deviceType) & 1 == 0) deviceType = types[shift] | (deviceType >> 72);
        for (uint256 i = 0; i < types.length; ++i) {
            if (deviceType == types[i]) return;
        }
        bytes32 key = K.voucherPriceOf(deviceType);
        vm.expectRevert(abi.encodeWithSelector(IParameters.UnknownParameter.selector, key));
        parameters.get(key);
        key = K.voucherCapOf(deviceType);
        vm.expectRevert(abi.encodeWithSelector(IParameters.UnknownParameter.selector, key));
        parameters.get(key);
    }

    function testFuzz_unknownKeysAreNeverReadOrSet(bytes32 key) public {
        Profile memory p = _profile("seed");
        for (uint256 i = 0; i < p.keys.length; ++i) {
            if (p.keys[i] == key) return;
        }
        bytes memory reason = abi.encodeWithSelector(IParameters.UnknownParameter.selector, key);
        _refused(admin, address(parameters), abi.encodeCall(IParameters.get, (key)), reason);
        _refused(admin, address(parameters), abi.encodeCall(IParameters.floorOf, (key)), reason);
        _refused(admin, address(parameters), abi.encodeCall(IParameters.limitsOf, (key)), reason);
        _refused(admin, address(parameters), abi.encodeCall(IParameters.set, (key, 1)), reason);
        _refused(member, address(parameters), abi.encodeCall(IParameters.raise, (key, 1)), reason);
        _refused(admin, address(parameters), abi.encodeCall(IParameters.getMany, (_one(key))), reason);
    }

    // Governance ---------------------------------------------------------------------------------------------------

    function testFuzz_governanceSetsValueAndFloor(uint256 value) public {
        value = bound(value, 0, 1_000_000_000e18);
        vm.expectEmit(true, true, true, true, address(parameters));
        emit IParameters.ParameterSet(K.STAKE_PROVIDER, 100_000e18, value);
        vm.prank(admin);
        parameters.set(K.STAKE_PROVIDER, value);
        assertEq(parameters.get(K.STAKE_PROVIDER), value, "value");
        assertEq(parameters.floorOf(K.STAKE_PROVIDER), value, "floor");
        assertEq(parameters.getMany(_one(K.STAKE_PROVIDER))[0], value, "many");
    }

    function testFuzz_boundsHoldForEveryKey(uint256 index, uint256 value) public {
        Profile memory p = _profile("seed");
        index = bound(index, 0, p.keys.length - 1);
        bytes memory data = abi.encodeCall(IParameters.set, (p.keys[index], value));
        if (value < p.min[index] || value > p.max[index]) {
            bytes memory reason = abi.encodeWithSelector(
                IParameters.OutOfLimits.selector, p.keys[index], value, p.min[index], p.max[index]
            );
            _refused(admin, address(parameters), data, reason);
        } else {
            vm.prank(admin);
            (bool ok,) = address(parameters).call(data);
            assertEq(parameters.get(p.keys[index]), ok ? value : p.values[index], "all or nothing");
        }
    }

    function test_onlyGovernanceSets() public {
        bytes32 role = keccak256("GOVERNANCE_ROLE");
        Profile memory p = _profile("seed");
        address[2] memory callers = [member, mallory];
        address target = address(parameters);
        for (uint256 i = 0; i < callers.length; ++i) {
            _refusedForRole(callers[i], role, target, abi.encodeCall(IParameters.set, (K.STAKE_PROVIDER, 0)));
            _refusedForRole(
                callers[i],
                role,
                target,
                abi.encodeCall(IParameters.setMany, (_one(K.STAKE_PROVIDER), _one(uint256(0))))
            );
            _refusedForRole(callers[i], role, target, abi.encodeCall(IParameters.adopt, ("x", 1, p.keys, p.values)));
            _refusedForRole(callers[i], role, target, abi.encodeCall(IParameters.setAccount, ("treasury", callers[i])));
            _refusedForRole(
                callers[i],
                keccak256("UPGRADER_ROLE"),
                target,
                abi.encodeWithSignature("upgradeToAndCall(address,bytes)", target, "")
            );
        }
    }

    function test_accountsAreSetByGovernanceAndMissUntilThen() public {
        bytes memory reason = abi.encodeWithSelector(IParameters.AccountNotSet.selector, bytes32("treasury"));
        bytes memory question = abi.encodeCall(IParameters.account, ("treasury"));
        _refused(mallory, address(parameters), question, reason);
        vm.expectEmit(true, true, true, true, address(parameters));
        emit IParameters.AccountSet("treasury", address(0), address(0x7));
        vm.prank(admin);
        parameters.setAccount("treasury", address(0x7));
        assertEq(parameters.account("treasury"), address(0x7), "set");
        vm.prank(admin);
        parameters.setAccount("treasury", address(0));
        _refused(mallory, address(parameters), question, reason);
    }

    // Rules between parameters -------------------------------------------------------------------------------------

    function test_awardVectorIsWhole() public {
        _inconsistent(K.COURT_AWARD_BURN_BPS, 2501, "court.award");
        _inconsistent(K.COURT_AWARD_USERS_BPS, 5999, "court.award");
        bytes32[] memory keys = new bytes32[](2);
        uint256[] memory values = new uint256[](2);
        (keys[0], keys[1]) = (K.COURT_AWARD_BURN_BPS, K.COURT_AWARD_USERS_BPS);
        (values[0], values[1]) = (3000, 5500);
        vm.prank(admin);
        parameters.setMany(keys, values);
        assertEq(parameters.get(K.COURT_AWARD_USERS_BPS), 5500, "both at once");
        _inconsistent(K.COURT_CHALLENGER_CAP_BPS, 499, "court.challenger_cap");
    }

    function test_depositPaysThreeRoundsOfAnOddPanel() public {
        _inconsistent(K.COURT_DEPOSIT, 4_500e18 - 1, "court.deposit");
        _inconsistent(K.COURT_ARBITRATOR_FEE, 556e18, "court.deposit");
        _inconsistent(K.COURT_PANEL_SIZE, 5, "court.deposit");
        _inconsistent(K.COURT_PANEL_SIZE, 2, "court.panel_size");
        vm.prank(admin);
        parameters.set(K.COURT_DEPOSIT, 4_500e18);
    }

    function test_partsOfAPriceNeverExceedIt() public {
        // 70 % + 15 % + burn.
        vm.prank(admin);
        parameters.set(K.ESCROW_BURN_PPM, 150_000);
        _inconsistent(K.ESCROW_BURN_PPM, 150_001, "escrow.parts");
        _inconsistent(K.ESCROW_PROVIDER_BPS, 7001, "escrow.parts");
        _inconsistent(K.ESCROW_TEAM_CAP_PPM, 150_001, "escrow.parts");
        // A floor above the cap is what counts.
        _inconsistent(K.ESCROW_TEAM_FLOOR_PPM, 150_001, "escrow.parts");
        vm.startPrank(admin);
        parameters.set(K.ESCROW_BURN_LESS_TEAM, 1);
        parameters.set(K.ESCROW_BURN_PPM, 300_000);
        vm.stopPrank();
        _inconsistent(K.ESCROW_BURN_PPM, 300_001, "escrow.parts");
        _inconsistent(K.ESCROW_BURN_PPM, 149_999, "escrow.burn_less_team");
        vm.startPrank(admin);
        parameters.set(K.ESCROW_REST_TO_PROVIDER, 1);
        parameters.set(K.ESCROW_BURN_PPM, 1_000_000);
        vm.stopPrank();
        _inconsistent(K.ESCROW_REST_TO_PROVIDER, 0, "escrow.parts");
    }

    function test_curveSplitAndLevelsAreOrdered() public {
        _inconsistent(K.STAKE_CURVE_X1, 100_000, "stake.curve");
        _inconsistent(K.STAKE_CURVE_X3, 100_000, "stake.curve");
        _inconsistent(K.STAKE_CURVE_Y0, 25_000e18 + 1, "stake.curve");
        _inconsistent(K.STAKE_CURVE_Y3, 100_000e18 - 1, "stake.curve");
        _inconsistent(K.SPLIT_PROTOCOL_BPS, 6_001, "split");
        _inconsistent(K.GOV_LEVEL1_BPS, 6_001, "gov.level");
        _inconsistent(K.GOV_LEVEL3_BPS, 5_999, "gov.level");
        _inconsistent(K.GOV_QUORUM2_BPS, 299, "gov.level");
        _inconsistent(K.GOV_QUORUM2_BPS, 1_001, "gov.level");
    }

    // Team ---------------------------------------------------------------------------------------------------------

    /// @dev D1-18, D3-27.
    function testFuzz_teamRaisesAndReturnsButNeverBelowTheFloor(uint256 up, uint256 down) public {
        up = bound(up, 100_000e18, 1_000_000_000e18);
        vm.expectEmit(true, true, true, true, address(parameters));
        emit IParameters.ParameterRaised(K.STAKE_PROVIDER, member, 100_000e18, up);
        vm.prank(member);
        parameters.raise(K.STAKE_PROVIDER, up);
        assertEq(parameters.get(K.STAKE_PROVIDER), up, "raised");
        assertEq(parameters.floorOf(K.STAKE_PROVIDER), 100_000e18, "floor stays");
        bytes memory data = abi.encodeCall(IParameters.raise, (K.STAKE_PROVIDER, down));
        if (down < 100_000e18) {
            bytes memory reason =
                abi.encodeWithSelector(IParameters.BelowFloor.selector, K.STAKE_PROVIDER, down, 100_000e18);
            _refused(member, address(parameters), data, reason);
        } else if (down > 1_000_000_000e18) {
            bytes memory reason =
                abi.encodeWithSelector(IParameters.OutOfLimits.selector, K.STAKE_PROVIDER, down, 0, 1_000_000_000e18);
            _refused(member, address(parameters), data, reason);
        } else {
            vm.prank(member);
            parameters.raise(K.STAKE_PROVIDER, down);
            assertEq(parameters.get(K.STAKE_PROVIDER), down, "back");
        }
    }

    function testFuzz_teamTouchesRaisableKeysOnly(uint256 index, uint256 value) public {
        Profile memory p = _profile("seed");
        index = bound(index, 0, p.keys.length - 1);
        if (p.raisable[index]) return;
        bytes memory reason = abi.encodeWithSelector(IParameters.NotRaisable.selector, p.keys[index]);
        _refused(member, address(parameters), abi.encodeCall(IParameters.raise, (p.keys[index], value)), reason);
    }

    /// @dev D1-10.
    function test_teamPowerEndsWithTheTerm() public {
        bytes memory data = abi.encodeCall(IParameters.raise, (K.STAKE_PROVIDER, 200_000e18));
        address target = address(parameters);
        _refused(mallory, target, data, abi.encodeWithSelector(IParameters.NotTeam.selector, mallory));
        _refused(admin, target, data, abi.encodeWithSelector(IParameters.NotTeam.selector, admin));
        vm.warp(START + 30 days - 1);
        vm.prank(member);
        parameters.raise(K.STAKE_PROVIDER, 200_000e18);
        vm.warp(START + 30 days);
        _refused(member, target, data, abi.encodeWithSelector(IParameters.NotTeam.selector, member));
    }

    function test_withoutARosterNobodyIsTeam() public {
        vm.prank(admin);
        parameters.setAccount("roster", address(0));
        _refused(
            member,
            address(parameters),
            abi.encodeCall(IParameters.raise, (K.STAKE_PROVIDER, 200_000e18)),
            abi.encodeWithSelector(IParameters.AccountNotSet.selector, bytes32("roster"))
        );
    }

    function test_newFloorOverrulesTheTeam() public {
        vm.prank(member);
        parameters.raise(K.STAKE_CLIENT, 50_000e18);
        vm.prank(admin);
        parameters.set(K.STAKE_CLIENT, 10_000e18);
        assertEq(parameters.get(K.STAKE_CLIENT), 10_000e18, "governance overrules (D1-19)");
        vm.prank(member);
        parameters.raise(K.STAKE_CLIENT, 10_000e18);
    }

    // Steps --------------------------------------------------------------------------------------------------------

    function _adoptRefused(bytes32[] memory keys, uint256[] memory values, bytes memory reason) private {
        _refused(admin, address(parameters), abi.encodeCall(IParameters.adopt, ("other", 2, keys, values)), reason);
        (string memory name,,) = parameters.profile();
        assertEq(name, "seed", "nothing adopted");
    }

    function _inconsistent(bytes32 key, uint256 value, bytes32 rule) private {
        bytes memory reason = abi.encodeWithSelector(IParameters.Inconsistent.selector, rule);
        _refused(admin, address(parameters), abi.encodeCall(IParameters.set, (key, value)), reason);
    }

    function _one(bytes32 key) private pure returns (bytes32[] memory list) {
        list = new bytes32[](1);
        list[0] = key;
    }

    function _one(uint256 value) private pure returns (uint256[] memory list) {
        list = new uint256[](1);
        list[0] = value;
    }
}
