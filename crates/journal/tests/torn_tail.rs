//! An unfinished end is cut, kept beside, and written after.

mod support;

use std::fs;
use std::path::Path;

use rialto_journal::{Journal, Recovery};
use support::*;

/// Open a journal whose last frame is broken: it must hold the entries before it, keep what it cut, and go on.
fn check_cut(dir: &Path, last: &Place) {
    let path = segment(dir, last.segment);
    let before = fs::read(&path).unwrap();
    let (mut journal, recovery) = Journal::open(dir, options(1 << 20)).unwrap();
    assert_eq!((recovery.next_seq, recovery.last_checkpoint), (25, Some(checkpoint(24))));
    let cut = recovery.cut.expect("something was cut");
    assert_eq!((&cut.file, cut.offset, cut.bytes), (&path, last.start, before.len() as u64 - last.start));
    assert_eq!(cut.kept_as, Path::new(&format!("{}.torn-{}", path.display(), last.start)));
    assert_eq!(fs::read(&cut.kept_as).unwrap(), before[last.start as usize..]);
    assert_eq!(fs::read(&path).unwrap(), before[..last.start as usize]);
    check_goes_on(&mut journal, dir);
}

/// Append after sequence 24 and find everything, now and after opening again.
fn check_goes_on(journal: &mut Journal, dir: &Path) {
    journal.append(&batch(25..=30)).unwrap();
    let mut expected = commands(1..=30);
    expected.insert(24, Owned::Checkpoint(checkpoint(24)));
    assert_eq!(read(dir, 0).unwrap(), expected);
}

#[test]
fn a_journal_cut_at_any_byte_of_its_last_frame_holds_all_before_it() {
    let original = tempfile::tempdir().unwrap();
    let last = three_segments(original.path()).pop().unwrap();
    for length in last.start + 1..last.end {
        let dir = copy(original.path());
        let path = segment(dir.path(), last.segment);
        fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(length).unwrap();
        check_cut(dir.path(), &last);
    }
}

#[test]
fn a_journal_cut_between_frames_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let last = three_segments(dir.path()).pop().unwrap();
    let path = segment(dir.path(), last.segment);
    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(last.start).unwrap();
    let (mut journal, recovery) = Journal::open(dir.path(), options(1 << 20)).unwrap();
    assert_eq!((recovery.next_seq, recovery.cut), (25, None));
    check_goes_on(&mut journal, dir.path());
}

#[test]
fn any_flipped_bit_in_the_last_frame_cuts_it() {
    let original = tempfile::tempdir().unwrap();
    let last = three_segments(original.path()).pop().unwrap();
    for byte in last.start..last.end {
        let dir = copy(original.path());
        let path = segment(dir.path(), last.segment);
        let mut bytes = fs::read(&path).unwrap();
        bytes[byte as usize] ^= 1 << (byte % 8);
        fs::write(&path, bytes).unwrap();
        check_cut(dir.path(), &last);
    }
}

#[test]
fn zeros_and_garbage_after_the_last_frame_are_cut() {
    let original = tempfile::tempdir().unwrap();
    let last = three_segments(original.path()).pop().unwrap();
    let garbage = b"RLJF and what looks like frames RLJFRLJF but is none".repeat(9);
    for tail in [vec![0; 1], vec![0; 40], vec![0; 1 << 20], garbage] {
        let dir = copy(original.path());
        let path = segment(dir.path(), last.segment);
        let whole = fs::read(&path).unwrap();
        fs::write(&path, [whole.clone(), tail.clone()].concat()).unwrap();
        let all = read(original.path(), 0).unwrap();
        assert_eq!(read(dir.path(), 0).unwrap(), all, "a reader stops before it");
        let (journal, recovery) = Journal::open(dir.path(), options(1 << 20)).unwrap();
        let cut = recovery.cut.unwrap();
        assert_eq!((recovery.next_seq, cut.offset, cut.bytes), (28, last.end, tail.len() as u64));
        assert_eq!(fs::read(cut.kept_as).unwrap(), tail);
        assert_eq!(fs::read(&path).unwrap(), whole);
        drop(journal);
    }
}

#[test]
fn a_second_cut_at_one_place_keeps_the_first() {
    let dir = tempfile::tempdir().unwrap();
    let last = three_segments(dir.path()).pop().unwrap();
    let path = segment(dir.path(), last.segment);
    let whole = fs::read(&path).unwrap();
    let mut kept = Vec::new();
    for length in [last.start + 5, last.start + 6, last.start + 7] {
        fs::write(&path, &whole[..length as usize]).unwrap();
        let (_, recovery) = Journal::open(dir.path(), options(1 << 20)).unwrap();
        kept.push(recovery.cut.unwrap());
    }
    for (cut, bytes) in kept.iter().zip(5..) {
        assert_eq!(fs::read(&cut.kept_as).unwrap().len(), bytes);
    }
    assert!(kept[2].kept_as.to_str().unwrap().ends_with(&format!(".torn-{}.2", last.start)));
}

/// Open a journal whose newest segment was being created with the given bytes in it.
fn open_with_newest(original: &Path, first_seq: u64, bytes: &[u8]) -> (tempfile::TempDir, Journal, Recovery) {
    let dir = copy(original);
    fs::write(segment(dir.path(), first_seq), bytes).unwrap();
    let (journal, recovery) = Journal::open(dir.path(), options(1 << 20)).unwrap();
    (dir, journal, recovery)
}

#[test]
fn an_interrupted_creation_of_a_segment_is_finished() {
    let whole = tempfile::tempdir().unwrap();
    three_segments(whole.path());
    Journal::open(whole.path(), options(1 << 20)).unwrap().0.roll().unwrap();
    let header = fs::read(segment(whole.path(), 28)).unwrap();
    assert_eq!(header.len(), 64);
    let zeros = vec![0; 64];
    for bytes in (0..64).map(|length| &header[..length]).chain([&zeros[..10], &zeros]) {
        let (dir, mut journal, recovery) = open_with_newest(whole.path(), 28, bytes);
        assert_eq!(recovery.next_seq, 28);
        assert_eq!(recovery.cut.map_or(0, |cut| cut.bytes), bytes.len() as u64);
        assert_eq!(fs::read(segment(dir.path(), 28)).unwrap(), header);
        journal.append(&batch(28..=29)).unwrap();
        assert_eq!(read(dir.path(), 27).unwrap(), commands(27..=29));
        assert_eq!(read(dir.path(), 28).unwrap(), commands(28..=29));
    }
}

#[test]
fn an_interrupted_creation_of_the_first_segment_is_finished() {
    let empty = tempfile::tempdir().unwrap();
    for bytes in [&b""[..], b"RIALTOJL\x01", &[0; 64]] {
        let (dir, mut journal, recovery) = open_with_newest(empty.path(), 1, bytes);
        assert_eq!(recovery.next_seq, 1);
        journal.append(&batch(1..=2)).unwrap();
        assert_eq!(read(dir.path(), 0).unwrap(), commands(1..=2));
    }
}

#[test]
fn a_torn_frame_that_carries_a_frame_inside_is_still_a_torn_tail() {
    let other = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(other.path(), options(1 << 20)).unwrap();
    journal.append(&batch(1..=3)).unwrap();
    journal.append(&batch(4..=6)).unwrap();
    let inside = fs::read(segment(other.path(), 1)).unwrap();

    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(dir.path(), options(1 << 20)).unwrap();
    journal.append(&batch(1..=1)).unwrap();
    let mut carrying = rialto_journal::Batch::new();
    carrying.push(2, time(2), &inside).unwrap();
    carrying.push(3, time(3), &[9; 100]).unwrap();
    journal.append(&carrying).unwrap();
    drop(journal);
    let path = segment(dir.path(), 1);
    let length = file_bytes(&path) - 60;
    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(length).unwrap();
    let (_, recovery) = Journal::open(dir.path(), options(1 << 20)).unwrap();
    assert_eq!(recovery.next_seq, 2);
    assert!(recovery.cut.is_some());
}
