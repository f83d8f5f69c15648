//! Damage anywhere but at the very end is refused, naming file and offset, and nothing on disk is changed.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use rialto_journal::{Journal, JournalError};
use support::*;

/// Open for writing: it must fail and change nothing. Gives the error.
fn refusal(dir: &Path) -> JournalError {
    let before = files(dir);
    let error = Journal::open(dir, options(1 << 20)).map(|_| ()).unwrap_err();
    assert_eq!(files(dir), before, "after {error}");
    error
}

fn damage_place(error: &JournalError) -> (PathBuf, u64) {
    match error {
        JournalError::Damage { file, offset, .. } => (file.clone(), *offset),
        other => panic!("expected damage, got: {other}"),
    }
}

#[test]
fn any_flipped_bit_before_the_last_frame_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut places = three_segments(dir.path());
    places.pop();
    for first_seq in [1, 10, 19] {
        places.push(Place { segment: first_seq, start: 0, end: 64, last_seq: 0 });
    }
    for place in places {
        let path = segment(dir.path(), place.segment);
        let whole = fs::read(&path).unwrap();
        for bit in place.start * 8..place.end * 8 {
            let mut bytes = whole.clone();
            bytes[(bit / 8) as usize] ^= 1 << (bit % 8);
            fs::write(&path, bytes).unwrap();
            let error = refusal(dir.path());
            assert_eq!(damage_place(&error), (path.clone(), place.start), "bit {bit}: {error}");
        }
        fs::write(&path, whole).unwrap();
    }
    assert_eq!(Journal::open(dir.path(), options(1 << 20)).unwrap().1.next_seq, 28);
}

#[test]
fn a_reader_meets_the_same_damage_after_the_entries_before_it_and_goes_no_further() {
    let dir = tempfile::tempdir().unwrap();
    let places = three_segments(dir.path());
    let path = segment(dir.path(), places[4].segment);
    let mut bytes = fs::read(&path).unwrap();
    bytes[places[4].start as usize + 60] ^= 4;
    fs::write(&path, bytes).unwrap();
    let mut reader = rialto_journal::Reader::open(dir.path(), 0).unwrap();
    let mut entries = Vec::new();
    let error = drain(&mut reader, &mut entries).unwrap_err();
    assert_eq!(damage_place(&error), (path, places[4].start));
    assert_eq!(entries, commands(1..=12));
    assert!(matches!(reader.next_entry(), Err(JournalError::Poisoned { .. })));
}

#[test]
fn any_flipped_bit_in_an_archived_segment_is_refused_or_without_effect() {
    let dir = tempfile::tempdir().unwrap();
    three_segments(dir.path());
    let (journal, _) = Journal::open(dir.path(), options(1 << 20)).unwrap();
    archive(&journal).unwrap();
    drop(journal);
    let all = read(dir.path(), 0).unwrap();
    let path = archived(dir.path(), 10);
    let whole = fs::read(&path).unwrap();
    let mut harmless = 0;
    for bit in 0..whole.len() * 8 {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        fs::write(&path, bytes).unwrap();
        match read(dir.path(), 0) {
            Ok(entries) => {
                assert_eq!(entries, all);
                harmless += 1;
            }
            Err(error) => assert_eq!(damage_place(&error).0, path, "bit {bit}: {error}"),
        }
    }
    // Some bits of a zstd stream mean nothing: the unused one of its header, the window it asks for, padding.
    assert!(harmless * 100 < whole.len() * 8, "{harmless} of {} flips went unnoticed", whole.len() * 8);
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        assert_eq!(damage_place(&refusal(dir.path())).0, path);
    }
}

#[test]
fn a_closed_segment_cut_short_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let places = three_segments(dir.path());
    let path = segment(dir.path(), 10);
    let whole = fs::read(&path).unwrap();
    for length in places[5].start + 1..places[5].end {
        fs::write(&path, &whole[..length as usize]).unwrap();
        assert_eq!(damage_place(&refusal(dir.path())), (path.clone(), places[5].start));
    }
    fs::write(&path, &whole[..places[5].start as usize]).unwrap();
    let error = refusal(dir.path());
    assert!(matches!(error, JournalError::MissingSegment { expected_seq: 16, .. }), "{error}");
    for length in 0..64 {
        fs::write(&path, &whole[..length]).unwrap();
        assert_eq!(damage_place(&refusal(dir.path())), (path.clone(), 0));
    }
}

#[test]
fn a_missing_segment_is_refused() {
    for (gone, expected) in [(1, 1), (10, 10)] {
        let dir = tempfile::tempdir().unwrap();
        three_segments(dir.path());
        fs::remove_file(segment(dir.path(), gone)).unwrap();
        let error = refusal(dir.path());
        assert!(matches!(error, JournalError::MissingSegment { expected_seq, .. } if expected_seq == expected));
        let message = error.to_string();
        assert!(message.contains(&format!("journal-{expected:020}.rlj.zst")), "{message}");
        assert!(message.contains(dir.path().to_str().unwrap()), "{message}");
    }
}

#[test]
fn a_journal_with_nothing_but_its_archive_shows_that_a_segment_is_missing() {
    let dir = tempfile::tempdir().unwrap();
    three_segments(dir.path());
    archive(&Journal::open(dir.path(), options(1 << 20)).unwrap().0).unwrap();
    fs::remove_file(segment(dir.path(), 19)).unwrap();
    let error = refusal(dir.path());
    assert!(matches!(error, JournalError::MissingSegment { expected_seq: 19, .. }), "{error}");
    assert_eq!(read(dir.path(), 0).unwrap(), commands(1..=18), "reading a backup of closed segments is allowed");
}

#[test]
fn a_segment_of_another_history_is_refused() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    three_segments(dir.path());
    let (mut journal, _) = Journal::open(other.path(), options(1 << 20)).unwrap();
    let mut records = batch(1..=8);
    records.push(9, time(9), b"another").unwrap();
    journal.append(&records).unwrap();
    journal.roll().unwrap();
    journal.append(&batch(10..=18)).unwrap();
    fs::copy(segment(other.path(), 10), segment(dir.path(), 10)).unwrap();
    let error = refusal(dir.path());
    assert_eq!(damage_place(&error), (segment(dir.path(), 10), 0));
    assert!(error.to_string().contains("chain hash"), "{error}");
}

#[test]
fn a_segment_under_another_name_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    three_segments(dir.path());
    fs::rename(segment(dir.path(), 10), segment(dir.path(), 11)).unwrap();
    assert!(matches!(refusal(dir.path()), JournalError::MissingSegment { expected_seq: 10, .. }));
    let error = rialto_journal::Reader::open(dir.path(), 13).map(|_| ()).unwrap_err();
    assert_eq!(damage_place(&error), (segment(dir.path(), 11), 0));
}

#[test]
fn a_frame_that_stands_twice_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let last = three_segments(dir.path()).pop().unwrap();
    let path = segment(dir.path(), last.segment);
    let mut bytes = fs::read(&path).unwrap();
    bytes.extend_from_within(last.start as usize..);
    fs::write(&path, bytes).unwrap();
    let error = refusal(dir.path());
    assert_eq!(damage_place(&error), (path, last.end));
    assert!(error.to_string().contains("expected the frame of sequence 28, found sequence 25"), "{error}");
}

#[test]
fn two_damaged_frames_before_a_torn_one_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let places = three_segments(dir.path());
    let [.., before, last] = &places[..] else { unreachable!() };
    let path = segment(dir.path(), last.segment);
    let mut bytes = fs::read(&path).unwrap();
    bytes[before.start as usize + 45] ^= 1;
    bytes.truncate(last.end as usize - 1);
    fs::write(&path, bytes).unwrap();
    assert_eq!(damage_place(&refusal(dir.path())), (path, before.start));
}

#[test]
fn a_later_format_is_refused_as_such() {
    let dir = tempfile::tempdir().unwrap();
    let places = three_segments(dir.path());
    let path = segment(dir.path(), 19);
    let whole = fs::read(&path).unwrap();

    let mut bytes = whole.clone();
    bytes[8] = 2;
    let crc = crc32fast::hash(&bytes[..60]);
    bytes[60..64].copy_from_slice(&crc.to_le_bytes());
    fs::write(&path, bytes).unwrap();
    assert!(matches!(refusal(dir.path()), JournalError::UnsupportedVersion { version: 2, supported: 1, .. }));

    let start = places.last().unwrap().start as usize;
    for (at, kind, flags) in [(4, 3, 0), (6, 1, 1)] {
        let mut bytes = whole.clone();
        bytes[start + at] = if at == 4 { 3 } else { 1 };
        let crc = crc32fast::hash(&bytes[start..start + 36]);
        bytes[start + 36..start + 40].copy_from_slice(&crc.to_le_bytes());
        fs::write(&path, bytes).unwrap();
        match refusal(dir.path()) {
            JournalError::UnsupportedFrame { offset, kind: k, flags: f, .. } => {
                assert_eq!((offset, k, f), (start as u64, kind, flags));
            }
            other => panic!("{other}"),
        }
    }
}

#[test]
fn a_frame_length_beyond_the_limit_is_refused_before_it_is_believed() {
    let dir = tempfile::tempdir().unwrap();
    let last = three_segments(dir.path()).pop().unwrap();
    let path = segment(dir.path(), last.segment);
    let mut bytes = fs::read(&path).unwrap();
    let start = last.start as usize;
    bytes[start + 8..start + 12].copy_from_slice(&u32::MAX.to_le_bytes());
    let crc = crc32fast::hash(&bytes[start..start + 36]);
    bytes[start + 36..start + 40].copy_from_slice(&crc.to_le_bytes());
    fs::write(&path, bytes).unwrap();
    let error = refusal(dir.path());
    assert_eq!(damage_place(&error), (path, last.start));
    assert!(error.to_string().contains("at most 67108864 bytes"), "{error}");
}
