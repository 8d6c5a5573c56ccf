//! The default format: an object with `signals`, `events` and `vin`, all optional.
//!
//! Rules, beyond each item's own:
//! - Two signals of one name and time in a payload: the last one counts. Equal repeats vanish; a repeat that differs
//!   is reported.
//! - `currentLocationLatitude`, `currentLocationLongitude` and `dimoAftermarketHDOP` are no signals any more; halves
//!   within 500 ms become one `currentLocationCoordinates`, which a position sent as such for that time overrides.
//! - Values outside a signal's stated range are kept as sent; a position outside the globe is refused, one at (0, 0)
//!   is kept and left out by readers.
//! - The decoded wire form (`valueNumber`, `valueString`, `valueLocation` in place of `value`) is read too.

mod event;
mod halves;
mod signal;
#[cfg(test)]
mod tests;

use milepost_types::Timestamp;

use crate::{
    DecodeError, Decoded, MAX_EVENTS, MAX_SIGNALS, fields,
    modules::{self, Module},
    vin::valid_vin,
};

pub(crate) const MODULE: Module = Module {
    claims: modules::claims_default,
    decode,
};

fn decode(data: &[u8], received_at: Timestamp) -> Decoded {
    let json = match std::str::from_utf8(data) {
        Ok(json) => json,
        Err(error) => {
            return Decoded::refused(format!("not UTF-8 from byte {}", error.valid_up_to()));
        }
    };
    let [signals, events, vin] = match fields::object(json, &["signals", "events", "vin"]) {
        Ok(found) => found,
        Err(error) => return Decoded::refused(format!("not a JSON object: {error}")),
    };
    if signals.is_none() && events.is_none() && vin.is_none() {
        return Decoded::refused("nothing to decode: none of signals, events and vin is there");
    }
    let mut errors = Vec::new();
    let signals = signals
        .map(|json| signal::all(json, received_at, &mut errors))
        .unwrap_or_default();
    let events = events
        .map(|json| event::all(json, received_at, &mut errors))
        .unwrap_or_default();
    if let Some(reason) = vin.and_then(vin_error) {
        errors.push(DecodeError {
            path: "vin".to_owned(),
            name: None,
            reason: reason.to_owned(),
        });
    }
    Decoded {
        signals,
        events,
        errors,
    }
}

/// What is wrong with the VIN; the VIN itself identifies a person and stays out of messages.
fn vin_error(json: &str) -> Option<&'static str> {
    match fields::text(json) {
        Ok(vin) if valid_vin(&vin) => None,
        Ok(_) => Some("neither a 17-character VIN nor a Japanese chassis number"),
        Err(reason) => Some(reason),
    }
}

/// Reports an array that is none, and one that is longer than the limit.
fn report_array(
    field: &str,
    limit: usize,
    result: Result<usize, serde_json::Error>,
    errors: &mut Vec<DecodeError>,
) {
    let reason = match result {
        Ok(0) => return,
        Ok(beyond) => {
            format!("{beyond} items beyond the limit of {limit} per payload were not decoded")
        }
        Err(error) => format!("not a JSON array: {error}"),
    };
    errors.push(DecodeError {
        path: field.to_owned(),
        name: None,
        reason,
    });
}

const _: () = assert!(MAX_SIGNALS < u32::MAX as usize && MAX_EVENTS < MAX_SIGNALS);
