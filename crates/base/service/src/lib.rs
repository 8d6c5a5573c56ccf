//! What every service of the node shares: settings, logging and metrics, ordered shutdown, secret files.
//!
//! Guarantees: settings fail at start, never later; unknown keys are errors; [`Shutdown`] stops stages in the
//! reverse of the order they were added, each waited for before the next, so that nothing upstream outlives
//! what it writes to; secret files are created with mode 0600 and their content never reaches a log.

mod secret;
mod settings;
mod shutdown;
mod telemetry;

pub use secret::{Secret, SecretError};
pub use settings::{SettingsError, load};
pub use shutdown::{Shutdown, stop_on_signal};
pub use telemetry::{LogFormat, Metrics, TelemetryError, init};
