//! A disk that counts: how long syncs take, and how much is written.
//!
//! Stands between the journal and the real disk and changes nothing of what either sees. State: counters that any
//! thread may read while the journal's thread adds to them. Reading is not measured.

use rialto_journal::{Disk, DiskFile};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Upper bounds of the buckets in which syncs are counted, in microseconds; one more bucket holds what is beyond.
pub const SYNC_BOUNDS_US: [u64; 14] =
    [50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 5_000_000];

/// What a measured disk has counted since it was opened.
#[derive(Debug, Default)]
pub struct SyncFigures {
    counts: [AtomicU64; SYNC_BOUNDS_US.len() + 1],
    total_us: AtomicU64,
    slowest_us: AtomicU64,
    written_bytes: AtomicU64,
}

impl SyncFigures {
    /// How many syncs took at most as long as each of [`SYNC_BOUNDS_US`] and longer than the one before; last, how
    /// many took longer than all.
    pub fn counts(&self) -> Vec<u64> {
        self.counts.iter().map(|count| count.load(Ordering::Relaxed)).collect()
    }

    /// How long all syncs took together, in microseconds.
    pub fn total_us(&self) -> u64 {
        self.total_us.load(Ordering::Relaxed)
    }

    /// How many bytes were written.
    pub fn written_bytes(&self) -> u64 {
        self.written_bytes.load(Ordering::Relaxed)
    }

    /// How long the slowest sync since the last call took, in microseconds; 0 if there was none.
    pub fn take_slowest_us(&self) -> u64 {
        self.slowest_us.swap(0, Ordering::Relaxed)
    }

    fn note_sync(&self, took_us: u64) {
        let bucket = SYNC_BOUNDS_US.partition_point(|bound| *bound < took_us);
        self.counts[bucket].fetch_add(1, Ordering::Relaxed);
        self.total_us.fetch_add(took_us, Ordering::Relaxed);
        self.slowest_us.fetch_max(took_us, Ordering::Relaxed);
    }
}

/// Another disk, measured.
#[derive(Clone)]
pub(crate) struct MeasuredDisk<D> {
    disk: D,
    figures: Arc<SyncFigures>,
}

impl<D: Disk> MeasuredDisk<D> {
    pub(crate) fn new(disk: D) -> (MeasuredDisk<D>, Arc<SyncFigures>) {
        let figures = Arc::new(SyncFigures::default());
        (MeasuredDisk { disk, figures: Arc::clone(&figures) }, figures)
    }

    fn measured(&self, file: D::File) -> MeasuredFile<D::File> {
        MeasuredFile { file, figures: Arc::clone(&self.figures) }
    }
}

impl<D: Disk> Disk for MeasuredDisk<D> {
    type File = MeasuredFile<D::File>;
    type Source = D::Source;
    type Lock = D::Lock;

    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        self.disk.create_dir(dir)
    }

    fn lock(&self, path: &Path) -> io::Result<D::Lock> {
        self.disk.lock(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        self.disk.list(dir)
    }

    fn create(&self, path: &Path) -> io::Result<Self::File> {
        self.disk.create(path).map(|file| self.measured(file))
    }

    fn open_append(&self, path: &Path) -> io::Result<Self::File> {
        self.disk.open_append(path).map(|file| self.measured(file))
    }

    fn overwrite(&self, path: &Path, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.disk.overwrite(path, at, bytes)?;
        self.figures.written_bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Ok(())
    }

    fn open_read(&self, path: &Path) -> io::Result<D::Source> {
        self.disk.open_read(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.disk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.disk.remove(path)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        self.disk.sync_dir(dir)
    }
}

/// A file of a measured disk.
pub(crate) struct MeasuredFile<F> {
    file: F,
    figures: Arc<SyncFigures>,
}

impl<F: DiskFile> DiskFile for MeasuredFile<F> {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.append(bytes)?;
        self.figures.written_bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Ok(())
    }

    fn sync_data(&mut self) -> io::Result<()> {
        let began = Instant::now();
        let synced = self.file.sync_data();
        self.figures.note_sync(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX));
        synced
    }

    fn truncate(&mut self, bytes: u64) -> io::Result<()> {
        self.file.truncate(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rialto_journal::{Batch, Journal, Options, RealDisk};

    #[test]
    fn every_append_is_one_sync_and_its_bytes() {
        let directory = tempfile::tempdir().expect("a directory");
        let (disk, figures) = MeasuredDisk::new(RealDisk);
        let (mut journal, recovery) = Journal::open_on(disk, directory.path(), Options::default()).expect("a journal");
        let before: u64 = figures.counts().iter().sum();
        let written_before = figures.written_bytes();
        let mut batch = Batch::new();
        batch.push(recovery.next_seq, 1, &[7; 1_000]).expect("a record");
        journal.append(&batch).expect("an append");
        assert_eq!(figures.counts().iter().sum::<u64>(), before + 1);
        assert!(figures.written_bytes() > written_before + 1_000);
        assert!(figures.take_slowest_us() <= figures.total_us());
        assert_eq!(figures.take_slowest_us(), 0, "taken");
    }

    #[test]
    fn a_sync_is_counted_where_it_belongs() {
        let figures = SyncFigures::default();
        for took_us in [50, 51, 5_000_000, 5_000_001] {
            figures.note_sync(took_us);
        }
        let counts = figures.counts();
        assert_eq!((counts[0], counts[1], counts[13], counts[14]), (1, 1, 1, 1));
        assert_eq!(figures.take_slowest_us(), 5_000_001);
    }
}
