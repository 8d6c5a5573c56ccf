use milepost_types::{Address, Did, Timestamp};

use crate::{CloudEvent, Data, Incoming};

impl CloudEvent {
    /// The event as CloudEvent JSON, payload byte for byte as it was sent. One line, unless the payload has
    /// line breaks of its own.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let header = &self.header;
        write(&Fields {
            id: Some(&header.id),
            source: Some(header.source),
            subject: Some(header.subject),
            producer: header.producer,
            kind: &header.kind,
            time: Some(header.time),
            texts: [
                ("datacontenttype", header.data_content_type.as_deref()),
                ("dataschema", header.data_schema.as_deref()),
                ("dataversion", header.data_version.as_deref()),
                ("signature", header.signature.as_deref()),
                ("raweventid", header.raw_event_id.as_deref()),
            ],
            sequence: header.sequence,
            tags: &header.tags,
            extras: header.extras.as_deref(),
            data: &self.data,
        })
    }
}

impl Incoming {
    /// The event as CloudEvent JSON, payload byte for byte as it was sent; what the sender left out stays out.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        write(&Fields {
            id: self.id(),
            source: self.source(),
            subject: self.own_subject(),
            producer: self.producer(),
            kind: self.kind(),
            time: self.time(),
            texts: [
                ("datacontenttype", self.data_content_type()),
                ("dataschema", self.data_schema()),
                ("dataversion", self.data_version()),
                ("signature", self.signature()),
                ("raweventid", self.raw_event_id()),
            ],
            sequence: self.sequence(),
            tags: self.tags(),
            extras: self.extras(),
            data: self.data(),
        })
    }
}

struct Fields<'a> {
    id: Option<&'a str>,
    source: Option<Address>,
    subject: Option<Did>,
    producer: Did,
    kind: &'a str,
    time: Option<Timestamp>,
    texts: [(&'static str, Option<&'a str>); 5],
    sequence: Option<u64>,
    tags: &'a [String],
    extras: Option<&'a str>,
    data: &'a Data,
}

fn write(event: &Fields<'_>) -> Vec<u8> {
    let extras = event.extras.unwrap_or_default();
    let mut out = Vec::with_capacity(1024 + extras.len() + event.data.wire_bytes().len());
    out.extend_from_slice(br#"{"specversion":"1.0""#);
    if let Some(id) = event.id {
        text(&mut out, "id", id);
    }
    if let Some(source) = event.source {
        text(&mut out, "source", &source.to_string());
    }
    if let Some(subject) = event.subject {
        text(&mut out, "subject", &subject.to_string());
    }
    text(&mut out, "producer", &event.producer.to_string());
    text(&mut out, "type", event.kind);
    if let Some(time) = event.time {
        text(&mut out, "time", &time.to_string());
    }
    for (name, value) in event.texts {
        if let Some(value) = value {
            text(&mut out, name, value);
        }
    }
    if let Some(sequence) = event.sequence {
        // As text: readers that hold numbers as doubles would lose digits beyond 2⁵³.
        text(&mut out, "sequence", &sequence.to_string());
    }
    if !event.tags.is_empty() {
        let tags: Vec<String> = event.tags.iter().map(|tag| quoted(tag)).collect();
        out.extend_from_slice(format!(",\"tags\":[{}]", tags.join(",")).as_bytes());
    }
    if let Some(inner) = extras
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
        && !inner.is_empty()
    {
        out.push(b',');
        out.extend_from_slice(inner.as_bytes());
    }
    match event.data {
        Data::None => {}
        Data::Json(json) => {
            out.extend_from_slice(b",\"data\":");
            out.extend_from_slice(json);
        }
        Data::Base64(base64) => text(&mut out, "data_base64", base64),
    }
    out.push(b'}');
    out
}

fn text(out: &mut Vec<u8>, name: &str, value: &str) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
    out.extend_from_slice(quoted(value).as_bytes());
}

fn quoted(value: &str) -> String {
    serde_json::to_string(value).expect("a string is always JSON")
}
