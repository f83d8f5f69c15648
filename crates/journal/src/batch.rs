//! The batch: records gathered in memory, already in the form in which they will stand in the file.
//!
//! The owner of the journal keeps one or two of these and reuses them, so that the hot path allocates nothing. A batch
//! refuses gaps and backward time among its own records; [`crate::Journal::append`] refuses them against the journal.

use crate::error::JournalError;
use crate::frame::FRAME_PAYLOAD_BYTES_MAX;
use crate::record::{RECORD_BYTES_MAX, RECORD_HEAD_BYTES, begin_record, finish_record};

/// Gather records for one append: one frame, one write, one sync.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    payload: Vec<u8>,
    count: u32,
    first_seq: u64,
    base_time_us: u64,
    last_time_us: u64,
}

impl Batch {
    /// Make an empty batch.
    pub fn new() -> Batch {
        Batch::default()
    }

    /// Add a record; the batch is unchanged after an error.
    ///
    /// `time_us` is in microseconds since the Unix epoch. Errors: `SequenceGap`, `TimeRegression`, `OversizedRecord`
    /// (more than [`RECORD_BYTES_MAX`]), `OversizedBatch` (more than [`FRAME_PAYLOAD_BYTES_MAX`] in all).
    pub fn push(&mut self, seq: u64, time_us: u64, payload: &[u8]) -> Result<(), JournalError> {
        check_record_bytes(seq, payload.len())?;
        self.push_with(seq, time_us, |out| out.extend_from_slice(payload))
    }

    /// Add a record whose payload `encode` writes at the end of the buffer it is given; it must not touch what is
    /// already there. Errors as in [`Batch::push`].
    pub fn push_with(&mut self, seq: u64, time_us: u64, encode: impl FnOnce(&mut Vec<u8>)) -> Result<(), JournalError> {
        self.check_next(seq, time_us)?;
        let start = self.payload.len();
        let base_time_us = if self.count == 0 { time_us } else { self.base_time_us };
        begin_record(&mut self.payload, time_us - base_time_us);
        let payload_start = self.payload.len();
        encode(&mut self.payload);
        assert!(self.payload.len() >= payload_start, "a record's encoder only appends");
        if let Err(refusal) = self.check_size(seq, self.payload.len() - payload_start) {
            self.payload.truncate(start);
            return Err(refusal);
        }
        finish_record(&mut self.payload, start, payload_start);
        if self.count == 0 {
            self.first_seq = seq;
            self.base_time_us = time_us;
        }
        self.count += 1;
        self.last_time_us = time_us;
        Ok(())
    }

    fn check_next(&self, seq: u64, time_us: u64) -> Result<(), JournalError> {
        // The last value is never used, so that the next free sequence always has a number.
        if seq == u64::MAX {
            return Err(JournalError::SequenceExhaustion { last: u64::MAX - 1 });
        }
        if let Some(expected) = self.next_seq()
            && seq != expected
        {
            return Err(JournalError::SequenceGap { expected, found: seq });
        }
        if time_us < self.last_time_us {
            return Err(JournalError::TimeRegression { last_us: self.last_time_us, found_us: time_us });
        }
        Ok(())
    }

    fn check_size(&self, seq: u64, record_bytes: usize) -> Result<(), JournalError> {
        check_record_bytes(seq, record_bytes)?;
        let bytes = self.payload.len();
        if bytes > FRAME_PAYLOAD_BYTES_MAX {
            return Err(JournalError::OversizedBatch { seq, bytes, max: FRAME_PAYLOAD_BYTES_MAX });
        }
        Ok(())
    }

    /// Count the records.
    pub fn len(&self) -> usize {
        self.count as usize
    }

    /// Tell whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Count the bytes the records take in the file, their checksums, lengths and times included.
    pub fn bytes(&self) -> usize {
        self.payload.len()
    }

    /// Give the sequence of the first record, if there is one.
    pub fn first_seq(&self) -> Option<u64> {
        (self.count > 0).then_some(self.first_seq)
    }

    /// Give the sequence that must come next, if there is a record before it.
    pub fn next_seq(&self) -> Option<u64> {
        (self.count > 0).then(|| self.first_seq + u64::from(self.count))
    }

    /// Forget the records and keep the memory.
    pub fn clear(&mut self) {
        self.payload.clear();
        self.count = 0;
        self.first_seq = 0;
        self.base_time_us = 0;
        self.last_time_us = 0;
    }

    pub(crate) fn payload(&self) -> &[u8] {
        &self.payload
    }

    pub(crate) fn base_time_us(&self) -> u64 {
        self.base_time_us
    }

    pub(crate) fn last_time_us(&self) -> u64 {
        self.last_time_us
    }
}

// A frame of 64 MiB cannot count past a u32, since every record takes at least its head.
const _: () = assert!(FRAME_PAYLOAD_BYTES_MAX / RECORD_HEAD_BYTES < u32::MAX as usize);

fn check_record_bytes(seq: u64, bytes: usize) -> Result<(), JournalError> {
    if bytes > RECORD_BYTES_MAX {
        return Err(JournalError::OversizedRecord { seq, bytes, max: RECORD_BYTES_MAX });
    }
    Ok(())
}
