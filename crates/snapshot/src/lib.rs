//! Snapshots on disk: files that hold a whole state, written so that a crash leaves the file before, and read so that
//! a bad one is never believed.
//!
//! Stands beside the journal and above the state: a replica writes one now and then, the runtime begins with one
//! instead of the first command. Owns one directory. A snapshot shortens a start and is never needed for one: whatever
//! is wrong with it, the journal holds everything.
//!
//! # Files
//!
//! ```text
//! snapshot-00000000000012345678.rls          the state after that sequence number
//! snapshot-00000000000012345678.rls.tmp      one whose writing was interrupted; replaced by the next writing
//! snapshot-00000000000012345678.rls.damaged  one that was found bad and set aside
//! snapshots.lock                             held (flock) by who writes one
//! ```
//!
//! # Bytes, format version 1
//!
//! Integers are little-endian.
//!
//! ```text
//!   0   8  magic "RIALTOSN"
//!   8   4  format version, 1
//!  12   8  sequence of the last command in it
//!  20   8  time of that command, microseconds since the Unix epoch
//!  28  32  state hash
//!  60  32  chain hash of the journal after that command and what stands before the next
//!  92   n  zstd stream: the state of the engine, then that of the market views, each under a version of its own
//! 92+n 32  blake3 of bytes 0..92+n
//! ```
//!
//! # Invariants
//!
//! - A file has its name only once all of it is durable: it is written under another one, synced and renamed.
//! - The two newest are kept, so that a bad one leaves another.
//! - What [`SnapshotStore::load`] returns has the state hash that was recorded.

#![forbid(unsafe_code)]

mod error;
mod file;
mod store;

pub use error::SnapshotError;
pub use file::{FORMAT_VERSION, Position};
pub use store::{KEPT, Loaded, SnapshotStore, Written};
