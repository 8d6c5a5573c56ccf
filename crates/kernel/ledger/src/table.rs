//! State that can be put back: an action that is refused halfway leaves nothing behind.

use std::collections::BTreeMap;

/// A part of the state that remembers what an unfinished action changed.
pub(crate) trait Undo {
    /// Keeps the changes.
    fn commit(&mut self);
    /// Restores what was there before the action.
    fn rollback(&mut self);
}

/// A map with the old values of the entries that the running action touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table<K, V> {
    rows: BTreeMap<K, V>,
    undo: Vec<(K, Option<V>)>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self {
            rows: BTreeMap::new(),
            undo: Vec::new(),
        }
    }
}

impl<K: Ord + Copy, V: Clone> Table<K, V> {
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.rows.get(key)
    }

    pub(crate) fn contains(&self, key: &K) -> bool {
        self.rows.contains_key(key)
    }

    pub(crate) fn copied(&self, key: &K) -> V
    where
        V: Default,
    {
        self.rows.get(key).cloned().unwrap_or_default()
    }

    pub(crate) fn insert(&mut self, key: K, value: V) {
        let old = self.rows.insert(key, value);
        self.undo.push((key, old));
    }

    pub(crate) fn remove(&mut self, key: &K) {
        if let Some(old) = self.rows.remove(key) {
            self.undo.push((*key, Some(old)));
        }
    }

    /// Changes one entry in place. Does nothing when there is none.
    pub(crate) fn update<R>(&mut self, key: &K, change: impl FnOnce(&mut V) -> R) -> Option<R> {
        let row = self.rows.get_mut(key)?;
        self.undo.push((*key, Some(row.clone())));
        Some(change(row))
    }

    /// Changes one entry in place, starting from the default when there is none.
    pub(crate) fn entry<R>(&mut self, key: K, change: impl FnOnce(&mut V) -> R) -> R
    where
        V: Default,
    {
        let old = self.rows.get(&key).cloned();
        self.undo.push((key, old));
        change(self.rows.entry(key).or_default())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.rows.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }
}

impl<K: Ord + Copy, V: Clone> Undo for Table<K, V> {
    fn commit(&mut self) {
        self.undo.clear();
    }

    fn rollback(&mut self) {
        while let Some((key, old)) = self.undo.pop() {
            match old {
                Some(value) => self.rows.insert(key, value),
                None => self.rows.remove(&key),
            };
        }
    }
}

/// A single value with the one it had before the running action.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Slot<T> {
    now: T,
    before: Option<T>,
}

impl<T: Clone> Slot<T> {
    pub(crate) fn get(&self) -> T {
        self.now.clone()
    }

    pub(crate) const fn as_ref(&self) -> &T {
        &self.now
    }

    pub(crate) fn set(&mut self, value: T) {
        let before = std::mem::replace(&mut self.now, value);
        self.before.get_or_insert(before);
    }
}

impl<T: Clone> Undo for Slot<T> {
    fn commit(&mut self) {
        self.before = None;
    }

    fn rollback(&mut self) {
        if let Some(before) = self.before.take() {
            self.now = before;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rollback_restores_inserts_updates_and_removals_in_reverse() {
        let mut table = Table::default();
        table.insert(1, "a");
        table.commit();
        table.update(&1, |v| *v = "b");
        table.remove(&1);
        table.insert(1, "c");
        table.insert(2, "d");
        table.rollback();
        assert_eq!(table.iter().collect::<Vec<_>>(), [(&1, &"a")]);
        let mut slot = Slot::default();
        slot.set(1);
        slot.commit();
        slot.set(2);
        slot.set(3);
        slot.rollback();
        assert_eq!(slot.get(), 1);
    }
}
