//! The journal: a durable, append-only, hash-chained log of opaque records.
//!
//! It stands between the command queue and the core. Every command is given its sequence number and its time by the
//! owner of the journal, written here in batches, and acknowledged to nobody before [`Journal::append`] has returned.
//! The journal is the only truth; everything else can be rebuilt by reading it with a [`Reader`].
//!
//! It owns one directory: segment files, the lock file, the bytes cut from torn tails, and the list of the segments that
//! were archived elsewhere. It knows nothing of what the payloads mean, holds no clock, and starts no thread.
//!
//! # Invariants
//!
//! - Sequence numbers start at [`FIRST_SEQ`] and have no gap; times never decrease.
//! - One `append` is one write and one `fdatasync`. What an `append` has acknowledged survives any crash.
//! - A failed write or sync is final: the journal is poisoned, and nothing is retried.
//! - An unfinished frame at the very end is cut at open and kept beside the segment; damage anywhere else is refused,
//!   and then nothing on disk is changed.
//! - One process writes (a lock file says so); any number may read beside it.
//! - A closed segment is in the directory, or listed as archived and durable there, or both; never in neither.
//!
//! # Use
//!
//! ```
//! use rialto_journal::{Batch, Entry, Journal, Options, Reader};
//!
//! let dir = tempfile::tempdir()?;
//! let (mut journal, recovery) = Journal::open(dir.path(), Options::default())?;
//! let mut batch = Batch::new();
//! batch.push(recovery.next_seq, 1_700_000_000_000_000, b"place order")?;
//! journal.append(&batch)?; // Durable from here on.
//!
//! let mut reader = Reader::open(dir.path(), 1)?;
//! let first = reader.next_entry()?;
//! assert_eq!(first, Some(Entry::Command { seq: 1, time_us: 1_700_000_000_000_000, payload: b"place order" }));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Files
//!
//! ```text
//! journal.lock                              held (flock) by the writer
//! journal-00000000000000052034.rlj          a segment, named by its first sequence; the last one is being written
//! journal-00000000000000052034.rlj.torn-916 bytes cut from offset 916 of that segment when it was opened
//! archive.manifest                          the archived segments: what each holds, its hash, its file
//! archive.manifest.tmp                      a list whose writing was interrupted
//! ```
//!
//! In the archive, a directory of the operator's choice, and in journals of releases before there was one:
//!
//! ```text
//! journal-00000000000000000001.rlj.zst      a closed segment: one zstd stream of the plain file, with checksum
//! journal-00000000000000001000.rlj.zst.tmp  a copy whose writing was interrupted
//! ```
//!
//! Readers take archived segments from where the manifest says they are, so that archive and journal read as one. When
//! a segment is present in several forms, the plain file counts, then the compressed one beside it.
//!
//! # Bytes, format version 1
//!
//! Integers are little-endian; `crc32` is CRC-32/ISO-HDLC (that of zlib); `varint` is LEB128 of a `u64`, at most 10
//! bytes. A segment is a segment header and then frames, back to back, to the end of the file.
//!
//! ```text
//! segment header, 64 bytes
//!   0   8  magic "RIALTOJL"
//!   8   4  format version, 1
//!  12   8  first_seq: sequence of the first record of this segment
//!  20   8  last_time_us: time of the last entry before this segment, 0 if none
//!  28  32  chain hash before this segment: that of the previous segment's last frame, zeros if none
//!  60   4  crc32 of bytes 0..60
//!
//! frame
//!   0   4  marker "RLJF"
//!   4   2  kind: 1 batch, 2 checkpoint
//!   6   2  flags, 0
//!   8   4  n: bytes of payload, at most 64 MiB
//!  12   4  count: sequence numbers this frame uses
//!  16   8  first_seq: the next free sequence number before this frame
//!  24   8  base_time_us: microseconds since the Unix epoch
//!  32   4  crc32 of the payload
//!  36   4  crc32 of bytes 0..36
//!  40   n  payload
//! 40+n 32  chain hash: blake3(chain hash before this frame ‖ bytes 0..40+n of this frame)
//!
//! payload of a batch: `count` records; record i has the sequence first_seq + i
//!   0   4  crc32 of the record's remaining bytes
//!   4   4  m: bytes of the record's payload, at most 1 MiB
//!   8   v  varint: time of the record minus base_time_us (the time of the first record)
//! 8+v   m  the record's payload
//!
//! payload of a checkpoint (count 0): it states the state after sequence first_seq - 1, at base_time_us
//!   0  32  state hash
//! ```
//!
//! A later version may add kinds and flags and may lay out its frames anew, but keeps the segment header's 64 bytes;
//! version 1 stays readable for ever (`tests/golden` holds it to that). A reader refuses a version, kind or flag that
//! it does not know, and never skips one.

#![forbid(unsafe_code)]

mod archive;
mod backup;
mod batch;
mod disk;
mod error;
mod frame;
mod manifest;
mod opening;
mod plain_copy;
mod reader;
mod record;
mod recovery;
mod restore;
mod segment;
mod stream;
mod walk;
mod writer;

pub use archive::{Archiver, check_archive, file_hash, list_archive};
pub use backup::{BackedUp, Backup};
pub use batch::Batch;
pub use disk::{Disk, DiskFile, RealDisk};
pub use error::JournalError;
pub use frame::{Checkpoint, FRAME_PAYLOAD_BYTES_MAX, Hash};
pub use manifest::ArchivedSegment;
pub use reader::{Entry, Position, Reader};
pub use record::RECORD_BYTES_MAX;
pub use recovery::{Recovery, TornTail};
pub use restore::{Restored, restore};
pub use segment::{FIRST_SEQ, newest_segment};
pub use walk::Limit;
pub use writer::{Journal, Options, SEGMENT_BYTES_LIMIT};
