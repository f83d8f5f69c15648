//! Segments: their names, their header, and which of them a directory holds.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use crate::disk::{Disk, RealDisk};
use crate::error::JournalError;
use crate::frame::{Hash, take};
use crate::stream::ChainState;

/// The sequence of a journal's first record.
pub const FIRST_SEQ: u64 = 1;

pub(crate) const FORMAT_VERSION: u32 = 1;
pub(crate) const SEGMENT_HEADER_BYTES: usize = 64;
pub(crate) const LOCK_NAME: &str = "journal.lock";
const MAGIC: [u8; 8] = *b"RIALTOJL";
const PREFIX: &str = "journal-";
const PLAIN: &str = ".rlj";
const COMPRESSED: &str = ".rlj.zst";
const UNFINISHED: &str = ".rlj.zst.tmp";
const SEQ_DIGITS: usize = 20;

/// What stands at the start of a segment: where in the log it belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SegmentHeader {
    pub first_seq: u64,
    pub last_time_us: u64,
    pub chain: Hash,
}

/// Why 64 bytes are no segment header.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SegmentHeaderFault {
    Content { expected: String, found: String },
    Version(u32),
}

impl SegmentHeader {
    /// Give where the log stands before the segment.
    pub fn before(&self) -> ChainState {
        ChainState { next_seq: self.first_seq, last_time_us: self.last_time_us, chain: self.chain }
    }

    pub fn encode(&self) -> [u8; SEGMENT_HEADER_BYTES] {
        let mut bytes = [0; SEGMENT_HEADER_BYTES];
        bytes[0..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&FORMAT_VERSION.to_le_bytes());
        bytes[12..20].copy_from_slice(&self.first_seq.to_le_bytes());
        bytes[20..28].copy_from_slice(&self.last_time_us.to_le_bytes());
        bytes[28..60].copy_from_slice(&self.chain);
        let crc = crc32fast::hash(&bytes[..60]);
        bytes[60..64].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// Read the header at the start of `bytes`, which has at least [`SEGMENT_HEADER_BYTES`].
    pub fn decode(bytes: &[u8]) -> Result<SegmentHeader, SegmentHeaderFault> {
        let content = |expected: String, found: String| SegmentHeaderFault::Content { expected, found };
        let magic: [u8; 8] = take(bytes, 0);
        if magic != MAGIC {
            return Err(content("segment magic \"RIALTOJL\"".into(), format!("\"{}\"", magic.escape_ascii())));
        }
        let stated = u32::from_le_bytes(take(bytes, 60));
        let computed = crc32fast::hash(&bytes[..60]);
        if stated != computed {
            return Err(content(format!("segment header checksum {computed:08x}"), format!("{stated:08x}")));
        }
        // The checksum comes first, so that a flipped bit is not mistaken for a later release.
        let version = u32::from_le_bytes(take(bytes, 8));
        if version != FORMAT_VERSION {
            return Err(SegmentHeaderFault::Version(version));
        }
        Ok(SegmentHeader {
            first_seq: u64::from_le_bytes(take(bytes, 12)),
            last_time_us: u64::from_le_bytes(take(bytes, 20)),
            chain: take(bytes, 28),
        })
    }
}

pub(crate) fn plain_path(dir: &Path, first_seq: u64) -> PathBuf {
    dir.join(format!("{PREFIX}{first_seq:020}{PLAIN}"))
}

pub(crate) fn compressed_path(dir: &Path, first_seq: u64) -> PathBuf {
    dir.join(compressed_name(first_seq))
}

pub(crate) fn compressed_name(first_seq: u64) -> String {
    format!("{PREFIX}{first_seq:020}{COMPRESSED}")
}

pub(crate) fn unfinished_path(dir: &Path, first_seq: u64) -> PathBuf {
    dir.join(format!("{PREFIX}{first_seq:020}{UNFINISHED}"))
}

/// Tell whether a file is there.
pub(crate) fn is_there<D: Disk>(disk: &D, path: &Path) -> Result<bool, JournalError> {
    match disk.open_read(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(JournalError::io("open", path)(error)),
    }
}

/// The segments of a directory, by their first sequence.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    pub plain: BTreeSet<u64>,
    pub compressed: BTreeSet<u64>,
    pub unfinished: BTreeSet<u64>,
}

impl Listing {
    /// Read a directory; files that are not the journal's are passed over.
    pub fn read<D: Disk>(disk: &D, dir: &Path) -> Result<Listing, JournalError> {
        let mut listing = Listing::default();
        for name in disk.list(dir).map_err(JournalError::io("list", dir))? {
            let Some((first_seq, suffix)) = parse(&name) else { continue };
            match suffix {
                PLAIN => listing.plain.insert(first_seq),
                COMPRESSED => listing.compressed.insert(first_seq),
                UNFINISHED => listing.unfinished.insert(first_seq),
                _ => false,
            };
        }
        Ok(listing)
    }

    /// Give the first sequences of all segments, in whichever form, in order.
    pub fn segments(&self) -> BTreeSet<u64> {
        self.plain.union(&self.compressed).copied().collect()
    }
}

/// Give the first sequence of the newest segment in `dir`, which is the one being written: all before it are closed.
/// `None` in a directory without segments.
pub fn newest_segment(dir: &Path) -> Result<Option<u64>, JournalError> {
    Ok(Listing::read(&RealDisk, dir)?.segments().last().copied())
}

fn parse(name: &str) -> Option<(u64, &str)> {
    let rest = name.strip_prefix(PREFIX)?;
    let (digits, suffix) = rest.split_at_checked(SEQ_DIGITS)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some((digits.parse().ok()?, suffix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exact_names_are_segments() {
        assert_eq!(parse("journal-00000000000000000042.rlj"), Some((42, ".rlj")));
        assert_eq!(parse("journal-42.rlj"), None);
        assert_eq!(parse("journal-+0000000000000000042.rlj"), None);
        assert_eq!(parse("journal-99999999999999999999.rlj"), None);
        assert_eq!(parse("journal.lock"), None);
    }

    #[test]
    fn a_later_version_is_told_from_a_flipped_bit() {
        let header = SegmentHeader { first_seq: 7, last_time_us: 9, chain: [3; 32] };
        let mut bytes = header.encode();
        assert_eq!(SegmentHeader::decode(&bytes), Ok(header));
        bytes[8] = 2;
        assert!(matches!(SegmentHeader::decode(&bytes), Err(SegmentHeaderFault::Content { .. })));
        let crc = crc32fast::hash(&bytes[..60]);
        bytes[60..64].copy_from_slice(&crc.to_le_bytes());
        assert_eq!(SegmentHeader::decode(&bytes), Err(SegmentHeaderFault::Version(2)));
    }
}
