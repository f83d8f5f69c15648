//! Whether an order is accepted, in the order of the checks.

use super::{Accepted, Asked, Id, Order, Place, Reference, insufficient, paid, tighter, units_of, worth_up};
use rialto_types::{
    AccountClass, AccountId, ClientOrderId, OrderType, PegPrice, Price, Quantity, Rejection, Side, SymbolId,
    SymbolStatus,
};

type Checked = Result<(), Rejection>;

impl Reference {
    pub(super) fn admit(&self, asked: &Asked) -> Result<Accepted, Rejection> {
        self.must_trade(asked.account, asked.symbol)?;
        let accepted = self.check_alone(asked)?;
        self.check_counts(asked.account, asked.symbol, &[*asked], false)?;
        self.check_entry(asked, &accepted)?;
        Ok(accepted)
    }

    /// The account is one that trades, the symbol one that is traded.
    pub(super) fn must_trade(&self, account: AccountId, symbol: SymbolId) -> Checked {
        if self.kind_of(account)?.class != AccountClass::Spot {
            return Err(Rejection::WrongAccountClass { account });
        }
        self.must_know_symbol(symbol)?;
        match self.symbols[symbol.index()].status {
            SymbolStatus::Trading => Ok(()),
            status => Err(Rejection::MarketClosed { symbol, status }),
        }
    }

    /// What can be said without the other orders of the account: steps 1 to 5 up to MAX_POSITION.
    pub(super) fn check_alone(&self, asked: &Asked) -> Result<Accepted, Rejection> {
        let spec = self.spec(asked.symbol);
        let mode = asked.self_trade_prevention.unwrap_or(spec.prevention_default);
        if spec.prevention_allowed.0 & 1 << mode as u8 == 0 {
            return Err(Rejection::UnavailablePrevention { mode });
        }
        check_name(asked.client_order_id)?;
        self.check_shape(asked)?;
        self.check_features(asked)?;
        let pegged = if asked.starts { self.peg_of(asked)? } else { None };
        let accepted = self.check_filters(asked, mode, pegged)?;
        self.check_position(asked, accepted.quantity)?;
        Ok(accepted)
    }

    /// Steps 6 to 8: room, the name, what the order would do at once, and the balance.
    pub(super) fn check_entry(&self, asked: &Asked, accepted: &Accepted) -> Checked {
        self.check_room_of(asked, accepted)?;
        self.check_name_is_free(asked.account, asked.symbol, asked.client_order_id)?;
        self.check_at_once(asked, accepted)?;
        let (asset, needed) = (paid(self.spec(asked.symbol), asked.side), self.needed(asked, accepted));
        let free = self.balance(asked.account, asset).free;
        if free < needed { Err(insufficient(asked.account, asset, needed, free)) } else { Ok(()) }
    }

    pub(super) fn check_room_of(&self, asked: &Asked, accepted: &Accepted) -> Checked {
        let limit = tighter(asked.side, asked.price, accepted.pegged);
        match limit.filter(|_| asked.starts && asked.order_type.has_limit()) {
            Some(price) => {
                let shown = asked.iceberg().map_or(accepted.quantity, |part| units_of(part).min(accepted.quantity));
                self.check_room(asked.symbol, asked.side, price, shown)
            }
            None => Ok(()),
        }
    }

    /// That a level can still be told as a quantity.
    pub(super) fn check_room(&self, symbol: SymbolId, side: Side, price: Price, shown: i128) -> Checked {
        if self.shown_at(symbol, side, price) + shown > units_of(Quantity::MAX) {
            return Err(Rejection::CapacityReached { what: "price level" });
        }
        Ok(())
    }

    pub(super) fn check_name_is_free(&self, account: AccountId, symbol: SymbolId, name: ClientOrderId) -> Checked {
        let wanted = (account, symbol, name);
        let is_taken = |o: &Order| (o.state.account, o.state.symbol, o.state.client_order_id) == wanted;
        if self.orders.iter().any(is_taken) {
            return Err(Rejection::DuplicateClientOrderId { client_order_id: name });
        }
        Ok(())
    }

    /// That a post-only order does not trade, and a stop price is not met already.
    pub(super) fn check_at_once(&self, asked: &Asked, accepted: &Accepted) -> Checked {
        let limit = tighter(asked.side, asked.price, accepted.pegged);
        if let (OrderType::LimitMaker, Some(price)) = (asked.order_type, limit) {
            self.check_would_take(asked.symbol, asked.side, price)?;
        }
        let last = self.symbols[asked.symbol.index()].last_price;
        if let (Some(stop_price), Some(last)) = (asked.stop_price(), last)
            && super::contingent::is_met(asked.order_type, asked.side, stop_price, last)
        {
            return Err(Rejection::WouldTrigger { stop_price, last });
        }
        Ok(())
    }

    pub(super) fn check_would_take(&self, symbol: SymbolId, side: Side, price: Price) -> Checked {
        let Some(best) = self.levels(symbol, side.opposite()).first().copied() else { return Ok(()) };
        let takes = if side == Side::Buy { price >= best } else { price <= best };
        if takes { Err(Rejection::WouldTake { price, best }) } else { Ok(()) }
    }

    /// What an order must have free.
    pub(super) fn needed(&self, asked: &Asked, accepted: &Accepted) -> i128 {
        let last = self.symbols[asked.symbol.index()].last_price;
        let limit = if asked.order_type.has_limit() { tighter(asked.side, asked.price, accepted.pegged) } else { None };
        match (asked.side, asked.quote_quantity) {
            (Side::Sell, _) => accepted.quantity,
            (Side::Buy, Some(amount)) => units_of(amount),
            (Side::Buy, None) if asked.starts && asked.order_type == OrderType::Market => {
                self.cost_now(asked, accepted.mode, accepted.quantity)
            }
            (Side::Buy, None) => {
                limit.or(asked.stop_price()).or(last).map_or(0, |price| worth_up(price, accepted.quantity))
            }
        }
    }

    /// The limit a pegged order takes from the book now.
    pub(super) fn peg_of(&self, asked: &Asked) -> Result<Option<Price>, Rejection> {
        let Some(peg) = asked.peg() else { return Ok(None) };
        let price = self.peg_price(asked.symbol, asked.side, peg)?;
        Ok(tighter(asked.side, asked.price, Some(price)))
    }

    fn peg_price(&self, symbol: SymbolId, side: Side, peg: rialto_types::Peg) -> Result<Price, Rejection> {
        let of = if peg.price == PegPrice::Primary { side } else { side.opposite() };
        let offset = peg.offset.unwrap_or(0);
        let levels = self.levels(symbol, of);
        levels.get(usize::from(offset)).copied().ok_or(Rejection::NoPegPrice { offset })
    }

    /// The prices at which something is shown, best first.
    pub(super) fn levels(&self, symbol: SymbolId, side: Side) -> Vec<Price> {
        let is_there = |o: &&Order| o.place == Place::Book && (o.state.symbol, o.state.side) == (symbol, side);
        let mut prices: Vec<Price> = self.orders.iter().filter(is_there).map(|o| o.limit().unwrap()).collect();
        prices.sort();
        prices.dedup();
        if side == Side::Buy {
            prices.reverse();
        }
        prices
    }

    /// Whether an order that was accepted or met can start: what can have changed since it was placed.
    pub(super) fn check_start(&self, id: Id) -> Checked {
        let order = self.order(id);
        let state = order.state;
        if state.pegged_price != Price::ZERO {
            let (spec, pegged) = (self.spec(state.symbol), state.pegged_price);
            super::filters::check_price(spec, pegged)?;
            self.check_percent_price(state.symbol, state.side, pegged)?;
            super::filters::check_notional(spec, super::worth_down(pegged, units_of(state.quantity)), (true, true))?;
        }
        if let Some(price) = order.limit() {
            self.check_room(state.symbol, state.side, price, order.part())?;
            if state.order_type == OrderType::LimitMaker {
                self.check_would_take(state.symbol, state.side, price)?;
            }
        }
        let needed = match (state.side, order.limit()) {
            (Side::Sell, _) => order.left(),
            (Side::Buy, Some(price)) => worth_up(price, order.left()),
            (Side::Buy, None) => self.cost_now(&asked_of(order), state.self_trade_prevention, order.left()),
        };
        let asset = self.asset_paid(&state);
        // The hold of a pair pays for what it was made for; a pegged limit may need more.
        let held = if self.is_of_pair(id) { self.list_of(id).map_or(0, |list| list.hold) } else { 0 };
        let free = self.balance(state.account, asset).free;
        let missing = if held == 0 { needed } else { (self.pair_need(id) - held).max(0) };
        if free < missing { Err(insufficient(state.account, asset, missing, free)) } else { Ok(()) }
    }
}

/// An open order as one would ask for it.
pub(super) fn asked_of(order: &Order) -> Asked {
    let state = order.state;
    let given = |price: Price| Some(price).filter(|price| *price != Price::ZERO);
    Asked {
        account: state.account,
        symbol: state.symbol,
        order: rialto_types::command::NewOrder {
            client_order_id: state.client_order_id,
            side: state.side,
            order_type: state.order_type,
            time_in_force: state.time_in_force,
            price: given(state.price),
            quantity: Some(state.quantity),
            quote_quantity: None,
            self_trade_prevention: Some(state.self_trade_prevention),
            terms: state.terms,
        },
        is_routed: state.working_floor.is_some(),
        starts: true,
        is_pending: false,
        is_paid: false,
    }
}

pub(super) fn check_name(name: ClientOrderId) -> Checked {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.:/".contains(c);
    if name.is_empty() || !name.as_str().chars().all(allowed) {
        return Err(super::shape::invalid("client_order_id"));
    }
    Ok(())
}
