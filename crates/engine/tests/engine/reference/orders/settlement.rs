//! The money of a trade.

use super::routing::Venue;
use super::{Id, Order, Reference, received};
use crate::reference::commissions::Fee;
use rialto_types::account::{FEES, TREASURY};
use rialto_types::event::{AllocationMade, Fill, TradeExecuted};
use rialto_types::{
    AccountId, AllocationId, Amount, AssetId, Event, OrderState, PostingReason, Price, Role, Side, TradeId,
};

/// Postings that are made behind an event which already tells what they will be.
pub(in crate::reference) struct Moves {
    pub(super) balances: std::collections::BTreeMap<(AccountId, AssetId), crate::reference::Balance>,
    moves: Vec<(AccountId, AssetId, i128, i128, PostingReason)>,
    /// What the incoming order may still pay, of what; nobody can tell how much of a market order to buy is left to pay.
    reserve: (AccountId, AssetId, Option<i128>),
}

impl Moves {
    pub(super) fn new(reference: &Reference, taker: &Order) -> Moves {
        let still = match (taker.state.side, taker.limit()) {
            _ if taker.left() == 0 => Some(0),
            (Side::Sell, _) => Some(taker.left()),
            (Side::Buy, limit) => limit.map(|limit| super::worth_up(limit, taker.left())),
        };
        let reserve = (taker.state.account, reference.asset_paid(&taker.state), still);
        Moves { balances: reference.balances.clone(), moves: Vec::new(), reserve }
    }

    /// Whether so much can be spent of what is free without touching what the incoming order may still pay.
    pub(in crate::reference) fn spares(&self, account: AccountId, asset: AssetId, free: i128, amount: i128) -> bool {
        let (of, what, still) = self.reserve;
        let still = if (of, what) == (account, asset) { still } else { Some(0) };
        still.is_some_and(|still| free >= amount + still)
    }

    pub(super) fn add(&mut self, account: AccountId, asset: AssetId, free: i128, locked: i128, reason: PostingReason) {
        let balance = self.balances.entry((account, asset)).or_default();
        balance.free += free;
        balance.locked += locked;
        self.moves.push((account, asset, free, locked, reason));
    }

    pub(in crate::reference) fn free(&self, account: AccountId, asset: AssetId) -> i128 {
        self.balances.get(&(account, asset)).map_or(0, |balance| balance.free)
    }

    /// An order receives its side, and pays its commission.
    pub(super) fn receive(&mut self, reference: &Reference, order: &Order, role: Role, gets: i128) -> Fee {
        let state = &order.state;
        let asset = received(reference.spec(state.symbol), state.side);
        let free_before = self.free(state.account, asset);
        self.add(state.account, asset, gets, 0, PostingReason::Trade);
        let fee = reference.commission(order, role, gets, self);
        if fee.amount != 0 {
            self.add(state.account, fee.asset, -fee.amount, 0, PostingReason::Fee);
            self.add(FEES, fee.asset, fee.amount, 0, PostingReason::Fee);
        }
        if reference.pays_others(state) {
            // The commission came from what was free before, where that was enough.
            let is_spared = self.spares(state.account, asset, free_before, fee.amount);
            let comes_from_free = reference.discount_asset != Some(asset) && is_spared;
            let is_apart = fee.asset != asset || comes_from_free;
            let locked = if is_apart { gets } else { gets - fee.amount };
            if locked != 0 {
                self.add(state.account, asset, -locked, locked, PostingReason::OrderHold);
            }
        }
        fee
    }

    /// Make the postings; lists keep what was locked for them.
    pub(super) fn make(self, reference: &mut Reference) {
        for (account, asset, free, locked, reason) in self.moves {
            reference.change(account, asset, free, locked, reason);
        }
    }

    /// How much was locked anew.
    pub(super) fn locked(&self) -> i128 {
        self.moves.iter().filter(|moved| moved.4 == PostingReason::OrderHold).map(|moved| moved.3).sum()
    }
}

pub(super) fn fill_of(order: &Order, fee: &Fee) -> Fill {
    Fill {
        order_id: order.state.order_id,
        account: order.state.account,
        executed: order.state.executed,
        executed_quote: order.state.executed_quote,
        status: order.state.status,
        fee: Amount::from_units(fee.amount),
        fee_asset: fee.asset,
    }
}

/// What two orders exchange.
pub(super) struct Deal {
    pub(super) price: Price,
    pub(super) quantity: i128,
    pub(super) quote: i128,
    /// What the maker no longer has to set aside.
    pub(super) released: i128,
}

impl Deal {
    fn given_by(&self, side: Side) -> i128 {
        if side == Side::Buy { self.quote } else { self.quantity }
    }
}

impl Reference {
    /// Say the trade, then move the money: the maker pays from its hold, the taker from what is free, the treasury
    /// exchanges their quotes if they differ; each then gets its side and pays its commission.
    pub(super) fn settle(&mut self, taker_id: Id, maker_id: Id, venue: &mut Venue, deal: &Deal) {
        let (taker, maker) = (self.order(taker_id).clone(), self.order(maker_id).clone());
        let (maker_gives, taker_gives) = (deal.given_by(maker.state.side), deal.given_by(taker.state.side));
        let mut moves = Moves::new(self, &taker);
        let trade = PostingReason::Trade;
        let (maker_pays, taker_pays) = (self.asset_paid(&maker.state), self.asset_paid(&taker.state));
        moves.add(maker.state.account, maker_pays, deal.released - maker_gives, -deal.released, trade);
        moves.add(taker.state.account, taker_pays, -taker_gives, 0, trade);
        for (asset, change) in self.treasury_changes(&taker.state, venue.symbol, deal.quote) {
            moves.add(TREASURY, asset, change, 0, trade);
        }
        let maker_fee = moves.receive(self, &maker, Role::Maker, taker_gives);
        let locked_for_maker = moves.locked();
        let taker_fee = moves.receive(self, &taker, Role::Taker, maker_gives);
        let locked_for_taker = moves.locked() - locked_for_maker;
        self.say_trade(venue, deal, &taker.state, (fill_of(&maker, &maker_fee), fill_of(&taker, &taker_fee)));
        moves.make(self);
        self.keep_for_list(&maker.state, locked_for_maker);
        self.keep_for_list(&taker.state, locked_for_taker);
    }

    /// A trade; of a routed order the treasury's, and what the order gets of it.
    fn say_trade(&mut self, venue: &mut Venue, deal: &Deal, taker: &OrderState, (maker, own): (Fill, Fill)) {
        let &Deal { price, quantity, quote, .. } = deal;
        let is_routed = taker.working_floor.is_some();
        // Commissions were converted at the last price before this trade.
        let trade_id = self.count_trade(venue.symbol, price, quantity);
        let on_book = if is_routed { self.treasury_fill(venue, taker.side, quantity, quote) } else { own };
        let (quantity, quote_quantity) = (super::quantity_of(quantity), Amount::from_units(quote));
        self.events.push(Event::TradeExecuted(TradeExecuted {
            symbol: venue.symbol,
            trade_id,
            price,
            quantity,
            quote_quantity,
            taker_side: taker.side,
            maker,
            taker: on_book,
        }));
        if is_routed {
            let numbers = &mut self.symbols[taker.symbol.index()].allocations_ever;
            let allocation_id = AllocationId(*numbers);
            *numbers += 1;
            self.events.push(Event::AllocationMade(AllocationMade {
                symbol: taker.symbol,
                allocation_id,
                pool_symbol: venue.symbol,
                trade_id,
                price,
                quantity,
                quote_quantity,
                side: taker.side,
                fill: own,
            }));
        }
    }

    /// Number a trade and remember its price.
    pub(super) fn count_trade(&mut self, symbol: rialto_types::SymbolId, price: Price, quantity: i128) -> TradeId {
        let at_us = self.now_us;
        let symbol = &mut self.symbols[symbol.index()];
        symbol.trades_ever += 1;
        symbol.last_price = Some(price);
        symbol.trades.push(crate::reference::Trade { at_us, price, quantity });
        TradeId(symbol.trades_ever)
    }
}
