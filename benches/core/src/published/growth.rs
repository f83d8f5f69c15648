//! What a command costs while the exchange grows around it, and what the growth takes of memory.

use super::background::{Background, open};
use super::run::Core;
use super::{Plan, Workload};
use crate::measures::{Measure, rate, write_trials};
use crate::memory::resident_bytes;
use crate::threads::processor_time_ns;
use rialto_types::Command;
use std::time::Duration;

/// Run the workload, cut into trials, beside a background and, taking turns with that, beside nothing. The first cut only
/// warms up. Counted is time on the processor, which other work disturbs less than time passed.
pub(crate) fn grow(plan: Plan, what: &str, count: u32, trials: usize) {
    let grown = prepared(plan, background(what, count));
    let alone = prepared(plan, Background::default());
    let mut rates = [Vec::new(), Vec::new()];
    let cut = grown.commands.len() / (trials + 1);
    let mut exchanges = [grown, alone];
    for trial in 0..=trials {
        for (exchange, rates) in exchanges.iter_mut().zip(&mut rates) {
            let commands = &exchange.commands[trial * cut..(trial + 1) * cut];
            let before_ns = processor_time_ns();
            exchange.core.run(commands);
            rates.push(rate(cut, Duration::from_nanos(processor_time_ns() - before_ns)));
        }
    }
    for exchange in &mut exchanges {
        exchange.core.run(&exchange.commands[(trials + 1) * cut..]);
        exchange.core.check(&exchange.workload);
    }
    Measure {
        case: &format!("{count} more {what}"),
        measure: "rialto, by time on the processor",
        unit: "commands/s",
        trials: &rates[0][1..],
        percentiles: &[],
        baseline: "nothing more",
        baseline_trials: &rates[1][1..],
    }
    .write();
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

/// An exchange before the measured commands.
struct Prepared {
    workload: Workload,
    core: Core,
    commands: Vec<Command>,
}

fn prepared(plan: Plan, background: Background) -> Prepared {
    let workload = Workload::make(plan);
    let mut core = Core::new();
    let commands = open(&workload, background, |command| core.open(&command));
    Prepared { workload, core, commands }
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
