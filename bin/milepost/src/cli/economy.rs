//! What can be typed about the economy.

use std::{path::PathBuf, str::FromStr};

use clap::{Args, Subcommand, ValueEnum};

use super::DevFileArg;

/// Which network, and who acts on it.
#[derive(Debug, Args)]
pub(crate) struct ChainArgs {
    #[command(flatten)]
    pub(crate) dev: DevFileArg,
    /// Demo account that acts, as dev.json names it.
    #[arg(long = "as", value_name = "NAME", global = true)]
    pub(crate) acting: Option<String>,
    /// File with the private key that acts, 64 hex digits.
    #[arg(long, value_name = "FILE", conflicts_with = "acting", global = true)]
    pub(crate) key_file: Option<PathBuf>,
    /// Send nothing: show what would happen and who would pay whom how much.
    #[arg(long, global = true)]
    pub(crate) dry_run: bool,
    /// Print JSON, amounts in wei.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// From here on votes decide.
#[derive(Debug, Args)]
pub(crate) struct HandoverArgs {
    #[command(flatten)]
    pub(crate) chain: ChainArgs,
}

/// Kinds of licences, in the contract's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LicenseKind {
    /// Maker of devices or operator of a connection.
    Provider,
    /// Interface for owners.
    Client,
    /// Node operator.
    Node,
    /// App or data consumer.
    App,
    /// Data-union operator.
    Operator,
    /// Data broker.
    Broker,
    /// One type of device of a provider; needs --parent and --device-type.
    DeviceType,
}

#[derive(Debug, Args)]
pub(crate) struct LicenseArgs {
    #[command(flatten)]
    pub(crate) chain: ChainArgs,
    #[command(subcommand)]
    pub(crate) command: LicenseCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LicenseCommand {
    /// Apply; the application's hash goes on chain.
    Apply {
        #[arg(value_enum)]
        kind: LicenseKind,
        /// The application: a file, or the 0x hash of a published one.
        #[arg(long)]
        application: String,
        /// Provider licence a device type belongs to.
        #[arg(long)]
        parent: Option<u64>,
        /// software, dongle, hub, dash-cam, fleet, ai, or a type added later.
        #[arg(long)]
        device_type: Option<String>,
    },
    /// The application, and whether the acting member of the team may decide on it.
    Review { id: u64 },
    /// Approve or reject; the published analysis' hash goes on chain.
    Decide {
        id: u64,
        /// Approve.
        #[arg(long, required_unless_present = "reject", conflicts_with = "reject")]
        approve: bool,
        /// Reject.
        #[arg(long)]
        reject: bool,
        /// The analysis: a file, or the 0x hash of a published one.
        #[arg(long)]
        analysis: String,
    },
    /// Suspend; the stake is locked meanwhile.
    Suspend {
        id: u64,
        /// The analysis: a file, or the 0x hash of a published one.
        #[arg(long)]
        analysis: String,
    },
    /// End a suspension.
    Reinstate {
        id: u64,
        /// The analysis: a file, or the 0x hash of a published one.
        #[arg(long)]
        analysis: String,
    },
    /// Take a licence away.
    Revoke {
        id: u64,
        /// The analysis: a file, or the 0x hash of a published one.
        #[arg(long)]
        analysis: String,
    },
    /// State, stake, requirement, dues, and what can happen next.
    Show { id: u64 },
    /// Give a licence up; the stake is free after the release delay.
    Renounce { id: u64 },
    /// Mark an ended licence without stake as released.
    Release { id: u64 },
    /// Burn what an app owes for its oldest unpaid month.
    PayBurn {
        id: u64,
        /// Month, as the report numbered it.
        #[arg(long)]
        month: u64,
    },
}

#[derive(Debug, Args)]
pub(crate) struct StakeArgs {
    #[command(flatten)]
    pub(crate) chain: ChainArgs,
    #[command(subcommand)]
    pub(crate) command: StakeCommand,
}

/// Who posted, in the contract's order: the first is slashed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StakeClass {
    /// The holder.
    Own,
    /// A partner.
    Partner,
    /// The foundation, as a loan.
    Loan,
}

#[derive(Debug, Subcommand)]
pub(crate) enum StakeCommand {
    /// What a licence needs under a profile; no chain needed.
    Quote(StakeQuoteArgs),
    /// Post stake for a licence, one's own or a partner's.
    Post {
        license: u64,
        /// DIMO, up to 18 decimals.
        amount: String,
    },
    /// Take back what the acting account posted, as far as it is free.
    Withdraw {
        license: u64,
        /// DIMO, up to 18 decimals.
        amount: String,
        #[arg(long, value_enum, default_value = "own")]
        class: StakeClass,
    },
    /// Post a foundation loan.
    Lend {
        license: u64,
        /// DIMO, up to 18 decimals.
        amount: String,
        /// Unix time from which it no longer counts.
        #[arg(long)]
        due_at: u64,
    },
    /// Stake, requirement, what is free and from when.
    Show { license: u64 },
}

#[derive(Debug, Args)]
pub(crate) struct StakeQuoteArgs {
    /// Profile of parameters.
    #[arg(long, default_value = "seed")]
    pub(crate) profile: String,
    /// client, node, app, provider, operator or broker.
    #[arg(long)]
    pub(crate) licence: String,
    /// Connected users of a node, users an app served in the month.
    #[arg(long, default_value_t = 0)]
    pub(crate) users: u64,
    /// Vehicle-months of operators and brokers; as --users when left out.
    #[arg(long)]
    pub(crate) units: Option<u64>,
    /// Functionality class of operators and brokers, 0 aggregate to 6 drive.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=6))]
    pub(crate) class: u8,
    /// USD per DIMO, for profiles whose stakes are pegged.
    #[arg(long)]
    pub(crate) usd_per_dimo: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CourtArgs {
    #[command(flatten)]
    pub(crate) chain: ChainArgs,
    #[command(subcommand)]
    pub(crate) command: CourtCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CourtCommand {
    /// Challenge a licence: locks its stake and takes the deposit.
    Open {
        license: u64,
        /// Unix time of the breach.
        #[arg(long)]
        breach_at: u64,
        /// What is claimed: a file, or the 0x hash of a published text.
        #[arg(long)]
        claim: String,
        /// The evidence: a file, or the 0x hash of a published one.
        #[arg(long)]
        evidence: String,
        /// Contract whose statement is challenged, such as ConnectionAttestations.
        #[arg(long)]
        subject: Option<String>,
        /// Number of the statement there.
        #[arg(long, default_value_t = 0)]
        subject_id: u64,
    },
    /// Answer as the licence's holder.
    Respond {
        case: u64,
        /// The answer: a file, or the 0x hash of a published one.
        #[arg(long)]
        evidence: String,
    },
    /// Settle in mediation: propose, accept, or neither to decline.
    Settle {
        case: u64,
        /// DIMO.
        #[arg(long)]
        propose: Option<String>,
        /// DIMO, as the other side proposed.
        #[arg(long, conflicts_with = "propose")]
        accept: Option<String>,
    },
    /// Draw the panel of a case by lot: once to fix the block, once more after it.
    Draw { case: u64 },
    /// Rule as the case's adjudicator. A member of a panel votes blind with it, and says the same with --reveal later.
    Rule(RuleArgs),
    /// Count a panel's votes.
    Decide { case: u64 },
    /// Ask for another round.
    Appeal {
        case: u64,
        /// New evidence: a file, or the 0x hash of a published one.
        #[arg(long)]
        evidence: String,
    },
    /// Carry the final ruling out: pay, burn, unlock.
    Execute { case: u64 },
    /// Pay an affected user its part.
    Claim {
        case: u64,
        /// The user.
        #[arg(long)]
        account: String,
        /// Its shares on the published impact list.
        #[arg(long)]
        shares: String,
        /// Merkle proof, 0x hashes.
        #[arg(long, value_delimiter = ',')]
        proof: Vec<String>,
    },
    /// Pay a panel's members for a closed case, and the acting member what it earned.
    Collect { case: u64 },
    /// Pay what a slash left owing.
    PayDebt {
        case: u64,
        /// DIMO.
        amount: String,
    },
    /// Phase, deadline, rulings, and what execution would pay.
    Show { case: u64 },
}

#[derive(Debug, Args)]
pub(crate) struct RuleArgs {
    pub(crate) case: u64,
    /// Show the vote that was cast blind, as a member of the panel.
    #[arg(long)]
    pub(crate) reveal: bool,
    /// The challenger is right; without it the case is dismissed.
    #[arg(long)]
    pub(crate) uphold: bool,
    /// Reparation, DIMO.
    #[arg(long, default_value = "0")]
    pub(crate) amount: String,
    /// Award in bps, burn:users:challenger:treasury; the profile's otherwise.
    #[arg(long)]
    pub(crate) award: Option<String>,
    /// The opinion: a file, or the 0x hash of a published one.
    #[arg(long)]
    pub(crate) opinion: String,
    /// Merkle root of the list of affected users.
    #[arg(long)]
    pub(crate) impact_root: Option<String>,
    /// Sum of the shares on that list.
    #[arg(long, default_value = "0")]
    pub(crate) impact_shares: String,
}

#[derive(Debug, Args)]
pub(crate) struct VoucherArgs {
    #[command(flatten)]
    pub(crate) chain: ChainArgs,
    #[command(subcommand)]
    pub(crate) command: VoucherCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum VoucherCommand {
    /// What one voucher pays to whom under a profile; no chain needed.
    Quote(VoucherQuoteArgs),
    /// Types, prices, caps, how many are sold.
    Types,
    /// Buy vouchers.
    Buy {
        /// software, dongle, hub, dash-cam, fleet, ai, or a type added later.
        device_type: String,
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=100))]
        count: u64,
    },
    /// Bind a voucher to a device, for good.
    Bond {
        voucher: u64,
        /// DID of the device, hardware:ID, software:ID, or voucher:ID; a bare number is hardware.
        device: DeviceArg,
    },
    /// Where a voucher's money is.
    Show { voucher: u64 },
}

/// What a voucher's money hangs on, as people name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DeviceArg {
    /// Aftermarket device, by its token.
    Hardware(u64),
    /// Synthetic device, by its token.
    Software(u64),
    /// Voucher, bonded or not.
    Voucher(u64),
    /// Token of a device contract, chosen by the network.
    Token {
        /// Chain the DID names.
        chain: u64,
        /// NFT contract.
        contract: String,
        /// Token.
        id: u64,
    },
}

impl FromStr for DeviceArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| {
            text.parse::<u64>()
                .map_err(|_| format!("'{text}' is not a token number"))
        };
        let parts: Vec<&str> = text.split(':').collect();
        match parts.as_slice() {
            [id] | ["hardware", id] => Ok(Self::Hardware(number(id)?)),
            ["software", id] => Ok(Self::Software(number(id)?)),
            ["voucher", id] => Ok(Self::Voucher(number(id)?)),
            ["did", "erc721", chain, contract, id] => Ok(Self::Token {
                chain: number(chain)?,
                contract: (*contract).to_owned(),
                id: number(id)?,
            }),
            _ => Err("name a device as its DID, hardware:ID, software:ID or voucher:ID".to_owned()),
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct VoucherQuoteArgs {
    /// Profile of parameters.
    #[arg(long, default_value = "seed")]
    pub(crate) profile: String,
    /// software, dongle, hub, dash-cam, fleet or ai.
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) device_type: String,
    /// Which sale of its type it is, from 1.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) n: u64,
    /// Months it was connected.
    #[arg(long, default_value_t = 24)]
    pub(crate) months: u32,
    /// connected, disconnected or malfunction. Connected for fewer months than the escrow has means that the record
    /// ends there, which is settled as disconnected.
    #[arg(long, default_value = "connected")]
    pub(crate) outcome: String,
}

#[derive(Debug, Args)]
pub(crate) struct EscrowArgs {
    #[command(flatten)]
    pub(crate) chain: ChainArgs,
    #[command(subcommand)]
    pub(crate) command: EscrowCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EscrowCommand {
    /// Every tranche: paid to whom, or why not.
    Show {
        /// DID of the device, hardware:ID, software:ID, or voucher:ID; a bare number is hardware.
        device: DeviceArg,
    },
    /// Say as the owner that the device failed.
    ReportMalfunction {
        /// DID of the device, hardware:ID, software:ID, or voucher:ID; a bare number is hardware.
        device: DeviceArg,
        /// The evidence: a file, or the 0x hash of a published one.
        #[arg(long)]
        evidence: String,
    },
    /// Let a report count that was not contested, or that nobody decided in time.
    FinalizeMalfunction {
        /// DID of the device, hardware:ID, software:ID, or voucher:ID; a bare number is hardware.
        device: DeviceArg,
    },
    /// Pay the owner what is due of the stream.
    ClaimStream {
        /// DID of the device, hardware:ID, software:ID, or voucher:ID; a bare number is hardware.
        device: DeviceArg,
    },
    /// Say as the owner that the device was taken out.
    Disconnect {
        /// DID of the device, hardware:ID, software:ID, or voucher:ID; a bare number is hardware.
        device: DeviceArg,
    },
    /// Attest connected months as a node: post the root of a list.
    Attest {
        /// Lines `voucher,period,owner` under that heading; publish the same file.
        list: PathBuf,
        /// Where the list is published.
        #[arg(long)]
        uri: String,
    },
    /// Pay a month that a root attests, once the root can no longer be challenged.
    Settle {
        /// Voucher of the device.
        voucher: u64,
        /// Month of its escrow, from 1.
        #[arg(long)]
        period: u64,
        /// Number of the root.
        #[arg(long)]
        root: u64,
        /// The published list.
        #[arg(long)]
        list: PathBuf,
    },
    /// End an escrow whose time is over.
    Close {
        /// DID of the device, hardware:ID, software:ID, or voucher:ID; a bare number is hardware.
        device: DeviceArg,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ParamsArgs {
    #[command(subcommand)]
    pub(crate) command: ParamsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ParamsCommand {
    /// The profiles.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Every key of a profile: value, meaning, source.
    Show {
        profile: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// What differs between two profiles.
    Diff {
        from: String,
        to: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Run every worked example printed in the texts; fails when a profile does not reproduce its own.
    Verify {
        /// One profile, or all.
        profile: Option<String>,
        /// A profile file of one's own instead of a built-in one.
        #[arg(long, conflicts_with = "profile")]
        file: Option<PathBuf>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    #[command(subcommand)]
    pub(crate) command: SimulateCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SimulateCommand {
    /// Makers, devices, owners, nodes and apps over years of the rules.
    Economy(SimulateEconomyArgs),
}

#[derive(Debug, Args)]
pub(crate) struct SimulateEconomyArgs {
    /// Profile of parameters.
    #[arg(long, default_value = "seed")]
    pub(crate) profile: String,
    /// Devices sold over the whole time.
    #[arg(long, default_value_t = 100_000)]
    pub(crate) devices: u64,
    /// Years.
    #[arg(long, default_value_t = 5)]
    pub(crate) years: u64,
    /// Same seed, same lives.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Change a parameter, KEY=VALUE, and compare with today.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// Change what is supposed of people and devices, NAME=NUMBER; the report lists all.
    #[arg(long = "assume", value_name = "NAME=NUMBER")]
    pub(crate) assume: Vec<String>,
    /// Where report.html and the CSV files go.
    #[arg(long)]
    pub(crate) out: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
