// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IDeviceEscrow} from "../../src/interfaces/IDeviceEscrow.sol";
import {DimoToken} from "../../src/token/DimoToken.sol";
import {DeviceMoneyBase} from "../helpers/DeviceMoneyBase.sol";

/// @title What each text's own profile does with the price of a device
contract DeviceMoneyProfilesTest is DeviceMoneyBase {
    bytes32 private constant DASH_CAM = "dash_cam";

    function _assertTotals(uint256 burned, uint256 provider, uint256 team, uint256 treasuryPart) private view {
        IDeviceEscrow.Totals memory t = lens.previewTotals(80e18, 1);
        assertEq(t.burned, burned, "burned");
        assertEq(t.provider, provider, "provider");
        assertEq(t.team, team, "team");
        assertEq(t.treasury, treasuryPart, "treasury");
    }

    function test_D3_dip4() public {
        _adopt("dip4");
        _assertTotals(0, 56e18, 12e18, 12e18);
    }

    /// @dev D4-50 to D4-54.
    function test_D4_hardwareEcosystem() public {
        _adopt("hardware-ecosystem");
        _assertTotals(20e18, 57e18, 3e18, 0);
    }

    /// @dev C-14: 4,000 DCX for every type, burned when the device is bonded; months pay nothing and end.
    function test_C_14_deployed() public {
        DimoToken credits = DimoToken(_proxy(address(new DimoToken()), abi.encodeCall(DimoToken.initialize, (admin))));
        _adopt("deployed-2025");
        vm.prank(governance);
        vouchers.setCurrency(1, address(credits));
        assertEq(vouchers.tokenOf(1), address(credits), "credits");
        vm.prank(admin);
        credits.mint(acme, 4000e18);
        vm.startPrank(acme);
        credits.approve(address(vouchers), 4000e18);
        uint256 voucher = vouchers.buy(DASH_CAM, 1, 4000e18);
        vm.stopPrank();
        assertEq(credits.balanceOf(address(escrow)), 4000e18, "until the bond");
        IDeviceEscrow.Terms memory t = escrow.termsOf(escrow.recordOf(voucher).termsId);
        assertEq(t.token, address(credits), "currency of the sale");
        assertEq(lens.escrowOf(voucher).totals.burned, 4000e18, "all burned");
    }

    /// @dev The private namespaces, read where their first field must be.
    function test_slotsFollowErc7201() public view {
        assertEq(_first(address(vouchers), "milepost.mintvoucher"), address(params), "vouchers");
        assertEq(_first(address(escrow), "milepost.deviceescrow"), address(params), "escrow");
        assertEq(_first(address(attestations), "milepost.connectionattestations"), address(params), "attestations");
        assertEq(_first(address(directory), "milepost.devicedirectory"), address(registry), "directory");
        assertEq(_first(address(spots), "milepost.preorderspot"), address(d.token), "spots");
    }

    function _first(address target, string memory id) private view returns (address) {
        bytes32 slot = keccak256(abi.encode(uint256(keccak256(bytes(id))) - 1)) & ~bytes32(uint256(0xff));
        return address(uint160(uint256(vm.load(target, slot))));
    }
}
