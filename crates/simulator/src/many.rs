//! Many seeds at once, on all cores.

use crate::course::{Outcome, simulate};
use crate::report::Report;
use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// What many simulations came to.
#[derive(Debug, Default)]
pub struct Summary {
    /// The sums.
    pub report: Report,
    /// The seeds that failed, and what was found.
    pub failed: BTreeMap<u64, String>,
}

/// Simulate every seed of a range; `progress` is told how many are done.
pub fn simulate_many(seeds: Range<u64>, progress: impl Fn(u64) + Sync) -> Summary {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (next, done) = (AtomicU64::new(seeds.start), AtomicU64::new(0));
    let summary = Mutex::new(Summary::default());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    let outcome = catch_unwind(|| simulate(seed));
                    let mut summary = summary.lock().unwrap_or_else(PoisonError::into_inner);
                    let finding = match outcome {
                        Ok(Outcome { report, finding, .. }) => {
                            summary.report.add(&report);
                            finding.map(|finding| finding.to_string())
                        }
                        Err(_) => Some("a defect; see the message on standard error".to_owned()),
                    };
                    summary.failed.extend(finding.map(|finding| (seed, finding)));
                    drop(summary);
                    progress(done.fetch_add(1, Ordering::Relaxed) + 1);
                }
            });
        }
    });
    summary.into_inner().unwrap_or_else(PoisonError::into_inner)
}
