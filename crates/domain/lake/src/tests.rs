//! Crashes at every step of a flush, and what `verify` notices.

use std::time::Duration;

use milepost_cloudevent::{Authenticity, CloudEvent, Data, Header, Record};
use milepost_journal::{Journal, JournalOptions};
use milepost_lake_core::{FailPoint, Part, Table};
use milepost_signals::{RangeQuery, SignalId, SignalStore as _, Value};
use milepost_types::{Address, ChainId, Did, Timestamp, U256};

use crate::{Lake, LakeError, LakeSettings, LakeStore, flush, shared::Shared, verify};

const START: i64 = 1_777_700_000_000_000; // 2026-05-02

fn vehicle(token: u64) -> Did {
    Did::erc721(ChainId(137), Address::repeat_byte(0xba), U256::from(token))
}

/// An event with one speed, one position, one vehicle event and one bad signal.
fn record(number: i64) -> Record {
    let at = Timestamp::from_micros(START + number * 1_000_000).unwrap();
    let subject = vehicle(number.unsigned_abs() % 3);
    let json = format!(
        r#"{{"signals":[{{"name":"speed","timestamp":"{at}","value":{number}}},
        {{"name":"currentLocationCoordinates","timestamp":"{at}","value":{{"latitude":48.1,"longitude":11.5}}}},
        {{"name":"noSuchSignal","timestamp":"{at}","value":1}}],
        "events":[{{"name":"safety.collision","timestamp":"{at}","durationNs":5}}]}}"#
    );
    let header = Header {
        id: format!("event-{number}"),
        source: Address::repeat_byte(0xaa),
        producer: subject,
        subject,
        kind: "dimo.status".into(),
        time: at,
        data_content_type: None,
        data_schema: None,
        data_version: Some("default/v1.0".into()),
        signature: None,
        raw_event_id: None,
        sequence: Some(u64::MAX - number.unsigned_abs()),
        tags: vec!["a".into()],
        extras: None,
    };
    Record {
        event: CloudEvent {
            header,
            data: Data::Json(json.into()),
        },
        received_at: at,
        authenticity: Authenticity::Device,
        admitted_at_block: 7,
    }
}

struct World {
    dir: tempfile::TempDir,
    journal: Journal,
}

impl World {
    fn new() -> Self {
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
        Self { dir, journal }
    }

    fn store(&self) -> LakeStore {
        LakeStore {
            dir: self.dir.path().join("lake"),
            key: None,
        }
    }

    async fn append(&self, numbers: std::ops::Range<i64>) -> u64 {
        let records = numbers
            .map(|number| record(number).encode().into())
            .collect();
        self.journal.append(records).await.unwrap().last_inclusive
    }

    /// Starts; waits while tasks of a crashed instance still hold the folder.
    async fn start(&self) -> Lake {
        loop {
            match Lake::start(LakeSettings::default(), self.store(), self.journal.clone()).await {
                Err(LakeError::Locked(_)) => tokio::time::sleep(Duration::from_millis(5)).await,
                started => return started.unwrap(),
            }
        }
    }

    async fn verified(&self) -> crate::LakeReport {
        loop {
            match verify(&self.store(), &self.journal).await {
                Err(LakeError::Locked(_)) => tokio::time::sleep(Duration::from_millis(5)).await,
                report => return report.unwrap(),
            }
        }
    }
}

fn speeds(lake: &Lake, token: u64) -> usize {
    let subject = vehicle(token);
    let signals = [SignalId::by_name("speed").unwrap()];
    let (from, to) = (
        Timestamp::from_micros(START).unwrap(),
        Timestamp::from_secs_saturating(u64::MAX),
    );
    let query = RangeQuery {
        subject: &subject,
        signals: &signals,
        from,
        to_exclusive: to,
        source: None,
    };
    match &lake.range(&query).unwrap()[0] {
        milepost_signals::Points::Numbers(points) => points.len(),
        other => panic!("{other:?}"),
    }
}

fn table<'a>(shared: &'a Shared, name: &str) -> &'a Table {
    shared
        .tables
        .all()
        .into_iter()
        .find(|table| table.spec().name == name)
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_between_any_two_steps_of_a_flush_loses_and_doubles_nothing() {
    for name in ["raw_events", "dead_letter", "signals", "events"] {
        for point in [FailPoint::BeforeCommit, FailPoint::AfterCommit] {
            let world = World::new();
            let lake = world.start().await;
            lake.wait_for(world.append(0..30).await).await.unwrap();
            lake.flush().await.unwrap();
            lake.wait_for(world.append(30..60).await).await.unwrap();
            let frozen = flush::freeze(&lake.shared);
            table(&lake.shared, name).fail_next(point);
            flush::once(&lake.shared, &frozen, false).await.unwrap_err();
            assert_eq!(speeds(&lake, 1), 20, "{name} {point:?}, while running");
            drop((lake, frozen));

            let pending = world.verified().await;
            assert!(
                pending.is_sound(),
                "{name} {point:?}: {:?}",
                pending.differences
            );
            let lake = world.start().await;
            lake.wait_for(60).await.unwrap();
            assert_eq!(
                (speeds(&lake, 0), lake.raw_count(), lake.dead_letter_count()),
                (20, 60, 60)
            );
            lake.shutdown().await.unwrap();
            drop(lake);
            let report = world.verified().await;
            assert!(
                report.is_sound(),
                "{name} {point:?}: {:?}",
                report.differences
            );
            let counts = (
                report.raw_events,
                report.signals,
                report.events,
                report.dead_letters,
                report.pending,
            );
            assert_eq!(counts, (60, 120, 60, 60, 0), "{name} {point:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_flush_is_repeated_without_doubling() {
    let world = World::new();
    let lake = world.start().await;
    lake.wait_for(world.append(0..30).await).await.unwrap();
    table(&lake.shared, "signals").fail_next(FailPoint::AfterCommit);
    lake.flush().await.unwrap();
    assert_eq!((speeds(&lake, 2), lake.raw_count()), (10, 30));
    lake.shutdown().await.unwrap();
    drop(lake);
    let report = world.verified().await;
    assert!(report.is_sound() && report.signals == 60, "{report:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn latest_values_are_rebuilt_when_the_hot_store_is_gone() {
    let world = World::new();
    let lake = world.start().await;
    lake.wait_for(world.append(0..30).await).await.unwrap();
    let before = lake.latest(&vehicle(1), None);
    assert_eq!(before.signals.len(), 2);
    lake.shutdown().await.unwrap();
    drop(lake);
    std::fs::remove_dir_all(world.store().dir.join("hot")).unwrap();
    let lake = world.start().await;
    assert_eq!(lake.latest(&vehicle(1), None), before);
    lake.shutdown().await.unwrap();
    drop(lake);
    assert!(world.verified().await.is_sound());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn verify_names_rows_that_no_event_gives_and_events_that_gave_none() {
    let world = World::new();
    let lake = world.start().await;
    lake.wait_for(world.append(0..9).await).await.unwrap();
    // One generation loses its signals, as a bug in the writer would.
    let frozen = flush::freeze(&lake.shared);
    for shard in &frozen.shards {
        if let Some(rows) = shard.write().get_mut(&vehicle(0)) {
            rows.series.clear();
        }
    }
    flush::once(&lake.shared, &frozen, true).await.unwrap();
    lake.shared.generations.write().frozen = None;
    lake.shutdown().await.unwrap();
    drop(lake);
    let report = world.verified().await;
    assert_eq!(report.differences_total, 2, "{:?}", report.differences);
    assert!(
        report.differences[0].contains("has 0 rows, 3 expected"),
        "{:?}",
        report.differences
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn verify_names_raw_events_that_are_missing() {
    let world = World::new();
    world.append(0..5).await;
    let tables = {
        let lake = world.start().await;
        lake.wait_for(5).await.unwrap();
        lake.shared.tables.clone()
    };
    // The position is moved without the rows.
    tables
        .raw
        .append(Vec::<Part>::new(), Some(5))
        .await
        .unwrap();
    drop(tables);
    let report = world.verified().await;
    assert!(
        report
            .differences
            .iter()
            .any(|text| text == "journal record 3 is not in raw_events"),
        "{report:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lake_of_another_journal_is_refused() {
    let world = World::new();
    let lake = world.start().await;
    lake.wait_for(world.append(0..5).await).await.unwrap();
    lake.shutdown().await.unwrap();
    drop(lake);
    let other = World::new();
    let started = Lake::start(
        LakeSettings::default(),
        world.store(),
        other.journal.clone(),
    )
    .await;
    assert!(
        matches!(
            started,
            Err(LakeError::AheadOfJournal {
                lake: 5,
                journal: 0
            })
        ),
        "{started:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_process_is_kept_out() {
    let world = World::new();
    let _lake = world.start().await;
    let second = Lake::start(
        LakeSettings::default(),
        world.store(),
        world.journal.clone(),
    )
    .await;
    assert!(matches!(second, Err(LakeError::Locked(_))), "{second:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_field_of_an_event_is_kept() {
    let world = World::new();
    let mut sent = record(4);
    let header = &mut sent.event.header;
    header.data_content_type = Some("application/json".into());
    header.data_schema = Some("schema".into());
    header.signature = Some("0x12".into());
    header.raw_event_id = Some("raw".into());
    header.tags = vec!["x".into(), "y\"z".into()];
    header.extras = Some("{\"a\":1}".into());
    let mut plain = record(5);
    plain.event.header.sequence = Some(1 << 63);
    plain.event.header.tags = Vec::new();
    plain.event.data = Data::None;
    let mut image = record(6);
    image.event.header.sequence = Some(12);
    image.event.data = Data::Base64("AAEC".into());
    image.authenticity = Authenticity::Legacy;
    let lake = world.start().await;
    let all = [sent, plain, image];
    let last = world
        .journal
        .append(all.iter().map(|r| r.encode().into()).collect())
        .await
        .unwrap()
        .last_inclusive;
    lake.wait_for(last).await.unwrap();
    for _ in ["memory", "table"] {
        for (seq, wanted) in (1..).zip(&all) {
            assert_eq!(&lake.raw_event(seq).unwrap().unwrap().record, wanted);
        }
        lake.flush().await.unwrap();
    }
    assert_eq!(lake.raw_event(9).unwrap(), None);
    let value = lake
        .latest(&vehicle(1), None)
        .signals
        .into_iter()
        .find(|l| l.signal.name() == "speed")
        .unwrap();
    assert_eq!(value.value, Value::Number(4.0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_tables_cannot_be_written_the_consumer_pauses_and_then_goes_on() {
    let world = World::new();
    let settings = LakeSettings {
        flush_rows_max: 100,
        read_records_max: 5,
        ..LakeSettings::default()
    };
    let lake = Lake::start(settings, world.store(), world.journal.clone())
        .await
        .unwrap();
    table(&lake.shared, "signals").fail_next(FailPoint::BeforeCommit);
    let last = world.append(0..400).await;
    // The failed write is repeated after half a second; until then both generations fill up and no more.
    loop {
        let generations = lake.shared.generations.read().clone();
        if generations.frozen.is_some() && generations.active.rows() >= 100 {
            break;
        }
        tokio::task::yield_now().await;
    }
    let rows: usize = lake
        .shared
        .generations
        .read()
        .iter()
        .map(|mem| mem.rows())
        .sum();
    assert!(rows < 2 * (100 + 5 * 5), "{rows}");
    assert!(lake.watermark() < 60, "{}", lake.watermark());
    lake.wait_for(last).await.unwrap();
    lake.shutdown().await.unwrap();
    drop(lake);
    let report = world.verified().await;
    assert!(report.is_sound() && report.signals == 800, "{report:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_journal_record_is_a_dead_letter_and_the_rest_goes_on() {
    let world = World::new();
    world.append(0..6).await;
    let segment = std::fs::read_dir(world.dir.path().join("journal"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let segment = segment
        .into_iter()
        .find(|path| path.extension().is_some_and(|e| e == "seg"))
        .unwrap();
    let mut bytes = std::fs::read(&segment).unwrap();
    let at = bytes
        .windows(7)
        .position(|window| window == b"event-3")
        .unwrap();
    bytes[at] ^= 1;
    std::fs::write(&segment, &bytes).unwrap();
    let lake = world.start().await;
    lake.wait_for(6).await.unwrap();
    assert_eq!((lake.raw_count(), lake.raw_event(4).unwrap()), (5, None));
    let letters = lake.dead_letters(10).unwrap();
    assert!(
        letters
            .iter()
            .any(|letter| letter.seq == 4 && letter.path == "journal"),
        "{letters:?}"
    );
    lake.shutdown().await.unwrap();
    drop(lake);
    let report = world.verified().await;
    assert!(report.is_sound(), "{:?}", report.differences);
}
