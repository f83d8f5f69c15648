//! The real disk, failing at a chosen operation.
//!
//! Operations that change the disk are counted from 0. At the chosen one an append writes half its bytes and anything
//! else does nothing; then it fails. With `Fault::Crash` everything after it fails too, as if the process had died.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rialto_journal::{Disk, DiskFile, RealDisk};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Once,
    Crash,
}

#[derive(Default)]
struct Plan {
    fault: Option<(u64, Fault)>,
    operations: u64,
    log: Vec<&'static str>,
    synced_bytes: HashMap<PathBuf, u64>,
}

#[derive(Clone, Default)]
pub struct FaultyDisk {
    plan: Arc<Mutex<Plan>>,
}

impl FaultyDisk {
    pub fn failing_at(operation: u64, fault: Fault) -> FaultyDisk {
        let disk = FaultyDisk::default();
        disk.plan.lock().unwrap().fault = Some((operation, fault));
        disk
    }

    /// Let so many more operations succeed and fail the one after them.
    pub fn fail_after(&self, operations: u64, fault: Fault) {
        let mut plan = self.plan.lock().unwrap();
        plan.fault = Some((plan.operations + operations, fault));
    }

    pub fn operations(&self) -> u64 {
        self.plan.lock().unwrap().operations
    }

    /// The names of the operations so far, the failed ones included.
    pub fn log(&self) -> Vec<&'static str> {
        self.plan.lock().unwrap().log.clone()
    }

    /// Cut every file to what was synced of it, as a power failure may.
    pub fn lose_unsynced(&self) {
        for (path, bytes) in &self.plan.lock().unwrap().synced_bytes {
            if let Ok(file) = fs::OpenOptions::new().write(true).open(path)
                && file.metadata().unwrap().len() > *bytes
            {
                file.set_len(*bytes).unwrap();
            }
        }
    }

    fn operate(&self, name: &'static str) -> io::Result<()> {
        let mut plan = self.plan.lock().unwrap();
        let number = plan.operations;
        plan.operations += 1;
        plan.log.push(name);
        match plan.fault {
            Some((at, Fault::Once)) if number == at => Err(io::Error::other("the disk failed as planned")),
            Some((at, Fault::Crash)) if number >= at => Err(io::Error::other("the process is dead")),
            _ => Ok(()),
        }
    }

    fn is_first_failure(&self) -> bool {
        let plan = self.plan.lock().unwrap();
        plan.fault.is_some_and(|(at, _)| plan.operations == at + 1)
    }

    fn wrap(&self, path: &Path, file: File) -> FaultyFile {
        let bytes = file.metadata().unwrap().len();
        self.plan.lock().unwrap().synced_bytes.entry(path.to_path_buf()).or_insert(bytes);
        FaultyFile { disk: self.clone(), path: path.to_path_buf(), file }
    }
}

impl Disk for FaultyDisk {
    type File = FaultyFile;
    type Source = File;
    type Lock = File;

    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        RealDisk.create_dir(dir)
    }
    fn lock(&self, path: &Path) -> io::Result<File> {
        RealDisk.lock(path)
    }
    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        RealDisk.list(dir)
    }
    fn open_read(&self, path: &Path) -> io::Result<File> {
        RealDisk.open_read(path)
    }
    fn overwrite(&self, path: &Path, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.operate("overwrite")?;
        RealDisk.overwrite(path, at, bytes)
    }
    fn create(&self, path: &Path) -> io::Result<FaultyFile> {
        self.operate("create")?;
        Ok(self.wrap(path, RealDisk.create(path)?))
    }
    fn open_append(&self, path: &Path) -> io::Result<FaultyFile> {
        Ok(self.wrap(path, RealDisk.open_append(path)?))
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.operate("rename")?;
        RealDisk.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.operate("remove")?;
        RealDisk.remove(path)
    }
    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        self.operate("sync directory")?;
        RealDisk.sync_dir(dir)
    }
}

pub struct FaultyFile {
    disk: FaultyDisk,
    path: PathBuf,
    file: File,
}

impl DiskFile for FaultyFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let outcome = self.disk.operate("append");
        match outcome {
            Ok(()) => self.file.append(bytes),
            Err(error) => {
                if self.disk.is_first_failure() {
                    self.file.append(&bytes[..bytes.len() / 2])?;
                }
                Err(error)
            }
        }
    }

    fn sync_data(&mut self) -> io::Result<()> {
        self.disk.operate("sync")?;
        let bytes = self.file.metadata()?.len();
        self.disk.plan.lock().unwrap().synced_bytes.insert(self.path.clone(), bytes);
        DiskFile::sync_data(&mut self.file)
    }

    fn truncate(&mut self, bytes: u64) -> io::Result<()> {
        self.disk.operate("truncate")?;
        DiskFile::truncate(&mut self.file, bytes)
    }
}
