//! Log-in, token exchange and the re-check of every read.
//!
//! Three steps, each on facts of the chain's twin at a stated block. A developer licence logs in by signing a
//! challenge ([`AccessService::submit_challenge`]) and holds a developer token; the developer token is exchanged
//! for a short vehicle token that names the permissions the owner granted ([`AccessService::exchange`]); every
//! read checks the vehicle token and the chain again ([`AccessService::authorize_read`]), so a revoked licence,
//! a withdrawn grant or a sale ends reading with the next block the twin sees (D1-42, D1-43, D2-15).
//!
//! Guarantees: deny by default, and a read never sees more than the token and the chain both grant. Only RS256
//! tokens of our own keys are accepted. Unauthenticated callers cannot make this crate hold memory: challenges
//! are sealed into the `state` the client carries, and only states that were used with a good signature are
//! remembered, up to a bound. Signing keys survive a restart; open challenges do not, and the client asks for a
//! new one. Every decision is one line in the access log and one count with its reason.

mod audit;
mod cache;
mod challenge;
mod exchange;
mod grant;
mod keys;
mod login;
mod metrics;
mod random;
mod read;
mod request;
mod service;
mod settings;
mod subject;
mod token;
mod wallet;

pub use exchange::ExchangeError;
pub use grant::ReadGrant;
pub use jsonwebtoken::jwk::JwkSet;
pub use keys::{KeyError, Keys};
pub use login::{ChallengeRequest, ChallengeResponse, LoginError, SubmitRequest, TokenResponse};
pub use request::{CloudEventFilter, CloudEventRequest, ExchangeRequest};
pub use service::AccessService;
pub use settings::{AccessSettings, InvalidSetting};
pub use token::{DeveloperToken, TokenError, VehicleToken};
pub use wallet::{ContractCallError, ContractSignatures, sign_challenge};
