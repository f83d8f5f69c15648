//! Opening a journal for writing: read it to its end, then make that end fit to be written after.
//!
//! All reading comes first. Whatever is refused is refused before anything on disk has been changed.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::disk::{Disk, DiskFile};
use crate::error::JournalError;
use crate::frame::Checkpoint;
use crate::manifest::{MANIFEST_NAME, Manifest};
use crate::opening::{missing_segment, open_segment};
use crate::reader::{Entry, Reader, Tail};
use crate::segment::{FIRST_SEQ, Listing, SEGMENT_HEADER_BYTES, SegmentHeader, plain_path, unfinished_path};
use crate::stream::ChainState;

const HEADER_BYTES: u64 = SEGMENT_HEADER_BYTES as u64;
const COPY_BYTES: usize = 256 << 10;
/// How many cuts at one offset are kept before an operator has to look.
const KEPT_TAILS_MAX: u32 = 1000;

/// Tell what was found when the journal was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// The sequence that the next record must have.
    pub next_seq: u64,
    /// The time of the last entry in microseconds since the Unix epoch, 0 if there is none.
    pub last_time_us: u64,
    /// The last checkpoint in the part of the journal that was read.
    pub last_checkpoint: Option<Checkpoint>,
    /// What was cut from the end of the last segment, if anything.
    pub cut: Option<TornTail>,
}

/// Describe an unfinished write that was cut from the end of the journal; nothing in it was ever acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TornTail {
    /// The segment it was cut from.
    pub file: PathBuf,
    /// Where it began.
    pub offset: u64,
    /// How many bytes it had.
    pub bytes: u64,
    /// The file that holds these bytes now.
    pub kept_as: PathBuf,
}

/// The end of a journal, ready to be written after.
pub(crate) struct Recovered<F> {
    pub report: Recovery,
    pub state: ChainState,
    pub segment_first_seq: u64,
    pub segment_bytes: u64,
    pub path: PathBuf,
    pub file: F,
}

/// Read the journal in `dir` as [`crate::Options::verify_from_seq`] says; cut a torn tail; open or create the segment to
/// write to.
pub(crate) fn recover<D: Disk>(disk: &D, dir: &Path, verify_from_seq: u64) -> Result<Recovered<D::File>, JournalError> {
    let listing = Listing::read(disk, dir)?;
    check_segments_before(disk, dir, &listing, verify_from_seq)?;
    let mut reader = Reader::open_on(disk.clone(), dir, verify_from_seq)?;
    let mut last_checkpoint = None;
    while let Some(entry) = reader.next_entry()? {
        if let Entry::Checkpoint(checkpoint) = entry {
            last_checkpoint = Some(checkpoint);
        }
    }
    let state = reader.state();
    let report = Recovery { next_seq: state.next_seq, last_time_us: state.last_time_us, last_checkpoint, cut: None };
    let tail = reader.tail().cloned();
    let (end, last_frame) = (reader.segment().zip(reader.position()), reader.last_frame());
    drop(reader);

    let recovered = match (tail, end) {
        (Some(Tail::Header { first_seq, bytes }), _) => {
            recreate_segment(disk, dir, state, report, first_seq, bytes as u64)?
        }
        (None, None) => {
            let file = create_segment(disk, dir, &state)?;
            let path = plain_path(dir, state.next_seq);
            Recovered { report, state, segment_first_seq: state.next_seq, segment_bytes: HEADER_BYTES, path, file }
        }
        (_, Some(((_, true), _))) => return Err(missing_after_compressed(dir, state.next_seq)),
        (tail, Some(((segment_first_seq, false), position))) => {
            let (path, segment_bytes) = (position.file, position.offset);
            let mut report = report;
            let mut file = disk.open_append(&path).map_err(JournalError::io("open", &path))?;
            if tail == Some(Tail::Frame) {
                report.cut = Some(keep_tail(disk, dir, &path, segment_bytes)?);
                file.truncate(segment_bytes).map_err(JournalError::io("cut the torn tail of", &path))?;
            }
            // What was read may never have been synced by the process that wrote it.
            write_again(disk, &path, last_frame, segment_bytes)?;
            file.sync_data().map_err(JournalError::io("sync", &path))?;
            disk.sync_dir(dir).map_err(JournalError::io("sync", dir))?;
            Recovered { report, state, segment_first_seq, segment_bytes, path, file }
        }
        (Some(Tail::Frame), None) => unreachable!("a torn frame stands in a segment"),
    };
    for &first_seq in &listing.unfinished {
        let path = unfinished_path(dir, first_seq);
        disk.remove(&path).map_err(JournalError::io("remove", &path))?;
    }
    Ok(recovered)
}

/// Write the bytes of a file's last frame again where they stand, so that the next sync is about them.
///
/// After a sync that failed, a system may show a frame from its cache, take it for written, and answer the next sync
/// without writing it: the power cut after that would lose what was acknowledged since. Only the last frame can be such
/// a one, since none is begun before the one before it is durable.
fn write_again<D: Disk>(disk: &D, path: &Path, start: u64, end: u64) -> Result<(), JournalError> {
    let mut source = disk.open_read(path).map_err(JournalError::io("open", path))?;
    source.seek(SeekFrom::Start(start)).map_err(JournalError::io("seek in", path))?;
    let mut bytes = Vec::new();
    source.take(end - start).read_to_end(&mut bytes).map_err(JournalError::io("read", path))?;
    disk.overwrite(path, start, &bytes).map_err(JournalError::io("write to", path))
}

/// Create the segment that follows on `state`, durably.
pub(crate) fn create_segment<D: Disk>(disk: &D, dir: &Path, state: &ChainState) -> Result<D::File, JournalError> {
    let path = plain_path(dir, state.next_seq);
    let mut file = disk.create(&path).map_err(JournalError::io("create", &path))?;
    write_header(&mut file, &path, state)?;
    disk.sync_dir(dir).map_err(JournalError::io("sync", dir))?;
    Ok(file)
}

fn write_header<F: DiskFile>(file: &mut F, path: &Path, state: &ChainState) -> Result<(), JournalError> {
    let header = SegmentHeader { first_seq: state.next_seq, last_time_us: state.last_time_us, chain: state.chain };
    file.append(&header.encode()).map_err(JournalError::io("write to", path))?;
    file.sync_data().map_err(JournalError::io("sync", path))
}

/// Finish the creation of a segment that a crash interrupted.
fn recreate_segment<D: Disk>(
    disk: &D,
    dir: &Path,
    state: ChainState,
    mut report: Recovery,
    first_seq: u64,
    bytes: u64,
) -> Result<Recovered<D::File>, JournalError> {
    if first_seq != state.next_seq {
        let detail = format!("the only segment begins at {first_seq} and has no header");
        return Err(missing_segment(dir, state.next_seq, &detail));
    }
    let path = plain_path(dir, first_seq);
    if bytes > 0 {
        report.cut = Some(keep_tail(disk, dir, &path, 0)?);
    }
    let mut file = disk.open_append(&path).map_err(JournalError::io("open", &path))?;
    file.truncate(0).map_err(JournalError::io("cut the torn header of", &path))?;
    write_header(&mut file, &path, &state)?;
    disk.sync_dir(dir).map_err(JournalError::io("sync", dir))?;
    Ok(Recovered { report, state, segment_first_seq: first_seq, segment_bytes: HEADER_BYTES, path, file })
}

/// Copy the bytes of `path` from `offset` on to a file beside it, durably, before they are cut.
fn keep_tail<D: Disk>(disk: &D, dir: &Path, path: &Path, offset: u64) -> Result<TornTail, JournalError> {
    let (kept_as, mut kept) = create_beside(disk, path, offset)?;
    let mut source = disk.open_read(path).map_err(JournalError::io("open", path))?;
    source.seek(SeekFrom::Start(offset)).map_err(JournalError::io("seek in", path))?;
    let mut buffer = vec![0; COPY_BYTES];
    let mut bytes = 0;
    loop {
        match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => {
                kept.append(&buffer[..read]).map_err(JournalError::io("write to", &kept_as))?;
                bytes += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(JournalError::io("read", path)(error)),
        }
    }
    kept.sync_data().map_err(JournalError::io("sync", &kept_as))?;
    disk.sync_dir(dir).map_err(JournalError::io("sync", dir))?;
    Ok(TornTail { file: path.to_path_buf(), offset, bytes, kept_as })
}

/// Create `<segment>.torn-<offset>`, or with `.1`, `.2`, … after it where an earlier cut has taken the name.
fn create_beside<D: Disk>(disk: &D, path: &Path, offset: u64) -> Result<(PathBuf, D::File), JournalError> {
    let mut attempt = 0;
    loop {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".torn-{offset}"));
        if attempt > 0 {
            name.push(format!(".{attempt}"));
        }
        let kept_as = PathBuf::from(name);
        match disk.create(&kept_as) {
            Ok(file) => return Ok((kept_as, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < KEPT_TAILS_MAX => attempt += 1,
            Err(error) => return Err(JournalError::io("create", &kept_as)(error)),
        }
    }
}

/// Check the headers of the segments that the reader will not come by, and that none is missing from the first of all
/// on. Archived ones may be away: the list of them stands for them.
fn check_segments_before<D: Disk>(
    disk: &D,
    dir: &Path,
    listing: &Listing,
    verify_from_seq: u64,
) -> Result<(), JournalError> {
    let present = listing.segments();
    let mut archived = Manifest::read(disk, dir)?;
    let oldest_seq = archived.end().map_or(FIRST_SEQ, |end| end.next_seq);
    if let Some(&oldest) = present.range(oldest_seq..).next()
        && oldest > oldest_seq
    {
        return Err(missing_segment(dir, oldest_seq, &format!("the oldest segment there begins at {oldest}")));
    }
    if !archived.segments.is_empty() && !present.contains(&oldest_seq) {
        let detail = format!("everything before it is archived, as {MANIFEST_NAME} says");
        return Err(missing_segment(dir, oldest_seq, &detail));
    }
    let Some(&start) = present.range(..=verify_from_seq.max(FIRST_SEQ)).next_back() else { return Ok(()) };
    for &first_seq in present.range(oldest_seq..start.max(oldest_seq)) {
        open_segment(disk, dir, &mut archived, first_seq, false)?;
    }
    Ok(())
}

fn missing_after_compressed(dir: &Path, expected_seq: u64) -> JournalError {
    JournalError::MissingSegment {
        dir: dir.to_path_buf(),
        expected_seq,
        detail: "the newest segment there is compressed, and a segment is only compressed once a later one exists; \
                 restore that one, or, to go on without what it held, decompress the newest with `zstd -d`"
            .into(),
    }
}
