//! Opening one segment and checking that its header belongs where the segment stands.

use std::io::{Read, Seek};
use std::path::Path;

use crate::disk::Disk;
use crate::error::JournalError;
use crate::manifest::{ArchivedSegment, MANIFEST_NAME, Manifest};
use crate::segment::{
    FIRST_SEQ, FORMAT_VERSION, SEGMENT_HEADER_BYTES, SegmentHeader, SegmentHeaderFault, compressed_path, plain_path,
};
use crate::stream::{ChainState, SegmentStream};

/// A segment that was opened.
pub(crate) enum Opened<S: Read + Seek> {
    /// Its header, and the stream of what comes after.
    Segment(SegmentHeader, SegmentStream<S>),
    /// The last segment, whose creation was interrupted, or is going on, after this many bytes.
    WithoutHeader { bytes: usize },
}

/// Open a segment and check its header; only the last segment may be without one, if nothing comes after it.
///
/// `archived` is brought up to date when the segment was archived since it was read.
pub(crate) fn open_segment<D: Disk>(
    disk: &D,
    dir: &Path,
    archived: &mut Manifest,
    first_seq: u64,
    is_last: bool,
) -> Result<Opened<D::Source>, JournalError> {
    let mut found = SegmentStream::open(disk, dir, archived, first_seq)?;
    if found.is_none() {
        *archived = Manifest::read(disk, dir)?;
        found = SegmentStream::open(disk, dir, archived, first_seq)?;
    }
    let Some(stream) = found else {
        return Err(missing_segment(dir, first_seq, "its file was there a moment ago and is gone"));
    };
    read_header(stream, first_seq, is_last)
}

/// Read and check the header of a segment that was opened.
pub(crate) fn read_header<S: Read + Seek>(
    mut stream: SegmentStream<S>,
    first_seq: u64,
    is_last: bool,
) -> Result<Opened<S>, JournalError> {
    let may_lack_header = is_last && !stream.is_compressed();
    let held = stream.fill(SEGMENT_HEADER_BYTES + 1)?;
    if held < SEGMENT_HEADER_BYTES {
        if may_lack_header {
            return Ok(Opened::WithoutHeader { bytes: held });
        }
        let expected = format!("a segment header of {SEGMENT_HEADER_BYTES} bytes");
        return Err(damaged_header(stream.path(), expected, format!("{held} bytes")));
    }
    match SegmentHeader::decode(stream.window()) {
        Err(SegmentHeaderFault::Version(version)) => Err(JournalError::UnsupportedVersion {
            file: stream.path().to_path_buf(),
            version,
            supported: FORMAT_VERSION,
        }),
        Err(SegmentHeaderFault::Content { .. }) if may_lack_header && held == SEGMENT_HEADER_BYTES => {
            Ok(Opened::WithoutHeader { bytes: held })
        }
        Err(SegmentHeaderFault::Content { expected, found }) => Err(damaged_header(stream.path(), expected, found)),
        Ok(header) => {
            check_place(stream.path(), &header, first_seq)?;
            stream.consume(SEGMENT_HEADER_BYTES);
            Ok(Opened::Segment(header, stream))
        }
    }
}

/// Check that a header belongs to the segment's name; the first segment follows on nothing.
fn check_place(path: &Path, header: &SegmentHeader, first_seq: u64) -> Result<(), JournalError> {
    let expected = if first_seq == FIRST_SEQ {
        SegmentHeader { first_seq, last_time_us: 0, chain: [0; 32] }
    } else {
        SegmentHeader { first_seq, ..*header }
    };
    check_header(path, header, &expected)
}

/// Check that a segment's header follows on the log as it stands.
pub(crate) fn check_follows(path: &Path, header: &SegmentHeader, before: &ChainState) -> Result<(), JournalError> {
    let ChainState { next_seq: first_seq, last_time_us, chain } = *before;
    check_header(path, header, &SegmentHeader { first_seq, last_time_us, chain })
}

/// Check that a header states what the log before it says it must.
pub(crate) fn check_header(path: &Path, header: &SegmentHeader, expected: &SegmentHeader) -> Result<(), JournalError> {
    if header == expected {
        return Ok(());
    }
    let describe = |header: &SegmentHeader| {
        format!(
            "a segment header with first sequence {}, last time {} µs, chain hash {}",
            header.first_seq,
            header.last_time_us,
            blake3::Hash::from(header.chain).to_hex()
        )
    };
    Err(damaged_header(path, describe(expected), describe(header)))
}

fn damaged_header(path: &Path, expected: String, found: String) -> JournalError {
    JournalError::Damage { file: path.to_path_buf(), offset: 0, expected, found }
}

/// Say that a segment is missing and which files would do.
pub(crate) fn missing_segment(dir: &Path, expected_seq: u64, detail: &str) -> JournalError {
    let restore = |path: &Path| path.file_name().unwrap_or_default().display().to_string();
    JournalError::MissingSegment {
        dir: dir.to_path_buf(),
        expected_seq,
        detail: format!(
            "{detail}; restore it from a backup or a replica (where it begins at that sequence, it is named {} or {})",
            restore(&plain_path(dir, expected_seq)),
            restore(&compressed_path(dir, expected_seq)),
        ),
    }
}

/// Say which archived segments are not where they were put.
pub(crate) fn absent_archive(dir: &Path, absent: &[&ArchivedSegment]) -> JournalError {
    const NAMED_MAX: usize = 5;
    let named: Vec<String> = absent.iter().take(NAMED_MAX).map(|one| one.path(dir).display().to_string()).collect();
    let more = match absent.len().saturating_sub(NAMED_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    JournalError::AbsentArchive {
        from_seq: absent.first().map_or(FIRST_SEQ, |one| one.first_seq),
        to_seq: absent.last().map_or(FIRST_SEQ, |one| one.last_seq),
        files: named.join(", ") + &more,
        manifest: dir.join(MANIFEST_NAME),
    }
}
