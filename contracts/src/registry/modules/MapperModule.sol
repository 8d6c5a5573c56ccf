// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {INftId} from "../../interfaces/INftIds.sol";
import {IMapperModule} from "../../interfaces/IRegistryCore.sol";
import {RegistryStorage} from "../../libraries/RegistryStorage.sol";
import {RegistryBase} from "../base/RegistryBase.sol";

/// @title Node and link views module
contract MapperModule is IMapperModule, RegistryBase {
    /// @inheritdoc IMapperModule
    function setAftermarketDeviceBeneficiary(uint256 nodeId, address beneficiary) external {
        address proxy = RegistryStorage.aftermarket().idProxy;
        _checkNode(proxy, nodeId);
        if (INftId(proxy).ownerOf(nodeId) != msg.sender) revert Unauthorized(msg.sender);
        RegistryStorage.nodes().beneficiaries[proxy][nodeId] = beneficiary;
        emit BeneficiarySet(proxy, nodeId, beneficiary);
    }

    /// @inheritdoc IMapperModule
    function getLink(address idProxyAddress, uint256 tokenId) external view returns (uint256) {
        return RegistryStorage.nodes().links[idProxyAddress][tokenId];
    }

    /// @inheritdoc IMapperModule
    function getNodeLink(address source, address target, uint256 tokenId) external view returns (uint256) {
        return RegistryStorage.nodes().nodeLinks[source][target][tokenId];
    }

    /// @inheritdoc IMapperModule
    function getParentNode(address idProxyAddress, uint256 tokenId) external view returns (uint256) {
        return RegistryStorage.nodes().nodes[idProxyAddress][tokenId].parent;
    }

    /// @inheritdoc IMapperModule
    function getInfo(address idProxyAddress, uint256 tokenId, string calldata attribute)
        external
        view
        returns (string memory)
    {
        return RegistryStorage.nodes().nodes[idProxyAddress][tokenId].info[attribute];
    }

    /// @inheritdoc IMapperModule
    function getBeneficiary(address idProxyAddress, uint256 nodeId) external view returns (address) {
        address beneficiary = RegistryStorage.nodes().beneficiaries[idProxyAddress][nodeId];
        return beneficiary == address(0) ? INftId(idProxyAddress).ownerOf(nodeId) : beneficiary;
    }
}
