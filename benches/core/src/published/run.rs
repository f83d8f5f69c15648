//! Running the workload through our engine: how fast, how late, and with how many allocations.
//!
//! One thread, no journal, no Python; ledger, fees, every filter and all events. The engine's time goes on by a
//! millisecond a command, so that the five minutes which PERCENT_PRICE looks back on are full of trades. Events are read
//! and let go after every few commands, as a runtime hands them on.

use super::background::Script;
use super::steps::{self, Facts, Kinds};
use super::{Plan, Workload};
use crate::market::TICK;
use crate::measures::{Measure, highest_us, percentiles_us, rate as rate_of, write_percentiles, write_trials};
use crate::threads::processor_time_ns;
use rialto_engine::Engine;
use rialto_types::{Command, Event};
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

/// After how many commands the events are read and let go.
const BATCH: usize = 16;
/// Room for the events of a batch, however many orders it trades with.
const EVENTS_MAX: usize = 1 << 14;
/// How far the engine's time goes on with each command.
const STEP_US: u64 = 1_000;

/// An engine with what it stated last.
pub(crate) struct Core {
    engine: Engine,
    events: Vec<Event>,
    now_us: u64,
    pub(crate) seen: Seen,
}

/// What the events of the commands so far amount to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) events: usize,
    pub(crate) refused: usize,
    pub(crate) facts: Facts,
}

impl Core {
    pub(crate) fn new() -> Core {
        Core { engine: Engine::new(), events: Vec::with_capacity(EVENTS_MAX), now_us: 0, seen: Seen::default() }
    }

    pub(crate) fn opened(commands: &[Command]) -> Core {
        let mut core = Core::new();
        commands.iter().for_each(|command| core.open(command));
        core
    }

    /// Apply a command of the opening, which must not be refused.
    pub(crate) fn open(&mut self, command: &Command) {
        self.apply(command);
        self.read();
        assert_eq!(self.seen.refused, 0, "{command:?} was refused");
    }

    pub(crate) fn run(&mut self, commands: &[Command]) {
        for batch in commands.chunks(BATCH) {
            batch.iter().for_each(|command| self.apply(command));
            self.read();
        }
    }

    fn apply(&mut self, command: &Command) {
        self.now_us += STEP_US;
        self.engine.apply(self.engine.sequence() + 1, self.now_us, command, &mut self.events);
    }

    fn read(&mut self) {
        self.seen.events += self.events.len();
        for event in &self.events {
            match event {
                Event::TradeExecuted(trade) => {
                    let lots = trade.quantity.units() / super::commands::LOT;
                    self.seen.facts.trades += 1;
                    self.seen.facts.lots += lots;
                    self.seen.facts.worth += trade.price.units() / TICK * lots;
                }
                Event::CommandRejected(_) | Event::PartRefused(_) => self.seen.refused += 1,
                _ => {}
            }
        }
        self.events.clear();
    }

    /// Check that the engine came to what the workload leads to.
    pub(crate) fn check(&self, workload: &Workload) {
        assert_eq!(self.seen.refused, 0, "commands were refused");
        assert_eq!(self.seen.facts, workload.facts, "the engine trades as the workload says");
    }
}

/// Say what the workload is made of, and how often the warm engine allocates.
pub(crate) fn summary(plan: Plan) {
    let workload = Workload::make(plan);
    let script = Script::of(&workload);
    let count = workload.measured.len() as f64;
    let case = workload.case();
    let kinds = Kinds::of(&workload.measured);
    let named = [
        ("moved", kinds.moves),
        ("placed, resting", kinds.resting),
        ("placed, immediate or cancel", kinds.immediate),
        ("placed, fill or kill", kinds.whole_or_nothing),
        ("canceled", kinds.cancels),
        ("reduced", kinds.reductions),
    ];
    for (name, number) in named {
        write_trials(&case, &format!("commands: {name}"), "%", &[number as f64 * 100.0 / count]);
    }
    let mut core = Core::opened(&script.opening);
    let before = core.seen;
    let (cold, warm) = script.measured.split_at(script.measured.len() / 2);
    core.run(cold);
    let allocated = allocation_counter::measure(|| core.run(warm));
    core.check(&workload);
    let trades = workload.facts.trades - workload.opening_facts.trades;
    write_trials(&case, "trades of a command", "", &[trades as f64 / count]);
    write_trials(&case, "events of a command", "", &[(core.seen.events - before.events) as f64 / count]);
    write_trials(&case, "orders resting at the end", "", &[workload.resting as f64]);
    write_trials(&case, "allocations in the warm half", "", &[allocated.count_total as f64]);
}

/// Commands a second. The first run only warms up.
pub(crate) fn rate(plan: Plan, trials: usize) {
    let workload = Workload::make(plan);
    let script = Script::of(&workload);
    let (mut rates, mut processor_us) = (Vec::new(), Vec::new());
    for _ in 0..=trials {
        let (rate, us) = one_rate(&workload, &script);
        rates.push(rate);
        processor_us.push(us);
    }
    let case = workload.case();
    write_trials(&case, "rialto", "commands/s", &rates[1..]);
    write_trials(&case, "rialto, processor time of a command", "us", &processor_us[1..]);
}

fn one_rate(workload: &Workload, script: &Script) -> (f64, f64) {
    let mut core = Core::opened(&script.opening);
    let (before_ns, started) = (processor_time_ns(), Instant::now());
    core.run(&script.measured);
    let (elapsed, spent_ns) = (started.elapsed(), processor_time_ns() - before_ns);
    core.check(workload);
    let count = script.measured.len();
    (rate_of(count, elapsed), spent_ns as f64 / 1_000.0 / count as f64)
}

/// Run the workload for a profiler to look at.
pub(crate) fn profile(plan: Plan, trials: usize) {
    let workload = Workload::make(plan);
    let script = Script::of(&workload);
    let rates: Vec<f64> = (0..trials).map(|_| one_rate(&workload, &script).0).collect();
    write_trials(&workload.case(), "rialto", "commands/s", &rates);
}

/// How long after its planned time each command is done, while commands come at a steady rate whatever the engine does;
/// beside it the same schedule with nothing to do, which shows the delays that are the machine's own.
pub(crate) fn latency(plan: Plan, a_second: u64, trials: usize) {
    let workload = Workload::make(plan);
    let script = Script::of(&workload);
    let (mut percentiles, mut highest, mut took) = (Vec::new(), Vec::new(), Vec::new());
    let (mut idle_percentiles, mut idle_highest) = (Vec::new(), Vec::new());
    for _ in 0..trials {
        let mut core = Core::opened(&script.opening);
        let (mut late_ns, mut took_ns) = on_schedule(&script.measured, a_second, |command| {
            core.apply(command);
            core.read();
        });
        core.check(&workload);
        took.push(percentiles_us(&mut took_ns));
        percentiles.push(percentiles_us(&mut late_ns));
        highest.push(highest_us(&late_ns));
        let (mut late_ns, _) = on_schedule(&script.measured, a_second, |command| {
            black_box(command);
        });
        idle_percentiles.push(percentiles_us(&mut late_ns));
        idle_highest.push(highest_us(&late_ns));
    }
    let case = format!("{}, {a_second} commands/s", workload.case());
    write_percentiles(&case, "rialto, done after its planned time", "us", &percentiles);
    Measure {
        case: &case,
        measure: "rialto, the latest",
        unit: "us",
        trials: &highest,
        percentiles: &[],
        baseline: "nothing to do",
        baseline_trials: &idle_highest,
    }
    .write();
    write_percentiles(&case, "rialto, one command", "us", &took);
    write_percentiles(&case, "nothing to do, after its planned time", "us", &idle_percentiles);
}

/// Do something at each planned time, or as soon after it as what came before is done. Nanoseconds from the planned time
/// to the end of each, and from the beginning to the end.
fn on_schedule(commands: &[Command], a_second: u64, mut work: impl FnMut(&Command)) -> (Vec<u32>, Vec<u32>) {
    let (mut late_ns, mut took_ns) = (Vec::with_capacity(commands.len()), Vec::with_capacity(commands.len()));
    let started = Instant::now();
    let elapsed_ns = || started.elapsed().as_nanos() as u64;
    let mut done_ns = elapsed_ns();
    for (number, command) in commands.iter().enumerate() {
        let planned_ns = number as u64 * 1_000_000_000 / a_second;
        while done_ns < planned_ns {
            std::hint::spin_loop();
            done_ns = elapsed_ns();
        }
        let begun_ns = done_ns;
        work(command);
        done_ns = elapsed_ns();
        let shortened = |ns: u64| u32::try_from(ns).unwrap_or(u32::MAX);
        late_ns.push(shortened(done_ns - planned_ns));
        took_ns.push(shortened(done_ns - begun_ns));
    }
    (late_ns, took_ns)
}

/// Write the steps for another engine, and what it must come to on standard output.
pub(crate) fn write_steps(plan: Plan, path: &Path) -> std::io::Result<()> {
    assert_eq!(plan.symbols, 1, "other engines are given one symbol");
    let workload = Workload::make(plan);
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    steps::write(&mut file, plan.users, workload.limits[0], &workload.opening, &workload.measured)?;
    let Facts { trades, lots, worth } = workload.facts;
    println!(r#"{{"trades": {trades}, "lots": {lots}, "worth": {worth}, "resting": {}}}"#, workload.resting);
    Ok(())
}
