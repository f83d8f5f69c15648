//! A price-time priority order book that knows nothing of accounts.
//!
//! Stands under the engine, which matches and pays. Owns the resting orders of one symbol as prices in ticks and
//! quantities in lots, each with an opaque tag of the engine's. Invariants: within a level orders stand in order of
//! arrival; a level's total is the sum of its orders; an empty level does not exist; the best price of a side is
//! known without search. Nothing here allocates once its slabs are warm.
//!
//! Left out on purpose: crossing. The engine trades first and lets only the rest stand; [`Book::is_crossed`] is for
//! audits.

#![forbid(unsafe_code)]

mod book;
mod ladder;
mod levels;
mod orders;

pub use book::{Book, LevelView, OrderSlot, Removed, Resting};

#[cfg(test)]
mod tests;
