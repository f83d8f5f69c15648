//! An order as the engine keeps it, from its acceptance to its end.

use crate::admission::amount_of;
use crate::prevention::Guard;
use crate::scale::Rounding;
use crate::symbols::Symbol;
use rialto_ledger::BalanceSlot;
use rialto_types::command::NewOrder;
use rialto_types::{
    AccountId, Amount, ClientOrderId, ExpiryReason, Lots, OrderId, OrderListId, OrderState, OrderStatus, OrderTerms,
    OrderType, PreventedMatchId, Price, Quantity, Side, SymbolId, Ticks, TimeInForce, WorkingFloor,
};
use serde::{Deserialize, Serialize};
use slab::Slab;

/// An order while it is being matched, rests, waits or is pending.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order {
    pub(crate) id: OrderId,
    pub(crate) symbol: SymbolId,
    /// Whose it is, and whom it must not trade with.
    pub(crate) guard: Guard,
    pub(crate) client_order_id: ClientOrderId,
    pub(crate) side: Side,
    pub(crate) order_type: OrderType,
    pub(crate) time_in_force: TimeInForce,
    /// The limit it trades at; zero for none, and while it is not known.
    pub(crate) price: Ticks,
    /// The price a buyer's hold is reckoned at; zero when nothing is held.
    pub(crate) holding_price: Ticks,
    pub(crate) lots: Lots,
    pub(crate) quote_quantity: Quantity,
    pub(crate) executed: Lots,
    pub(crate) executed_quote: Amount,
    /// What self-trade prevention took from it, and the last match that did.
    pub(crate) prevented: Lots,
    pub(crate) prevented_match_id: PreventedMatchId,
    pub(crate) placed_at_us: u64,
    pub(crate) updated_at_us: u64,
    /// Zero until it works.
    pub(crate) working_at_us: u64,
    /// Its account's seat at its symbol.
    pub(crate) seat: u32,
    /// The balance it pays from, and the one it receives into.
    pub(crate) pays: BalanceSlot,
    pub(crate) receives: BalanceSlot,
    /// Who holds what it may pay.
    pub(crate) holder: Holder,
    pub(crate) amendments: u32,
    pub(crate) list: Option<Membership>,
    /// The most that is shown of it; zero for all.
    pub(crate) shown: Lots,
    /// What plain orders do not have, where its symbol keeps it.
    pub(crate) special: Option<SpecialSlot>,
    pub(crate) working_floor: Option<WorkingFloor>,
}

/// Who holds what an order may pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Holder {
    /// The order itself.
    Order,
    /// Its list, for both orders of a pair together, or for one that another pays for.
    List,
    /// Nobody: it has not begun, or pays from what is free.
    Nobody,
}

/// The list an order belongs to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Membership {
    pub(crate) id: OrderListId,
    pub(crate) slot: u32,
}

/// Where a symbol keeps what an order has that plain orders do not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SpecialSlot(u32);

/// What plain orders do not have: of those few that do, kept apart, since every order is copied and carried whole.
#[derive(Default)]
pub(crate) struct Specials(Slab<Special>);

impl Specials {
    pub(crate) fn insert(&mut self, special: Special) -> SpecialSlot {
        SpecialSlot(self.0.insert(special) as u32)
    }

    pub(crate) fn get_mut(&mut self, slot: SpecialSlot) -> &mut Special {
        &mut self.0[slot.0 as usize]
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

impl Symbol {
    /// What an order has that plain orders do not have.
    pub(crate) fn special(&self, order: &Order) -> Option<&Special> {
        order.special.map(|slot| &self.specials.0[slot.0 as usize])
    }

    /// The same, to be changed.
    pub(crate) fn special_mut(&mut self, order: &Order) -> Option<&mut Special> {
        order.special.map(|slot| self.specials.get_mut(slot))
    }

    /// Let go of what an order had that plain orders do not have: it ended.
    pub(crate) fn forget_special(&mut self, order: &Order) {
        if let Some(SpecialSlot(slot)) = order.special {
            self.specials.0.remove(slot as usize);
        }
    }
}

/// See [`Specials`].
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Special {
    pub(crate) terms: OrderTerms,
    /// The limit asked for.
    pub(crate) asked_price: Price,
    /// The stop price; zero for none.
    pub(crate) stop: Ticks,
    /// The best price since it follows the market, and since when it does; zeros until then.
    pub(crate) best: Ticks,
    pub(crate) trailing_since_us: u64,
    /// Whether its limit was taken from the book.
    pub(crate) is_pegged: bool,
}

impl Order {
    pub(crate) fn id_key(&self) -> (SymbolId, OrderId) {
        (self.symbol, self.id)
    }

    /// Unique among open orders: an owner's ids are its own on each symbol.
    pub(crate) fn client_key(&self) -> (AccountId, SymbolId, &ClientOrderId) {
        (self.guard.account, self.symbol, &self.client_order_id)
    }

    /// What can still trade.
    pub(crate) fn remaining(&self) -> Lots {
        Lots(self.lots.0 - self.executed.0 - self.prevented.0)
    }

    /// What is shown of it when it comes to rest, or when the part before is gone.
    pub(crate) fn next_part(&self) -> Lots {
        match self.shown_max() {
            Some(shown) => shown.min(self.remaining()),
            None => self.remaining(),
        }
    }

    /// The most that is shown of it, unless all is.
    pub(crate) fn shown_max(&self) -> Option<Lots> {
        (self.shown.0 > 0).then_some(self.shown)
    }

    /// Where an order is that has begun and has not been ended.
    pub(crate) fn status(&self) -> OrderStatus {
        match (self.executed.0, self.remaining().0) {
            (0, _) => OrderStatus::New,
            (_, 0) => OrderStatus::Filled,
            _ => OrderStatus::PartiallyFilled,
        }
    }

    /// What the order may still pay at its holding price: quote rounded up for a buyer, base for a seller.
    pub(crate) fn hold(&self, symbol: &Symbol) -> Amount {
        symbol.hold(self.side, self.holding_price, self.remaining())
    }

    /// What the order itself holds now.
    pub(crate) fn own_hold(&self, symbol: &Symbol) -> Amount {
        if self.holder == Holder::Order { self.hold(symbol) } else { Amount::ZERO }
    }

    /// What its owner asked for, with the quantity it has now.
    pub(crate) fn asked(&self, symbol: &Symbol) -> NewOrder {
        let special = symbol.special(self);
        let price = match special {
            Some(special) => special.asked_price,
            None => symbol.scale.price(self.price),
        };
        NewOrder {
            client_order_id: self.client_order_id,
            side: self.side,
            order_type: self.order_type,
            time_in_force: self.time_in_force,
            price: Some(price).filter(|price| !price.is_zero()),
            quantity: Some(symbol.scale.quantity(self.lots)),
            quote_quantity: None,
            self_trade_prevention: Some(self.guard.mode),
            terms: special.map(|special| special.terms),
        }
    }

    /// What the outside sees.
    #[inline(always)]
    pub(crate) fn state(&self, symbol: &Symbol, status: OrderStatus) -> OrderState {
        let scale = &symbol.scale;
        let limit = scale.price(self.price);
        let special = symbol.special(self);
        let (price, pegged_price) = match special {
            Some(special) if special.is_pegged => (special.asked_price, limit),
            Some(special) => (special.asked_price, Price::ZERO),
            None => (limit, Price::ZERO),
        };
        OrderState {
            order_id: self.id,
            symbol: self.symbol,
            account: self.guard.account,
            client_order_id: self.client_order_id,
            side: self.side,
            order_type: self.order_type,
            time_in_force: self.time_in_force,
            price,
            quantity: scale.quantity(self.lots),
            quote_quantity: amount_of(self.quote_quantity),
            executed: scale.quantity(self.executed),
            executed_quote: self.executed_quote,
            self_trade_prevention: self.guard.mode,
            prevented: scale.quantity(self.prevented),
            prevented_match_id: self.prevented_match_id,
            status,
            placed_at_us: self.placed_at_us,
            updated_at_us: self.updated_at_us,
            working_at_us: self.working_at_us,
            list_id: self.list.map(|list| list.id),
            terms: special.map(|special| special.terms),
            trailing_since_us: special.map_or(0, |special| special.trailing_since_us),
            pegged_price,
            working_floor: self.working_floor,
            expiry_reason: None,
        }
    }

    /// What the outside sees of an order that a rule ended.
    #[inline(always)]
    pub(crate) fn expired(&self, symbol: &Symbol, status: OrderStatus, reason: ExpiryReason) -> OrderState {
        let mut state = self.state(symbol, status);
        state.expiry_reason = Some(reason);
        state
    }
}

/// How much an iceberg shows, where it is one.
pub(crate) fn iceberg_of(order: &NewOrder) -> Option<Quantity> {
    order.terms.as_ref().and_then(|terms| terms.iceberg_quantity).filter(|quantity| !quantity.is_zero())
}

impl Symbol {
    /// What an order holds for so many lots at a price: quote rounded up for a buyer, base for a seller.
    pub(crate) fn hold(&self, side: Side, price: Ticks, lots: Lots) -> Amount {
        match side {
            Side::Buy => self.scale.quote(price, lots, Rounding::Up),
            Side::Sell => self.scale.base(lots),
        }
    }
}
