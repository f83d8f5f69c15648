//! A follower: market views and released outcomes from what the cores of a cluster tell, without a core of its own.
//!
//! ```text
//!  messages of outcomes ─▶ follow ─┬─▶ market views
//!  answers of a core ────▶ answer ─┴─▶ outputs ─▶ drain     (as from a runtime)
//! ```
//!
//! State: the views and the sequence number they are true at. Invariant: each outcome is followed once, in order; what a
//! message holds again is skipped, and a gap is refused.

use crate::outputs::Outputs;
use crate::released::array_of;
use crate::telling::{MessageError, read};
use rialto_market::MarketViews;
use std::io::PipeReader;
use std::sync::{Arc, Mutex, PoisonError};

/// Why a message was not followed.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// It could not be read.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// Outcomes are missing before it.
    #[error("outcome {expected} is missing: the message begins with {first}; restart this gateway")]
    Gap {
        /// The next outcome.
        expected: u64,
        /// The first of the message.
        first: u64,
    },
}

/// Follows the cores.
pub struct Follower {
    views: Arc<Mutex<MarketViews>>,
    outputs: Outputs,
    sequence: Mutex<u64>,
}

impl Follower {
    /// Begin with views that are true at a sequence number.
    ///
    /// # Errors
    /// When no pipe can be made.
    pub fn new(views: MarketViews, sequence: u64) -> std::io::Result<Follower> {
        let views = Arc::new(Mutex::new(views));
        Ok(Follower { views, outputs: Outputs::new()?, sequence: Mutex::new(sequence) })
    }

    /// Take in a message and release what it holds beyond what was followed already. Returns the sequence number that
    /// the views and everything released are true at.
    pub fn follow(&self, message: &[u8]) -> Result<u64, FollowError> {
        let (first, content) = read(message)?;
        let mut sequence = self.sequence.lock().unwrap_or_else(PoisonError::into_inner);
        let expected = *sequence + 1;
        if first > expected {
            return Err(FollowError::Gap { expected, first });
        }
        let known = usize::try_from(expected - first).unwrap_or(usize::MAX).min(content.steps.len());
        let known_bytes: usize = content.steps[..known].iter().map(|step| step.released_bytes).sum();
        let new = content.steps.len() - known;
        if new == 0 {
            return Ok(*sequence);
        }
        let (mut events, mut market) = (Vec::new(), Vec::new());
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        for step in content.steps.into_iter().skip(known) {
            let time_us = step.time_us;
            events.clear();
            events.extend(step.into_events());
            market.clear();
            views.apply(time_us, &events, &mut market);
        }
        drop(views);
        *sequence += new as u64;
        self.outputs.release(array_of(new, &content.released[known_bytes..]), 0);
        Ok(*sequence)
    }

    /// Release answers of a core: a list as it was drained there.
    pub fn answer(&self, released: Vec<u8>) {
        self.outputs.release(released, 0);
    }

    /// Say why nothing more will come.
    pub fn fail(&self, reason: String) {
        self.outputs.fail(reason);
    }

    /// Why nothing more will come, if so.
    pub fn failure(&self) -> Option<String> {
        self.outputs.failure()
    }

    /// The end of a pipe that is readable when something waits to be drained.
    pub fn wake_pipe(&self) -> &PipeReader {
        self.outputs.reader()
    }

    /// Take everything released since the last call, in order.
    pub fn drain(&self) -> Vec<Vec<u8>> {
        self.outputs.drain()
    }

    /// The market views, shared with whoever reads them.
    pub fn views(&self) -> Arc<Mutex<MarketViews>> {
        Arc::clone(&self.views)
    }
}
