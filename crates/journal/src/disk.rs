//! The disk as the journal sees it: the few operations whose order and failure decide durability.
//!
//! Everything the journal does to files goes through [`Disk`], so that a simulated disk (torn writes, failing syncs,
//! lost directory entries) can run the very code that runs in production. [`RealDisk`] is `std::fs` and nothing more.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Store files in a directory.
///
/// A clone refers to the same disk. Nothing is durable before its sync: file contents and length by
/// [`DiskFile::sync_data`], and creations, renames and removals by [`Disk::sync_dir`].
pub trait Disk: Clone + Send + Sync + 'static {
    /// A file open for appending.
    type File: DiskFile;
    /// A file open for reading. At its end it reads 0 bytes, and more once the file has grown.
    type Source: Read + Seek + Send;
    /// Exclusive hold of a lock file, given up on drop.
    type Lock: Send + Sync;

    /// Create a directory and its parents where they are missing.
    fn create_dir(&self, dir: &Path) -> io::Result<()>;
    /// Lock a file, creating it where it is missing; `ErrorKind::WouldBlock` when someone else holds it.
    fn lock(&self, path: &Path) -> io::Result<Self::Lock>;
    /// List the names of the files in a directory, in any order; names that are not Unicode are left out.
    fn list(&self, dir: &Path) -> io::Result<Vec<String>>;
    /// Create an empty file; `ErrorKind::AlreadyExists` when there is one.
    fn create(&self, path: &Path) -> io::Result<Self::File>;
    /// Open an existing file for appending.
    fn open_append(&self, path: &Path) -> io::Result<Self::File>;
    /// Write all bytes over those at a place of an existing file; durable with the file's next sync.
    fn overwrite(&self, path: &Path, at: u64, bytes: &[u8]) -> io::Result<()>;
    /// Open an existing file for reading from its beginning.
    fn open_read(&self, path: &Path) -> io::Result<Self::Source>;
    /// Rename a file within its directory, replacing what had the name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Remove a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Make creations, renames and removals in a directory durable.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;
}

/// Append to one file.
pub trait DiskFile: Send {
    /// Write all bytes at the end; after an error any prefix of them may have been written.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Make the contents and the length durable (`fdatasync`); after an error nothing written since the last success
    /// may be relied on.
    fn sync_data(&mut self) -> io::Result<()>;
    /// Cut the file to a length.
    fn truncate(&mut self, bytes: u64) -> io::Result<()>;
}

/// The files of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    type File = File;
    type Source = File;
    type Lock = File;

    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        fs::create_dir_all(dir)
    }

    fn lock(&self, path: &Path) -> io::Result<File> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(io::ErrorKind::WouldBlock.into()),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(dir)? {
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn create(&self, path: &Path) -> io::Result<File> {
        OpenOptions::new().append(true).create_new(true).open(path)
    }

    fn open_append(&self, path: &Path) -> io::Result<File> {
        OpenOptions::new().append(true).open(path)
    }

    fn overwrite(&self, path: &Path, at: u64, bytes: &[u8]) -> io::Result<()> {
        // Not with a handle for appending: that writes at the end whatever the place.
        let mut file = OpenOptions::new().write(true).open(path)?;
        file.seek(SeekFrom::Start(at))?;
        file.write_all(bytes)
    }

    fn open_read(&self, path: &Path) -> io::Result<File> {
        File::open(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    #[cfg(unix)]
    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        File::open(dir)?.sync_all()
    }

    // Elsewhere a directory cannot be opened as a file; such systems order directory changes themselves.
    #[cfg(not(unix))]
    fn sync_dir(&self, _dir: &Path) -> io::Result<()> {
        Ok(())
    }
}

impl DiskFile for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync_data(&mut self) -> io::Result<()> {
        File::sync_data(self)
    }

    fn truncate(&mut self, bytes: u64) -> io::Result<()> {
        self.set_len(bytes)
    }
}
