//! The parts of the contracts' interfaces that this crate calls. A test compares every selector and topic with the
//! compiled contracts.

#![expect(
    clippy::too_many_arguments,
    reason = "an event of the court has nine values"
)]

use alloy::sol;

sol! {
    #[derive(Debug)]
    struct AttributeInfoPair { string attribute; string info; }
    #[derive(Debug)]
    struct AftermarketDeviceInfos { address addr; AttributeInfoPair[] attrInfoPairs; }
    #[derive(Debug)]
    struct AftermarketDeviceOwnerPair { uint256 aftermarketDeviceNodeId; address owner; }
    #[derive(Debug)]
    struct MintSyntheticDeviceWithNonceInput {
        uint256 connectionId; uint256 vehicleNode; address syntheticDeviceAddr; AttributeInfoPair[] attrInfoPairs;
        uint256 nonce; uint256 deadline; bytes syntheticDeviceSig; bytes vehicleOwnerSig;
    }

    /// Signed messages of the registry, EIP-712.
    struct ClaimAftermarketDeviceWithNonceSign {
        uint256 aftermarketDeviceNode; address owner; uint256 nonce; uint256 deadline;
    }
    struct PairAftermarketDeviceWithNonceSign {
        uint256 aftermarketDeviceNode; uint256 vehicleNode; uint256 nonce; uint256 deadline;
    }
    struct MintSyntheticDeviceWithNonceSign {
        uint256 connectionId; uint256 vehicleNode; address syntheticDevice; string[] attributes; string[] infos;
        uint256 nonce; uint256 deadline;
    }

    #[derive(Debug)]
    interface IRegistry {
        event ManufacturerNodeMinted(string name, uint256 tokenId, address indexed owner);
        event VehicleNodeMintedWithDeviceDefinition(
            uint256 indexed manufacturerId, uint256 indexed vehicleId, address indexed owner, string deviceDefinitionId
        );
        event AftermarketDeviceNodeMinted(
            uint256 indexed manufacturerId, uint256 tokenId, address indexed aftermarketDeviceAddress,
            address indexed owner
        );
        event SyntheticDeviceNodeMinted(
            uint256 connectionId, uint256 syntheticDeviceNode, uint256 indexed vehicleNode,
            address indexed syntheticDeviceAddress, address indexed owner
        );

        function addModule(address implementation, bytes4[] selectors) external;
        function updateModule(
            address oldImplementation, address newImplementation, bytes4[] oldSelectors, bytes4[] newSelectors
        ) external;
        function multiDelegateCall(bytes[] data) external returns (bytes[] results);
        function multiStaticCall(bytes[] data) external view returns (bytes[] results);
        function moduleOf(bytes4 selector) external view returns (address);
        function hasRole(bytes32 role, address account) external view returns (bool);
        function grantRole(bytes32 role, address account) external;

        function setManufacturerIdProxyAddress(address addr) external;
        function setVehicleIdProxyAddress(address addr) external;
        function setAftermarketDeviceIdProxyAddress(address addr) external;
        function setSyntheticDeviceIdProxyAddress(address addr) external;
        function setSacd(address sacd) external;
        function setDimoToken(address dimoToken) external;
        function setFoundation(address foundation) external;
        function setManufacturerLicense(address manufacturerLicense) external;
        function setConnectionsManager(address connectionsManager) external;
        function setDeviceStanding(address deviceStanding) external;
        function setStorageNode(address storageNode) external;
        function setDefaultStorageNodeId(uint256 storageNodeId) external;
        function getSacd() external view returns (address);
        function getDimoToken() external view returns (address);
        function getFoundation() external view returns (address);
        function getManufacturerLicense() external view returns (address);
        function getConnectionsManager() external view returns (address);
        function getDeviceStanding() external view returns (address);
        function getStorageNode() external view returns (address);
        function getDefaultStorageNodeId() external view returns (uint256);
        function addVehicleAttribute(string attribute) external;
        function addAftermarketDeviceAttribute(string attribute) external;

        function setController(address controller) external;
        function isController(address account) external view returns (bool);
        function mintManufacturer(address owner, string name, AttributeInfoPair[] attrInfoPairList) external;
        function getManufacturerIdByName(string name) external view returns (uint256);

        function mintVehicleWithDeviceDefinition(
            uint256 manufacturerNode, address owner, string deviceDefinitionId, AttributeInfoPair[] attrInfo
        ) external;
        function setVehicleInfo(uint256 tokenId, AttributeInfoPair[] attrInfo) external;

        function mintAftermarketDeviceByManufacturerBatch(
            uint256 manufacturerNode, AftermarketDeviceInfos[] adInfos
        ) external;
        function claimAftermarketDeviceWithNonce(
            uint256 aftermarketDeviceNode, uint256 nonce, uint256 deadline, bytes aftermarketDeviceSig
        ) external;
        function claimAftermarketDeviceBatch(AftermarketDeviceOwnerPair[] adOwnerPair) external;
        function pairAftermarketDevice(uint256 aftermarketDeviceNode, uint256 vehicleNode) external;
        function pairAftermarketDeviceWithAdSigAndNonce(
            uint256 aftermarketDeviceNode, uint256 vehicleNode, uint256 nonce, uint256 deadline,
            bytes aftermarketDeviceSig
        ) external;
        function isAftermarketDeviceClaimed(uint256 nodeId) external view returns (bool);
        function getAftermarketDeviceIdByAddress(address addr) external view returns (uint256);
        function getLink(address idProxyAddress, uint256 tokenId) external view returns (uint256);
        function unpairAftermarketDevice(uint256 aftermarketDeviceNode, uint256 vehicleNode) external;
        function transferVehicleWithDevice(uint256 vehicleId, address to) external;

        function mintSyntheticDeviceWithNonceSign(MintSyntheticDeviceWithNonceInput data) external;
        function giveSyntheticDeviceConsent(uint256 syntheticDeviceNode) external;
        function setStorageNodeIdForVehicle(uint256 vehicleId, uint256 storageNodeId) external;
    }

    #[derive(Debug)]
    interface INft {
        function burn(uint256 tokenId) external;
        function transferFrom(address from, address to, uint256 tokenId) external;
        function ownerOf(uint256 tokenId) external view returns (address);
    }

    #[derive(Debug)]
    interface IToken {
        function mint(address to, uint256 amount) external;
        function approve(address spender, uint256 value) external returns (bool);
        function transfer(address to, uint256 value) external returns (bool);
        function balanceOf(address account) external view returns (uint256);
    }

    /// Kinds and states are numbers: the enumerations are the contract's.
    #[derive(Debug)]
    interface ILicenseBook {
        event LicenseApplied(
            uint256 indexed id, uint8 indexed kind, address indexed holder, uint256 parent, bytes32 deviceType,
            bytes32 applicationHash
        );
        function applyFor(uint8 kind, bytes32 applicationHash) external returns (uint256 id);
        function decide(uint256 id, bool approved, bytes32 analysisHash) external;
        function suspend(uint256 id, bytes32 analysisHash) external;
        function reinstate(uint256 id, bytes32 analysisHash) external;
        function revoke(uint256 id, bytes32 analysisHash) external;
        function raiseRequirement(uint256 id, uint256 amount, bytes32 reasonHash) external;
        function licenseOf(address holder, uint8 kind) external view returns (uint256);
        function stateOf(uint256 id) external view returns (uint8);
        function requirementOf(uint256 id) external view returns (uint256);
        function isLicensed(address holder) external view returns (bool);
    }

    #[derive(Debug)]
    interface IStakeVault {
        function stake(uint256 licenseId, uint256 amount) external;
        function countedStakeOf(uint256 licenseId) external view returns (uint256);
    }

    #[derive(Debug)]
    interface ICourt {
        event CaseOpened(
            uint256 indexed caseId, uint256 indexed licenseId, address indexed challenger, address respondent,
            uint256 breachAt, bytes32 claimHash, bytes32 evidenceHash, address subject, uint256 subjectId
        );
        function open(
            uint256 licenseId, uint256 breachAt, bytes32 claimHash, bytes32 evidenceHash, address subject,
            uint256 subjectId
        ) external returns (uint256 caseId);
        function respond(uint256 caseId, bytes32 evidenceHash) external;
        function proposeSettlement(uint256 caseId, uint256 amount) external;
        function acceptSettlement(uint256 caseId, uint256 amount) external;
        function payDebt(uint256 caseId, uint256 amount) external returns (uint256 paid);
        function debtOf(address holder) external view returns (uint256);
    }

    #[derive(Debug)]
    interface ITeamRoster {
        function appoint(address account, uint256 until) external;
        function renew(address account, uint256 until) external;
        function isMember(address account) external view returns (bool);
        function termOf(address account) external view returns (uint256 until);
    }

    #[derive(Debug)]
    interface IParameters {
        function get(bytes32 key) external view returns (uint256);
    }

    #[derive(Debug)]
    interface IDevLicense {
        event Issued(uint256 indexed tokenId, address indexed owner, address indexed clientId);
        function issueInDimo(string licenseAlias) external returns (uint256 tokenId, address clientId);
        function licenseCostInDimo() external view returns (uint256);
        function setLicenseAlias(uint256 tokenId, string licenseAlias) external;
        function enableSigner(uint256 tokenId, address signer) external;
        function disableSigner(uint256 tokenId, address signer) external;
        function setRedirectUri(uint256 tokenId, bool enabled, string uri) external;
        function revoke(uint256 tokenId) external;
    }

    #[derive(Debug)]
    interface IConnections {
        event ConnectionMinted(
            address indexed account, uint256 indexed connectionId, address indexed connectionAddr,
            string connectionName, bytes32 connectionType, uint256 connectionCostInDimo
        );
        function mint(address to, string name, address connectionAddr, bytes32 connectionType)
            external returns (uint256 connectionId);
        function idByAddress(address connectionAddr) external view returns (uint256);
        function revoke(uint256 connectionId) external;
    }

    #[derive(Debug)]
    interface IStorageNode {
        function mint(address to, address nodeAddr, string label, string uri) external returns (uint256 nodeId);
        function exists(uint256 nodeId) external view returns (bool);
    }

    #[derive(Debug)]
    interface IDeviceStanding {
        function ban(address device, bytes32 reasonHash) external;
        function unban(address device, bytes32 reasonHash) external;
    }

    #[derive(Debug)]
    interface ISacd {
        function setPermissions(
            address asset, uint256 tokenId, address grantee, uint256 permissions, uint256 expiration,
            uint256 templateId, string source
        ) external;
        function setAccountPermissions(
            address grantee, uint256 permissions, uint256 expiration, uint256 templateId, string source
        ) external;
        function renouncePermissions(address asset, uint256 tokenId) external;
        function renounceAccountPermissions(address grantor) external;
        function setTemplateContract(address templateContract) external;
        function templateContract() external view returns (address);
    }

    #[derive(Debug)]
    interface ITemplate {
        event TemplateCreated(
            uint256 indexed templateId, address indexed creator, address indexed asset, uint256 permissions, string cid
        );
        function createTemplate(address asset, uint256 permissions, string cid) external returns (uint256 templateId);
        function deactivateTemplate(uint256 templateId) external;
    }
}

#[cfg(test)]
mod tests {
    use alloy::sol_types::SolInterface as _;

    use super::*;
    use crate::artifacts;

    fn selectors_of(contract: &str) -> Vec<[u8; 4]> {
        artifacts::artifact(contract)
            .unwrap()
            .abi
            .functions()
            .map(|f| f.selector().0)
            .collect()
    }

    #[test]
    fn every_function_we_call_exists_in_the_compiled_contracts() {
        let checks: Vec<(&str, Vec<[u8; 4]>)> = vec![
            (
                artifacts::REGISTRY,
                IRegistry::IRegistryCalls::selectors().collect(),
            ),
            ("VehicleId", INft::INftCalls::selectors().collect()),
            ("SyntheticDeviceId", INft::INftCalls::selectors().collect()),
            ("DimoToken", IToken::ITokenCalls::selectors().collect()),
            (
                "LicenseBook",
                ILicenseBook::ILicenseBookCalls::selectors().collect(),
            ),
            (
                "StakeVault",
                IStakeVault::IStakeVaultCalls::selectors().collect(),
            ),
            ("Court", ICourt::ICourtCalls::selectors().collect()),
            (
                "TeamRoster",
                ITeamRoster::ITeamRosterCalls::selectors().collect(),
            ),
            (
                "Parameters",
                IParameters::IParametersCalls::selectors().collect(),
            ),
            (
                "DevLicenseDimo",
                IDevLicense::IDevLicenseCalls::selectors().collect(),
            ),
            (
                "Connections",
                IConnections::IConnectionsCalls::selectors().collect(),
            ),
            (
                "StorageNode",
                IStorageNode::IStorageNodeCalls::selectors().collect(),
            ),
            (
                "DeviceStanding",
                IDeviceStanding::IDeviceStandingCalls::selectors().collect(),
            ),
            ("Sacd", ISacd::ISacdCalls::selectors().collect()),
            ("Template", ITemplate::ITemplateCalls::selectors().collect()),
        ];
        for (contract, ours) in checks {
            let theirs = selectors_of(contract);
            for selector in ours {
                assert!(
                    theirs.contains(&selector),
                    "{contract} has no function {}",
                    alloy::hex::encode(selector)
                );
            }
        }
    }

    #[test]
    fn every_event_we_read_has_the_topic_and_layout_of_the_compiled_contracts() {
        use alloy::sol_types::SolEvent;
        fn check<E: SolEvent>(contract: &str) {
            let abi = &artifacts::artifact(contract).unwrap().abi;
            let event = abi.events().find(|e| e.selector() == E::SIGNATURE_HASH);
            let event = event.unwrap_or_else(|| panic!("{contract} has no event {}", E::SIGNATURE));
            let indexed = event.inputs.iter().filter(|i| i.indexed).count();
            assert_eq!(
                indexed + 1,
                <E::TopicList as alloy::sol_types::TopicList>::COUNT,
                "{}",
                E::SIGNATURE
            );
        }
        check::<IRegistry::ManufacturerNodeMinted>(artifacts::REGISTRY);
        check::<IRegistry::VehicleNodeMintedWithDeviceDefinition>(artifacts::REGISTRY);
        check::<IRegistry::AftermarketDeviceNodeMinted>(artifacts::REGISTRY);
        check::<IRegistry::SyntheticDeviceNodeMinted>(artifacts::REGISTRY);
        check::<ILicenseBook::LicenseApplied>("LicenseBook");
        check::<ICourt::CaseOpened>("Court");
        check::<IDevLicense::Issued>("DevLicenseDimo");
        check::<IConnections::ConnectionMinted>("Connections");
        check::<ITemplate::TemplateCreated>("Template");
    }
}
