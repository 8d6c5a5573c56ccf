use bytes::Bytes;
use milepost_cloudevent::{Authenticity, CloudEvent, Data, Header, Record, RecordError};
use milepost_types::{ChainId, Did, Timestamp, U256};
use proptest::prelude::*;

fn did() -> impl Strategy<Value = Did> {
    prop_oneof![
        (any::<u64>(), any::<[u8; 20]>(), any::<[u8; 32]>()).prop_map(
            |(chain, contract, token)| Did::erc721(
                ChainId(chain),
                contract.into(),
                U256::from_be_bytes(token)
            )
        ),
        (any::<u64>(), any::<[u8; 20]>())
            .prop_map(|(chain, account)| Did::ethr(ChainId(chain), account.into())),
    ]
}

fn data() -> impl Strategy<Value = Data> {
    prop_oneof![
        Just(Data::None),
        proptest::collection::vec(any::<u8>(), 0..300)
            .prop_map(|bytes| Data::Json(Bytes::from(bytes))),
        "[A-Za-z0-9+/]{0,80}".prop_map(Data::Base64),
    ]
}

prop_compose! {
    fn header()(
        id in ".{0,40}", source: [u8; 20], producer in did(), subject in did(), kind in "[a-z.]{1,20}",
        micros in 0i64..4_000_000_000_000_000, optional in proptest::array::uniform6(proptest::option::of(".{0,30}")),
        sequence: Option<u64>, tags in proptest::collection::vec(".{0,10}", 0..4),
    ) -> Header {
        let [data_content_type, data_schema, data_version, signature, raw_event_id, extras] = optional;
        Header {
            id, source: source.into(), producer, subject, kind, time: Timestamp::from_micros(micros).unwrap(),
            data_content_type, data_schema, data_version, signature, raw_event_id, sequence, tags, extras,
        }
    }
}

prop_compose! {
    fn record()(header in header(), data in data(), received in 0i64..4_000_000_000_000_000, block: u64, how in 0usize..4) -> Record {
        let authenticity =
            [Authenticity::Certificate, Authenticity::Device, Authenticity::DeviceBatch, Authenticity::Legacy][how];
        Record {
            event: CloudEvent { header, data },
            received_at: Timestamp::from_micros(received).unwrap(),
            authenticity,
            admitted_at_block: block,
        }
    }
}

proptest! {
    #[test]
    fn every_record_survives_the_journal(record in record()) {
        prop_assert_eq!(Record::decode(&record.encode()).unwrap(), record);
    }

    #[test]
    fn cut_or_extended_records_are_refused(record in record(), cut in any::<proptest::sample::Index>()) {
        let mut bytes = record.encode();
        let cut = cut.index(bytes.len());
        prop_assert!(Record::decode(&bytes[..cut]).is_err());
        bytes.push(0);
        let refused = matches!(Record::decode(&bytes), Err(RecordError::Corrupt { .. }));
        prop_assert!(refused);
    }

    #[test]
    fn any_bytes_decode_or_err_without_panic(mut bytes in proptest::collection::vec(any::<u8>(), 1..200)) {
        bytes[0] = 1;
        if let Ok(record) = Record::decode(&bytes) {
            prop_assert_eq!(Record::decode(&record.encode()).unwrap(), record);
        }
    }
}

#[test]
fn an_unknown_format_version_is_refused() {
    assert_eq!(Record::decode(&[]), Err(RecordError::Empty));
    assert_eq!(
        Record::decode(&[2, 0, 0]),
        Err(RecordError::UnknownVersion(2))
    );
    assert_eq!(
        Record::decode(&[9]).unwrap_err().to_string(),
        "record has format version 9; this program reads version 1"
    );
}

#[test]
fn records_of_format_version_1_stay_readable() {
    // Journals outlive the program: these bytes were written by the first release.
    let event = crate::parse(&crate::full()).unwrap();
    let event = event
        .clone()
        .into_event(event.source().unwrap(), Timestamp::EPOCH, "unused");
    let record = Record {
        event,
        received_at: Timestamp::parse_rfc3339("2026-05-02T06:10:01Z").unwrap(),
        authenticity: Authenticity::DeviceBatch,
        admitted_at_block: 77,
    };
    let written = include_str!("record-v1.hex").trim();
    let bytes: Vec<u8> = (0..written.len() / 2)
        .map(|n| u8::from_str_radix(&written[2 * n..2 * n + 2], 16).unwrap())
        .collect();
    assert_eq!(Record::decode(&bytes).unwrap(), record);
    assert_eq!(record.encode(), bytes);
}
