//! Readings of a vehicle, and the figures they give.

use std::collections::BTreeMap;

/// Everything read about one vehicle; times in microseconds since 1970.
#[derive(Debug, Default, Clone)]
pub(crate) struct Points {
    pub(crate) numbers: BTreeMap<String, Vec<(i64, f64)>>,
    pub(crate) positions: Vec<(i64, (f64, f64))>,
}

/// Facts of one signal of one vehicle.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Facts {
    pub(crate) count: u64,
    pub(crate) min: f64,
    pub(crate) max: f64,
    pub(crate) first: f64,
    pub(crate) last: f64,
    pub(crate) last_us: i64,
    pub(crate) average: f64,
    /// The input holds different values for one time. The node keeps one of them; which one does not follow from
    /// the input, so that only the count is certain.
    pub(crate) ambiguous: bool,
}

/// Facts of the positions of one vehicle: `(latitude, longitude)`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Track {
    pub(crate) count: u64,
    pub(crate) first: (f64, f64),
    pub(crate) last: (f64, f64),
    pub(crate) average: (f64, f64),
    pub(crate) ambiguous: bool,
}

/// Everything expected of one vehicle.
#[derive(Debug, Clone)]
pub(crate) struct Expected {
    pub(crate) signals: BTreeMap<String, Facts>,
    pub(crate) track: Option<Track>,
    /// Microseconds since 1970 of the first and last reading.
    pub(crate) from_us: i64,
    pub(crate) to_us: i64,
}

impl Points {
    /// A reading of a number.
    pub(crate) fn number(&mut self, name: &str, time_us: i64, value: f64) {
        match self.numbers.get_mut(name) {
            Some(points) => points.push((time_us, value)),
            None => drop(self.numbers.insert(name.to_owned(), vec![(time_us, value)])),
        }
    }

    /// Takes over the readings of the same vehicle in another file.
    pub(crate) fn merge(&mut self, other: Self) {
        for (name, mut points) in other.numbers {
            self.numbers.entry(name).or_default().append(&mut points);
        }
        self.positions.extend(other.positions);
    }

    /// Readings by signal, as read.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (String, u64)> {
        let positions = (
            "currentLocationCoordinates".to_owned(),
            self.positions.len() as u64,
        );
        let numbers = self
            .numbers
            .iter()
            .map(|(name, points)| (name.clone(), points.len() as u64));
        numbers.chain([positions]).filter(|(_, count)| *count > 0)
    }

    /// What the API must answer once all this is stored.
    pub(crate) fn expected(&self) -> Expected {
        let (mut from_us, mut to_us) = (i64::MAX, i64::MIN);
        let mut span =
            |first: i64, last: i64| (from_us, to_us) = (from_us.min(first), to_us.max(last));
        let mut signals = BTreeMap::new();
        for (name, points) in &self.numbers {
            let (points, ambiguous) = distinct(points);
            let (Some(first), Some(last)) = (points.first(), points.last()) else {
                continue;
            };
            span(first.0, last.0);
            let values = || points.iter().map(|p| p.1);
            let facts = Facts {
                count: points.len() as u64,
                min: values().fold(f64::INFINITY, f64::min),
                max: values().fold(f64::NEG_INFINITY, f64::max),
                first: first.1,
                last: last.1,
                last_us: last.0,
                average: mean(values()),
                ambiguous,
            };
            signals.insert(name.clone(), facts);
        }
        let (positions, ambiguous) = distinct(&self.positions);
        if let (Some(first), Some(last)) = (positions.first(), positions.last()) {
            span(first.0, last.0);
        }
        Expected {
            signals,
            track: track(&positions, ambiguous),
            from_us,
            to_us,
        }
    }
}

/// A fix at (0, 0) is stored, but is no place: it counts, and takes part in nothing else.
fn track(positions: &[(i64, (f64, f64))], ambiguous: bool) -> Option<Track> {
    let places: Vec<(f64, f64)> = positions
        .iter()
        .map(|p| p.1)
        .filter(|p| *p != (0.0, 0.0))
        .collect();
    Some(Track {
        count: positions.len() as u64,
        first: *places.first()?,
        last: *places.last()?,
        average: (
            mean(places.iter().map(|p| p.0)),
            mean(places.iter().map(|p| p.1)),
        ),
        ambiguous,
    })
}

/// Points in order of time, one for each time; and whether one was left out that says something else.
fn distinct<V: Copy + PartialEq>(points: &[(i64, V)]) -> (Vec<(i64, V)>, bool) {
    let mut points = points.to_vec();
    points.sort_by_key(|p| p.0);
    let mut ambiguous = false;
    points.dedup_by(|later, kept| {
        let same_time = later.0 == kept.0;
        ambiguous |= same_time && later.1 != kept.1;
        same_time
    });
    (points, ambiguous)
}

/// Mean with Neumaier's correction, so that the comparison measures the node and not this loop.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut lost, mut count) = (0.0f64, 0.0f64, 0.0f64);
    for value in values {
        let next = sum + value;
        lost += if sum.abs() >= value.abs() {
            (sum - next) + value
        } else {
            (value - next) + sum
        };
        sum = next;
        count += 1.0;
    }
    (sum + lost) / count
}
