//! The list of archived segments: what each holds and where it was put.
//!
//! It lies in the journal's directory and not beside the files it lists, so that a journal whose archive was carried
//! away still knows what is missing, where it was, and by which hash to recognise it. It is text, a JSON object a line:
//!
//! ```text
//! {"manifest":"rialto archive","version":1}
//! {"first_seq":1,"last_seq":52033,…}          one line per segment, from sequence 1 on without a gap
//! {"segments":1,"blake3":"…"}                 blake3 of every byte before this line
//! ```
//!
//! It is written whole to a temporary file, synced and renamed: it is the old list or the new one. A segment is listed
//! once its file is durable, and leaves the journal's directory only once it is listed.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::disk::{Disk, DiskFile};
use crate::error::JournalError;
use crate::frame::Hash;
use crate::opening::absent_archive;
use crate::segment::{FIRST_SEQ, compressed_name, is_there};
use crate::stream::ChainState;

/// The file's name in the journal's directory.
pub(crate) const MANIFEST_NAME: &str = "archive.manifest";
const UNFINISHED_NAME: &str = "archive.manifest.tmp";
const KIND: &str = "rialto archive";
const VERSION: u32 = 1;

/// One archived segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchivedSegment {
    /// The sequence of its first record.
    pub first_seq: u64,
    /// The sequence of its last record.
    pub last_seq: u64,
    /// The time of its first entry, in microseconds since the Unix epoch.
    pub first_time_us: u64,
    /// The time of its last entry.
    pub last_time_us: u64,
    /// The size of the (compressed) file.
    pub bytes: u64,
    /// blake3 of the file.
    #[serde(with = "hex")]
    pub blake3: Hash,
    /// The journal's chain hash at its end.
    #[serde(with = "hex")]
    pub chain: Hash,
    /// The file; a relative path begins at the journal's directory.
    pub file: PathBuf,
}

impl ArchivedSegment {
    /// Give the file's path, for a journal in `dir`.
    pub fn path(&self, dir: &Path) -> PathBuf {
        dir.join(&self.file)
    }

    /// Give what the segment after it must follow on.
    pub(crate) fn end(&self) -> ChainState {
        ChainState { next_seq: self.last_seq + 1, last_time_us: self.last_time_us, chain: self.chain }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    manifest: String,
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Foot {
    segments: usize,
    #[serde(with = "hex")]
    blake3: Hash,
}

/// Every archived segment of one journal, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub segments: Vec<ArchivedSegment>,
}

impl Manifest {
    /// Read the manifest of the journal in `dir`; one without an archive has an empty list.
    pub fn read<D: Disk>(disk: &D, dir: &Path) -> Result<Manifest, JournalError> {
        let path = dir.join(MANIFEST_NAME);
        let mut text = Vec::new();
        match disk.open_read(&path) {
            Ok(mut source) => source.read_to_end(&mut text).map_err(JournalError::io("read", &path))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Manifest::default()),
            Err(error) => return Err(JournalError::io("open", &path)(error)),
        };
        parse(&path, &text)
    }

    /// Replace the manifest of the journal in `dir`, durably.
    pub fn write<D: Disk>(&self, disk: &D, dir: &Path) -> Result<(), JournalError> {
        let unfinished = dir.join(UNFINISHED_NAME);
        match disk.remove(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(JournalError::io("remove", &unfinished)(error));
            }
            _ => {}
        }
        let mut file = disk.create(&unfinished).map_err(JournalError::io("create", &unfinished))?;
        let text = self.encode().map_err(JournalError::io("describe the archive in", &unfinished))?;
        file.append(&text).map_err(JournalError::io("write to", &unfinished))?;
        file.sync_data().map_err(JournalError::io("sync", &unfinished))?;
        drop(file);
        disk.rename(&unfinished, &dir.join(MANIFEST_NAME)).map_err(JournalError::io("rename", &unfinished))?;
        disk.sync_dir(dir).map_err(JournalError::io("sync", dir))
    }

    /// Find the archived segment that begins at a sequence.
    pub fn find(&self, first_seq: u64) -> Option<&ArchivedSegment> {
        self.segments.binary_search_by_key(&first_seq, |segment| segment.first_seq).ok().map(|at| &self.segments[at])
    }

    /// Give the first sequences of all archived segments, in order.
    pub fn first_seqs(&self) -> impl Iterator<Item = u64> {
        self.segments.iter().map(|segment| segment.first_seq)
    }

    /// Give what the first segment that is not archived must follow on; nothing when none is archived.
    pub fn end(&self) -> Option<ChainState> {
        self.segments.last().map(ArchivedSegment::end)
    }

    /// Give what the segment that begins at `first_seq` must follow on, where an archived one ends there.
    pub fn end_before(&self, first_seq: u64) -> Option<ChainState> {
        let after = self.segments.partition_point(|segment| segment.first_seq < first_seq);
        let before = self.segments[..after].last()?.end();
        (before.next_seq == first_seq).then_some(before)
    }

    /// Check that what is archived from a segment on is there or among the segments that are `present` in the journal's
    /// directory, so that all that is missing is said at once. Errors: `AbsentArchive`.
    pub fn check_present<D: Disk>(
        &self,
        disk: &D,
        dir: &Path,
        from: u64,
        present: &BTreeSet<u64>,
    ) -> Result<(), JournalError> {
        let mut absent = Vec::new();
        for segment in self.segments.iter().filter(|one| one.first_seq >= from && !present.contains(&one.first_seq)) {
            if !is_there(disk, &segment.path(dir))? {
                absent.push(segment);
            }
        }
        if absent.is_empty() { Ok(()) } else { Err(absent_archive(dir, &absent)) }
    }

    /// Errors: a path that is not Unicode cannot be written down.
    fn encode(&self) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        put_line(&mut text, &Head { manifest: KIND.into(), version: VERSION })?;
        for segment in &self.segments {
            put_line(&mut text, segment)?;
        }
        let blake3 = *blake3::hash(&text).as_bytes();
        put_line(&mut text, &Foot { segments: self.segments.len(), blake3 })?;
        Ok(text)
    }
}

fn put_line(text: &mut Vec<u8>, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *text, line)?;
    text.push(b'\n');
    Ok(())
}

/// Name the file that a segment has in an archive, as the manifest of its journal says it.
pub(crate) fn archived_file(archive: &Path, first_seq: u64) -> PathBuf {
    archive.join(compressed_name(first_seq))
}

fn parse(path: &Path, text: &[u8]) -> Result<Manifest, JournalError> {
    let damage = |expected: &str, found: String| JournalError::Damage {
        file: path.to_path_buf(),
        offset: 0,
        expected: expected.into(),
        found,
    };
    let lines: Vec<&[u8]> = text.split_inclusive(|&byte| byte == b'\n').collect();
    let [first, segments @ .., last] = lines.as_slice() else {
        return Err(damage("a first line, segments and a last line", format!("{} lines", lines.len())));
    };
    let foot: Foot = serde_json::from_slice(last)
        .map_err(|error| damage("a last line with a count and a blake3 hash", error.to_string()))?;
    let computed = *blake3::hash(&text[..text.len() - last.len()]).as_bytes();
    if computed != foot.blake3 {
        let text = |hash: Hash| blake3::Hash::from(hash).to_hex().to_string();
        return Err(damage(&format!("blake3 {} in the last line", text(computed)), text(foot.blake3)));
    }
    let head: Head = serde_json::from_slice(first)
        .map_err(|error| damage("a first line with the manifest's kind and version", error.to_string()))?;
    if head.manifest != KIND || head.version != VERSION {
        return Err(JournalError::UnsupportedVersion {
            file: path.to_path_buf(),
            version: head.version,
            supported: VERSION,
        });
    }
    let mut manifest = Manifest::default();
    for line in segments {
        let segment: ArchivedSegment = serde_json::from_slice(line)
            .map_err(|error| damage("a line that describes a segment", error.to_string()))?;
        let expected_seq = manifest.end().map_or(FIRST_SEQ, |end| end.next_seq);
        if segment.first_seq != expected_seq || segment.last_seq < segment.first_seq {
            let found = format!("one of {} to {}", segment.first_seq, segment.last_seq);
            return Err(damage(&format!("the segment of sequence {expected_seq}"), found));
        }
        manifest.segments.push(segment);
    }
    if manifest.segments.len() != foot.segments {
        return Err(damage(&format!("{} segments", foot.segments), format!("{}", manifest.segments.len())));
    }
    Ok(manifest)
}

/// Hashes as hexadecimal text.
mod hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::frame::Hash;

    pub fn serialize<S: Serializer>(hash: &Hash, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&blake3::Hash::from(*hash).to_hex())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Hash, D::Error> {
        let text = String::deserialize(deserializer)?;
        blake3::Hash::from_hex(&text).map(|hash| *hash.as_bytes()).map_err(D::Error::custom)
    }
}
