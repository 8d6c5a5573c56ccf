use std::{collections::BTreeMap, sync::Arc};

use milepost_policy::{Permission, PermissionSet};
use milepost_signals::{Extent, SignalStore};
use milepost_types::{Address, Did, Timestamp};

use crate::{QueryError, visibility::visible_name};

/// How much is stored of a vehicle, as far as the reader may know.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SummaryView {
    /// Points of all visible signals together.
    pub number_of_signals: u64,
    /// Earliest time of a visible signal or event.
    pub first_seen: Option<Timestamp>,
    /// Latest time of a visible signal or event.
    pub last_seen: Option<Timestamp>,
    /// Signals by visible name, ascending.
    pub signals: Vec<Extent<&'static str>>,
    /// Events by name, ascending; empty unless the reader holds both histories, as `events` itself asks.
    pub events: Vec<Extent<Arc<str>>>,
}

/// What is stored of `subject`. `source` narrows the signals only; events are always of all sources, as in the
/// deployed API. May read disk.
///
/// # Errors
/// [`QueryError::Store`].
pub fn summary(
    store: &dyn SignalStore,
    subject: &Did,
    source: Option<Address>,
    permissions: PermissionSet,
) -> Result<SummaryView, QueryError> {
    let sees_events = [Permission::NonLocationHistory, Permission::LocationHistory]
        .into_iter()
        .collect();
    let stored = store.summary(subject, source)?;
    let mut events = match (permissions.covers(sees_events), source) {
        (false, _) => Vec::new(),
        (true, None) => stored.events,
        (true, Some(_)) => store.summary(subject, None)?.events,
    };
    events.retain(|extent| extent.count > 0);
    events.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    let named = stored
        .signals
        .into_iter()
        .filter(|extent| extent.count > 0)
        .filter_map(|extent| {
            let name = visible_name(extent.name, permissions)?;
            Some((
                name,
                Extent {
                    name,
                    count: extent.count,
                    first_seen: extent.first_seen,
                    last_seen: extent.last_seen,
                },
            ))
        });
    let signals: Vec<Extent<&'static str>> =
        named.collect::<BTreeMap<_, _>>().into_values().collect();
    let first = signals
        .iter()
        .map(|e| e.first_seen)
        .chain(events.iter().map(|e| e.first_seen))
        .min();
    let last = signals
        .iter()
        .map(|e| e.last_seen)
        .chain(events.iter().map(|e| e.last_seen))
        .max();
    Ok(SummaryView {
        number_of_signals: signals.iter().map(|extent| extent.count).sum(),
        first_seen: first,
        last_seen: last,
        signals,
        events,
    })
}

#[cfg(test)]
mod tests;
