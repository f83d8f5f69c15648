//! The embedded runtime: a bounded queue, the journal and the core in one process.
//!
//! ```text
//!  submit ─▶ bounded queue ─▶ core thread ─▶ journal thread ─▶ outputs ─▶ drain
//!                             number, time,   one write and      a byte in the pipe
//!                             encode, apply   fdatasync, then    wakes the reader
//!                                             market views
//! ```
//!
//! The core thread works on the next batch while the journal thread makes the last one durable; nothing reaches the
//! outputs before it is durable. Queries take the same way, so that an answer never shows what could still be lost.
//! Whatever was submitted and not yet drained counts against one limit, so no queue in here grows without bound.
//!
//! Both halves are plain state machines. [`Runtime`] drives them on two threads, [`Stepped`] in the caller's, one step
//! at a time, on whatever disk and clock it is given: a simulation runs the very code that an exchange runs.
//!
//! This crate holds the clock and the threads that the deterministic crates do without. A failed write is final: the
//! runtime stops, says why, and must be opened again.

#![forbid(unsafe_code)]

mod core_thread;
mod error;
mod follower;
mod input;
mod journal_thread;
mod measured_disk;
mod opening;
mod ordered;
mod outputs;
mod released;
mod replay;
mod replica;
mod runtime;
mod start;
mod stepped;
mod telling;
mod verify;

pub use error::{OpenError, ReplayError, ReplicaError, SnapshotTaken, SubmitError};
pub use follower::{FollowError, Follower};
pub use input::{Clock, TimeSource, WallTime};
pub use measured_disk::{SYNC_BOUNDS_US, SyncFigures};
pub use ordered::OrderedInput;
pub use released::encode_value;
pub use replay::{Progress, Replayed, replay, replay_on};
pub use replica::{Advanced, Replica, take_snapshot};
pub use runtime::{Options, Runtime};
pub use start::Start;
pub use stepped::Stepped;
pub use telling::{MessageError, Told, tell_again};
pub use verify::{Report, verify};
