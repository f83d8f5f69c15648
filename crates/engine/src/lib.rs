//! The deterministic core: commands in, events out.
//!
//! Stands between the journal, which gives each command its number and its time, and everything derived from events.
//! Owns the whole live state: assets, symbols with their books, accounts with their balances, open orders, product
//! streams. The same commands give the same events and the same state hash, on any machine, at any time.
//!
//! Invariants, held after every command: per asset all balances sum to zero; nothing is overdrawn; what is locked is
//! what open orders and product streams hold; no book is crossed. A refused command changes nothing. [`Engine::audit`]
//! recounts all of them from scratch.
//!
//! Left out on purpose: clocks, randomness, files, threads, and the spellings of any wire format.

#![forbid(unsafe_code)]

mod accounts;
mod administration;
mod admission;
mod amendment;
mod audit;
mod averages;
mod cancellation;
mod commissions;
mod course;
mod engine;
mod fingerprint;
mod liquidity;
mod list_course;
mod list_placement;
mod listing;
mod open_orders;
mod order;
mod order_lists;
mod part_hash;
mod phase;
mod placement;
mod prevention;
mod price_range;
mod queries;
mod replacement;
mod routing;
mod scale;
mod seats;
mod settlement;
mod snapshot;
mod statement;
mod streams;
mod symbols;
mod triggers;

pub use audit::Violation;
pub use engine::Engine;
pub use scale::{Rounding, Scale};
