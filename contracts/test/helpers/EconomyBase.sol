// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Court} from "../../src/court/Court.sol";
import {CourtRules} from "../../src/court/CourtRules.sol";
import {PanelAdjudicator} from "../../src/court/PanelAdjudicator.sol";
import {EmergencyPause} from "../../src/governance/EmergencyPause.sol";
import {Ruling} from "../../src/interfaces/ICourt.sol";
import {ICourtRules} from "../../src/interfaces/ICourtRules.sol";
import {IDeviceEscrow} from "../../src/interfaces/IDeviceEscrow.sol";
import {ILicenseBook} from "../../src/interfaces/ILicenseBook.sol";
import {DeviceMoneyBase} from "./DeviceMoneyBase.sol";

/// @title The whole economy on the seed profile: device money, licences, court, panel and emergency switch
/// @dev judge is the external adjudicator and in force, arbitrators 0…ARBITRATORS − 1 are registered with the panel,
///      carol has tokens for deposits, guardian holds the switch.
abstract contract EconomyBase is DeviceMoneyBase {
    uint256 internal constant ARBITRATORS = 12;
    uint256 internal constant WEEK = 7 days;
    uint256 internal constant DRAW_DELAY = 16;
    bytes32 internal constant SALT = "salt";
    bytes32 internal constant DASH_CAM = "dash_cam";
    IDeviceEscrow.DeviceKind internal constant HARDWARE = IDeviceEscrow.DeviceKind.Hardware;

    address internal guardian = address(0x6A);
    address internal carol = address(0xCA401);
    address internal judge = address(0x10D6E);

    EmergencyPause internal pause;
    CourtRules internal rules;
    Court internal tribunal;
    PanelAdjudicator internal panel;

    function setUp() public virtual override {
        super.setUp();
        pause = EmergencyPause(
            _proxy(address(new EmergencyPause()), abi.encodeCall(EmergencyPause.initialize, (address(params), admin)))
        );
        rules = CourtRules(
            _proxy(address(new CourtRules()), abi.encodeCall(CourtRules.initialize, (address(params), admin)))
        );
        tribunal = Court(
            _proxy(
                address(new Court()),
                abi.encodeCall(
                    Court.initialize,
                    (address(d.token), address(params), address(rules), address(book), address(vault), admin)
                )
            )
        );
        panel = PanelAdjudicator(
            _proxy(
                address(new PanelAdjudicator()),
                abi.encodeCall(
                    PanelAdjudicator.initialize, (address(tribunal), address(d.token), address(params), admin)
                )
            )
        );
        _wireCourt();
        _mintFor(carol, address(tribunal), 100_000e18);
    }

    function _wireCourt() private {
        vm.startPrank(admin);
        vault.revokeRole(vault.COURT_ROLE(), court);
        attestations.revokeRole(attestations.COURT_ROLE(), court);
        vault.grantRole(vault.COURT_ROLE(), address(tribunal));
        attestations.grantRole(attestations.COURT_ROLE(), address(tribunal));
        rules.grantRole(rules.GOVERNANCE_ROLE(), governance);
        panel.grantRole(panel.GOVERNANCE_ROLE(), governance);
        pause.grantRole(pause.GOVERNANCE_ROLE(), governance);
        pause.grantRole(pause.GUARDIAN_ROLE(), guardian);
        vm.stopPrank();
        vm.startPrank(governance);
        book.setCourt(address(tribunal));
        rules.setAdjudicator(ICourtRules.AdjudicatorKind.Panel, address(panel));
        rules.setAdjudicator(ICourtRules.AdjudicatorKind.External, judge);
        rules.setSubject(address(attestations), true);
        params.set("court.adjudicator", uint256(ICourtRules.AdjudicatorKind.External));
        params.setAccount("foundation", foundation);
        params.setAccount("pause", address(pause));
        for (uint256 i = 0; i < ARBITRATORS; ++i) {
            panel.register(address(uint160(0x10D6E000 + i)));
        }
        vm.stopPrank();
    }

    function _mintFor(address account, address spender, uint256 amount) internal {
        vm.prank(admin);
        d.token.mint(account, amount);
        vm.prank(account);
        d.token.approve(spender, type(uint256).max);
    }

    function _appliedFor(address holder, ILicenseBook.Kind kind) internal returns (uint256 id) {
        vm.prank(holder);
        return book.applyFor(kind, HASH);
    }

    /// @dev A second device with its own key, paired with a vehicle of alice.
    function _otherPair(uint256 key, uint256 nonce) internal returns (uint256 ad) {
        uint256 vehicle = _newVehicle(alice);
        ad = _newClaimedDevice(key, alice, nonce);
        vm.prank(alice);
        registry.pairAftermarketDevice(ad, vehicle);
    }

    // Cases --------------------------------------------------------------------------------------------------------

    function _case(bytes32 evidence) internal returns (uint256) {
        vm.prank(carol);
        return tribunal.open(providerLicense, block.timestamp, "claim", evidence, address(0), 0);
    }

    function _upheld(uint256 reparation) internal pure returns (Ruling memory r) {
        r.upheld = true;
        r.reparation = reparation;
        r.opinionHash = "opinion";
    }

    /// @dev A list with one user, whose half of the shares is the whole tree.
    function _upheldFor(uint256 caseId, address user, uint256 reparation) internal pure returns (Ruling memory r) {
        r = _upheld(reparation);
        r.impactRoot = keccak256(bytes.concat(keccak256(abi.encode(caseId, user, 1))));
        r.impactShares = 2;
    }
}
