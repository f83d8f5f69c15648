//! Writing a copy of one segment: the same header, the same frames, one sync at the end.
//!
//! For copies that count for nothing until they are finished. What is being acknowledged goes through the
//! [`crate::Journal`], which syncs every frame.

use std::path::{Path, PathBuf};

use crate::batch::Batch;
use crate::disk::{Disk, DiskFile};
use crate::error::JournalError;
use crate::frame::{FrameHeader, write_frame};
use crate::recovery::create_segment;
use crate::segment::plain_path;
use crate::stream::ChainState;

const BUFFER_BYTES: usize = 1 << 20;

/// A segment being written.
pub(crate) struct PlainCopy<D: Disk> {
    path: PathBuf,
    file: D::File,
    buffer: Vec<u8>,
    state: ChainState,
}

impl<D: Disk> PlainCopy<D> {
    /// Create the segment that follows on `state` in a directory.
    pub fn create(disk: &D, dir: &Path, state: ChainState) -> Result<PlainCopy<D>, JournalError> {
        let file = create_segment(disk, dir, &state)?;
        Ok(PlainCopy { path: plain_path(dir, state.next_seq), file, buffer: Vec::new(), state })
    }

    /// Give where the copy ends.
    pub fn state(&self) -> ChainState {
        self.state
    }

    /// Put a whole frame as it is; `after` is where the log stands then.
    pub fn put_frame(&mut self, frame: &[u8], after: ChainState) -> Result<(), JournalError> {
        self.buffer.extend_from_slice(frame);
        self.state = after;
        if self.buffer.len() >= BUFFER_BYTES {
            self.write()?;
        }
        Ok(())
    }

    /// Put records as a frame of their own.
    pub fn put_batch(&mut self, batch: &Batch) -> Result<(), JournalError> {
        let (Some(first_seq), Some(next_seq)) = (batch.first_seq(), batch.next_seq()) else { return Ok(()) };
        let header = FrameHeader::of_batch(batch, first_seq);
        let mut frame = Vec::new();
        let chain = write_frame(&mut frame, header, batch.payload(), &self.state.chain);
        self.put_frame(&frame, ChainState { next_seq, last_time_us: batch.last_time_us(), chain })
    }

    /// Make it durable; returns where it ends.
    pub fn finish(mut self) -> Result<ChainState, JournalError> {
        self.write()?;
        self.file.sync_data().map_err(JournalError::io("sync", &self.path))?;
        Ok(self.state)
    }

    fn write(&mut self) -> Result<(), JournalError> {
        self.file.append(&self.buffer).map_err(JournalError::io("write to", &self.path))?;
        self.buffer.clear();
        Ok(())
    }
}
