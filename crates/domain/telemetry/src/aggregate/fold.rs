//! What a bucket remembers while its points go by, in time order.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use milepost_signals::Location;
use rand::Rng as _;

use crate::{Limits, QueryError, mean::Mean};

/// State of one bucket. `take` gives the aggregate and leaves the fold empty for the next bucket.
pub(super) trait Fold: Default {
    type Value: Clone;

    fn add(&mut self, value: &Self::Value);

    fn take(&mut self) -> Option<Self::Value>;

    /// Whether what is held is within its limit.
    fn check(&self, _limits: &Limits) -> Result<(), QueryError> {
        Ok(())
    }
}

#[derive(Debug, Default)]
pub(super) struct Avg(Mean);

impl Fold for Avg {
    type Value = f64;

    fn add(&mut self, value: &f64) {
        self.0.add(*value);
    }

    fn take(&mut self) -> Option<f64> {
        self.0.take()
    }
}

#[derive(Debug, Default)]
pub(super) struct Med(Vec<f64>);

impl Fold for Med {
    type Value = f64;

    fn add(&mut self, value: &f64) {
        self.0.push(*value);
    }

    fn take(&mut self) -> Option<f64> {
        let values = &mut self.0;
        if values.is_empty() {
            return None;
        }
        let half = values.len() / 2;
        let even = values.len().is_multiple_of(2);
        let (lower, upper, _) = values.select_nth_unstable_by(half, f64::total_cmp);
        let upper = *upper;
        let median = if even {
            let lower = lower
                .iter()
                .copied()
                .max_by(f64::total_cmp)
                .unwrap_or(upper);
            lower.midpoint(upper)
        } else {
            upper
        };
        values.clear();
        Some(median)
    }

    fn check(&self, limits: &Limits) -> Result<(), QueryError> {
        let values_max = limits.median_values_max;
        if self.0.len() > values_max {
            Err(QueryError::MedianTooLarge { values_max })
        } else {
            Ok(())
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Max(Option<f64>);

impl Fold for Max {
    type Value = f64;

    fn add(&mut self, value: &f64) {
        if self.0.is_none_or(|max| *value > max) {
            self.0 = Some(*value);
        }
    }

    fn take(&mut self) -> Option<f64> {
        self.0.take()
    }
}

#[derive(Debug, Default)]
pub(super) struct Min(Option<f64>);

impl Fold for Min {
    type Value = f64;

    fn add(&mut self, value: &f64) {
        if self.0.is_none_or(|min| *value < min) {
            self.0 = Some(*value);
        }
    }

    fn take(&mut self) -> Option<f64> {
        self.0.take()
    }
}

/// Earliest value.
#[derive(Debug)]
pub(super) struct First<T>(Option<T>);

impl<T> Default for First<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Clone> Fold for First<T> {
    type Value = T;

    fn add(&mut self, value: &T) {
        if self.0.is_none() {
            self.0 = Some(value.clone());
        }
    }

    fn take(&mut self) -> Option<T> {
        self.0.take()
    }
}

/// Latest value.
#[derive(Debug)]
pub(super) struct Last<T>(Option<T>);

impl<T> Default for Last<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Clone> Fold for Last<T> {
    type Value = T;

    fn add(&mut self, value: &T) {
        self.0 = Some(value.clone());
    }

    fn take(&mut self) -> Option<T> {
        self.0.take()
    }
}

/// One value, each with the same chance (reservoir of one).
#[derive(Debug)]
pub(super) struct Rand<T> {
    kept: Option<T>,
    seen: u64,
}

impl<T> Default for Rand<T> {
    fn default() -> Self {
        Self {
            kept: None,
            seen: 0,
        }
    }
}

impl<T: Clone> Fold for Rand<T> {
    type Value = T;

    fn add(&mut self, value: &T) {
        self.seen += 1;
        if self.seen == 1 || rand::rng().random_range(0..self.seen) == 0 {
            self.kept = Some(value.clone());
        }
    }

    fn take(&mut self) -> Option<T> {
        self.seen = 0;
        self.kept.take()
    }
}

#[derive(Debug, Default)]
pub(super) struct Top {
    counts: HashMap<Arc<str>, u64>,
    bytes: usize,
}

impl Fold for Top {
    type Value = Arc<str>;

    fn add(&mut self, value: &Arc<str>) {
        if let Some(count) = self.counts.get_mut(value) {
            *count += 1;
        } else {
            self.bytes += value.len();
            self.counts.insert(Arc::clone(value), 1);
        }
    }

    fn take(&mut self) -> Option<Arc<str>> {
        self.bytes = 0;
        let most = self.counts.drain().reduce(|a, b| {
            let b_wins = b.1 > a.1 || (b.1 == a.1 && b.0 < a.0);
            if b_wins { b } else { a }
        });
        most.map(|(text, _)| text)
    }

    fn check(&self, limits: &Limits) -> Result<(), QueryError> {
        check_texts(self.bytes, self.counts.len(), limits)
    }
}

#[derive(Debug, Default)]
pub(super) struct Unique {
    texts: BTreeSet<Arc<str>>,
    bytes: usize,
}

impl Fold for Unique {
    type Value = Arc<str>;

    fn add(&mut self, value: &Arc<str>) {
        if !self.texts.contains(value) {
            self.bytes += value.len();
            self.texts.insert(Arc::clone(value));
        }
    }

    fn take(&mut self) -> Option<Arc<str>> {
        self.bytes = 0;
        let texts = std::mem::take(&mut self.texts);
        let mut texts = texts.iter();
        let mut joined = String::from(&**texts.next()?);
        for text in texts {
            joined.push(',');
            joined.push_str(text);
        }
        Some(joined.into())
    }

    fn check(&self, limits: &Limits) -> Result<(), QueryError> {
        check_texts(self.bytes, self.texts.len(), limits)
    }
}

/// Bytes that a set or map spends on an entry beside its text.
const TEXT_ENTRY_BYTES: usize = 64;

fn check_texts(bytes: usize, entries: usize, limits: &Limits) -> Result<(), QueryError> {
    let bytes_max = limits.text_bytes_max;
    if bytes + entries * TEXT_ENTRY_BYTES > bytes_max {
        Err(QueryError::TextsTooLarge { bytes_max })
    } else {
        Ok(())
    }
}

/// Means of latitude, longitude and HDOP.
#[derive(Debug, Default)]
pub(super) struct AvgLocation {
    latitude: Mean,
    longitude: Mean,
    hdop: Mean,
}

impl Fold for AvgLocation {
    type Value = Location;

    fn add(&mut self, value: &Location) {
        self.latitude.add(value.latitude);
        self.longitude.add(value.longitude);
        self.hdop.add(value.hdop);
    }

    fn take(&mut self) -> Option<Location> {
        let (latitude, longitude, hdop) = (
            self.latitude.take()?,
            self.longitude.take()?,
            self.hdop.take()?,
        );
        Some(Location {
            latitude,
            longitude,
            hdop,
            heading: 0.0,
        })
    }
}
