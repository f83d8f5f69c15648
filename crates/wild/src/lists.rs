//! Lists of orders of every contingency, mostly well formed, now and then with one mistake.

use crate::orders::{account, fit, name, order, quantity, side, symbol};
use proptest::prelude::*;
use proptest::sample::select;
use rialto_types::command::{NewOrder, PlaceOrderList};
use rialto_types::{Contingency, OrderTerms, OrderType, Price, Quantity, Side, TimeInForce};

/// What a list is made from.
#[derive(Clone, Debug)]
struct Plan {
    contingency: Contingency,
    pays: bool,
    side: Side,
    quantity: Quantity,
    /// Of the working order, if there is one, then of a pair: the one with a limit, the one that stops a loss.
    types: [OrderType; 3],
    /// Above and below the usual market.
    prices: [Price; 2],
    /// Which of the mistakes, if one.
    mistake: u8,
}

pub fn order_list() -> impl Strategy<Value = PlaceOrderList> {
    (account(), symbol(), name(), plan(), prop::collection::vec(order(), 3)).prop_map(
        |(account, symbol, client_order_id, plan, mut orders)| {
            orders.truncate(plan.contingency.size());
            shape(&plan, &mut orders);
            let mut one_pays_the_other = plan.pays;
            mistake(&plan, &mut orders, &mut one_pays_the_other);
            let contingency = plan.contingency;
            PlaceOrderList { account, symbol, client_order_id, contingency, one_pays_the_other, orders }
        },
    )
}

fn plan() -> impl Strategy<Value = Plan> {
    use OrderType::{Limit, LimitMaker, StopLoss, StopLossLimit, TakeProfit, TakeProfitLimit};
    let contingency = select(vec![
        Contingency::OneCancelsTheOther,
        Contingency::OneTriggersTheOther,
        Contingency::OneTriggersOneCancelsTheOther,
    ]);
    let types = (
        select(vec![Limit, Limit, Limit, LimitMaker]),
        select(vec![LimitMaker, LimitMaker, TakeProfit, TakeProfitLimit]),
        select(vec![StopLoss, StopLossLimit]),
    );
    let ticks = |ticks: u64| Price::from_units(ticks * 1_000_000).unwrap();
    let prices = (98..111u64, 90..103u64).prop_map(move |(above, below)| [ticks(above), ticks(below)]);
    (contingency, any::<bool>(), side(), quantity(), types, prices, 0..150u8).prop_map(
        |(contingency, pays, side, quantity, (working, limit, stop), prices, mistake)| {
            let pays = pays && contingency.has_working_order();
            Plan { contingency, pays, side, quantity, types: [working, limit, stop], prices, mistake }
        },
    )
}

/// Let the orders be what the list needs.
fn shape(plan: &Plan, orders: &mut [NewOrder]) {
    let pending = usize::from(plan.contingency.has_working_order());
    if plan.contingency.has_working_order() {
        let working = &mut orders[0];
        become_type(working, plan.types[0], plan.prices[1]);
        if plan.pays {
            working.side = Side::Buy;
        }
        working.quantity = Some(plan.quantity);
    }
    for order in &mut orders[pending..] {
        order.side = if plan.pays { Side::Sell } else { plan.side };
        (order.quantity, order.quote_quantity) = (Some(plan.quantity).filter(|_| !plan.pays), None);
    }
    if plan.contingency.has_pair() {
        let (above, below) = (pending, pending + 1);
        let (limit, stop) = if orders[above].side == Side::Sell { (above, below) } else { (below, above) };
        become_type(&mut orders[limit], plan.types[1], plan.prices[limit - pending]);
        become_type(&mut orders[stop], plan.types[2], plan.prices[stop - pending]);
    }
}

fn become_type(order: &mut NewOrder, order_type: OrderType, price: Price) {
    order.order_type = order_type;
    order.quote_quantity = None;
    let mut terms = order.terms.unwrap_or_default();
    if terms.stop_price.is_some() {
        terms.stop_price = Some(price);
    }
    fit(&mut terms, order_type, price);
    order.price = Some(price).filter(|_| order_type.has_limit() && terms.peg.is_none());
    if order_type == OrderType::LimitMaker || !order_type.has_limit() || terms.iceberg_quantity.is_some() {
        order.time_in_force = TimeInForce::GoodTillCanceled;
    }
    order.terms = Some(terms).filter(|terms| *terms != OrderTerms::default());
}

/// One thing that no list may be, for a few of the dice.
fn mistake(plan: &Plan, orders: &mut Vec<NewOrder>, pays: &mut bool) {
    let last = orders.len() - 1;
    match plan.mistake {
        0 => drop(orders.pop()),
        1 => orders.swap(0, last),
        2 => orders[0].order_type = OrderType::Market,
        3 => orders[last].quote_quantity = Some(plan.quantity),
        4 => orders[last].side = orders[last].side.opposite(),
        5 => orders[last].quantity = Quantity::from_units(plan.quantity.units() + 50_000_000),
        6 => *pays = !*pays,
        7 => orders[last].order_type = OrderType::TakeProfit,
        8 => orders[last].order_type = OrderType::LimitMaker,
        9 => orders[0].side = orders[0].side.opposite(),
        10 => orders[last].client_order_id = orders[0].client_order_id,
        11 => orders[last - 1].order_type = OrderType::StopLoss,
        12 => orders[last - 1].order_type = OrderType::TakeProfit,
        13 => orders[last].price = plan.prices.first().copied(),
        _ => {}
    }
}
