use milepost_signals::{SignalId, Value};
use milepost_types::{Timestamp, keccak256};
use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::Reading;

/// A payload ready to be put into a signed event of type `dimo.status`, `dataversion` `default/v1.0`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingPayload {
    /// The vehicle, as in [`crate::Drive::vehicle_key`].
    pub vehicle_key: String,
    /// Connection address to send under, where the input gives one.
    pub source: Option<String>,
    /// Event id: the input's own, or one that is the same whenever the same input is replayed.
    pub id: String,
    /// Event time: that of the latest reading.
    pub time: Timestamp,
    /// Bytes of `data`: JSON with `signals` and, from the simulator, `events`.
    pub data: Vec<u8>,
    /// Signals in it.
    pub readings: usize,
    /// Vehicle events in it.
    pub events: usize,
}

/// A vehicle event to be sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OutgoingEvent {
    pub(crate) name: &'static str,
    pub(crate) at: Timestamp,
    pub(crate) duration_ns: u64,
    /// JSON text.
    pub(crate) metadata: String,
}

/// Numbers are written in the shortest form that reads back as the same double.
pub(crate) fn encode(readings: &[Reading], events: &[OutgoingEvent]) -> Vec<u8> {
    let body = Body {
        signals: readings.iter().map(Signal).collect(),
        events,
    };
    serde_json::to_vec(&body).expect("readings are finite and field names are texts")
}

/// Eight hex digits that change when anything in `parts` does.
pub(crate) fn fingerprint(parts: &[&[u8]]) -> String {
    let hash = keccak256(parts.concat());
    hash[..4].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    signals: Vec<Signal<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    events: &'a [OutgoingEvent],
}

struct Signal<'a>(&'a Reading);

impl Serialize for Signal<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Reading { signal, at, value } = self.0;
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("name", SignalId::name(*signal))?;
        map.serialize_entry("timestamp", at)?;
        match value {
            Value::Number(number) => map.serialize_entry("value", number)?,
            Value::Text(text) => map.serialize_entry("value", &**text)?,
            Value::Location(location) => {
                let heading = (location.heading != 0.0).then_some(location.heading);
                let (latitude, longitude, hdop) =
                    (location.latitude, location.longitude, location.hdop);
                map.serialize_entry(
                    "value",
                    &Position {
                        latitude,
                        longitude,
                        hdop,
                        heading,
                    },
                )?;
            }
        }
        map.end()
    }
}

#[derive(Serialize)]
struct Position {
    latitude: f64,
    longitude: f64,
    hdop: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    heading: Option<f64>,
}

impl Serialize for OutgoingEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("name", self.name)?;
        map.serialize_entry("timestamp", &self.at)?;
        map.serialize_entry("durationNs", &self.duration_ns)?;
        map.serialize_entry("metadata", &self.metadata)?;
        map.end()
    }
}
