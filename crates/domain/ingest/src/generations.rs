//! A map with a bound: two generations, of which the older one is forgotten whole.

use std::hash::Hash;

use hashbrown::HashMap;

/// Remembers at least the newest half of its bound and at most all of it. Insertion and look-up are constant time;
/// no entry is moved, so nothing is paid for order.
#[derive(Debug)]
pub(crate) struct Generations<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    generation_max: usize,
}

impl<K: Hash + Eq, V> Generations<K, V> {
    pub(crate) fn new(entries_max: usize) -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            generation_max: (entries_max / 2).max(1),
        }
    }

    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.young.get(key).or_else(|| self.old.get(key))
    }

    pub(crate) fn insert(&mut self, key: K, value: V) {
        if self.young.len() >= self.generation_max && !self.young.contains_key(&key) {
            self.turn();
        }
        self.young.insert(key, value);
    }

    /// The entry in the young generation, taken over from the old one or made by `new`.
    pub(crate) fn entry(&mut self, key: K, new: impl FnOnce() -> V) -> &mut V {
        if !self.young.contains_key(&key) {
            let value = self.old.remove(&key).unwrap_or_else(new);
            if self.young.len() >= self.generation_max {
                self.turn();
            }
            return self.young.entry(key).or_insert(value);
        }
        self.young.entry(key).or_insert_with(new)
    }

    pub(crate) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }

    /// The tables swap places, so that the next generation grows into memory that is already there.
    fn turn(&mut self) {
        std::mem::swap(&mut self.young, &mut self.old);
        self.young.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_half_is_always_known_and_the_bound_holds() {
        let mut map = Generations::new(100);
        for n in 0..1000u32 {
            map.insert(n, n);
            assert!(map.len() <= 100);
            for recent in n.saturating_sub(49)..=n {
                assert_eq!(map.get(&recent), Some(&recent));
            }
        }
        assert_eq!(map.get(&0), None);
    }

    #[test]
    fn an_entry_in_use_is_not_forgotten() {
        let mut map = Generations::new(10);
        for n in 0..100u32 {
            *map.entry(7, || 0) += 1;
            map.entry(1000 + n, || 0);
            assert!(map.len() <= 10);
        }
        assert_eq!(map.get(&7), Some(&100));
    }
}
