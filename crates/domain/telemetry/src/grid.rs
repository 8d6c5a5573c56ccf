use milepost_types::Timestamp;

use crate::{Interval, Limits, QueryError};

/// Buckets of equal length that start at `from`, not at the epoch; `from` inclusive, `to` exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    from: Timestamp,
    to_exclusive: Timestamp,
    interval: Interval,
}

const DAY_MICROS: i64 = 24 * 3_600 * 1_000_000;

impl Grid {
    /// Buckets of a window. `from == to` is an empty window.
    ///
    /// # Errors
    /// [`QueryError::RangeReversed`], [`QueryError::RangeTooLong`] or [`QueryError::TooManyBuckets`].
    pub fn new(
        from: Timestamp,
        to_exclusive: Timestamp,
        interval: Interval,
        limits: &Limits,
    ) -> Result<Self, QueryError> {
        if from > to_exclusive {
            return Err(QueryError::RangeReversed {
                from,
                to: to_exclusive,
            });
        }
        let length = to_exclusive.as_micros() - from.as_micros();
        if length > i64::from(limits.range_days_max) * DAY_MICROS {
            return Err(QueryError::RangeTooLong {
                days_max: limits.range_days_max,
            });
        }
        let grid = Self {
            from,
            to_exclusive,
            interval,
        };
        if grid.bucket_count() > i64::from(limits.buckets_max) {
            return Err(QueryError::TooManyBuckets {
                buckets_max: limits.buckets_max,
            });
        }
        Ok(grid)
    }

    /// Start of the first bucket.
    #[must_use]
    pub const fn from(&self) -> Timestamp {
        self.from
    }

    /// First time outside the window.
    #[must_use]
    pub const fn to_exclusive(&self) -> Timestamp {
        self.to_exclusive
    }

    /// Number of buckets; the last may reach beyond the window.
    #[must_use]
    pub const fn bucket_count(&self) -> i64 {
        let length = self.to_exclusive.as_micros() - self.from.as_micros();
        let interval = self.interval.as_micros();
        length / interval + (length % interval != 0) as i64
    }

    /// Whether `at` is within the window.
    #[must_use]
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to_exclusive
    }

    /// Start time of a bucket.
    #[must_use]
    pub fn start_of(&self, bucket: u32) -> Timestamp {
        self.from
            .saturating_add_micros(i64::from(bucket).saturating_mul(self.interval.as_micros()))
    }

    /// Bucket of a time within the window, and the microsecond at which the next one starts.
    pub(crate) fn bucket_of(&self, at: Timestamp) -> (u32, i64) {
        let interval = self.interval.as_micros();
        let bucket = (at.as_micros() - self.from.as_micros()) / interval;
        let end = self
            .from
            .as_micros()
            .saturating_add((bucket + 1).saturating_mul(interval));
        (u32::try_from(bucket).unwrap_or(u32::MAX), end)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros).unwrap()
    }

    fn grid(from: i64, to: i64, interval: i64) -> Result<Grid, QueryError> {
        Grid::new(
            at(from),
            at(to),
            Interval::from_micros(interval).unwrap(),
            &Limits::default(),
        )
    }

    #[test]
    fn the_window_may_be_empty_but_not_reversed() {
        assert_eq!(grid(5, 5, 1).unwrap().bucket_count(), 0);
        assert!(matches!(
            grid(6, 5, 1),
            Err(QueryError::RangeReversed { .. })
        ));
    }

    #[test]
    fn exactly_the_most_buckets_fit() {
        assert_eq!(grid(0, 100_000, 1).unwrap().bucket_count(), 100_000);
        let error = grid(0, 100_001, 1).unwrap_err().to_string();
        assert!(
            error.contains("interval too small for the requested window"),
            "{error}"
        );
    }

    #[test]
    fn ranges_beyond_the_limit_are_refused() {
        let days = i64::from(Limits::default().range_days_max);
        assert!(grid(0, days * DAY_MICROS, DAY_MICROS).is_ok());
        assert!(matches!(
            grid(0, days * DAY_MICROS + 1, DAY_MICROS),
            Err(QueryError::RangeTooLong { .. })
        ));
    }

    proptest! {
        #[test]
        fn a_bucket_is_from_plus_whole_intervals(
            from in -1_000_000_000i64..1_000_000_000,
            length in 1i64..100_000,
            interval in 1i64..200_000,
            offset in 0i64..100_000,
        ) {
            let offset = offset % length;
            let grid = grid(from, from + length, interval).unwrap();
            let (bucket, end) = grid.bucket_of(at(from + offset));
            let start = grid.start_of(bucket).as_micros();
            prop_assert_eq!((start - from) % interval, 0);
            prop_assert_eq!(end, start + interval);
            prop_assert!(start <= from + offset && from + offset < end);
            prop_assert!(i64::from(bucket) < grid.bucket_count());
        }
    }
}
