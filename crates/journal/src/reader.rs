//! Reading: every entry in order from a given sequence, everything checked on the way.
//!
//! A reader changes nothing and takes no lock. Beside a live writer it stops at the last complete frame and can be
//! asked again later; what it then sees may not be synced yet, so nothing may be promised on its word. The writer's
//! own recovery is this same reader run to the end.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::path::{Path, PathBuf};

use crate::disk::{Disk, RealDisk};
use crate::error::JournalError;
use crate::frame::{Checkpoint, FrameHeader, Hash, KIND_CHECKPOINT, take};
use crate::manifest::Manifest;
use crate::opening::{Opened, check_follows, missing_segment, open_segment};
use crate::record::read_record;
use crate::segment::{FIRST_SEQ, Listing, plain_path};
use crate::stream::{ChainState, Fault, Nature, SegmentStream, Step};

/// One entry of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry<'a> {
    /// A record.
    Command {
        /// Its sequence.
        seq: u64,
        /// Its time, in microseconds since the Unix epoch.
        time_us: u64,
        /// Its bytes, as they were pushed.
        payload: &'a [u8],
    },
    /// A statement of the core's state hash.
    Checkpoint(Checkpoint),
}

/// A place in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The segment.
    pub file: PathBuf,
    /// Offset in the segment, in uncompressed bytes.
    pub offset: u64,
}

/// Why the log ended where it did, other than cleanly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tail {
    /// The last segment ends in something that is not a whole frame.
    Frame,
    /// The last segment has no whole header; this many bytes of it are there.
    Header { first_seq: u64, bytes: usize },
}

/// Read a journal's entries in order.
pub struct Reader<D: Disk = RealDisk> {
    disk: D,
    dir: PathBuf,
    from_seq: u64,
    /// The first segment that is not entered.
    stop_before: u64,
    segments: BTreeSet<u64>,
    archived: Manifest,
    current: Option<Current<D>>,
    state: ChainState,
    tail: Option<Tail>,
    failure: Option<String>,
}

struct Current<D: Disk> {
    first_seq: u64,
    stream: SegmentStream<D::Source>,
    frame: Option<OpenFrame>,
    /// Where the last frame that was read begins; the segment, before there is one.
    last_frame: u64,
    /// A later segment exists, so this one can no longer grow.
    is_closed: bool,
}

/// A frame whose records are being handed out.
struct OpenFrame {
    header: FrameHeader,
    handed_out: u32,
    /// Place of the next record in the payload.
    at: usize,
}

enum Found {
    Command { seq: u64, time_us: u64, start: usize, end: usize },
    Checkpoint(Checkpoint),
}

impl Reader<RealDisk> {
    /// Open the journal in `dir` for reading from sequence `from_seq` on (0 and 1 both mean everything).
    ///
    /// A checkpoint of `from_seq - 1` is given too, so that a snapshot of that sequence can be compared with it: reading
    /// begins at the segment that holds `from_seq - 1`, if it is there, and earlier ones are neither read nor checked.
    /// Archived segments are read where they were put. Errors: the directory is missing, or the segment with `from_seq`
    /// is; `AbsentArchive` when it or a later one is not where it was put.
    pub fn open(dir: &Path, from_seq: u64) -> Result<Reader<RealDisk>, JournalError> {
        Reader::open_on(RealDisk, dir, from_seq)
    }
}

impl<D: Disk> Reader<D> {
    /// Open as [`Reader::open`] does, on a given disk.
    pub fn open_on(disk: D, dir: &Path, from_seq: u64) -> Result<Reader<D>, JournalError> {
        let mut reader = Reader {
            disk,
            dir: dir.to_path_buf(),
            from_seq: from_seq.max(FIRST_SEQ),
            stop_before: u64::MAX,
            segments: BTreeSet::new(),
            archived: Manifest::default(),
            current: None,
            state: ChainState { next_seq: FIRST_SEQ, last_time_us: 0, chain: [0; 32] },
            tail: None,
            failure: None,
        };
        reader.start()?;
        Ok(reader)
    }

    /// Give the next entry, or `None` at the end of the log as it stands; asked again, look whether it has grown.
    ///
    /// Errors: `Damage`, `MissingSegment`, `UnsupportedVersion`, `UnsupportedFrame`, `IoFailure`; after one of these,
    /// every later call fails with `Poisoned`.
    pub fn next_entry(&mut self) -> Result<Option<Entry<'_>>, JournalError> {
        if let Some(reason) = &self.failure {
            return Err(JournalError::Poisoned { reason: reason.clone() });
        }
        let found = self.find_entry().inspect_err(|error| self.failure = Some(error.to_string()))?;
        Ok(found.map(|found| match found {
            Found::Checkpoint(checkpoint) => Entry::Checkpoint(checkpoint),
            Found::Command { seq, time_us, start, end } => {
                let current = self.current.as_ref().expect("an entry was found in a segment");
                let frame = current.frame.as_ref().expect("a record was found in a frame");
                let payload = &current.stream.payload(&frame.header)[start..end];
                Entry::Command { seq, time_us, payload }
            }
        }))
    }

    /// Give the place of the frame being read, or of the next one; `None` before the first segment exists.
    pub fn position(&self) -> Option<Position> {
        self.current
            .as_ref()
            .map(|current| Position { file: current.stream.path().to_path_buf(), offset: current.stream.offset() })
    }

    /// Give the sequence after the last record of the last frame that was read to its end.
    pub fn next_seq(&self) -> u64 {
        self.state.next_seq
    }

    /// Give the chain hash after the last frame that was read to its end: it stands for everything before.
    pub fn chain_hash(&self) -> Hash {
        self.state.chain
    }

    /// End where a segment begins, by its first sequence: for who reads closed segments only. May be moved on.
    pub fn stop_before(&mut self, first_seq: u64) {
        self.stop_before = first_seq;
    }

    pub(crate) fn state(&self) -> ChainState {
        self.state
    }

    pub(crate) fn tail(&self) -> Option<&Tail> {
        self.tail.as_ref()
    }

    /// Give the place of the last frame that was read to its end in the segment that the reader stands in.
    pub(crate) fn last_frame(&self) -> u64 {
        self.current.as_ref().map_or(0, |current| current.last_frame)
    }

    /// Give the segment that the reader stands in: its first sequence, and whether it is compressed.
    pub(crate) fn segment(&self) -> Option<(u64, bool)> {
        self.current.as_ref().map(|current| (current.first_seq, current.stream.is_compressed()))
    }

    /// Open the segment to begin with, or the one before if that one is only just being created.
    fn start(&mut self) -> Result<(), JournalError> {
        // In this order: a segment is listed as archived before it leaves the directory.
        let present = Listing::read(&self.disk, &self.dir)?.segments();
        self.archived = Manifest::read(&self.disk, &self.dir)?;
        self.segments = self.archived.first_seqs().chain(present.iter().copied()).collect();
        let Some(&oldest) = self.segments.first() else { return Ok(()) };
        if oldest > self.from_seq {
            return Err(self.missing(self.from_seq, &format!("the oldest segment there begins at {oldest}")));
        }
        // The checkpoint of the sequence before may be the last entry of the segment before.
        let reach = if oldest < self.from_seq { self.from_seq - 1 } else { self.from_seq };
        let candidates: Vec<u64> = self.segments.range(..=reach).rev().take(2).copied().collect();
        if let Some(&first) = candidates.first() {
            self.archived.check_present(&self.disk, &self.dir, first, &present)?;
        }
        for first_seq in candidates {
            let is_last = self.is_last(first_seq);
            match open_segment(&self.disk, &self.dir, &mut self.archived, first_seq, is_last)? {
                Opened::Segment(header, stream) => {
                    if let Some(before) = self.archived.end_before(first_seq) {
                        check_follows(stream.path(), &header, &before)?;
                    }
                    self.state = ChainState {
                        next_seq: header.first_seq,
                        last_time_us: header.last_time_us,
                        chain: header.chain,
                    };
                    self.enter(first_seq, stream);
                    return Ok(());
                }
                Opened::WithoutHeader { bytes } => self.tail = Some(Tail::Header { first_seq, bytes }),
            }
        }
        Ok(())
    }

    fn is_last(&self, first_seq: u64) -> bool {
        self.segments.last().is_none_or(|&last| last <= first_seq)
    }

    fn enter(&mut self, first_seq: u64, stream: SegmentStream<D::Source>) {
        let is_closed = !self.is_last(first_seq);
        self.current = Some(Current { first_seq, stream, frame: None, last_frame: 0, is_closed });
    }

    fn find_entry(&mut self) -> Result<Option<Found>, JournalError> {
        loop {
            while let Some(found) = self.next_in_frame()? {
                let is_wanted = match &found {
                    Found::Command { seq, .. } => *seq >= self.from_seq,
                    Found::Checkpoint(checkpoint) => checkpoint.seq + 1 >= self.from_seq,
                };
                if is_wanted {
                    return Ok(Some(found));
                }
            }
            if !self.next_frame()? {
                return Ok(None);
            }
        }
    }

    /// Hand out the next entry of the open frame; at its end, pass over it.
    fn next_in_frame(&mut self) -> Result<Option<Found>, JournalError> {
        let Some(current) = self.current.as_mut() else { return Ok(None) };
        let Some(frame) = current.frame.as_mut() else { return Ok(None) };
        let payload = current.stream.payload(&frame.header);
        let at = frame.at;
        let wrong = |expected: String, found: String| JournalError::Damage {
            file: current.stream.path().to_path_buf(),
            offset: current.stream.offset(),
            expected: format!("{expected} (in the frame's payload at {at})"),
            found,
        };
        if frame.header.kind == KIND_CHECKPOINT && at == 0 {
            frame.at = payload.len();
            self.state.last_time_us = frame.header.base_time_us;
            return Ok(Some(Found::Checkpoint(Checkpoint {
                seq: frame.header.first_seq - 1,
                time_us: frame.header.base_time_us,
                state_hash: take(payload, 0),
            })));
        }
        if frame.handed_out < frame.header.count {
            let record = read_record(payload, at).map_err(|(expected, found)| wrong(expected, found))?;
            let time_us = frame.header.base_time_us.checked_add(record.time_delta_us);
            let Some(time_us) = time_us.filter(|&time_us| time_us >= self.state.last_time_us) else {
                let expected = format!("a record time of at least {} µs", self.state.last_time_us);
                return Err(wrong(expected, format!("{} µs + {}", frame.header.base_time_us, record.time_delta_us)));
            };
            let seq = frame.header.first_seq + u64::from(frame.handed_out);
            frame.handed_out += 1;
            frame.at = record.payload_end;
            self.state.last_time_us = time_us;
            return Ok(Some(Found::Command { seq, time_us, start: record.payload_start, end: record.payload_end }));
        }
        if at != payload.len() {
            let expected = format!("{} records and no more", frame.header.count);
            return Err(wrong(expected, format!("{} bytes after them", payload.len() - at)));
        }
        let header = frame.header;
        self.state.next_seq = header.first_seq + u64::from(header.count);
        self.state.chain = current.stream.chain_after(&header);
        current.last_frame = current.stream.offset();
        current.stream.consume(header.frame_bytes());
        current.frame = None;
        Ok(None)
    }

    /// Find the next frame, in this segment or the next; `false` at the end of the log.
    fn next_frame(&mut self) -> Result<bool, JournalError> {
        loop {
            let Some(current) = self.current.as_mut() else {
                // Nothing was there at the last look.
                self.tail = None;
                self.start()?;
                if self.current.is_none() {
                    return Ok(false);
                }
                continue;
            };
            let offset = current.stream.offset();
            let step = current.stream.step(&self.state)?;
            if let Step::Frame(header) = step {
                self.tail = None;
                current.frame = Some(OpenFrame { header, handed_out: 0, at: 0 });
                if header.first_seq.checked_add(u64::from(header.count)).is_none() {
                    return Err(JournalError::SequenceExhaustion { last: u64::MAX - 1 });
                }
                return Ok(true);
            }
            if !current.is_closed {
                let first_seq = current.first_seq;
                current.stream.reread_from(offset)?;
                // Segments that were archived since the last look stay known.
                self.segments.extend(Listing::read(&self.disk, &self.dir)?.segments());
                if self.is_last(first_seq) {
                    return self.end_in_last_segment(step, offset).map(|()| false);
                }
                // A later segment has appeared: look once more, for what was added before this one was closed.
                self.current.as_mut().expect("set above").is_closed = true;
                continue;
            }
            match step {
                Step::Fault(fault) => return Err(self.damage(fault, offset)),
                _ => {
                    if !self.advance()? {
                        return Ok(false);
                    }
                }
            }
        }
    }

    /// Decide whether what ends the last segment is its end, a torn tail, or damage with the log going on after it.
    fn end_in_last_segment(&mut self, step: Step, offset: u64) -> Result<(), JournalError> {
        let Step::Fault(fault) = step else {
            self.tail = None;
            return Ok(());
        };
        let stream = &mut self.current.as_mut().expect("a step was made in it").stream;
        let damaged = stream.is_compressed() || stream.is_followed(fault.nature, self.state.next_seq)?;
        if damaged {
            return Err(self.damage(fault, offset));
        }
        stream.reread_from(offset)?;
        self.tail = Some(Tail::Frame);
        Ok(())
    }

    fn damage(&self, fault: Fault, offset: u64) -> JournalError {
        let file = self.current.as_ref().map(|current| current.stream.path().to_path_buf()).unwrap_or_default();
        let found = match fault.nature {
            Nature::Foreign | Nature::CutShort => fault.found,
            _ => format!("{}, and it is not the unfinished end of the log", fault.found),
        };
        JournalError::Damage { file, offset, expected: fault.expected, found }
    }

    /// Go on to the next segment; `false` if that one is only just being created.
    fn advance(&mut self) -> Result<bool, JournalError> {
        let first_seq = self.current.as_ref().expect("there is one to leave").first_seq;
        let later = (Bound::Excluded(first_seq), Bound::Unbounded);
        let mut next = *self.segments.range(later).next().expect("a closed segment has one after it");
        if next != self.state.next_seq {
            // It may have come and been archived between two looks.
            self.archived = Manifest::read(&self.disk, &self.dir)?;
            self.segments.extend(self.archived.first_seqs());
            next = *self.segments.range(later).next().expect("there was one before");
        }
        if next != self.state.next_seq {
            // Cut between two frames it looks the same as one that never held more.
            let before = plain_path(&self.dir, first_seq);
            let detail = format!("{} ends before it, or was cut, and the next begins at {next}", before.display());
            return Err(self.missing(self.state.next_seq, &detail));
        }
        if next >= self.stop_before {
            return Ok(false);
        }
        let is_last = self.is_last(next);
        match open_segment(&self.disk, &self.dir, &mut self.archived, next, is_last)? {
            Opened::WithoutHeader { bytes } => {
                self.tail = Some(Tail::Header { first_seq: next, bytes });
                Ok(false)
            }
            Opened::Segment(header, stream) => {
                check_follows(stream.path(), &header, &self.state)?;
                self.enter(next, stream);
                Ok(true)
            }
        }
    }

    fn missing(&self, expected_seq: u64, detail: &str) -> JournalError {
        missing_segment(&self.dir, expected_seq, detail)
    }
}
