/// Arithmetic mean of finite numbers, added in a fixed order.
///
/// The running sum is compensated (Neumaier), so the result is within an ulp or two of the exact mean and the
/// same points always give the same bits. Near the top of the range it goes on in numbers scaled by 2⁻⁶⁴, so that
/// no sum overflows. The result lies between the least and the greatest number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mean {
    sum: f64,
    compensation: f64,
    count: u64,
    min: f64,
    max: f64,
    scaled: bool,
}

/// Beyond this size of summands or sums the numbers are scaled; leaves room for 10²⁸ summands.
const LARGE: f64 = 1e280;
const DOWN: f64 = 1.0 / UP;
const UP: f64 = 18_446_744_073_709_551_616.0; // 2⁶⁴

impl Default for Mean {
    fn default() -> Self {
        Self {
            sum: 0.0,
            compensation: 0.0,
            count: 0,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            scaled: false,
        }
    }
}

impl Mean {
    pub(crate) fn add(&mut self, value: f64) {
        self.count += 1;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        if !self.scaled && (value.abs() > LARGE || self.sum.abs() > LARGE) {
            self.scaled = true;
            self.sum *= DOWN;
            self.compensation *= DOWN;
        }
        let value = if self.scaled { value * DOWN } else { value };
        let total = self.sum + value;
        self.compensation += if self.sum.abs() >= value.abs() {
            (self.sum - total) + value
        } else {
            (value - total) + self.sum
        };
        self.sum = total;
    }

    /// The mean of what was added; starts anew.
    pub(crate) fn take(&mut self) -> Option<f64> {
        let done = std::mem::take(self);
        if done.count == 0 {
            return None;
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "counts of points are far below 2^53"
        )]
        let mean = (done.sum + done.compensation) / done.count as f64;
        let mean = if done.scaled { mean * UP } else { mean };
        Some(mean.clamp(done.min, done.max))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mean(values: &[f64]) -> f64 {
        let mut mean = Mean::default();
        values.iter().for_each(|v| mean.add(*v));
        mean.take().unwrap()
    }

    #[test]
    fn sums_near_the_largest_number_do_not_overflow() {
        assert_eq!(mean(&[1.7e308, 1.7e308, 1.7e308]), 1.7e308);
        assert_eq!(mean(&[f64::MAX; 1000]), f64::MAX);
        assert_eq!(mean(&[f64::MAX, -f64::MAX]), 0.0);
        assert_eq!(mean(&[f64::MIN, f64::MIN]), f64::MIN);
    }

    #[test]
    fn small_numbers_survive_beside_large_ones() {
        assert_eq!(mean(&[1e16, 1.0, -1e16, 1.0]), 0.5);
        assert_eq!(mean(&[0.1; 10]), 0.1);
    }

    #[test]
    fn nothing_has_no_mean_and_taking_starts_anew() {
        let mut mean = Mean::default();
        assert_eq!(mean.take(), None);
        mean.add(4.0);
        assert_eq!(mean.take(), Some(4.0));
        mean.add(6.0);
        assert_eq!(mean.take(), Some(6.0));
    }

    proptest! {
        #[test]
        fn integers_are_averaged_exactly(values in prop::collection::vec(-1_000_000i32..1_000_000, 1..200)) {
            let numbers: Vec<f64> = values.iter().map(|v| f64::from(*v)).collect();
            let sum: i64 = values.iter().map(|v| i64::from(*v)).sum();
            #[allow(clippy::cast_precision_loss)]
            let exact = sum as f64 / values.len() as f64;
            prop_assert_eq!(mean(&numbers), exact);
        }

        #[test]
        fn the_mean_is_finite_and_between_the_extremes(values in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::ZERO | prop::num::f64::SUBNORMAL, 1..50)) {
            let mean = mean(&values);
            prop_assert!(mean.is_finite());
            prop_assert!(values.iter().any(|v| *v <= mean) && values.iter().any(|v| *v >= mean));
        }
    }
}
