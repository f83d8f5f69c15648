//! The directory of snapshots: written by one, read by anyone.

use crate::error::SnapshotError;
use crate::file::{FORMAT_VERSION, HEADER_BYTES, HashingWriter, MAGIC, Position, check_sum};
use rialto_engine::Engine;
use rialto_journal::{Disk, RealDisk};
use rialto_market::MarketViews;
use rialto_types::state_codec::{StateReader, StateWriter};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

/// How many snapshots are kept.
pub const KEPT: usize = 2;

const PREFIX: &str = "snapshot-";
const SUFFIX: &str = ".rls";
const SEQUENCE_DIGITS: usize = 20;
const LOCK_NAME: &str = "snapshots.lock";

/// How hard zstd tries: the state is written beside a working exchange.
const COMPRESSION_LEVEL: i32 = 1;

/// A state that was read and found to be what it should be.
pub struct Loaded {
    /// Of which point of the journal.
    pub position: Position,
    /// The state there.
    pub engine: Engine,
    /// The market views there; nothing waits to be taken.
    pub views: MarketViews,
}

/// A snapshot that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The last command in it.
    pub sequence: u64,
    /// Where it is.
    pub file: PathBuf,
    /// How large it is.
    pub bytes: u64,
}

/// The snapshots in one directory.
#[derive(Clone)]
pub struct SnapshotStore<D: Disk = RealDisk> {
    disk: D,
    dir: PathBuf,
}

impl SnapshotStore<RealDisk> {
    /// Those in a directory, which need not exist yet.
    pub fn new(dir: &Path) -> SnapshotStore<RealDisk> {
        SnapshotStore::on(RealDisk, dir)
    }
}

impl<D: Disk> SnapshotStore<D> {
    /// Those in a directory of a given disk.
    pub fn on(disk: D, dir: &Path) -> SnapshotStore<D> {
        SnapshotStore { disk, dir: dir.to_path_buf() }
    }

    /// The sequence numbers of the snapshots there are, newest first; whether they are sound, loading tells.
    pub fn sequences(&self) -> Result<Vec<u64>, SnapshotError> {
        let names = match self.disk.list(&self.dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            names => names.map_err(SnapshotError::io("list", &self.dir))?,
        };
        let mut sequences: Vec<u64> = names.iter().filter_map(|name| sequence_of(name)).collect();
        sequences.sort_unstable_by(|one, other| other.cmp(one));
        Ok(sequences)
    }

    /// From which sequence number on the journal is needed beside the snapshots that are kept, should the newest be
    /// found bad: the last command of the older of them, whose place in the chain of hashes proves it. `None` while there are fewer than [`KEPT`]: then all of it is.
    pub fn retain_from(&self) -> Result<Option<u64>, SnapshotError> {
        let sequences = self.sequences()?;
        Ok(sequences.get(KEPT - 1).copied())
    }

    /// Where the snapshot of a sequence number is.
    pub fn path(&self, sequence: u64) -> PathBuf {
        self.dir.join(format!("{PREFIX}{sequence:0SEQUENCE_DIGITS$}{SUFFIX}"))
    }

    /// Write the state as it is between two commands, then let go of all but the [`KEPT`] newest.
    ///
    /// `chain` is the journal's chain hash there. Nothing is replaced before the new file is durable.
    pub fn write(&self, engine: &Engine, views: &MarketViews, chain: [u8; 32]) -> Result<Written, SnapshotError> {
        let (sequence, time_us) = (engine.sequence(), engine.time_us());
        let position = Position { sequence, time_us, state_hash: engine.state_hash(), chain };
        let file = self.path(sequence);
        let unfinished = beside(&file, ".tmp");
        self.disk.create_dir(&self.dir).map_err(SnapshotError::io("create", &self.dir))?;
        let lock = self.dir.join(LOCK_NAME);
        let _lock = self.disk.lock(&lock).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => SnapshotError::BeingWritten { dir: self.dir.clone() },
            _ => SnapshotError::io("lock", &lock)(error),
        })?;
        let bytes = self.write_file(&unfinished, &position, engine, views)?;
        self.disk.rename(&unfinished, &file).map_err(SnapshotError::io("rename", &unfinished))?;
        self.disk.sync_dir(&self.dir).map_err(SnapshotError::io("sync", &self.dir))?;
        for old in self.sequences()?.into_iter().skip(KEPT) {
            let old = self.path(old);
            self.disk.remove(&old).map_err(SnapshotError::io("remove", &old))?;
        }
        Ok(Written { sequence, file, bytes })
    }

    fn write_file(
        &self,
        file: &Path,
        position: &Position,
        engine: &Engine,
        views: &MarketViews,
    ) -> Result<u64, SnapshotError> {
        let created = match self.disk.create(file) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                self.disk.remove(file).map_err(SnapshotError::io("remove", file))?;
                self.disk.create(file)
            }
            created => created,
        };
        let mut hashing = HashingWriter::new(created.map_err(SnapshotError::io("create", file))?);
        hashing.write_all(&position.encode()).map_err(SnapshotError::io("write to", file))?;
        let encoder = zstd::Encoder::new(hashing, COMPRESSION_LEVEL);
        let mut encoder = encoder.map_err(SnapshotError::io("compress into", file))?;
        let mut writer = StateWriter::new(&mut encoder);
        let written = engine.write_state(&mut writer).and_then(|()| views.write_state(&mut writer));
        let written = written.and_then(|()| writer.finish());
        written.map_err(|error| SnapshotError::Io {
            action: "write the state to",
            file: file.to_path_buf(),
            source: io::Error::other(error),
        })?;
        let hashing = encoder.finish().map_err(SnapshotError::io("compress into", file))?;
        hashing.finish().map_err(SnapshotError::io("write to", file))
    }

    /// Read a snapshot: its checksum, its state, and whether that has the hash that was recorded.
    pub fn load(&self, sequence: u64) -> Result<Loaded, SnapshotError> {
        let file = self.path(sequence);
        let damaged = |found: String| SnapshotError::Damaged { file: file.clone(), found };
        let mut source = self.disk.open_read(&file).map_err(SnapshotError::io("open", &file))?;
        let checked = check_sum(&mut source).map_err(SnapshotError::io("read", &file))?;
        let payload_end = checked.map_err(damaged)?;
        let mut source = self.disk.open_read(&file).map_err(SnapshotError::io("open", &file))?;
        let mut header = [0; HEADER_BYTES];
        source.read_exact(&mut header).map_err(SnapshotError::io("read", &file))?;
        if header[..MAGIC.len()] != *MAGIC {
            return Err(damaged("it does not begin as a snapshot does".to_owned()));
        }
        let (version, position) = Position::decode(&header);
        if version != FORMAT_VERSION {
            let found = format!("format version {version} (this release knows {FORMAT_VERSION})");
            return Err(SnapshotError::OtherRelease { file, found });
        }
        if position.sequence != sequence {
            return Err(damaged(format!("it is of sequence {}", position.sequence)));
        }
        let payload = BufReader::new(source.take(payload_end - HEADER_BYTES as u64));
        let mut decoder = zstd::Decoder::with_buffer(payload).map_err(SnapshotError::io("decompress", &file))?;
        let mut reader = StateReader::new(&mut decoder);
        let engine = Engine::read_state(&mut reader).map_err(|error| SnapshotError::of_state(&file, error))?;
        let views = MarketViews::read_state(&mut reader).map_err(|error| SnapshotError::of_state(&file, error))?;
        reader.finish().map_err(|error| SnapshotError::of_state(&file, error))?;
        let found = engine.state_hash();
        if (engine.sequence(), engine.time_us(), found) != (sequence, position.time_us, position.state_hash) {
            let text = |hash: [u8; 32]| blake3::Hash::from(hash).to_string();
            return Err(SnapshotError::StateDiffers { file, found: text(found), recorded: text(position.state_hash) });
        }
        Ok(Loaded { position, engine, views })
    }

    /// Rename a bad snapshot, so that it counts no longer and someone can look at it; returns its new name.
    pub fn set_aside(&self, sequence: u64) -> Result<PathBuf, SnapshotError> {
        let file = self.path(sequence);
        let aside = beside(&file, ".damaged");
        self.disk.rename(&file, &aside).map_err(SnapshotError::io("rename", &file))?;
        self.disk.sync_dir(&self.dir).map_err(SnapshotError::io("sync", &self.dir))?;
        Ok(aside)
    }
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn sequence_of(name: &str) -> Option<u64> {
    let digits = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
    let is_number = digits.len() == SEQUENCE_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}
