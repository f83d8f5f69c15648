//! A clock that stands still until it is moved, forwards or back.

use rialto_runtime::TimeSource;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const START_US: u64 = 1_700_000_000_000_000;

/// A clock shared by all its clones.
#[derive(Clone)]
pub(crate) struct SimulatedClock(Arc<AtomicU64>);

impl SimulatedClock {
    pub(crate) fn new() -> SimulatedClock {
        SimulatedClock(Arc::new(AtomicU64::new(START_US)))
    }

    pub(crate) fn pass(&self, time_us: u64) {
        self.0.fetch_add(time_us, Ordering::Relaxed);
    }

    /// Set it back, as an operator or a time server may.
    pub(crate) fn set_back(&self, by_us: u64) {
        let now_us = self.0.load(Ordering::Relaxed);
        self.0.store(now_us.saturating_sub(by_us), Ordering::Relaxed);
    }
}

impl TimeSource for SimulatedClock {
    fn now_us(&mut self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
