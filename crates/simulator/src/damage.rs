//! Damage at rest, between two lives: refused by name and repaired from a backup, or harmless; never swallowed.

use crate::auditor::Finding;
use crate::course::{Course, refused};
use crate::disk::Image;
use crate::frames::is_segment;
use rialto_journal::Disk;
use std::path::{Path, PathBuf};

impl<D: Disk> Course<D> {
    /// Damage one file, see what a start makes of it, and repair it if the start was refused.
    pub(crate) fn damage(&mut self) -> Result<(), Finding> {
        let before = self.disk.image();
        let files: Vec<&PathBuf> = before.iter().filter(|(_, bytes)| !bytes.is_empty()).map(|(path, _)| path).collect();
        if files.is_empty() {
            return Ok(());
        }
        let closed: Vec<&PathBuf> = files.iter().copied().filter(|path| is_closed(&before, path)).collect();
        let loses_much = self.chance.u8(..5) == 0 && !closed.is_empty();
        let among = if loses_much { closed } else { files };
        let path = among[self.chance.usize(..among.len())].clone();
        let length = before[&path].len();
        let offset = self.chance.usize(..length);
        let mut may_end_before = None;
        match self.chance.u8(..2) {
            0 if loses_much => {
                self.disk.lose(&path);
                self.disk.count("closed segment lost");
            }
            _ if loses_much => {
                self.disk.damage(&path, |bytes| bytes.truncate(offset));
                self.disk.count("closed segment cut short");
            }
            _ => {
                let bit = self.chance.u8(..8);
                may_end_before = self.frames.last_hit(&before, &path, offset);
                // Where the process was killed, the platter may not have the byte yet.
                self.disk.damage(&path, |bytes| bytes.get_mut(offset).into_iter().for_each(|byte| *byte ^= 1 << bit));
                self.disk.count("bit flipped at rest");
            }
        }
        self.diary.push(format!("damaged {} at {offset} of {length}", path.display()));
        let damaged = self.disk.image();
        match self.start_in_calm(may_end_before)? {
            Ok(live) => drop(live),
            Err(error) => {
                self.diary.push(format!("refused: {error}"));
                self.report.refusals += 1;
                self.check_refusal(&path, &damaged, &error.to_string())?;
                self.disk.restore(&path, &before[&path]);
                drop(self.start_in_calm(None)?.map_err(|error| refused(&error))?);
            }
        }
        self.auditor.crashed();
        self.disk.restart_process();
        Ok(())
    }

    /// A refusal names the file, and leaves every file that it might concern as it was.
    fn check_refusal(&self, damaged: &Path, before: &Image, reason: &str) -> Result<(), Finding> {
        let name = damaged.file_stem().unwrap_or_default().to_string_lossy();
        let name = name.trim_end_matches(".rlj");
        if !reason.contains(name) {
            return Err(Finding::BadRefusal { what: "does not name the file", reason: reason.to_owned() });
        }
        let after = self.disk.image();
        let changed = before.iter().find(|(path, bytes)| {
            let is_open_end = before.keys().rfind(|path| is_segment(path)) == Some(path);
            // The newest segment's end may have been cut, or its header finished, before an older one was refused.
            let is_kept = |now: &Vec<u8>| now == *bytes || is_open_end;
            let name = path.to_string_lossy();
            // A snapshot that is not sound is set aside.
            !name.ends_with(".tmp")
                && !name.starts_with(crate::course::SNAPSHOTS)
                && !after.get(*path).is_some_and(is_kept)
        });
        match changed {
            Some(_) => Err(Finding::BadRefusal { what: "changed a file", reason: reason.to_owned() }),
            None => Ok(()),
        }
    }
}

/// Whether a file is a segment with a later one after it, in the journal or in its archive.
fn is_closed(image: &Image, path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_either = name.ends_with(".rlj") || name.ends_with(".rlj.zst");
    is_either && image.keys().any(|other| is_segment(other) && other.file_name() > path.file_name())
}
