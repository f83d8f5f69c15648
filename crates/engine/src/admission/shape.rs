//! Whether the fields of an order fit its type, and whether the symbol allows what it asks for.

use super::{Start, is_patient};
use crate::order::iceberg_of;
use rialto_types::command::NewOrder;
use rialto_types::terms::{PEG_LEVELS_MAX, STRATEGY_TYPE_MIN};
use rialto_types::{Feature, Features, OrderTerms, OrderType, PegPrice, Rejection};

/// A delta of everything, in hundredths of a percent: no market turns that far.
const DELTA_END: u32 = 10_000;

fn invalid(field: &'static str) -> Result<(), Rejection> {
    Err(Rejection::InvalidOrder { field })
}

/// Refuse an order whose fields do not fit its type.
pub(super) fn check_shape(order: &NewOrder, start: Start) -> Result<(), Rejection> {
    let terms = order.terms.as_ref().unwrap_or(&OrderTerms::NONE);
    if order.order_type.has_limit() {
        check_limit(order, terms, start)?
    } else {
        check_market(order, start)?
    }
    check_contingency(order, terms)?;
    check_iceberg(order)?;
    check_peg(order, terms)?;
    match terms.strategy_type {
        Some(kind) if kind < STRATEGY_TYPE_MIN => invalid("strategy_type"),
        _ => Ok(()),
    }
}

fn check_limit(order: &NewOrder, terms: &OrderTerms, start: Start) -> Result<(), Rejection> {
    if order.price.is_some_and(|price| price.is_zero()) || (order.price.is_none() && terms.peg.is_none()) {
        return invalid("price");
    }
    if order.quantity.is_none() && start != Start::Paid {
        return invalid("quantity");
    }
    if order.quote_quantity.is_some() {
        return invalid("quote_quantity");
    }
    if order.order_type == OrderType::LimitMaker && !is_patient(order) {
        return invalid("time_in_force");
    }
    Ok(())
}

fn check_market(order: &NewOrder, start: Start) -> Result<(), Rejection> {
    if order.price.is_some() {
        return invalid("price");
    }
    if !is_patient(order) {
        return invalid("time_in_force");
    }
    let takes_quote = order.order_type == OrderType::Market;
    match (order.quantity, order.quote_quantity) {
        (None, Some(budget)) if takes_quote && !budget.is_zero() => Ok(()),
        (_, Some(_)) => invalid("quote_quantity"),
        (None, None) if start != Start::Paid => invalid("quantity"),
        _ => Ok(()),
    }
}

fn check_contingency(order: &NewOrder, terms: &OrderTerms) -> Result<(), Rejection> {
    let (stop, delta) = (terms.stop_price, terms.trailing_delta);
    if !order.order_type.is_contingent() {
        return match (stop, delta) {
            (Some(_), _) => invalid("stop_price"),
            (None, Some(_)) => invalid("trailing_delta"),
            (None, None) => Ok(()),
        };
    }
    if stop.is_some_and(|stop| stop.is_zero()) || (stop.is_none() && delta.is_none()) {
        return invalid("stop_price");
    }
    if delta.is_some_and(|delta| delta == 0 || delta >= DELTA_END) { invalid("trailing_delta") } else { Ok(()) }
}

/// Refuse an iceberg that cannot be one.
pub(crate) fn check_iceberg(order: &NewOrder) -> Result<(), Rejection> {
    let Some(iceberg) = iceberg_of(order) else { return Ok(()) };
    if !order.order_type.has_limit() || !is_patient(order) {
        return invalid("iceberg_quantity");
    }
    match order.quantity {
        Some(quantity) if iceberg > quantity => Err(Rejection::IcebergExceedsQuantity { iceberg, quantity }),
        _ => Ok(()),
    }
}

fn check_peg(order: &NewOrder, terms: &OrderTerms) -> Result<(), Rejection> {
    let Some(peg) = terms.peg else { return Ok(()) };
    if !order.order_type.has_limit() {
        return Err(Rejection::UnpeggableType {});
    }
    match (order.order_type, peg.price) {
        (OrderType::LimitMaker, PegPrice::Market) => return Err(Rejection::UnpeggablePrice {}),
        (OrderType::Limit, PegPrice::Primary) if !is_patient(order) => return Err(Rejection::UnpeggablePrice {}),
        _ => {}
    }
    if peg.offset.is_some_and(|offset| offset > PEG_LEVELS_MAX) { invalid("peg") } else { Ok(()) }
}

/// Refuse an order that cannot be filled from several books.
pub(super) fn check_routed(order: &NewOrder) -> Result<(), Rejection> {
    let is_routable = matches!(order.order_type, OrderType::Limit | OrderType::Market)
        && order.quantity.is_some()
        && order.terms.is_none_or(|terms| terms.peg.is_none());
    if is_routable { Ok(()) } else { invalid("is_routed") }
}

/// Refuse what the symbol does not allow.
pub(super) fn check_allowed(order: &NewOrder, features: Features) -> Result<(), Rejection> {
    let is_plain = order.terms.is_none() && order.quote_quantity.is_none();
    if is_plain && matches!(order.order_type, OrderType::Limit | OrderType::LimitMaker) {
        return Ok(());
    }
    let terms = order.terms.as_ref().unwrap_or(&OrderTerms::NONE);
    let by_type = match order.order_type {
        OrderType::Limit | OrderType::LimitMaker => None,
        OrderType::Market => Some(Feature::Market),
        OrderType::StopLoss => Some(Feature::StopLoss),
        OrderType::StopLossLimit => Some(Feature::StopLossLimit),
        OrderType::TakeProfit => Some(Feature::TakeProfit),
        OrderType::TakeProfitLimit => Some(Feature::TakeProfitLimit),
    };
    let asked = [
        by_type,
        order.quote_quantity.map(|_| Feature::QuoteOrderQuantity),
        terms.trailing_delta.map(|_| Feature::Trailing),
        iceberg_of(order).map(|_| Feature::Iceberg),
        terms.peg.map(|_| Feature::Peg),
    ];
    for feature in asked.into_iter().flatten() {
        if !features.has(feature) {
            return Err(Rejection::NotAllowed { feature });
        }
    }
    Ok(())
}
