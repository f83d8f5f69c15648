//! Archiving: what was moved away reads as before, nothing is ever in neither place, and what is missing is named.

mod support;

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use rialto_journal::{Journal, JournalError, RealDisk, check_archive, list_archive};
use support::faulty_disk::{Fault, FaultyDisk};
use support::*;

const ALL: usize = usize::MAX;

/// Archive what comes before a sequence.
fn archive_before(dir: &Path, seq: u64) -> usize {
    let (journal, _) = Journal::open(dir, options(1 << 20)).unwrap();
    journal.archiver().archive_before(Path::new(ARCHIVE), seq, ALL).unwrap()
}

#[test]
fn only_segments_that_lie_wholly_before_the_sequence_are_archived() {
    for (seq, expected) in [(0, 0), (9, 0), (10, 1), (18, 1), (19, 2), (1000, 2)] {
        let dir = tempfile::tempdir().unwrap();
        three_segments(dir.path());
        let all = read(dir.path(), 0).unwrap();
        assert_eq!(archive_before(dir.path(), seq), expected, "before {seq}");
        assert_eq!(list_archive(&RealDisk, dir.path()).unwrap().len(), expected);
        assert_eq!(segment(dir.path(), 1).exists(), expected == 0);
        assert_eq!(read(dir.path(), 0).unwrap(), all, "archive and journal read as one");
        assert_eq!(read(dir.path(), 12).unwrap(), all[11..]);
        assert_eq!(archive_before(dir.path(), seq), 0, "it is all archived");
        check_archive(&RealDisk, dir.path(), |_| true).unwrap();
    }
}

#[test]
fn the_list_says_what_each_segment_holds() {
    let dir = tempfile::tempdir().unwrap();
    three_segments(dir.path());
    archive_before(dir.path(), 28);
    let listed = list_archive(&RealDisk, dir.path()).unwrap();
    let sequences: Vec<_> = listed.iter().map(|one| (one.first_seq, one.last_seq)).collect();
    assert_eq!(sequences, [(1, 9), (10, 18)]);
    for one in &listed {
        let bytes = fs::read(one.path(dir.path())).unwrap();
        assert_eq!(one.path(dir.path()), archived(dir.path(), one.first_seq));
        assert_eq!((one.first_time_us, one.last_time_us), (time(one.first_seq), time(one.last_seq)));
        assert_eq!((one.bytes, one.blake3), (bytes.len() as u64, *blake3::hash(&bytes).as_bytes()));
    }
    let next = fs::read(segment(dir.path(), 19)).unwrap();
    assert_eq!(listed[1].chain, next[28..60], "the next segment's header states the chain hash before it");
}

#[test]
fn archiving_goes_on_while_the_journal_is_written_and_ends_when_it_is_closed() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(dir.path(), options(300)).unwrap();
    let archiver = journal.archiver();
    for seq in 1..=40 {
        journal.append(&batch(seq..=seq)).unwrap();
        if seq % 10 == 0 {
            assert_eq!(archiver.archive_before(Path::new(ARCHIVE), seq, 1).unwrap(), 1, "one at a time");
        }
    }
    assert_eq!(read(dir.path(), 0).unwrap(), commands(1..=40));
    journal.close().unwrap();
    assert_eq!(archiver.archive_before(Path::new(ARCHIVE), 40, ALL).unwrap(), 0);
    Journal::open(dir.path(), options(300)).unwrap();
}

#[test]
fn a_segment_that_was_compressed_in_place_is_archived_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/v1/compressed");
    for (path, bytes) in files(&golden) {
        fs::write(dir.path().join(path.file_name().unwrap()), bytes).unwrap();
    }
    let (all, before) = (read(dir.path(), 0).unwrap(), fs::read(compressed(dir.path(), 1)).unwrap());
    assert_eq!(archive_before(dir.path(), 6), 1);
    assert!(!compressed(dir.path(), 1).exists());
    assert_eq!(fs::read(archived(dir.path(), 1)).unwrap(), before);
    assert_eq!(read(dir.path(), 0).unwrap(), all);
}

#[test]
fn without_its_archive_a_journal_opens_from_a_snapshot_and_says_what_the_rest_needs() {
    let dir = tempfile::tempdir().unwrap();
    three_segments(dir.path());
    let all = read(dir.path(), 0).unwrap();
    archive_before(dir.path(), 19);
    let away = tempfile::tempdir().unwrap();
    let cold = away.path().join("cold");
    fs::rename(dir.path().join(ARCHIVE), &cold).unwrap();

    let from_snapshot = rialto_journal::Options { verify_from_seq: 20, ..options(1 << 20) };
    let (journal, recovery) = Journal::open(dir.path(), from_snapshot).unwrap();
    assert_eq!(recovery.next_seq, 28);
    drop(journal);
    assert_eq!(read(dir.path(), 20).unwrap(), all[19..]);
    for error in [read(dir.path(), 0).unwrap_err(), check_archive(&RealDisk, dir.path(), |_| true).unwrap_err()] {
        let message = error.to_string();
        assert!(matches!(error, JournalError::AbsentArchive { from_seq: 1, to_seq: 18, .. }), "{message}");
        for needed in [archived(dir.path(), 1), archived(dir.path(), 10), dir.path().join("archive.manifest")] {
            assert!(message.contains(needed.to_str().unwrap()), "{message}");
        }
    }
    let error = read(dir.path(), 12).unwrap_err();
    assert!(matches!(error, JournalError::AbsentArchive { from_seq: 10, to_seq: 18, .. }), "{error}");

    fs::rename(&cold, dir.path().join(ARCHIVE)).unwrap();
    assert_eq!(read(dir.path(), 0).unwrap(), all);
}

#[test]
fn a_list_or_a_segment_with_a_flipped_bit_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    three_segments(dir.path());
    archive_before(dir.path(), 19);
    for path in [dir.path().join("archive.manifest"), archived(dir.path(), 1), archived(dir.path(), 10)] {
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            fs::write(&path, bytes).unwrap();
            let error = check_archive(&RealDisk, dir.path(), |_| true).unwrap_err();
            assert!(matches!(error, JournalError::Damage { .. }), "byte {at} of {}: {error}", path.display());
        }
        fs::write(&path, whole).unwrap();
    }
    check_archive(&RealDisk, dir.path(), |_| true).unwrap();
}

#[test]
fn another_journals_segment_in_the_archive_is_not_replaced() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    three_segments(dir.path());
    let (mut journal, _) = Journal::open(other.path(), options(1 << 20)).unwrap();
    journal.append(&batch(1..=2)).unwrap();
    journal.roll().unwrap();
    archive(&journal).unwrap();
    let foreign = fs::read(archived(other.path(), 1)).unwrap();
    let (journal, _) = Journal::open(dir.path(), options(1 << 20)).unwrap();
    let error = journal.archiver().archive_before(&other.path().join(ARCHIVE), 28, ALL).unwrap_err();
    assert!(matches!(error, JournalError::ForeignFile { seq: 1, .. }), "{error}");
    assert_eq!(fs::read(archived(other.path(), 1)).unwrap(), foreign);
    assert_eq!(read(dir.path(), 0).unwrap().len(), 28);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// Whatever the segments and wherever it dies, everything is read back, and another run finishes the work.
    #[test]
    fn a_crash_at_any_point_of_archiving_loses_nothing(
        closed in prop::collection::vec(1u64..6, 1..4),
        before in 0u64..20,
        loses_unsynced: bool,
    ) {
        for operation in 0.. {
            let dir = tempfile::tempdir().unwrap();
            let disk = FaultyDisk::default();
            let (mut journal, _) = Journal::open_on(disk.clone(), dir.path(), options(1 << 20)).unwrap();
            for &records in &closed {
                let first = journal.next_seq();
                journal.append(&batch(first..=first + records - 1)).unwrap();
                journal.roll().unwrap();
            }
            let last = journal.next_seq();
            journal.append(&batch(last..=last)).unwrap();
            disk.fail_after(operation, Fault::Crash);
            let done = journal.archiver().archive_before(Path::new(ARCHIVE), before, ALL);
            drop(journal);
            if loses_unsynced {
                disk.lose_unsynced();
            }
            prop_assert_eq!(&read(dir.path(), 0).unwrap(), &commands(1..=last), "operation {}", operation);
            let expected = closed
                .iter()
                .scan(1, |next, records| { *next += records; Some(*next) })
                .filter(|&next| next <= before)
                .count();
            archive_before(dir.path(), before);
            prop_assert_eq!(check_archive(&RealDisk, dir.path(), |_| true).unwrap().len(), expected);
            prop_assert_eq!(read(dir.path(), 0).unwrap(), commands(1..=last));
            prop_assert!(!segment(dir.path(), 1).exists() || expected == 0);
            if done.is_ok() {
                break;
            }
        }
    }
}
