//! The auditor sees: every way to break the promise is found within a few hundred seeds.
//!
//! Each mutant is the real runtime on a disk that makes it behave as if one rule had been left out.

use rialto_journal::{Batch, Disk, DiskFile, Journal, Options};
use rialto_simulator::{Finding, SimulatedDisk, Weather, simulate_on};
use std::io;
use std::path::Path;

/// How many seeds a mutant may live.
const SEEDS: u64 = 400;

/// Which rule is left out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mutation {
    /// The sync of a file is answered and not done.
    SyncLies,
    /// Outcomes leave before their sync: it is answered at once and done before the file's next operation.
    ReleasedBeforeSync,
    /// A sync that failed is tried again until it succeeds.
    SyncRetried,
    /// A write that failed is passed over.
    WriteFailureIgnored,
    /// What a start finds in the system's cache is taken for written, whatever happened before.
    CacheBelieved,
    /// New names are never made durable.
    NamesNotSynced,
}

#[derive(Clone)]
struct MutantDisk {
    disk: SimulatedDisk,
    mutation: Mutation,
}

struct MutantFile {
    file: <SimulatedDisk as Disk>::File,
    mutation: Mutation,
    owes_sync: bool,
}

impl MutantFile {
    fn settle(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.owes_sync) { self.file.sync_data() } else { Ok(()) }
    }
}

impl MutantDisk {
    fn file(&self, file: <SimulatedDisk as Disk>::File) -> MutantFile {
        MutantFile { file, mutation: self.mutation, owes_sync: false }
    }
}

impl Disk for MutantDisk {
    type File = MutantFile;
    type Source = <SimulatedDisk as Disk>::Source;
    type Lock = <SimulatedDisk as Disk>::Lock;

    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        self.disk.create_dir(dir)
    }
    fn lock(&self, path: &Path) -> io::Result<Self::Lock> {
        self.disk.lock(path)
    }
    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        self.disk.list(dir)
    }
    fn create(&self, path: &Path) -> io::Result<MutantFile> {
        self.disk.create(path).map(|file| self.file(file))
    }
    fn open_append(&self, path: &Path) -> io::Result<MutantFile> {
        self.disk.open_append(path).map(|file| self.file(file))
    }
    fn overwrite(&self, path: &Path, at: u64, bytes: &[u8]) -> io::Result<()> {
        if self.mutation == Mutation::CacheBelieved { Ok(()) } else { self.disk.overwrite(path, at, bytes) }
    }
    fn open_read(&self, path: &Path) -> io::Result<Self::Source> {
        self.disk.open_read(path)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.disk.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.disk.remove(path)
    }
    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        if self.mutation == Mutation::NamesNotSynced { Ok(()) } else { self.disk.sync_dir(dir) }
    }
}

impl DiskFile for MutantFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.settle()?;
        match self.file.append(bytes) {
            Err(_) if self.mutation == Mutation::WriteFailureIgnored => Ok(()),
            outcome => outcome,
        }
    }

    fn sync_data(&mut self) -> io::Result<()> {
        match self.mutation {
            Mutation::SyncLies => Ok(()),
            Mutation::ReleasedBeforeSync => {
                self.settle()?;
                self.owes_sync = true;
                Ok(())
            }
            Mutation::SyncRetried => self.file.sync_data().or_else(|_| self.file.sync_data()),
            _ => self.file.sync_data(),
        }
    }

    fn truncate(&mut self, bytes: u64) -> io::Result<()> {
        self.settle()?;
        self.file.truncate(bytes)
    }
}

/// What was found first, and on which seed.
fn first_finding(mutation: Mutation) -> (u64, Finding) {
    let found = (1..=SEEDS).find_map(|seed| {
        let outcome = simulate_on(seed, |disk| MutantDisk { disk, mutation });
        outcome.finding.map(|finding| (seed, finding))
    });
    found.expect("the auditor sees it")
}

fn check(mutation: Mutation, is_expected: impl Fn(&Finding) -> bool) {
    let (seed, finding) = first_finding(mutation);
    assert!(is_expected(&finding), "seed {seed}: {finding}");
}

#[test]
fn a_sync_that_lies_is_found() {
    check(Mutation::SyncLies, |finding| matches!(finding, Finding::Lost { .. } | Finding::Refused { .. }));
}

#[test]
fn releasing_before_the_sync_is_found() {
    check(Mutation::ReleasedBeforeSync, |finding| matches!(finding, Finding::Lost { .. } | Finding::Refused { .. }));
}

#[test]
fn trying_a_failed_sync_again_is_found() {
    check(Mutation::SyncRetried, |finding| matches!(finding, Finding::WentOn { .. } | Finding::Lost { .. }));
}

#[test]
fn passing_over_a_failed_write_is_found() {
    check(Mutation::WriteFailureIgnored, |finding| matches!(finding, Finding::WentOn { .. } | Finding::Refused { .. }));
}

/// A frame's sync fails, cutting the frame off fails too, and the next start finds the frame in the system's cache: is
/// what is appended after it still there after a power cut?
fn survives_a_false_cache<D: Disk>(seed: u64, mount: impl Fn(SimulatedDisk) -> D) -> bool {
    let disk = SimulatedDisk::new(fastrand::Rng::with_seed(seed));
    let open = || Journal::open_on(mount(disk.clone()), Path::new("/journal"), Options::default());
    let batch = |sequence| {
        let mut batch = Batch::new();
        batch.push(sequence, 1, &[7; 10_000]).unwrap();
        batch
    };
    let (mut journal, _) = open().unwrap();
    journal.append(&batch(1)).unwrap();
    disk.set_weather(Weather { failed_sync: 10_000, failed_change: 10_000, ..Weather::CALM });
    journal.append(&batch(2)).unwrap_err();
    drop(journal);
    disk.set_weather(Weather::CALM);
    disk.restart_process();
    let (mut journal, recovery) = open().unwrap();
    journal.append(&batch(recovery.next_seq)).unwrap();
    drop(journal);
    disk.cut_power();
    open().is_ok_and(|(_, reopened)| reopened.next_seq == recovery.next_seq + 1)
}

#[test]
fn a_cache_that_is_false_is_not_believed() {
    let mutant = |disk| MutantDisk { disk, mutation: Mutation::CacheBelieved };
    assert!((1..=SEEDS).all(|seed| survives_a_false_cache(seed, |disk| disk)));
    assert!((1..=SEEDS).any(|seed| !survives_a_false_cache(seed, mutant)), "nothing was false in it");
}

#[test]
fn names_that_are_not_made_durable_are_found() {
    check(Mutation::NamesNotSynced, |finding| matches!(finding, Finding::Lost { .. } | Finding::Refused { .. }));
}
