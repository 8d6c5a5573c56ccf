// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ISyntheticDeviceEvents} from "../../interfaces/IDeviceModules.sol";
import {INftId} from "../../interfaces/INftIds.sol";
import {RegistryStorage} from "../../libraries/RegistryStorage.sol";
import {AttributeInfoPair} from "../../libraries/RegistryTypes.sol";
import {Permissions} from "../../libraries/Roles.sol";
import {SignatureBase} from "./SignatureBase.sol";

/// @title Synthetic device steps that several modules share
abstract contract SyntheticBase is ISyntheticDeviceEvents, SignatureBase {
    /// @dev The connection exists, its owner is licensed (D3-76), the caller may mint on it.
    function _checkConnectionMinter(uint256 connectionId) internal view {
        address connections = _checkConnection(connectionId);
        _checkPermission(connections, connectionId, Permissions.CONNECTION_MINT_DEVICE);
        _checkLicensed(INftId(connections).ownerOf(connectionId));
    }

    function _setSyntheticInfos(address proxy, uint256 tokenId, AttributeInfoPair[] memory pairs) internal {
        _checkBatch(pairs.length);
        RegistryStorage.AttributeSet storage set = RegistryStorage.synthetic().attributes;
        for (uint256 i = 0; i < pairs.length; ++i) {
            _storeInfo(set, proxy, tokenId, pairs[i]);
            emit SyntheticDeviceAttributeSet(tokenId, pairs[i].attribute, pairs[i].info);
        }
    }

    /// @dev The vehicle exists and belongs to `owner`; connection and signatures are checked by the caller.
    function _mintSynthetic(
        uint256 connectionId,
        uint256 vehicleId,
        address owner,
        address device,
        AttributeInfoPair[] memory pairs
    ) internal returns (uint256 tokenId) {
        RegistryStorage.Synthetic storage s = RegistryStorage.synthetic();
        RegistryStorage.Nodes storage ns = RegistryStorage.nodes();
        address proxy = s.idProxy;
        address vehicles = RegistryStorage.vehicle().idProxy;
        if (ns.nodeLinks[vehicles][proxy][vehicleId] != 0) revert VehiclePaired(vehicleId);
        _checkNewDevice(device);
        _checkNotBanned(device);
        tokenId = INftId(proxy).mint(owner);
        s.idByAddress[device] = tokenId;
        s.addressById[tokenId] = device;
        ns.nodes[proxy][tokenId].parent = connectionId;
        ns.nodeLinks[vehicles][proxy][vehicleId] = tokenId;
        ns.nodeLinks[proxy][vehicles][tokenId] = vehicleId;
        emit SyntheticDeviceNodeMinted(connectionId, tokenId, vehicleId, device, owner);
        _setSyntheticInfos(proxy, tokenId, pairs);
    }
}
