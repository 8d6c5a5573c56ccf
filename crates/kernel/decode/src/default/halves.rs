//! Positions sent in halves, as devices did before positions were one signal.

use milepost_signals::{Location, Value, id};
use milepost_types::Timestamp;

use super::signal::on_globe;
use crate::{DecodeError, Reading};

/// Halves belong together when they are less than this after the first of them.
const TOGETHER_MICROS: i64 = 500_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Half {
    Latitude,
    Longitude,
    Hdop,
}

impl Half {
    pub(super) fn by_name(name: &str) -> Option<Self> {
        [Self::Latitude, Self::Longitude, Self::Hdop]
            .into_iter()
            .find(|half| half.name() == name)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Latitude => "currentLocationLatitude",
            Self::Longitude => "currentLocationLongitude",
            Self::Hdop => "dimoAftermarketHDOP",
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    half: Half,
    at: Timestamp,
    value: f64,
    index: usize,
}

/// Halves of one payload.
#[derive(Debug, Default)]
pub(super) struct Halves(Vec<Seen>);

impl Halves {
    pub(super) fn add(&mut self, half: Half, at: Timestamp, value: f64, index: usize) {
        self.0.push(Seen {
            half,
            at,
            value,
            index,
        });
    }

    /// Positions with the payload index of their latitude, in order of time. A position has the time of its first
    /// part. What finds no partner is an error.
    pub(super) fn merge(mut self, errors: &mut Vec<DecodeError>) -> Vec<(Reading, usize)> {
        self.0.sort_by_key(|seen| (seen.at, seen.half, seen.index));
        let mut merged = Vec::new();
        let mut open = Group::default();
        for seen in self.0 {
            if !open.takes(&seen) {
                std::mem::take(&mut open).close(&mut merged, errors);
            }
            open.parts[seen.half as usize] = Some(seen);
            open.first.get_or_insert(seen.at);
        }
        open.close(&mut merged, errors);
        merged
    }
}

#[derive(Debug, Default)]
struct Group {
    first: Option<Timestamp>,
    parts: [Option<Seen>; 3],
}

impl Group {
    fn takes(&self, seen: &Seen) -> bool {
        let vacant = self.parts[seen.half as usize].is_none();
        vacant
            && self
                .first
                .is_none_or(|first| seen.at < first.saturating_add_micros(TOGETHER_MICROS))
    }

    fn close(self, merged: &mut Vec<(Reading, usize)>, errors: &mut Vec<DecodeError>) {
        let Some(at) = self.first else { return };
        let [latitude, longitude, hdop] = self.parts;
        let mut refuse = |seen: Seen, reason: String| {
            let path = format!("signals[{}]", seen.index);
            errors.push(DecodeError {
                path,
                name: Some(seen.half.name().to_owned()),
                reason,
            });
        };
        let (Some(latitude), Some(longitude)) = (latitude, longitude) else {
            for seen in self.parts.into_iter().flatten() {
                refuse(
                    seen,
                    "no latitude and longitude within 500 ms to make a position with".to_owned(),
                );
            }
            return;
        };
        if let Err(reason) = on_globe(latitude.value, longitude.value) {
            for seen in self.parts.into_iter().flatten() {
                refuse(seen, reason.clone());
            }
            return;
        }
        let usable = hdop.filter(|seen| seen.value >= 0.0);
        if let (Some(hdop), None) = (hdop, usable) {
            refuse(hdop, "below 0; stored as 0".to_owned());
        }
        let location = Location {
            latitude: latitude.value,
            longitude: longitude.value,
            hdop: usable.map_or(0.0, |seen| seen.value),
            heading: 0.0,
        };
        let signal = id::CURRENT_LOCATION_COORDINATES;
        merged.push((
            Reading {
                signal,
                at,
                value: Value::Location(location),
            },
            latitude.index,
        ));
    }
}
