// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";

import {Court} from "../../src/court/Court.sol";
import {CourtRules} from "../../src/court/CourtRules.sol";
import {PanelAdjudicator} from "../../src/court/PanelAdjudicator.sol";
import {VoteAdjudicator} from "../../src/court/VoteAdjudicator.sol";
import {TeamRoster} from "../../src/governance/TeamRoster.sol";
import {ICaseSubject} from "../../src/interfaces/ICaseSubject.sol";
import {Award, ICourt, Parts, Ruling, Terms} from "../../src/interfaces/ICourt.sol";
import {ICourtRules} from "../../src/interfaces/ICourtRules.sol";
import {ILicenseBook} from "../../src/interfaces/ILicenseBook.sol";
import {LicenseBook} from "../../src/license/LicenseBook.sol";
import {Parameters} from "../../src/parameters/Parameters.sol";
import {StakeTerms} from "../../src/stake/StakeTerms.sol";
import {StakeVault} from "../../src/stake/StakeVault.sol";
import {UsdPeg} from "../../src/stake/UsdPeg.sol";
import {DimoToken} from "../../src/token/DimoToken.sol";
import {Assertions} from "./Assertions.sol";
import {ProfileLoader} from "./Profile.sol";
import {Vm} from "./Vm.sol";

/// @dev Something a case can be about; refuses subject 0.
contract Subject is ICaseSubject {
    uint256 public openedCase;
    uint256 public openedLicense;
    uint256 public closedCase;
    bool public upheld;
    bool public broken;

    function breakIt() external {
        broken = true;
    }

    function onCaseOpened(uint256 caseId, uint256 subjectId, uint256 licenseId) external {
        require(subjectId != 0 && !broken, "no such subject");
        openedCase = caseId;
        openedLicense = licenseId;
    }

    function onCaseClosed(uint256 caseId, uint256, bool upheld_) external {
        require(!broken, "broken");
        closedCase = caseId;
        upheld = upheld_;
    }
}

/// @title Court with the real parameters, licence book and stake vault on the seed profile
/// @dev acme holds a provider licence with 100,000 staked; carol challenges; judge is the external adjudicator, which
///      is the one in force here. Names of windows are those of the profile.
abstract contract CourtBase is Assertions, ProfileLoader {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    uint256 internal constant START = 1_800_000_000;
    uint256 internal constant STAKE = 100_000e18;
    uint256 internal constant DEPOSIT = 5000e18;
    uint256 internal constant FEE = 500e18;
    uint256 internal constant WEEK = 604_800;
    uint256 internal constant CLAIM_WINDOW = 31_536_000;
    uint256 internal constant LIMITATION = 63_072_000;
    bytes32 internal constant CLAIM_HASH = "claim";
    bytes32 internal constant EVIDENCE = "evidence";

    address internal admin = address(0xAD);
    address internal treasury = address(0x7EA5);
    address internal team = address(0x7EA4);
    address internal timelock = address(0x71E);
    address internal acme = address(0xACE);
    address internal globex = address(0x610BE);
    address internal carol = address(0xCA401);
    address internal judge = address(0x10D6E);
    address internal alice = address(0xA11CE);
    address internal bob = address(0xB0B);
    address internal mallory = address(0xBAD);

    DimoToken internal token;
    Parameters internal parameters;
    LicenseBook internal book;
    StakeVault internal vault;
    CourtRules internal rules;
    Court internal court;
    PanelAdjudicator internal panel;
    VoteAdjudicator internal vote;
    Subject internal subject;
    uint256 internal licenseId;

    function setUp() public virtual {
        vm.warp(START);
        _deployCourt();
        licenseId = _newLicense(acme, STAKE);
        _fund(carol, 100_000e18);
    }

    function _deployCourt() internal {
        token = DimoToken(_proxy(address(new DimoToken()), abi.encodeCall(DimoToken.initialize, (admin))));
        parameters = _deployParameters("seed", admin);
        TeamRoster roster = _deployRoster(parameters, admin);
        book = LicenseBook(
            _proxy(
                address(new LicenseBook()),
                abi.encodeCall(LicenseBook.initialize, (address(token), address(parameters), address(roster), admin))
            )
        );
        vault = StakeVault(
            _proxy(
                address(new StakeVault()),
                abi.encodeCall(StakeVault.initialize, (address(token), address(book), address(parameters), admin))
            )
        );
        rules = CourtRules(
            _proxy(address(new CourtRules()), abi.encodeCall(CourtRules.initialize, (address(parameters), admin)))
        );
        court = Court(
            _proxy(
                address(new Court()),
                abi.encodeCall(
                    Court.initialize,
                    (address(token), address(parameters), address(rules), address(book), address(vault), admin)
                )
            )
        );
        panel = PanelAdjudicator(
            _proxy(
                address(new PanelAdjudicator()),
                abi.encodeCall(
                    PanelAdjudicator.initialize, (address(court), address(token), address(parameters), admin)
                )
            )
        );
        vote = new VoteAdjudicator(address(court), address(token), address(parameters), timelock);
        subject = new Subject();
        address peg = _proxy(address(new UsdPeg()), abi.encodeCall(UsdPeg.initialize, (address(parameters), admin)));
        address terms = address(new StakeTerms(address(parameters), peg));
        vm.startPrank(admin);
        rules.grantRole(rules.GOVERNANCE_ROLE(), admin);
        panel.grantRole(panel.GOVERNANCE_ROLE(), admin);
        book.grantRole(book.GOVERNANCE_ROLE(), admin);
        vault.grantRole(vault.COURT_ROLE(), address(court));
        book.setStakeVault(address(vault));
        book.setStakeTerms(terms);
        book.setCourt(address(court));
        parameters.setAccount("treasury", treasury);
        rules.setAdjudicator(ICourtRules.AdjudicatorKind.Panel, address(panel));
        rules.setAdjudicator(ICourtRules.AdjudicatorKind.Vote, address(vote));
        rules.setAdjudicator(ICourtRules.AdjudicatorKind.External, judge);
        rules.setSubject(address(subject), true);
        parameters.set("court.adjudicator", 2);
        vm.stopPrank();
    }

    function _proxy(address implementation, bytes memory data) internal returns (address) {
        return address(new ERC1967Proxy(implementation, data));
    }

    function _set(bytes32 key, uint256 value) internal {
        vm.prank(admin);
        parameters.set(key, value);
    }

    // Actors -------------------------------------------------------------------------------------------------------

    function _fund(address account, uint256 amount) internal {
        vm.prank(admin);
        token.mint(account, amount);
        vm.prank(account);
        token.approve(address(court), type(uint256).max);
    }

    function _newLicense(address holder, uint256 stake) internal returns (uint256 id) {
        vm.prank(holder);
        id = book.applyFor(ILicenseBook.Kind.Provider, "application");
        vm.prank(admin);
        book.decide(id, true, "analysis");
        _stake(holder, id, stake);
    }

    function _stake(address poster, uint256 id, uint256 amount) internal {
        vm.prank(admin);
        token.mint(poster, amount);
        vm.startPrank(poster);
        token.approve(address(vault), amount);
        vault.stake(id, amount);
        vm.stopPrank();
    }

    // Steps --------------------------------------------------------------------------------------------------------

    function _open() internal returns (uint256) {
        return _open(carol, EVIDENCE);
    }

    function _open(address challenger, bytes32 evidence) internal returns (uint256) {
        vm.prank(challenger);
        return court.open(licenseId, block.timestamp, CLAIM_HASH, evidence, address(0), 0);
    }

    function _openMediation() internal returns (uint256 id) {
        id = _open();
        vm.prank(acme);
        court.respond(id, "answer");
    }

    function _openDeciding() internal returns (uint256 id) {
        id = _openMediation();
        vm.prank(acme);
        court.declineMediation(id);
    }

    function _ruling(uint256 reparation) internal pure returns (Ruling memory r) {
        r.upheld = reparation != 0;
        r.reparation = reparation;
        r.opinionHash = "opinion";
    }

    function _rule(uint256 id, uint256 reparation) internal {
        vm.prank(judge);
        court.rule(id, _ruling(reparation));
    }

    function _ruleAndClose(uint256 id, Ruling memory r) internal {
        vm.prank(judge);
        court.rule(id, r);
        vm.warp(block.timestamp + WEEK + 1);
        court.close(id);
    }

    // Values -------------------------------------------------------------------------------------------------------

    function _expectPhase(uint256 id, ICourt.Phase phase, string memory what) internal view {
        assertEq(uint256(court.phaseOf(id)), uint256(phase), what);
    }

    function _expectWrongPhase(uint256 id, ICourt.Phase phase) internal {
        vm.expectRevert(abi.encodeWithSelector(ICourt.WrongPhase.selector, id, phase));
    }

    function _sum(Parts memory p) internal pure returns (uint256) {
        return p.fees + p.challenger + p.users + p.treasury + p.burned;
    }

    /// @dev The court holds exactly the deposits of open cases and the users' parts.
    function _assertHeld() internal view {
        (uint256 deposits, uint256 users) = court.held();
        assertEq(token.balanceOf(address(court)), deposits + users, "the court holds what it accounts for");
    }

    function _leaf(uint256 id, address account, uint256 shares) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(id, account, shares))));
    }

    function _hash(bytes32 a, bytes32 b) internal pure returns (bytes32) {
        return a < b ? keccak256(abi.encode(a, b)) : keccak256(abi.encode(b, a));
    }

    /// @dev Root of a list, and the proof of one leaf; a level with an odd number carries the last node up.
    function _merkle(bytes32[] memory leaves, uint256 index)
        internal
        pure
        returns (bytes32 root, bytes32[] memory proof)
    {
        bytes32[] memory nodes = new bytes32[](leaves.length);
        for (uint256 i = 0; i < leaves.length; ++i) {
            nodes[i] = leaves[i];
        }
        bytes32[] memory path = new bytes32[](32);
        uint256 depth;
        uint256 size = nodes.length;
        while (size > 1) {
            if (index ^ 1 < size) path[depth++] = nodes[index ^ 1];
            for (uint256 i = 0; i < size / 2; ++i) {
                nodes[i] = _hash(nodes[2 * i], nodes[2 * i + 1]);
            }
            if (size % 2 == 1) nodes[size / 2] = nodes[size - 1];
            size = (size + 1) / 2;
            index /= 2;
        }
        proof = new bytes32[](depth);
        for (uint256 i = 0; i < depth; ++i) {
            proof[i] = path[i];
        }
        return (nodes[0], proof);
    }
}
