//! Lives of licences: when each joins, is suspended, revoked or renounces, and which challenges it meets.
//!
//! Drawn from (seed, kind, number) alone, so that a changed parameter meets the same people.

use milepost_economics::LicenseKind;

use crate::{
    Assumptions,
    random::{Draws, Subject},
};

/// State of a licence in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Before it joined.
    Absent,
    Approved,
    Suspended,
    Revoked,
    Renounced,
}

/// A challenge, decided in its month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Challenge {
    pub(crate) month: usize,
    pub(crate) upheld: bool,
    /// Of the stake at the time.
    pub(crate) reparation_bps: u64,
    pub(crate) rounds: u64,
}

/// Everything that happens to one licence.
#[derive(Debug)]
pub(crate) struct Life {
    /// Standing in each month.
    pub(crate) standing: Vec<Standing>,
    pub(crate) join: usize,
    /// Month of revocation or renunciation.
    pub(crate) end: Option<usize>,
    pub(crate) challenges: Vec<Challenge>,
    pub(crate) draws: Draws,
}

/// Draws of one month start at `month × SLOTS + FIRST`.
const FIRST: u64 = 16;
const SLOTS: u64 = 16;

pub(crate) const KINDS: [LicenseKind; 6] = [
    LicenseKind::Provider,
    LicenseKind::Client,
    LicenseKind::Node,
    LicenseKind::App,
    LicenseKind::Operator,
    LicenseKind::Broker,
];

const fn subject(kind: LicenseKind) -> Subject {
    match kind {
        LicenseKind::Client => Subject::Client,
        LicenseKind::Node => Subject::Node,
        LicenseKind::App => Subject::App,
        LicenseKind::Operator => Subject::Operator,
        LicenseKind::Broker => Subject::Broker,
        // Device types post nothing of their own; they stand and fall with their provider.
        LicenseKind::Provider | LicenseKind::DeviceType => Subject::Provider,
    }
}

pub(crate) const fn count(assumptions: &Assumptions, kind: LicenseKind) -> u64 {
    match kind {
        LicenseKind::Provider => assumptions.providers_count,
        LicenseKind::Client => assumptions.clients_count,
        LicenseKind::Node => assumptions.nodes_count,
        LicenseKind::App => assumptions.apps_count,
        LicenseKind::Operator => assumptions.operators_count,
        LicenseKind::Broker => assumptions.brokers_count,
        LicenseKind::DeviceType => 0,
    }
}

/// Lives of all licences of a kind.
pub(crate) fn lives(
    assumptions: &Assumptions,
    seed: u64,
    kind: LicenseKind,
    months: usize,
) -> Vec<Life> {
    (0..count(assumptions, kind))
        .map(|number| {
            live(
                assumptions,
                Draws::new(seed, subject(kind), number),
                number,
                months,
            )
        })
        .collect()
}

fn live(assumptions: &Assumptions, draws: Draws, number: u64, months: usize) -> Life {
    let join = if number == 0 {
        0
    } else {
        small(draws.below(0, assumptions.licences_join_max + 1))
    };
    let mut life = Life {
        standing: vec![Standing::Absent; months],
        join,
        end: None,
        challenges: Vec::new(),
        draws,
    };
    // Until which month a suspension lasts, and what follows.
    let mut suspended: Option<(usize, Standing)> = None;
    let mut now = Standing::Approved;
    for month in join..months {
        let slot = FIRST + SLOTS * month as u64;
        if let Some((until, next)) = suspended
            && month >= until
        {
            now = next;
            suspended = None;
            if next == Standing::Revoked {
                life.end = Some(month);
            }
        }
        let challenge = (month > join && draws.happens(slot, assumptions.court_case))
            .then(|| challenge(assumptions, draws, slot, month));
        life.challenges.extend(challenge);
        if now == Standing::Approved && month > join {
            let punished = challenge.is_some_and(|c| c.upheld)
                && draws.happens(slot + 1, assumptions.court_suspend);
            if punished || draws.happens(slot + 2, assumptions.licences_suspend) {
                let length = 1 + small(draws.below(slot + 3, assumptions.licences_suspend_max));
                let next = if draws.happens(slot + 4, assumptions.licences_revoke) {
                    Standing::Revoked
                } else {
                    Standing::Approved
                };
                suspended = Some((month + length, next));
                now = Standing::Suspended;
            } else if draws.happens(slot + 5, assumptions.licences_renounce) {
                now = Standing::Renounced;
                life.end = Some(month);
            }
        }
        life.standing[month] = now;
    }
    life
}

fn challenge(assumptions: &Assumptions, draws: Draws, slot: u64, month: usize) -> Challenge {
    let (least, most) = (
        assumptions.court_reparation_min,
        assumptions.court_reparation_max,
    );
    let second = draws.happens(slot + 8, assumptions.court_appeal);
    let third = second && draws.happens(slot + 9, assumptions.court_appeal);
    Challenge {
        month,
        upheld: draws.happens(slot + 6, assumptions.court_upheld),
        reparation_bps: least + draws.below(slot + 7, most - least + 1),
        rounds: 1 + u64::from(second) + u64::from(third),
    }
}

/// Bounded by 600 months.
fn small(value: u64) -> usize {
    usize::try_from(value).expect("months fit in usize")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_ends_once_and_stays_ended() {
        let assumptions = Assumptions {
            licences_suspend: 100_000,
            licences_renounce: 50_000,
            providers_count: 300,
            ..Assumptions::default()
        };
        let lives = lives(&assumptions, 3, LicenseKind::Provider, 60);
        let mut seen = [false; 4];
        for life in &lives {
            for pair in life.standing.windows(2) {
                let allowed = match pair[0] {
                    Standing::Absent => matches!(pair[1], Standing::Absent | Standing::Approved),
                    Standing::Approved => !matches!(pair[1], Standing::Absent | Standing::Revoked),
                    Standing::Suspended => !matches!(pair[1], Standing::Absent),
                    Standing::Revoked | Standing::Renounced => pair[1] == pair[0],
                };
                assert!(allowed, "{pair:?}");
            }
            for standing in &life.standing {
                match standing {
                    Standing::Approved => seen[0] = true,
                    Standing::Suspended => seen[1] = true,
                    Standing::Revoked => seen[2] = true,
                    Standing::Renounced => seen[3] = true,
                    Standing::Absent => {}
                }
            }
            let first_ended = life
                .standing
                .iter()
                .position(|s| matches!(s, Standing::Revoked | Standing::Renounced));
            assert_eq!(first_ended, life.end);
        }
        assert_eq!(seen, [true; 4]);
    }

    #[test]
    fn nobody_is_touched_in_an_ideal_world() {
        for kind in KINDS {
            for life in lives(&Assumptions::ideal(), 3, kind, 60) {
                assert!(life.standing.iter().all(|s| *s == Standing::Approved));
                assert!(life.challenges.is_empty());
            }
        }
    }
}
