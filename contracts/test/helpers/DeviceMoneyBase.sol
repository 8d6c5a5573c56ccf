// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {TeamRoster} from "../../src/governance/TeamRoster.sol";
import {ConnectionAttestations} from "../../src/devicemoney/ConnectionAttestations.sol";
import {DeviceDirectory} from "../../src/devicemoney/DeviceDirectory.sol";
import {DeviceEscrow} from "../../src/devicemoney/DeviceEscrow.sol";
import {EscrowLens} from "../../src/devicemoney/EscrowLens.sol";
import {MintVoucher} from "../../src/devicemoney/MintVoucher.sol";
import {PreorderSpot} from "../../src/devicemoney/PreorderSpot.sol";
import {IDeviceEscrow} from "../../src/interfaces/IDeviceEscrow.sol";
import {IEscrowLens} from "../../src/interfaces/IEscrowLens.sol";
import {ILicenseBook} from "../../src/interfaces/ILicenseBook.sol";
import {Calendar} from "../../src/libraries/Calendar.sol";
import {ParameterKeys as K} from "../../src/libraries/ParameterKeys.sol";
import {LicenseBook} from "../../src/license/LicenseBook.sol";
import {Parameters} from "../../src/parameters/Parameters.sol";
import {StakeTerms} from "../../src/stake/StakeTerms.sol";
import {StakeVault} from "../../src/stake/StakeVault.sol";
import {BaseTest} from "./BaseTest.sol";

/// @title The device economy over the real registry, parameters and licence book
/// @dev acme is the maker (hardware and connection) with an active provider licence; node posts roots; governance has
///      GOVERNANCE_ROLE everywhere; member is in the team; court is the only one with COURT_ROLE.
abstract contract DeviceMoneyBase is BaseTest {
    bytes32 internal constant HASH = keccak256("analysis");

    address internal governance = address(0x60);
    address internal treasury = address(0x7EA5);
    address internal teamAccount = address(0x7EA4);
    address internal member = address(0x7EA);
    address internal node = address(0x40DE);
    address internal court = address(0xC0);
    address internal financier = address(0xF1);

    Parameters internal params;
    TeamRoster internal roster;
    LicenseBook internal book;
    StakeVault internal vault;
    DeviceDirectory internal directory;
    ConnectionAttestations internal attestations;
    MintVoucher internal vouchers;
    DeviceEscrow internal escrow;
    EscrowLens internal lens;
    PreorderSpot internal spots;

    uint256 internal providerLicense;
    uint256 internal nodeLicense;

    function setUp() public virtual override {
        super.setUp();
        _deployMoney("seed");
    }

    function _deployMoney(string memory profile) internal {
        params = _deployParameters(profile, governance);
        roster = _deployRoster(params, governance);
        book = LicenseBook(
            _proxy(
                address(new LicenseBook()),
                abi.encodeCall(LicenseBook.initialize, (address(d.token), address(params), address(roster), admin))
            )
        );
        vault = StakeVault(
            _proxy(
                address(new StakeVault()),
                abi.encodeCall(StakeVault.initialize, (address(d.token), address(book), address(params), admin))
            )
        );
        directory = DeviceDirectory(
            _proxy(
                address(new DeviceDirectory()),
                abi.encodeCall(
                    DeviceDirectory.initialize,
                    (
                        address(registry),
                        address(d.manufacturerId),
                        address(d.vehicleId),
                        address(d.adId),
                        address(d.sdId),
                        admin
                    )
                )
            )
        );
        attestations = ConnectionAttestations(
            _proxy(
                address(new ConnectionAttestations()),
                abi.encodeCall(ConnectionAttestations.initialize, (address(params), address(book), admin))
            )
        );
        vouchers = MintVoucher(
            _proxy(
                address(new MintVoucher()),
                abi.encodeCall(MintVoucher.initialize, (address(params), address(roster), address(d.token), admin))
            )
        );
        escrow = DeviceEscrow(
            _proxy(address(new DeviceEscrow()), abi.encodeCall(DeviceEscrow.initialize, (_escrowWiring(), admin)))
        );
        lens = new EscrowLens(address(escrow), address(params));
        spots = PreorderSpot(
            _proxy(address(new PreorderSpot()), abi.encodeCall(PreorderSpot.initialize, (_spotWiring(), admin)))
        );
        _grant();
        providerLicense = _active(acme, ILicenseBook.Kind.Provider);
        nodeLicense = _active(node, ILicenseBook.Kind.Node);
    }

    function _escrowWiring() internal view returns (DeviceEscrow.Wiring memory) {
        return DeviceEscrow.Wiring(
            address(params),
            address(roster),
            address(book),
            address(directory),
            address(attestations),
            address(vouchers)
        );
    }

    function _spotWiring() internal view returns (PreorderSpot.Wiring memory) {
        return PreorderSpot.Wiring(
            address(d.token),
            address(roster),
            address(book),
            address(vault),
            address(directory),
            address(escrow),
            address(vouchers)
        );
    }

    function _grant() private {
        StakeTerms stakeTerms = new StakeTerms(address(params), address(0xFEED));
        vm.startPrank(admin);
        book.grantRole(book.GOVERNANCE_ROLE(), governance);
        vault.grantRole(vault.COURT_ROLE(), court);
        attestations.grantRole(attestations.COURT_ROLE(), court);
        vouchers.grantRole(vouchers.GOVERNANCE_ROLE(), governance);
        escrow.grantRole(escrow.GOVERNANCE_ROLE(), governance);
        spots.grantRole(spots.GOVERNANCE_ROLE(), governance);
        vouchers.setEscrow(address(escrow));
        vm.stopPrank();
        vm.startPrank(governance);
        book.setStakeVault(address(vault));
        book.setStakeTerms(address(stakeTerms));
        params.setAccount("treasury", treasury);
        params.setAccount("team", teamAccount);
        roster.appoint(member, block.timestamp + 365 days);
        vm.stopPrank();
    }

    // Licences -----------------------------------------------------------------------------------------------------

    function _active(address holder, ILicenseBook.Kind kind) internal returns (uint256 id) {
        vm.prank(holder);
        id = book.applyFor(kind, HASH);
        vm.prank(governance);
        book.overrule(id, HASH);
        _post(holder, id, book.requirementOf(id));
        assertTrue(book.isActive(id), "active");
    }

    function _post(address poster, uint256 id, uint256 amount) internal {
        vm.prank(admin);
        d.token.mint(poster, amount);
        vm.startPrank(poster);
        d.token.approve(address(vault), amount);
        vault.stake(id, amount);
        vm.stopPrank();
    }

    function _approveType(bytes32 deviceType) internal returns (uint256 id) {
        vm.prank(acme);
        id = book.applyForDeviceType(providerLicense, deviceType, HASH);
        vm.prank(member);
        book.decide(id, true, HASH);
    }

    function _suspend(uint256 id) internal {
        vm.prank(governance);
        book.suspend(id, HASH);
    }

    function _revoke(uint256 id) internal {
        vm.prank(governance);
        book.revoke(id, HASH);
    }

    function _set(bytes32 key, uint256 value) internal {
        vm.prank(governance);
        params.set(key, value);
    }

    function _setMany(bytes32[] memory keys, uint256[] memory values) internal {
        vm.prank(governance);
        params.setMany(keys, values);
    }

    /// @dev Governance replaces every parameter by those of a profile.
    function _adopt(string memory name) internal {
        Profile memory p = _profile(name);
        vm.prank(governance);
        params.adopt(p.name, p.version, p.keys, p.values);
    }

    // Vouchers -----------------------------------------------------------------------------------------------------

    function _buy(address buyer, bytes32 deviceType, uint256 count) internal returns (uint256 first) {
        uint256 cost = vouchers.deviceType(deviceType).price * count;
        vm.prank(admin);
        d.token.mint(buyer, cost);
        vm.startPrank(buyer);
        d.token.approve(address(vouchers), cost);
        first = vouchers.buy(deviceType, count, cost);
        vm.stopPrank();
    }

    function _bond(address owner, uint256 voucher, IDeviceEscrow.DeviceKind kind, uint256 id) internal {
        vm.prank(owner);
        escrow.bond(voucher, kind, id);
    }

    /// @dev A dash cam of alice, paired and bonded now.
    function _bonded(bytes32 deviceType) internal returns (uint256 voucher, uint256 ad) {
        (, ad) = _newPair(alice);
        voucher = _buy(acme, deviceType, 1);
        _bond(acme, voucher, IDeviceEscrow.DeviceKind.Hardware, ad);
    }

    // Months -------------------------------------------------------------------------------------------------------

    function _start(uint256 voucher) internal view returns (uint256) {
        return escrow.recordOf(voucher).start;
    }

    function _toEndOf(uint256 voucher, uint256 period) internal {
        uint256 end = Calendar.addMonths(_start(voucher), period);
        if (block.timestamp < end) vm.warp(end);
    }

    /// @dev A root with two leaves, this one and a stranger's; final.
    function _attest(uint256 voucher, uint256 period, address owner)
        internal
        returns (uint256 rootId, bytes32[] memory proof)
    {
        bytes32 leaf = attestations.leafOf(voucher, period, owner);
        proof = new bytes32[](1);
        proof[0] = attestations.leafOf(voucher + 1_000_000, period, mallory);
        bytes32 root =
            leaf < proof[0] ? keccak256(bytes.concat(leaf, proof[0])) : keccak256(bytes.concat(proof[0], leaf));
        vm.prank(node);
        rootId = attestations.post(root, "ipfs://leaves");
        vm.warp(block.timestamp + params.get(K.ATTEST_CHALLENGE_WINDOW));
    }

    function _settle(uint256 voucher, uint256 period, address owner) internal {
        _toEndOf(voucher, period);
        (uint256 rootId, bytes32[] memory proof) = _attest(voucher, period, owner);
        escrow.settle(voucher, period, owner, rootId, proof);
    }

    function _settleMonths(uint256 voucher, uint256 from, uint256 to, address owner) internal {
        for (uint256 p = from; p <= to; ++p) {
            _settle(voucher, p, owner);
        }
    }

    // Checks -------------------------------------------------------------------------------------------------------

    function _balance(address account) internal view returns (uint256) {
        return d.token.balanceOf(account);
    }

    function _state(uint256 voucher) internal view returns (uint256) {
        return uint256(escrow.recordOf(voucher).state);
    }

    function _assertState(uint256 voucher, IDeviceEscrow.State state, string memory what) internal view {
        assertEq(_state(voucher), uint256(state), what);
    }

    function _assertConserved(uint256 voucher) internal view {
        IEscrowLens.Account memory a = lens.accountOf(voucher);
        assertEq(
            a.burned + a.provider + a.team + a.user + a.treasury + a.held,
            lens.escrowOf(voucher).price,
            "parts add up to the price"
        );
    }
}
