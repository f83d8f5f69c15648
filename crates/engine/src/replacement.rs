//! Taking an order back and placing another in one command.

use crate::admission::Start;
use crate::engine::Engine;
use rialto_types::command::{ReplaceMode, ReplaceOrder};
use rialto_types::event::{PartRefused, ReplacePart};
use rialto_types::{Event, Feature, Rejection};

impl Engine {
    pub(crate) fn replace_order(&mut self, command: &ReplaceOrder, events: &mut Vec<Event>) -> Result<(), Rejection> {
        let &ReplaceOrder { account, symbol, ref cancel, restriction, cancel_id, mode, ref order } = command;
        let party = self.party(account, symbol)?;
        if !self.symbols[symbol.index()].spec.rules.features.has(Feature::CancelReplace) {
            return Err(Rejection::NotAllowed { feature: Feature::CancelReplace });
        }
        // Filters are asked before anything happens, as if the old order were to stay.
        let draft = self.read_order(&party, order, Start::AtOnce, false)?;
        self.check_single(&party, order)?;
        let canceled = self.cancel_referenced(account, symbol, cancel, (restriction, cancel_id), events);
        if let Err(rejection) = canceled {
            events.push(Event::PartRefused(PartRefused { part: ReplacePart::Cancellation, rejection }));
            if mode == ReplaceMode::StopOnFailure {
                return Ok(());
            }
        }
        // A pegged price may have been that of the order that is gone, and a quote amount may have been reckoned with it.
        // Nothing else that was read depends on it.
        let looks_at_book =
            !order.order_type.has_limit() || order.terms.as_ref().is_some_and(|terms| terms.peg.is_some());
        let read = if looks_at_book { self.read_order(&party, order, Start::AtOnce, false) } else { Ok(draft) };
        let placed = read.and_then(|draft| {
            self.check_entry(&party, order, &draft, false)?;
            Ok(draft)
        });
        match placed {
            Ok(draft) => {
                self.place(&party, order, &draft, false, events);
                self.run_course(events);
            }
            Err(rejection) => {
                events.push(Event::PartRefused(PartRefused { part: ReplacePart::Placement, rejection }));
            }
        }
        Ok(())
    }
}
