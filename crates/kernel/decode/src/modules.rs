//! The payload formats there are decoders for. A new format is a file beside `default.rs` and a line in `MODULES`.

use milepost_cloudevent::Header;
use milepost_types::Timestamp;

use crate::{Decoded, default};

/// A payload format.
pub(crate) struct Module {
    /// Whether an event with this header is in this format.
    pub(crate) claims: fn(&Header) -> bool,
    /// Decodes the bytes of `data`, given when the node received them.
    pub(crate) decode: fn(&[u8], Timestamp) -> Decoded,
}

/// Asked in this order; the default format takes what no other format claims.
const MODULES: [Module; 1] = [default::MODULE];

/// Formats of known hardware and vehicle makers that would otherwise be misread as the default format.
const WITHOUT_DECODER: [&str; 3] = ["r/v0/", "fleet_api/", "fleet_telemetry/"];

pub(crate) fn choose(header: &Header) -> Option<&'static Module> {
    const LIST: &[Module] = &MODULES;
    LIST.iter().find(|module| (module.claims)(header))
}

/// `dataversion` of the default format is a convention that many senders do not keep, so any value but a known
/// other format counts as default.
pub(crate) fn claims_default(header: &Header) -> bool {
    let version = header.data_version.as_deref().unwrap_or_default();
    !WITHOUT_DECODER
        .iter()
        .any(|prefix| version.starts_with(prefix))
}
