//! Copies and restored journals: never more than was durable, incremental, and exact to the record.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use rialto_journal::{BackedUp, Backup, Batch, Journal, JournalError, Limit, RealDisk, Restored, restore};
use support::faulty_disk::{Fault, FaultyDisk};
use support::*;

/// A directory of copies: `run-1`, `run-2`, … and the closed segments they share.
struct Copies {
    dir: tempfile::TempDir,
    runs: u64,
}

impl Copies {
    fn new() -> Copies {
        Copies { dir: tempfile::tempdir().unwrap(), runs: 0 }
    }

    fn run(&self, number: u64) -> PathBuf {
        self.dir.path().join(format!("run-{number}"))
    }

    fn newest(&self) -> PathBuf {
        self.run(self.runs)
    }

    fn copy(&mut self, journal: &Path, acknowledged_seq: u64) -> Result<BackedUp, JournalError> {
        self.copy_on(&RealDisk, journal, acknowledged_seq)
    }

    fn copy_on<D: rialto_journal::Disk>(
        &mut self,
        disk: &D,
        journal: &Path,
        acknowledged_seq: u64,
    ) -> Result<BackedUp, JournalError> {
        let (copy, earlier) = (self.run(self.runs + 1), (self.runs > 0).then(|| self.newest()));
        let _ = fs::remove_dir_all(&copy);
        fs::create_dir(&copy).unwrap();
        let segments = Path::new("../segments");
        let backup = Backup { journal, copy: &copy, segments, earlier: earlier.as_deref(), acknowledged_seq };
        let done = backup.run(disk, |_| true)?;
        self.runs += 1;
        Ok(done)
    }
}

fn restored(copy: &Path, limit: Limit) -> Result<(tempfile::TempDir, Restored), JournalError> {
    let target = tempfile::tempdir().unwrap();
    let restored = restore(&RealDisk, copy, target.path(), Path::new(ARCHIVE), limit, |_| true)?;
    Ok((target, restored))
}

#[test]
fn a_frame_that_may_not_be_durable_is_left_out_until_it_is_known_to_be() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(dir.path(), options(1 << 20)).unwrap();
    journal.append(&batch(1..=3)).unwrap();
    journal.append(&batch(4..=6)).unwrap();
    let mut copies = Copies::new();
    assert_eq!(copies.copy(dir.path(), 0).unwrap().last_seq, 3, "a frame stands after the first");
    assert_eq!(copies.copy(dir.path(), 5).unwrap().last_seq, 3, "half of the second is acknowledged");
    assert_eq!(copies.copy(dir.path(), 6).unwrap().last_seq, 6);
    journal.roll().unwrap();
    assert_eq!(copies.copy(dir.path(), 0).unwrap().last_seq, 6, "a segment stands after it");
    journal.append(&batch(7..=7)).unwrap();
    journal.checkpoint(checkpoint(7)).unwrap();
    assert_eq!(copies.copy(dir.path(), 0).unwrap().last_seq, 7);
    assert_eq!(read(&copies.newest(), 0).unwrap(), commands(1..=7), "a checkpoint may not be durable either");
    drop(journal);
    let done = copies.copy(dir.path(), 0).unwrap();
    assert_eq!((done.last_seq, done.segments.len()), (7, 1));
    assert_eq!(read(&copies.newest(), 0).unwrap(), read(dir.path(), 0).unwrap(), "nobody writes: all of it counts");
}

#[test]
fn a_torn_tail_is_left_out_and_damage_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let places = three_segments(dir.path());
    let path = segment(dir.path(), 19);
    let whole = fs::read(&path).unwrap();
    for end in places[9].start + 1..places[9].end {
        fs::write(&path, &whole[..end as usize]).unwrap();
        assert_eq!(Copies::new().copy(dir.path(), 0).unwrap().last_seq, 24);
    }
    let mut damaged = whole.clone();
    damaged[places[7].start as usize + 50] ^= 1;
    fs::write(&path, damaged).unwrap();
    let error = Copies::new().copy(dir.path(), 0).unwrap_err();
    assert!(matches!(error, JournalError::Damage { .. }), "{error}");
}

#[test]
fn a_second_copy_stores_only_what_was_closed_since() {
    let dir = tempfile::tempdir().unwrap();
    let mut copies = Copies::new();
    let (mut journal, _) = Journal::open(dir.path(), options(300)).unwrap();
    let mut stored = Vec::new();
    for seq in 1..=60 {
        journal.append(&batch(seq..=seq)).unwrap();
        if seq % 15 == 0 {
            // Whether the source has archived its own does not matter.
            journal.archiver().archive_before(Path::new(ARCHIVE), seq / 2, 9).unwrap();
            stored.push(copies.copy(dir.path(), seq).unwrap());
            assert_eq!(read(&copies.newest(), 0).unwrap(), commands(1..=seq));
        }
    }
    let of_all = stored.last().unwrap();
    assert_eq!(stored.iter().map(|done| done.segments_stored).sum::<usize>(), of_all.segments.len());
    assert!(stored.iter().all(|done| done.segments_stored > 0));
    assert_eq!(of_all.chain, journal.chain_hash());
}

#[test]
fn a_copy_of_another_history_is_not_gone_on_with() {
    let mut copies = Copies::new();
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    three_segments(one.path());
    copies.copy(one.path(), 0).unwrap();
    let (mut journal, _) = Journal::open(other.path(), options(1 << 20)).unwrap();
    let error = copies.copy(other.path(), 0).unwrap_err();
    assert!(matches!(error, JournalError::ForeignHistory { seq: 27, .. }), "a journal that ends earlier: {error}");
    let mut differing = Batch::new();
    for seq in 1..=18 {
        differing.push(seq, time(seq), b"of another history").unwrap();
    }
    journal.append(&differing).unwrap();
    journal.roll().unwrap();
    let error = copies.copy(other.path(), 0).unwrap_err();
    assert!(matches!(error, JournalError::ForeignHistory { seq: 27, .. }), "one that differs: {error}");
    for (limit, is_same) in [(Limit::Sequence(26), false), (Limit::Sequence(27), true), (Limit::End, true)] {
        let (target, _) = restored(&copies.newest(), limit).unwrap();
        assert_eq!(copies.copy(target.path(), 0).is_ok(), is_same, "restored to {limit:?}, it may go on from there");
    }
    assert_eq!(copies.copy(one.path(), 0).unwrap().segments_stored, 0);
}

#[test]
fn a_restored_journal_ends_at_the_record_asked_for_and_goes_on_from_there() {
    let dir = tempfile::tempdir().unwrap();
    three_segments(dir.path());
    archive(&Journal::open(dir.path(), options(1 << 20)).unwrap().0).unwrap();
    let mut copies = Copies::new();
    let whole = copies.copy(dir.path(), 0).unwrap();
    for last in 1..=27 {
        let (target, restored) = restored(&copies.newest(), Limit::Sequence(last)).unwrap();
        assert_eq!((restored.last_seq, restored.last_time_us), (last, time(last)));
        let found: Vec<_> =
            read(target.path(), 0).unwrap().into_iter().filter(|one| matches!(one, Owned::Command(..))).collect();
        assert_eq!(found, commands(1..=last));
        let (mut journal, recovery) = Journal::open(target.path(), options(1 << 20)).unwrap();
        assert_eq!((recovery.next_seq, recovery.cut), (last + 1, None));
        journal.append(&batch(last + 1..=30)).unwrap();
        assert_eq!(read(target.path(), last + 1).unwrap().last(), Some(&command(30)));
    }
    let (target, of_all) = restored(&copies.newest(), Limit::End).unwrap();
    assert_eq!(of_all.chain, whole.chain, "what is not cut is the same byte for byte");
    assert_eq!(read(target.path(), 0).unwrap(), read(dir.path(), 0).unwrap());
    let error = restored(&copies.newest(), Limit::Sequence(28)).map(|_| ()).unwrap_err();
    assert!(matches!(error, JournalError::BeyondEnd { asked: 28, reached: 27, .. }), "{error}");
}

#[test]
fn a_restored_journal_ends_with_the_last_record_of_the_time_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    three_segments(dir.path());
    let mut copies = Copies::new();
    copies.copy(dir.path(), 0).unwrap();
    // Times come in pairs: 2 and 3 have one, 4 and 5 the next.
    for (time_us, expected) in [(time(1) - 1, 0), (time(1), 1), (time(2), 3), (time(4) - 1, 3), (time(18), 19)] {
        let (target, restored) = restored(&copies.newest(), Limit::TimeUs(time_us)).unwrap();
        assert_eq!(restored.last_seq, expected);
        assert_eq!(read(target.path(), 0).unwrap(), (1..=expected).map(command).collect::<Vec<_>>());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// A copy that dies anywhere leaves the one before whole, and the next one whole again.
    #[test]
    fn a_crash_at_any_point_of_copying_harms_no_copy(closed in prop::collection::vec(1u64..6, 2..4), archives: bool) {
        let dir = tempfile::tempdir().unwrap();
        let (mut journal, _) = Journal::open(dir.path(), options(1 << 20)).unwrap();
        let mut copies = Copies::new();
        let first_copy = 3;
        journal.append(&batch(1..=first_copy)).unwrap();
        journal.roll().unwrap();
        copies.copy(dir.path(), 0).unwrap();
        for &records in &closed {
            let first = journal.next_seq();
            journal.append(&batch(first..=first + records - 1)).unwrap();
            journal.roll().unwrap();
        }
        if archives {
            archive(&journal).unwrap();
        }
        let last = journal.next_seq() - 1;
        for operation in 0.. {
            let disk = FaultyDisk::failing_at(operation, Fault::Crash);
            if copies.copy_on(&disk, dir.path(), 0).is_ok() {
                prop_assert!(operation > 10);
                break;
            }
            prop_assert_eq!(read(&copies.newest(), 0).unwrap(), commands(1..=first_copy), "operation {}", operation);
        }
        prop_assert_eq!(read(&copies.newest(), 0).unwrap(), commands(1..=last));
        prop_assert_eq!(read(dir.path(), 0).unwrap(), commands(1..=last), "the journal is as it was");
    }
}
