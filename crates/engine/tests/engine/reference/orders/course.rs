//! What follows from a phase: pending orders are activated, stops are met, and what starts to work takes its turn.

use super::Reference;
use rialto_types::{Price, SymbolId};

impl Reference {
    /// Until nothing is left to do.
    pub(super) fn course(&mut self) {
        loop {
            for list_id in std::mem::take(&mut self.filled) {
                self.activate(list_id);
            }
            let mut traded: Vec<(SymbolId, Price)> = std::mem::take(&mut self.traded);
            // The sort keeps the prices of one symbol in order.
            traded.sort_by_key(|(symbol, _)| *symbol);
            traded.dedup();
            for (symbol, price) in traded {
                self.reach(symbol, price);
            }
            let Some(id) = self.queue.pop_front() else { return };
            self.start(id);
        }
    }
}
