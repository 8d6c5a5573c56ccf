// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Errors of the registry
/// @notice The first block has the names of the deployed registry, the second block is ours.
interface IRegistryErrors {
    error Unauthorized(address caller);
    error ZeroAddress();
    error InvalidNode(address proxy, uint256 id);
    error InvalidParentNode(uint256 id);
    error AttributeExists(string attribute);
    error AttributeNotWhitelisted(string attribute);
    error InvalidSigner();
    error InvalidOwnerSignature();
    error InvalidAdSignature();
    error InvalidSdSignature();
    error OwnersDoNotMatch();
    error DeviceAlreadyRegistered(address device);
    error DeviceAlreadyClaimed(uint256 id);
    error AdNotClaimed(uint256 id);
    error AdPaired(uint256 id);
    error AdNotPaired(uint256 id);
    error VehiclePaired(uint256 id);
    error VehicleNotPaired(uint256 id);
    error InvalidStorageNode(uint256 id);
    error InvalidLicense();
    error OnlyNftProxy();
    error NotAllowed(address account);

    /// @notice No module answers this selector. The deployed registry succeeds silently here.
    error UnknownSelector(bytes4 selector);
    error SelectorAlreadyRegistered(bytes4 selector);
    error SelectorNotInModule(bytes4 selector, address module);
    error ModuleWithoutCode(address module);
    error AccessControlUnauthorizedAccount(address account, bytes32 neededRole);
    error BatchTooLarge(uint256 length, uint256 max);
    error DeviceIsBanned(address device);
    error ManufacturerNameTaken(string name);
    error EmptyName();
    error LegacySignaturesDisabled();
    error SignatureExpired(uint256 deadline);
    error NonceAlreadyUsed(address signer, uint256 nonce);
    error ConsentNotRequired(uint256 syntheticDeviceNode);
    error ProxyAlreadySet(address proxy);
}
