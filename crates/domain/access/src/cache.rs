//! Remembers what was already verified, within a bound.

use std::hash::Hash;

use hashbrown::HashMap;
use milepost_types::Timestamp;
use parking_lot::Mutex;

use crate::token::VehicleToken;

/// SHA-256 of a whole bearer token.
pub(crate) type TokenHash = [u8; 32];

/// Vehicle tokens whose signature, issuer and audience were good. Times are checked at every use, not here.
///
/// Two generations of half the bound each: what was not asked for during a whole generation goes. Tokens
/// themselves are not kept, only their hash.
#[derive(Debug)]
pub(crate) struct TokenCache {
    entries_half: usize,
    generations: Mutex<Generations>,
}

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<TokenHash, VehicleToken>,
    old: HashMap<TokenHash, VehicleToken>,
}

impl TokenCache {
    pub(crate) fn new(entries_max: usize) -> Self {
        Self {
            entries_half: (entries_max / 2).max(1),
            generations: Mutex::default(),
        }
    }

    pub(crate) fn get(&self, hash: &TokenHash) -> Option<VehicleToken> {
        let mut generations = self.generations.lock();
        if let Some(token) = generations.young.get(hash) {
            return Some(token.clone());
        }
        let token = generations.old.remove(hash)?;
        self.insert(&mut generations, *hash, token.clone());
        Some(token)
    }

    pub(crate) fn put(&self, hash: TokenHash, token: VehicleToken) {
        self.insert(&mut self.generations.lock(), hash, token);
    }

    fn insert(&self, generations: &mut Generations, hash: TokenHash, token: VehicleToken) {
        if generations.young.len() >= self.entries_half {
            generations.old = std::mem::take(&mut generations.young);
        }
        generations.young.insert(hash, token);
    }
}

/// Keys that may be used once, remembered until they expire.
#[derive(Debug)]
pub(crate) struct UsedOnce<K> {
    entries_max: usize,
    until: Mutex<HashMap<K, Timestamp>>,
}

/// What became of a first or second use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// First use, now remembered.
    First,
    /// Used before.
    Again,
    /// The bound is reached with keys that have not expired.
    Full,
}

impl<K: Eq + Hash> UsedOnce<K> {
    pub(crate) fn new(entries_max: usize) -> Self {
        Self {
            entries_max,
            until: Mutex::default(),
        }
    }

    /// Marks `key` as used; it is forgotten at `expires_at`, after which the caller refuses it by its age.
    pub(crate) fn mark(&self, key: K, expires_at: Timestamp, now: Timestamp) -> Use {
        let mut until = self.until.lock();
        if until.contains_key(&key) {
            return Use::Again;
        }
        if until.len() >= self.entries_max {
            until.retain(|_, expires_at| *expires_at > now);
            if until.len() >= self.entries_max {
                return Use::Full;
            }
        }
        until.insert(key, expires_at);
        Use::First
    }
}

#[cfg(test)]
mod tests {
    use milepost_policy::PermissionSet;
    use milepost_types::{Address, ChainId, Did};

    use super::*;

    fn at(secs: u64) -> Timestamp {
        Timestamp::from_secs_saturating(secs)
    }

    fn token(n: u8) -> (TokenHash, VehicleToken) {
        let token = VehicleToken {
            client_id: Address::repeat_byte(n),
            asset: Did::ethr(ChainId(1), Address::repeat_byte(n)),
            permissions: PermissionSet::ALL,
            grant_version: 0,
            block: 0,
            not_before: at(0),
            expires_at: at(10),
            jti: "t".into(),
        };
        ([n; 32], token)
    }

    #[test]
    fn the_cache_keeps_what_is_used_and_never_exceeds_its_bound() {
        let cache = TokenCache::new(8);
        for n in 0..100 {
            let (hash, entry) = token(n);
            cache.put(hash, entry);
            assert!(
                cache.get(&token(0).0).is_some(),
                "asked for after every insert, so never dropped"
            );
            let generations = cache.generations.lock();
            assert!(generations.young.len() + generations.old.len() <= 8);
        }
        assert!(cache.get(&token(50).0).is_none());
    }

    #[test]
    fn a_key_is_used_once_and_room_comes_back_with_expiry() {
        let used = UsedOnce::new(2);
        assert_eq!(used.mark("a", at(10), at(0)), Use::First);
        assert_eq!(used.mark("a", at(10), at(1)), Use::Again);
        assert_eq!(used.mark("b", at(20), at(1)), Use::First);
        assert_eq!(used.mark("c", at(20), at(2)), Use::Full);
        assert_eq!(used.mark("c", at(20), at(10)), Use::First, "a has expired");
    }
}
