//! The course of one simulation: a process opens the journal, lives for a while, ends badly or well, and so on.
//!
//! Everything is drawn from the seed: what clients do, which half of the runtime goes on, which operation fails, how a
//! life ends. What comes of it is held to account by the [`Auditor`].

use crate::auditor::{Auditor, Finding, Record};
use crate::clients::Clients;
use crate::clock::SimulatedClock;
use crate::disk::SimulatedDisk;
use crate::frames::Frames;
use crate::report::Report;
use crate::weather::Weather;
use fastrand::Rng;
use rialto_journal::{Disk, Entry, Journal, Reader};
use rialto_runtime::{Clock, OpenError, Options, Progress, Stepped};
use rialto_snapshot::SnapshotStore;
use std::path::{Path, PathBuf};

/// Where the journal stands on the simulated disk.
pub(crate) const DIRECTORY: &str = "/journal";
/// Where snapshots stand beside it.
pub(crate) const SNAPSHOTS: &str = "/snapshots";
/// How often a start is tried on a failing disk before the weather clears.
const UNLUCKY_STARTS_MAX: u32 = 4;

/// One simulation under way. The runtime sees the disk as `mount` shows it.
pub(crate) struct Course<D: Disk> {
    pub(crate) chance: Rng,
    pub(crate) disk: SimulatedDisk,
    pub(crate) mounted: D,
    pub(crate) clock: SimulatedClock,
    pub(crate) clients: Clients,
    pub(crate) auditor: Auditor,
    pub(crate) frames: Frames,
    pub(crate) options: Options,
    pub(crate) report: Report,
    pub(crate) next_ticket: u64,
    /// What happened, a line each.
    pub(crate) diary: Vec<String>,
}

/// A runtime on the simulated disk.
pub(crate) type Live<D> = Stepped<D, SimulatedClock>;

/// Collects what a replay tells.
#[derive(Default)]
struct Outcomes(Vec<Vec<u8>>);

impl Progress for Outcomes {
    fn outcomes(&mut self, chunk: Vec<u8>) -> Result<(), String> {
        self.0.push(chunk);
        Ok(())
    }

    fn reached(&mut self, _sequence: u64) -> Result<(), String> {
        Ok(())
    }
}

/// What one simulation came to.
pub struct Outcome {
    /// Its counts.
    pub report: Report,
    /// What should not have happened, if it did.
    pub finding: Option<Finding>,
    /// What happened, a line each.
    pub diary: Vec<String>,
}

/// Run the simulation of a seed on a disk that is seen as it is.
pub fn simulate(seed: u64) -> Outcome {
    simulate_on(seed, |disk| disk)
}

/// Run the simulation of a seed; the runtime sees the disk as `mount` shows it.
pub fn simulate_on<D: Disk>(seed: u64, mount: impl FnOnce(SimulatedDisk) -> D) -> Outcome {
    let mut chance = Rng::with_seed(seed);
    let disk = SimulatedDisk::new(chance.fork());
    let options = Options {
        queue_capacity: chance.usize(4..200),
        batch_max: chance.usize(1..40),
        checkpoint_commands: chance.u64(1..150),
        clock: Clock::Wall,
        snapshots: Some(PathBuf::from(SNAPSHOTS)),
        journal: rialto_journal::Options { segment_bytes_max: chance.u64(1_000..40_000), verify_from_seq: 0 },
    };
    let mut course = Course {
        chance,
        mounted: mount(disk.clone()),
        disk,
        clock: SimulatedClock::new(),
        clients: Clients::new(seed),
        auditor: Auditor::default(),
        frames: Frames::default(),
        options,
        report: Report { seeds: 1, ..Report::default() },
        next_ticket: 1,
        diary: Vec::new(),
    };
    let finding = course.run().err();
    course.report.faults = course.disk.faults();
    Outcome { report: course.report, finding, diary: course.diary }
}

impl<D: Disk> Course<D> {
    fn run(&mut self) -> Result<(), Finding> {
        for _ in 0..self.chance.u32(3..10) {
            if self.chance.u8(..3) == 0 {
                self.damage()?;
            }
            let mut live = self.start()?;
            if self.chance.bool() {
                drop(live);
                live = self.start_from_snapshot()?;
            }
            if self.chance.bool() && !self.take_snapshot(&live) {
                drop(live);
                self.end_process();
                continue;
            }
            self.live(live)?;
        }
        self.disk.make_room();
        let mut live = self.start_in_calm(None)?.map_err(|error| refused(&error))?;
        live.close();
        self.closed(&live)?;
        drop(live);
        let live = self.start_in_calm(None)?.map_err(|error| refused(&error))?;
        self.report.sequence = live.engine().sequence();
        self.report.state = live.engine().state_hash_text();
        Ok(())
    }

    /// Start a process, again and again while the disk is in the way.
    fn start(&mut self) -> Result<Live<D>, Finding> {
        for attempt in 0.. {
            let is_lucky = attempt >= UNLUCKY_STARTS_MAX || self.chance.bool();
            if is_lucky {
                self.disk.make_room();
                break;
            }
            let weather = self.weather();
            self.disk.set_weather(Weather { failed_read: 100, short_read: 500, ..weather });
            self.disk.set_death(if self.chance.bool() { Some(self.chance.u64(..12)) } else { None });
            let before = self.disk.faults();
            match self.open(1) {
                Ok((live, outcomes)) => {
                    self.settle();
                    self.recovered(&live, &outcomes, None)?;
                    return Ok(live);
                }
                Err(error) => {
                    let is_dead = self.disk.is_dead();
                    self.diary.push(format!("did not start: {error}"));
                    if !is_dead && self.disk.faults() == before && !self.disk.is_full() {
                        return Err(refused(&error));
                    }
                    if is_dead {
                        self.end_process();
                    } else {
                        self.report.failures += 1;
                        self.disk.restart_process();
                    }
                }
            }
        }
        self.start_in_calm(None)?.map_err(|error| refused(&error))
    }

    /// Start a process while nothing fails; what the open itself says is the inner result.
    pub(crate) fn start_in_calm(&mut self, may_end_before: Option<u64>) -> Result<Result<Live<D>, OpenError>, Finding> {
        self.settle();
        self.disk.make_room();
        match self.open(1) {
            Ok((live, outcomes)) => self.recovered(&live, &outcomes, may_end_before).map(|()| Ok(live)),
            Err(error) => Ok(Err(error)),
        }
    }

    /// Start again from the newest sound snapshot, if there is one: to the same state.
    fn start_from_snapshot(&mut self) -> Result<Live<D>, Finding> {
        self.settle();
        let (live, _) = self.open(u64::MAX).map_err(|error| refused(&error))?;
        let engine = live.engine();
        self.report.from_snapshots += u64::from(live.start().snapshot.is_some());
        self.diary.push(format!("started again from snapshot {:?}", live.start().snapshot));
        self.auditor.resumes(engine.sequence(), engine.state_hash())?;
        Ok(live)
    }

    /// Write a snapshot of the state that was just come to; false when the process died of it.
    fn take_snapshot(&mut self, live: &Live<D>) -> bool {
        let Some(chain) = live.journal().map(Journal::chain_hash) else { return true };
        let weather = self.weather();
        self.disk.set_weather(weather);
        let death = (self.chance.u8(..3) == 0).then(|| self.chance.u64(..8));
        self.disk.set_death(death);
        let store = SnapshotStore::on(self.mounted.clone(), Path::new(SNAPSHOTS));
        // A snapshot that cannot be written concerns no command.
        let _ = live.with_views(|views| store.write(live.engine(), views, chain));
        self.disk.make_room();
        !self.disk.is_dead()
    }

    fn settle(&self) {
        self.disk.set_weather(Weather::CALM);
        self.disk.set_death(None);
    }

    fn open(&self, outcomes_from: u64) -> Result<(Live<D>, Vec<Vec<u8>>), OpenError> {
        let mut outcomes = Outcomes::default();
        let (disk, clock) = (self.mounted.clone(), self.clock.clone());
        let live = Stepped::open(disk, Path::new(DIRECTORY), &self.options, clock, outcomes_from, &mut outcomes)?;
        Ok((live, outcomes.0))
    }

    fn recovered(&mut self, live: &Live<D>, outcomes: &[Vec<u8>], may_end_before: Option<u64>) -> Result<(), Finding> {
        let records = self.records().map_err(|error| refused(&error))?;
        let engine = live.engine();
        let sequence = engine.sequence();
        self.diary
            .push(format!("started at {sequence}{}", if live.recovery().cut.is_some() { ", a tail cut" } else { "" }));
        self.report.recoveries += 1;
        self.report.cuts += u64::from(live.recovery().cut.is_some());
        if sequence < self.auditor.acknowledged() && may_end_before == Some(sequence + 1) {
            self.report.excepted += 1;
        }
        self.auditor.recovered(&records, outcomes, engine.state_hash(), may_end_before)?;
        engine.audit().map_err(|violation| Finding::Unsound { sequence, violation: violation.to_string() })?;
        self.clients.resume(sequence);
        self.disk.take_appends();
        Ok(())
    }

    /// Every record of the journal, as another process reads it.
    fn records(&self) -> Result<Vec<Record>, rialto_journal::JournalError> {
        let mut reader = Reader::open_on(self.disk.clone(), Path::new(DIRECTORY), 1)?;
        let mut records = Vec::new();
        while let Some(entry) = reader.next_entry()? {
            if let Entry::Command { seq, time_us, payload } = entry {
                records.push(Record { sequence: seq, time_us, command: payload.to_vec() });
            }
        }
        Ok(records)
    }

    /// Calm for one life in two; otherwise anything may fail, now and then or, in a storm, often.
    pub(crate) fn weather(&mut self) -> Weather {
        let most = match self.chance.u8(..8) {
            0..4 => return Weather { short_read: 300, ..Weather::CALM },
            4..7 => 400,
            _ => 4_000,
        };
        let mut rate = || if self.chance.bool() { self.chance.u32(..most) } else { 0 };
        Weather {
            failed_write: rate(),
            failed_sync: rate(),
            failed_change: rate(),
            full: rate() / 4,
            failed_read: 0,
            short_read: 300,
        }
    }

    /// End the process, by a power cut or by itself, and let another begin.
    pub(crate) fn end_process(&mut self) {
        self.auditor.crashed();
        if self.chance.bool() {
            self.disk.cut_power();
            self.report.power_cuts += 1;
            self.diary.push("power cut".to_owned());
        } else {
            self.disk.restart_process();
            self.report.kills += 1;
            self.diary.push("killed".to_owned());
        }
    }
}

pub(crate) fn refused(error: &dyn std::error::Error) -> Finding {
    Finding::Refused { reason: error.to_string() }
}
