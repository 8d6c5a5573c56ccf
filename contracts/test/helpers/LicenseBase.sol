// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";

import {TeamRoster} from "../../src/governance/TeamRoster.sol";
import {ILicenseBook} from "../../src/interfaces/ILicenseBook.sol";
import {LicenseBook} from "../../src/license/LicenseBook.sol";
import {Parameters} from "../../src/parameters/Parameters.sol";
import {PostedTwap} from "../../src/stake/PostedTwap.sol";
import {StakeTerms} from "../../src/stake/StakeTerms.sol";
import {StakeVault} from "../../src/stake/StakeVault.sol";
import {UsdPeg} from "../../src/stake/UsdPeg.sol";
import {DimoToken} from "../../src/token/DimoToken.sol";
import {Assertions} from "./Assertions.sol";
import {ProfileLoader} from "./Profile.sol";
import {Vm} from "./Vm.sol";

/// @dev Stands where the court stands: it has COURT_ROLE and answers debts that a test writes.
contract DebtList {
    mapping(address holder => uint256) public debtOf;

    function owe(address holder, uint256 debt) external {
        debtOf[holder] = debt;
    }
}

/// @title Licence book and stake vault on a profile, with named actors
/// @dev governance has GOVERNANCE_ROLE everywhere; member is in the team, expired was, torn declared a conflict with
///      every holder; court is the only one with COURT_ROLE.
abstract contract LicenseBase is Assertions, ProfileLoader {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    uint256 internal constant START = 1_800_000_000;
    bytes32 internal constant HASH = keccak256("analysis");
    uint8 internal constant OWN = 0;
    uint8 internal constant PARTNER = 1;
    uint8 internal constant LOAN = 2;
    uint256 internal constant RELEASE_DELAY = 184 days;

    address internal admin = address(0xAD);
    address internal governance = address(0x60);
    address internal member = address(0x7EA);
    address internal expired = address(0x7EB);
    address internal torn = address(0x7EC);
    address internal reporter = address(0x4E);
    address internal feeder = address(0xFEED);
    address internal foundation = address(0xF0);
    address internal alice = address(0xA11CE);
    address internal bob = address(0xB0B);
    address internal partner = address(0x9A);
    address internal mallory = address(0xBAD);

    DimoToken internal token;
    Parameters internal params;
    TeamRoster internal roster;
    PostedTwap internal twap;
    UsdPeg internal peg;
    StakeTerms internal terms;
    LicenseBook internal book;
    StakeVault internal vault;
    DebtList internal debts;
    address internal court;

    function setUp() public virtual {
        _deployLicenses("seed");
    }

    function _deployLicenses(string memory profile) internal {
        vm.warp(START);
        token = DimoToken(_proxied(address(new DimoToken()), abi.encodeCall(DimoToken.initialize, (admin))));
        params = _deployParameters(profile, governance);
        roster = _deployRoster(params, governance);
        twap = new PostedTwap(admin, 1 days);
        peg = UsdPeg(_proxied(address(new UsdPeg()), abi.encodeCall(UsdPeg.initialize, (address(params), admin))));
        terms = new StakeTerms(address(params), address(peg));
        book = LicenseBook(
            _proxied(
                address(new LicenseBook()),
                abi.encodeCall(LicenseBook.initialize, (address(token), address(params), address(roster), admin))
            )
        );
        vault = StakeVault(
            _proxied(
                address(new StakeVault()),
                abi.encodeCall(StakeVault.initialize, (address(token), address(book), address(params), admin))
            )
        );
        debts = new DebtList();
        court = address(debts);
        _wire();
    }

    function _wire() private {
        vm.startPrank(admin);
        book.grantRole(book.GOVERNANCE_ROLE(), governance);
        vault.grantRole(vault.COURT_ROLE(), court);
        twap.grantRole(twap.FEEDER_ROLE(), feeder);
        vm.stopPrank();
        vm.startPrank(governance);
        book.grantRole(book.REPORTER_ROLE(), reporter);
        book.setStakeVault(address(vault));
        book.setStakeTerms(address(terms));
        book.setCourt(court);
        params.setAccount("foundation", foundation);
        params.setAccount("oracle", address(twap));
        roster.appoint(member, block.timestamp + 365 days);
        roster.appoint(torn, block.timestamp + 365 days);
        roster.appoint(expired, block.timestamp + 1);
        vm.stopPrank();
        vm.startPrank(torn);
        roster.declareConflict(alice, true);
        roster.declareConflict(bob, true);
        vm.stopPrank();
        vm.warp(START + 1);
    }

    function _proxied(address implementation, bytes memory data) internal returns (address) {
        return address(new ERC1967Proxy(implementation, data));
    }

    // Actions ------------------------------------------------------------------------------------------------------

    function _set(bytes32 key, uint256 value) internal {
        vm.prank(governance);
        params.set(key, value);
    }

    function _apply(address holder, ILicenseBook.Kind kind) internal returns (uint256 id) {
        vm.prank(holder);
        return book.applyFor(kind, HASH);
    }

    /// @dev Approved by governance; a client's stake is posted first.
    function _approved(address holder, ILicenseBook.Kind kind) internal returns (uint256 id) {
        id = _apply(holder, kind);
        if (kind == ILicenseBook.Kind.Client) _stake(holder, id, book.requirementOf(id));
        vm.prank(governance);
        book.overrule(id, HASH);
    }

    /// @dev Approved and covered by the holder's own stake.
    function _active(address holder, ILicenseBook.Kind kind) internal returns (uint256 id) {
        id = _approved(holder, kind);
        uint256 required = book.requirementOf(id);
        uint256 staked = vault.stakeOf(id);
        if (required > staked) _stake(holder, id, required - staked);
        assertTrue(book.isActive(id), "active");
    }

    function _fund(address account, uint256 amount) internal {
        vm.prank(admin);
        token.mint(account, amount);
        vm.prank(account);
        token.approve(address(vault), amount);
    }

    function _stake(address poster, uint256 id, uint256 amount) internal {
        _fund(poster, amount);
        vm.prank(poster);
        vault.stake(id, amount);
    }

    function _lend(uint256 id, uint256 amount, uint256 dueAt) internal {
        _fund(foundation, amount);
        vm.prank(foundation);
        vault.lend(id, amount, uint64(dueAt));
    }

    function _withdraw(address poster, uint256 id, uint8 class, uint256 amount) internal {
        vm.prank(poster);
        vault.withdraw(id, class, amount);
    }

    function _slash(uint256 id, uint256 amount) internal returns (uint256 taken) {
        vm.startPrank(court);
        vault.lock(id);
        taken = vault.slash(id, amount);
        vault.unlock(id, true);
        vm.stopPrank();
    }

    function _users(uint256 id, uint64 users) internal {
        vm.prank(reporter);
        book.reportUsage(id, users, 0, 0);
    }

    function _units(uint256 id, uint128 units, uint8 class) internal {
        vm.prank(reporter);
        book.reportUsage(id, 0, units, class);
    }

    function _priceFor(uint256 price, uint256 time) internal {
        uint256 end = block.timestamp + time;
        while (block.timestamp < end) {
            vm.prank(feeder);
            twap.post(uint192(price));
            vm.warp(block.timestamp + 12 hours < end ? block.timestamp + 12 hours : end);
        }
    }

    function _assertState(uint256 id, ILicenseBook.State state, string memory what) internal view {
        assertEq(uint256(book.stateOf(id)), uint256(state), what);
    }
}
