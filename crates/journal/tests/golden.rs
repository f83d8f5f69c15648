//! Journals written by format version 1 on its first day, read for ever.
//!
//! `golden/v1/plain` and `golden/v1/compressed` hold one history; in the second, the closed segment was compressed where
//! it lay, as the first releases did. Nothing writes that any more, and everything reads it.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use rialto_journal::{Batch, Checkpoint, Journal};
use support::*;

const CHAIN: &str = "760420fb18e5cdd400c02e52b1b023351fa8760d9f9ec881192d42cd104cf34f";

fn golden(form: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/v1").join(form)
}

/// The history: records empty, short, long; equal and distant times; two checkpoints; two segments.
fn history() -> Vec<Vec<Owned>> {
    let day_us = 86_400_000_000;
    let start = 1_750_000_000_000_000;
    let checkpoint = |seq, time_us, fill| Owned::Checkpoint(Checkpoint { seq, time_us, state_hash: [fill; 32] });
    vec![
        vec![checkpoint(0, start, 0)],
        vec![
            Owned::Command(1, start, b"first".to_vec()),
            Owned::Command(2, start, Vec::new()),
            Owned::Command(3, start + 127, vec![0xff; 3]),
            Owned::Command(4, start + 128, (0..=255).collect()),
        ],
        vec![Owned::Command(5, start + day_us, b"a day later".to_vec())],
        vec![checkpoint(5, start + day_us, 0xab)],
        vec![
            Owned::Command(6, start + day_us, b"in the second segment".to_vec()),
            Owned::Command(7, start + 40 * 365 * day_us, "Ωmega".as_bytes().to_vec()),
        ],
    ]
}

fn write_history(dir: &Path) -> Journal {
    let (mut journal, _) = Journal::open(dir, options(1 << 20)).unwrap();
    for group in history() {
        let mut batch = Batch::new();
        for entry in group {
            match entry {
                Owned::Command(seq, time_us, payload) => batch.push(seq, time_us, &payload).unwrap(),
                Owned::Checkpoint(checkpoint) => journal.checkpoint(checkpoint).unwrap(),
            }
        }
        if batch.first_seq() == Some(6) {
            journal.roll().unwrap();
        }
        journal.append(&batch).unwrap();
    }
    journal
}

#[test]
fn version_1_is_read_for_ever() {
    for (form, first) in
        [("plain", "journal-00000000000000000001.rlj"), ("compressed", "journal-00000000000000000001.rlj.zst")]
    {
        assert_eq!(names(&golden(form)), [first, "journal-00000000000000000006.rlj"]);
        assert_eq!(read(&golden(form), 0).unwrap(), history().concat(), "{form}");
        assert_eq!(read(&golden(form), 6).unwrap(), history().concat()[6..], "{form}");
        let dir = copy(&golden(form));
        let (mut journal, recovery) = Journal::open(dir.path(), options(1 << 20)).unwrap();
        assert_eq!((recovery.next_seq, recovery.cut), (8, None));
        assert_eq!(journal.chain_hash().map(|byte| format!("{byte:02x}")).concat(), CHAIN);
        let mut batch = Batch::new();
        batch.push(8, recovery.last_time_us, b"goes on").unwrap();
        journal.append(&batch).unwrap();
        assert_eq!(read(dir.path(), 8).unwrap().len(), 1);
    }
}

#[test]
fn version_1_is_still_written_byte_for_byte() {
    let dir = tempfile::tempdir().unwrap();
    write_history(dir.path());
    for (path, bytes) in files(dir.path()) {
        assert_eq!(fs::read(golden("plain").join(path.file_name().unwrap())).unwrap(), bytes);
    }
    assert_eq!(names(dir.path()), names(&golden("plain")));
}
