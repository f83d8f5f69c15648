//! Compressing closed segments, away from the path of appends.
//!
//! A closed segment is compressed to a temporary file, which is synced, read back and compared byte by byte, renamed,
//! and only once the rename is durable is the plain file removed. A crash anywhere leaves the plain file, or a verified
//! compressed one, or both.

use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use crate::disk::{Disk, DiskFile};
use crate::error::JournalError;
use crate::segment::{Listing, compressed_path, plain_path, unfinished_path};

const LEVEL: i32 = 3;
const BUFFER_BYTES: usize = 256 << 10;

/// Compress a journal's closed segments, from whichever thread the owner likes.
///
/// It shares the journal's hold of the directory, so another process can open the journal only after it is dropped.
pub struct Compressor<D: Disk> {
    disk: D,
    dir: PathBuf,
    hold: Arc<Mutex<D::Lock>>,
}

impl<D: Disk> Clone for Compressor<D> {
    fn clone(&self) -> Self {
        Compressor { disk: self.disk.clone(), dir: self.dir.clone(), hold: Arc::clone(&self.hold) }
    }
}

impl<D: Disk> Compressor<D> {
    pub(crate) fn new(disk: D, dir: &Path, lock: D::Lock) -> Compressor<D> {
        Compressor { disk, dir: dir.to_path_buf(), hold: Arc::new(Mutex::new(lock)) }
    }

    /// Compress every closed segment that is still plain; returns how many.
    ///
    /// Runs of one journal's compressors exclude each other. After an error the segment in question is still plain,
    /// the journal is unharmed, and another run tries again.
    pub fn run(&self) -> Result<usize, JournalError> {
        self.run_while(|| true)
    }

    /// Run as [`Compressor::run`] does, asking before each segment whether to go on.
    fn run_while(&self, goes_on: impl Fn() -> bool) -> Result<usize, JournalError> {
        let _hold = self.hold.lock().unwrap_or_else(PoisonError::into_inner);
        let listing = Listing::read(&self.disk, &self.dir)?;
        let Some(&newest) = listing.segments().last() else { return Ok(0) };
        let mut compressed = 0;
        for &first_seq in listing.plain.range(..newest) {
            if !goes_on() {
                break;
            }
            self.compress(first_seq)?;
            compressed += 1;
        }
        Ok(compressed)
    }

    fn compress(&self, first_seq: u64) -> Result<(), JournalError> {
        let plain = plain_path(&self.dir, first_seq);
        let unfinished = unfinished_path(&self.dir, first_seq);
        let compressed = compressed_path(&self.dir, first_seq);
        match self.disk.remove(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(JournalError::io("remove", &unfinished)(error));
            }
            _ => {}
        }
        self.write_compressed(&plain, &unfinished).map_err(JournalError::io("compress", &plain))?;
        if !self.is_same(&plain, &unfinished).map_err(JournalError::io("verify", &unfinished))? {
            return Err(JournalError::Damage {
                file: unfinished,
                offset: 0,
                expected: format!("a compressed copy equal to {}", plain.display()),
                found: "another content when it was read back".into(),
            });
        }
        self.disk.rename(&unfinished, &compressed).map_err(JournalError::io("rename", &unfinished))?;
        // This also makes the entry of the later segment durable, without which this one would count as the newest.
        self.disk.sync_dir(&self.dir).map_err(JournalError::io("sync", &self.dir))?;
        self.disk.remove(&plain).map_err(JournalError::io("remove", &plain))
    }

    fn write_compressed(&self, plain: &Path, target: &Path) -> io::Result<()> {
        let mut source = self.disk.open_read(plain)?;
        let mut file = self.disk.create(target)?;
        let writer = BufWriter::with_capacity(BUFFER_BYTES, Appending(&mut file));
        let mut encoder = zstd::Encoder::new(writer, LEVEL)?;
        encoder.include_checksum(true)?;
        io::copy(&mut source, &mut encoder)?;
        encoder.finish()?.flush()?;
        file.sync_data()
    }

    fn is_same(&self, plain: &Path, compressed: &Path) -> io::Result<bool> {
        let mut expected = BufReader::with_capacity(BUFFER_BYTES, self.disk.open_read(plain)?);
        let mut found = zstd::Decoder::new(self.disk.open_read(compressed)?)?;
        let (mut left, mut right) = (vec![0; BUFFER_BYTES], vec![0; BUFFER_BYTES]);
        loop {
            let held = read_full(&mut expected, &mut left)?;
            if read_full(&mut found, &mut right)? != held || left[..held] != right[..held] {
                return Ok(false);
            }
            if held < BUFFER_BYTES {
                return Ok(true);
            }
        }
    }
}

/// Read until the buffer is full or the source ends.
fn read_full(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut held = 0;
    while held < buffer.len() {
        match source.read(&mut buffer[held..]) {
            Ok(0) => break,
            Ok(read) => held += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(held)
}

/// A journal file as a `Write`.
struct Appending<'a, F>(&'a mut F);

impl<F: DiskFile> Write for Appending<'_, F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.append(bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The journal's own thread for its compressor; when it is dropped, it ends with the segment in hand finished.
pub(crate) struct CompressorThread {
    is_stopping: Arc<AtomicBool>,
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    failure: Arc<Mutex<Option<JournalError>>>,
}

impl CompressorThread {
    pub fn start<D: Disk>(compressor: Compressor<D>) -> io::Result<CompressorThread> {
        // One waiting call is enough: a run compresses everything that is closed by then.
        let (wake, calls): (SyncSender<()>, Receiver<()>) = sync_channel(1);
        let failure = Arc::new(Mutex::new(None));
        let reported = Arc::clone(&failure);
        let is_stopping = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&is_stopping);
        let thread = std::thread::Builder::new().name("journal-compressor".into()).spawn(move || {
            while calls.recv().is_ok() {
                let outcome = compressor.run_while(|| !stop.load(Ordering::Relaxed)).err();
                *reported.lock().unwrap_or_else(PoisonError::into_inner) = outcome;
            }
        })?;
        Ok(CompressorThread { is_stopping, wake: Some(wake), thread: Some(thread), failure })
    }

    /// Have the closed segments compressed; never waits.
    pub fn wake(&self) {
        if let Some(wake) = &self.wake {
            // Full means that a run is already due, disconnected that the thread is ending: neither loses anything.
            let _ = wake.try_send(());
        }
    }

    /// Take the failure of the last run, if it failed.
    pub fn take_failure(&self) -> Option<JournalError> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Finish what is due and end the thread; returns the last run's failure.
    pub fn finish(mut self) -> Option<JournalError> {
        self.join();
        self.take_failure()
    }

    fn join(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been printed by its hook; the plain segments it left are compressed next time.
            let _ = thread.join();
        }
    }
}

impl Drop for CompressorThread {
    fn drop(&mut self) {
        self.is_stopping.store(true, Ordering::Relaxed);
        self.join();
    }
}
