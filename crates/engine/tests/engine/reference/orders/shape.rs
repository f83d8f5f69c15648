//! Whether the fields of an order fit its type, and whether the symbol allows what it asks for.

use super::{Asked, Reference};
use rialto_types::{Feature, OrderTerms, OrderType, PegPrice, Price, Quantity, Rejection, TimeInForce};

type Checked = Result<(), Rejection>;

pub(super) fn invalid(field: &'static str) -> Rejection {
    Rejection::InvalidOrder { field }
}

fn must(is_so: bool, field: &'static str) -> Checked {
    if is_so { Ok(()) } else { Err(invalid(field)) }
}

impl Reference {
    pub(super) fn check_shape(&self, asked: &Asked) -> Checked {
        let terms = asked.terms.unwrap_or_default();
        if asked.order_type.has_limit() {
            check_with_limit(asked, &terms)?;
        } else {
            check_without_limit(asked)?;
        }
        if asked.order_type.is_contingent() {
            must(terms.stop_price.is_some() || terms.trailing_delta.is_some(), "stop_price")?;
            must(terms.stop_price != Some(Price::ZERO), "stop_price")?;
            must(terms.trailing_delta.is_none_or(|delta| delta > 0 && delta < 10_000), "trailing_delta")?;
        } else {
            must(terms.stop_price.is_none(), "stop_price")?;
            must(terms.trailing_delta.is_none(), "trailing_delta")?;
        }
        check_iceberg(asked)?;
        check_peg(asked, &terms)?;
        if asked.is_routed {
            let is_type = matches!(asked.order_type, OrderType::Limit | OrderType::Market);
            must(is_type && asked.quantity.is_some() && terms.peg.is_none(), "is_routed")?;
            let symbol = asked.symbol;
            if !self.pools.values().any(|pool| pool.contains(&symbol)) {
                return Err(Rejection::NotPooled { symbol });
            }
        }
        must(terms.strategy_type.is_none_or(|kind| kind >= 1_000_000), "strategy_type")
    }

    pub(super) fn check_features(&self, asked: &Asked) -> Checked {
        let of_type = match asked.order_type {
            OrderType::Limit | OrderType::LimitMaker => None,
            OrderType::Market => Some(Feature::Market),
            OrderType::StopLoss => Some(Feature::StopLoss),
            OrderType::StopLossLimit => Some(Feature::StopLossLimit),
            OrderType::TakeProfit => Some(Feature::TakeProfit),
            OrderType::TakeProfitLimit => Some(Feature::TakeProfitLimit),
        };
        let asked_for = [
            of_type,
            asked.quote_quantity.map(|_| Feature::QuoteOrderQuantity),
            asked.trailing_delta().map(|_| Feature::Trailing),
            asked.iceberg().map(|_| Feature::Iceberg),
            asked.peg().map(|_| Feature::Peg),
        ];
        asked_for.into_iter().flatten().try_for_each(|feature| self.must_allow(asked.symbol, feature))
    }

    pub(super) fn must_allow(&self, symbol: rialto_types::SymbolId, feature: Feature) -> Checked {
        let is_allowed = self.spec(symbol).rules.features.0 & 1 << feature as u16 != 0;
        if is_allowed { Ok(()) } else { Err(Rejection::NotAllowed { feature }) }
    }
}

fn check_with_limit(asked: &Asked, terms: &OrderTerms) -> Checked {
    must(asked.price.is_some() || terms.peg.is_some(), "price")?;
    must(asked.price != Some(Price::ZERO), "price")?;
    must(asked.quantity.is_some() || asked.is_paid, "quantity")?;
    must(asked.quote_quantity.is_none(), "quote_quantity")?;
    let is_gtc = asked.time_in_force == TimeInForce::GoodTillCanceled;
    must(is_gtc || asked.order_type != OrderType::LimitMaker, "time_in_force")
}

fn check_without_limit(asked: &Asked) -> Checked {
    must(asked.price.is_none(), "price")?;
    must(asked.time_in_force == TimeInForce::GoodTillCanceled, "time_in_force")?;
    match (asked.quantity, asked.quote_quantity) {
        (Some(_), Some(_)) => Err(invalid("quote_quantity")),
        (None, Some(amount)) => {
            must(asked.order_type == OrderType::Market && amount != Quantity::ZERO, "quote_quantity")
        }
        (None, None) => must(asked.is_paid, "quantity"),
        (Some(_), None) => Ok(()),
    }
}

/// What is shown at a time is a part of an order that may rest.
pub(super) fn check_iceberg(asked: &Asked) -> Checked {
    let Some(iceberg) = asked.iceberg() else { return Ok(()) };
    let rests = asked.order_type.has_limit() && asked.time_in_force == TimeInForce::GoodTillCanceled;
    must(rests, "iceberg_quantity")?;
    match asked.quantity {
        Some(quantity) if iceberg > quantity => Err(Rejection::IcebergExceedsQuantity { iceberg, quantity }),
        _ => Ok(()),
    }
}

fn check_peg(asked: &Asked, terms: &OrderTerms) -> Checked {
    let Some(peg) = terms.peg else { return Ok(()) };
    if !asked.order_type.has_limit() {
        return Err(Rejection::UnpeggableType {});
    }
    let is_gtc = asked.time_in_force == TimeInForce::GoodTillCanceled;
    let is_peggable = match asked.order_type {
        OrderType::LimitMaker => peg.price == PegPrice::Primary,
        OrderType::Limit => peg.price == PegPrice::Market || is_gtc,
        _ => true,
    };
    if !is_peggable {
        return Err(Rejection::UnpeggablePrice {});
    }
    must(peg.offset.is_none_or(|offset| offset <= 100), "peg")
}
