//! Whether orders may enter as a list: how they fit together, then each of them, then all of them at once.

use super::{Draft, Party, Start, check_client_order_id};
use crate::engine::Engine;
use crate::seats::Counts;
use crate::symbols::Symbol;
use rialto_types::command::{NewOrder, PlaceOrderList};
use rialto_types::rejection::ListRule;
use rialto_types::{Amount, Contingency, Feature, OrderType, Price, Rejection, Side};

/// One order of a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub(crate) order: NewOrder,
    pub(crate) draft: Draft,
    pub(crate) start: Start,
}

/// A list that may enter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListDraft {
    pub(crate) party: Party,
    pub(crate) contingency: Contingency,
    /// As many as the contingency has; where there are two, the last is that before it again and is not looked at.
    pub(crate) parts: [Part; 3],
    pub(crate) size: usize,
    /// What the list itself will hold: for the orders of a pair together.
    pub(crate) held: Amount,
}

impl ListDraft {
    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts[..self.size]
    }
}

impl Engine {
    /// Check a list from its composition to its funding.
    pub(crate) fn admit_list(&self, command: &PlaceOrderList) -> Result<ListDraft, Rejection> {
        let party = self.party(command.account, command.symbol)?;
        let symbol = self.symbol(command.symbol)?;
        check_features(command, symbol)?;
        check_composition(command)?;
        check_client_order_id(&command.client_order_id)?;
        let start =
            |index: usize| match (command.contingency.has_working_order() && index > 0, command.one_pays_the_other) {
                (false, _) => Start::AtOnce,
                (true, false) => Start::Pending,
                (true, true) => Start::Paid,
            };
        let read = |index: usize| -> Result<Part, Rejection> {
            let index = index.min(command.orders.len() - 1);
            let (order, start) = (command.orders[index], start(index));
            Ok(Part { order, draft: self.read_order(&party, &order, start, false)?, start })
        };
        let parts = [read(0)?, read(1)?, read(2)?];
        let size = command.contingency.size();
        self.check_names(&party, command)?;
        let added = parts[..size]
            .iter()
            .fold(Counts { lists: 1, ..Counts::default() }, |sum, part| sum.plus(Engine::counts_of(&part.order)));
        self.check_counts(&party, added)?;
        if command.contingency.has_pair() {
            let [.., above, below] = &parts[..size] else { unreachable!("a pair has two orders") };
            let last = Some(symbol.last_price).filter(|last| above.start == Start::AtOnce && !last.is_zero());
            check_relationship([&above.order, &below.order], last)?;
        }
        for part in parts[..size].iter().filter(|part| part.start == Start::AtOnce) {
            self.check_place(symbol, &part.order, &part.draft)?;
            self.check_market(symbol, &part.order, &part.draft)?;
        }
        let held = self.check_list_funds(&party, symbol, command, &parts[..size])?;
        Ok(ListDraft { party, contingency: command.contingency, parts, size, held })
    }

    /// Refuse names that are taken, or given twice.
    fn check_names(&self, party: &Party, command: &PlaceOrderList) -> Result<(), Rejection> {
        let client_order_id = command.client_order_id;
        if self.lists.find_by_client(party.account, &client_order_id).is_some() {
            return Err(Rejection::DuplicateListClientOrderId { client_order_id });
        }
        for (index, order) in command.orders.iter().enumerate() {
            let client_order_id = order.client_order_id;
            self.check_name(party, &client_order_id)?;
            if command.orders[..index].iter().any(|other| other.client_order_id == client_order_id) {
                return Err(Rejection::DuplicateClientOrderId { client_order_id });
            }
        }
        Ok(())
    }

    /// Refuse unless everything the orders hold or pay at once is free, asset by asset. Returns what a pair holds.
    fn check_list_funds(
        &self,
        party: &Party,
        symbol: &Symbol,
        command: &PlaceOrderList,
        parts: &[Part],
    ) -> Result<Amount, Rejection> {
        let hold = |part: &Part| match part.start {
            Start::AtOnce => self.needed_by(symbol, &part.order, &part.draft, false),
            Start::Pending => symbol.hold(part.order.side, part.draft.holding_price, part.draft.demand.lots()),
            Start::Paid => Amount::ZERO,
        };
        let (singles, pair) = match command.contingency {
            Contingency::OneCancelsTheOther => (&parts[..0], Some(parts)),
            Contingency::OneTriggersTheOther => (parts, None),
            Contingency::OneTriggersOneCancelsTheOther => (&parts[..1], Some(&parts[1..])),
        };
        let held = pair.map_or(Amount::ZERO, |pair| pair.iter().map(hold).max().unwrap_or_default());
        let needs = singles.iter().map(|part| (part.order.side, hold(part)));
        let needs = needs.chain(pair.map(|pair| (pair[0].order.side, held)));
        let mut sums = [Amount::ZERO; 2];
        for (side, need) in needs {
            let sum = &mut sums[usize::from(side == Side::Sell)];
            *sum = sum.plus(need).expect("holds are bounded");
            let needed = *sum;
            self.check_free(party, symbol, side, needed)?;
        }
        Ok(held)
    }
}

fn check_features(command: &PlaceOrderList, symbol: &Symbol) -> Result<(), Rejection> {
    let asked = [
        (command.contingency.has_pair(), Feature::Oco),
        (command.contingency.has_working_order(), Feature::Oto),
        (command.one_pays_the_other, Feature::Opo),
    ];
    let features = symbol.spec.rules.features;
    match asked.into_iter().find(|(is_asked, feature)| *is_asked && !features.has(*feature)) {
        Some((_, feature)) => Err(Rejection::NotAllowed { feature }),
        None => Ok(()),
    }
}

/// Refuse orders that do not make a list, the first rule of [`ListRule`] first.
fn check_composition(command: &PlaceOrderList) -> Result<(), Rejection> {
    let orders = &command.orders;
    if orders.len() != command.contingency.size() {
        return Err(Rejection::InvalidOrderList { rule: ListRule::Size });
    }
    let has_working = command.contingency.has_working_order();
    let (working, pending) = if has_working { (Some(&orders[0]), &orders[1..]) } else { (None, &orders[..0]) };
    let pair = if command.contingency.has_pair() { orders.split_last_chunk::<2>().map(|(_, pair)| pair) } else { None };
    let is_pairable = |order: &NewOrder| order.order_type == OrderType::LimitMaker || order.order_type.is_contingent();
    let is_limit = |order: &NewOrder| order.order_type == OrderType::LimitMaker;
    let is_stop_loss = |order: &NewOrder| matches!(order.order_type, OrderType::StopLoss | OrderType::StopLossLimit);
    let is_profit = |order: &NewOrder| matches!(order.order_type, OrderType::TakeProfit | OrderType::TakeProfitLimit);
    // In a pair, which kind of order stands wrongly for its side: above for a buyer, below for a seller, or the other way.
    let misplaced = |side: Side, is_above: bool, kind: &dyn Fn(&NewOrder) -> bool| {
        pair.is_some_and(|[above, below]| above.side == side && kind(if is_above { above } else { below }))
    };
    let pays = command.one_pays_the_other;
    let rules = [
        (
            ListRule::WorkingType,
            working.is_none_or(|order| matches!(order.order_type, OrderType::Limit | OrderType::LimitMaker)),
        ),
        (ListRule::PendingQuoteQuantity, pending.iter().all(|order| order.quote_quantity.is_none())),
        (ListRule::PairType, pair.is_none_or(|pair| pair.iter().all(is_pairable))),
        (ListRule::PairOfLimits, pair.is_none_or(|pair| !pair.iter().all(is_limit))),
        (ListRule::PairSide, pair.is_none_or(|[above, below]| above.side == below.side)),
        (ListRule::PairQuantity, pair.is_none_or(|[above, below]| above.quantity == below.quantity)),
        (ListRule::BuyLimitBelow, !misplaced(Side::Buy, true, &is_limit)),
        (ListRule::SellLimitAbove, !misplaced(Side::Sell, false, &is_limit)),
        (ListRule::BuyStopLossAbove, !misplaced(Side::Buy, false, &is_stop_loss)),
        (ListRule::SellStopLossBelow, !misplaced(Side::Sell, true, &is_stop_loss)),
        (ListRule::BuyTakeProfitBelow, !misplaced(Side::Buy, true, &is_profit)),
        (ListRule::SellTakeProfitAbove, !misplaced(Side::Sell, false, &is_profit)),
        (ListRule::PayingWorkingBuys, !pays || working.is_none_or(|order| order.side == Side::Buy)),
        (ListRule::PaidPendingSells, !pays || pending.iter().all(|order| order.side == Side::Sell)),
        (ListRule::PaidPendingQuantity, !pays || pending.iter().all(|order| order.quantity.is_none())),
        (ListRule::PaysWithoutWorking, !pays || has_working),
    ];
    match rules.into_iter().find(|(_, holds)| !holds) {
        Some((rule, _)) => Err(Rejection::InvalidOrderList { rule }),
        None => Ok(()),
    }
}

/// Refuse a pair whose prices are not on their sides of the last price, or of each other where that does not count.
fn check_relationship(pair: [&NewOrder; 2], last: Option<Price>) -> Result<(), Rejection> {
    let [above, below] = pair.map(prices_of);
    let is_above = |high: Option<Price>, low: Option<Price>| high.is_none_or(|high| low.is_none_or(|low| high > low));
    let holds = match last {
        Some(_) => above.iter().all(|price| is_above(*price, last)) && below.iter().all(|price| is_above(last, *price)),
        None => above.iter().all(|high| below.iter().all(|low| is_above(*high, *low))),
    };
    if holds { Ok(()) } else { Err(Rejection::PriceRelationship {}) }
}

/// The prices by which an order of a pair is placed: its limit for a profit, its stop price. What it takes from the book is
/// none of them.
fn prices_of(order: &NewOrder) -> [Option<Price>; 2] {
    let stop = order.terms.as_ref().and_then(|terms| terms.stop_price);
    match order.order_type {
        OrderType::LimitMaker => [order.price, None],
        OrderType::TakeProfitLimit => [order.price, stop],
        _ => [None, stop],
    }
}
