//! The journal itself: the one writer of a directory.
//!
//! It stands between the command queue and every acknowledgement. It owns the directory's lock, the segment being
//! written, and the place in the log: next sequence, last time, chain hash. Refusals (a gap, a time going back) write
//! nothing and leave it as it was; a failure of the disk poisons it for good, because after a failed sync nobody knows
//! what is on the disk.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::archive::Archiver;
use crate::batch::Batch;
use crate::disk::{Disk, DiskFile, RealDisk};
use crate::error::JournalError;
use crate::frame::{
    Checkpoint, FRAME_HEADER_BYTES, FRAME_PAYLOAD_BYTES_MAX, FrameHeader, HASH_BYTES, Hash, KIND_CHECKPOINT,
    write_frame,
};
use crate::recovery::{Recovery, create_segment, recover};
use crate::segment::{LOCK_NAME, SEGMENT_HEADER_BYTES, plain_path};
use crate::stream::ChainState;

/// The most that [`Options::segment_bytes_max`] may be: 4 GiB.
pub const SEGMENT_BYTES_LIMIT: u64 = 4 << 30;

/// Choose how a journal is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Bytes after which a segment is closed; from 1 to [`SEGMENT_BYTES_LIMIT`]. One frame is never split, so a segment
    /// is larger when a single frame is.
    pub segment_bytes_max: u64,
    /// First sequence that the owner is going to replay. Opening checks every frame from the segment with the sequence
    /// before it on; of earlier segments, only the headers. 0 checks everything. An owner that starts from a snapshot
    /// passes the snapshot's sequence plus one.
    pub verify_from_seq: u64,
}

impl Default for Options {
    fn default() -> Options {
        Options { segment_bytes_max: 64 << 20, verify_from_seq: 0 }
    }
}

/// Append to the log in one directory.
pub struct Journal<D: Disk = RealDisk> {
    disk: D,
    dir: PathBuf,
    segment_bytes_max: u64,
    state: ChainState,
    segment_first_seq: u64,
    segment_bytes: u64,
    path: PathBuf,
    file: D::File,
    /// Buffer of the frame being written, reused.
    frame: Vec<u8>,
    poison: Option<String>,
    hold: Arc<Mutex<D::Lock>>,
}

impl Journal<RealDisk> {
    /// Open the journal in `dir`, creating it where it is missing, and recover from whatever crash ended its last use.
    ///
    /// Errors: `LockHeld`, `Damage`, `MissingSegment`, `UnsupportedVersion`, `UnsupportedFrame`, `InvalidOption`,
    /// `IoFailure`. After any of the first six, nothing on disk has been changed.
    pub fn open(dir: &Path, options: Options) -> Result<(Journal, Recovery), JournalError> {
        Journal::open_on(RealDisk, dir, options)
    }
}

impl<D: Disk> Journal<D> {
    /// Open as [`Journal::open`] does, on a given disk.
    pub fn open_on(disk: D, dir: &Path, options: Options) -> Result<(Journal<D>, Recovery), JournalError> {
        if !(1..=SEGMENT_BYTES_LIMIT).contains(&options.segment_bytes_max) {
            return Err(JournalError::InvalidOption {
                name: "segment_bytes_max",
                value: options.segment_bytes_max,
                min: 1,
                max: SEGMENT_BYTES_LIMIT,
            });
        }
        disk.create_dir(dir).map_err(JournalError::io("create", dir))?;
        let lock_path = dir.join(LOCK_NAME);
        let lock = disk.lock(&lock_path).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => JournalError::LockHeld { dir: dir.to_path_buf() },
            _ => JournalError::io("lock", &lock_path)(error),
        })?;
        let recovered = recover(&disk, dir, options.verify_from_seq)?;
        let journal = Journal {
            disk,
            dir: dir.to_path_buf(),
            segment_bytes_max: options.segment_bytes_max,
            state: recovered.state,
            segment_first_seq: recovered.segment_first_seq,
            segment_bytes: recovered.segment_bytes,
            path: recovered.path,
            file: recovered.file,
            frame: Vec::new(),
            poison: None,
            hold: Arc::new(Mutex::new(lock)),
        };
        Ok((journal, recovered.report))
    }

    /// Make a batch durable: one write, one sync. An empty batch does nothing.
    ///
    /// Precondition: the batch begins at [`Journal::next_seq`]. Refusals, which change nothing: `SequenceGap`,
    /// `TimeRegression`. Any `IoFailure` is final: later calls fail with `Poisoned`, and whether the batch is found
    /// again at the next open is unknown.
    pub fn append(&mut self, batch: &Batch) -> Result<(), JournalError> {
        self.check_alive()?;
        let (Some(first_seq), Some(next_seq)) = (batch.first_seq(), batch.next_seq()) else { return Ok(()) };
        if first_seq != self.state.next_seq {
            return Err(JournalError::SequenceGap { expected: self.state.next_seq, found: first_seq });
        }
        self.check_time(batch.base_time_us())?;
        let header = FrameHeader::of_batch(batch, first_seq);
        self.append_frame(header, batch.payload(), next_seq, batch.last_time_us())
    }

    /// Make a checkpoint durable. It uses no sequence.
    ///
    /// Precondition: `checkpoint.seq` is the last sequence in the journal (0 in an empty one). Errors as in
    /// [`Journal::append`], with `MisplacedCheckpoint` in place of `SequenceGap`.
    pub fn checkpoint(&mut self, checkpoint: Checkpoint) -> Result<(), JournalError> {
        self.check_alive()?;
        let expected = self.state.next_seq - 1;
        if checkpoint.seq != expected {
            return Err(JournalError::MisplacedCheckpoint { expected, found: checkpoint.seq });
        }
        self.check_time(checkpoint.time_us)?;
        let header = FrameHeader {
            kind: KIND_CHECKPOINT,
            flags: 0,
            payload_bytes: 0,
            count: 0,
            first_seq: self.state.next_seq,
            base_time_us: checkpoint.time_us,
            payload_crc: 0,
        };
        self.append_frame(header, &checkpoint.state_hash, self.state.next_seq, checkpoint.time_us)
    }

    /// Close the segment and begin another; does nothing in a segment without a record.
    pub fn roll(&mut self) -> Result<(), JournalError> {
        self.check_alive()?;
        if self.state.next_seq == self.segment_first_seq {
            return Ok(());
        }
        let file = create_segment(&self.disk, &self.dir, &self.state).map_err(|error| self.poison(error))?;
        self.file = file;
        self.path = plain_path(&self.dir, self.state.next_seq);
        self.segment_first_seq = self.state.next_seq;
        self.segment_bytes = SEGMENT_HEADER_BYTES as u64;
        Ok(())
    }

    /// Give the sequence that the next record must have.
    pub fn next_seq(&self) -> u64 {
        self.state.next_seq
    }

    /// Give the time of the last entry, in microseconds since the Unix epoch; 0 if there is none.
    pub fn last_time_us(&self) -> u64 {
        self.state.last_time_us
    }

    /// Give the chain hash after the last frame: it stands for everything in the journal. Zeros when it is empty.
    pub fn chain_hash(&self) -> Hash {
        self.state.chain
    }

    /// Give a handle that archives closed segments when it is told to.
    pub fn archiver(&self) -> Archiver<D> {
        self.archiver_on(self.disk.clone())
    }

    /// Give a handle as [`Journal::archiver`] does, working through another view of the same disk.
    pub fn archiver_on<E: Disk>(&self, disk: E) -> Archiver<E> {
        let hold: Arc<Mutex<dyn Send>> = Arc::clone(&self.hold) as Arc<Mutex<dyn Send>>;
        Archiver::new(disk, &self.dir, &hold)
    }

    /// Release the directory. Everything appended is already durable. Errors: `Poisoned`.
    pub fn close(self) -> Result<(), JournalError> {
        self.check_alive()
    }

    fn check_alive(&self) -> Result<(), JournalError> {
        match &self.poison {
            Some(reason) => Err(JournalError::Poisoned { reason: reason.clone() }),
            None => Ok(()),
        }
    }

    fn check_time(&self, time_us: u64) -> Result<(), JournalError> {
        if time_us < self.state.last_time_us {
            return Err(JournalError::TimeRegression { last_us: self.state.last_time_us, found_us: time_us });
        }
        Ok(())
    }

    fn append_frame(
        &mut self,
        header: FrameHeader,
        payload: &[u8],
        next_seq: u64,
        last_time_us: u64,
    ) -> Result<(), JournalError> {
        let frame_bytes = (FRAME_HEADER_BYTES + payload.len() + HASH_BYTES) as u64;
        if self.segment_bytes + frame_bytes > self.segment_bytes_max {
            self.roll()?;
        }
        let chain = write_frame(&mut self.frame, header, payload, &self.state.chain);
        let written = self.file.append(&self.frame).map_err(JournalError::io("write to", &self.path));
        let synced = written.and_then(|()| self.file.sync_data().map_err(JournalError::io("sync", &self.path)));
        if let Err(error) = synced {
            self.withdraw();
            return Err(self.poison(error));
        }
        self.segment_bytes += frame_bytes;
        self.state = ChainState { next_seq, last_time_us, chain };
        self.frame.clear();
        self.frame.shrink_to(FRAME_BYTES_KEPT);
        Ok(())
    }

    /// Cut the frame that could not be made durable, as well as may be.
    ///
    /// After a failed sync the frame may stand in the system's cache and not on the disk: whoever opened the journal
    /// next would take it for durable. It was never acknowledged, so it may go. If the cut fails too, so be it.
    fn withdraw(&mut self) {
        let _ = self.file.truncate(self.segment_bytes);
    }

    fn poison(&mut self, error: JournalError) -> JournalError {
        self.poison = Some(error.to_string());
        error
    }
}

/// How much of the frame buffer is kept between appends, so that one huge batch does not hold its memory for ever.
const FRAME_BYTES_KEPT: usize = 4 << 20;

const _: () = assert!(FRAME_PAYLOAD_BYTES_MAX as u64 <= SEGMENT_BYTES_LIMIT);
