//! Archiving closed segments, away from the path of appends.
//!
//! A segment goes through states that a crash may end at any point without losing it:
//!
//! ```text
//! plain in the journal  ─▶ …and as <name>.rlj.zst.tmp in the archive   compressed, synced
//!                       ─▶ …and as <name>.rlj.zst                      read back, every frame and hash checked
//!                       ─▶ …and listed in the journal's manifest       synced
//!                       ─▶ in the archive alone
//! ```
//!
//! What is found half done is finished by the next run. A file of another history that has a segment's name already is
//! never replaced: the run is refused. What is read back is checked against the header of the segment that comes
//! after, whose chain hash stands for every byte before it.

use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::disk::{Disk, DiskFile};
use crate::error::JournalError;
use crate::frame::Hash;
use crate::manifest::{ArchivedSegment, Manifest, archived_file};
use crate::opening::{Opened, absent_archive, check_follows, missing_segment, open_segment, read_header};
use crate::segment::{FIRST_SEQ, Listing, SegmentHeader, compressed_path, is_there, plain_path, unfinished_path};
use crate::stream::{ChainState, SegmentStream};
use crate::walk::walk;

const LEVEL: i32 = 3;
const BUFFER_BYTES: usize = 256 << 10;

/// Move a journal's closed segments to an archive, from whichever thread the owner likes.
///
/// A run shares the journal's hold of the directory: another process can open the journal once the journal is closed and
/// the run has ended.
pub struct Archiver<D: Disk> {
    disk: D,
    dir: PathBuf,
    /// The journal's hold of its directory; locked for the length of a run, so that two exclude each other.
    hold: Weak<Mutex<dyn Send>>,
}

impl<D: Disk> Clone for Archiver<D> {
    fn clone(&self) -> Self {
        Archiver { disk: self.disk.clone(), dir: self.dir.clone(), hold: Weak::clone(&self.hold) }
    }
}

impl<D: Disk> Archiver<D> {
    pub(crate) fn new(disk: D, dir: &Path, hold: &Arc<Mutex<dyn Send>>) -> Archiver<D> {
        Archiver { disk, dir: dir.to_path_buf(), hold: Arc::downgrade(hold) }
    }

    /// Move closed segments whose records all come before `seq` to the directory `archive`, the oldest first and at most
    /// `segments_max`; returns how many.
    ///
    /// A relative `archive` begins at the journal's directory, and stays true when both are moved together. The segment
    /// with the record `seq` itself stays, since whoever reads on from a snapshot of `seq` begins there. Does nothing
    /// once the journal is closed. After an error every segment is where it was or in the archive, the journal is
    /// unharmed, and another run tries again. Errors: `IoFailure`, `Damage`, `MissingSegment`.
    pub fn archive_before(&self, archive: &Path, seq: u64, segments_max: usize) -> Result<usize, JournalError> {
        let Some(hold) = self.hold.upgrade() else { return Ok(0) };
        let _lock = hold.lock().unwrap_or_else(PoisonError::into_inner);
        let segments: Vec<u64> = Listing::read(&self.disk, &self.dir)?.segments().into_iter().collect();
        let mut manifest = Manifest::read(&self.disk, &self.dir)?;
        let mut moved = 0;
        for pair in segments.windows(2).take(segments_max) {
            let &[first_seq, next_seq] = pair else { unreachable!("windows of two") };
            if next_seq > seq {
                break;
            }
            self.move_segment(&mut manifest, archive, first_seq, next_seq)?;
            moved += 1;
        }
        Ok(moved)
    }

    fn move_segment(
        &self,
        manifest: &mut Manifest,
        archive: &Path,
        first_seq: u64,
        next_seq: u64,
    ) -> Result<(), JournalError> {
        let listed = manifest.segments.iter().position(|one| one.first_seq == first_seq);
        let is_away = match listed {
            // An earlier run was interrupted before it could remove the segment from the journal.
            Some(at) => !is_sound(&self.disk, &self.dir, &manifest.segments[at])?,
            None => true,
        };
        if is_away {
            let after = header_of(&self.disk, &self.dir, manifest, next_seq)?.before();
            let place = Place { base: &self.dir, archive };
            let stored = store_segment(&self.disk, &self.dir, manifest, first_seq, &after, &place)?;
            match listed {
                Some(at) => manifest.segments[at] = stored,
                None => manifest.segments.push(stored),
            }
            manifest.write(&self.disk, &self.dir)?;
        }
        for path in [plain_path(&self.dir, first_seq), compressed_path(&self.dir, first_seq)] {
            match self.disk.remove(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(JournalError::io("remove", &path)(error));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Read the header of a segment, which has one.
pub(crate) fn header_of<D: Disk>(
    disk: &D,
    dir: &Path,
    archived: &mut Manifest,
    first_seq: u64,
) -> Result<SegmentHeader, JournalError> {
    match open_segment(disk, dir, archived, first_seq, false)? {
        Opened::Segment(header, _) => Ok(header),
        Opened::WithoutHeader { .. } => unreachable!("only a last segment may be without a header"),
    }
}

/// A directory for compressed segments, as the manifest of a journal in `base` names it.
pub(crate) struct Place<'a> {
    pub base: &'a Path,
    pub archive: &'a Path,
}

/// Store a compressed copy of a closed segment of the journal in `dir`, durably; a whole copy that is there already is
/// left as it is.
///
/// `after` is what the header of the next segment states. Errors: `Damage` when the copy is not what that says.
pub(crate) fn store_segment<D: Disk>(
    disk: &D,
    dir: &Path,
    archived: &mut Manifest,
    first_seq: u64,
    after: &ChainState,
    place: &Place,
) -> Result<ArchivedSegment, JournalError> {
    let file = archived_file(place.archive, first_seq);
    let (path, place) = (place.base.join(&file), place.base.join(place.archive));
    let before = header_of(disk, dir, archived, first_seq)?.before();
    let is_there = is_there(disk, &path)?;
    let written = if is_there { path.clone() } else { unfinished_path(&place, first_seq) };
    if !is_there {
        create_directory(disk, &place)?;
        write_copy(disk, dir, archived, first_seq, &written)?;
    }
    let first_time_us = walk_copy(disk, &written, &before, after).map_err(|error| match error {
        JournalError::Damage { .. } if is_there => JournalError::ForeignFile { file: path.clone(), seq: first_seq },
        other => other,
    })?;
    if !is_there {
        disk.rename(&written, &path).map_err(JournalError::io("rename", &written))?;
    }
    disk.sync_dir(&place).map_err(JournalError::io("sync", &place))?;
    let (bytes, blake3) = file_hash(disk, &path)?;
    Ok(ArchivedSegment {
        first_seq,
        last_seq: after.next_seq - 1,
        first_time_us,
        last_time_us: after.last_time_us,
        bytes,
        blake3,
        chain: after.chain,
        file,
    })
}

/// Create a directory that stays.
pub(crate) fn create_directory<D: Disk>(disk: &D, place: &Path) -> Result<(), JournalError> {
    disk.create_dir(place).map_err(JournalError::io("create", place))?;
    match place.parent() {
        Some(parent) => disk.sync_dir(parent).map_err(JournalError::io("sync", parent)),
        None => Ok(()),
    }
}

/// Write the compressed form of a segment, verbatim where it is compressed already.
fn write_copy<D: Disk>(
    disk: &D,
    dir: &Path,
    archived: &Manifest,
    first_seq: u64,
    target: &Path,
) -> Result<(), JournalError> {
    match disk.remove(target) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(JournalError::io("remove", target)(error));
        }
        _ => {}
    }
    let Some(stream) = SegmentStream::open(disk, dir, archived, first_seq)? else {
        return Err(missing_segment(dir, first_seq, "its file was there a moment ago and is gone"));
    };
    let (source, is_compressed) = (stream.path().to_path_buf(), stream.is_compressed());
    drop(stream);
    let copy = || -> io::Result<()> {
        let mut from = disk.open_read(&source)?;
        let mut file = disk.create(target)?;
        let mut writer = BufWriter::with_capacity(BUFFER_BYTES, Appending(&mut file));
        if is_compressed {
            io::copy(&mut from, &mut writer)?;
        } else {
            let mut encoder = zstd::Encoder::new(&mut writer, LEVEL)?;
            encoder.include_checksum(true)?;
            io::copy(&mut from, &mut encoder)?;
            encoder.finish()?;
        }
        writer.flush()?;
        drop(writer);
        file.sync_data()
    };
    copy().map_err(JournalError::io("write a copy to", target))
}

/// Read a compressed segment whole, and check where it begins and ends; returns the time of its first entry.
fn walk_copy<D: Disk>(disk: &D, path: &Path, before: &ChainState, after: &ChainState) -> Result<u64, JournalError> {
    let Some(stream) = SegmentStream::open_compressed(disk, path)? else {
        return Err(JournalError::io("open", path)(io::ErrorKind::NotFound.into()));
    };
    let Opened::Segment(header, mut stream) = read_header(stream, before.next_seq, false)? else {
        unreachable!("only a last segment may be without a header")
    };
    check_follows(path, &header, before)?;
    let walked = walk(&mut stream, &header)?;
    if walked.end == *after {
        return Ok(walked.first_time_us);
    }
    let describe = |state: &ChainState| {
        format!(
            "an end before sequence {} with chain hash {}",
            state.next_seq,
            blake3::Hash::from(state.chain).to_hex()
        )
    };
    Err(JournalError::Damage {
        file: path.to_path_buf(),
        offset: stream.offset(),
        expected: describe(after),
        found: describe(&walked.end),
    })
}

/// Tell whether an archived file is there and is the one that was listed. Errors: `Damage` when it is another one.
pub(crate) fn is_sound<D: Disk>(disk: &D, dir: &Path, segment: &ArchivedSegment) -> Result<bool, JournalError> {
    let path = segment.path(dir);
    if !is_there(disk, &path)? {
        return Ok(false);
    }
    let found = file_hash(disk, &path)?;
    if found == (segment.bytes, segment.blake3) {
        return Ok(true);
    }
    let describe =
        |(bytes, hash): (u64, Hash)| format!("{bytes} bytes with blake3 {}", blake3::Hash::from(hash).to_hex());
    Err(JournalError::Damage {
        file: path,
        offset: 0,
        expected: describe((segment.bytes, segment.blake3)),
        found: describe(found),
    })
}

/// List the archived segments of the journal in `dir`, without looking at their files.
pub fn list_archive<D: Disk>(disk: &D, dir: &Path) -> Result<Vec<ArchivedSegment>, JournalError> {
    Ok(Manifest::read(disk, dir)?.segments)
}

/// Check every archived segment of the journal in `dir` that is where it was put: its hash, its frames, and that each
/// follows on the one before. `go_on` is told the last sequence of each, and stops the check by answering `false`.
///
/// Returns the archived segments. Errors: `AbsentArchive` when any is not there, after the others were found sound;
/// `Damage`, `Interruption`, `IoFailure`.
pub fn check_archive<D: Disk>(
    disk: &D,
    dir: &Path,
    mut go_on: impl FnMut(u64) -> bool,
) -> Result<Vec<ArchivedSegment>, JournalError> {
    let manifest = Manifest::read(disk, dir)?;
    let mut before = ChainState { next_seq: FIRST_SEQ, last_time_us: 0, chain: [0; 32] };
    let mut absent = Vec::new();
    for segment in &manifest.segments {
        if is_sound(disk, dir, segment)? {
            walk_copy(disk, &segment.path(dir), &before, &segment.end())?;
        } else {
            absent.push(segment);
        }
        before = segment.end();
        if !go_on(segment.last_seq) {
            return Err(JournalError::Interruption);
        }
    }
    if absent.is_empty() { Ok(manifest.segments) } else { Err(absent_archive(dir, &absent)) }
}

/// Give a file's size and blake3 hash.
pub fn file_hash<D: Disk>(disk: &D, path: &Path) -> Result<(u64, Hash), JournalError> {
    let mut source = disk.open_read(path).map_err(JournalError::io("open", path))?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut bytes = 0;
    loop {
        match source.read(&mut buffer) {
            Ok(0) => return Ok((bytes, *hasher.finalize().as_bytes())),
            Ok(read) => {
                hasher.update(&buffer[..read]);
                bytes += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(JournalError::io("read", path)(error)),
        }
    }
}

/// Give a file's size; `None` when there is no such file.
pub(crate) fn file_bytes<D: Disk>(disk: &D, path: &Path) -> Result<Option<u64>, JournalError> {
    match disk.open_read(path) {
        Ok(mut source) => source.seek(SeekFrom::End(0)).map(Some).map_err(JournalError::io("seek in", path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(JournalError::io("open", path)(error)),
    }
}

/// A journal file as a `Write`.
struct Appending<'a, F>(&'a mut F);

impl<F: DiskFile> Write for Appending<'_, F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.append(bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
