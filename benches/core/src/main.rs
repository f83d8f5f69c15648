//! Workloads that measure the core: alone, through the embedded runtime, and in memory.
//!
//! Run by the benchmarks in Python, which sum up and print; this program measures and writes one JSON object a line.
//! Every workload is made beforehand from a fixed seed, so that what is timed is the work itself, and is run beside a
//! baseline in the same process.

#![forbid(unsafe_code)]

mod core_load;
mod load;
mod market;
mod measures;
mod memory;
mod naive;
mod pipeline;
mod published;
mod recovery;
mod threads;

use load::{Load, Plan};
use std::path::PathBuf;

const USAGE: &str = "usage: rialto-benches core SYMBOLS COMMANDS TRIALS
       rialto-benches profile SYMBOLS COMMANDS TRIALS
       rialto-benches pipeline SYMBOLS COMMANDS TRIALS DIRECTORY
       rialto-benches memory orders|naive-orders|accounts|balances|symbols COUNT
       rialto-benches recovery start COMMANDS TRIALS DIRECTORY
       rialto-benches recovery state ACCOUNTS TRIALS DIRECTORY
       rialto-benches recovery latency COMMANDS CASE DIRECTORY
       rialto-benches published summary SYMBOLS USERS RESTING COMMANDS
       rialto-benches published rate|profile SYMBOLS USERS RESTING COMMANDS TRIALS
       rialto-benches published latency SYMBOLS USERS RESTING COMMANDS TRIALS RATE
       rialto-benches published steps USERS RESTING COMMANDS FILE
       rialto-benches published grow symbols|accounts|orders|levels|stops COUNT COMMANDS TRIALS
       rialto-benches published memory symbols|accounts|orders|levels|stops COUNT";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["core", symbols, commands, trials] => {
            core_load::run(&Load::make(plan(symbols, commands)), number(trials));
        }
        ["profile", symbols, commands, trials] => {
            core_load::run_engine(&Load::make(plan(symbols, commands)), number(trials));
        }
        ["pipeline", symbols, commands, trials, directory] => {
            pipeline::run(&Load::make(plan(symbols, commands)), number(trials), &PathBuf::from(directory));
        }
        ["memory", what, count] => memory::run(what, number(count)),
        ["recovery", "start", commands, trials, directory] => {
            recovery::start(&Load::make(plan("10", commands)), number(trials), &PathBuf::from(directory));
        }
        ["recovery", "state", accounts, trials, directory] => {
            recovery::state(number(accounts), number(trials), &PathBuf::from(directory));
        }
        ["recovery", "latency", commands, case, directory] => {
            recovery::latency(&Load::make(plan("1", commands)), case, &PathBuf::from(directory));
        }
        ["published", rest @ ..] => run_published(rest),
        _ => exit_with(USAGE),
    }
}

fn run_published(words: &[&str]) {
    let sized = |symbols, users, resting, commands| published::Plan {
        symbols: number(symbols) as u32,
        users: number(users) as u32,
        resting: number(resting),
        commands: number(commands),
    };
    match *words {
        ["summary", symbols, users, resting, commands] => {
            published::summary(sized(symbols, users, resting, commands));
        }
        ["rate", symbols, users, resting, commands, trials] => {
            published::rate(sized(symbols, users, resting, commands), number(trials));
        }
        ["profile", symbols, users, resting, commands, trials] => {
            published::profile(sized(symbols, users, resting, commands), number(trials));
        }
        ["latency", symbols, users, resting, commands, trials, a_second] => {
            let plan = sized(symbols, users, resting, commands);
            published::latency(plan, number(a_second) as u64, number(trials));
        }
        ["steps", users, resting, commands, file] => {
            let written = published::write_steps(sized("1", users, resting, commands), &PathBuf::from(file));
            written.unwrap_or_else(|error| exit_with(&format!("{file}: {error}")));
        }
        ["grow", what, count, commands, trials] => {
            let count = count.parse().unwrap_or_else(|_| exit_with(USAGE));
            published::grow(sized("1", "1000", "1000", commands), what, count, number(trials));
        }
        ["memory", what, count] => published::grow_memory(what, number(count) as u32),
        _ => exit_with(USAGE),
    }
}

fn plan(symbols: &str, commands: &str) -> Plan {
    Plan { symbols: number(symbols) as u32, commands: number(commands), ..Plan::default() }
}

fn number(text: &str) -> usize {
    match text.parse() {
        Ok(number) if number > 0 => number,
        _ => exit_with(&format!("{text:?} is not a number above 0\n{USAGE}")),
    }
}

fn exit_with(message: &str) -> ! {
    eprintln!("{message}");
    std::process::exit(2);
}
