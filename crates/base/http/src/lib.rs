//! How every HTTP surface of the node is served, refused and called.
//!
//! Guarantees: TLS 1.2 or newer whenever a [`ServerTls`] is given (D1-38); at most
//! [`Limits::connections_max`] connections, further ones wait in the kernel's accept queue (that is the
//! back-pressure); slow request headers are cut off; on shutdown open requests finish, up to
//! [`Limits::drain`]. Certificates of clients are verified here and nowhere else; handlers see
//! [`PeerIdentity`] only.

mod client;
mod pki;
mod problem;
mod routes;
mod server;

pub use client::{ClientOptions, client};
pub use pki::{Authority, Identity, PkiError};
pub use problem::Problem;
pub use routes::{RouteRule, routes_without_rule};
pub use server::{Limits, PeerIdentity, ServerTls, ServerTlsError, serve};
