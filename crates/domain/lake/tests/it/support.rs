use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use milepost_cloudevent::{Authenticity, CloudEvent, Data, Header, Record};
use milepost_decode::{Reading, decode};
use milepost_journal::{Journal, JournalOptions};
use milepost_lake::{Lake, LakeError, LakeReport, LakeSettings, LakeStore, verify};
use milepost_service::Secret;
use milepost_signals::{
    Extent, Latest, LatestSet, Points, RangeQuery, SignalId, SignalStore as _, Summary, Value,
    ValueKind,
};
use milepost_types::{Address, ChainId, Did, Timestamp, U256};

/// 2026-05-02T05:33:20Z.
pub(crate) const START: i64 = 1_777_700_000_000_000;
pub(crate) const SECOND: i64 = 1_000_000;

pub(crate) fn vehicle(token: u64) -> Did {
    let contract: Address = "0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF"
        .parse()
        .unwrap();
    Did::erc721(ChainId(137), contract, U256::from(token))
}

pub(crate) fn source(number: u8) -> Address {
    Address::repeat_byte(number)
}

pub(crate) fn signal(name: &str) -> SignalId {
    SignalId::by_name(name).unwrap()
}

pub(crate) fn micros(at: i64) -> Timestamp {
    Timestamp::from_micros(at).unwrap()
}

/// Name, time, value as JSON.
pub(crate) type Item<'a> = (&'a str, i64, String);

pub(crate) fn record(token: u64, from: u8, id: &str, received: i64, items: &[Item<'_>]) -> Record {
    let items: Vec<String> = items
        .iter()
        .map(|(name, at, value)| {
            format!(
                r#"{{"name":"{name}","timestamp":"{}","value":{value}}}"#,
                micros(*at)
            )
        })
        .collect();
    raw_record(
        token,
        from,
        id,
        received,
        format!(r#"{{"signals":[{}]}}"#, items.join(",")),
    )
}

pub(crate) fn raw_record(token: u64, from: u8, id: &str, received: i64, json: String) -> Record {
    let header = Header {
        id: id.to_owned(),
        source: source(from),
        producer: vehicle(token),
        subject: vehicle(token),
        kind: "dimo.status".into(),
        time: micros(received),
        data_content_type: None,
        data_schema: None,
        data_version: Some("default/v1.0".into()),
        signature: None,
        raw_event_id: None,
        sequence: None,
        tags: Vec::new(),
        extras: None,
    };
    Record {
        event: CloudEvent {
            header,
            data: Data::Json(json.into()),
        },
        received_at: micros(received),
        authenticity: Authenticity::Certificate,
        admitted_at_block: 1,
    }
}

/// A journal and a lake in a folder of their own.
pub(crate) struct World {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) journal: Journal,
    pub(crate) settings: LakeSettings,
    pub(crate) key: Option<Secret>,
}

impl World {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::open(
            dir.path().join("journal"),
            JournalOptions {
                segment_bytes: 4 << 20,
                ..JournalOptions::default()
            },
        )
        .unwrap()
        .0;
        Self {
            dir,
            journal,
            settings: LakeSettings::default(),
            key: None,
        }
    }

    pub(crate) fn lake_dir(&self) -> PathBuf {
        self.dir.path().join("lake")
    }

    pub(crate) fn store(&self) -> LakeStore {
        LakeStore {
            dir: self.lake_dir(),
            key: self.key.clone(),
        }
    }

    pub(crate) async fn start(&self) -> Lake {
        start(&self.settings, &self.store(), &self.journal).await
    }

    pub(crate) async fn append(&self, records: &[Record]) -> u64 {
        self.journal
            .append(records.iter().map(|r| r.encode().into()).collect())
            .await
            .unwrap()
            .last_inclusive
    }

    pub(crate) async fn verified(&self) -> LakeReport {
        verified(&self.store(), &self.journal).await
    }
}

/// Starts; waits while tasks of a dropped instance still hold the folder.
pub(crate) async fn start(settings: &LakeSettings, store: &LakeStore, journal: &Journal) -> Lake {
    loop {
        match Lake::start(settings.clone(), store.clone(), journal.clone()).await {
            Err(LakeError::Locked(_)) => tokio::time::sleep(Duration::from_millis(5)).await,
            started => return started.unwrap(),
        }
    }
}

pub(crate) async fn verified(store: &LakeStore, journal: &Journal) -> LakeReport {
    loop {
        match verify(store, journal).await {
            Err(LakeError::Locked(_)) => tokio::time::sleep(Duration::from_millis(5)).await,
            report => return report.unwrap(),
        }
    }
}

/// The plain list of everything sent, as the oracle.
#[derive(Default)]
pub(crate) struct Model {
    pub(crate) records: Vec<Record>,
}

impl Model {
    fn readings<'a>(
        &'a self,
        subject: &'a Did,
        from: Option<Address>,
    ) -> impl Iterator<Item = (&'a str, Address, Reading)> {
        let of = move |r: &&Record| {
            r.event.header.subject == *subject && from.is_none_or(|s| s == r.event.header.source)
        };
        self.records.iter().filter(of).flat_map(|r| {
            let readings = decode(&r.event, r.received_at).signals;
            readings
                .into_iter()
                .map(|reading| (&*r.event.header.id, r.event.header.source, reading))
        })
    }

    pub(crate) fn range(&self, query: &RangeQuery<'_>) -> Vec<Points> {
        let mut out = Vec::new();
        for signal in query.signals {
            let mut points: BTreeMap<Timestamp, (&str, Value)> = BTreeMap::new();
            for (id, _, reading) in self.readings(query.subject, query.source) {
                if reading.signal != *signal
                    || reading.at < query.from
                    || reading.at >= query.to_exclusive
                {
                    continue;
                }
                let known = points
                    .entry(reading.at)
                    .or_insert((id, reading.value.clone()));
                if id < known.0 {
                    *known = (id, reading.value);
                }
            }
            let values = points.into_iter().map(|(at, (_, value))| (at, value));
            out.push(match signal.definition().kind {
                ValueKind::Number => {
                    Points::Numbers(values.map(|(at, v)| (at, number(&v))).collect())
                }
                ValueKind::Text => Points::Texts(values.map(|(at, v)| (at, text(&v))).collect()),
                ValueKind::Location => {
                    Points::Locations(values.map(|(at, v)| (at, place(&v))).collect())
                }
            });
        }
        out
    }

    pub(crate) fn latest(&self, subject: &Did, from: Option<Address>) -> LatestSet {
        let mut newest: BTreeMap<SignalId, (Timestamp, &str, Value)> = BTreeMap::new();
        let mut last_seen = None;
        for (id, _, reading) in self.readings(subject, from) {
            last_seen = last_seen.max(Some(reading.at));
            if matches!(&reading.value, Value::Location(l) if l.is_null_island()) {
                continue;
            }
            let known =
                newest
                    .entry(reading.signal)
                    .or_insert((reading.at, id, reading.value.clone()));
            if reading.at > known.0 || (reading.at == known.0 && id < known.1) {
                *known = (reading.at, id, reading.value);
            }
        }
        let signals =
            newest
                .into_iter()
                .map(|(signal, (at, _, value))| Latest { signal, at, value });
        LatestSet {
            signals: signals.collect(),
            last_seen,
        }
    }

    pub(crate) fn summary(&self, subject: &Did, from: Option<Address>) -> Summary {
        let mut times: BTreeMap<SignalId, std::collections::BTreeSet<Timestamp>> = BTreeMap::new();
        for (_, _, reading) in self.readings(subject, from) {
            times.entry(reading.signal).or_default().insert(reading.at);
        }
        let extent = |(name, times): (SignalId, std::collections::BTreeSet<Timestamp>)| Extent {
            name,
            count: times.len() as u64,
            first_seen: *times.first().unwrap(),
            last_seen: *times.last().unwrap(),
        };
        Summary {
            signals: times.into_iter().map(extent).collect(),
            events: Vec::new(),
        }
    }

    /// Compares everything the lake says about some subjects.
    pub(crate) fn compare(
        &self,
        lake: &Lake,
        subjects: &[Did],
        signals: &[SignalId],
        window: (i64, i64),
    ) {
        for subject in subjects {
            for source in [None, Some(source(1)), Some(source(2)), Some(source(9))] {
                let (from, to_exclusive) = (micros(window.0), micros(window.1));
                let query = RangeQuery {
                    subject,
                    signals,
                    from,
                    to_exclusive,
                    source,
                };
                assert_eq!(
                    lake.range(&query).unwrap(),
                    self.range(&query),
                    "{subject} {source:?}"
                );
                assert_eq!(
                    lake.latest(subject, source),
                    self.latest(subject, source),
                    "{subject} {source:?}"
                );
                assert_eq!(
                    lake.summary(subject, source).unwrap(),
                    self.summary(subject, source),
                    "{subject} {source:?}"
                );
            }
        }
    }
}

fn number(value: &Value) -> f64 {
    let Value::Number(number) = value else {
        panic!("{value:?}")
    };
    *number
}

fn text(value: &Value) -> Arc<str> {
    let Value::Text(text) = value else {
        panic!("{value:?}")
    };
    text.clone()
}

fn place(value: &Value) -> milepost_signals::Location {
    let Value::Location(place) = value else {
        panic!("{value:?}")
    };
    *place
}
