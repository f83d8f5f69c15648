//! Taking an order back and placing another.

use super::Reference;
use rialto_types::command::{ReplaceMode, ReplaceOrder};
use rialto_types::event::{PartRefused, ReplacePart};
use rialto_types::{Event, Feature, Rejection};

impl Reference {
    pub(in crate::reference) fn replace_order(&mut self, command: &ReplaceOrder) -> Result<(), Rejection> {
        let (account, symbol) = (command.account, command.symbol);
        self.must_trade(account, symbol)?;
        self.must_allow(symbol, Feature::CancelReplace)?;
        let asked = self.asked(account, symbol, &command.order, false);
        self.check_alone(&asked)?;
        self.check_counts(account, symbol, &[asked], false)?;
        if let Err(rejection) =
            self.cancel_named(account, symbol, &command.cancel, (command.restriction, command.cancel_id))
        {
            self.refuse_part(ReplacePart::Cancellation, rejection);
            if command.mode == ReplaceMode::StopOnFailure {
                return Ok(());
            }
        }
        let accepted = self.check_alone(&asked).and_then(|accepted| {
            self.check_entry(&asked, &accepted)?;
            Ok(accepted)
        });
        match accepted {
            Ok(accepted) => self.place(&asked, &accepted),
            Err(rejection) => self.refuse_part(ReplacePart::Placement, rejection),
        }
        Ok(())
    }

    fn refuse_part(&mut self, part: ReplacePart, rejection: Rejection) {
        self.events.push(Event::PartRefused(PartRefused { part, rejection }));
    }
}
