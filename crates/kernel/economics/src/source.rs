use milepost_types::{U256, Wei};

use crate::Key;

/// Where the rules read their numbers: a [`crate::Profile`], or parameters that governance and team have moved since.
///
/// Values must be within the bounds of the key table and fulfil the consistency rules, as [`crate::Profile`] and the
/// contract guarantee; the rules rely on it instead of checking again.
pub trait ParameterSource {
    /// The integer of a parameter, in the unit of its key.
    fn get(&self, key: Key) -> U256;

    /// A parameter in wei.
    fn wei(&self, key: Key) -> Wei {
        Wei(self.get(key))
    }

    /// A parameter that counts something: all but amounts are below 2⁶⁴ by their bounds.
    fn number(&self, key: Key) -> u64 {
        self.get(key).saturating_to()
    }

    /// A flag.
    fn flag(&self, key: Key) -> bool {
        !self.get(key).is_zero()
    }
}

impl ParameterSource for crate::Profile {
    fn get(&self, key: Key) -> U256 {
        Self::get(self, key)
    }
}
