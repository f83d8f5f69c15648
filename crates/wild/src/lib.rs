//! Random streams of every command there is, under random rules, with stops near the market, icebergs, pegs, lists,
//! replacements, settings and pools.
//!
//! The engine's tests and the fault simulation draw from it; nothing that runs an exchange depends on it. It makes
//! commands and applies none: who does, tells it which orders are open, so that some commands hit.

#![forbid(unsafe_code)]

mod commands;
mod lists;
mod orders;
mod rules;
mod turns;

pub use commands::{FIRST_ACCOUNT, limit, list_symbol, open_account, open_spec, post, register_asset};
use proptest::prelude::*;
use rialto_types::Command;
pub use rules::founding;
pub use turns::{Turn, turn};

/// How many people there are; their accounts follow on those of the house.
pub const PEOPLE: u32 = 3;

const ASSETS: u32 = 3;
const SYMBOLS: u32 = 3;

/// What is founded, and what then happens.
pub fn stream(turns: std::ops::Range<usize>) -> impl Strategy<Value = (Vec<Command>, Vec<Turn>)> {
    (founding(), prop::collection::vec(turn(), turns))
}
