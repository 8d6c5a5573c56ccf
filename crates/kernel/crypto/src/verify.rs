use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{Mutex, PoisonError},
};

use milepost_cloudevent::{Authenticity, CloudEvent, Data};
use milepost_types::{Address, B256, ChainId, keccak256};

use crate::{
    BatchProof, Signature, SignatureAttribute, SignatureError, SignedFields, event_digest,
    personal_hash,
};

/// Batch signatures remembered, count. One takes about 250 bytes, so 1 MiB in all; a batch is verified in one go,
/// so the number of requests in flight is what must fit.
const CACHE_ENTRIES: usize = 4096;

/// Checks device signatures for one chain. Shared between threads.
pub struct Verifier {
    chain: ChainId,
    legacy: bool,
    cache: BatchCache,
}

impl Verifier {
    /// A verifier for `chain` that also takes the deployed format.
    #[must_use]
    pub fn new(chain: ChainId) -> Self {
        Self {
            chain,
            legacy: true,
            cache: BatchCache::new(CACHE_ENTRIES),
        }
    }

    /// Refuses the deployed format, which covers `data` alone.
    #[must_use]
    pub fn without_legacy(mut self) -> Self {
        self.legacy = false;
        self
    }

    /// Chain whose events this verifier accepts.
    #[must_use]
    pub const fn chain(&self) -> ChainId {
        self.chain
    }

    /// Checks the signature of an event and says who made it and in which format.
    ///
    /// With `expected`, the key the twin holds for the device, success means that this key signed this content.
    /// Without it the returned address is whatever the signature gives for this content and proves nothing until
    /// it is compared; a legacy signature is then read as made without a personal-message prefix.
    ///
    /// # Errors
    /// [`SignatureError`] naming the part that is wrong.
    pub fn verify(
        &self,
        event: &SignedFields<'_>,
        expected: Option<Address>,
    ) -> Result<(Address, Authenticity), SignatureError> {
        let text = event.signature.ok_or(SignatureError::Missing)?;
        let (found, authenticity) = match text.parse()? {
            SignatureAttribute::Event(signature) => (
                signature.recover(event_digest(self.chain, event)?)?,
                Authenticity::Device,
            ),
            SignatureAttribute::Batch(proof) => (
                self.recover_batch(event, &proof)?,
                Authenticity::DeviceBatch,
            ),
            SignatureAttribute::Legacy(signature) => (
                self.recover_legacy(event.data, &signature, expected)?,
                Authenticity::Legacy,
            ),
        };
        match expected {
            Some(expected) if expected != found => {
                Err(SignatureError::OtherSigner { expected, found })
            }
            _ => Ok((found, authenticity)),
        }
    }

    /// Checks a stored event again. The store keeps the admitted source and not whether the device wrote it into
    /// the event, so both are tried; each is something only the device could have signed.
    ///
    /// # Errors
    /// [`SignatureError`] naming the part that is wrong.
    pub fn verify_stored(
        &self,
        event: &CloudEvent,
        expected: Address,
    ) -> Result<(Address, Authenticity), SignatureError> {
        let mut fields = SignedFields::from(event);
        let claimed = self.verify(&fields, Some(expected));
        if matches!(
            claimed,
            Err(SignatureError::OtherSigner { .. } | SignatureError::Unrecoverable)
        ) {
            fields.source = None;
            return self.verify(&fields, Some(expected)).or(claimed);
        }
        claimed
    }

    fn recover_batch(
        &self,
        event: &SignedFields<'_>,
        proof: &BatchProof,
    ) -> Result<Address, SignatureError> {
        let root = proof.root_digest(self.chain, event_digest(self.chain, event)?)?;
        self.cache.get_or_recover(root, &proof.signature)
    }

    fn recover_legacy(
        &self,
        data: &Data,
        signature: &Signature,
        expected: Option<Address>,
    ) -> Result<Address, SignatureError> {
        if !self.legacy {
            return Err(SignatureError::LegacyRefused);
        }
        if *data == Data::None {
            return Err(SignatureError::LegacyWithoutData);
        }
        let bytes = data.wire_bytes();
        let plain = signature.recover(keccak256(bytes));
        match (&plain, expected) {
            (Ok(found), Some(expected)) if *found == expected => plain,
            (_, None) => plain,
            // Attestations and some connections sign the payload as a personal message.
            (_, Some(expected)) => match signature.recover(personal_hash(bytes)) {
                Ok(found) if found == expected => Ok(found),
                _ => plain,
            },
        }
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("chain", &self.chain)
            .field("legacy", &self.legacy)
            .finish_non_exhaustive()
    }
}

/// Recovered signers of batch roots, so that a batch costs one recovery. The oldest entry leaves first.
struct BatchCache {
    entries_max: usize,
    state: Mutex<CacheState>,
}

#[derive(Default)]
struct CacheState {
    known: HashMap<(B256, [u8; 65]), Address>,
    order: VecDeque<(B256, [u8; 65])>,
}

impl BatchCache {
    fn new(entries_max: usize) -> Self {
        Self {
            entries_max,
            state: Mutex::default(),
        }
    }

    fn get_or_recover(&self, root: B256, signature: &Signature) -> Result<Address, SignatureError> {
        let key = (root, signature.to_bytes());
        if let Some(found) = self.lock().known.get(&key) {
            return Ok(*found);
        }
        // Outside the lock: two threads may both recover the first event of a batch, none waits 60 µs for another.
        let address = signature.recover(root)?;
        let mut state = self.lock();
        if state.known.insert(key, address).is_none() {
            state.order.push_back(key);
            if state.order.len() > self.entries_max
                && let Some(oldest) = state.order.pop_front()
            {
                state.known.remove(&oldest);
            }
        }
        Ok(address)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, CacheState> {
        // Both collections are complete between any two statements that can panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
