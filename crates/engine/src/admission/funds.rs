//! Whether an order can be paid for.

use super::{Demand, Draft, Party, amount_of};
use crate::engine::Engine;
use crate::liquidity::Liquidity;
use crate::price_range::PriceLimits;
use crate::symbols::Symbol;
use rialto_types::command::NewOrder;
use rialto_types::{Amount, AssetId, Rejection, Side};

impl Engine {
    /// Step 8: refuse unless what the order may pay, or what it holds while it waits, is free.
    pub(crate) fn check_funds(
        &self,
        party: &Party,
        order: &NewOrder,
        draft: &Draft,
        is_routed: bool,
    ) -> Result<(), Rejection> {
        let symbol = self.symbol(party.symbol)?;
        let needed = self.needed_by(symbol, order, draft, is_routed);
        self.check_free(party, symbol, order.side, needed)
    }

    /// How much an order that starts at once must have free.
    pub(crate) fn needed_by(&self, symbol: &Symbol, order: &NewOrder, draft: &Draft, is_routed: bool) -> Amount {
        let works_at_once = !order.order_type.is_contingent();
        match (order.side, draft.demand) {
            (Side::Buy, Demand::Market { lots }) if works_at_once => {
                let limits = PriceLimits::of(symbol, order.side, self.time_us);
                let liquidity = Liquidity { engine: self, symbol, guard: draft.guard, side: order.side, limits };
                if is_routed {
                    self.cost_of_routed(symbol.id, draft.guard, limits, lots)
                } else {
                    liquidity.cost_of(lots)
                }
            }
            (Side::Buy, Demand::MarketByQuote { .. }) => order.quote_quantity.map_or(Amount::ZERO, amount_of),
            (side, demand) => symbol.hold(side, draft.holding_price, demand.lots()),
        }
    }

    /// Refuse unless so much of what an order of a side pays with is free.
    pub(crate) fn check_free(
        &self,
        party: &Party,
        symbol: &Symbol,
        side: Side,
        needed: Amount,
    ) -> Result<(), Rejection> {
        let asset = paid(symbol, side);
        let balances = &self.ledger.balances;
        let free = match party.seat {
            Some(seat) => balances.get(self.open_orders.seats.get(seat).pays(side)).free,
            None => balances.free(party.account, asset),
        };
        if free < needed {
            return Err(Rejection::InsufficientBalance { account: party.account, asset, needed, free });
        }
        Ok(())
    }
}

/// Which asset an order of a side pays with.
pub(crate) fn paid(symbol: &Symbol, side: Side) -> AssetId {
    match side {
        Side::Buy => symbol.spec.quote,
        Side::Sell => symbol.spec.base,
    }
}
