use serde::de::{DeserializeSeed, SeqAccess, Visitor};
use thiserror::Error;

use crate::{FieldError, Incoming, attributes::RawEvent};

/// Bounds on one request body. The size of the body itself is bounded by whoever reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyLimits {
    /// Events in one request, count.
    pub events_max: usize,
    /// Attributes of one event without the payload, bytes of JSON; never more than 64 KiB.
    pub header_bytes_max: usize,
    /// Payload of one event, bytes: of the JSON text, or after base64 decoding.
    pub data_bytes_max: usize,
    /// Arrays and objects inside each other in a payload; JSON readers downstream stop at 128.
    pub data_nesting_max: usize,
}

impl Default for BodyLimits {
    /// 1000 events, 8 KiB header and 1 MiB payload each, nesting 64.
    fn default() -> Self {
        Self {
            events_max: 1000,
            header_bytes_max: 8 << 10,
            data_bytes_max: 1 << 20,
            data_nesting_max: 64,
        }
    }
}

/// Why a body holds no events at all. An event that is wrong inside a readable body is a [`FieldError`] instead.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BodyError {
    /// Nothing but white space, or an empty array.
    #[error("body holds no events")]
    Empty,
    /// Not UTF-8.
    #[error("body is not UTF-8: first wrong byte at offset {offset}")]
    Utf8 {
        /// Where the first wrong byte is.
        offset: usize,
    },
    /// Not JSON.
    #[error("body is not JSON: {reason}")]
    Syntax {
        /// What is wrong, with line and column.
        reason: String,
    },
    /// A JSON value that is neither an object nor an array.
    #[error("body must be one CloudEvent, a JSON array of them, or one per line")]
    Shape,
    /// More events than allowed.
    #[error("body holds too many events (limit: {max})")]
    TooMany {
        /// The limit.
        max: usize,
    },
}

impl From<serde_json::Error> for BodyError {
    fn from(error: serde_json::Error) -> Self {
        Self::Syntax {
            reason: error.to_string(),
        }
    }
}

/// Reads the events of one request body: a single object, a JSON array, or one event per line.
///
/// One per line is assumed for `application/x-ndjson` (also `application/ndjson` and `application/jsonl`), and
/// found out when a second value follows the first on another line. There every line stands for itself; a line
/// that is no JSON is one wrong event. In an array a syntax error spoils the body, since what follows cannot be
/// told apart.
///
/// # Errors
/// [`BodyError`] when no event can be told from the body; wrong events are the inner errors, in order.
pub fn parse_body(
    body: &[u8],
    content_type: Option<&str>,
    limits: &BodyLimits,
) -> Result<Vec<Result<Incoming, FieldError>>, BodyError> {
    let text = std::str::from_utf8(body).map_err(|e| BodyError::Utf8 {
        offset: e.valid_up_to(),
    })?;
    if content_type.is_some_and(is_ndjson) {
        return lines(text, limits);
    }
    match text.trim_start_matches(json_space).bytes().next() {
        None => Err(BodyError::Empty),
        Some(b'[') => array(text, limits),
        Some(b'{') => single_or_lines(text, limits),
        Some(_) => Err(BodyError::Shape),
    }
}

fn json_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn is_ndjson(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    [
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
    ]
    .iter()
    .any(|known| essence.eq_ignore_ascii_case(known))
}

fn single_or_lines(
    text: &str,
    limits: &BodyLimits,
) -> Result<Vec<Result<Incoming, FieldError>>, BodyError> {
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<RawEvent<'_>>();
    let first = stream.next().ok_or(BodyError::Empty)??;
    let rest = &text[stream.byte_offset()..];
    let gap = rest.len() - rest.trim_start_matches(json_space).len();
    if gap == rest.len() {
        return Ok(vec![Incoming::from_raw(first, limits)]);
    }
    if rest[..gap].contains('\n') {
        return lines(text, limits);
    }
    Err(BodyError::Syntax {
        reason: "more text after the event on the same line".into(),
    })
}

fn lines(text: &str, limits: &BodyLimits) -> Result<Vec<Result<Incoming, FieldError>>, BodyError> {
    let mut events = Vec::new();
    for line in text
        .split('\n')
        .map(|line| line.trim_matches(json_space))
        .filter(|line| !line.is_empty())
    {
        if events.len() == limits.events_max {
            return Err(BodyError::TooMany {
                max: limits.events_max,
            });
        }
        events.push(Incoming::parse_text(line, limits));
    }
    if events.is_empty() {
        Err(BodyError::Empty)
    } else {
        Ok(events)
    }
}

fn array(text: &str, limits: &BodyLimits) -> Result<Vec<Result<Incoming, FieldError>>, BodyError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let mut seed = ArraySeed {
        limits,
        events: Vec::new(),
        too_many: false,
    };
    let outcome = (&mut seed).deserialize(&mut reader);
    if seed.too_many {
        return Err(BodyError::TooMany {
            max: limits.events_max,
        });
    }
    outcome?;
    reader.end()?;
    if seed.events.is_empty() {
        Err(BodyError::Empty)
    } else {
        Ok(seed.events)
    }
}

struct ArraySeed<'l> {
    limits: &'l BodyLimits,
    events: Vec<Result<Incoming, FieldError>>,
    too_many: bool,
}

impl<'de> DeserializeSeed<'de> for &mut ArraySeed<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for &mut ArraySeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array of CloudEvents")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(raw) = seq.next_element::<RawEvent<'de>>()? {
            if self.events.len() == self.limits.events_max {
                self.too_many = true;
                return Err(serde::de::Error::custom("too many events"));
            }
            self.events.push(Incoming::from_raw(raw, self.limits));
        }
        Ok(())
    }
}
