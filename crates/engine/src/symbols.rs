//! Assets and symbols as the engine keeps them.

use crate::averages::{Averages, Window};
use crate::order::Specials;
use crate::scale::Scale;
use crate::statement::state;
use crate::triggers::Triggers;
use rialto_book::Book;
use rialto_ledger::BalanceSlot;
use rialto_types::event::BookChanged;
use rialto_types::{
    AllocationId, Amount, BlockTradeId, Event, Lots, OrderId, PreventedMatchId, Price, ReferenceMethod, Rejection,
    Side, SymbolId, SymbolSpec, SymbolStatus, Text, Ticks, TradeId,
};

/// A registered asset.
pub(crate) struct Asset {
    pub(crate) name: Text<16>,
    /// Where its commissions are booked.
    pub(crate) fees: BalanceSlot,
    /// MAX_ASSET.
    pub(crate) limit: Option<Amount>,
}

/// A listed symbol: its definition, its book, its counters.
pub(crate) struct Symbol {
    pub(crate) id: SymbolId,
    pub(crate) spec: SymbolSpec,
    pub(crate) status: SymbolStatus,
    pub(crate) scale: Scale,
    pub(crate) book: Book,
    /// Whether an order that shows a part of itself ever rested.
    pub(crate) has_icebergs: bool,
    /// What some of its orders have that plain ones do not have.
    pub(crate) specials: Specials,
    /// Made when the first order waits.
    pub(crate) triggers: Option<Box<Triggers>>,
    /// Kept where a rule of the symbol asks for them.
    pub(crate) averages: Option<Box<Averages>>,
    /// The reference price that was told, and when.
    pub(crate) told_reference: Option<Price>,
    pub(crate) told_reference_at_us: u64,
    /// Its pool, by its place among the pools.
    pub(crate) pool: Option<u32>,
    pub(crate) last_order_id: u64,
    pub(crate) last_trade_id: u64,
    pub(crate) last_prevented_match_id: u64,
    pub(crate) last_block_trade_id: u64,
    pub(crate) allocations: u64,
    pub(crate) last_update_id: u64,
    /// The price of the last trade; zero before the first.
    pub(crate) last_price: Price,
}

impl Symbol {
    pub(crate) fn new(id: SymbolId, spec: SymbolSpec) -> Symbol {
        Symbol {
            id,
            scale: Scale::new(&spec),
            averages: Averages::of(&spec.rules).map(Box::new),
            spec,
            status: SymbolStatus::default(),
            book: Book::default(),
            has_icebergs: false,
            specials: Specials::default(),
            triggers: None,
            told_reference: None,
            told_reference_at_us: 0,
            pool: None,
            last_order_id: 0,
            last_trade_id: 0,
            last_prevented_match_id: 0,
            last_block_trade_id: 0,
            allocations: 0,
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

    pub(crate) fn next_block_trade_id(&mut self) -> BlockTradeId {
        self.last_block_trade_id += 1;
        BlockTradeId(self.last_block_trade_id)
    }

    pub(crate) fn next_allocation_id(&mut self) -> AllocationId {
        self.allocations += 1;
        AllocationId(self.allocations - 1)
    }

    /// State the total of a level that changed.
    pub(crate) fn state_level(&mut self, side: Side, price: Ticks, events: &mut Vec<Event>) {
        self.state_total(side, price, self.book.total_at(side, price), events);
    }

    /// State the total of a level that changed, where it is known.
    pub(crate) fn state_total(&mut self, side: Side, price: Ticks, total: Lots, events: &mut Vec<Event>) {
        self.last_update_id += 1;
        let (symbol, update_id) = (self.id, self.last_update_id);
        let quantity = self.scale.quantity(total);
        let price = self.scale.price(price);
        state(events, || Event::BookChanged(BookChanged { symbol, update_id, side, price, quantity }));
    }

    /// Whether a level can take this much more and still be stated as a quantity.
    pub(crate) fn level_has_room(&self, side: Side, price: Ticks, lots: Lots) -> bool {
        let total = self.book.total_at(side, price);
        total.0.checked_add(lots.0).is_some_and(|sum| sum <= self.scale.lots_max())
    }

    /// Refuse unless orders may be placed.
    pub(crate) fn check_trading(&self) -> Result<(), Rejection> {
        self.check_status(self.status == SymbolStatus::Trading)
    }

    /// Refuse unless orders may be canceled.
    pub(crate) fn check_canceling(&self) -> Result<(), Rejection> {
        self.check_status(matches!(self.status, SymbolStatus::Trading | SymbolStatus::CancelOnly))
    }

    fn check_status(&self, permits: bool) -> Result<(), Rejection> {
        if permits { Ok(()) } else { Err(Rejection::MarketClosed { symbol: self.id, status: self.status }) }
    }

    /// The last price in ticks; `None` before the first trade.
    pub(crate) fn last(&self) -> Option<Ticks> {
        if self.last_price.is_zero() { None } else { self.scale.ticks(self.last_price) }
    }

    /// Note the price of a trade.
    pub(crate) fn note_trade(&mut self, price: Ticks, lots: Lots, now_us: u64) {
        self.last_price = self.scale.price(price);
        if let Some(averages) = &mut self.averages {
            averages.note(&self.scale, price, lots, now_us);
        }
    }

    /// The reference price now.
    pub(crate) fn reference(&self, now_us: u64) -> Option<Price> {
        match self.spec.rules.reference.method {
            ReferenceMethod::None => None,
            ReferenceMethod::ArithmeticMean => self.averages.as_ref()?.mean.as_ref()?.mean(now_us),
            ReferenceMethod::External => self.told_reference,
        }
    }

    /// What the market is worth, where a rule asks: the reference price, else the mean of the last minutes, else the last
    /// price; `None` before the first trade.
    pub(crate) fn worth(&self, now_us: u64) -> Option<Price> {
        let weighted = || {
            let window: &Window = self.averages.as_ref()?.weighted.as_ref()?;
            window.weighted_mean(&self.scale, now_us)
        };
        let last = Some(self.last_price).filter(|price| !price.is_zero());
        self.reference(now_us).or_else(weighted).or(last)
    }

    /// What waits for the market.
    pub(crate) fn triggers(&mut self) -> &mut Triggers {
        self.triggers.get_or_insert_default()
    }
}
