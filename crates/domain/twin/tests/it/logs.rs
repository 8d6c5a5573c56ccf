//! Golden logs: events of the deployed and of our contracts, in every layout they ever had, built offline.
//! Shared by the unit tests and the integration tests.
#![allow(
    dead_code,
    missing_docs,
    clippy::too_many_arguments,
    reason = "each test binary uses its part of the list"
)]

use alloy_primitives::LogData;
use alloy_sol_types::{SolEvent, sol};
use milepost_chain_core::ChainLog;
use milepost_types::{Address, B256, U256};

sol! {
    interface Nft {
        event Transfer(address indexed from, address indexed to, uint256 indexed tokenId);
        event PrivilegeSet(uint256 indexed tokenId, uint256 version, uint256 indexed privId, address indexed user, uint256 expires);
    }
    interface Nft2022 {
        event PrivilegeSet(uint256 tokenId, uint256 version, uint256 privId, address indexed user, uint256 expires);
    }
    interface Registry {
        event ManufacturerNodeMinted(string name, uint256 tokenId, address indexed owner);
        event VehicleNodeMinted(uint256 manufacturerNode, uint256 tokenId, address owner);
        event VehicleNodeMintedWithDeviceDefinition(uint256 indexed manufacturerId, uint256 indexed vehicleId, address indexed owner, string ddId);
        event VehicleNodeBurned(uint256 indexed vehicleNode, address indexed owner);
        event VehicleAttributeSet(uint256 tokenId, string attribute, string info);
        event DeviceDefinitionIdSet(uint256 indexed vehicleId, string ddId);
        event VehicleStorageNodeIdSet(uint256 indexed vehicleId, uint256 indexed storageNodeId);
        event AftermarketDeviceNodeMinted(uint256 indexed manufacturerId, uint256 tokenId, address indexed device, address indexed owner);
        event AftermarketDeviceAttributeSet(uint256 tokenId, string attribute, string info);
        event AftermarketDeviceClaimed(uint256 node, address indexed owner);
        event AftermarketDeviceUnclaimed(uint256 indexed node, address indexed owner);
        event AftermarketDevicePaired(uint256 node, uint256 vehicle, address indexed owner);
        event AftermarketDeviceUnpaired(uint256 node, uint256 vehicle, address indexed owner);
        event AftermarketDeviceAddressReset(uint256 indexed manufacturerId, uint256 indexed tokenId, address indexed device);
        event BeneficiarySet(address indexed proxy, uint256 indexed nodeId, address indexed beneficiary);
        event SyntheticDeviceNodeMinted(uint256 connectionId, uint256 node, uint256 indexed vehicle, address indexed device, address indexed owner);
        event SyntheticDeviceAttributeSet(uint256 indexed tokenId, string attribute, string info);
        event SyntheticDeviceNodeBurned(uint256 indexed node, uint256 indexed vehicle, address indexed owner);
        event SyntheticDeviceConsentRequired(uint256 indexed node, uint256 indexed vehicle, address indexed newOwner);
        event SyntheticDeviceConsentGiven(uint256 indexed node, uint256 indexed vehicle, address indexed owner);
    }
    interface Legacy {
        event ManufacturerNodeMinted(uint256 tokenId, address indexed owner);
        event VehicleNodeMinted(uint256 tokenId, address owner);
        event AftermarketDeviceNodeMinted(uint256 tokenId, address indexed device, address indexed owner);
        event AftermarketDeviceUnclaimed(uint256 indexed node);
        event SyntheticDeviceNodeMinted(uint256 node, uint256 indexed vehicle, address indexed device, address indexed owner);
    }
    interface November2022 {
        event ManufacturerNodeMinted(uint256 indexed tokenId, address indexed owner);
        event AftermarketDeviceNodeMinted(uint256 indexed tokenId, address indexed device, address indexed owner);
    }
    interface Spring2024 {
        event VehicleNodeMinted(uint256 indexed manufacturerId, uint256 indexed vehicleId, address indexed owner, string ddId);
    }
    interface April2023 {
        event BeneficiarySet(address indexed proxy, uint256 nodeId, address indexed beneficiary);
    }
    interface Summer2023 {
        event BeneficiarySet(address indexed proxy, address indexed beneficiary);
    }
    interface DevAdmin {
        event VehicleAttributeSetDevAdmin(uint256 indexed tokenId, string attribute, string info);
        event AftermarketDeviceAttributeSetDevAdmin(uint256 indexed tokenId, string attribute, string info);
        event SyntheticDeviceAttributeSetDevAdmin(uint256 indexed tokenId, string attribute, string info);
        event AftermarketDeviceTransferredDevAdmin(uint256 indexed node, address indexed oldOwner, address indexed newOwner);
        event AftermarketDeviceUnclaimedDevAdmin(uint256 indexed node);
        event AftermarketDeviceUnpairedDevAdmin(uint256 indexed node, uint256 indexed vehicle, address indexed owner);
        event VehicleNodeBurnedDevAdmin(uint256 indexed vehicleNode, address indexed owner);
        event AftermarketDeviceNodeBurnedDevAdmin(uint256 indexed node, address indexed owner);
        event SyntheticDeviceNodeBurnedDevAdmin(uint256 indexed node, uint256 indexed vehicle, address indexed owner);
    }
    interface DevAdmin2025 {
        event VehicleAttributeSet(uint256 indexed tokenId, string attribute, string info);
        event AftermarketDeviceAttributeSet(uint256 indexed tokenId, string attribute, string info);
        event AftermarketDeviceUnpaired(uint256 indexed node, uint256 indexed vehicle, address indexed owner);
    }
    interface Standing {
        event DeviceBanned(address indexed device, bytes32 reasonHash);
        event DeviceUnbanned(address indexed device, bytes32 reasonHash);
    }
    interface Sacd {
        event PermissionsSet(address indexed asset, uint256 indexed tokenId, uint256 permissions, address indexed grantee, uint256 expiration, uint256 templateId, string source);
        event PermissionsRenounced(address indexed asset, uint256 indexed tokenId, address indexed grantee);
    }
    interface Sacd2024 {
        event PermissionsSet(address indexed asset, uint256 indexed tokenId, uint256 permissions, address indexed grantee, uint256 expiration, string source);
    }
    interface Template {
        event TemplateCreated(uint256 indexed templateId, address indexed creator, address indexed asset, uint256 permissions, string cid);
        event TemplateDeactivated(uint256 indexed templateId);
    }
    interface DevLicense {
        event Issued(uint256 indexed tokenId, address indexed owner, address indexed clientId);
        event LicenseAliasSet(uint256 indexed tokenId, string licenseAlias);
        event SignerEnabled(uint256 indexed tokenId, address indexed signer);
        event SignerDisabled(uint256 indexed tokenId, address indexed signer);
        event RedirectUriEnabled(uint256 indexed tokenId, string uri);
        event RedirectUriDisabled(uint256 indexed tokenId, string uri);
        event UpdatePeriodValidity(uint256 period);
    }
    interface Provider {
        event StakeTokens(address indexed user, uint256 amount);
        event UnstakeTokens(address indexed user, uint256 amount);
        event StakeSlashed(address indexed holder, uint256 amount, address recipient, bytes32 reasonHash);
        event StakeAmountAdjusted(uint256 amount);
        event RequirementRaised(address indexed holder, uint256 amount);
        event LicenseSuspended(uint256 indexed tokenId, bytes32 reasonHash);
        event LicenseReinstated(uint256 indexed tokenId);
    }
    interface Book {
        event LicenseApplied(uint256 indexed id, uint8 indexed kind, address indexed holder, uint256 parent, bytes32 deviceType, bytes32 applicationHash);
        event LicenseStateChanged(uint256 indexed id, uint8 indexed state, uint8 from, address indexed actor, bool byGovernance, bytes32 analysisHash);
        event LicenseReassigned(uint256 indexed id, address indexed from, address indexed to, address actor, bytes32 reasonHash);
        event LicenseTermsChanged(uint256 indexed id, uint256 users, uint256 units, uint8 class, uint256 raised, uint256 baseAtApproval, uint256 graceUntil, uint256 graceRequirement);
        event CourtSet(address court);
        event LicenseMinted(address indexed user, uint256 tokenId);
        event StakeAmountAdjusted(uint256 amount);
    }
    interface Vault {
        event StakeChanged(uint256 indexed licenseId, uint256 own, uint256 partner, uint256 loan, uint256 loanDueAt);
        event StakeTokens(address indexed user, uint256 amount);
    }
    #[derive(Debug, Default)]
    struct Parts { uint256 fees; uint256 challenger; uint256 users; uint256 treasury; uint256 burned; }
    interface Court {
        event DebtRecorded(uint256 indexed caseId, address indexed debtor, Parts owed);
        event DebtPaid(uint256 indexed caseId, address indexed debtor, address indexed payer, Parts parts, uint256 left);
    }
    interface Numbers {
        event ParameterSet(bytes32 indexed key, uint256 previous, uint256 value);
        event ParameterRaised(bytes32 indexed key, address indexed member, uint256 previous, uint256 value);
    }
    interface Peg {
        event Rebased(uint256 price, uint256 previous, uint8 reason, address indexed caller);
    }
    interface Connections {
        event ConnectionMinted(address indexed account, uint256 indexed connectionId, address indexed connectionAddr, string name, bytes32 connectionType, uint256 cost);
    }
    interface Nodes {
        event StorageNodeAnchorMinted(address indexed account, uint256 indexed id, address indexed addr, string label, string uri);
        event NodeUriUpdated(uint256 indexed nodeId, string uri);
    }
    interface Stranger {
        event NeverHeardOf(uint256 indexed a, string b);
    }
}

pub(crate) const REGISTRY: Address = Address::repeat_byte(0xA0);
pub(crate) const VEHICLE: Address = Address::repeat_byte(0xA1);
pub(crate) const MANUFACTURER: Address = Address::repeat_byte(0xA2);
pub(crate) const AFTERMARKET: Address = Address::repeat_byte(0xA3);
pub(crate) const SYNTHETIC: Address = Address::repeat_byte(0xA4);
pub(crate) const SACD: Address = Address::repeat_byte(0xA5);
pub(crate) const TEMPLATE: Address = Address::repeat_byte(0xA6);
pub(crate) const DEV_LICENSE: Address = Address::repeat_byte(0xA7);
pub(crate) const PROVIDER: Address = Address::repeat_byte(0xA8);
pub(crate) const CONNECTIONS: Address = Address::repeat_byte(0xA9);
pub(crate) const STORAGE_NODE: Address = Address::repeat_byte(0xAA);
pub(crate) const STANDING: Address = Address::repeat_byte(0xAB);
pub(crate) const TOKEN: Address = Address::repeat_byte(0xAC);

pub(crate) const BOOK: Address = Address::repeat_byte(0xB0);
pub(crate) const VAULT: Address = Address::repeat_byte(0xB1);
pub(crate) const COURT: Address = Address::repeat_byte(0xB2);
pub(crate) const OTHER_COURT: Address = Address::repeat_byte(0xB3);
pub(crate) const NUMBERS: Address = Address::repeat_byte(0xB4);
pub(crate) const PEG: Address = Address::repeat_byte(0xB5);

/// An event with the contract that emits it.
pub(crate) type Emitted = (Address, LogData);

pub(crate) fn by<E: SolEvent>(contract: Address, event: E) -> Emitted {
    (contract, event.encode_log_data())
}

pub(crate) fn id(n: u64) -> U256 {
    U256::from(n)
}

/// A person.
pub(crate) fn who(n: u8) -> Address {
    Address::with_last_byte(n)
}

/// A device key.
pub(crate) fn key(n: u8) -> Address {
    Address::repeat_byte(n)
}

pub(crate) fn transfer(nft: Address, from: Address, to: Address, token: U256) -> Emitted {
    by(
        nft,
        Nft::Transfer {
            from,
            to,
            tokenId: token,
        },
    )
}

pub(crate) fn mint(nft: Address, to: Address, token: U256) -> Emitted {
    transfer(nft, Address::ZERO, to, token)
}

pub(crate) fn burn(nft: Address, from: Address, token: U256) -> Emitted {
    transfer(nft, from, Address::ZERO, token)
}

/// The logs of one block.
/// A parameter of the economy takes a value.
pub(crate) fn set(key: &str, value: U256) -> Emitted {
    let mut word = B256::ZERO;
    word[..key.len()].copy_from_slice(key.as_bytes());
    let event = Numbers::ParameterSet {
        key: word,
        previous: U256::ZERO,
        value,
    };
    by(NUMBERS, event)
}

pub(crate) fn applied(license: U256, kind: u8, holder: Address) -> Emitted {
    let event = Book::LicenseApplied {
        id: license,
        kind,
        holder,
        parent: U256::ZERO,
        deviceType: B256::ZERO,
        applicationHash: B256::ZERO,
    };
    by(BOOK, event)
}

pub(crate) fn state(license: U256, state: u8) -> Emitted {
    let event = Book::LicenseStateChanged {
        id: license,
        state,
        from: 0,
        actor: who(8),
        byGovernance: false,
        analysisHash: B256::ZERO,
    };
    by(BOOK, event)
}

/// Own, partner's and lent stake, and when the loan is due.
pub(crate) fn stakes(license: U256, amounts: [U256; 3], loan_due_at: u64) -> Emitted {
    let [own, partner, loan] = amounts;
    let event = Vault::StakeChanged {
        licenseId: license,
        own,
        partner,
        loan,
        loanDueAt: U256::from(loan_due_at),
    };
    by(VAULT, event)
}

/// Five parts of a debt, each of this size.
pub(crate) fn owes(court: Address, debtor: Address, part: U256) -> Emitted {
    let owed = Parts {
        fees: part,
        challenger: part,
        users: part,
        treasury: part,
        burned: part,
    };
    let event = Court::DebtRecorded {
        caseId: id(1),
        debtor,
        owed,
    };
    by(court, event)
}

pub(crate) fn pays(court: Address, debtor: Address, left: U256) -> Emitted {
    let event = Court::DebtPaid {
        caseId: id(1),
        debtor,
        payer: who(7),
        parts: Parts::default(),
        left,
    };
    by(court, event)
}

pub(crate) fn chain_logs(number: u64, hash: B256, events: &[Emitted]) -> Vec<ChainLog> {
    let log = |(index, (address, data)): (usize, &Emitted)| ChainLog {
        address: *address,
        topics: data.topics().to_vec(),
        data: data.data.clone(),
        block_number: number,
        block_hash: hash,
        transaction: B256::repeat_byte(0x77),
        index: index as u64,
    };
    events.iter().enumerate().map(log).collect()
}
