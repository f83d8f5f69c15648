//! Commands per second on one thread: the engine alone, beside the plain one.

use crate::load::Load;
use crate::measures::{Measure, percentiles_us, rate, write_percentiles, write_trials};
use crate::naive::{Exchange, Fact};
use crate::threads::processor_time_ns;
use rialto_engine::Engine;
use rialto_types::Event;
use std::time::Instant;

/// After how many commands the events are let go, as the runtime does after a batch.
const BATCH: usize = 256;

/// Measure both engines on one load, trial by trial in turn, so that both meet the same disturbances.
pub(crate) fn run(load: &Load, trials: usize) {
    let case = load.case();
    let (mut rates, mut plain_rates, mut percentiles) = (Vec::new(), Vec::new(), Vec::new());
    let (mut processor_us, mut plain_processor_us) = (Vec::new(), Vec::new());
    for _ in 0..trials {
        let (rate, us) = engine_rate(load);
        rates.push(rate);
        processor_us.push(us);
        let (rate, us) = plain_rate(load);
        plain_rates.push(rate);
        plain_processor_us.push(us);
        percentiles.push(percentiles_us(&mut engine_latencies(load)));
    }
    Measure {
        case: &case,
        measure: "engine",
        unit: "commands/s",
        trials: &rates,
        percentiles: &[],
        baseline: "plain engine",
        baseline_trials: &plain_rates,
    }
    .write();
    Measure {
        case: &case,
        measure: "engine, processor time of a command",
        unit: "us",
        trials: &processor_us,
        percentiles: &[],
        baseline: "plain engine",
        baseline_trials: &plain_processor_us,
    }
    .write();
    write_percentiles(&case, "engine, one command", "us", &percentiles);
    write_trials(&case, "events of a command", "", &[load.events as f64 / load.commands.len() as f64]);
    write_trials(&case, "trades of a command", "", &[load.trades as f64 / load.commands.len() as f64]);
}

/// Run the engine without its baseline, for a profiler to look at.
pub(crate) fn run_engine(load: &Load, trials: usize) {
    let figures: Vec<(f64, f64)> = (0..trials).map(|_| engine_rate(load)).collect();
    let (rates, processor_us): (Vec<f64>, Vec<f64>) = figures.into_iter().unzip();
    write_trials(&load.case(), "engine", "commands/s", &rates);
    write_trials(&load.case(), "engine, processor time of a command", "us", &processor_us);
}

/// An engine in the state in which the measured commands begin.
pub(crate) fn opened(load: &Load) -> Engine {
    let mut engine = Engine::new();
    let mut events = Vec::new();
    for command in &load.opening {
        let sequence = engine.sequence() + 1;
        engine.apply(sequence, sequence, command, &mut events);
        events.clear();
    }
    engine
}

/// Commands a second, and microseconds on the processor of a command: less easily disturbed by other work.
fn engine_rate(load: &Load) -> (f64, f64) {
    let mut engine = opened(load);
    let mut events = Vec::with_capacity(BATCH * 16);
    let mut trades = 0;
    let mut sequence = engine.sequence();
    let (before_ns, started) = (processor_time_ns(), Instant::now());
    for batch in load.commands.chunks(BATCH) {
        for command in batch {
            sequence += 1;
            engine.apply(sequence, sequence, command, &mut events);
        }
        trades += events.iter().filter(|event| matches!(event, Event::TradeExecuted(_))).count();
        events.clear();
    }
    let (elapsed, spent_ns) = (started.elapsed(), processor_time_ns() - before_ns);
    assert_eq!(trades, load.trades, "the same load leads to the same trades");
    (rate(load.commands.len(), elapsed), spent_ns as f64 / 1_000.0 / load.commands.len() as f64)
}

/// Nanoseconds of each command. Reading the clock twice a command is part of them.
fn engine_latencies(load: &Load) -> Vec<u32> {
    let mut engine = opened(load);
    let mut events = Vec::with_capacity(BATCH * 16);
    let mut nanoseconds = Vec::with_capacity(load.commands.len());
    let mut sequence = engine.sequence();
    for batch in load.commands.chunks(BATCH) {
        for command in batch {
            sequence += 1;
            let started = Instant::now();
            engine.apply(sequence, sequence, command, &mut events);
            nanoseconds.push(started.elapsed().as_nanos() as u32);
        }
        events.clear();
    }
    nanoseconds
}

fn plain_rate(load: &Load) -> (f64, f64) {
    let mut exchange = Exchange::default();
    let mut facts = Vec::with_capacity(BATCH * 16);
    for command in &load.opening {
        exchange.apply(0, command, &mut facts);
        facts.clear();
    }
    let mut trades = 0;
    let (before_ns, started) = (processor_time_ns(), Instant::now());
    for batch in load.commands.chunks(BATCH) {
        for command in batch {
            exchange.apply(0, command, &mut facts);
        }
        trades += facts.iter().filter(|fact| matches!(fact, Fact::Traded { .. })).count();
        facts.clear();
    }
    let (elapsed, spent_ns) = (started.elapsed(), processor_time_ns() - before_ns);
    assert_eq!(trades, load.trades, "the plain engine trades as the other does");
    (rate(load.commands.len(), elapsed), spent_ns as f64 / 1_000.0 / load.commands.len() as f64)
}
