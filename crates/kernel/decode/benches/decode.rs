//! Signals decoded per second by one core. Run with `cargo bench -p milepost-decode`; the goal is one million.

use std::fmt::Write as _;

use divan::{Bencher, counter::ItemsCount};
use milepost_cloudevent::{CloudEvent, Data, Header};
use milepost_decode::decode;
use milepost_types::{Address, ChainId, Did, Timestamp, U256};

fn main() {
    divan::main();
}

/// A payload as a car sends it while driving: mostly numbers, a position now and then, times a few ms apart.
fn event(signals: i64) -> CloudEvent {
    let start = Timestamp::from_secs_saturating(1_777_702_000);
    let mut data = String::from(r#"{"signals":["#);
    for index in 0..signals {
        let name = [
            "speed",
            "powertrainCombustionEngineSpeed",
            "obdThrottlePosition",
            "currentLocationCoordinates",
        ];
        let name = name[usize::try_from(index % 4).expect("0 to 3")];
        let time = start.saturating_add_micros(index * 97_000);
        let separator = if index == 0 { "" } else { "," };
        write!(
            data,
            r#"{separator}{{"name":"{name}","timestamp":"{time}","value":"#
        )
        .expect("a string takes all");
        match index % 4 {
            3 => write!(
                data,
                r#"{{"latitude":47.1{index},"longitude":-20.3{index},"hdop":0.8}}}}"#
            ),
            _ => write!(data, "{index}.123456}}"),
        }
        .expect("a string takes all");
    }
    data.push_str("]}");
    let vehicle = Did::erc721(ChainId(80002), Address::repeat_byte(7), U256::from(700));
    let header = Header {
        id: "bench".to_owned(),
        source: Address::repeat_byte(1),
        producer: vehicle,
        subject: vehicle,
        kind: "dimo.status".to_owned(),
        time: start,
        data_content_type: None,
        data_schema: None,
        data_version: None,
        signature: None,
        raw_event_id: None,
        sequence: None,
        tags: Vec::new(),
        extras: None,
    };
    CloudEvent {
        header,
        data: Data::Json(data.into_bytes().into()),
    }
}

#[divan::bench(args = [1, 10, 100, 1_000])]
fn signals(bencher: Bencher<'_, '_>, signals: i64) {
    let event = event(signals);
    let received = Timestamp::from_secs_saturating(1_777_702_300);
    assert_eq!(decode(&event, received).errors, []);
    bencher
        .counter(ItemsCount::new(signals.unsigned_abs()))
        .bench(|| decode(&event, received));
}
