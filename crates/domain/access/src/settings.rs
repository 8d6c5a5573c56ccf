use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::Url;

/// Settings of log-in, exchange and read checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccessSettings {
    /// `iss` of every token: the URL under which the access API is reached, without a trailing slash.
    pub issuer: String,
    /// Audience a vehicle token must carry to be read with here, and carries when the client asks for none.
    pub audience: String,
    /// Life of a challenge, seconds.
    pub challenge_secs: u64,
    /// Life of a developer token, seconds. Licence and signer are checked again at each exchange.
    pub developer_token_secs: u64,
    /// Life of a vehicle token, seconds; at most 600.
    pub vehicle_token_secs: u64,
    /// Verified vehicle tokens remembered so that repeated reads skip the signature check.
    pub token_cache_entries: usize,
    /// Used challenges remembered until they expire; log-ins beyond are refused until some do.
    pub used_states_max: usize,
    /// Contract signature checks (one `eth_call` each) in flight; further log-ins of that kind are refused.
    pub contract_checks_max: usize,
}

impl Default for AccessSettings {
    fn default() -> Self {
        Self {
            issuer: "http://127.0.0.1:8080".to_owned(),
            audience: "dimo.zone".to_owned(),
            challenge_secs: 600,
            // As deployed, so that clients which keep a token for a day go on working.
            developer_token_secs: 86_400,
            vehicle_token_secs: VEHICLE_TOKEN_SECS_MAX,
            // About 400 B each, 6 MB in all; one token lives ten minutes, so this serves 27 new tokens a second.
            token_cache_entries: 16_384,
            // A log-in each 10 ms for the ten minutes of a challenge.
            used_states_max: 65_536,
            contract_checks_max: 16,
        }
    }
}

/// Ten minutes: how long another service that only checks our signature may go on after a withdrawal.
const VEHICLE_TOKEN_SECS_MAX: u64 = 600;

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("access setting '{field}' {problem}")]
pub struct InvalidSetting {
    /// The setting.
    pub field: &'static str,
    /// What is wrong and what is allowed.
    pub problem: &'static str,
}

impl AccessSettings {
    /// Checks the values.
    ///
    /// # Errors
    /// [`InvalidSetting`] for the first field out of its limits.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        let is_url = Url::parse(&self.issuer).is_ok_and(|url| url.has_host());
        let rules = [
            (
                is_url && !self.issuer.ends_with('/'),
                "issuer",
                "must be a URL with a host and no trailing slash",
            ),
            (!self.audience.is_empty(), "audience", "must not be empty"),
            (
                (30..=3_600).contains(&self.challenge_secs),
                "challenge_secs",
                "must be 30 to 3600",
            ),
            (
                (60..=86_400).contains(&self.developer_token_secs),
                "developer_token_secs",
                "must be 60 to 86400",
            ),
            (
                (1..=VEHICLE_TOKEN_SECS_MAX).contains(&self.vehicle_token_secs),
                "vehicle_token_secs",
                "must be 1 to 600",
            ),
            (
                (2..=1 << 22).contains(&self.token_cache_entries),
                "token_cache_entries",
                "must be 2 to 4194304",
            ),
            (
                (1..=1 << 22).contains(&self.used_states_max),
                "used_states_max",
                "must be 1 to 4194304",
            ),
            (
                (1..=1_024).contains(&self.contract_checks_max),
                "contract_checks_max",
                "must be 1 to 1024",
            ),
        ];
        match rules.into_iter().find(|(good, ..)| !good) {
            None => Ok(()),
            Some((_, field, problem)) => Err(InvalidSetting { field, problem }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vehicle_token_cannot_be_set_to_live_longer_than_ten_minutes() {
        assert_eq!(AccessSettings::default().check(), Ok(()));
        let long = AccessSettings {
            vehicle_token_secs: 601,
            ..AccessSettings::default()
        };
        assert_eq!(
            long.check().unwrap_err().to_string(),
            "access setting 'vehicle_token_secs' must be 1 to 600"
        );
        let slash = AccessSettings {
            issuer: "https://auth.example/".to_owned(),
            ..AccessSettings::default()
        };
        assert_eq!(slash.check().unwrap_err().field, "issuer");
    }
}
