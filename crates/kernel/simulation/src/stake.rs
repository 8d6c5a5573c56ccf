//! Stakes, burns of apps, court cases and access fees: what licensees post, lose and pay, month by month.

use milepost_economics::{FunctionClass, LicenseKind, stake::Usd18};
use serde::Serialize;

use crate::{
    Assumptions,
    licence::{Challenge, KINDS, Life, Standing, lives},
    rules::{Rules, Size},
};

/// Stakes of all licences of a kind in one month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct StakeMonth {
    /// Licences that are approved or suspended.
    pub licences: u64,
    /// Of them: approved, covered and without debt.
    pub active: u64,
    /// Wei required of them.
    pub required: u128,
    /// Wei they posted.
    pub posted: u128,
    /// Wei of ended licences that is not released yet.
    pub in_release: u128,
}

/// What licensees burned and the court moved in one month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct CourtMonth {
    /// Challenges closed.
    pub cases: u64,
    /// Of them upheld.
    pub upheld: u64,
    /// Wei taken from stakes.
    pub taken: u128,
    /// Wei burned: of stakes and of lost deposits.
    pub burned: u128,
    /// Wei for affected users.
    pub users: u128,
    /// Wei to the treasury.
    pub treasury: u128,
    /// Wei of rewards to challengers.
    pub challengers: u128,
    /// Wei of fees to arbitrators, from stakes and from lost deposits.
    pub fees: u128,
    /// Wei of deposits lost by challengers.
    pub deposits: u128,
    /// Wei of debt that stakes did not cover.
    pub debt: u128,
    /// Wei of debt paid later, to the treasury.
    pub debt_paid: u128,
}

/// Access fees of one month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct FeeMonth {
    /// Wei paid by apps and consumers.
    pub gross: u128,
    /// Wei burned.
    pub burned: u128,
    /// Wei to the treasury.
    pub treasury: u128,
    /// Wei for users.
    pub users: u128,
    /// Wei kept by nodes.
    pub nodes: u128,
}

/// Everything about licensees in one month.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LicenceMonth {
    /// Distinct owners with a connected device.
    pub users: u64,
    /// Stakes by kind, in the order of [`milepost_economics::LicenseKind`]'s numbers.
    pub stakes: [StakeMonth; 6],
    /// Wei burned by apps.
    pub app_burned: u128,
    /// The court.
    pub court: CourtMonth,
    /// Access fees.
    pub fees: FeeMonth,
}

/// How a provider stands at the end of the run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ProviderStake {
    /// Wei required; 0 when its licence ended.
    pub required: u128,
    /// Wei posted and not released.
    pub posted: u128,
    /// Wei taken by the court over the run.
    pub slashed: u128,
}

/// Draws of one licence for its stake, clear of those of its life.
const MARGIN_SLOT: u64 = 1;
const TOPUP_SLOT: u64 = 1 << 20;
const CLASS_SLOT: u64 = 2;

/// What one licence has at stake as the months pass.
struct Vault<'a> {
    life: &'a Life,
    kind: LicenseKind,
    stake: u128,
    debt: u128,
    slashed: u128,
    required: u128,
    /// Requirement at approval, for grandfathered licences.
    at_approval: Option<u128>,
    /// Month of the next top-up, once there is a shortfall.
    topup: Option<usize>,
    /// Until this month a shortfall from growth still counts as covered.
    grace: usize,
    /// From when the delay to release counts.
    release_from: usize,
}

impl<'a> Vault<'a> {
    fn new(life: &'a Life, kind: LicenseKind) -> Self {
        Self {
            life,
            kind,
            stake: 0,
            debt: 0,
            slashed: 0,
            required: 0,
            at_approval: None,
            topup: None,
            grace: 0,
            release_from: life.end.unwrap_or(0),
        }
    }

    fn step(
        &mut self,
        world: &Licensing<'_>,
        month: usize,
        size: &Size,
        court: &mut CourtMonth,
        row: &mut StakeMonth,
    ) {
        let standing = self.life.standing[month];
        if standing == Standing::Absent {
            return;
        }
        let ended = matches!(standing, Standing::Revoked | Standing::Renounced);
        if ended {
            self.required = 0;
        } else {
            self.require(world, month, size, court);
        }
        let challenges = self.life.challenges.iter().filter(|c| c.month == month);
        for challenge in challenges.copied() {
            self.judge(world, challenge, ended, court);
        }
        if ended && month >= self.release_from + world.rules.release_months {
            self.stake = 0;
        }
        if ended {
            row.in_release += self.stake;
            return;
        }
        let covered = self.stake >= self.required || month <= self.grace;
        row.licences += 1;
        row.active += u64::from(standing == Standing::Approved && covered && self.debt == 0);
        row.required += self.required;
        row.posted += self.stake;
    }

    /// Posts on approval, notices growth, and makes up a shortfall after its lag.
    fn require(
        &mut self,
        world: &Licensing<'_>,
        month: usize,
        size: &Size,
        court: &mut CourtMonth,
    ) {
        let needed = world
            .rules
            .requirement(self.kind, size, &mut self.at_approval);
        let grown = needed > self.required && self.stake >= self.required;
        self.required = needed;
        let draws = self.life.draws;
        if month == self.life.join {
            self.stake = self.with_margin(world.assumptions);
            return;
        }
        if self.stake >= self.required && self.debt == 0 {
            self.topup = None;
            return;
        }
        if grown && self.stake < self.required {
            self.grace = month + world.rules.topup_months;
        }
        let lag = draws.below(
            TOPUP_SLOT + month as u64,
            world.assumptions.licences_topup_max + 1,
        );
        let at = *self
            .topup
            .get_or_insert(month + usize::try_from(lag).expect("months fit in usize"));
        if month >= at {
            self.stake = self.stake.max(self.with_margin(world.assumptions));
            court.debt_paid += self.debt;
            self.debt = 0;
            self.topup = None;
        }
    }

    fn with_margin(&self, assumptions: &Assumptions) -> u128 {
        let margin = self
            .life
            .draws
            .below(MARGIN_SLOT, assumptions.licences_margin_max + 1);
        self.required + self.required * u128::from(margin) / 10_000
    }

    /// A challenge needs something to take.
    fn judge(
        &mut self,
        world: &Licensing<'_>,
        challenge: Challenge,
        ended: bool,
        court: &mut CourtMonth,
    ) {
        if self.stake == 0 {
            return;
        }
        let case = world.rules.judge(self.stake, challenge);
        court.cases += 1;
        court.upheld += u64::from(challenge.upheld);
        court.taken += case.taken;
        court.burned += case.burned;
        court.users += case.users;
        court.treasury += case.treasury;
        court.challengers += case.challenger;
        court.fees += case.fees;
        court.deposits += case.deposit_lost;
        court.debt += case.debt;
        self.stake -= case.taken;
        self.debt += case.debt;
        self.slashed += case.taken;
        if ended && world.rules.restarts_release(challenge.upheld) {
            self.release_from = challenge.month;
        }
    }
}

/// Everything licences look at.
pub(crate) struct Licensing<'a> {
    pub(crate) rules: &'a Rules,
    pub(crate) assumptions: &'a Assumptions,
    pub(crate) seed: u64,
    /// Connected devices of each month.
    pub(crate) connected: &'a [u64],
    /// Price of each month in 10⁻⁶ USD.
    pub(crate) prices: &'a [u64],
}

impl Licensing<'_> {
    /// All months, and the providers at the end.
    pub(crate) fn run(&self, providers: &[Life]) -> (Vec<LicenceMonth>, Vec<ProviderStake>) {
        let count = self.connected.len();
        let others: Vec<Vec<Life>> = KINDS
            .iter()
            .map(|kind| match kind {
                LicenseKind::Provider => Vec::new(),
                kind => lives(self.assumptions, self.seed, *kind, count),
            })
            .collect();
        let mut vaults: Vec<Vec<Vault<'_>>> = KINDS
            .iter()
            .zip(&others)
            .map(|(kind, others)| {
                let lives = if *kind == LicenseKind::Provider {
                    providers
                } else {
                    others
                };
                lives.iter().map(|life| Vault::new(life, *kind)).collect()
            })
            .collect();
        let mut months = vec![LicenceMonth::default(); count];
        let pegs = self.rules.pegs(self.prices);
        // Burns that apps pay a month late.
        let mut late = 0;
        for month in 0..count {
            let row = &mut months[month];
            row.users = share(
                self.connected[month],
                1_000,
                self.assumptions.owners_devices,
            );
            row.fees = self
                .rules
                .split(self.connected[month], self.assumptions.fees_device_month);
            row.app_burned = std::mem::take(&mut late);
            for (kind, vaults) in KINDS.iter().zip(&mut vaults) {
                let place = place(*kind);
                let total_rank = ranks(vaults, month);
                for (rank, vault) in vaults.iter_mut().enumerate() {
                    let size = self.size(*kind, rank, vault.life, month, total_rank, pegs[month]);
                    vault.step(self, month, &size, &mut row.court, &mut row.stakes[place]);
                    if *kind == LicenseKind::App && vault.life.standing[month] == Standing::Approved
                    {
                        let burn = self.rules.app_burn(size.users);
                        let slot = TOPUP_SLOT * 2 + month as u64;
                        if vault.life.draws.happens(slot, self.assumptions.apps_late) {
                            late += burn;
                        } else {
                            row.app_burned += burn;
                        }
                    }
                }
            }
        }
        let last = vaults[place(LicenseKind::Provider)]
            .iter()
            .map(|vault| ProviderStake {
                required: vault.required,
                posted: vault.stake,
                slashed: vault.slashed,
            })
            .collect();
        (months, last)
    }

    /// Users and units of a licence by its rank.
    fn size(
        &self,
        kind: LicenseKind,
        rank: usize,
        life: &Life,
        month: usize,
        total_rank: u64,
        peg: Usd18,
    ) -> Size {
        let connected = self.connected[month];
        let users = share(connected, 1_000, self.assumptions.owners_devices);
        let rank = rank as u64 + 1;
        let standing = life.standing[month] == Standing::Approved;
        let (mut mine, mut units) = (0, 0);
        match kind {
            // Users of a node that does not stand go to the others.
            LicenseKind::Node if standing => mine = share(users, RANK_ONE / rank, total_rank),
            LicenseKind::App if standing => {
                mine = share(users, self.assumptions.apps_reach, 1_000_000 * rank)
            }
            LicenseKind::Operator | LicenseKind::Broker => {
                units = share(connected, self.assumptions.unions_reach, 1_000_000 * rank);
            }
            _ => {}
        }
        let class = life
            .draws
            .below(CLASS_SLOT, FunctionClass::ALL.len() as u64);
        let class = FunctionClass::ALL[usize::try_from(class).expect("below seven")];
        Size {
            users: mine,
            units,
            class,
            peg,
        }
    }
}

const RANK_ONE: u64 = 1_000_000_000;

/// Sum of 1/k over the licences that stand.
fn ranks(vaults: &[Vault<'_>], month: usize) -> u64 {
    vaults
        .iter()
        .zip(1..)
        .filter(|(vault, _)| vault.life.standing[month] == Standing::Approved)
        .map(|(_, rank): (_, u64)| RANK_ONE / rank)
        .sum::<u64>()
        .max(1)
}

fn share(of: u64, part: u64, whole: u64) -> u64 {
    let share = u128::from(of) * u128::from(part) / u128::from(whole.max(1));
    u64::try_from(share).unwrap_or(u64::MAX)
}

/// Index of a kind in [`LicenceMonth::stakes`].
pub(crate) fn place(kind: LicenseKind) -> usize {
    KINDS.iter().position(|k| *k == kind).unwrap_or(0)
}
