use std::sync::Arc;

use jsonwebtoken::jwk::JwkSet;
use milepost_policy::TwinView;
use milepost_types::Timestamp;
use tokio::sync::Semaphore;

use crate::{
    AccessSettings, ContractSignatures, InvalidSetting, KeyError, Keys,
    cache::{TokenCache, UsedOnce},
    challenge::Sealer,
};

/// Decides who reads. Shared by every API of the node; all methods take `now`, none reads a clock.
#[derive(Debug)]
pub struct AccessService {
    pub(crate) settings: AccessSettings,
    pub(crate) view: Arc<dyn TwinView>,
    pub(crate) keys: Keys,
    pub(crate) contracts: Arc<dyn ContractSignatures>,
    pub(crate) contract_checks: Semaphore,
    pub(crate) sealer: Sealer,
    pub(crate) used_nonces: UsedOnce<String>,
    pub(crate) verified: TokenCache,
}

impl AccessService {
    /// Puts the parts together.
    ///
    /// # Errors
    /// [`InvalidSetting`] naming the setting out of its limits.
    pub fn new(
        settings: AccessSettings,
        view: Arc<dyn TwinView>,
        keys: Keys,
        contracts: Arc<dyn ContractSignatures>,
    ) -> Result<Self, InvalidSetting> {
        settings.check()?;
        Ok(Self {
            contract_checks: Semaphore::new(settings.contract_checks_max),
            sealer: Sealer::new(),
            used_nonces: UsedOnce::new(settings.used_states_max),
            verified: TokenCache::new(settings.token_cache_entries),
            settings,
            view,
            keys,
            contracts,
        })
    }

    /// `iss` of our tokens.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// Public keys of our tokens.
    #[must_use]
    pub fn jwks(&self) -> JwkSet {
        self.keys.jwks()
    }

    /// Makes a new signing key; older ones verify until the last token they signed has ended. Returns its id.
    /// Generates an RSA key and writes a file: run it off the reactor.
    ///
    /// # Errors
    /// [`KeyError`] when the key directory cannot be written.
    pub fn rotate_keys(&self, now: Timestamp) -> Result<String, KeyError> {
        let longest_secs = self
            .settings
            .developer_token_secs
            .max(self.settings.vehicle_token_secs);
        self.keys.rotate(now, longest_secs)
    }
}
