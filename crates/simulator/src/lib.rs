//! Fault simulation: the real runtime, journal and engine on a simulated disk and clock, in one thread, by seed.
//!
//! ```text
//!  Clients ─▶ Stepped runtime ─▶ journal ─▶ SimulatedDisk      torn, lost, flipped, full, failing, by Weather
//!     │                │                         │
//!     └───── told ─────┴──▶  Auditor  ◀─ survived ┘             every crash: what was told is there, bit for bit
//! ```
//!
//! One seed is one course of events, the same every time. A [`Finding`] is a defect: of the runtime, the journal or
//! the engine, or of what is simulated.
//!
//! # Left out on purpose
//!
//! Threads (the two halves of the runtime are interleaved step by step, which is all that channels allow), the network,
//! SQL, and disks that lie: no software survives a sync that was answered and not done, and tests use such disks to
//! show that the auditor sees it.

#![forbid(unsafe_code)]

mod auditor;
mod clients;
mod clock;
mod course;
mod damage;
mod disk;
mod frames;
mod life;
mod many;
mod pages;
mod report;
mod weather;

pub use auditor::{Auditor, Finding, Record};
pub use course::{Outcome, simulate, simulate_on};
pub use disk::{Append, Image, SimulatedDisk};
pub use many::{Summary, simulate_many};
pub use report::Report;
pub use weather::{Faults, Weather};
