//! One life of a process: clients submit and hear, both halves of the runtime go on in any order, until it ends.

use crate::auditor::Finding;
use crate::course::{Course, Live};
use crate::disk::SimulatedDisk;
use rialto_journal::Disk;
use rialto_runtime::SubmitError;
use rialto_types::query::Query;
use rialto_types::{AccountId, codec};
use std::path::Path;

/// Faults that end the runtime when they meet the journal's writing.
const FATAL: [&str; 5] =
    ["failed write", "failed sync", "full disk", "failed change of a name", "failed sync of a directory"];
/// Where closed segments go.
const ARCHIVE: &str = "/archive";
/// What is tried on a runtime that has stopped.
const TRIES_AFTER_FAILURE: u32 = 4;

impl<D: Disk> Course<D> {
    /// Live until the process dies, stops for a failure, is killed or is closed.
    pub(crate) fn live(&mut self, mut live: Live<D>) -> Result<(), Finding> {
        let weather = self.weather();
        self.disk.set_weather(weather);
        let death = (self.chance.u8(..3) == 0).then(|| self.chance.u64(..60));
        self.disk.set_death(death);
        let mut stalled = 0;
        for _ in 0..self.chance.u32(5..80) {
            let before = self.fatal_faults();
            let is_writing = match self.chance.u8(..21) {
                0..6 => self.submit_some(&live)?,
                6..10 => self.step_core(&mut live),
                10..14 if stalled == 0 => {
                    live.step_journal();
                    true
                }
                14..17 => self.drain(&live)?,
                17 => self.ask(&live),
                18 => self.disturb(&mut stalled),
                19 => self.archive(&live),
                _ => {
                    stalled = stalled.saturating_sub(1);
                    false
                }
            };
            self.frames.note(self.disk.take_appends());
            if self.disk.is_dead() {
                self.diary.push("died inside an operation".to_owned());
                drop(live);
                self.end_process();
                return Ok(());
            }
            if live.failure().is_some() {
                return self.failed(live);
            }
            if is_writing && let Some(fault) = self.fatal_since(&before) {
                return Err(Finding::WentOn { fault });
            }
        }
        if self.chance.u8(..4) == 0 {
            return self.end_well(live);
        }
        drop(live);
        self.end_process();
        Ok(())
    }

    fn end_well(&mut self, mut live: Live<D>) -> Result<(), Finding> {
        live.close();
        self.frames.note(self.disk.take_appends());
        if self.disk.is_dead() {
            drop(live);
            self.end_process();
            return Ok(());
        }
        if live.failure().as_deref() == Some("closed") {
            self.closed(&live)?;
            drop(live);
            self.disk.restart_process();
            return Ok(());
        }
        self.failed(live)
    }

    /// Everything that was let in must have been answered by a runtime that was closed.
    pub(crate) fn closed(&mut self, live: &Live<D>) -> Result<(), Finding> {
        self.drain(live)?;
        self.report.closings += 1;
        self.diary.push(format!("closed at {}", live.engine().sequence()));
        self.auditor.closed()
    }

    /// The runtime has stopped for a failure: what it released before may still be heard, and nothing after it.
    fn failed(&mut self, mut live: Live<D>) -> Result<(), Finding> {
        self.diary.push(format!("stopped: {}", live.failure().unwrap_or_default()));
        self.drain(&live)?;
        self.auditor.stopped();
        for _ in 0..TRIES_AFTER_FAILURE {
            self.submit_some(&live)?;
            live.step_core();
            live.step_journal();
            self.drain(&live)?;
        }
        self.report.failures += 1;
        drop(live);
        self.auditor.crashed();
        if self.chance.bool() {
            self.disk.cut_power()
        } else {
            self.disk.restart_process()
        }
        if self.chance.bool() {
            self.disk.make_room();
        }
        Ok(())
    }

    /// Submit a few commands.
    fn submit_some(&mut self, live: &Live<D>) -> Result<bool, Finding> {
        for _ in 0..self.chance.u32(1..12) {
            let (after_us, command) = self.clients.next(live.engine());
            self.clock.pass(after_us);
            let mut bytes = Vec::new();
            codec::encode(&command, &mut bytes);
            let ticket = self.ticket();
            self.auditor.asks(ticket, Some(bytes));
            match live.submit(ticket, command.clone(), None) {
                Ok(()) => self.report.commands += 1,
                Err(refusal) => {
                    self.auditor.is_refused(ticket);
                    self.clients.was_turned_away(&command);
                    let is_busy = matches!(refusal, SubmitError::Busy { .. });
                    self.report.busy += u64::from(is_busy);
                    if !is_busy && live.failure().is_none() {
                        return Err(Finding::Refused { reason: refusal.to_string() });
                    }
                    break;
                }
            }
        }
        Ok(false)
    }

    fn step_core(&mut self, live: &mut Live<D>) -> bool {
        if live.step_core() {
            let engine = live.engine();
            self.auditor.sees_state(engine.sequence(), engine.state_hash());
        }
        false
    }

    /// Hear what was released.
    pub(crate) fn drain(&mut self, live: &Live<D>) -> Result<bool, Finding> {
        let before = self.auditor.acknowledged();
        for chunk in live.drain() {
            self.auditor.hears(&chunk)?;
        }
        self.report.acknowledged += self.auditor.acknowledged() - before;
        Ok(false)
    }

    fn ask(&mut self, live: &Live<D>) -> bool {
        let account = AccountId(self.chance.u32(..rialto_wild::FIRST_ACCOUNT + rialto_wild::PEOPLE));
        let query = match self.chance.u8(..3) {
            0 => Query::StateHash {},
            1 => Query::OpenOrders { account, symbol: None },
            _ => Query::Balances { account },
        };
        let ticket = self.ticket();
        self.auditor.asks(ticket, None);
        if live.query(ticket, query).is_err() {
            self.auditor.is_refused(ticket);
        }
        false
    }

    /// Something from outside: the clock is set back, or a sync is slow.
    fn disturb(&mut self, stalled: &mut u32) -> bool {
        if self.chance.bool() {
            self.clock.set_back(self.chance.u64(..100_000_000_000));
            self.disk.count("clock set back");
        } else {
            *stalled = self.chance.u32(1..8);
            self.disk.count("slow sync");
        }
        false
    }

    /// Move closed segments to the archive.
    fn archive(&mut self, live: &Live<D>) -> bool {
        if let Some(journal) = live.journal() {
            let (before, most) = (self.chance.u64(..=journal.next_seq()), self.chance.usize(1..4));
            // What fails here concerns no command: the segment stays where it was, and the next run tries again.
            let _ = journal.archiver().archive_before(Path::new(ARCHIVE), before, most);
        }
        false
    }

    fn ticket(&mut self) -> u64 {
        self.next_ticket += 1;
        self.next_ticket
    }

    fn fatal_faults(&self) -> [u64; FATAL.len()] {
        fatal_faults(&self.disk)
    }

    fn fatal_since(&self, before: &[u64; FATAL.len()]) -> Option<&'static str> {
        let now = self.fatal_faults();
        (0..FATAL.len()).find(|&kind| now[kind] > before[kind]).map(|kind| FATAL[kind])
    }
}

fn fatal_faults(disk: &SimulatedDisk) -> [u64; FATAL.len()] {
    let faults = disk.faults();
    FATAL.map(|kind| faults.get(kind).copied().unwrap_or_default())
}
