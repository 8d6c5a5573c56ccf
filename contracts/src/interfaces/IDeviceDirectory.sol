// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title What the device economy knows of a device
/// @notice Read-only view over the registry and its id NFTs. Unknown and burned ids are all zeroes, never a revert.
interface IDeviceDirectory {
    /// @param wallet Address that holds the device's voucher: the device's own key, or the address of the vehicle.
    /// @param vehicleId Vehicle that the device is connected to, zero when unpaired.
    /// @param owner Owner of the vehicle if paired, else of the device.
    /// @param maker Account whose provider licence answers: owner of the manufacturer or of the connection. Zero after
    ///        the connection was revoked.
    struct Device {
        address wallet;
        uint256 vehicleId;
        address owner;
        address maker;
    }

    error ZeroAddress();

    /// @notice An aftermarket device.
    function hardware(uint256 aftermarketDeviceId) external view returns (Device memory);

    /// @notice A synthetic device (software connection).
    function software(uint256 syntheticDeviceId) external view returns (Device memory);

    /// @notice Address that stands for a vehicle NFT: `address(uint160(uint256(keccak256(abi.encode(vehicleIdContract,
    ///         vehicleId)))))`. Nobody has its key.
    function vehicleAddress(uint256 vehicleId) external view returns (address);
}
