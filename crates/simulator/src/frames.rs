//! Where the journal's frames stand on the disk, as they were seen being appended: enough to say which damage at rest
//! the format admits that it cannot tell from a torn write.
//!
//! Read from the documented bytes (decision 0003), not by the journal's code.

use crate::disk::{Append, Image};
use std::path::Path;

const SEGMENT_HEADER_BYTES: usize = 64;
const FRAME_HEADER_BYTES: usize = 40;
const KIND_BATCH: u16 = 1;

/// Every frame that was begun.
#[derive(Default)]
pub(crate) struct Frames(Vec<Append>);

impl Frames {
    pub(crate) fn note(&mut self, appends: Vec<Append>) {
        let is_frame = |append: &Append| is_segment(&append.path) && append.start >= SEGMENT_HEADER_BYTES;
        self.0.extend(appends.into_iter().filter(is_frame));
    }

    /// The first sequence of the very last frame if `offset` of `path` lies in it, and it holds commands.
    pub(crate) fn last_hit(&self, image: &Image, path: &Path, offset: usize) -> Option<u64> {
        let newest = image.keys().rfind(|path| is_segment(path))?;
        if path != newest {
            return None;
        }
        let contents = &image[newest];
        let stands = |append: &&Append, bytes: usize| {
            let bytes = append.bytes.len().min(bytes);
            append.path == *newest && contents.get(append.start..append.start + bytes) == Some(&append.bytes[..bytes])
        };
        let hit = self
            .0
            .iter()
            .rev()
            .filter(|append| stands(append, usize::MAX))
            .find(|append| (append.start..append.start + append.bytes.len()).contains(&offset))?;
        let is_followed =
            self.0.iter().filter(|append| stands(append, FRAME_HEADER_BYTES)).any(|append| append.start > hit.start);
        let kind = u16::from_le_bytes(hit.bytes[4..6].try_into().expect("two bytes"));
        let first_sequence = u64::from_le_bytes(hit.bytes[16..24].try_into().expect("eight bytes"));
        (!is_followed && kind == KIND_BATCH).then_some(first_sequence)
    }
}

pub(crate) fn is_segment(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rlj")
}
