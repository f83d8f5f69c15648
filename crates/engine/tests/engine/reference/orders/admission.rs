//! Whether an order is accepted.

use super::worth::{affordable, quantity_of, worth_down, worth_up};
use super::{Accepted, Asked, Reference, insufficient, left_of, paid};
use rialto_types::{
    AccountClass, Amount, Bound, OrderState, OrderType, Price, Quantity, Rejection, SelfTradePrevention, Side,
    SymbolSpec, TimeInForce,
};

type Checked = Result<(), Rejection>;

impl Reference {
    pub(super) fn admit(&self, command: &Asked) -> Result<Accepted, Rejection> {
        let account = command.account;
        if self.kind_of(account)?.class != AccountClass::Spot {
            return Err(Rejection::WrongAccountClass { account });
        }
        let spec = self.must_know_symbol(command.symbol)?;
        let mode = command.self_trade_prevention.unwrap_or(spec.prevention_default);
        if spec.prevention_allowed.0 & 1 << mode as u8 == 0 {
            return Err(Rejection::UnavailablePrevention { mode });
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.:/".contains(c);
        let client_order_id = command.client_order_id;
        if client_order_id.is_empty() || !client_order_id.as_str().chars().all(allowed) {
            return Err(invalid("client_order_id"));
        }
        let is_limit = command.order_type != OrderType::Market;
        let accepted = match (is_limit, command.quantity) {
            (true, _) => self.read_limit(command, spec, mode)?,
            (false, Some(quantity)) => self.read_market(command, spec, mode, quantity)?,
            (false, None) => self.read_quote_amount(command, spec, mode)?,
        };
        if let (true, Some(price)) = (is_limit, command.price) {
            self.check_room(command, spec, price, accepted.quantity)?;
        }
        let is_same_name = |o: &OrderState| o.client_order_id == client_order_id && o.symbol == command.symbol;
        if self.orders.iter().any(|order| order.account == account && is_same_name(order)) {
            return Err(Rejection::DuplicateClientOrderId { client_order_id });
        }
        let opposite = self.opposite(command);
        if let (OrderType::LimitMaker, Some(price), Some(best)) = (command.order_type, command.price, opposite.first())
        {
            let best = best.price;
            if if command.side == Side::Buy { price >= best } else { price <= best } {
                return Err(Rejection::WouldTake { price, best });
            }
        }
        let needed = match (command.side, command.price, command.quote_quantity) {
            (Side::Sell, ..) => accepted.quantity,
            (Side::Buy, Some(price), _) => worth_up(price, accepted.quantity),
            (Side::Buy, None, Some(amount)) => i128::from(amount.units()),
            (Side::Buy, None, None) => cost_now(&self.standing(command, mode), accepted.quantity),
        };
        let asset = paid(spec, command.side);
        let free = self.balance(account, asset).free;
        if free < needed { Err(insufficient(account, asset, needed, free)) } else { Ok(accepted) }
    }

    /// The orders of the other side, best first.
    fn opposite(&self, command: &Asked) -> Vec<OrderState> {
        let is_opposite = |o: &&OrderState| (o.symbol, o.side) == (command.symbol, command.side.opposite());
        let mut orders: Vec<OrderState> = self.orders.iter().filter(is_opposite).copied().collect();
        match command.side {
            Side::Buy => orders.sort_by_key(|order| order.price),
            Side::Sell => orders.sort_by_key(|order| std::cmp::Reverse(order.price)),
        }
        orders
    }

    /// The same without those that would give way to the order.
    fn standing(&self, command: &Asked, mode: SelfTradePrevention) -> Vec<OrderState> {
        let mut orders = self.opposite(command);
        orders.retain(|o| self.prevention(command.account, mode, o) != Some(SelfTradePrevention::ExpireMaker));
        orders
    }

    fn read_limit(&self, command: &Asked, spec: &SymbolSpec, mode: SelfTradePrevention) -> Result<Accepted, Rejection> {
        let price = command.price.filter(|price| !price.is_zero()).ok_or(invalid("price"))?;
        let quantity = command.quantity.ok_or(invalid("quantity"))?;
        if command.quote_quantity.is_some() {
            return Err(invalid("quote_quantity"));
        }
        let is_gtc = command.time_in_force == TimeInForce::GoodTillCanceled;
        if command.order_type == OrderType::LimitMaker && !is_gtc {
            return Err(invalid("time_in_force"));
        }
        check_price(spec, price)?;
        check_lot_size(spec, quantity)?;
        let quantity = i128::from(quantity.units());
        check_notional(spec, worth_down(price, quantity), (true, true))?;
        Ok(Accepted { quantity, is_amount_used_up: true, mode })
    }

    fn read_market(
        &self,
        command: &Asked,
        spec: &SymbolSpec,
        mode: SelfTradePrevention,
        quantity: Quantity,
    ) -> Result<Accepted, Rejection> {
        check_market_shape(command)?;
        check_lot_size(spec, quantity)?;
        check_market_lot_size(spec, quantity)?;
        let quantity = i128::from(quantity.units());
        let last = self.symbols[command.symbol.index()].last_price;
        let best = self.opposite(command).first().map(|order| order.price);
        if let Some(price) = last.or(best) {
            check_notional(spec, worth_down(price, quantity), applies_to_market(spec))?;
        }
        Ok(Accepted { quantity, is_amount_used_up: true, mode })
    }

    /// How much comes nearest to a quote amount without passing it, order by order.
    fn read_quote_amount(
        &self,
        command: &Asked,
        spec: &SymbolSpec,
        mode: SelfTradePrevention,
    ) -> Result<Accepted, Rejection> {
        check_market_shape(command)?;
        let amount = command.quote_quantity.map_or(0, |amount| i128::from(amount.units()));
        if amount == 0 {
            return Err(invalid("quote_quantity"));
        }
        check_notional(spec, amount, applies_to_market(spec))?;
        let lot = i128::from(spec.lot.units());
        let least = spec.quantity_min.max(spec.lot);
        let most = i128::from(Quantity::MAX.units()) / lot * lot;
        let (mut amount_left, mut quantity) = (amount, 0);
        let mut is_amount_used_up = false;
        for order in self.standing(command, mode) {
            let taken = affordable(amount_left, order.price, lot).min(left_of(&order));
            if quantity + taken > most {
                let (quantity, limit) = (quantity_of(quantity), spec.quantity_max);
                return Err(Rejection::LotSize { bound: Bound::Maximum, quantity, limit });
            }
            quantity += taken;
            amount_left -= worth_down(order.price, taken);
            if taken < left_of(&order) {
                is_amount_used_up = true;
                break;
            }
        }
        is_amount_used_up |= amount_left == 0;
        let found = quantity_of(quantity);
        if is_amount_used_up && found < least {
            return Err(Rejection::LotSize { bound: Bound::Minimum, quantity: found, limit: least });
        }
        if found > spec.quantity_max {
            return Err(Rejection::LotSize { bound: Bound::Maximum, quantity: found, limit: spec.quantity_max });
        }
        Ok(Accepted { quantity, is_amount_used_up, mode })
    }

    /// MAX_NUM_ORDERS, and that the level can still be told as a quantity.
    fn check_room(&self, command: &Asked, spec: &SymbolSpec, price: Price, quantity: i128) -> Checked {
        let is_own = |o: &&OrderState| (o.account, o.symbol) == (command.account, command.symbol);
        if self.orders.iter().filter(is_own).count() >= spec.open_orders_max as usize {
            return Err(Rejection::TooManyOrders { limit: spec.open_orders_max });
        }
        let is_there = |o: &&OrderState| (o.symbol, o.side, o.price) == (command.symbol, command.side, price);
        let there: i128 = self.orders.iter().filter(is_there).map(left_of).sum();
        if there + quantity > i128::from(Quantity::MAX.units()) {
            return Err(Rejection::CapacityReached { what: "price level" });
        }
        Ok(())
    }
}

fn invalid(field: &'static str) -> Rejection {
    Rejection::InvalidOrder { field }
}

fn check_market_shape(command: &Asked) -> Checked {
    if command.price.is_some() {
        return Err(invalid("price"));
    }
    if command.time_in_force != TimeInForce::GoodTillCanceled {
        return Err(invalid("time_in_force"));
    }
    match (command.quantity, command.quote_quantity) {
        (Some(_), Some(_)) => Err(invalid("quote_quantity")),
        (None, None) => Err(invalid("quantity")),
        _ => Ok(()),
    }
}

fn check_price(spec: &SymbolSpec, price: Price) -> Checked {
    let broken = |bound, limit| Err(Rejection::PriceFilter { bound, price, limit });
    if price < spec.price_min {
        broken(Bound::Minimum, spec.price_min)
    } else if spec.price_max > Price::ZERO && price > spec.price_max {
        broken(Bound::Maximum, spec.price_max)
    } else if !price.units().is_multiple_of(spec.tick.units()) {
        broken(Bound::Step, spec.tick)
    } else {
        Ok(())
    }
}

fn check_lot_size(spec: &SymbolSpec, quantity: Quantity) -> Checked {
    let broken = |bound, limit| Err(Rejection::LotSize { bound, quantity, limit });
    if quantity < spec.quantity_min || quantity == Quantity::ZERO {
        broken(Bound::Minimum, spec.quantity_min)
    } else if quantity > spec.quantity_max {
        broken(Bound::Maximum, spec.quantity_max)
    } else if !quantity.units().is_multiple_of(spec.lot.units()) {
        broken(Bound::Step, spec.lot)
    } else {
        Ok(())
    }
}

fn check_market_lot_size(spec: &SymbolSpec, quantity: Quantity) -> Checked {
    let broken = |bound, limit| Err(Rejection::MarketLotSize { bound, quantity, limit });
    if quantity < spec.market_quantity_min {
        broken(Bound::Minimum, spec.market_quantity_min)
    } else if spec.market_quantity_max > Quantity::ZERO && quantity > spec.market_quantity_max {
        broken(Bound::Maximum, spec.market_quantity_max)
    } else if spec.market_lot > Quantity::ZERO && !quantity.units().is_multiple_of(spec.market_lot.units()) {
        broken(Bound::Step, spec.market_lot)
    } else {
        Ok(())
    }
}

fn applies_to_market(spec: &SymbolSpec) -> (bool, bool) {
    (spec.notional_min_applies_to_market, spec.notional_max_applies_to_market)
}

fn check_notional(spec: &SymbolSpec, worth: i128, (minimum, maximum): (bool, bool)) -> Checked {
    let notional = Amount::from_units(worth);
    if minimum && notional < spec.notional_min {
        return Err(Rejection::Notional { bound: Bound::Minimum, notional, limit: spec.notional_min });
    }
    if maximum && spec.notional_max > Amount::ZERO && notional > spec.notional_max {
        return Err(Rejection::Notional { bound: Bound::Maximum, notional, limit: spec.notional_max });
    }
    Ok(())
}

/// What a market order to buy would cost now, the quantity at each price rounded up.
fn cost_now(asks: &[OrderState], quantity: i128) -> i128 {
    let (mut left, mut cost) = (quantity, 0);
    for price in asks.iter().map(|order| order.price).collect::<std::collections::BTreeSet<Price>>() {
        let there: i128 = asks.iter().filter(|order| order.price == price).map(left_of).sum();
        cost += worth_up(price, left.min(there));
        left -= left.min(there);
    }
    cost
}
