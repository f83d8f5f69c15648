//! `rialto-simulator --seed N` repeats one simulation and tells it; `--seeds N [--from M]` runs many on all cores.

use rialto_simulator::{Outcome, Summary, simulate, simulate_many};
use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

/// Progress is told every so many simulations.
const PROGRESS_SEEDS: u64 = 100;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut numbers = BTreeMap::new();
    for pair in arguments.chunks(2) {
        match pair {
            [name, value] if value.parse::<u64>().is_ok() => numbers.insert(name.as_str(), value.parse().unwrap_or(0)),
            _ => return usage(),
        };
    }
    match (numbers.get("--seed"), numbers.get("--seeds")) {
        (Some(&seed), None) => tell(seed),
        (None, Some(&count)) => tell_many(numbers.get("--from").copied().unwrap_or(1), count),
        _ => usage(),
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: rialto-simulator --seed NUMBER | --seeds COUNT [--from NUMBER]");
    ExitCode::from(2)
}

/// Run one seed and tell its course.
fn tell(seed: u64) -> ExitCode {
    let Outcome { report, finding, diary } = simulate(seed);
    println!("seed {seed}");
    diary.iter().for_each(|line| println!("  {line}"));
    print!("{report}");
    match finding {
        None => ExitCode::SUCCESS,
        Some(finding) => {
            println!("FAILED: {finding}");
            ExitCode::FAILURE
        }
    }
}

/// Run `count` seeds from `first` on, on all cores.
fn tell_many(first: u64, count: u64) -> ExitCode {
    let Summary { report, failed } = simulate_many(first..first + count, |done| progress(done, count));
    println!("seeds          {count}, from {first} on; {} failed", failed.len());
    print!("{report}");
    for (seed, what) in &failed {
        println!("FAILED: seed {seed}: {what}\n  repeat it: make simulate SEED={seed}");
    }
    if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn progress(done: u64, count: u64) {
    let mut terminal = std::io::stderr();
    if terminal.is_terminal() && (done.is_multiple_of(PROGRESS_SEEDS) || done == count) {
        let end = if done == count { "\n" } else { "" };
        // A terminal that is gone is no reason to stop.
        let _ = write!(terminal, "\r  {done} of {count} seeds{end}");
    }
}
