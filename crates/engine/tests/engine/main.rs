//! The deterministic engine, held to its rules: by tables a trader can read, by invariants on random commands, and by
//! a plain reference engine beside it.

mod exchange;
mod scenarios;
mod script;
