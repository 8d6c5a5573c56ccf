//! Demand, price and issuance: what happens around the economy rather than inside it.

use crate::{
    Assumptions, TYPES,
    random::{Draws, Subject},
};

/// When each device is asked for, and of what type. Devices are numbered in the order of their sale.
#[derive(Debug)]
pub(crate) struct Demand {
    /// Devices asked for up to and including each month.
    until: Vec<u64>,
    /// Running totals of the weights of the types.
    mix: [u64; TYPES],
}

/// Fraction bits of the monthly weights: growth is exact enough over 600 months, sums stay below 2¹²⁸.
const WEIGHT_ONE: u128 = 1 << 40;

impl Demand {
    pub(crate) fn new(assumptions: &Assumptions, devices: u64, months: usize) -> Self {
        let selling = match usize::try_from(assumptions.sales_months) {
            Ok(0) | Err(_) => months,
            Ok(some) => some.min(months),
        };
        let mut weight = WEIGHT_ONE;
        let mut total = 0u128;
        let mut sums = Vec::with_capacity(months);
        for _ in 0..selling {
            total += weight;
            sums.push(total);
            weight = (weight + weight * u128::from(assumptions.sales_growth) / 10_000).min(1 << 58);
        }
        let mut until: Vec<u64> = sums
            .into_iter()
            .map(|sum| narrow(u128::from(devices) * sum / total))
            .collect();
        until.resize(months, devices);
        let mut mix = assumptions.mix();
        for index in 1..TYPES {
            mix[index] += mix[index - 1];
        }
        Self { until, mix }
    }

    /// Month in which a device is asked for.
    pub(crate) fn month(&self, device: u64) -> usize {
        self.until.partition_point(|until| *until <= device)
    }

    /// Index of the type of a device: its own draw, whatever the others are.
    pub(crate) fn kind(&self, draws: Draws) -> usize {
        let point = draws.below(0, self.mix[TYPES - 1]);
        self.mix.partition_point(|sum| *sum <= point)
    }
}

/// Price of one token in 10⁻⁶ USD in each month: a bounded random walk of the run's seed.
pub(crate) fn prices(assumptions: &Assumptions, seed: u64, months: usize) -> Vec<u64> {
    let draws = Draws::new(seed, Subject::Price, 0);
    let swing = assumptions.price_swing;
    let mut price = assumptions.price_start;
    (0..months)
        .map(|month| {
            if month > 0 {
                // Uniform in 10,000 − swing … 10,000 + swing.
                let factor = 10_000 - swing + draws.below(month as u64, 2 * swing + 1);
                let moved = u128::from(price) * u128::from(factor) / 10_000;
                price = narrow(moved.clamp(1, 1_000_000_000_000));
            }
            price
        })
        .collect()
}

/// Wei of issuance that the connected devices share in each month.
pub(crate) fn issuance(assumptions: &Assumptions, months: usize) -> Vec<u128> {
    let keep = u128::from(10_000 - assumptions.rewards_decline);
    let mut pool = u128::from(assumptions.rewards_month) * crate::TOKEN_WEI;
    (0..months)
        .map(|month| {
            if month > 0 && month % 12 == 0 {
                pool = pool * keep / 10_000;
            }
            pool
        })
        .collect()
}

/// Shares 1, 1/2, 1/3 … in running totals of a common denominator, for drawing one of `count` by rank.
#[derive(Debug)]
pub(crate) struct Ranks {
    sums: Vec<u64>,
}

impl Ranks {
    pub(crate) fn new(count: u64) -> Self {
        let mut sum = 0;
        let sums = (1..=count)
            .map(|rank| {
                sum += 1_000_000_000 / rank;
                sum
            })
            .collect();
        Self { sums }
    }

    /// One of the ranks, from 0, by the draw in `slot`; `None` when there are none.
    pub(crate) fn pick(&self, draws: Draws, slot: u64) -> Option<usize> {
        let total = *self.sums.last()?;
        let point = draws.below(slot, total);
        Some(self.sums.partition_point(|sum| *sum <= point))
    }
}

fn narrow(value: u128) -> u64 {
    u64::try_from(value).expect("a share of a 64-bit number fits in 64 bits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_device_is_asked_for_within_the_run_and_later_months_sell_more() {
        let demand = Demand::new(&Assumptions::default(), 10_000, 24);
        let mut months = [0u64; 24];
        for device in 0..10_000 {
            months[demand.month(device)] += 1;
        }
        assert_eq!(months.iter().sum::<u64>(), 10_000);
        assert!(months[23] > months[0] * 3 / 2, "{months:?}");
        assert_eq!(demand.month(0), 0);
    }

    #[test]
    fn sales_end_when_they_are_said_to_end() {
        let demand = Demand::new(&Assumptions::ideal(), 100, 36);
        assert!((0..100).all(|device| demand.month(device) == 0));
    }

    #[test]
    fn the_strongest_growth_over_the_longest_run_does_not_overflow() {
        let assumptions = Assumptions {
            sales_growth: 10_000,
            ..Assumptions::default()
        };
        let demand = Demand::new(&assumptions, u64::from(u32::MAX), 600);
        assert!(demand.month(u64::from(u32::MAX) - 1) == 599);
    }

    #[test]
    fn types_follow_the_mix() {
        let demand = Demand::new(&Assumptions::default(), 1, 12);
        let mut counts = [0u64; TYPES];
        for device in 0..100_000 {
            counts[demand.kind(Draws::new(5, Subject::Device, device))] += 1;
        }
        for (count, weight) in counts.iter().zip(Assumptions::default().mix()) {
            let expected = weight * 100;
            assert!(count.abs_diff(expected) < expected / 20 + 200, "{counts:?}");
        }
    }

    #[test]
    fn issuance_falls_each_year() {
        let pool = issuance(&Assumptions::default(), 25);
        assert_eq!(pool[0], pool[11]);
        assert_eq!(pool[12], pool[0] * 85 / 100);
        assert_eq!(pool[24], pool[12] * 85 / 100);
    }

    #[test]
    fn ranks_are_drawn_by_one_over_k() {
        let ranks = Ranks::new(4);
        let mut counts = [0u64; 4];
        for number in 0..50_000 {
            counts[ranks
                .pick(Draws::new(1, Subject::Device, number), 1)
                .unwrap()] += 1;
        }
        assert!(
            counts[0] > counts[1] * 19 / 10 && counts[0] < counts[1] * 21 / 10,
            "{counts:?}"
        );
        assert_eq!(
            Ranks::new(0).pick(Draws::new(1, Subject::Device, 1), 1),
            None
        );
    }
}
