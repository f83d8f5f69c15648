//! The money of a trade.

use super::{Id, Order, Reference, paid, received};
use crate::reference::commissions::Fee;
use rialto_types::account::FEES;
use rialto_types::event::{Fill, TradeExecuted};
use rialto_types::{AccountId, Amount, AssetId, Event, PostingReason, Price, Role, Side, TradeId};

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

impl Reference {
    /// Say the trade, then move the money: the maker pays from its hold, the taker from what is free; each then gets
    /// its side and pays its commission.
    pub(super) fn settle(
        &mut self,
        taker_id: Id,
        maker_id: Id,
        price: Price,
        quantity: i128,
        quote: i128,
        released: i128,
    ) {
        let spec = self.spec(taker_id.0).clone();
        let (taker, maker) = (self.order(taker_id).clone(), self.order(maker_id).clone());
        let gives = |order: &Order| if order.state.side == Side::Buy { quote } else { quantity };
        let mut moves = Moves::new(self, &taker);
        let trade = PostingReason::Trade;
        let (maker_pays, taker_pays) = (paid(&spec, maker.state.side), paid(&spec, taker.state.side));
        moves.add(maker.state.account, maker_pays, released - gives(&maker), -released, trade);
        moves.add(taker.state.account, taker_pays, -gives(&taker), 0, trade);
        let maker_fee = moves.receive(self, &maker, Role::Maker, gives(&taker));
        let locked_for_maker = moves.locked();
        let taker_fee = moves.receive(self, &taker, Role::Taker, gives(&maker));
        let locked_for_taker = moves.locked() - locked_for_maker;
        // Commissions are converted at the last price before this trade.
        let trade_id = self.count_trade(taker_id.0, price, quantity);
        self.events.push(Event::TradeExecuted(TradeExecuted {
            symbol: taker_id.0,
            trade_id,
            price,
            quantity: super::quantity_of(quantity),
            quote_quantity: Amount::from_units(quote),
            taker_side: taker.state.side,
            maker: fill_of(&maker, &maker_fee),
            taker: fill_of(&taker, &taker_fee),
        }));
        moves.make(self);
        self.keep_for_list(&maker.state, locked_for_maker);
        self.keep_for_list(&taker.state, locked_for_taker);
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
