//! The embedded runtime: queue, core thread, journal with fdatasync, release, drained by the thread that submits.
//!
//! Two questions: how many commands a second go through when the submitter keeps as many under way as it may, and how
//! long a command takes from the moment it was planned to be sent to the moment its outcome is drained, at a fixed
//! offered rate. The baseline is the journal alone, given the same bytes in batches of the same size.

use crate::load::Load;
use crate::measures::{Measure, percentiles_us, rate, write_percentiles, write_trials};
use crate::threads::processor_times_ns;
use rialto_journal::{Batch, Journal};
use rialto_runtime::{Options, Progress, Runtime, SubmitError};
use rialto_types::{Command, codec};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How many commands are under way at most when the pipeline is saturated: two full batches.
const WINDOW: usize = 8_192;
/// Commands a second offered when latency is measured, and for how long at most.
const OFFERED_PER_SECOND: usize = 100_000;
const OFFERED_COMMANDS_MAX: usize = 300_000;

/// Measure the pipeline on one load.
pub(crate) fn run(load: &Load, trials: usize, directory: &Path) {
    let case = load.case();
    let mut runs = Vec::new();
    let (mut journal_rates, mut percentiles, mut journal_bytes) = (Vec::new(), Vec::new(), 0.0);
    for trial in 0..trials {
        let place = |name: &str| directory.join(format!("{name}-{}-{trial}", load.plan.symbols));
        let saturated = Pipeline::open(load, place("saturated")).saturate(&load.commands);
        let batch = (saturated.commands / saturated.batches).max(1);
        let (journal_rate, bytes) = journal_alone(load, batch, &place("journal"));
        journal_rates.push(journal_rate);
        journal_bytes = bytes;
        let offered = &load.commands[..load.commands.len().min(OFFERED_COMMANDS_MAX)];
        percentiles
            .push(percentiles_us(&mut Pipeline::open(load, place("offered")).offer_at(OFFERED_PER_SECOND, offered)));
        runs.push(saturated);
    }
    let each = |figure: fn(&Saturated) -> f64| runs.iter().map(figure).collect::<Vec<f64>>();
    Measure {
        case: &case,
        measure: "pipeline, saturated",
        unit: "commands/s",
        trials: &each(|run| rate(run.commands, run.elapsed)),
        percentiles: &[],
        baseline: "journal alone",
        baseline_trials: &journal_rates,
    }
    .write();
    let offered = format!("submission to release at {OFFERED_PER_SECOND}/s");
    write_percentiles(&case, &offered, "us", &percentiles);
    write_trials(&case, "core thread, processor time of a command", "us", &each(|run| run.core_us));
    write_trials(&case, "journal thread, processor time of a command", "us", &each(|run| run.journal_us));
    write_trials(&case, "commands of a batch", "", &each(|run| run.commands as f64 / run.batches as f64));
    write_trials(&case, "journalled bytes of a command", "B", &[journal_bytes]);
}

/// What one saturated run came to.
struct Saturated {
    commands: usize,
    batches: usize,
    elapsed: Duration,
    core_us: f64,
    journal_us: f64,
}

/// An empty journal replays nothing.
pub(crate) struct Empty;

impl Progress for Empty {
    fn outcomes(&mut self, _: Vec<u8>) -> Result<(), String> {
        Ok(())
    }

    fn reached(&mut self, _: u64) -> Result<(), String> {
        Ok(())
    }
}

pub(crate) struct Pipeline {
    runtime: Runtime,
    directory: PathBuf,
    submitted: usize,
    released: usize,
    batches: usize,
}

impl Pipeline {
    /// Open a runtime on an empty journal and bring it to the state in which the measured commands begin.
    fn open(load: &Load, directory: PathBuf) -> Pipeline {
        Pipeline::open_with(load, directory, Options::default())
    }

    pub(crate) fn open_with(load: &Load, directory: PathBuf, options: Options) -> Pipeline {
        let runtime = Runtime::open(&directory, options, 1, &mut Empty).expect("an empty journal opens");
        let mut pipeline = Pipeline { runtime, directory, submitted: 0, released: 0, batches: 0 };
        pipeline.submit_all(&load.opening);
        pipeline.batches = 0;
        pipeline
    }

    fn saturate(mut self, commands: &[Command]) -> Saturated {
        let commands = commands.to_vec();
        let count = commands.len();
        let before = processor_times_ns();
        let started = Instant::now();
        for command in commands {
            self.submit(command);
        }
        self.drain_to(0);
        let elapsed = started.elapsed();
        let after = processor_times_ns();
        let spent = |thread: &str| {
            let [from, to] = [&before, &after].map(|times| times.get(thread).copied().unwrap_or_default());
            to.saturating_sub(from) as f64 / 1_000.0 / count as f64
        };
        let (core_us, journal_us) = (spent("core"), spent("journal"));
        Saturated { commands: count, batches: self.batches, elapsed, core_us, journal_us }
    }

    /// Nanoseconds from the planned sending of each command to the draining of its outcome.
    pub(crate) fn offer_at(mut self, per_second: usize, commands: &[Command]) -> Vec<u32> {
        let interval_ns = 1_000_000_000 / per_second as u64;
        let mut nanoseconds = Vec::with_capacity(commands.len());
        let first_released = self.released;
        let mut waiting = commands.iter().cloned().zip(0u64..).peekable();
        let started = Instant::now();
        while nanoseconds.len() < commands.len() {
            let now_ns = started.elapsed().as_nanos() as u64;
            while let Some((command, _)) = waiting.next_if(|(_, number)| number * interval_ns <= now_ns) {
                self.submit(command);
            }
            let until_next = waiting.peek().map(|(_, number)| number * interval_ns);
            self.wait(until_next.map(|at_ns| Duration::from_nanos(at_ns.saturating_sub(now_ns))));
            self.drain();
            let drained_ns = started.elapsed().as_nanos() as u64;
            for number in nanoseconds.len()..self.released - first_released {
                nanoseconds.push((drained_ns - number as u64 * interval_ns) as u32);
            }
        }
        nanoseconds
    }

    fn submit_all(&mut self, commands: &[Command]) {
        for command in commands {
            self.submit(command.clone());
        }
        self.drain_to(0);
    }

    fn submit(&mut self, command: Command) {
        if self.submitted - self.released >= WINDOW {
            self.drain_to(WINDOW / 2);
        }
        match self.runtime.submit(self.submitted as u64, command, None) {
            Ok(()) => self.submitted += 1,
            Err(SubmitError::Busy { .. }) => unreachable!("the window is smaller than the queue"),
            Err(error) => panic!("{error}"),
        }
    }

    /// Drain until at most so many are under way.
    fn drain_to(&mut self, under_way: usize) {
        while self.submitted - self.released > under_way {
            self.wait(None);
            self.drain();
        }
    }

    /// Wait until something can be drained, or for so long.
    fn wait(&self, at_most: Option<Duration>) {
        let timeout = at_most.and_then(|duration| Timespec::try_from(duration).ok());
        let mut pipe = [PollFd::new(self.runtime.wake_pipe(), PollFlags::IN)];
        poll(&mut pipe, timeout.as_ref()).expect("the runtime's pipe can be polled");
    }

    fn drain(&mut self) {
        for chunk in self.runtime.drain() {
            // An array of things: marker, then their number in four bytes.
            let count = chunk[1..5].try_into().expect("a chunk has a head of five bytes");
            self.released += u32::from_be_bytes(count) as usize;
            self.batches += 1;
        }
        assert!(self.runtime.failure().is_none(), "{:?}", self.runtime.failure());
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        self.runtime.close();
        // What is left behind lies in a directory that whoever started this removes.
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

/// Records a second through the journal alone, and the bytes of one.
fn journal_alone(load: &Load, batch_commands: usize, directory: &Path) -> (f64, f64) {
    let mut records = Vec::new();
    for command in &load.commands {
        let mut record = Vec::new();
        codec::encode(command, &mut record);
        records.push(record);
    }
    let options = rialto_journal::Options::default();
    let (mut journal, recovery) = Journal::open(directory, options).expect("an empty journal opens");
    let mut batch = Batch::new();
    let mut sequence = recovery.next_seq;
    let mut bytes = 0;
    let started = Instant::now();
    for chunk in records.chunks(batch_commands) {
        for record in chunk {
            batch.push(sequence, sequence, record).expect("the records follow one another");
            sequence += 1;
        }
        bytes += batch.bytes();
        journal.append(&batch).expect("the disk takes what is appended");
        batch.clear();
    }
    let elapsed = started.elapsed();
    journal.close().expect("the journal closes");
    // Nothing of it is needed any more; the caller removes what cannot be removed here.
    let _ = std::fs::remove_dir_all(directory);
    (rate(records.len(), elapsed), bytes as f64 / records.len() as f64)
}
