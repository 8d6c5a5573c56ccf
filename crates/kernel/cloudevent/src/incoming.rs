use std::borrow::Cow;

use milepost_types::{Address, Did, Timestamp};
use serde_json::value::RawValue;

use crate::{
    BodyLimits, CloudEvent, Data, FieldError, Header,
    attributes::RawEvent,
    fields::{
        address, did, extension, extras_text, identifier, identifier_field, is_json_type, missing,
        payload, printable, sequence, tags, text, time,
    },
};

/// Event types that devices and connections may send; attestations and documents enter elsewhere.
pub const DEVICE_KINDS: [&str; 5] = [
    "dimo.status",
    "dimo.raw.status",
    "dimo.fingerprint",
    "dimo.events",
    "dimo.signals",
];
/// How far ahead of the node's clock a time may be: 5 minutes.
pub const TIME_SKEW_MICROS_MAX: i64 = 5 * 60 * 1_000_000;
/// 2000-01-01T00:00:00Z. Anything earlier is a device whose clock was never set.
pub const TIME_MIN: Timestamp = Timestamp::from_secs_saturating(946_684_800);

/// One event as its sender wrote it: every attribute checked, nothing filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    id: Option<String>,
    source: Option<Address>,
    producer: Did,
    subject: Option<Did>,
    kind: String,
    time: Option<Timestamp>,
    data_content_type: Option<String>,
    data_schema: Option<String>,
    data_version: Option<String>,
    signature: Option<String>,
    raw_event_id: Option<String>,
    sequence: Option<u64>,
    tags: Vec<String>,
    extras: Option<String>,
    data: Data,
}

impl Incoming {
    /// Reads one event with the default [`BodyLimits`].
    ///
    /// # Errors
    /// The first attribute that is wrong, or `event` when the text is no JSON object.
    pub fn parse(json: &[u8]) -> Result<Self, FieldError> {
        let text = std::str::from_utf8(json).map_err(|e| {
            FieldError::new("event", format!("is not UTF-8 at byte {}", e.valid_up_to()))
        })?;
        Self::parse_text(text, &BodyLimits::default())
    }

    pub(crate) fn parse_text(text: &str, limits: &BodyLimits) -> Result<Self, FieldError> {
        let raw: RawEvent<'_> = serde_json::from_str(text)
            .map_err(|e| FieldError::new("event", format!("is not JSON: {e}")))?;
        Self::from_raw(raw, limits)
    }

    pub(crate) fn from_raw(raw: RawEvent<'_>, limits: &BodyLimits) -> Result<Self, FieldError> {
        let pairs = raw.into_pairs(limits)?;
        let mut builder = Builder::default();
        // The id first, so that every other complaint can name the event.
        for (_, value) in pairs.iter().filter(|(name, _)| name == "id") {
            builder.id = text("id", value)?
                .map(|id| identifier("id", &id))
                .transpose()?;
        }
        let id = builder.id.clone();
        builder
            .finish(pairs, limits)
            .map_err(|error| error.with_event_id(id.as_deref()))
    }

    /// `id`, when given.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The `source` that the sender claims, when given.
    #[must_use]
    pub fn source(&self) -> Option<Address> {
        self.source
    }

    /// The device that produced the event.
    #[must_use]
    pub fn producer(&self) -> Did {
        self.producer
    }

    /// What the event is about; the producer when the sender left it out.
    #[must_use]
    pub fn subject(&self) -> Did {
        self.subject.unwrap_or(self.producer)
    }

    /// The subject as written by the sender; `None` when it left it out.
    #[must_use]
    pub fn own_subject(&self) -> Option<Did> {
        self.subject
    }

    /// `type`.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// `time`, when given.
    #[must_use]
    pub fn time(&self) -> Option<Timestamp> {
        self.time
    }

    /// Device sequence number, when given.
    #[must_use]
    pub fn sequence(&self) -> Option<u64> {
        self.sequence
    }

    /// Signature text, when given.
    #[must_use]
    pub fn signature(&self) -> Option<&str> {
        self.signature.as_deref()
    }

    /// `datacontenttype`, when given.
    #[must_use]
    pub fn data_content_type(&self) -> Option<&str> {
        self.data_content_type.as_deref()
    }

    /// `dataschema`, when given.
    #[must_use]
    pub fn data_schema(&self) -> Option<&str> {
        self.data_schema.as_deref()
    }

    /// `dataversion`, when given.
    #[must_use]
    pub fn data_version(&self) -> Option<&str> {
        self.data_version.as_deref()
    }

    /// `raweventid`, when given.
    #[must_use]
    pub fn raw_event_id(&self) -> Option<&str> {
        self.raw_event_id.as_deref()
    }

    /// `tags`.
    #[must_use]
    pub fn tags(&self) -> &[String] {
        &self.tags
    }

    /// Other attributes: a JSON object, names in byte order, values as sent.
    #[must_use]
    pub fn extras(&self) -> Option<&str> {
        self.extras.as_deref()
    }

    /// Payload.
    #[must_use]
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// Payload bytes as sent: the JSON text, or the base64 text.
    #[must_use]
    pub fn data_bytes(&self) -> &[u8] {
        self.data.wire_bytes()
    }

    /// The same event with another signature; for the side that signs.
    ///
    /// # Errors
    /// Field `signature` when the text is not printable ASCII.
    pub fn with_signature(mut self, signature: &str) -> Result<Self, FieldError> {
        self.signature = Some(printable("signature", signature.into())?);
        Ok(self)
    }

    /// Checks what only the device port asks for: producer and subject are tokens, the type is one of
    /// [`DEVICE_KINDS`], the content is JSON, and `time` is plausible at the node's clock `now`.
    ///
    /// # Errors
    /// The attribute that breaks the rule, with the rule.
    pub fn check_device_port(&self, now: Timestamp) -> Result<(), FieldError> {
        let check = || {
            if !DEVICE_KINDS.contains(&self.kind.as_str()) {
                let error = FieldError::new(
                    "type",
                    format!("'{}' is not accepted from devices", self.kind),
                );
                return Err(error.with_limit(DEVICE_KINDS.join(", ")));
            }
            for (field, did) in [("producer", self.producer), ("subject", self.subject())] {
                if !matches!(did, Did::Erc721 { .. }) {
                    return Err(FieldError::new(field, format!("{did} is not a did:erc721")));
                }
            }
            if let Some(other) = self
                .data_content_type
                .as_deref()
                .filter(|t| !is_json_type(t))
            {
                let error = FieldError::new(
                    "datacontenttype",
                    format!("'{other}' is not accepted from devices"),
                );
                return Err(error.with_limit("application/json"));
            }
            self.time.map_or(Ok(()), |time| check_time(time, now))
        };
        check().map_err(|error| error.with_event_id(self.id()))
    }

    /// The event to store. `source` is what admission decided; `now` and `default_id` stand in for `time` and `id`
    /// where the sender gave none.
    #[must_use]
    pub fn into_event(self, source: Address, now: Timestamp, default_id: &str) -> CloudEvent {
        let subject = self.subject();
        let header = Header {
            id: self.id.unwrap_or_else(|| default_id.to_owned()),
            source,
            producer: self.producer,
            subject,
            kind: self.kind,
            time: self.time.unwrap_or(now),
            data_content_type: self.data_content_type,
            data_schema: self.data_schema,
            data_version: self.data_version,
            signature: self.signature,
            raw_event_id: self.raw_event_id,
            sequence: self.sequence,
            tags: self.tags,
            extras: self.extras,
        };
        CloudEvent {
            header,
            data: self.data,
        }
    }
}

/// Whether `time` is plausible at the node's clock `now`: not before 2000 and not more than 5 minutes ahead.
///
/// # Errors
/// Field `time` with the limit that was broken.
pub fn check_time(time: Timestamp, now: Timestamp) -> Result<(), FieldError> {
    if time < TIME_MIN {
        return Err(
            FieldError::new("time", format!("{time} is too old")).with_limit(TIME_MIN.to_string())
        );
    }
    if time > now.saturating_add_micros(TIME_SKEW_MICROS_MAX) {
        let error = FieldError::new("time", format!("{time} is ahead of the node's clock {now}"));
        return Err(error.with_limit("5 minutes ahead"));
    }
    Ok(())
}

#[derive(Default)]
struct Builder {
    id: Option<String>,
    source: Option<Address>,
    producer: Option<Did>,
    subject: Option<Did>,
    kind: Option<String>,
    time: Option<Timestamp>,
    data_content_type: Option<String>,
    data_schema: Option<String>,
    data_version: Option<String>,
    signature: Option<String>,
    raw_event_id: Option<String>,
    sequence: Option<u64>,
    tags: Vec<String>,
}

impl Builder {
    fn finish(
        mut self,
        pairs: Vec<(Cow<'_, str>, &RawValue)>,
        limits: &BodyLimits,
    ) -> Result<Incoming, FieldError> {
        let mut extras = Vec::new();
        let (mut json, mut base64) = (None, None);
        for (name, value) in pairs {
            match name.as_ref() {
                "data" => json = Some(value),
                "data_base64" => base64 = text("data_base64", value)?,
                _ if self.attribute(&name, value)? => {}
                _ => extras.push((extension(name, value)?, value)),
            }
        }
        let data = payload(json, base64, self.data_content_type.as_deref(), limits)?;
        Ok(Incoming {
            id: self.id,
            source: self.source,
            producer: self.producer.ok_or_else(|| missing("producer"))?,
            subject: self.subject,
            kind: self.kind.ok_or_else(|| missing("type"))?,
            time: self.time,
            data_content_type: self.data_content_type,
            data_schema: self.data_schema,
            data_version: self.data_version,
            signature: self.signature,
            raw_event_id: self.raw_event_id,
            sequence: self.sequence,
            tags: self.tags,
            extras: extras_text(extras),
            data,
        })
    }

    /// Takes a defined attribute; `false` for an extension.
    fn attribute(&mut self, name: &str, value: &RawValue) -> Result<bool, FieldError> {
        match name {
            "id" => {}
            "specversion" => {
                if text("specversion", value)?.is_some_and(|version| version != "1.0") {
                    return Err(
                        FieldError::new("specversion", "is not supported").with_limit("1.0")
                    );
                }
            }
            "source" => {
                self.source = text("source", value)?
                    .map(|t| address("source", &t))
                    .transpose()?
            }
            "producer" => {
                self.producer = text("producer", value)?
                    .map(|t| did("producer", &t))
                    .transpose()?
            }
            "subject" => {
                self.subject = text("subject", value)?
                    .map(|t| did("subject", &t))
                    .transpose()?
            }
            "type" => self.kind = identifier_field("type", value)?,
            "time" => self.time = text("time", value)?.map(|t| time("time", &t)).transpose()?,
            "datacontenttype" => {
                self.data_content_type = text("datacontenttype", value)?.map(Cow::into_owned)
            }
            "dataschema" => self.data_schema = identifier_field("dataschema", value)?,
            "dataversion" => self.data_version = identifier_field("dataversion", value)?,
            "signature" => {
                self.signature = text("signature", value)?
                    .map(|t| printable("signature", t))
                    .transpose()?;
            }
            "raweventid" => self.raw_event_id = identifier_field("raweventid", value)?,
            "sequence" => self.sequence = sequence(value)?,
            "tags" => self.tags = tags(value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}
