//! The deployed contracts and the ledger that mirrors them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::{SolCall, SolValue};
use milepost_economics::Profile;
use milepost_ledger::{Accounts, Ledger, Member};

use crate::{Chain, abi, stubs};

/// When every history begins: 31 January 2026, 12:34:56 UTC, so that month ends are clamped.
pub const START: u64 = 1_769_862_896;

/// Where the contracts are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Contracts {
    pub(crate) token: Address,
    pub(crate) parameters: Address,
    pub(crate) roster: Address,
    pub(crate) peg: Address,
    pub(crate) book: Address,
    pub(crate) vault: Address,
    pub(crate) court: Address,
    pub(crate) vouchers: Address,
    pub(crate) escrow: Address,
    pub(crate) lens: Address,
    pub(crate) attestations: Address,
    pub(crate) directory: Address,
    pub(crate) oracle: Address,
}

/// Who takes part in a history.
#[derive(Debug, Clone)]
pub(crate) struct Cast {
    pub(crate) governance: Address,
    pub(crate) members: Vec<Address>,
    pub(crate) reporter: Address,
    pub(crate) foundation: Address,
    pub(crate) panel: Address,
    pub(crate) external: Address,
    /// Makers, node operators, apps, users and challengers: everybody may be anything.
    pub(crate) people: Vec<Address>,
}

impl Cast {
    pub(crate) fn new() -> Self {
        let account = |name: &str| Address::from_word(keccak256(name));
        Self {
            governance: account("governance"),
            members: vec![account("member 1"), account("member 2")],
            reporter: account("reporter"),
            foundation: account("foundation"),
            panel: account("panel"),
            external: account("external adjudicator"),
            people: (1..=9).map(|i| account(&format!("person {i}"))).collect(),
        }
    }

    /// Everybody who acts.
    pub(crate) fn everybody(&self) -> Vec<Address> {
        let mut all = vec![
            self.governance,
            self.reporter,
            self.foundation,
            self.panel,
            self.external,
        ];
        all.extend(&self.members);
        all.extend(&self.people);
        all
    }

    /// The second member does not decide on the first three people.
    fn conflicts(&self) -> Vec<Address> {
        self.people[..3].to_vec()
    }
}

/// Contracts and ledger in the same state.
#[derive(Debug, Clone)]
pub struct World {
    pub(crate) chain: Chain,
    pub(crate) contracts: Contracts,
    pub(crate) ledger: Ledger,
    pub(crate) cast: Cast,
}

fn creation_code(name: &str) -> Vec<u8> {
    let file = format!(
        "{}/../../contracts/artifacts/{name}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
    let json: serde_json::Value = serde_json::from_str(&text).expect("an artifact is JSON");
    let code = json["bytecode"].as_str().expect("an artifact has bytecode");
    hex::decode(code.trim_start_matches("0x")).expect("bytecode is hexadecimal")
}

/// A text, left-aligned in a word.
pub(crate) fn word(text: &str) -> B256 {
    let mut word = B256::ZERO;
    word[..text.len()].copy_from_slice(text.as_bytes());
    word
}

fn tokens(whole: u64) -> U256 {
    U256::from(whole) * U256::from(10u64.pow(18))
}

struct Deployer {
    chain: Chain,
    proxy: Vec<u8>,
    governance: Address,
}

impl Deployer {
    fn proxy(&mut self, name: &str, init: &impl SolCall) -> Address {
        self.chain
            .deploy_proxy(&self.proxy, &creation_code(name), init)
    }

    fn send(&mut self, to: Address, call: &impl SolCall) {
        self.send_as(self.governance, to, call);
    }

    fn send_as(&mut self, caller: Address, to: Address, call: &impl SolCall) {
        let done = self.chain.call(caller, to, call.abi_encode());
        if let Err(revert) = done {
            let mut signature = String::new();
            write!(signature, "{:02x?}", call.abi_encode()).expect("strings grow");
            panic!("set-up call {signature} reverted with {}", revert.0);
        }
    }

    fn grant(&mut self, contract: Address, role: &str, account: Address) {
        self.send(
            contract,
            &abi::Roles::grantRoleCall {
                role: keccak256(role),
                account,
            },
        );
    }
}

impl World {
    /// Deploys the economy under a profile. Governance administers every contract.
    #[must_use]
    pub fn new(profile: &Profile) -> Self {
        let cast = Cast::new();
        let admin = cast.governance;
        let mut d = Deployer {
            chain: Chain::new(START),
            proxy: creation_code("ERC1967Proxy"),
            governance: admin,
        };
        let contracts = deploy(&mut d, profile, &cast);

        let treasury = Address::from_word(keccak256("treasury"));
        let team = Address::from_word(keccak256("team"));
        let term = START + profile.number(milepost_economics::Key::LicenseTermMax);
        let mut balances = Vec::new();
        for (i, account) in cast.everybody().into_iter().enumerate() {
            // One is poor, so that balances run out.
            let amount = if i == 8 {
                tokens(30_000)
            } else {
                tokens(3_000_000)
            };
            balances.push((account, amount));
            d.send(
                contracts.token,
                &abi::Token::mintCall {
                    to: account,
                    amount,
                },
            );
            for spender in [
                contracts.book,
                contracts.vault,
                contracts.court,
                contracts.vouchers,
            ] {
                let approve = abi::Token::approveCall {
                    spender,
                    amount: U256::MAX,
                };
                d.send_as(account, contracts.token, &approve);
            }
        }
        for member in &cast.members {
            let appoint = abi::Roster::appointCall {
                account: *member,
                until: U256::from(term),
            };
            d.send(contracts.roster, &appoint);
        }
        for party in cast.conflicts() {
            let declare = abi::Roster::declareConflictCall {
                party,
                conflict: true,
            };
            d.send_as(cast.members[1], contracts.roster, &declare);
        }
        let member = |i: usize, conflicts| Member {
            account: cast.members[i],
            until: term,
            conflicts,
        };
        let accounts = Accounts {
            governance: admin,
            members: vec![
                member(0, BTreeSet::new()),
                member(1, cast.conflicts().into_iter().collect()),
            ],
            reporters: BTreeSet::from([cast.reporter]),
            treasury,
            team,
            foundation: cast.foundation,
            panel: cast.panel,
            external_adjudicator: cast.external,
            vault: contracts.vault,
            court: contracts.court,
            escrow: contracts.escrow,
            balances,
        };
        d.chain.save();
        Self {
            chain: d.chain,
            contracts,
            ledger: Ledger::new(profile, accounts),
            cast,
        }
    }
}

fn deploy(d: &mut Deployer, profile: &Profile, cast: &Cast) -> Contracts {
    let admin = cast.governance;
    let token = d.proxy("DimoToken", &abi::Token::initializeCall { admin });
    let (keys, values) = profile
        .entries()
        .map(|(key, entry)| (key.bytes32(), entry.value))
        .unzip();
    let parameters = d.proxy(
        "Parameters",
        &abi::Parameters::initializeCall {
            name: profile.name().to_owned(),
            version: U256::from(profile.version()),
            keys,
            values,
            admin,
        },
    );
    let roster = d.proxy(
        "TeamRoster",
        &abi::Roster::initializeCall { parameters, admin },
    );
    let peg = d.proxy("UsdPeg", &abi::Peg::initializeCall { parameters, admin });
    let book = d.proxy(
        "LicenseBook",
        &abi::Book::initializeCall {
            token,
            parameters,
            roster,
            admin,
        },
    );
    let vault = d.proxy(
        "StakeVault",
        &abi::StakeVault::initializeCall {
            token,
            book,
            parameters,
            admin,
        },
    );
    let terms = d.chain.deploy(
        &creation_code("StakeTerms"),
        &(parameters, peg).abi_encode_params(),
    );
    let rules = d.proxy(
        "CourtRules",
        &abi::CourtRules::initializeCall { parameters, admin },
    );
    let licenses = book;
    let init = abi::CourtContract::initializeCall {
        token,
        parameters,
        rules,
        licenses,
        vault,
        admin,
    };
    let court = d.proxy("Court", &init);
    let init = abi::Vouchers::initializeCall {
        parameters,
        team: roster,
        token,
        admin,
    };
    let vouchers = d.proxy("MintVoucher", &init);
    let attestations = d.proxy(
        "ConnectionAttestations",
        &abi::Attestations::initializeCall {
            parameters,
            book,
            admin,
        },
    );
    let directory = Address::from_word(keccak256("directory"));
    let oracle = Address::from_word(keccak256("oracle"));
    d.chain.place(directory, stubs::directory());
    d.chain.place(oracle, stubs::oracle());
    d.chain.place(cast.panel, stubs::panel());
    let team = roster;
    let wiring = abi::EscrowWiring {
        parameters,
        team,
        book,
        directory,
        attestations,
        vouchers,
    };
    let escrow = d.proxy(
        "DeviceEscrow",
        &abi::EscrowContract::initializeCall { wiring, admin },
    );
    let lens = d.chain.deploy(
        &creation_code("EscrowLens"),
        &(escrow, parameters).abi_encode_params(),
    );

    d.grant(parameters, "GOVERNANCE_ROLE", admin);
    d.grant(roster, "GOVERNANCE_ROLE", admin);
    d.grant(book, "GOVERNANCE_ROLE", admin);
    d.grant(book, "REPORTER_ROLE", cast.reporter);
    d.grant(vault, "COURT_ROLE", court);
    d.grant(rules, "GOVERNANCE_ROLE", admin);
    d.grant(vouchers, "GOVERNANCE_ROLE", admin);
    d.grant(escrow, "GOVERNANCE_ROLE", admin);
    d.grant(attestations, "COURT_ROLE", court);
    for (kind, adjudicator) in [(0, cast.panel), (1, admin), (2, cast.external)] {
        d.send(
            rules,
            &abi::CourtRules::setAdjudicatorCall { kind, adjudicator },
        );
    }
    d.send(
        rules,
        &abi::CourtRules::setSubjectCall {
            subject: attestations,
            allowed: true,
        },
    );
    d.send(book, &abi::Book::setStakeVaultCall { vault });
    d.send(book, &abi::Book::setCourtCall { court });
    d.send(vouchers, &abi::Vouchers::setEscrowCall { escrow });
    // Profiles that sell in DCX: the same token stands for it, the amounts are what is compared.
    d.send(
        vouchers,
        &abi::Vouchers::setCurrencyCall {
            currency: U256::from(1),
            token,
        },
    );
    let named = [
        ("treasury", "treasury"),
        ("team", "team"),
        ("foundation", "foundation"),
        ("oracle", "oracle"),
    ];
    for (name, account) in named {
        let account = Address::from_word(keccak256(account));
        d.send(
            parameters,
            &abi::Parameters::setAccountCall {
                name: word(name),
                account,
            },
        );
    }
    d.send(
        parameters,
        &abi::Parameters::setAccountCall {
            name: word("roster"),
            account: roster,
        },
    );
    d.send(book, &abi::Book::setStakeTermsCall { terms });
    Contracts {
        token,
        parameters,
        roster,
        peg,
        book,
        vault,
        court,
        vouchers,
        escrow,
        lens,
        attestations,
        directory,
        oracle,
    }
}
