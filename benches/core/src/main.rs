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
mod threads;

use load::{Load, Plan};
use std::path::PathBuf;

const USAGE: &str = "usage: rialto-benches core SYMBOLS COMMANDS TRIALS
       rialto-benches profile SYMBOLS COMMANDS TRIALS
       rialto-benches pipeline SYMBOLS COMMANDS TRIALS DIRECTORY
       rialto-benches memory orders|naive-orders|accounts|balances|symbols COUNT";

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
