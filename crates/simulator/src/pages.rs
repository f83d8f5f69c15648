//! One file as a system with a page cache keeps it: what processes see, what the platter holds, and which pages differ.
//!
//! The model is the worst that a sound disk may do. Before a sync anything of what was written may be on the platter
//! and anything may not, page by page, torn at any byte, the length before or after the contents. A sync that fails
//! leaves its pages clean and lost: processes go on seeing them, and a later sync that succeeds does not write them.

use fastrand::Rng;
use std::collections::BTreeSet;

/// What the system caches and writes back at once.
const PAGE_BYTES: usize = 4096;
/// What a disk writes whole.
const SECTOR_BYTES: usize = 512;

/// A file's contents, cached and durable.
#[derive(Default)]
pub(crate) struct Pages {
    seen: Vec<u8>,
    durable: Vec<u8>,
    dirty: BTreeSet<usize>,
    /// Clean by the system's word, and not on the platter.
    lost: BTreeSet<usize>,
}

impl Pages {
    /// A file with these contents, durably.
    pub(crate) fn of(contents: &[u8]) -> Pages {
        Pages { seen: contents.to_vec(), durable: contents.to_vec(), ..Pages::default() }
    }

    /// What processes see.
    pub(crate) fn seen(&self) -> &[u8] {
        &self.seen
    }

    pub(crate) fn append(&mut self, bytes: &[u8]) {
        let start = self.seen.len();
        self.seen.extend_from_slice(bytes);
        self.touch(start, self.seen.len());
    }

    pub(crate) fn truncate(&mut self, length: usize) {
        if length < self.seen.len() {
            self.seen.truncate(length);
            let pages = length.div_ceil(PAGE_BYTES);
            drop((self.dirty.split_off(&pages), self.lost.split_off(&pages)));
        }
    }

    /// Write over bytes that stand there; their pages are written back at the next sync, whatever they were.
    pub(crate) fn overwrite(&mut self, at: usize, bytes: &[u8]) {
        self.seen[at..at + bytes.len()].copy_from_slice(bytes);
        self.touch(at, at + bytes.len());
    }

    fn touch(&mut self, start: usize, end: usize) {
        for page in start / PAGE_BYTES..end.div_ceil(PAGE_BYTES) {
            self.dirty.insert(page);
            self.lost.remove(&page);
        }
    }

    /// Make contents and length durable.
    pub(crate) fn sync(&mut self) {
        self.durable.resize(self.seen.len(), 0);
        for page in std::mem::take(&mut self.dirty) {
            self.write_back(page);
        }
    }

    /// Write some of the pages back, as a sync that was interrupted may have.
    pub(crate) fn sync_in_part(&mut self, chance: &mut Rng) {
        self.durable.resize(self.seen.len(), 0);
        let written: Vec<usize> = self.dirty.iter().copied().filter(|_| chance.bool()).collect();
        for page in written {
            self.dirty.remove(&page);
            self.write_back(page);
        }
    }

    /// Fail to sync: some pages are written back, the others are lost, and none is dirty any more.
    pub(crate) fn fail_to_sync(&mut self, chance: &mut Rng) {
        self.sync_in_part(chance);
        self.lost.append(&mut self.dirty);
    }

    fn write_back(&mut self, page: usize) {
        let start = page * PAGE_BYTES;
        let end = (start + PAGE_BYTES).min(self.seen.len()).min(self.durable.len());
        if start < end {
            self.durable[start..end].copy_from_slice(&self.seen[start..end]);
        }
    }

    /// A length that the platter may know: the old one, the new one, or one between.
    fn length_after(&self, chance: &mut Rng) -> usize {
        let (old, new) = (self.durable.len(), self.seen.len());
        match chance.u8(..4) {
            0 => old,
            1 => chance.usize(old.min(new)..=old.max(new)),
            _ => new,
        }
    }

    /// Let the system drop clean pages from its cache: what is read next comes from the platter.
    pub(crate) fn evict(&mut self) {
        for page in std::mem::take(&mut self.lost) {
            let (start, end) = (page * PAGE_BYTES, ((page + 1) * PAGE_BYTES).min(self.seen.len()));
            for at in start..end {
                self.seen[at] = self.durable.get(at).copied().unwrap_or_default();
            }
        }
    }

    /// Cut the power: what was not synced is there in any part, and processes see what the platter holds.
    pub(crate) fn cut_power(&mut self, chance: &mut Rng) {
        self.durable.resize(self.length_after(chance), 0);
        for page in std::mem::take(&mut self.dirty) {
            self.tear(page, chance);
        }
        self.lost.clear();
        self.seen.clone_from(&self.durable);
    }

    fn tear(&mut self, page: usize, chance: &mut Rng) {
        let start = page * PAGE_BYTES;
        let end = (start + PAGE_BYTES).min(self.seen.len()).min(self.durable.len());
        if start >= end {
            return;
        }
        let (seen, durable) = (&self.seen[start..end], &mut self.durable[start..end]);
        match chance.u8(..4) {
            0 => {}
            1 => durable.copy_from_slice(seen),
            2 => {
                let torn = chance.usize(..=seen.len());
                durable[..torn].copy_from_slice(&seen[..torn]);
            }
            _ => {
                for (from, to) in seen.chunks(SECTOR_BYTES).zip(durable.chunks_mut(SECTOR_BYTES)) {
                    if chance.bool() {
                        to.copy_from_slice(from);
                    }
                }
            }
        }
    }

    /// Change the file at rest: on the platter and in the cache alike.
    pub(crate) fn damage(&mut self, change: impl Fn(&mut Vec<u8>)) {
        change(&mut self.seen);
        change(&mut self.durable);
    }
}
