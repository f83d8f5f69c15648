//! Assets and symbols as the engine keeps them.

use crate::scale::Scale;
use rialto_book::Book;
use rialto_ledger::BalanceSlot;
use rialto_types::event::BookChanged;
use rialto_types::{Event, Lots, OrderId, PreventedMatchId, Price, Side, SymbolId, SymbolSpec, Text, Ticks, TradeId};

/// A registered asset.
pub(crate) struct Asset {
    pub(crate) name: Text<16>,
    /// Where its commissions are booked.
    pub(crate) fees: BalanceSlot,
}

/// A listed symbol: its definition, its book, its counters.
pub(crate) struct Symbol {
    pub(crate) id: SymbolId,
    pub(crate) spec: SymbolSpec,
    pub(crate) scale: Scale,
    pub(crate) book: Book,
    pub(crate) last_order_id: u64,
    pub(crate) last_trade_id: u64,
    pub(crate) last_prevented_match_id: u64,
    pub(crate) last_update_id: u64,
    /// The price of the last trade; zero before the first. Values market orders for the NOTIONAL filter.
    pub(crate) last_price: Price,
}

impl Symbol {
    pub(crate) fn new(id: SymbolId, spec: SymbolSpec) -> Symbol {
        Symbol {
            id,
            scale: Scale::new(&spec),
            spec,
            book: Book::default(),
            last_order_id: 0,
            last_trade_id: 0,
            last_prevented_match_id: 0,
            last_update_id: 0,
            last_price: Price::ZERO,
        }
    }

    pub(crate) fn next_order_id(&mut self) -> OrderId {
        self.last_order_id += 1;
        OrderId(self.last_order_id)
    }

    pub(crate) fn next_trade_id(&mut self) -> TradeId {
        self.last_trade_id += 1;
        TradeId(self.last_trade_id)
    }

    pub(crate) fn next_prevented_match_id(&mut self) -> PreventedMatchId {
        self.last_prevented_match_id += 1;
        PreventedMatchId(self.last_prevented_match_id)
    }

    /// State the total of a level that changed.
    pub(crate) fn state_level(&mut self, side: Side, price: Ticks, events: &mut Vec<Event>) {
        self.last_update_id += 1;
        events.push(Event::BookChanged(BookChanged {
            symbol: self.id,
            update_id: self.last_update_id,
            side,
            price: self.scale.price(price),
            quantity: self.scale.quantity(self.book.total_at(side, price)),
        }));
    }

    /// Whether a level can take this much more and still be stated as a quantity.
    pub(crate) fn level_has_room(&self, side: Side, price: Ticks, lots: Lots) -> bool {
        let total = self.book.total_at(side, price);
        total.0.checked_add(lots.0).is_some_and(|sum| sum <= self.scale.lots_max())
    }
}
