use proptest::prelude::*;

use super::*;

/// A journal of several segments that was killed: the last one is open, with padding.
fn killed(dir: &Path, options: &JournalOptions, groups: &[u64]) -> u64 {
    let live = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let (journal, _) = open(live.path(), options.clone());
    let mut seq = 0;
    for records in groups {
        let payloads = (seq + 1..=seq + records).map(record).collect();
        seq = runtime
            .block_on(journal.append(payloads))
            .unwrap()
            .last_inclusive;
    }
    copy(live.path(), dir);
    runtime.block_on(journal.close());
    seq
}

/// Where each record of the only segment starts, and where the last ends.
fn offsets(bytes: &[u8]) -> Vec<usize> {
    let crate::frame::HeaderRead::Good { header, .. } = crate::frame::SegmentHeader::decode(bytes)
    else {
        panic!()
    };
    let mut at = 128;
    let mut found = vec![at];
    while let Some(frame) = crate::frame::FrameHeader::decode(&bytes[at..], header.seed()) {
        if frame.is_end_mark() {
            break;
        }
        at += usize::try_from(frame.frame_bytes()).unwrap();
        found.push(at);
    }
    found
}

fn reopen_and_append(dir: &Path, options: &JournalOptions, kept: u64) -> Recovery {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (journal, recovery) = open(dir, options.clone());
        assert_eq!(recovery.next_seq, kept + 1);
        append(&journal, kept + 1..=kept + 2).await;
        expect_records(&journal, 1..=kept + 2);
        journal.close().await;
        recovery
    })
}

#[test]
fn a_file_cut_at_any_byte_keeps_every_whole_record() {
    for options in [small(), sealed()] {
        let source = tempfile::tempdir().unwrap();
        killed(source.path(), &options, &[1, 3, 1]);
        let path = &segments(source.path())[0];
        let bytes = fs::read(path).unwrap();
        let starts = offsets(&bytes);
        for cut in 128..*starts.last().unwrap() {
            let dir = tempfile::tempdir().unwrap();
            fs::write(dir.path().join(path.file_name().unwrap()), &bytes[..cut]).unwrap();
            let whole = starts.iter().rposition(|start| *start <= cut).unwrap();
            let recovery = reopen_and_append(dir.path(), &options, whole as u64);
            // Zero bytes at the very end of a torn record look like padding.
            let torn = bytes[starts[whole]..cut]
                .iter()
                .rposition(|b| *b != 0)
                .map_or(0, |last| last + 1);
            assert_eq!(recovery.bytes_cut, torn as u64, "cut at {cut}");
            assert!(recovery.corrupt.is_empty());
        }
    }
}

#[test]
fn a_tail_zeroed_from_any_byte_keeps_every_whole_record() {
    let source = tempfile::tempdir().unwrap();
    killed(source.path(), &small(), &[1, 3, 1]);
    let path = &segments(source.path())[0];
    let bytes = fs::read(path).unwrap();
    let starts = offsets(&bytes);
    for from in 128..*starts.last().unwrap() {
        let dir = tempfile::tempdir().unwrap();
        let mut torn = bytes.clone();
        torn[from..].fill(0);
        fs::write(dir.path().join(path.file_name().unwrap()), &torn).unwrap();
        // A record whose missing bytes were zeros anyway is whole.
        let whole = starts
            .iter()
            .rposition(|start| torn[..*start] == bytes[..*start])
            .unwrap();
        reopen_and_append(dir.path(), &small(), whole as u64);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn garbage_behind_the_tail_is_cut_and_reported(
        groups in prop::collection::vec(1u64..4, 1..6),
        garbage in prop::collection::vec(any::<u8>(), 1..400),
        encrypt: bool,
    ) {
        let options = if encrypt { sealed() } else { small() };
        let dir = tempfile::tempdir().unwrap();
        let last = killed(dir.path(), &options, &groups);
        let path = &segments(dir.path())[0];
        let mut bytes = fs::read(path).unwrap();
        let end = *offsets(&bytes).last().unwrap();
        bytes[end..end + garbage.len()].copy_from_slice(&garbage);
        fs::write(path, &bytes).unwrap();
        let recovery = reopen_and_append(dir.path(), &options, last);
        let torn = garbage.iter().rposition(|b| *b != 0).map_or(0, |at| at + 1);
        prop_assert_eq!(recovery.bytes_cut, torn as u64);
    }

    #[test]
    fn any_number_of_damaged_bytes_never_yields_a_wrong_record(
        damage in prop::collection::vec((0usize..60_000, any::<u8>()), 1..40),
        encrypt: bool,
    ) {
        let options = if encrypt { sealed() } else { small() };
        let dir = tempfile::tempdir().unwrap();
        killed(dir.path(), &options, &[5; 40]);
        let files = segments(dir.path());
        for (at, value) in damage {
            let path = &files[at % files.len()];
            let mut bytes = fs::read(path).unwrap();
            let len = bytes.len();
            bytes[at % len] = value;
            fs::write(path, &bytes).unwrap();
        }
        let (journal, _) = open(dir.path(), options);
        let (entries, skipped) = read_all(&mut journal.reader(0).unwrap());
        let lost: u64 = skipped.iter().map(|s| s.to_seq_exclusive - s.corrupt.seq).sum();
        prop_assert!(entries.iter().all(|entry| entry.payload == record(entry.seq)));
        let mut expected = 1;
        for entry in &entries {
            for seq in expected..entry.seq {
                let told = skipped.iter().any(|s| (s.corrupt.seq..s.to_seq_exclusive).contains(&seq));
                prop_assert!(told, "record {} is missing silently", seq);
            }
            expected = entry.seq + 1;
        }
        prop_assert!(journal.stats().durable_seq <= entries.len() as u64 + lost);
    }
}

#[test]
fn a_flipped_bit_anywhere_is_found_and_the_other_records_are_served() {
    for options in [small(), sealed()] {
        let source = tempfile::tempdir().unwrap();
        // Closed properly, so that there is no torn tail to mistake damage for.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let (journal, _) = open(source.path(), options.clone());
        runtime.block_on(append(&journal, 1..=5));
        runtime.block_on(journal.close());
        let path = &segments(source.path())[0];
        let bytes = fs::read(path).unwrap();
        let records = offsets(&bytes).len() - 1;
        assert_eq!(records, 5);
        for at in 0..bytes.len() {
            let dir = tempfile::tempdir().unwrap();
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (at % 8);
            fs::write(dir.path().join(path.file_name().unwrap()), &flipped).unwrap();
            let report = crate::verify(dir.path(), options.key.as_ref()).unwrap();
            // In the end mark alone it looks like an append that was interrupted.
            assert!(
                report.corrupt.len() == 1 || report.torn_bytes > 0,
                "byte {at}: {report:?}"
            );
            let (journal, recovery) = open(dir.path(), options.clone());
            assert!(
                recovery.corrupt.len() == 1 || recovery.bytes_cut > 0,
                "byte {at}: {recovery:?}"
            );
            let (entries, skipped) = read_all(&mut journal.reader(0).unwrap());
            assert!(
                entries
                    .iter()
                    .all(|entry| entry.payload == record(entry.seq)),
                "byte {at}"
            );
            assert!(
                entries.len() >= records - 1,
                "byte {at}: {} records",
                entries.len()
            );
            assert_eq!(skipped.len(), records - entries.len(), "byte {at}");
            runtime.block_on(journal.close());
        }
    }
}

#[test]
fn a_flipped_bit_before_the_last_group_is_damage_and_not_a_torn_tail() {
    let source = tempfile::tempdir().unwrap();
    killed(source.path(), &small(), &[1, 1, 1, 3]);
    let path = &segments(source.path())[0];
    let bytes = fs::read(path).unwrap();
    let starts = offsets(&bytes);
    for at in starts[0]..starts[3] {
        let dir = tempfile::tempdir().unwrap();
        let mut flipped = bytes.clone();
        flipped[at] ^= 0x10;
        fs::write(dir.path().join(path.file_name().unwrap()), &flipped).unwrap();
        let (journal, recovery) = open(dir.path(), small());
        assert_eq!(
            (
                recovery.next_seq,
                recovery.bytes_cut,
                recovery.corrupt.len()
            ),
            (7, 0, 1),
            "byte {at}"
        );
        let (entries, skipped) = read_all(&mut journal.reader(0).unwrap());
        assert_eq!((entries.len(), skipped.len()), (5, 1), "byte {at}");
    }
    // Inside the last group nothing says that it was acknowledged: it is cut, and said so.
    for at in starts[3]..starts[6] {
        let dir = tempfile::tempdir().unwrap();
        let mut flipped = bytes.clone();
        flipped[at] ^= 0x10;
        fs::write(dir.path().join(path.file_name().unwrap()), &flipped).unwrap();
        let (_, recovery) = open(dir.path(), small());
        assert!(
            recovery.bytes_cut > 0 && (4..7).contains(&recovery.next_seq),
            "byte {at}: {recovery:?}"
        );
    }
}

#[tokio::test]
async fn damage_is_reported_until_it_is_skipped_and_good_records_come_first() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(dir.path(), small());
    append(&journal, 1..=6).await;
    let path = segments(dir.path()).remove(0);
    let mut bytes = fs::read(&path).unwrap();
    let start = offsets(&bytes)[2];
    bytes[start + 30] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let mut reader = journal.reader(0).unwrap();
    assert_eq!(reader.next_batch(10, 10_000).unwrap().len(), 2);
    for _ in 0..2 {
        let Err(ReadError::Corrupt(corrupt)) = reader.next_batch(10, 10_000) else {
            panic!("damage went unseen")
        };
        assert_eq!(
            (corrupt.seq, corrupt.offset, corrupt.what),
            (3, start as u64, "payload checksum")
        );
        assert_eq!(corrupt.segment, path.file_name().unwrap().to_str().unwrap());
    }
    let skipped = reader.skip_corrupt().unwrap().unwrap();
    assert_eq!(skipped.to_seq_exclusive, 4);
    assert_eq!(reader.skip_corrupt().unwrap(), None);
    assert_eq!(
        reader
            .next_batch(10, 10_000)
            .unwrap()
            .iter()
            .map(|e| e.seq)
            .collect::<Vec<_>>(),
        [4, 5, 6]
    );
    // A reader that starts behind the damage does not meet it.
    let (entries, skipped) = read_all(&mut journal.reader(5).unwrap());
    assert_eq!((entries.len(), skipped.len()), (2, 0));
    journal.close().await;
}

#[tokio::test]
async fn a_lost_segment_is_a_reported_gap() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(dir.path(), sealed());
    append(&journal, 1..=200).await;
    journal.close().await;
    let files = segments(dir.path());
    assert!(files.len() >= 3);
    fs::remove_file(&files[1]).unwrap();
    assert_eq!(
        crate::verify(dir.path(), Some(&KEY)).unwrap().corrupt.len(),
        1
    );
    let (journal, _) = open(dir.path(), sealed());
    let (entries, skipped) = read_all(&mut journal.reader(0).unwrap());
    assert_eq!(skipped.len(), 1);
    let lost = skipped[0].to_seq_exclusive - skipped[0].corrupt.seq;
    assert_eq!(entries.len() as u64 + lost, 200);
    journal.close().await;
}

#[tokio::test]
async fn a_segment_without_a_readable_header_is_passed_over_aloud() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(dir.path(), small());
    append(&journal, 1..=200).await;
    journal.close().await;
    let files = segments(dir.path());
    for victim in [1, files.len() - 1] {
        let copy_dir = tempfile::tempdir().unwrap();
        copy(dir.path(), copy_dir.path());
        let path = copy_dir.path().join(files[victim].file_name().unwrap());
        let mut bytes = fs::read(&path).unwrap();
        bytes[..128].fill(0xff);
        fs::write(&path, &bytes).unwrap();
        let (journal, recovery) = open(copy_dir.path(), small());
        assert_eq!(recovery.corrupt.len(), 1);
        let next = recovery.next_seq;
        assert!(
            next > 200,
            "numbers that may be in the file are not used again"
        );
        append(&journal, next..=next).await;
        let (entries, skipped) = read_all(&mut journal.reader(0).unwrap());
        assert_eq!(skipped.len(), 1);
        assert_eq!(entries.last().map(|e| e.seq), Some(next));
        journal.close().await;
    }
}
