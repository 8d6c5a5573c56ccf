use std::collections::BTreeMap;
use std::sync::Arc;

use alloy_primitives::U256;
use milepost_economics::{Key, ParameterSource, Profile};

use crate::table::{Slot, Table, Undo};

/// The numbers in force at some time. Cases and sales keep the ones they began with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snapshot(Arc<BTreeMap<Key, U256>>);

impl ParameterSource for Snapshot {
    fn get(&self, key: Key) -> U256 {
        self.0.get(&key).copied().unwrap_or_default()
    }
}

/// The numbers of a profile with their floors: governance sets both, the team raises the value of a raisable key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters {
    values: Slot<Snapshot>,
    floors: Table<Key, U256>,
}

impl ParameterSource for Parameters {
    fn get(&self, key: Key) -> U256 {
        self.values.as_ref().get(key)
    }
}

impl Parameters {
    pub(crate) fn new(profile: &Profile) -> Self {
        let numbers: BTreeMap<Key, U256> = profile
            .entries()
            .map(|(key, entry)| (key, entry.value))
            .collect();
        let mut floors = Table::default();
        for (key, value) in &numbers {
            floors.insert(*key, *value);
        }
        floors.commit();
        let mut values = Slot::default();
        values.set(Snapshot(Arc::new(numbers)));
        values.commit();
        Self { values, floors }
    }

    /// The numbers now, to keep.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.values.get()
    }

    pub(crate) fn floor(&self, key: Key) -> U256 {
        self.floors.copied(&key)
    }

    pub(crate) fn raise(&mut self, key: Key, value: U256) {
        let mut numbers = (*self.values.as_ref().0).clone();
        numbers.insert(key, value);
        self.values.set(Snapshot(Arc::new(numbers)));
    }

    pub(crate) fn set(&mut self, key: Key, value: U256) {
        self.raise(key, value);
        self.floors.insert(key, value);
    }
}

impl Undo for Parameters {
    fn commit(&mut self) {
        self.values.commit();
        self.floors.commit();
    }

    fn rollback(&mut self) {
        self.values.rollback();
        self.floors.rollback();
    }
}
