//! What the journal's tests share: small journals, what a directory holds, and a disk that fails when told to.
#![allow(dead_code, reason = "each test binary uses its own part")]

pub mod faulty_disk;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rialto_journal::{Batch, Checkpoint, Entry, Journal, JournalError, Options, Reader};

/// An entry that owns its payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owned {
    Command(u64, u64, Vec<u8>),
    Checkpoint(Checkpoint),
}

pub fn options(segment_bytes_max: u64) -> Options {
    Options { segment_bytes_max, verify_from_seq: 0 }
}

/// The payload of a sequence: of varying length, empty now and then.
pub fn payload(seq: u64) -> Vec<u8> {
    (0..(seq * 7) % 23).map(|i| (seq + i) as u8).collect()
}

pub fn time(seq: u64) -> u64 {
    1_700_000_000_000_000 + seq / 2 * 300
}

pub fn command(seq: u64) -> Owned {
    Owned::Command(seq, time(seq), payload(seq))
}

pub fn commands(range: std::ops::RangeInclusive<u64>) -> Vec<Owned> {
    range.map(command).collect()
}

/// A batch of the given sequences with their usual times and payloads.
pub fn batch(range: std::ops::RangeInclusive<u64>) -> Batch {
    let mut batch = Batch::new();
    for seq in range {
        batch.push(seq, time(seq), &payload(seq)).unwrap();
    }
    batch
}

pub fn read(dir: &Path, from_seq: u64) -> Result<Vec<Owned>, JournalError> {
    let mut reader = Reader::open(dir, from_seq)?;
    let mut entries = Vec::new();
    drain(&mut reader, &mut entries)?;
    Ok(entries)
}

pub fn drain<D: rialto_journal::Disk>(reader: &mut Reader<D>, entries: &mut Vec<Owned>) -> Result<(), JournalError> {
    while let Some(entry) = reader.next_entry()? {
        entries.push(match entry {
            Entry::Command { seq, time_us, payload } => Owned::Command(seq, time_us, payload.to_vec()),
            Entry::Checkpoint(checkpoint) => Owned::Checkpoint(checkpoint),
        });
    }
    Ok(())
}

/// All files of a directory with their bytes; the lock file is left out, for it is empty and belongs to no one, and so
/// is the archive.
pub fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap() != "journal.lock" && path.is_file())
        .map(|path| (path.clone(), fs::read(&path).unwrap()))
        .collect()
}

pub fn names(dir: &Path) -> Vec<String> {
    files(dir).keys().map(|path| path.file_name().unwrap().to_str().unwrap().to_string()).collect()
}

pub fn copy(from: &Path) -> tempfile::TempDir {
    let to = tempfile::tempdir().unwrap();
    for (path, bytes) in files(from) {
        fs::write(to.path().join(path.file_name().unwrap()), bytes).unwrap();
    }
    to
}

pub fn segment(dir: &Path, first_seq: u64) -> PathBuf {
    dir.join(format!("journal-{first_seq:020}.rlj"))
}

pub fn compressed(dir: &Path, first_seq: u64) -> PathBuf {
    dir.join(format!("journal-{first_seq:020}.rlj.zst"))
}

/// Where the tests' archives lie: inside the journal's directory, so that both go together.
pub const ARCHIVE: &str = "archive";

/// Archive every closed segment of a journal; returns how many were.
pub fn archive<D: rialto_journal::Disk>(journal: &Journal<D>) -> Result<usize, JournalError> {
    journal.archiver().archive_before(Path::new(ARCHIVE), u64::MAX, usize::MAX)
}

pub fn archived(dir: &Path, first_seq: u64) -> PathBuf {
    compressed(&dir.join(ARCHIVE), first_seq)
}

pub fn file_bytes(path: &Path) -> u64 {
    fs::metadata(path).unwrap().len()
}

/// Where each frame of a journal stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub segment: u64,
    pub start: u64,
    pub end: u64,
    pub last_seq: u64,
}

/// Write nine batches of three records in three segments, with a checkpoint after the eighth; returns the frames'
/// places as the growth of the files shows them.
pub fn three_segments(dir: &Path) -> Vec<Place> {
    let (mut journal, _) = Journal::open(dir, options(1 << 20)).unwrap();
    let mut places = Vec::new();
    let mut segment_first = 1;
    for number in 0..9u64 {
        let first = number * 3 + 1;
        if number == 3 || number == 6 {
            journal.roll().unwrap();
            segment_first = first;
        }
        let path = segment(dir, segment_first);
        let mut note = |last_seq, write: &mut dyn FnMut()| {
            let start = file_bytes(&path);
            write();
            places.push(Place { segment: segment_first, start, end: file_bytes(&path), last_seq });
        };
        note(first + 2, &mut || journal.append(&batch(first..=first + 2)).unwrap());
        if number == 7 {
            note(first + 2, &mut || journal.checkpoint(checkpoint(first + 2)).unwrap());
        }
    }
    places
}

pub fn checkpoint(seq: u64) -> Checkpoint {
    Checkpoint { seq, time_us: time(seq), state_hash: [seq as u8; 32] }
}
