//! Copying a journal beside its writer: closed segments once and for all, then as much of the last as is durable.
//!
//! A copy is itself a journal that readers can read: a directory with the last segment and a manifest, which lists the
//! closed segments in a directory that all copies of one journal share. So a second copy stores only what was closed
//! since the first.
//!
//! A reader may see a frame that its writer has not synced yet, and that the writer would withdraw if the sync failed.
//! What is copied is durable at the journal for one of these reasons:
//!
//! - something stands after it: a frame is only begun once the one before is durable, and so is a segment;
//! - its records are known to have been acknowledged (`acknowledged_seq`);
//! - nobody has the journal open, and it was synced here, under the lock that keeps writers out.

use std::path::{Path, PathBuf};

use crate::archive::{Place, file_bytes, header_of, store_segment};
use crate::disk::{Disk, DiskFile};
use crate::error::JournalError;
use crate::frame::Hash;
use crate::manifest::Manifest;
use crate::opening::{Opened, check_follows, missing_segment, open_segment};
use crate::plain_copy::PlainCopy;
use crate::segment::{FIRST_SEQ, LOCK_NAME, Listing, plain_path};
use crate::stream::{ChainState, SegmentStream, Step};
use crate::walk::{damage_at, state_after, walk};

/// Copy a journal.
#[derive(Debug, Clone)]
pub struct Backup<'a> {
    /// The journal's directory.
    pub journal: &'a Path,
    /// A directory for the copy's last segment and manifest, with neither in it.
    pub copy: &'a Path,
    /// Where closed segments go; a relative path begins at `copy`.
    pub segments: &'a Path,
    /// The directory of an earlier whole copy, at the same depth as `copy`, whose closed segments are taken over.
    pub earlier: Option<&'a Path>,
    /// Up to where records are known to have been acknowledged; 0 when it is not known.
    pub acknowledged_seq: u64,
}

/// Tell what a copy holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackedUp {
    /// The sequence of the last record; 0 when there is none.
    pub last_seq: u64,
    /// The time of the last entry, in microseconds since the Unix epoch.
    pub last_time_us: u64,
    /// The chain hash at its end.
    pub chain: Hash,
    /// The files of its closed segments, in order; a relative path begins at the copy's directory.
    pub segments: Vec<PathBuf>,
    /// How many of them are new.
    pub segments_stored: usize,
}

/// The segments of the journal, as they were at one moment.
struct Found {
    archived: Manifest,
    segments: Vec<u64>,
    /// A later segment was being created, so the last one here is durable to its end.
    is_last_closed: bool,
}

impl Backup<'_> {
    /// Copy on a disk; `go_on` is told the last sequence of each segment that was stored, and stops the copying by
    /// answering `false`. Everything copied is durable on return. An interrupted copy leaves whole segments, which the
    /// next one takes over, and no manifest.
    ///
    /// Errors: `ForeignHistory` when the earlier copy is not of this journal, `ForeignFile`, `Damage`, `MissingSegment`,
    /// `AbsentArchive`, `Interruption`, `IoFailure`. The journal is not changed.
    pub fn run<D: Disk>(&self, disk: &D, mut go_on: impl FnMut(u64) -> bool) -> Result<BackedUp, JournalError> {
        let mut found = self.find(disk)?;
        let mut copied = self.taken_over(disk, &mut found)?;
        let taken_over = copied.segments.len();
        let place = Place { base: self.copy, archive: self.segments };
        for pair in found.segments.windows(2) {
            let &[first_seq, next_seq] = pair else { unreachable!("windows of two") };
            if copied.end().is_some_and(|end| first_seq < end.next_seq) {
                continue;
            }
            let after = header_of(disk, self.journal, &mut found.archived, next_seq)?.before();
            let stored = store_segment(disk, self.journal, &mut found.archived, first_seq, &after, &place)?;
            copied.segments.push(stored);
            if !go_on(next_seq - 1) {
                return Err(JournalError::Interruption);
            }
        }
        let end = self.copy_last(disk, &mut found, copied.end())?;
        copied.write(disk, self.copy)?;
        Ok(BackedUp {
            last_seq: end.next_seq - 1,
            last_time_us: end.last_time_us,
            chain: end.chain,
            segments_stored: copied.segments.len() - taken_over,
            segments: copied.segments.into_iter().map(|segment| segment.file).collect(),
        })
    }

    fn find<D: Disk>(&self, disk: &D) -> Result<Found, JournalError> {
        // In this order: a segment is listed as archived before it leaves the directory.
        let present = Listing::read(disk, self.journal)?;
        let mut archived = Manifest::read(disk, self.journal)?;
        let mut every = present.segments();
        every.extend(archived.first_seqs());
        let mut segments: Vec<u64> = every.into_iter().collect();
        let missing = |seq, detail: &str| Err(missing_segment(self.journal, seq, detail));
        match segments.first() {
            None => return missing(FIRST_SEQ, "it is empty"),
            Some(&oldest) if oldest != FIRST_SEQ => {
                return missing(FIRST_SEQ, &format!("the oldest segment there begins at {oldest}"));
            }
            _ => {}
        }
        let last = segments[segments.len() - 1];
        if !present.plain.contains(&last) {
            return missing(last, "the newest segment there is closed, so one after it is missing");
        }
        let opened = open_segment(disk, self.journal, &mut archived, last, true)?;
        let is_last_closed = segments.len() > 1 && matches!(opened, Opened::WithoutHeader { .. });
        if is_last_closed {
            segments.pop();
        }
        Ok(Found { archived, segments, is_last_closed })
    }

    /// Take over the closed segments of the earlier copy that are there, if this journal goes on from its very end.
    fn taken_over<D: Disk>(&self, disk: &D, found: &mut Found) -> Result<Manifest, JournalError> {
        let Some(earlier) = self.earlier else { return Ok(Manifest::default()) };
        let mut copied = Manifest::read(disk, earlier)?;
        let end = end_of_copy(disk, earlier, &mut copied)?;
        let last_seq = copied.end().map_or(FIRST_SEQ, |closed| closed.next_seq);
        if !found.segments.contains(&last_seq) || !self.passes_through(disk, found, last_seq, &end)? {
            return Err(JournalError::ForeignHistory {
                copy: earlier.to_path_buf(),
                dir: self.journal.to_path_buf(),
                seq: end.next_seq - 1,
            });
        }
        let mut whole = 0;
        for segment in &copied.segments {
            if file_bytes(disk, &segment.path(self.copy))? != Some(segment.bytes) {
                break;
            }
            whole += 1;
        }
        copied.segments.truncate(whole);
        Ok(copied)
    }

    /// Tell whether the journal's segment that begins at `first_seq` comes to `point`, by the chain hash there: then
    /// everything before is the same. What was copied once was durable, so it can only be missing in another history.
    fn passes_through<D: Disk>(
        &self,
        disk: &D,
        found: &mut Found,
        first_seq: u64,
        point: &ChainState,
    ) -> Result<bool, JournalError> {
        let opened = open_segment(disk, self.journal, &mut found.archived, first_seq, true)?;
        let Opened::Segment(header, mut stream) = opened else { return Ok(point.next_seq == FIRST_SEQ) };
        let mut state = header.before();
        while state != *point && state.next_seq <= point.next_seq {
            let Step::Frame(frame) = stream.step(&state)? else { return Ok(false) };
            state = state_after(&stream, &frame, &state)?;
            stream.consume(frame.frame_bytes());
        }
        Ok(state == *point)
    }

    /// Copy what is durable of the last segment; returns where the copy ends.
    fn copy_last<D: Disk>(
        &self,
        disk: &D,
        found: &mut Found,
        before: Option<ChainState>,
    ) -> Result<ChainState, JournalError> {
        let last = found.segments[found.segments.len() - 1];
        let lock_path = self.journal.join(LOCK_NAME);
        let lock = match disk.lock(&lock_path) {
            Ok(lock) => Some(lock),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => None,
            Err(error) => return Err(JournalError::io("lock", &lock_path)(error)),
        };
        if lock.is_some() && !found.is_last_closed {
            let path = plain_path(self.journal, last);
            let mut file = disk.open_append(&path).map_err(JournalError::io("open", &path))?;
            file.sync_data().map_err(JournalError::io("sync", &path))?;
        }
        let is_durable = lock.is_some() || found.is_last_closed;
        match open_segment(disk, self.journal, &mut found.archived, last, true)? {
            Opened::Segment(header, mut stream) => {
                if let Some(before) = before {
                    check_follows(stream.path(), &header, &before)?;
                }
                let mut copy = PlainCopy::create(disk, self.copy, header.before())?;
                self.copy_frames(&mut stream, &mut copy, is_durable)?;
                copy.finish()
            }
            // Nothing was ever written to this journal.
            Opened::WithoutHeader { .. } => {
                let nothing = ChainState { next_seq: FIRST_SEQ, last_time_us: 0, chain: [0; 32] };
                PlainCopy::create(disk, self.copy, nothing)?.finish()
            }
        }
    }

    fn copy_frames<D: Disk>(
        &self,
        stream: &mut SegmentStream<D::Source>,
        copy: &mut PlainCopy<D>,
        is_durable: bool,
    ) -> Result<(), JournalError> {
        let mut state = copy.state();
        // The frame that nothing is known to stand after yet.
        let mut pending: Vec<u8> = Vec::new();
        loop {
            let offset = stream.offset();
            match stream.step(&state)? {
                Step::Frame(frame) => {
                    if !pending.is_empty() {
                        copy.put_frame(&pending, state)?;
                    }
                    pending.clear();
                    pending.extend_from_slice(stream.frame(&frame));
                    state = state_after(stream, &frame, &state)?;
                    stream.consume(frame.frame_bytes());
                }
                Step::End => break,
                Step::Fault(fault) => {
                    let path = stream.path().to_path_buf();
                    if stream.is_compressed() || stream.is_followed(fault.nature, state.next_seq)? {
                        return Err(damage_at(&path, offset, fault));
                    }
                    break;
                }
            }
        }
        // A checkpoint uses no sequence, and the records before it may be acknowledged when it is not durable yet.
        let is_batch = state.next_seq > copy.state().next_seq;
        let is_acknowledged = is_batch && state.next_seq - 1 <= self.acknowledged_seq;
        if !pending.is_empty() && (is_durable || is_acknowledged) {
            copy.put_frame(&pending, state)?;
        }
        Ok(())
    }
}

/// Read where a whole copy ends.
fn end_of_copy<D: Disk>(disk: &D, copy: &Path, closed: &mut Manifest) -> Result<ChainState, JournalError> {
    let first_seq = closed.end().map_or(FIRST_SEQ, |end| end.next_seq);
    match open_segment(disk, copy, closed, first_seq, false)? {
        Opened::Segment(header, mut stream) => Ok(walk(&mut stream, &header)?.end),
        Opened::WithoutHeader { .. } => unreachable!("only a last segment may be without a header"),
    }
}
