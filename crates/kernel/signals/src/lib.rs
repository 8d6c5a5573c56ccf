//! The signal catalogue (VSS names, units, privileges) and what reading decoded signals looks like.
//!
//! The catalogue is data: `catalogue/*.csv`, turned into code by `cargo xtask generate`. Ids are permanent, so they
//! may be stored; names are what payloads and APIs use.

mod catalogue;
#[rustfmt::skip]
mod generated;
mod store;

pub use catalogue::{DataType, EventDef, Privilege, SignalDef, ValueKind, event_by_name, events};
pub use generated::id;
pub use store::{
    Extent, Latest, LatestSet, Location, Points, RangeQuery, SignalStore, StoreError, Summary,
    Value,
};

/// Index of a signal in the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignalId(pub u16);
