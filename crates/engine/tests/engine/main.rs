//! The deterministic engine, held to its rules: by tables a trader can read, by invariants on random commands, and by
//! a plain reference engine beside it.

mod agrees_with_reference;
mod broken_bytes;
mod exchange;
mod properties;
mod random;
mod reach;
mod reference;
mod scenarios;
mod script;
mod snapshot;
mod state_hash;
mod wild;
