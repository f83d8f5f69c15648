//! What is appended is read back: over batches, segments, compression, reopening, and beside the writer.

mod support;

use std::fs;
use std::sync::mpsc;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use rialto_journal::{Batch, FRAME_PAYLOAD_BYTES_MAX, Journal, Options, RECORD_BYTES_MAX, Reader};
use support::*;

#[derive(Debug, Clone)]
enum Act {
    Append(Vec<(u64, Vec<u8>)>),
    Checkpoint([u8; 32]),
    Roll,
    Reopen,
    Archive,
}

fn act() -> impl Strategy<Value = Act> {
    let record = (prop_oneof![Just(0), 0u64..2000, any::<u32>().prop_map(u64::from)], vec(any::<u8>(), 0..80));
    prop_oneof![
        8 => vec(record, 0..12).prop_map(Act::Append),
        2 => any::<[u8; 32]>().prop_map(Act::Checkpoint),
        1 => Just(Act::Roll),
        2 => Just(Act::Reopen),
        1 => Just(Act::Archive),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_appended_is_read_back(
        acts in vec(act(), 1..30),
        segment_bytes_max in prop_oneof![Just(1u64), 200u64..2000],
        from in 0u64..60,
    ) {
        let dir = tempfile::tempdir().unwrap();
        let (mut journal, _) = Journal::open(dir.path(), options(segment_bytes_max)).unwrap();
        let (mut expected, mut last_checkpoint) = (Vec::new(), None);
        let mut batch = Batch::new();
        for act in acts {
            match act {
                Act::Append(records) => {
                    batch.clear();
                    let mut time_us = journal.last_time_us();
                    for (seq, (delta, payload)) in (journal.next_seq()..).zip(records) {
                        time_us += delta;
                        batch.push(seq, time_us, &payload).unwrap();
                        expected.push(Owned::Command(seq, time_us, payload));
                    }
                    journal.append(&batch).unwrap();
                }
                Act::Checkpoint(state_hash) => {
                    let seq = journal.next_seq() - 1;
                    let checkpoint = rialto_journal::Checkpoint { seq, time_us: journal.last_time_us(), state_hash };
                    journal.checkpoint(checkpoint).unwrap();
                    expected.push(Owned::Checkpoint(checkpoint));
                    last_checkpoint = Some(checkpoint);
                }
                Act::Roll => journal.roll().unwrap(),
                Act::Archive => { archive(&journal).unwrap(); }
                Act::Reopen => {
                    let before = (journal.next_seq(), journal.last_time_us(), journal.chain_hash());
                    journal.close().unwrap();
                    let (again, recovery) = Journal::open(dir.path(), options(segment_bytes_max)).unwrap();
                    prop_assert_eq!((again.next_seq(), again.last_time_us(), again.chain_hash()), before);
                    prop_assert_eq!((recovery.next_seq, recovery.last_time_us), (before.0, before.1));
                    prop_assert_eq!(recovery.last_checkpoint, last_checkpoint);
                    prop_assert_eq!(recovery.cut, None);
                    journal = again;
                }
            }
        }
        prop_assert_eq!(&read(dir.path(), 0).unwrap(), &expected);
        let later: Vec<Owned> = expected
            .into_iter()
            .filter(|entry| match entry {
                Owned::Command(seq, ..) => *seq >= from,
                Owned::Checkpoint(checkpoint) => checkpoint.seq + 1 >= from,
            })
            .collect();
        prop_assert_eq!(read(dir.path(), from).unwrap(), later);
    }
}

#[test]
fn a_new_journal_is_empty() {
    let dir = tempfile::tempdir().unwrap();
    let inside = dir.path().join("a/b");
    let (journal, recovery) = Journal::open(&inside, Options::default()).unwrap();
    assert_eq!((recovery.next_seq, recovery.last_time_us, recovery.last_checkpoint, recovery.cut), (1, 0, None, None));
    assert_eq!(journal.chain_hash(), [0; 32]);
    assert_eq!(names(&inside), ["journal-00000000000000000001.rlj"]);
    assert_eq!(read(&inside, 0).unwrap(), []);
}

#[test]
fn records_encoded_in_place_equal_records_pushed() {
    let mut pushed = Batch::new();
    let mut encoded = Batch::new();
    for seq in 1..=20 {
        pushed.push(seq, time(seq), &payload(seq)).unwrap();
        encoded.push_with(seq, time(seq), |out| out.extend(payload(seq))).unwrap();
    }
    assert_eq!((encoded.len(), encoded.bytes(), encoded.next_seq()), (20, pushed.bytes(), Some(21)));
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for (dir, batch) in [(&one, &pushed), (&other, &encoded)] {
        Journal::open(dir.path(), options(1 << 20)).unwrap().0.append(batch).unwrap();
    }
    assert_eq!(fs::read(segment(one.path(), 1)).unwrap(), fs::read(segment(other.path(), 1)).unwrap());
}

#[test]
fn the_largest_record_and_batch_are_read_back() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(dir.path(), options(1 << 20)).unwrap();
    let largest = vec![7; RECORD_BYTES_MAX];
    let mut batch = Batch::new();
    let mut seq = 1;
    while batch.push(seq, 5, &largest).is_ok() {
        seq += 1;
    }
    assert_eq!(batch.len(), FRAME_PAYLOAD_BYTES_MAX / (RECORD_BYTES_MAX + 9));
    journal.append(&batch).unwrap();
    let mut reader = Reader::open(dir.path(), 0).unwrap();
    let mut count = 0;
    while let Some(entry) = reader.next_entry().unwrap() {
        assert!(matches!(entry, rialto_journal::Entry::Command { payload, .. } if payload == largest));
        count += 1;
    }
    assert_eq!(count, batch.len());
}

#[test]
fn an_interrupted_compression_is_cleared_away() {
    let dir = tempfile::tempdir().unwrap();
    three_segments(dir.path());
    let unfinished = compressed(dir.path(), 1).with_extension("zst.tmp");
    fs::write(&unfinished, b"half").unwrap();
    drop(Journal::open(dir.path(), options(1 << 20)).unwrap());
    assert!(!unfinished.exists());
}

#[test]
fn a_reader_follows_the_writer() {
    const RECORDS: u64 = 3000;
    let dir = tempfile::tempdir().unwrap();
    let (ready, started) = mpsc::channel();
    let path = dir.path().to_path_buf();
    let writer = std::thread::spawn(move || {
        let (mut journal, _) = Journal::open(&path, options(4000)).unwrap();
        ready.send(()).unwrap();
        for first in (1..=RECORDS).step_by(5) {
            journal.append(&batch(first..=first + 4)).unwrap();
            if first % 200 == 1 {
                archive(&journal).unwrap();
            }
        }
        journal.close().unwrap();
    });
    started.recv_timeout(Duration::from_secs(30)).unwrap();
    let mut reader = Reader::open(dir.path(), 0).unwrap();
    let (mut entries, mut looks) = (Vec::new(), 0);
    while reader.next_seq() <= RECORDS {
        drain(&mut reader, &mut entries).unwrap();
        looks += 1;
        std::thread::sleep(Duration::from_millis(1));
        assert!(looks < 60_000, "the reader stands at {:?}", reader.position());
    }
    writer.join().unwrap();
    assert!(looks > 2);
    assert_eq!(entries, commands(1..=RECORDS));
}

#[test]
fn a_reader_goes_on_after_an_unfinished_frame_is_finished() {
    let dir = tempfile::tempdir().unwrap();
    let places = three_segments(dir.path());
    let last = places.last().unwrap();
    let path = segment(dir.path(), last.segment);
    let whole = fs::read(&path).unwrap();
    let all = read(dir.path(), 0).unwrap();
    for cut in [last.start + 1, last.start + 39, last.start + 40, last.end - 33, last.end - 1] {
        fs::write(&path, &whole[..cut as usize]).unwrap();
        let mut reader = Reader::open(dir.path(), 0).unwrap();
        let mut entries = Vec::new();
        drain(&mut reader, &mut entries).unwrap();
        assert_eq!(entries, all[..25]);
        assert_eq!(reader.position().unwrap(), rialto_journal::Position { file: path.clone(), offset: last.start });
        drain(&mut reader, &mut entries).unwrap();
        assert_eq!(entries, all[..25]);
        fs::write(&path, &whole).unwrap();
        drain(&mut reader, &mut entries).unwrap();
        assert_eq!(entries, all);
    }
}

#[test]
fn a_reader_of_a_directory_without_segments_waits_for_them() {
    let dir = tempfile::tempdir().unwrap();
    let mut reader = Reader::open(dir.path(), 0).unwrap();
    assert_eq!(reader.next_entry().unwrap(), None);
    assert_eq!(reader.position(), None);
    let (mut journal, _) = Journal::open(dir.path(), options(1 << 20)).unwrap();
    assert_eq!(reader.next_entry().unwrap(), None);
    journal.append(&batch(1..=3)).unwrap();
    let mut entries = Vec::new();
    drain(&mut reader, &mut entries).unwrap();
    assert_eq!(entries, commands(1..=3));
}

#[test]
fn opening_from_a_snapshot_checks_only_headers_before_it() {
    let dir = tempfile::tempdir().unwrap();
    let places = three_segments(dir.path());
    let path = segment(dir.path(), 1);
    let mut bytes = fs::read(&path).unwrap();
    bytes[places[1].start as usize + 50] ^= 1;
    fs::write(&path, &bytes).unwrap();
    Journal::open(dir.path(), options(1 << 20)).map(|_| ()).unwrap_err();
    let from = |verify_from_seq| Options { verify_from_seq, ..options(1 << 20) };
    Journal::open(dir.path(), from(10)).map(|_| ()).unwrap_err();
    let (mut journal, recovery) = Journal::open(dir.path(), from(11)).unwrap();
    assert_eq!((recovery.next_seq, recovery.last_checkpoint), (28, Some(checkpoint(24))));
    journal.append(&batch(28..=28)).unwrap();
    drop(journal);
    bytes[20] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let error = Journal::open(dir.path(), from(11)).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("segment header checksum"), "{error}");
}
