//! What a command costs while the exchange grows around it, and what the growth takes of memory.

use super::background::{Background, open};
use super::run::Core;
use super::{Plan, Workload};
use crate::measures::{rate, write_trials};
use crate::memory::resident_bytes;
use std::time::Instant;

/// Run the workload, cut into trials, beside a background. The first cut only warms up.
pub(crate) fn grow(plan: Plan, what: &str, count: u32, trials: usize) {
    let (workload, mut core, commands) = prepared(plan, background(what, count));
    let cut = commands.len() / (trials + 1);
    let mut rates = Vec::new();
    for commands in commands.chunks(cut).take(trials + 1) {
        let started = Instant::now();
        core.run(commands);
        rates.push(rate(commands.len(), started.elapsed()));
    }
    core.run(&commands[cut * (trials + 1)..]);
    core.check(&workload);
    write_trials(&format!("{count} more {what}"), "rialto", "commands/s", &rates[1..]);
}

/// Resident bytes of each thing of the background.
pub(crate) fn grow_memory(what: &str, count: u32) {
    let before = resident_bytes();
    let plan = Plan { symbols: 1, users: 1_000, resting: 1_000, commands: 1_000 };
    let prepared = prepared(plan, background(what, count));
    let bytes = resident_bytes() - before;
    drop(prepared);
    let case = format!("{count} more {what}");
    write_trials(&case, "resident, of each", "B", &[bytes as f64 / f64::from(count)]);
    write_trials(&case, "resident, of all", "MB", &[bytes as f64 / 1e6]);
}

fn prepared(plan: Plan, background: Background) -> (Workload, Core, Vec<rialto_types::Command>) {
    let workload = Workload::make(plan);
    let mut core = Core::new();
    let commands = open(&workload, background, |command| core.open(&command));
    (workload, core, commands)
}

fn background(what: &str, count: u32) -> Background {
    let none = Background::default();
    match what {
        "symbols" => Background { symbols: count, ..none },
        "accounts" => Background { accounts: count, ..none },
        "orders" => Background { orders: count, ..none },
        "levels" => Background { levels: count, ..none },
        "stops" => Background { stops: count, ..none },
        _ => {
            eprintln!("there are symbols, accounts, orders, levels and stops, not {what:?}");
            std::process::exit(2);
        }
    }
}
