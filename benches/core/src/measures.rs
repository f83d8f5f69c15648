//! What is written out: one JSON object a line for each measure of a case.

use serde::Serialize;
use std::time::Duration;

/// The percentiles written for latencies; `benches/figures.py` has the same.
const PERCENTILES: [f64; 4] = [50.0, 90.0, 99.0, 99.9];

/// One measure of one case, a number or a list of percentiles per trial.
#[derive(Serialize)]
pub(crate) struct Measure<'a> {
    pub(crate) case: &'a str,
    pub(crate) measure: &'a str,
    pub(crate) unit: &'a str,
    #[serde(skip_serializing_if = "<[f64]>::is_empty")]
    pub(crate) trials: &'a [f64],
    #[serde(skip_serializing_if = "<[[f64; 4]]>::is_empty")]
    pub(crate) percentiles: &'a [[f64; 4]],
    /// The name of what it is compared with, and that one's trials.
    pub(crate) baseline: &'a str,
    #[serde(skip_serializing_if = "<[f64]>::is_empty")]
    pub(crate) baseline_trials: &'a [f64],
}

impl Measure<'_> {
    /// Write it on standard output.
    pub(crate) fn write(&self) {
        println!("{}", serde_json::to_string(self).expect("measures serialize"));
    }
}

/// Write one number per trial.
pub(crate) fn write_trials(case: &str, measure: &str, unit: &str, trials: &[f64]) {
    Measure { case, measure, unit, trials, percentiles: &[], baseline: "", baseline_trials: &[] }.write();
}

/// Write latencies, percentiles per trial.
pub(crate) fn write_percentiles(case: &str, measure: &str, unit: &str, percentiles: &[[f64; 4]]) {
    Measure { case, measure, unit, trials: &[], percentiles, baseline: "", baseline_trials: &[] }.write();
}

/// Work per second.
pub(crate) fn rate(count: usize, elapsed: Duration) -> f64 {
    count as f64 / elapsed.as_secs_f64()
}

/// Read the percentiles off nanoseconds, in microseconds. Sorts in place.
pub(crate) fn percentiles_us(nanoseconds: &mut [u32]) -> [f64; 4] {
    nanoseconds.sort_unstable();
    PERCENTILES.map(|percentile| {
        let rank = (nanoseconds.len() as f64 * percentile / 100.0) as usize;
        f64::from(nanoseconds[rank.min(nanoseconds.len() - 1)]) / 1_000.0
    })
}

/// The longest of nanoseconds that are sorted, in microseconds.
pub(crate) fn highest_us(nanoseconds: &[u32]) -> f64 {
    f64::from(nanoseconds.last().copied().unwrap_or(0)) / 1_000.0
}
