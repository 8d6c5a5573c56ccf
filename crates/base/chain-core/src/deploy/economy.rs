//! The economy's contracts: parameters of a profile, licences, stakes, court, vouchers and escrow, governance. All
//! are owned by the timelock; the deployer keeps its rights beside it until they are handed over.

use alloy::{primitives::U256, sol_types::SolValue as _};
use milepost_economics::Profile;
use milepost_types::{Address, B256, keccak256};

use super::{
    DeployParams,
    plan::Plan,
    wiring::{Done, Step},
};
use crate::{
    ChainError, TxRequest,
    network::{licenses::text_key, named},
};

/// Longest time between two observations that the TWAP bridges, seconds.
const TWAP_GAP: u64 = 86_400;

/// Roles of the economy: contract, role, holders besides the timelock. `true`: the deployer too, until handed over.
const ROLES: [(&str, &str); 10] = [
    ("Parameters", "GOVERNANCE_ROLE"),
    ("TeamRoster", "GOVERNANCE_ROLE"),
    ("EmergencyPause", "GOVERNANCE_ROLE"),
    ("LicenseBook", "GOVERNANCE_ROLE"),
    ("CourtRules", "GOVERNANCE_ROLE"),
    ("PanelAdjudicator", "GOVERNANCE_ROLE"),
    ("MintVoucher", "GOVERNANCE_ROLE"),
    ("DeviceEscrow", "GOVERNANCE_ROLE"),
    ("PreorderSpot", "GOVERNANCE_ROLE"),
    ("DimoTimelock", "DEFAULT_ADMIN_ROLE"),
];

/// Contracts behind proxies, whose code and administration belong to the timelock.
const OWNED: [&str; 16] = [
    "Parameters",
    "TeamRoster",
    "EmergencyPause",
    "LicenseBook",
    "StakeVault",
    "UsdPeg",
    "CourtRules",
    "Court",
    "PanelAdjudicator",
    "ConnectionAttestations",
    "DeviceDirectory",
    "MintVoucher",
    "DeviceEscrow",
    "PreorderSpot",
    "VehicleRoles",
    "PostedTwap",
];

impl Plan {
    /// Adds the economy's contracts, in the order in which they need each other.
    pub(super) fn economy(&mut self, params: &DeployParams) -> Result<(), ChainError> {
        let admin = self.admin;
        let profile = profile(params)?;
        let (keys, values): (Vec<B256>, Vec<U256>) = profile.encode().into_iter().unzip();
        let arguments = (
            profile.name().to_owned(),
            U256::from(profile.version()),
            keys,
            values,
            admin,
        )
            .abi_encode_params();
        let parameters = self.initialized("Parameters", &arguments)?;
        let token = self.address("DimoToken")?;
        let roster = self.initialized("TeamRoster", &(parameters, admin).abi_encode_params())?;
        self.initialized("EmergencyPause", &(parameters, admin).abi_encode_params())?;
        let arguments = (token, parameters, roster, admin).abi_encode_params();
        let book = self.initialized("LicenseBook", &arguments)?;
        let arguments = (token, book, parameters, admin).abi_encode_params();
        let vault = self.initialized("StakeVault", &arguments)?;
        let peg = self.initialized("UsdPeg", &(parameters, admin).abi_encode_params())?;
        self.direct(
            "PostedTwap",
            (admin, U256::from(TWAP_GAP)).abi_encode_params(),
        )?;
        self.direct("StakeTerms", (parameters, peg).abi_encode_params())?;
        let rules = self.initialized("CourtRules", &(parameters, admin).abi_encode_params())?;
        let arguments = (token, parameters, rules, book, vault, admin).abi_encode_params();
        let court = self.initialized("Court", &arguments)?;
        let arguments = (court, token, parameters, admin).abi_encode_params();
        self.initialized("PanelAdjudicator", &arguments)?;
        // Anyone may execute what has waited long enough.
        let anyone = vec![Address::ZERO];
        let arguments = (parameters, Vec::<Address>::new(), anyone, admin).abi_encode_params();
        let timelock = self.direct("DimoTimelock", arguments)?;
        self.direct(
            "DimoGovernor",
            (token, timelock, parameters).abi_encode_params(),
        )?;
        let arguments = (court, token, parameters, timelock).abi_encode_params();
        self.direct("VoteAdjudicator", arguments)?;
        self.device_money(parameters, roster, book, vault, token)?;
        let (vehicle, sacd) = (self.address("VehicleId")?, self.address("Sacd")?);
        self.initialized("VehicleRoles", &(vehicle, sacd, admin).abi_encode_params())?;
        Ok(())
    }

    fn device_money(
        &mut self,
        parameters: Address,
        roster: Address,
        book: Address,
        vault: Address,
        token: Address,
    ) -> Result<(), ChainError> {
        let admin = self.admin;
        let arguments = (parameters, book, admin).abi_encode_params();
        let attestations = self.initialized("ConnectionAttestations", &arguments)?;
        let arguments = (
            self.address("DIMORegistry")?,
            self.address("ManufacturerId")?,
            self.address("VehicleId")?,
            self.address("AftermarketDeviceId")?,
            self.address("SyntheticDeviceId")?,
            admin,
        )
            .abi_encode_params();
        let directory = self.initialized("DeviceDirectory", &arguments)?;
        let arguments = (parameters, roster, token, admin).abi_encode_params();
        let vouchers = self.initialized("MintVoucher", &arguments)?;
        let wiring = (parameters, roster, book, directory, attestations, vouchers);
        let escrow = self.initialized("DeviceEscrow", &(wiring, admin).abi_encode_params())?;
        self.direct("EscrowLens", (escrow, parameters).abi_encode_params())?;
        let wiring = (token, roster, book, vault, directory, escrow, vouchers);
        self.initialized("PreorderSpot", &(wiring, admin).abi_encode_params())?;
        Ok(())
    }
}

fn profile(params: &DeployParams) -> Result<Profile, ChainError> {
    Profile::load(&params.profile).map_err(|error| ChainError::Setting {
        name: "profile",
        reason: error.to_string(),
    })
}

/// Rights: the timelock governs, the deployer beside it, the court alone slashes.
pub(super) fn roles(plan: &Plan) -> Result<Vec<Step>, ChainError> {
    let timelock = plan.address("DimoTimelock")?;
    let governor = plan.address("DimoGovernor")?;
    let court = plan.address("Court")?;
    let mut steps = Vec::new();
    for (contract, role) in ROLES {
        steps.push(grant(plan, contract, role, timelock)?);
        if contract != "DimoTimelock" {
            steps.push(grant(plan, contract, role, plan.admin)?);
        }
    }
    for contract in OWNED {
        steps.push(grant(plan, contract, "DEFAULT_ADMIN_ROLE", timelock)?);
        if contract != "PostedTwap" {
            steps.push(grant(plan, contract, "UPGRADER_ROLE", timelock)?);
        }
    }
    for role in ["PROPOSER_ROLE", "CANCELLER_ROLE"] {
        steps.push(grant(plan, "DimoTimelock", role, governor)?);
    }
    for contract in ["StakeVault", "ConnectionAttestations"] {
        steps.push(grant(plan, contract, "COURT_ROLE", court)?);
    }
    steps.push(grant(plan, "PostedTwap", "FEEDER_ROLE", plan.admin)?);
    steps.push(grant(plan, "EmergencyPause", "GUARDIAN_ROLE", plan.admin)?);
    Ok(steps)
}

/// What the contracts are told of each other; needs the roles.
pub(super) fn settings(plan: &Plan) -> Result<Vec<Step>, ChainError> {
    let book = |setter, view, other| set(plan, ("LicenseBook", setter, view), other);
    let mut steps = vec![
        book("setStakeVault", "stakeVault", "StakeVault")?,
        book("setStakeTerms", "stakeTerms", "StakeTerms")?,
        book("setCourt", "court", "Court")?,
        set(plan, ("MintVoucher", "setEscrow", "escrow"), "DeviceEscrow")?,
        grant(plan, "LicenseBook", "REPORTER_ROLE", plan.admin)?,
    ];
    let accounts = [
        ("treasury", plan.foundation),
        ("team", plan.foundation),
        ("foundation", plan.foundation),
        ("oracle", plan.address("PostedTwap")?),
        ("roster", plan.address("TeamRoster")?),
        ("pause", plan.address("EmergencyPause")?),
    ];
    for (name, account) in accounts {
        let key = text_key(name).to_string();
        let call = [key.clone(), account.to_string()];
        steps.push(step(
            plan,
            ("Parameters", "setAccount", &call),
            ("account", &[key]),
            account.into_word(),
        )?);
    }
    let adjudicators = [
        plan.address("PanelAdjudicator")?,
        plan.address("VoteAdjudicator")?,
        plan.admin,
    ];
    for (kind, adjudicator) in adjudicators.into_iter().enumerate() {
        let call = [kind.to_string(), adjudicator.to_string()];
        steps.push(step(
            plan,
            ("CourtRules", "setAdjudicator", &call),
            ("adjudicatorOf", &[kind.to_string()]),
            adjudicator.into_word(),
        )?);
    }
    let subject = plan.address("ConnectionAttestations")?.to_string();
    steps.push(step(
        plan,
        (
            "CourtRules",
            "setSubject",
            &[subject.clone(), "true".to_owned()],
        ),
        ("isSubject", &[subject]),
        B256::from(U256::from(1)),
    )?);
    Ok(steps)
}

fn set(plan: &Plan, of: (&str, &str, &str), other: &str) -> Result<Step, ChainError> {
    let (contract, setter, view) = of;
    let other = plan.address(other)?;
    step(
        plan,
        (contract, setter, &[other.to_string()]),
        (view, &[]),
        other.into_word(),
    )
}

fn grant(plan: &Plan, contract: &str, role: &str, to: Address) -> Result<Step, ChainError> {
    let id = if role == "DEFAULT_ADMIN_ROLE" {
        B256::ZERO
    } else {
        keccak256(role)
    };
    let arguments = [id.to_string(), to.to_string()];
    let mut step = step(
        plan,
        (contract, "grantRole", &arguments),
        ("hasRole", &arguments),
        B256::from(U256::from(1)),
    )?;
    step.tx.label = format!("grant {role} on {contract}");
    Ok(step)
}

/// A call, and the view that answers with a word once it was made.
fn step(
    plan: &Plan,
    call: (&str, &str, &[String]),
    view: (&str, &[String]),
    word: B256,
) -> Result<Step, ChainError> {
    let (contract, function, arguments) = call;
    let (_, data) = named::encode(contract, function, arguments)?;
    let (_, look) = named::encode(contract, view.0, view.1)?;
    Ok(Step {
        tx: TxRequest::call(
            format!("{contract}.{function}"),
            plan.address(contract)?,
            data,
        ),
        done: Done::Answers(look, word),
    })
}
