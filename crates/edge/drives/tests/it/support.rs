use std::{
    collections::BTreeMap,
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

use milepost_cloudevent::{CloudEvent, Data, Header};
use milepost_decode::Decoded;
use milepost_drives::{DriveFile, OutgoingPayload, Sample, open};
use milepost_types::{Address, ChainId, Did, Timestamp, U256};

/// The recordings, where a checkout has them beside it; `MILEPOST_DATA` names another place, which must exist.
pub(crate) fn data() -> Option<PathBuf> {
    if let Some(given) = std::env::var_os("MILEPOST_DATA") {
        let given = PathBuf::from(given);
        assert!(
            given.is_dir(),
            "MILEPOST_DATA is {}, which is no folder",
            given.display()
        );
        return Some(given);
    }
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data");
    let found = beside.is_dir().then_some(beside);
    if found.is_none() {
        eprintln!("no recordings beside the checkout and no MILEPOST_DATA: nothing was read");
    }
    found
}

/// Lines of a file, read without the code under test.
pub(crate) fn lines(path: &Path) -> Vec<String> {
    let mut text = String::new();
    let mut file = File::open(path).unwrap();
    if path.extension().is_some_and(|end| end == "zst") {
        zstd::stream::read::Decoder::new(file)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
    } else {
        file.read_to_string(&mut text).unwrap();
    }
    text.lines().map(str::to_owned).collect()
}

pub(crate) struct Scratch {
    folder: tempfile::TempDir,
}

impl Scratch {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn write(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }
}

/// Reads a whole file.
pub(crate) fn samples(path: &Path) -> (Vec<Sample>, DriveFile) {
    let mut file = open(path).unwrap();
    let samples = file.by_ref().map(Result::unwrap).collect();
    (samples, file)
}

/// Decodes a payload as a node would that received it when it was sent.
pub(crate) fn decoded(payload: &OutgoingPayload) -> Decoded {
    let device = Did::erc721(ChainId(1), Address::repeat_byte(1), U256::from(1));
    let header = Header {
        id: payload.id.clone(),
        source: Address::repeat_byte(2),
        producer: device,
        subject: device,
        kind: "dimo.status".to_owned(),
        time: payload.time,
        data_content_type: None,
        data_schema: None,
        data_version: Some("default/v1.0".to_owned()),
        signature: None,
        raw_event_id: None,
        sequence: None,
        tags: Vec::new(),
        extras: None,
    };
    let event = CloudEvent {
        header,
        data: Data::Json(payload.data.clone().into()),
    };
    milepost_decode::decode(&event, payload.time)
}

/// Ids are what makes a replay idempotent: unique, and within the charset and length of event ids.
pub(crate) fn assert_ids_are_usable(payloads: &[OutgoingPayload]) {
    let mut by_id: BTreeMap<&str, &OutgoingPayload> = BTreeMap::new();
    for payload in payloads {
        assert!(
            by_id.insert(&payload.id, payload).is_none(),
            "id {} twice",
            payload.id
        );
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-_/,. :".contains(c);
        assert!(
            payload.id.len() <= 256 && payload.id.chars().all(allowed),
            "{}",
            payload.id
        );
    }
}

pub(crate) fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}
