//! How fast records become visible and are read, and what they cost on disk. Prints one line for each figure.
//!
//! `cargo bench -p milepost-lake`; arguments: vehicles, hours of driving (10 s between events, 13 signals
//! each), reads, and a folder to keep the lake in.

use std::time::{Duration, Instant};

use milepost_cloudevent::{Authenticity, CloudEvent, Data, Header, Record};
use milepost_journal::{Journal, JournalOptions};
use milepost_lake::{Lake, LakeSettings, LakeStore};
use milepost_signals::{Points, RangeQuery, SignalId, SignalStore as _};
use milepost_types::{Address, ChainId, Did, Timestamp, U256};

const START: i64 = 1_777_680_000_000_000; // 2026-05-02T00:00:00Z
const STEP: i64 = 10_000_000;
const NAMES: [&str; 12] = [
    "speed",
    "powertrainCombustionEngineSpeed",
    "powertrainCombustionEngineECT",
    "obdEngineLoad",
    "obdThrottlePosition",
    "obdIntakeTemp",
    "obdRunTime",
    "powertrainFuelSystemRelativeLevel",
    "lowVoltageBatteryCurrentVoltage",
    "exteriorAirTemperature",
    "isIgnitionOn",
    "powertrainTransmissionTravelledDistance",
];

fn vehicle(token: u64) -> Did {
    Did::erc721(ChainId(137), Address::repeat_byte(0xba), U256::from(token))
}

/// A small generator: the same drive every time.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

fn record(token: u64, step: i64, values: &mut [f64; 12], random: &mut Random) -> Record {
    let at =
        Timestamp::from_micros(START + step * STEP + i64::try_from(token).unwrap_or(0) * 1_000)
            .expect("in range");
    let mut items = Vec::new();
    for (name, value) in NAMES.iter().zip(values.iter_mut()) {
        let change = random.below(9) as f64 / 2.0 - 2.0;
        *value = if *name == "isIgnitionOn" {
            1.0
        } else {
            (*value + change).clamp(0.0, 250.0)
        };
        items.push(format!(
            r#"{{"name":"{name}","timestamp":"{at}","value":{value}}}"#
        ));
    }
    let (latitude, longitude) = (48.0 + values[0] / 1_000.0, 11.0 + step as f64 / 10_000.0);
    items.push(format!(
        r#"{{"name":"currentLocationCoordinates","timestamp":"{at}","value":{{"latitude":{latitude},"longitude":{longitude},"hdop":0.9}}}}"#
    ));
    let header = Header {
        id: format!("trip-{token}/{step:08}"),
        source: Address::repeat_byte(0xaa),
        producer: vehicle(token + 1_000_000),
        subject: vehicle(token),
        kind: "dimo.status".into(),
        time: at,
        data_content_type: None,
        data_schema: None,
        data_version: Some("default/v1.0".into()),
        signature: Some("0x5f".repeat(65)),
        raw_event_id: None,
        sequence: Some(step.unsigned_abs()),
        tags: Vec::new(),
        extras: None,
    };
    let data = Data::Json(format!(r#"{{"signals":[{}]}}"#, items.join(",")).into());
    let event = CloudEvent { header, data };
    Record {
        event,
        received_at: at,
        authenticity: Authenticity::Device,
        admitted_at_block: 1,
    }
}

fn say(what: &str, value: f64, unit: &str) {
    use std::io::Write as _;
    writeln!(std::io::stdout(), "{what:<44} {value:>12.2} {unit}").expect("stdout");
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e6
}

fn folder_bytes(folder: &std::path::Path) -> u64 {
    let entries = std::fs::read_dir(folder)
        .expect("folder")
        .map(|entry| entry.expect("entry").path());
    let size = |path: std::path::PathBuf| match path.extension() {
        _ if path.is_dir() => folder_bytes(&path),
        Some(ending) if ending == "parquet" => path.metadata().expect("metadata").len(),
        _ => 0,
    };
    entries.map(size).sum()
}

fn read(lake: &Lake, vehicles: u64, hours: i64, rounds: u64) -> (f64, usize) {
    let signals =
        [NAMES[0], NAMES[1], NAMES[2]].map(|name| SignalId::by_name(name).expect("known"));
    let to_exclusive = Timestamp::from_micros(START + hours * 3_600_000_000).expect("in range");
    let from = to_exclusive.saturating_add_micros(-24 * 3_600_000_000);
    let mut points = 0;
    let times = (0..rounds).map(|round| {
        let subject = vehicle(round * 7 % vehicles);
        let query = RangeQuery {
            subject: &subject,
            signals: &signals,
            from,
            to_exclusive,
            source: None,
        };
        let started = Instant::now();
        let answer = lake.range(&query).expect("range");
        let took = started.elapsed();
        points = answer
            .iter()
            .map(|p| {
                if let Points::Numbers(p) = p {
                    p.len()
                } else {
                    0
                }
            })
            .sum();
        took
    });
    (median(times.collect()), points)
}

#[tokio::main]
async fn main() {
    let numbers: Vec<i64> = std::env::args()
        .filter_map(|arg| arg.parse().ok())
        .collect();
    let vehicles = numbers.first().copied().unwrap_or(20).unsigned_abs();
    let hours = numbers.get(1).copied().unwrap_or(24);
    let reads = numbers.get(2).copied().unwrap_or(400).unsigned_abs();
    let temporary = tempfile::tempdir().expect("folder");
    let kept = std::env::args().skip(1).find(|arg| arg.starts_with('/'));
    let dir = kept.map_or_else(|| temporary.path().to_owned(), Into::into);
    let journal = Journal::open(dir.join("journal"), JournalOptions::default())
        .expect("journal")
        .0;
    let mut random = Random(7);
    let mut state = vec![[50.0; 12]; usize::try_from(vehicles).unwrap_or(0)];
    let (mut events, mut last) = (0u64, 0);
    for step in 0..hours * 360 {
        let records = (0..vehicles)
            .zip(&mut state)
            .map(|(token, values)| record(token, step, values, &mut random));
        let records: Vec<_> = records.map(|record| record.encode().into()).collect();
        events += records.len() as u64;
        last = journal
            .append(records)
            .await
            .expect("append")
            .last_inclusive;
    }
    let signals = events as f64 * 13.0;
    let settings = LakeSettings {
        flush_rows_max: 20_000_000,
        flush_bytes_max: 1 << 30,
        merge_settled_ms: 0,
        ..LakeSettings::default()
    };
    let store = LakeStore {
        dir: dir.join("lake"),
        key: None,
    };
    let started = Instant::now();
    let lake = Lake::start(settings, store, journal.clone())
        .await
        .expect("lake");
    lake.wait_for(last).await.expect("visible");
    say(
        "journal to memory",
        signals / started.elapsed().as_secs_f64(),
        "signals/s",
    );
    let (took, points) = read(&lake, vehicles, hours, 200);
    say(
        &format!("24 h x 3 signals from memory ({points} points)"),
        took,
        "us p50",
    );
    let started = Instant::now();
    lake.flush().await.expect("flush");
    say(
        "memory to tables",
        signals / started.elapsed().as_secs_f64(),
        "signals/s",
    );
    let (took, points) = read(&lake, vehicles, hours, reads);
    say(
        &format!("24 h x 3 signals from tables ({points} points)"),
        took,
        "us p50",
    );
    let times = (0..1_000).map(|round| {
        let subject = vehicle(round % vehicles);
        let started = Instant::now();
        assert_eq!(lake.latest(&subject, None).signals.len(), 13);
        started.elapsed()
    });
    say("latest of 13 signals", median(times.collect()), "us p50");
    say(
        "signals on disk",
        folder_bytes(&dir.join("lake/signals")) as f64 / signals,
        "bytes/signal",
    );
    say(
        "raw events on disk",
        folder_bytes(&dir.join("lake/raw_events")) as f64 / events as f64,
        "bytes/event",
    );
    let first = record(0, hours * 360, &mut state[0], &mut random);
    let acked = journal
        .append(vec![first.encode().into()])
        .await
        .expect("append")
        .last_inclusive;
    let started = Instant::now();
    lake.wait_for(acked).await.expect("visible");
    say(
        "acknowledged to visible",
        started.elapsed().as_secs_f64() * 1e6,
        "us",
    );
    lake.shutdown().await.expect("shutdown");
}
