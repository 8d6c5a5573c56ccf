//! Tests through the public handles; [`disk`] holds the failing disk.

mod bounds;
mod damage;
mod disk;
mod order;
mod power;

use std::{fs, path::Path};

use bytes::Bytes;

use crate::{Entry, Journal, JournalOptions, ReadError, Reader, Recovery};

const KEY: [u8; 32] = [42; 32];

/// Small segments, so that a few records cross several of them.
fn small() -> JournalOptions {
    JournalOptions {
        segment_bytes: 4096,
        max_bytes: 1 << 20,
        retain_bytes: 1 << 20,
        reserve_bytes: 0,
        ..JournalOptions::default()
    }
}

fn sealed() -> JournalOptions {
    JournalOptions {
        key: Some(KEY),
        ..small()
    }
}

fn open(dir: &Path, options: JournalOptions) -> (Journal, Recovery) {
    Journal::open(dir, options).unwrap()
}

fn record(seq: u64) -> Bytes {
    // Different lengths, so that records do not line up with sectors.
    Bytes::from(format!("record {seq} ").repeat(1 + usize::try_from(seq % 7).unwrap()))
}

async fn append(journal: &Journal, seqs: std::ops::RangeInclusive<u64>) {
    for seq in seqs {
        let range = journal.append(vec![record(seq)]).await.unwrap();
        assert_eq!((range.first, range.last_inclusive), (seq, seq));
    }
}

/// Everything a reader gives, damage skipped and collected.
fn read_all(reader: &mut Reader) -> (Vec<Entry>, Vec<crate::Skipped>) {
    let (mut entries, mut skipped) = (Vec::new(), Vec::new());
    loop {
        match reader.next_batch(3, 500) {
            Ok(batch) if batch.is_empty() => return (entries, skipped),
            Ok(batch) => entries.extend(batch),
            Err(ReadError::Corrupt(_)) => skipped.push(reader.skip_corrupt().unwrap().unwrap()),
            Err(error) => panic!("{error}"),
        }
    }
}

fn expect_records(journal: &Journal, seqs: std::ops::RangeInclusive<u64>) {
    let (entries, skipped) = read_all(&mut journal.reader(*seqs.start()).unwrap());
    assert_eq!(skipped, []);
    let expected: Vec<Entry> = seqs
        .map(|seq| Entry {
            seq,
            payload: record(seq),
        })
        .collect();
    assert_eq!(entries, expected);
}

/// The files as a process that dies now would leave them.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

fn segments(dir: &Path) -> Vec<std::path::PathBuf> {
    crate::segment::list(dir)
        .unwrap()
        .into_iter()
        .map(|(_, path)| path)
        .collect()
}
