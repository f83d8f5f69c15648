//! The operations of the disk, as the journal makes them.

use super::{Append, NO_SPACE_LEFT, NameChange, SimulatedDisk, State, Verdict, dead};
use crate::pages::Pages;
use fastrand::Rng;
use rialto_journal::{Disk, DiskFile};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

impl Disk for SimulatedDisk {
    type File = OpenFile;
    type Source = OpenSource;
    type Lock = HeldLock;

    fn create_dir(&self, _dir: &Path) -> io::Result<()> {
        if self.is_dead() { Err(dead()) } else { Ok(()) }
    }

    fn lock(&self, path: &Path) -> io::Result<HeldLock> {
        if !self.state().locks.insert(path.to_path_buf()) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        Ok(HeldLock { disk: self.clone(), path: path.to_path_buf() })
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let mut state = self.state();
        state.read_fails()?;
        let within = |path: &PathBuf| Some(path.strip_prefix(dir).ok()?.to_str()?.to_owned());
        Ok(state.names.keys().filter_map(within).collect())
    }

    fn create(&self, path: &Path) -> io::Result<OpenFile> {
        let mut state = self.state();
        if state.names.contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        if state.finds_full() {
            return Err(io::Error::from_raw_os_error(NO_SPACE_LEFT));
        }
        let file = state.next_file;
        state.next_file += 1;
        state.files.insert(file, Pages::default());
        state.change(NameChange::Create { path: path.to_path_buf(), file })?;
        Ok(OpenFile { disk: self.clone(), path: path.to_path_buf(), file })
    }

    fn open_append(&self, path: &Path) -> io::Result<OpenFile> {
        let state = self.state();
        if state.is_dead {
            return Err(dead());
        }
        Ok(OpenFile { disk: self.clone(), path: path.to_path_buf(), file: state.find(path)? })
    }

    fn overwrite(&self, path: &Path, at: u64, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        let (file, at) = (state.find(path)?, usize::try_from(at).map_err(|_| io::ErrorKind::InvalidInput)?);
        let rate = state.weather.failed_write;
        let in_part = |pages: &mut Pages, chance: &mut Rng, _| {
            pages.overwrite(at, &bytes[..chance.usize(..=bytes.len())]);
        };
        state.operate(file, ("failed overwriting", rate), |pages| pages.overwrite(at, bytes), in_part)
    }

    fn open_read(&self, path: &Path) -> io::Result<OpenSource> {
        let mut state = self.state();
        let file = state.find(path)?;
        state.read_fails()?;
        Ok(OpenSource { disk: self.clone(), file, at: 0 })
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        let file = state.find(from)?;
        state.change(NameChange::Rename { from: from.to_path_buf(), to: to.to_path_buf(), file })
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.find(path)?;
        state.change(NameChange::Remove { path: path.to_path_buf() })
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.state();
        let rate = state.weather.failed_change;
        match state.decide("failed sync of a directory", rate) {
            Verdict::Goes => {}
            Verdict::Fails(error) => return Err(error),
            Verdict::Dies => return Err(dead()),
        }
        let State { unsynced, durable_names, .. } = &mut *state;
        let (synced, others) = unsynced.drain(..).partition(|change| change.path().parent() == Some(dir));
        *unsynced = others;
        let synced: Vec<NameChange> = synced;
        synced.iter().for_each(|change| change.apply(durable_names));
        Ok(())
    }
}

/// A file open for appending.
pub struct OpenFile {
    disk: SimulatedDisk,
    path: PathBuf,
    file: u64,
}

impl DiskFile for OpenFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.disk.state();
        let start = state.file(self.file).seen().len();
        if state.finds_full() {
            let written = state.chance.usize(..=bytes.len());
            state.file(self.file).append(&bytes[..written]);
            return Err(io::Error::from_raw_os_error(NO_SPACE_LEFT));
        }
        let rate = state.weather.failed_write;
        let in_part = |pages: &mut Pages, chance: &mut Rng, _| pages.append(&bytes[..chance.usize(..=bytes.len())]);
        let outcome = state.operate(self.file, ("failed write", rate), |pages| pages.append(bytes), in_part);
        state.appends.push(Append { path: self.path.clone(), start, bytes: bytes.to_vec() });
        outcome
    }

    fn sync_data(&mut self) -> io::Result<()> {
        let mut state = self.disk.state();
        let rate = state.weather.failed_sync;
        let in_part = |pages: &mut Pages, chance: &mut Rng, is_dying| {
            if is_dying { pages.sync_in_part(chance) } else { pages.fail_to_sync(chance) }
        };
        state.operate(self.file, ("failed sync", rate), Pages::sync, in_part)
    }

    fn truncate(&mut self, bytes: u64) -> io::Result<()> {
        let mut state = self.disk.state();
        let (rate, bytes) = (state.weather.failed_change, usize::try_from(bytes).unwrap_or(usize::MAX));
        let in_part = |pages: &mut Pages, chance: &mut Rng, is_dying| {
            if is_dying && chance.bool() {
                pages.truncate(bytes);
            }
        };
        state.operate(self.file, ("failed cut", rate), |pages| pages.truncate(bytes), in_part)
    }
}

/// A file open for reading.
pub struct OpenSource {
    disk: SimulatedDisk,
    file: u64,
    at: usize,
}

impl Read for OpenSource {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut state = self.disk.state();
        state.read_fails()?;
        let mut wanted = buffer.len();
        let rate = state.weather.short_read;
        if wanted > 0 && state.strikes(rate) {
            state.injected("short read");
            if state.chance.bool() {
                return Err(io::ErrorKind::Interrupted.into());
            }
            wanted = state.chance.usize(1..=wanted);
        }
        let contents = state.file(self.file).seen();
        let rest = contents.get(self.at..).unwrap_or_default();
        let read = rest.len().min(wanted);
        buffer[..read].copy_from_slice(&rest[..read]);
        self.at += read;
        Ok(read)
    }
}

impl Seek for OpenSource {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let length = self.disk.state().file(self.file).seen().len() as i64;
        let at = match to {
            SeekFrom::Start(at) => i64::try_from(at).unwrap_or(i64::MAX),
            SeekFrom::End(by) => length + by,
            SeekFrom::Current(by) => self.at as i64 + by,
        };
        self.at = usize::try_from(at).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at as u64)
    }
}

/// A lock that is held until it is dropped, or its process is dead.
pub struct HeldLock {
    disk: SimulatedDisk,
    path: PathBuf,
}

impl Drop for HeldLock {
    fn drop(&mut self) {
        self.disk.state().locks.remove(&self.path);
    }
}
