use crate::QueryError;

/// Which numbers count (`SignalFloatFilter`).
///
/// All conditions beside `or` must hold together; a number passes when they hold, or when one of the filters in
/// `or` passes: (all of the conditions) OR or₁ OR or₂. Without conditions only `or` decides, and an empty filter
/// passes everything. An empty `in` or `notIn` list is no condition.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FloatFilter {
    /// Equal.
    pub eq: Option<f64>,
    /// Not equal.
    pub neq: Option<f64>,
    /// Greater.
    pub gt: Option<f64>,
    /// Less.
    pub lt: Option<f64>,
    /// Greater or equal.
    pub gte: Option<f64>,
    /// Less or equal.
    pub lte: Option<f64>,
    /// None of these.
    pub not_in: Vec<f64>,
    /// One of these.
    pub any_of: Vec<f64>,
    /// Alternatives.
    pub or: Vec<FloatFilter>,
}

impl FloatFilter {
    /// Checks that every number is finite.
    ///
    /// # Errors
    /// [`QueryError::FilterNumber`] otherwise.
    pub fn validate(&self) -> Result<(), QueryError> {
        let single = [self.eq, self.neq, self.gt, self.lt, self.gte, self.lte];
        let finite = single
            .into_iter()
            .flatten()
            .chain(self.not_in.iter().copied())
            .chain(self.any_of.iter().copied());
        if !finite.into_iter().all(f64::is_finite) {
            return Err(QueryError::FilterNumber);
        }
        self.or.iter().try_for_each(Self::validate)
    }

    /// Whether the filter passes everything, so that it need not be asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.has_conditions() && self.or.is_empty()
    }

    fn has_conditions(&self) -> bool {
        let single = [self.eq, self.neq, self.gt, self.lt, self.gte, self.lte];
        single.iter().any(Option::is_some) || !self.not_in.is_empty() || !self.any_of.is_empty()
    }

    /// Whether a number passes.
    #[must_use]
    #[expect(
        clippy::float_cmp,
        reason = "eq, neq, in and notIn compare exactly by definition"
    )]
    pub fn matches(&self, value: f64) -> bool {
        let conditions = || {
            self.eq.is_none_or(|x| value == x)
                && self.neq.is_none_or(|x| value != x)
                && self.gt.is_none_or(|x| value > x)
                && self.lt.is_none_or(|x| value < x)
                && self.gte.is_none_or(|x| value >= x)
                && self.lte.is_none_or(|x| value <= x)
                && !self.not_in.contains(&value)
                && (self.any_of.is_empty() || self.any_of.contains(&value))
        };
        if self.or.is_empty() {
            return conditions();
        }
        (self.has_conditions() && conditions())
            || self.or.iter().any(|filter| filter.matches(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passing(filter: &FloatFilter) -> Vec<i32> {
        (0..10).filter(|v| filter.matches(f64::from(*v))).collect()
    }

    fn gt(x: f64) -> FloatFilter {
        FloatFilter {
            gt: Some(x),
            ..FloatFilter::default()
        }
    }

    fn lt(x: f64) -> FloatFilter {
        FloatFilter {
            lt: Some(x),
            ..FloatFilter::default()
        }
    }

    #[test]
    fn each_condition_does_what_its_name_says() {
        let base = FloatFilter::default;
        assert_eq!(
            passing(&FloatFilter {
                eq: Some(3.0),
                ..base()
            }),
            [3]
        );
        assert_eq!(
            passing(&FloatFilter {
                neq: Some(3.0),
                ..base()
            }),
            [0, 1, 2, 4, 5, 6, 7, 8, 9]
        );
        assert_eq!(passing(&gt(7.0)), [8, 9]);
        assert_eq!(passing(&lt(2.0)), [0, 1]);
        assert_eq!(
            passing(&FloatFilter {
                gte: Some(8.0),
                ..base()
            }),
            [8, 9]
        );
        assert_eq!(
            passing(&FloatFilter {
                lte: Some(1.0),
                ..base()
            }),
            [0, 1]
        );
        assert_eq!(
            passing(&FloatFilter {
                any_of: vec![1.0, 5.0],
                ..base()
            }),
            [1, 5]
        );
        assert_eq!(
            passing(&FloatFilter {
                not_in: vec![0.0, 1.0, 2.0, 3.0, 4.0],
                ..base()
            }),
            [5, 6, 7, 8, 9]
        );
    }

    #[test]
    fn conditions_hold_together_and_or_adds_alternatives() {
        let between = FloatFilter {
            gt: Some(3.0),
            lt: Some(6.0),
            ..FloatFilter::default()
        };
        assert_eq!(passing(&between), [4, 5]);
        assert_eq!(
            passing(&FloatFilter {
                or: vec![gt(8.0), lt(1.0)],
                ..between.clone()
            }),
            [0, 4, 5, 9]
        );
        assert_eq!(
            passing(&FloatFilter {
                or: vec![gt(8.0), lt(1.0)],
                ..FloatFilter::default()
            }),
            [0, 9]
        );
        let nested = FloatFilter {
            or: vec![
                between,
                FloatFilter {
                    or: vec![lt(1.0)],
                    ..gt(8.0)
                },
            ],
            ..gt(100.0)
        };
        assert_eq!(passing(&nested), [0, 4, 5, 9]);
    }

    #[test]
    fn empty_lists_and_empty_filters_are_no_condition() {
        let empty = FloatFilter {
            any_of: vec![],
            not_in: vec![],
            ..FloatFilter::default()
        };
        assert!(empty.is_empty());
        assert_eq!(passing(&empty).len(), 10);
        assert_eq!(
            passing(&FloatFilter {
                any_of: vec![],
                or: vec![gt(8.0)],
                ..FloatFilter::default()
            }),
            [9]
        );
    }

    #[test]
    fn numbers_that_are_not_finite_are_refused_at_any_depth() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for filter in [
                gt(bad),
                FloatFilter {
                    any_of: vec![bad],
                    ..FloatFilter::default()
                },
            ] {
                assert!(filter.validate().is_err());
                assert!(
                    FloatFilter {
                        or: vec![filter],
                        ..FloatFilter::default()
                    }
                    .validate()
                    .is_err()
                );
            }
        }
        assert!(
            FloatFilter {
                or: vec![gt(1.0)],
                ..lt(0.0)
            }
            .validate()
            .is_ok()
        );
    }
}
