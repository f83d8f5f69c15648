//! What goes into the core thread, and where commands get their time.

use rialto_types::Command;
use rialto_types::query::Query;
use std::time::{SystemTime, UNIX_EPOCH};

/// One submission. The ticket comes back with what it led to.
pub(crate) enum Input {
    Command { ticket: u64, given_time_us: u64, command: Command },
    Query { ticket: u64, query: Query },
    Stop,
}

/// Where commands get their time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// From this machine.
    Wall,
    /// With each submission: a recording is replayed in its own time.
    Given,
}

impl Clock {
    /// The time of a command; never before the last one's, whatever the clock does.
    pub(crate) fn time_us(self, given_us: u64, last_us: u64) -> u64 {
        let now_us = match self {
            Clock::Wall => {
                let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                u64::try_from(since_epoch.as_micros()).unwrap_or(u64::MAX)
            }
            Clock::Given => given_us,
        };
        now_us.max(last_us)
    }
}
