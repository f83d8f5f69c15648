//! The filters of a symbol and of assets.

use super::shape::invalid;
use super::{Accepted, Asked, Reference, quantity_of, units_of, worth_down};
use rialto_types::{
    Amount, AssetId, Bound, OrderType, Price, Quantity, Rejection, SelfTradePrevention, Side, SymbolId, SymbolSpec,
};

type Checked = Result<(), Rejection>;

impl Reference {
    /// Every filter up to MAX_ASSET, and what the order may trade.
    pub(super) fn check_filters(
        &self,
        asked: &Asked,
        mode: SelfTradePrevention,
        pegged: Option<Price>,
    ) -> Result<Accepted, Rejection> {
        let spec = self.spec(asked.symbol);
        for price in asked.price.into_iter().chain(pegged).chain(asked.stop_price()) {
            check_price(spec, price)?;
        }
        for price in asked.price.into_iter().chain(pegged) {
            self.check_percent_price(asked.symbol, asked.side, price)?;
        }
        if let Some(quantity) = asked.quantity {
            check_lot_size(spec, quantity)?;
            check_iceberg_parts(spec, asked, quantity)?;
            if !asked.order_type.has_limit() {
                check_market_lot_size(spec, quantity)?;
            }
        }
        check_trailing_delta(spec, asked)?;
        let notional = self.check_worth(asked, spec, pegged)?;
        let mut accepted =
            Accepted { quantity: asked.quantity.map_or(0, units_of), is_amount_used_up: true, mode, pegged };
        if let Some(amount) = asked.quote_quantity {
            (accepted.quantity, accepted.is_amount_used_up) =
                self.read_quote_amount(asked, spec, mode, units_of(amount))?;
        }
        self.check_asset_limit(spec.base, accepted.quantity)?;
        if let Some(notional) = notional {
            self.check_asset_limit(spec.quote, notional)?;
        }
        Ok(accepted)
    }

    /// NOTIONAL; the highest worth that was looked at.
    fn check_worth(&self, asked: &Asked, spec: &SymbolSpec, pegged: Option<Price>) -> Result<Option<i128>, Rejection> {
        if let Some(amount) = asked.quote_quantity {
            check_notional(spec, units_of(amount), applies_to_market(spec))?;
            return Ok(Some(units_of(amount)));
        }
        let Some(quantity) = asked.quantity.map(units_of) else { return Ok(None) };
        if asked.order_type.has_limit() {
            let worths: Vec<i128> =
                asked.price.into_iter().chain(pegged).map(|price| worth_down(price, quantity)).collect();
            for worth in &worths {
                check_notional(spec, *worth, (true, true))?;
            }
            return Ok(worths.into_iter().max());
        }
        let stand_in =
            if asked.order_type == OrderType::Market { self.best_to_meet(asked) } else { asked.stop_price() };
        let Some(price) = self.worth_of_market(asked.symbol).or(stand_in) else { return Ok(None) };
        let worth = worth_down(price, quantity);
        check_notional(spec, worth, applies_to_market(spec))?;
        Ok(Some(worth))
    }

    pub(super) fn check_percent_price(&self, symbol: SymbolId, side: Side, price: Price) -> Checked {
        let Some(rule) = self.spec(symbol).rules.percent_price else { return Ok(()) };
        let Some(worth) = self.worth_of_market(symbol) else { return Ok(()) };
        let (up, down) = match side {
            Side::Buy => (rule.bid_up, rule.bid_down),
            Side::Sell => (rule.ask_up, rule.ask_down),
        };
        let product = |factor: Price| i128::from(worth.units()) * i128::from(factor.units());
        let asked = i128::from(price.units()) * super::super::ONE;
        let broken = |bound, factor| {
            let limit = product(factor) / super::super::ONE;
            let limit = u64::try_from(limit).ok().and_then(Price::from_units).unwrap_or(Price::MAX);
            Err(Rejection::PercentPrice { bound, price, limit, by_side: rule.by_side })
        };
        if asked > product(up) {
            broken(Bound::Maximum, up)
        } else if asked < product(down) {
            broken(Bound::Minimum, down)
        } else {
            Ok(())
        }
    }

    /// How much comes nearest to a quote amount without passing it, part by part, and whether the amount is used up.
    fn read_quote_amount(
        &self,
        asked: &Asked,
        spec: &SymbolSpec,
        mode: SelfTradePrevention,
        amount: i128,
    ) -> Result<(i128, bool), Rejection> {
        if amount == 0 {
            return Err(invalid("quote_quantity"));
        }
        let lot = units_of(spec.lot);
        let least = spec.quantity_min.max(spec.lot);
        let most = units_of(Quantity::MAX) / lot * lot;
        let (mut amount_left, mut quantity, mut is_used_up) = (amount, 0, false);
        for (price, part) in self.parts_to_meet(asked, mode) {
            let taken = super::worth::affordable(amount_left, price, lot).min(part);
            if quantity + taken > most {
                let (quantity, limit) = (quantity_of(quantity), spec.quantity_max);
                return Err(Rejection::LotSize { bound: Bound::Maximum, quantity, limit });
            }
            quantity += taken;
            amount_left -= worth_down(price, taken);
            if taken < part {
                is_used_up = true;
                break;
            }
        }
        is_used_up |= amount_left == 0;
        let found = quantity_of(quantity);
        if is_used_up && found < least {
            return Err(Rejection::LotSize { bound: Bound::Minimum, quantity: found, limit: least });
        }
        if found > spec.quantity_max {
            return Err(Rejection::LotSize { bound: Bound::Maximum, quantity: found, limit: spec.quantity_max });
        }
        Ok((quantity, is_used_up))
    }

    /// MAX_ASSET.
    fn check_asset_limit(&self, asset: AssetId, amount: i128) -> Checked {
        let Some(limit) = self.asset_limits.get(&asset).copied() else { return Ok(()) };
        if amount <= limit.units() {
            return Ok(());
        }
        Err(Rejection::MaxAsset { asset, amount: Amount::from_units(amount), limit })
    }

    /// MAX_POSITION.
    pub(super) fn check_position(&self, asked: &Asked, quantity: i128) -> Checked {
        let spec = self.spec(asked.symbol);
        let limit = spec.rules.position_max;
        if asked.side == Side::Sell || limit == Quantity::ZERO {
            return Ok(());
        }
        let is_buying = |o: &&super::Order| {
            (o.state.account, o.state.symbol, o.state.side) == (asked.account, asked.symbol, Side::Buy)
        };
        let buying: i128 = self.orders.iter().filter(is_buying).map(super::Order::left).sum();
        let balance = self.balance(asked.account, spec.base);
        let position = balance.free + balance.locked + buying + quantity;
        if position <= units_of(limit) {
            return Ok(());
        }
        Err(Rejection::MaxPosition { position: Amount::from_units(position), limit })
    }
}

pub(super) fn check_price(spec: &SymbolSpec, price: Price) -> Checked {
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

pub(super) fn check_lot_size(spec: &SymbolSpec, quantity: Quantity) -> Checked {
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

/// LOT_SIZE of the part that is shown, and ICEBERG_PARTS.
fn check_iceberg_parts(spec: &SymbolSpec, asked: &Asked, quantity: Quantity) -> Checked {
    let Some(iceberg) = asked.iceberg() else { return Ok(()) };
    check_lot_size(spec, iceberg)?;
    let (parts, limit) = (quantity.units().div_ceil(iceberg.units()), spec.rules.iceberg_parts_max);
    if limit == 0 || parts <= u64::from(limit) { Ok(()) } else { Err(Rejection::TooManyIcebergParts { parts, limit }) }
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

fn check_trailing_delta(spec: &SymbolSpec, asked: &Asked) -> Checked {
    let (Some(range), Some(delta)) = (spec.rules.trailing, asked.trailing_delta()) else { return Ok(()) };
    let (least, most) = match super::contingent::is_above(asked.order_type, asked.side) {
        true => (range.above_min, range.above_max),
        false => (range.below_min, range.below_max),
    };
    if delta < least {
        Err(Rejection::TrailingDelta { bound: Bound::Minimum, delta, limit: least })
    } else if delta > most {
        Err(Rejection::TrailingDelta { bound: Bound::Maximum, delta, limit: most })
    } else {
        Ok(())
    }
}

fn applies_to_market(spec: &SymbolSpec) -> (bool, bool) {
    (spec.notional_min_applies_to_market, spec.notional_max_applies_to_market)
}

pub(super) fn check_notional(spec: &SymbolSpec, worth: i128, (minimum, maximum): (bool, bool)) -> Checked {
    let notional = Amount::from_units(worth);
    if minimum && notional < spec.notional_min {
        return Err(Rejection::Notional { bound: Bound::Minimum, notional, limit: spec.notional_min });
    }
    if maximum && spec.notional_max > Amount::ZERO && notional > spec.notional_max {
        return Err(Rejection::Notional { bound: Bound::Maximum, notional, limit: spec.notional_max });
    }
    Ok(())
}
