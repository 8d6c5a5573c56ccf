//! Counter-based randomness: a draw is a pure function of (seed, who, slot).
//!
//! Nothing carries state from one draw to the next, so results do not depend on the order of devices, on how a run
//! is cut into chunks, nor on parameters that decide whether some other draw is looked at. That is what lets two
//! profiles be compared over the same random lives.

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// Output function of SplitMix64 (Steele, Lea, Flood 2014): a bijection of `u64` that scatters every bit.
const fn scatter(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// What a stream of draws is about; streams of different subjects share nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    Device = 1,
    Provider = 2,
    Client = 3,
    Node = 4,
    App = 5,
    Operator = 6,
    Broker = 7,
    Price = 8,
}

/// All draws of one subject with one number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Draws {
    key: u64,
}

impl Draws {
    pub(crate) const fn new(seed: u64, subject: Subject, number: u64) -> Self {
        let domain = scatter(seed ^ scatter((subject as u64).wrapping_mul(GOLDEN)));
        Self {
            key: scatter(domain.wrapping_add(number.wrapping_mul(GOLDEN))),
        }
    }

    /// The draw in `slot`: the `slot`-th output of SplitMix64 started at this subject's key.
    pub(crate) const fn bits(self, slot: u64) -> u64 {
        scatter(
            self.key
                .wrapping_add(slot.wrapping_add(1).wrapping_mul(GOLDEN)),
        )
    }

    /// Uniform in `0..bound`; 0 when the bound is 0. The bias is below bound / 2^64.
    pub(crate) fn below(self, slot: u64, bound: u64) -> u64 {
        let wide = u128::from(self.bits(slot)) * u128::from(bound);
        u64::try_from(wide >> 64).expect("the high half of a 128-bit product fits in 64 bits")
    }

    /// True in `ppm` of a million cases.
    pub(crate) fn happens(self, slot: u64, ppm: u64) -> bool {
        self.below(slot, 1_000_000) < ppm
    }
}

/// Three independent decisions out of one draw, each with 21 bits: a step of 0.48 ppm.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Triple(u64);

impl Triple {
    pub(crate) const fn new(bits: u64) -> Self {
        Self(bits)
    }

    /// True when the decision with index 0, 1 or 2 falls below a threshold of [`threshold`].
    pub(crate) const fn happens(self, index: u32, threshold: u64) -> bool {
        (self.0 >> (21 * index)) & 0x1F_FFFF < threshold
    }
}

/// What [`Triple::happens`] compares with for a probability in ppm.
pub(crate) const fn threshold(ppm: u64) -> u64 {
    let ppm = if ppm > 1_000_000 { 1_000_000 } else { ppm };
    (ppm << 21) / 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_follow_the_published_splitmix64_sequence() {
        // First outputs of SplitMix64 started at 0, from the reference program.
        let zero = Draws { key: 0 };
        assert_eq!(zero.bits(0), 0xE220_A839_7B1D_CDAF);
        assert_eq!(zero.bits(1), 0x6E78_9E6A_A1B9_65F4);
        assert_eq!(zero.bits(2), 0x06C4_5D18_8009_454F);
    }

    #[test]
    fn subjects_numbers_and_seeds_have_their_own_draws() {
        let first = Draws::new(1, Subject::Device, 0).bits(0);
        for other in [
            Draws::new(1, Subject::Device, 1),
            Draws::new(2, Subject::Device, 0),
            Draws::new(1, Subject::Node, 0),
        ] {
            assert_ne!(first, other.bits(0));
        }
    }

    #[test]
    fn frequencies_match_the_probability() {
        let hits = (0..100_000)
            .filter(|i| Draws::new(7, Subject::Device, *i).happens(3, 250_000))
            .count();
        assert!((24_500..25_500).contains(&hits), "{hits}");
        let limit = threshold(30_000);
        let hits = (0..100_000)
            .filter(|i| Triple::new(Draws::new(7, Subject::Device, *i).bits(9)).happens(2, limit))
            .count();
        assert!((2_800..3_200).contains(&hits), "{hits}");
    }

    #[test]
    fn certain_and_impossible_decisions_are_exact() {
        for slot in 0..1000 {
            let draws = Draws::new(3, Subject::App, 4);
            assert!(draws.happens(slot, 1_000_000) && !draws.happens(slot, 0));
            let triple = Triple::new(draws.bits(slot));
            assert!(triple.happens(0, threshold(1_000_000)) && !triple.happens(1, threshold(0)));
        }
    }
}
