//! Layout of the tables. Part of the stored format: other engines read these columns.

use milepost_lake_core::{
    ColumnKind::{Bytes, F64, I32, I64, Label, Text, Time},
    ColumnSpec, SecretKey, Table, TableSpec,
};

use crate::{LakeError, LakeStore};

/// Name under which positions are kept, in the tables and in the journal.
pub(crate) const CONSUMER: &str = "lake";

/// Columns of `signals`.
pub(crate) mod signal {
    pub(crate) const BUCKET: usize = 0;
    pub(crate) const SUBJECT: usize = 1;
    pub(crate) const NAME: usize = 2;
    pub(crate) const TIME: usize = 3;
    pub(crate) const SOURCE: usize = 4;
    pub(crate) const SEQ: usize = 5;
    pub(crate) const NUMBER: usize = 6;
    pub(crate) const TEXT: usize = 7;
    pub(crate) const LATITUDE: usize = 8;
    pub(crate) const LONGITUDE: usize = 9;
    pub(crate) const HDOP: usize = 10;
    pub(crate) const HEADING: usize = 11;
}

/// Columns of `events`.
pub(crate) mod event {
    pub(crate) const BUCKET: usize = 0;
    pub(crate) const SUBJECT: usize = 1;
    pub(crate) const NAME: usize = 2;
    pub(crate) const TIME: usize = 3;
    pub(crate) const SOURCE: usize = 4;
    pub(crate) const SEQ: usize = 5;
    pub(crate) const ITEM: usize = 6;
    pub(crate) const DURATION: usize = 7;
    pub(crate) const METADATA: usize = 8;
    pub(crate) const TAGS: usize = 9;
}

/// Columns of `raw_events`.
pub(crate) mod raw {
    pub(crate) const SEQ: usize = 0;
    pub(crate) const RECEIVED_AT: usize = 1;
    pub(crate) const SUBJECT: usize = 2;
    pub(crate) const TIME: usize = 3;
    pub(crate) const KIND: usize = 4;
    pub(crate) const ID: usize = 5;
    pub(crate) const SOURCE: usize = 6;
    pub(crate) const PRODUCER: usize = 7;
    pub(crate) const CONTENT_TYPE: usize = 8;
    pub(crate) const SCHEMA: usize = 9;
    pub(crate) const VERSION: usize = 10;
    pub(crate) const SIGNATURE: usize = 11;
    pub(crate) const RAW_EVENT_ID: usize = 12;
    pub(crate) const SEQUENCE: usize = 13;
    pub(crate) const SEQUENCE_WIDE: usize = 14;
    pub(crate) const TAGS: usize = 15;
    pub(crate) const EXTRAS: usize = 16;
    pub(crate) const DATA_FORM: usize = 17;
    pub(crate) const DATA: usize = 18;
    pub(crate) const AUTHENTICITY: usize = 19;
    pub(crate) const ADMITTED: usize = 20;
    pub(crate) const EVENT_KEY: usize = 21;
    pub(crate) const COLUMNS: usize = 22;
}

/// Columns of `dead_letter`.
pub(crate) mod dead {
    pub(crate) const SEQ: usize = 0;
    pub(crate) const ITEM: usize = 1;
    pub(crate) const RECEIVED_AT: usize = 2;
    pub(crate) const PATH: usize = 3;
    pub(crate) const NAME: usize = 4;
    pub(crate) const REASON: usize = 5;
}

fn signals(key: Option<SecretKey>) -> TableSpec {
    let columns = vec![
        ColumnSpec::required("bucket", I32),
        ColumnSpec::required("subject", Label),
        ColumnSpec::required("name", Label),
        ColumnSpec::required("time", Time),
        ColumnSpec::required("source", Label),
        ColumnSpec::required("seq", I64),
        ColumnSpec::optional("value_number", F64),
        ColumnSpec::optional("value_string", Label),
        ColumnSpec::optional("latitude", F64),
        ColumnSpec::optional("longitude", F64),
        ColumnSpec::optional("hdop", F64),
        ColumnSpec::optional("heading", F64),
    ];
    let sort = vec![
        signal::BUCKET,
        signal::SUBJECT,
        signal::NAME,
        signal::TIME,
        signal::SEQ,
    ];
    spec(
        "signals",
        columns,
        sort,
        vec![signal::TIME, signal::SEQ],
        key,
    )
}

fn events(key: Option<SecretKey>) -> TableSpec {
    let columns = vec![
        ColumnSpec::required("bucket", I32),
        ColumnSpec::required("subject", Label),
        ColumnSpec::required("name", Label),
        ColumnSpec::required("time", Time),
        ColumnSpec::required("source", Label),
        ColumnSpec::required("seq", I64),
        ColumnSpec::required("item", I32),
        ColumnSpec::required("duration_ns", I64),
        ColumnSpec::optional("metadata", Text),
        ColumnSpec::optional("tags", Text),
    ];
    let sort = vec![
        event::BUCKET,
        event::SUBJECT,
        event::NAME,
        event::TIME,
        event::SEQ,
        event::ITEM,
    ];
    spec("events", columns, sort, vec![event::TIME, event::SEQ], key)
}

fn raw_events(key: Option<SecretKey>) -> TableSpec {
    let columns = vec![
        ColumnSpec::required("seq", I64),
        ColumnSpec::required("received_at", Time),
        ColumnSpec::required("subject", Label),
        ColumnSpec::required("time", Time),
        ColumnSpec::required("type", Label),
        ColumnSpec::required("id", Text),
        ColumnSpec::required("source", Label),
        ColumnSpec::required("producer", Label),
        ColumnSpec::optional("data_content_type", Label),
        ColumnSpec::optional("data_schema", Label),
        ColumnSpec::optional("data_version", Label),
        ColumnSpec::optional("signature", Text),
        ColumnSpec::optional("raw_event_id", Text),
        ColumnSpec::optional("sequence", I64),
        // Sequence numbers from 2⁶³, in decimal.
        ColumnSpec::optional("sequence_wide", Text),
        // JSON array of texts.
        ColumnSpec::optional("tags", Text),
        ColumnSpec::optional("extras", Text),
        ColumnSpec::required("data_form", Label),
        ColumnSpec::optional("data", Bytes),
        ColumnSpec::required("authenticity", Label),
        ColumnSpec::required("admitted_at_block", I64),
        ColumnSpec::required("event_key", Bytes),
    ];
    debug_assert_eq!(columns.len(), raw::COLUMNS);
    spec(
        "raw_events",
        columns,
        vec![raw::SEQ],
        vec![raw::SEQ, raw::RECEIVED_AT],
        key,
    )
}

fn dead_letter(key: Option<SecretKey>) -> TableSpec {
    let columns = vec![
        ColumnSpec::required("seq", I64),
        ColumnSpec::required("item", I32),
        ColumnSpec::required("received_at", Time),
        ColumnSpec::required("path", Text),
        ColumnSpec::optional("name", Text),
        ColumnSpec::required("reason", Text),
    ];
    spec(
        "dead_letter",
        columns,
        vec![dead::SEQ, dead::ITEM],
        vec![dead::SEQ],
        key,
    )
}

fn spec(
    name: &'static str,
    columns: Vec<ColumnSpec>,
    sort: Vec<usize>,
    bounds: Vec<usize>,
    key: Option<SecretKey>,
) -> TableSpec {
    TableSpec {
        name,
        columns,
        partition: "date",
        sort,
        bounds,
        consumer: CONSUMER,
        key,
    }
}

/// The four tables.
#[derive(Debug, Clone)]
pub(crate) struct Tables {
    pub(crate) raw: Table,
    pub(crate) dead: Table,
    pub(crate) signals: Table,
    pub(crate) events: Table,
}

impl Tables {
    pub(crate) async fn open(store: &LakeStore) -> Result<Self, LakeError> {
        let key = store.key.as_ref().map(|key| SecretKey::new(*key.expose()));
        let open = async |spec: TableSpec| {
            let dir = store.dir.join(spec.name);
            Table::open_or_create(&dir, spec).await
        };
        Ok(Self {
            raw: open(raw_events(key.clone())).await?,
            dead: open(dead_letter(key.clone())).await?,
            signals: open(signals(key.clone())).await?,
            events: open(events(key)).await?,
        })
    }

    pub(crate) fn all(&self) -> [&Table; 4] {
        [&self.raw, &self.dead, &self.signals, &self.events]
    }
}

/// Subjects are spread over 256 buckets by a fixed hash of their text (FNV-1a, 32 bit, folded), so that a bucket can
/// be rewritten or given a key of its own without touching the others.
pub(crate) fn bucket(subject: &str) -> i32 {
    let hash = subject.bytes().fold(0x811c_9dc5u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    let folded = hash ^ (hash >> 16);
    i32::from((folded ^ (folded >> 8)).to_le_bytes()[0])
}

const DAY_MICROS: i64 = 86_400_000_000;
/// 2010-01-01, days since 1970: no vehicle reported before.
const OLDEST_DAY: i64 = 14_610;
/// Days before reception that get a partition each; a year of late data, and some.
const DAILY: i64 = 400;

/// Partition of a row measured at `at` and received around `received`, both in microseconds; days since 1970.
///
/// The measured time is the sender's word: rows more than 400 days old share a partition per month, those before
/// 2010 share one, so that no sender can make thousands of partitions.
pub(crate) fn partition(at: i64, received: i64) -> i32 {
    let day = at.div_euclid(DAY_MICROS);
    let today = received.div_euclid(DAY_MICROS);
    let day = if day < OLDEST_DAY {
        0
    } else if day < today - DAILY {
        first_of_month(day)
    } else {
        day
    };
    i32::try_from(day).unwrap_or(i32::MAX)
}

/// First day of the month of a day, both counted from 1970; proleptic Gregorian.
fn first_of_month(day: i64) -> i64 {
    // Days of a month counted from March, which puts the leap day last.
    let shifted = day + 719_468;
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    day - (of_year - (153 * month + 2) / 5)
}

/// Partition of a row by the node's own clock.
pub(crate) fn day_of(received: i64) -> i32 {
    i32::try_from(received.div_euclid(DAY_MICROS)).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use milepost_types::Timestamp;

    use super::*;

    fn micros(text: &str) -> i64 {
        Timestamp::parse_rfc3339(text).unwrap().as_micros()
    }

    #[test]
    fn recent_days_have_their_own_partition_and_old_ones_share() {
        let now = micros("2026-05-02T12:00:00Z");
        let day = |text: &str| i64::from(partition(micros(text), now)) * DAY_MICROS;
        assert_eq!(day("2026-05-02T06:10:00Z"), micros("2026-05-02T00:00:00Z"));
        assert_eq!(day("2025-06-30T23:59:59Z"), micros("2025-06-30T00:00:00Z"));
        assert_eq!(day("2024-02-29T01:00:00Z"), micros("2024-02-01T00:00:00Z"));
        assert_eq!(day("2012-12-31T01:00:00Z"), micros("2012-12-01T00:00:00Z"));
        assert_eq!(day("1969-07-20T20:17:00Z"), 0);
        assert_eq!(day("0001-01-01T00:00:00Z"), 0);
    }

    #[test]
    fn no_sender_can_make_more_than_a_thousand_partitions() {
        let now = micros("2026-05-02T12:00:00Z");
        let all = (-800_000..20_700).map(|day| partition(day * DAY_MICROS, now));
        assert!(all.collect::<std::collections::BTreeSet<_>>().len() < 1_000);
    }

    #[test]
    fn buckets_are_fixed_and_even() {
        assert_eq!(
            bucket("did:erc721:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF:700"),
            123
        );
        let mut counts = [0u32; 256];
        for token in 0..25_600 {
            let bucket = bucket(&format!(
                "did:erc721:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF:{token}"
            ));
            counts[usize::try_from(bucket).unwrap()] += 1;
        }
        assert!(
            counts.iter().all(|count| (40..200).contains(count)),
            "{counts:?}"
        );
    }
}
