//! Restoring a journal from a copy, whole or up to a sequence or a time.
//!
//! Segments that lie wholly within the limit are copied to the new journal's archive, every byte and hash checked. The
//! one that holds the limit is written anew as the segment to go on in: its frames are the same byte for byte, but for
//! the last, which holds only the records within the limit. From there on the chain hashes of the restored journal are
//! its own, as is its history.

use std::path::Path;

use crate::archive::{Place, store_segment};
use crate::disk::Disk;
use crate::error::JournalError;
use crate::frame::{Hash, KIND_CHECKPOINT};
use crate::manifest::Manifest;
use crate::opening::{Opened, check_follows, missing_segment, open_segment};
use crate::plain_copy::PlainCopy;
use crate::segment::{FIRST_SEQ, Listing};
use crate::stream::{ChainState, SegmentStream, Step};
use crate::walk::{Limit, covered_records, damage_at, state_after};

/// Tell what was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The sequence of the last record; 0 when there is none.
    pub last_seq: u64,
    /// The time of the last entry, in microseconds since the Unix epoch.
    pub last_time_us: u64,
    /// The chain hash at its end.
    pub chain: Hash,
}

/// Write the journal that `copy` holds to the directory `journal`, up to a limit; `archive` is where its closed
/// segments go, and a relative path begins at `journal`.
///
/// `go_on` is told the last sequence of each segment, and stops by answering `false`. Precondition: neither directory
/// holds anything; what is there after an error is of no use. Errors: `BeyondEnd`, `Damage`, `MissingSegment`,
/// `AbsentArchive`, `Interruption`, `IoFailure`.
pub fn restore<D: Disk>(
    disk: &D,
    copy: &Path,
    journal: &Path,
    archive: &Path,
    limit: Limit,
    mut go_on: impl FnMut(u64) -> bool,
) -> Result<Restored, JournalError> {
    let mut closed = Manifest::read(disk, copy)?;
    let last = match Listing::read(disk, copy)?.plain.last() {
        Some(&last) => last,
        None => return Err(missing_segment(copy, FIRST_SEQ, "it holds none that was being written")),
    };
    let mut restored = Manifest::default();
    let mut before = ChainState { next_seq: FIRST_SEQ, last_time_us: 0, chain: [0; 32] };
    for segment in closed.segments.clone() {
        if !limit.covers(segment.last_seq, segment.last_time_us) {
            break;
        }
        let place = Place { base: journal, archive };
        restored.segments.push(store_segment(disk, copy, &mut closed, segment.first_seq, &segment.end(), &place)?);
        before = segment.end();
        if !go_on(segment.last_seq) {
            return Err(JournalError::Interruption);
        }
    }
    let opened = open_segment(disk, copy, &mut closed, before.next_seq, before.next_seq == last)?;
    let Opened::Segment(header, mut stream) = opened else {
        return Err(missing_segment(copy, before.next_seq, "its header is not whole"));
    };
    check_follows(stream.path(), &header, &before)?;
    let mut target = PlainCopy::create(disk, journal, before)?;
    copy_covered(&mut stream, &mut target, limit)?;
    let end = target.finish()?;
    restored.write(disk, journal)?;
    match limit {
        Limit::Sequence(asked) if asked >= end.next_seq => {
            Err(JournalError::BeyondEnd { dir: copy.to_path_buf(), asked, reached: end.next_seq - 1 })
        }
        _ => Ok(Restored { last_seq: end.next_seq - 1, last_time_us: end.last_time_us, chain: end.chain }),
    }
}

fn copy_covered<D: Disk>(
    stream: &mut SegmentStream<D::Source>,
    target: &mut PlainCopy<D>,
    limit: Limit,
) -> Result<(), JournalError> {
    loop {
        let before = target.state();
        let frame = match stream.step(&before)? {
            Step::End => return Ok(()),
            // A copy holds whole frames only.
            Step::Fault(fault) => return Err(damage_at(stream.path(), stream.offset(), fault)),
            Step::Frame(frame) => frame,
        };
        let after = state_after(stream, &frame, &before)?;
        if limit.covers(after.next_seq - 1, after.last_time_us) {
            target.put_frame(stream.frame(&frame), after)?;
            stream.consume(frame.frame_bytes());
            continue;
        }
        if frame.kind != KIND_CHECKPOINT {
            target.put_batch(&covered_records(stream, &frame, limit)?)?;
        }
        return Ok(());
    }
}
