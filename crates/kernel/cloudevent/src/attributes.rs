//! First stage of parsing: the attributes of one JSON object as raw text, bounded, with no opinion on types.
//!
//! Taking every value as raw text means that one event of wrong types cannot fail the array it came in.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::{BodyLimits, FieldError};

/// Fifteen attributes are defined; the rest leaves room for extensions and bounds the search for duplicates.
const ATTRIBUTES_MAX: usize = 64;
/// An upper bound for collecting, whatever the caller's limit is: nobody needs more header than this.
const COLLECTED_BYTES_MAX: usize = 64 << 10;

/// Attributes of one event, names decoded, values as sent.
#[derive(Debug, Default)]
pub(crate) struct RawEvent<'a> {
    pairs: Vec<(Cow<'a, str>, &'a RawValue)>,
    header_bytes: usize,
    fault: Option<Fault>,
}

#[derive(Debug)]
enum Fault {
    NotObject(&'static str),
    TooManyAttributes,
    HeaderTooLarge,
    Duplicate(String),
}

fn is_payload(name: &str) -> bool {
    matches!(name, "data" | "data_base64")
}

impl<'a> RawEvent<'a> {
    /// The attributes, or the reason why there are none to speak of.
    pub(crate) fn into_pairs(
        self,
        limits: &BodyLimits,
    ) -> Result<Vec<(Cow<'a, str>, &'a RawValue)>, FieldError> {
        match self.fault {
            Some(Fault::NotObject(found)) => {
                return Err(FieldError::new(
                    "event",
                    format!("must be a JSON object, found {found}"),
                ));
            }
            Some(Fault::TooManyAttributes) => {
                return Err(FieldError::new("event", "has too many attributes")
                    .with_limit(format!("{ATTRIBUTES_MAX}")));
            }
            Some(Fault::Duplicate(name)) => {
                return Err(FieldError::new(name, "is given more than once"));
            }
            Some(Fault::HeaderTooLarge) | None => {}
        }
        let max = limits.header_bytes_max.min(COLLECTED_BYTES_MAX);
        if self.fault.is_some() || self.header_bytes > max {
            let error = FieldError::new("event", "attributes other than the payload are too large");
            return Err(error.with_limit(format!("{max} bytes")));
        }
        Ok(self.pairs)
    }

    fn not_object(found: &'static str) -> Self {
        Self {
            fault: Some(Fault::NotObject(found)),
            ..Self::default()
        }
    }

    fn push(&mut self, name: Cow<'a, str>, value: &'a RawValue) {
        if !is_payload(&name) {
            // Two quotes, a colon and a comma; white space between tokens is free.
            self.header_bytes += name.len() + value.get().len() + 4;
        }
        if self.header_bytes > COLLECTED_BYTES_MAX {
            self.fault = Some(Fault::HeaderTooLarge);
        } else if self.pairs.len() == ATTRIBUTES_MAX {
            self.fault = Some(Fault::TooManyAttributes);
        } else if self.pairs.iter().any(|(known, _)| *known == name) {
            self.fault = Some(Fault::Duplicate(name.chars().take(64).collect()));
        } else {
            self.pairs.push((name, value));
        }
    }
}

impl<'de> Deserialize<'de> for RawEvent<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EventVisitor)
    }
}

struct EventVisitor;

impl<'de> Visitor<'de> for EventVisitor {
    type Value = RawEvent<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a CloudEvent")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut event = RawEvent {
            pairs: Vec::with_capacity(16),
            ..RawEvent::default()
        };
        while event.fault.is_none() {
            let Some(Name(name)) = map.next_key()? else {
                return Ok(event);
            };
            event.push(name, map.next_value()?);
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(event)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(RawEvent::not_object("an array"))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(RawEvent::not_object("a boolean"))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(RawEvent::not_object("a number"))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(RawEvent::not_object("a number"))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(RawEvent::not_object("a number"))
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(RawEvent::not_object("a string"))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(RawEvent::not_object("null"))
    }
}

/// An attribute name, borrowed unless it was escaped.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;

        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an attribute name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_str(NameVisitor)
    }
}

/// Name of the JSON type of a raw value.
pub(crate) fn type_name(raw: &str) -> &'static str {
    match raw.as_bytes().first() {
        Some(b'"') => "a string",
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}

/// Whether arrays and objects of a valid JSON text are nested deeper than `max`.
pub(crate) fn deeper_than(json: &str, max: usize) -> bool {
    // Most payloads have fewer brackets than the bound, and counting them is far cheaper than tracking strings.
    if json.bytes().filter(|b| matches!(b, b'{' | b'[')).count() <= max {
        return false;
    }
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    for byte in json.bytes() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => {
                depth += 1;
                if depth > max {
                    return true;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}
