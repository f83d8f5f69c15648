//! Refusals change nothing; failures of the disk are final; a crash at any operation loses nothing acknowledged.

mod support;

use std::path::Path;

use rialto_journal::{Batch, Checkpoint, FRAME_PAYLOAD_BYTES_MAX, Journal, JournalError, RECORD_BYTES_MAX};
use support::faulty_disk::{Fault, FaultyDisk};
use support::*;

#[test]
fn a_second_opener_is_refused_until_the_first_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = Journal::open(dir.path(), options(1 << 20)).unwrap();
    let error = Journal::open(dir.path(), options(1 << 20)).map(|_| ()).unwrap_err();
    assert!(matches!(&error, JournalError::LockHeld { dir: held } if held == dir.path()));
    assert!(error.to_string().contains(dir.path().to_str().unwrap()), "{error}");
    journal.close().unwrap();
    Journal::open(dir.path(), options(1 << 20)).unwrap();
}

#[test]
fn a_batch_refuses_gaps_backward_time_and_sizes_and_stays_as_it_was() {
    let mut batch = Batch::new();
    batch.push(5, 100, b"a").unwrap();
    let bytes = batch.bytes();
    let refusals = [
        (batch.push(7, 100, b""), "sequence 7 offered where 6 is next"),
        (batch.push(5, 100, b""), "sequence 5 offered where 6 is next"),
        (batch.push(6, 99, b""), "time 99 µs offered after 100 µs"),
        (batch.push(6, 100, &vec![0; RECORD_BYTES_MAX + 1]), "record 6 has 1048577 bytes, at most 1048576"),
        (batch.push_with(6, 100, |out| out.resize(out.len() + RECORD_BYTES_MAX + 1, 1)), "record 6 has 1048577 bytes"),
    ];
    for (refusal, expected) in refusals {
        let message = refusal.unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
    assert_eq!((batch.len(), batch.bytes(), batch.next_seq()), (1, bytes, Some(6)));
    batch.push(6, 100, b"b").unwrap();
    assert_eq!(batch.len(), 2);
    batch.clear();
    assert_eq!((batch.is_empty(), batch.bytes(), batch.next_seq()), (true, 0, None));
    batch.push(1, 1, b"earlier, and fine after a clear").unwrap();
    let exhausted = Batch::new().push(u64::MAX, 1, b"").unwrap_err();
    assert!(matches!(exhausted, JournalError::SequenceExhaustion { .. }));
}

#[test]
fn a_batch_that_is_full_refuses_one_more() {
    let mut batch = Batch::new();
    let record = vec![0; RECORD_BYTES_MAX];
    let refusal = (1..).find_map(|seq| batch.push(seq, 1, &record).err()).unwrap();
    assert!(matches!(refusal, JournalError::OversizedBatch { seq: 64, max: FRAME_PAYLOAD_BYTES_MAX, .. }), "{refusal}");
    assert_eq!(batch.len(), 63);
}

#[test]
fn the_journal_refuses_gaps_and_backward_time_and_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(dir.path(), options(1 << 20)).unwrap();
    journal.append(&batch(1..=3)).unwrap();
    let before = (files(dir.path()), journal.chain_hash());
    let mut early = Batch::new();
    early.push(4, time(3) - 1, b"").unwrap();
    let refusals = [
        journal.append(&batch(5..=6)).unwrap_err(),
        journal.append(&batch(3..=4)).unwrap_err(),
        journal.append(&early).unwrap_err(),
        journal.checkpoint(checkpoint(2)).unwrap_err(),
        journal.checkpoint(checkpoint(4)).unwrap_err(),
        journal.checkpoint(Checkpoint { time_us: time(3) - 1, ..checkpoint(3) }).unwrap_err(),
    ];
    let [gap, reuse, time_regression, misplaced, ahead, checkpoint_time] = refusals;
    assert!(matches!(gap, JournalError::SequenceGap { expected: 4, found: 5 }));
    assert!(matches!(reuse, JournalError::SequenceGap { expected: 4, found: 3 }));
    assert!(matches!(time_regression, JournalError::TimeRegression { .. }));
    assert!(matches!(misplaced, JournalError::MisplacedCheckpoint { expected: 3, found: 2 }));
    assert!(matches!(ahead, JournalError::MisplacedCheckpoint { expected: 3, found: 4 }));
    assert!(matches!(checkpoint_time, JournalError::TimeRegression { .. }));
    journal.append(&Batch::new()).unwrap();
    assert_eq!((files(dir.path()), journal.chain_hash()), before);
    journal.append(&batch(4..=4)).unwrap();
    assert_eq!(read(dir.path(), 0).unwrap(), commands(1..=4));
}

#[test]
fn times_do_not_go_back_over_a_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(dir.path(), options(1 << 20)).unwrap();
    journal.append(&batch(1..=3)).unwrap();
    journal.checkpoint(Checkpoint { time_us: time(3) + 50, ..checkpoint(3) }).unwrap();
    journal.roll().unwrap();
    drop(journal);
    let (mut journal, recovery) = Journal::open(dir.path(), options(1 << 20)).unwrap();
    assert_eq!((recovery.last_time_us, journal.last_time_us()), (time(3) + 50, time(3) + 50));
    let mut early = Batch::new();
    early.push(4, time(3) + 49, b"").unwrap();
    assert!(matches!(journal.append(&early), Err(JournalError::TimeRegression { .. })));
}

#[test]
fn options_out_of_range_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    for segment_bytes_max in [0, rialto_journal::SEGMENT_BYTES_LIMIT + 1] {
        let error = Journal::open(dir.path(), options(segment_bytes_max)).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("segment_bytes_max"), "{error}");
    }
    assert!(files(dir.path()).is_empty());
}

fn open_faulty(disk: &FaultyDisk, dir: &Path) -> Result<Journal<FaultyDisk>, JournalError> {
    Journal::open_on(disk.clone(), dir, options(400)).map(|(journal, _)| journal)
}

/// What `act` does to the disk.
fn operations_of(disk: &FaultyDisk, act: impl FnOnce()) -> Vec<&'static str> {
    let before = disk.log().len();
    act();
    disk.log().split_off(before)
}

#[test]
fn what_changes_the_disk_does_so_in_the_order_that_a_crash_forgives() {
    let dir = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::default();
    let open = || Journal::open_on(disk.clone(), dir.path(), options(1 << 20)).unwrap().0;
    let mut journal = open();
    let created = ["create", "append", "sync", "sync directory"];
    assert_eq!(disk.log(), created);
    let append = operations_of(&disk, || journal.append(&batch(1..=10)).unwrap());
    assert_eq!(append, ["append", "sync"], "a batch is one write and one sync");
    assert_eq!(operations_of(&disk, || journal.checkpoint(checkpoint(10)).unwrap()), ["append", "sync"]);
    assert_eq!(operations_of(&disk, || journal.roll().unwrap()), created);
    assert_eq!(operations_of(&disk, || journal.roll().unwrap()), [""; 0], "there is nothing to close yet");
    let copied = ["sync directory", "remove", "create", "append", "sync", "rename", "sync directory"];
    let listed = ["remove", "create", "append", "sync", "rename", "sync directory"];
    assert_eq!(
        operations_of(&disk, || assert_eq!(archive(&journal).unwrap(), 1)),
        [&copied[..], &listed[..], &["remove", "remove"]].concat(),
        "the segment goes once its copy, and the list that names it, are durable"
    );
    drop(journal);
    let reopened = operations_of(&disk, || drop(open()));
    assert_eq!(
        reopened,
        ["overwrite", "sync", "sync directory"],
        "what was read is written again and made durable before anyone acts on it"
    );
}

#[test]
fn a_failed_write_or_sync_poisons_the_journal_for_good() {
    for operations_before in [0, 1] {
        let dir = tempfile::tempdir().unwrap();
        let disk = FaultyDisk::default();
        let mut journal = open_faulty(&disk, dir.path()).unwrap();
        journal.append(&batch(1..=2)).unwrap();
        let chain = journal.chain_hash();
        disk.fail_after(operations_before, Fault::Once);
        let error = journal.append(&batch(3..=4)).unwrap_err();
        assert!(matches!(error, JournalError::IoFailure { .. }), "{error}");
        let calls_before = disk.operations();
        let poisoned = [
            journal.append(&batch(3..=4)),
            journal.checkpoint(checkpoint(2)),
            journal.roll(),
            journal.append(&Batch::new()),
        ];
        for outcome in poisoned {
            let message = outcome.unwrap_err().to_string();
            assert!(message.contains("as planned") && message.contains("reopened"), "{message}");
        }
        assert_eq!(disk.operations(), calls_before, "a poisoned journal touches nothing");
        assert_eq!((journal.next_seq(), journal.chain_hash()), (3, chain));
        assert!(matches!(journal.close(), Err(JournalError::Poisoned { .. })));

        let (mut journal, recovery) = Journal::open(dir.path(), options(400)).unwrap();
        assert_eq!((recovery.next_seq, recovery.cut), (3, None), "what was not acknowledged was withdrawn");
        journal.append(&batch(3..=3)).unwrap();
        assert_eq!(read(dir.path(), 0).unwrap(), commands(1..=3));
    }
}

#[test]
fn a_failed_roll_poisons_the_journal() {
    let dir = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::default();
    let mut journal = open_faulty(&disk, dir.path()).unwrap();
    journal.append(&batch(1..=2)).unwrap();
    disk.fail_after(0, Fault::Once);
    assert!(matches!(journal.roll(), Err(JournalError::IoFailure { action: "create", .. })));
    assert!(matches!(journal.append(&batch(3..=3)), Err(JournalError::Poisoned { .. })));
}

#[test]
fn a_failed_archiving_harms_nothing_and_is_tried_again() {
    let dir = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::default();
    let mut journal = open_faulty(&disk, dir.path()).unwrap();
    journal.append(&batch(1..=2)).unwrap();
    journal.roll().unwrap();
    disk.fail_after(0, Fault::Once);
    archive(&journal).unwrap_err();
    journal.append(&batch(3..=4)).unwrap();
    assert_eq!(archive(&journal).unwrap(), 1);
    assert_eq!(read(dir.path(), 0).unwrap(), commands(1..=4));
}

/// Use a journal until it dies; gives the last sequence acknowledged.
fn work(disk: &FaultyDisk, dir: &Path) -> Result<u64, u64> {
    let mut acknowledged = 0;
    let mut session = |from: u64, to: u64| -> Result<(), JournalError> {
        let mut journal = open_faulty(disk, dir)?;
        for first in (from..=to).step_by(2) {
            journal.append(&batch(first..=first + 1))?;
            acknowledged = first + 1;
            if first % 8 == 1 {
                journal.checkpoint(checkpoint(first + 1))?;
            }
            if first % 16 == 9 {
                archive(&journal)?;
            }
        }
        Ok(())
    };
    let outcome = session(1, 20).and_then(|()| session(21, 30));
    outcome.map(|()| acknowledged).map_err(|_| acknowledged)
}

#[test]
fn a_crash_at_any_operation_loses_nothing_acknowledged() {
    let mut crashes = 0;
    for lose_unsynced in [false, true] {
        for operation in 0.. {
            let dir = tempfile::tempdir().unwrap();
            let disk = FaultyDisk::failing_at(operation, Fault::Crash);
            let Err(acknowledged) = work(&disk, dir.path()) else { break };
            crashes += 1;
            if lose_unsynced {
                disk.lose_unsynced();
            }
            let before: Vec<Owned> = read(dir.path(), 0).unwrap();
            let (mut journal, recovery) = Journal::open(dir.path(), options(400))
                .unwrap_or_else(|error| panic!("operation {operation} ({:?}): {error}", disk.log().last()));
            let last = recovery.next_seq - 1;
            assert!((acknowledged..=acknowledged + 2).contains(&last), "operation {operation}: {acknowledged}, {last}");
            let found: Vec<Owned> = read(dir.path(), 0).unwrap();
            assert_eq!(found, before, "a reader before the recovery sees what is there after it");
            let found: Vec<Owned> = found.into_iter().filter(|entry| matches!(entry, Owned::Command(..))).collect();
            assert_eq!(found, commands(1..=last), "operation {operation}");
            journal.append(&batch(last + 1..=last + 3)).unwrap();
            archive(&journal).unwrap();
            assert_eq!(
                read(dir.path(), last + 1).unwrap().len(),
                3 + usize::from(ends_with_checkpoint(dir.path(), last))
            );
        }
    }
    assert!(crashes > 150, "only {crashes} crashes were tried");
}

fn ends_with_checkpoint(dir: &Path, seq: u64) -> bool {
    read(dir, 0).unwrap().iter().any(|entry| matches!(entry, Owned::Checkpoint(found) if found.seq == seq))
}
