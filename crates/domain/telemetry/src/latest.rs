use milepost_policy::{Permission, PermissionSet};
use milepost_signals::{Latest, Location, SignalStore, Value, id};
use milepost_types::{Address, Did, Timestamp};

use crate::{
    APPROXIMATE_NAME, approximate, approximate_need,
    geo::is_fix,
    visibility::{missing, visible_name},
};

/// Newest values of a vehicle, as far as the reader may see them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LatestView {
    /// Signals the reader may read, ordered by signal.
    pub signals: Vec<Latest>,
    /// Newest fix moved to the centre of its H3 cell, with its time, when the reader may see that.
    pub approximate: Option<(Timestamp, Location)>,
    /// Newest time of anything the reader may see. A reader of both histories also sees the times of fixes at
    /// (0, 0).
    pub last_seen: Option<Timestamp>,
}

/// Newest values from memory, of one source or of all.
#[must_use]
pub fn latest(
    store: &dyn SignalStore,
    subject: &Did,
    source: Option<Address>,
    permissions: PermissionSet,
) -> LatestView {
    let set = store.latest(subject, source);
    let sees_positions = approximate_need().is_met(permissions);
    let newest_fix = set
        .signals
        .iter()
        .find(|entry| entry.signal == id::CURRENT_LOCATION_COORDINATES);
    let approximate = newest_fix
        .filter(|_| sees_positions)
        .and_then(|entry| match &entry.value {
            Value::Location(fix) if is_fix(fix) => Some((entry.at, approximate(fix)?)),
            _ => None,
        });
    let visible = set
        .signals
        .into_iter()
        .filter(|entry| missing(entry.signal, permissions).is_none());
    let signals: Vec<Latest> = visible
        .filter(|entry| is_answerable(&entry.value))
        .collect();
    let everything = [Permission::NonLocationHistory, Permission::LocationHistory]
        .into_iter()
        .collect();
    let newest = signals
        .iter()
        .map(|entry| entry.at)
        .chain(approximate.map(|(at, _)| at))
        .max();
    let last_seen = if permissions.covers(everything) {
        set.last_seen
    } else {
        newest
    };
    LatestView {
        signals,
        approximate,
        last_seen,
    }
}

fn is_answerable(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_finite(),
        Value::Text(_) => true,
        Value::Location(fix) => is_fix(fix),
    }
}

/// Names of the signals that have a value the reader may ask for, ascending; each can be selected in
/// `signalsLatest`. From memory.
#[must_use]
pub fn available(
    store: &dyn SignalStore,
    subject: &Did,
    source: Option<Address>,
    permissions: PermissionSet,
) -> Vec<&'static str> {
    let set = store.latest(subject, source);
    let answerable = set
        .signals
        .iter()
        .filter(|entry| is_answerable(&entry.value));
    let mut names: Vec<&str> = answerable
        .filter_map(|entry| visible_name(entry.signal, permissions))
        .collect();
    names.sort_unstable();
    names
}

/// Name, time and value of everything newest the reader may see, ascending by name, the approximate position
/// among it. From memory.
#[must_use]
pub fn snapshot(view: &LatestView) -> Vec<(&'static str, Timestamp, Value)> {
    let exact = view
        .signals
        .iter()
        .map(|entry| (entry.signal.name(), entry.at, entry.value.clone()));
    let approximate = view
        .approximate
        .map(|(at, fix)| (APPROXIMATE_NAME, at, Value::Location(fix)));
    let mut all: Vec<_> = exact.chain(approximate).collect();
    all.sort_unstable_by_key(|(name, ..)| *name);
    all
}

#[cfg(test)]
mod tests;
