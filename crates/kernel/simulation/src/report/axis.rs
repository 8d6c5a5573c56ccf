//! Round ticks.

/// Ticks of an axis from zero, with labels of one scale.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Axis {
    /// Where the axis ends; at least as large as the data.
    pub(crate) max: f64,
    /// Position and label of each tick, ascending, zero first.
    pub(crate) ticks: Vec<(f64, String)>,
    /// Word for the scale of the labels: "", "thousand", "million" …
    pub(crate) scale: &'static str,
}

const SCALES: [(u32, &str); 5] = [
    (12, "trillion"),
    (9, "billion"),
    (6, "million"),
    (3, "thousand"),
    (0, ""),
];

/// About five steps of 1, 2, 2.5 or 5 × 10^k up to the data's maximum.
pub(crate) fn linear(data_max: f64) -> Axis {
    let data_max = if data_max.is_finite() && data_max > 0.0 {
        data_max
    } else {
        1.0
    };
    let target = data_max / 5.0;
    // Steps are whole multiples of 10^exponent (mantissa 10, 20, 25, 50 tenths), so labels stay exact.
    let mut exponent = -7i32;
    while exponent < 30 && power(exponent + 1) * 10.0 <= target * 10.0 {
        exponent += 1;
    }
    let (mantissa, step) = [10u64, 20, 25, 50, 100]
        .into_iter()
        .map(|mantissa| (mantissa, small(mantissa) * power(exponent - 1)))
        .find(|(_, step)| *step >= target * 0.999_999)
        .unwrap_or((100, power(exponent + 1)));
    let mut count = 1u64;
    while small(count) * step < data_max * 0.999_999 && count < 12 {
        count += 1;
    }
    let max = small(count) * step;
    let (digits, scale) = SCALES
        .into_iter()
        .find(|(digits, _)| {
            // 1,000 to 10,000 reads better in full than as a few thousand.
            let least = if *digits == 3 { 4 } else { *digits };
            max >= power(i32::try_from(least).unwrap_or(0)) * 0.999_999
        })
        .unwrap_or((0, ""));
    let shift = exponent - 1 - i32::try_from(digits).unwrap_or(0);
    let ticks = (0..=count)
        .map(|k| (small(k) * step, decimal(k * mantissa, shift)))
        .collect();
    Axis { max, ticks, scale }
}

/// Months 1 to `months`, a tick each whole number of months or years, at most ten.
pub(crate) fn months(months: usize) -> Vec<usize> {
    let step = [1, 2, 3, 6, 12, 24, 60, 120]
        .into_iter()
        .find(|step| months / step <= 10)
        .unwrap_or(240);
    let mut ticks: Vec<usize> = (1..=months).filter(|m| m.is_multiple_of(step)).collect();
    // The first month is named when there is room before the first tick.
    if step > 2 && ticks.first().is_some_and(|first| *first * 10 > months) {
        ticks.insert(0, 1);
    }
    ticks
}

fn power(exponent: i32) -> f64 {
    // Multiplication only: the same on every machine, unlike powf.
    let mut value = 1.0f64;
    for _ in 0..exponent.unsigned_abs() {
        if exponent > 0 {
            value *= 10.0;
        } else {
            value /= 10.0;
        }
    }
    value
}

#[expect(clippy::cast_precision_loss, reason = "counts of ticks are tiny")]
const fn small(value: u64) -> f64 {
    value as f64
}

/// `digits × 10^shift` without trailing zeros.
fn decimal(digits: u64, shift: i32) -> String {
    if digits == 0 {
        return "0".to_owned();
    }
    if shift >= 0 {
        let zeros = "0".repeat(usize::try_from(shift).unwrap_or(0));
        return format!("{digits}{zeros}");
    }
    let places = usize::try_from(shift.unsigned_abs()).unwrap_or(0);
    let padded = format!("{digits:0>width$}", width = places + 1);
    let (whole, rest) = padded.split_at(padded.len() - places);
    let rest = rest.trim_end_matches('0');
    if rest.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{rest}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(max: f64) -> (Vec<String>, &'static str) {
        let axis = linear(max);
        (
            axis.ticks.into_iter().map(|(_, label)| label).collect(),
            axis.scale,
        )
    }

    #[test]
    fn ticks_are_round_and_cover_the_data() {
        assert_eq!(
            labels(97.0),
            (
                vec![
                    "0".into(),
                    "20".into(),
                    "40".into(),
                    "60".into(),
                    "80".into(),
                    "100".into()
                ],
                ""
            )
        );
        assert_eq!(
            labels(1_234_567.0).0,
            ["0", "0.25", "0.5", "0.75", "1", "1.25"]
        );
        assert_eq!(labels(1_234_567.0).1, "million");
        assert_eq!(labels(123_456.0).1, "thousand");
        assert_eq!(
            labels(4_567.0).0,
            ["0", "1000", "2000", "3000", "4000", "5000"]
        );
        assert_eq!(
            labels(11_000_000.0).0,
            ["0", "2.5", "5", "7.5", "10", "12.5"]
        );
        assert_eq!(labels(0.15).0, ["0", "0.05", "0.1", "0.15"]);
        assert_eq!(labels(0.0).0, ["0", "0.2", "0.4", "0.6", "0.8", "1"]);
        let mut value = 1e-4;
        while value < 1e18 {
            let axis = linear(value);
            assert!(
                axis.max >= value * 0.999 && axis.max <= value * 2.1,
                "{value} {axis:?}"
            );
            assert!((3..=12).contains(&axis.ticks.len()), "{value} {axis:?}");
            value *= 1.37;
        }
    }

    #[test]
    fn months_have_at_most_eleven_ticks_on_whole_years() {
        assert_eq!(months(12), [1, 2, 4, 6, 8, 10, 12][1..]);
        assert_eq!(months(60), [1, 6, 12, 18, 24, 30, 36, 42, 48, 54, 60][1..]);
        for count in 1..=600 {
            assert!(months(count).len() <= 11, "{count}");
        }
    }
}
