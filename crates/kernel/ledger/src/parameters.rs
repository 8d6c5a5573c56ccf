use alloy_primitives::U256;
use milepost_economics::{Key, Profile};

use crate::table::{Table, Undo};

/// The numbers of a profile with their floors: governance sets both, the team raises the value of a raisable key.
#[derive(Debug, Clone)]
pub struct Parameters {
    entries: Table<Key, (U256, U256)>,
}

impl Parameters {
    pub(crate) fn new(profile: &Profile) -> Self {
        let mut entries = Table::default();
        for (key, entry) in profile.entries() {
            entries.insert(key, (entry.value, entry.value));
        }
        entries.commit();
        Self { entries }
    }

    /// Value of a parameter, in the unit of its key.
    #[must_use]
    pub fn get(&self, key: Key) -> U256 {
        self.entries.copied(&key).0
    }

    /// A parameter that counts something; the bounds of the key table keep those below 2^64.
    #[must_use]
    pub fn number(&self, key: Key) -> u64 {
        self.get(key).saturating_to()
    }

    /// A flag.
    #[must_use]
    pub fn flag(&self, key: Key) -> bool {
        !self.get(key).is_zero()
    }

    pub(crate) fn floor(&self, key: Key) -> U256 {
        self.entries.copied(&key).1
    }

    pub(crate) fn raise(&mut self, key: Key, value: U256) {
        self.entries.update(&key, |entry| entry.0 = value);
    }

    pub(crate) fn set(&mut self, key: Key, value: U256) {
        self.entries.update(&key, |entry| *entry = (value, value));
    }
}

impl Undo for Parameters {
    fn commit(&mut self) {
        self.entries.commit();
    }

    fn rollback(&mut self) {
        self.entries.rollback();
    }
}
