//! What one seed, or many, came to.

use crate::weather::Faults;
use std::fmt;

/// Counts of one simulation, or the sums of many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many simulations.
    pub seeds: u64,
    /// Commands that were let in.
    pub commands: u64,
    /// Outcomes that clients were told.
    pub acknowledged: u64,
    /// Submissions refused because the queue was full.
    pub busy: u64,
    /// Times the runtime opened and came to its state.
    pub recoveries: u64,
    /// Starts from a snapshot.
    pub from_snapshots: u64,
    /// Ends by a killed process, the system's cache surviving.
    pub kills: u64,
    /// Ends by a power cut.
    pub power_cuts: u64,
    /// Ends by a failing or full disk.
    pub failures: u64,
    /// Ends as they should be.
    pub closings: u64,
    /// Torn tails that were cut.
    pub cuts: u64,
    /// Damage at rest that was refused.
    pub refusals: u64,
    /// Damage at rest of the very last frame, which the format states that it cannot tell from a torn write.
    pub excepted: u64,
    /// How often each kind of fault was injected.
    pub faults: Faults,
    /// The state's hash at the end, of one simulation.
    pub state: String,
    /// The sequence number at the end, of one simulation.
    pub sequence: u64,
}

impl Report {
    /// Add another's counts.
    pub fn add(&mut self, other: &Report) {
        let pairs = [
            (&mut self.seeds, other.seeds),
            (&mut self.commands, other.commands),
            (&mut self.acknowledged, other.acknowledged),
            (&mut self.busy, other.busy),
            (&mut self.recoveries, other.recoveries),
            (&mut self.from_snapshots, other.from_snapshots),
            (&mut self.kills, other.kills),
            (&mut self.power_cuts, other.power_cuts),
            (&mut self.failures, other.failures),
            (&mut self.closings, other.closings),
            (&mut self.cuts, other.cuts),
            (&mut self.refusals, other.refusals),
            (&mut self.excepted, other.excepted),
        ];
        for (sum, count) in pairs {
            *sum += count;
        }
        for (fault, count) in &other.faults {
            *self.faults.entry(fault).or_default() += count;
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let crashes = self.kills + self.power_cuts;
        writeln!(
            f,
            "commands       {} ({} acknowledged, {} more refused as busy)",
            self.commands, self.acknowledged, self.busy
        )?;
        writeln!(f, "crashes        {crashes} ({} killed, {} power cuts)", self.kills, self.power_cuts)?;
        writeln!(f, "other ends     {} by a failing disk, {} closed", self.failures, self.closings)?;
        writeln!(
            f,
            "recoveries     {}, {} cut a torn tail; {} more from a snapshot",
            self.recoveries, self.cuts, self.from_snapshots
        )?;
        writeln!(f, "damage         {} refused, {} of the very last frame cut", self.refusals, self.excepted)?;
        writeln!(f, "faults         {}", self.faults.values().sum::<u64>())?;
        for (fault, count) in &self.faults {
            writeln!(f, "  {fault:<28} {count}")?;
        }
        if !self.state.is_empty() {
            writeln!(f, "state          {} after {}", self.state, self.sequence)?;
        }
        Ok(())
    }
}
