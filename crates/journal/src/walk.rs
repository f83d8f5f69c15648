//! Walking over frames without handing out their records: where the log stands after each, and how far a limit reaches.

use std::io::{Read, Seek};
use std::path::Path;

use crate::batch::Batch;
use crate::error::JournalError;
use crate::frame::{FrameHeader, KIND_CHECKPOINT};
use crate::record::read_record;
use crate::segment::SegmentHeader;
use crate::stream::{ChainState, Fault, SegmentStream, Step};

/// How far a copy of a journal is to reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// To the end.
    End,
    /// To a sequence, itself included.
    Sequence(u64),
    /// To the last record at or before a time, in microseconds since the Unix epoch.
    TimeUs(u64),
}

impl Limit {
    /// Tell whether an entry of a sequence and a time is within the limit.
    pub(crate) fn covers(self, seq: u64, time_us: u64) -> bool {
        match self {
            Limit::End => true,
            Limit::Sequence(last) => seq <= last,
            Limit::TimeUs(last) => time_us <= last,
        }
    }
}

/// What a whole segment was found to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Walked {
    pub first_time_us: u64,
    pub end: ChainState,
}

/// Walk a closed segment from after its header to its end, checking everything on the way.
pub(crate) fn walk<S: Read + Seek>(
    stream: &mut SegmentStream<S>,
    header: &SegmentHeader,
) -> Result<Walked, JournalError> {
    let mut walked = Walked { first_time_us: header.last_time_us, end: header.before() };
    let mut is_first = true;
    loop {
        match stream.step(&walked.end)? {
            Step::End => return Ok(walked),
            Step::Fault(fault) => return Err(damage(stream, fault)),
            Step::Frame(frame) => {
                if std::mem::take(&mut is_first) {
                    walked.first_time_us = frame.base_time_us;
                }
                walked.end = state_after(stream, &frame, &walked.end)?;
                stream.consume(frame.frame_bytes());
            }
        }
    }
}

/// Give where the log stands after the frame at the stream's place.
pub(crate) fn state_after<S: Read + Seek>(
    stream: &SegmentStream<S>,
    frame: &FrameHeader,
    before: &ChainState,
) -> Result<ChainState, JournalError> {
    let mut last_time_us = before.last_time_us.max(frame.base_time_us);
    each_record(stream, frame, |_, time_us, _| {
        last_time_us = time_us;
        Ok(())
    })?;
    let next_seq = frame.first_seq + u64::from(frame.count);
    Ok(ChainState { next_seq, last_time_us, chain: stream.chain_after(frame) })
}

/// Gather those records of the frame at the stream's place that a limit covers.
pub(crate) fn covered_records<S: Read + Seek>(
    stream: &SegmentStream<S>,
    frame: &FrameHeader,
    limit: Limit,
) -> Result<Batch, JournalError> {
    let mut batch = Batch::new();
    each_record(
        stream,
        frame,
        |seq, time_us, payload| {
            if limit.covers(seq, time_us) { batch.push(seq, time_us, payload) } else { Ok(()) }
        },
    )?;
    Ok(batch)
}

fn each_record<S: Read + Seek>(
    stream: &SegmentStream<S>,
    frame: &FrameHeader,
    mut take: impl FnMut(u64, u64, &[u8]) -> Result<(), JournalError>,
) -> Result<(), JournalError> {
    if frame.kind == KIND_CHECKPOINT {
        return Ok(());
    }
    let wrong = |expected: String, found: String| damage(stream, Fault::foreign(expected, found));
    let payload = stream.payload(frame);
    let mut at = 0;
    let mut last_time_us = frame.base_time_us;
    for seq in (frame.first_seq..).take(frame.count as usize) {
        let record = read_record(payload, at).map_err(|(expected, found)| wrong(expected, found))?;
        let time_us = frame.base_time_us.checked_add(record.time_delta_us).filter(|&time_us| time_us >= last_time_us);
        let Some(time_us) = time_us else {
            let found = format!("{} µs + {}", frame.base_time_us, record.time_delta_us);
            return Err(wrong(format!("a record time of at least {last_time_us} µs"), found));
        };
        take(seq, time_us, &payload[record.payload_start..record.payload_end])?;
        last_time_us = time_us;
        at = record.payload_end;
    }
    if at != payload.len() {
        let found = format!("{} bytes after them", payload.len() - at);
        return Err(wrong(format!("{} records and no more", frame.count), found));
    }
    Ok(())
}

/// Say that a segment is damaged at the stream's place.
pub(crate) fn damage<S: Read + Seek>(stream: &SegmentStream<S>, fault: Fault) -> JournalError {
    damage_at(stream.path(), stream.offset(), fault)
}

pub(crate) fn damage_at(path: &Path, offset: u64, fault: Fault) -> JournalError {
    JournalError::Damage { file: path.to_path_buf(), offset, expected: fault.expected, found: fault.found }
}
