//! What can be wrong with a snapshot.

use rialto_types::state_codec::StateError;
use std::path::{Path, PathBuf};

/// Why a snapshot was not written or is not used. Every one names the file.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The disk failed.
    #[error("cannot {action} {}: {source}", file.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file or directory.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another process writes a snapshot there.
    #[error("another process is writing a snapshot in {}; try again when it is done", dir.display())]
    BeingWritten {
        /// In which directory.
        dir: PathBuf,
    },
    /// Not a whole snapshot.
    #[error("{} is damaged: {found}", file.display())]
    Damaged {
        /// Which file.
        file: PathBuf,
        /// What was found.
        found: String,
    },
    /// Written by another release.
    #[error("{} was written by another release: {found}", file.display())]
    OtherRelease {
        /// Which file.
        file: PathBuf,
        /// What was found.
        found: String,
    },
    /// Its state has not the hash that was recorded.
    #[error("{} holds a state with hash {found}, where {recorded} was recorded", file.display())]
    StateDiffers {
        /// Which file.
        file: PathBuf,
        /// The hash of what was read.
        found: String,
        /// The hash in the header.
        recorded: String,
    },
}

impl SnapshotError {
    pub(crate) fn io(action: &'static str, file: &Path) -> impl FnOnce(std::io::Error) -> SnapshotError {
        let file = file.to_path_buf();
        move |source| SnapshotError::Io { action, file, source }
    }

    /// What a state that cannot be read says about its file.
    pub(crate) fn of_state(file: &Path, error: StateError) -> SnapshotError {
        let file = file.to_path_buf();
        match error {
            StateError::UnknownVersion { .. } => SnapshotError::OtherRelease { file, found: error.to_string() },
            _ => SnapshotError::Damaged { file, found: error.to_string() },
        }
    }

    /// Whether the file itself is bad, and no other release will make more of it.
    pub fn is_of_file(&self) -> bool {
        matches!(self, SnapshotError::Damaged { .. } | SnapshotError::StateDiffers { .. })
    }
}
