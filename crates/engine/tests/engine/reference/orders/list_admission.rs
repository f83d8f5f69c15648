//! Whether a list is accepted.

use super::admission::check_name;
use super::contingent::is_above;
use super::{Accepted, Asked, Reference, insufficient, paid};
use rialto_types::command::{NewOrder, PlaceOrderList};
use rialto_types::rejection::ListRule;
use rialto_types::{AssetId, Contingency, Feature, OrderType, Price, Rejection, Side};

type Checked = Result<(), Rejection>;

impl Reference {
    pub(super) fn admit_list(&self, command: &PlaceOrderList) -> Result<Vec<(Asked, Accepted)>, Rejection> {
        let (account, symbol, contingency) = (command.account, command.symbol, command.contingency);
        self.must_trade(account, symbol)?;
        let features = [
            (contingency.has_pair(), Feature::Oco),
            (contingency.has_working_order(), Feature::Oto),
            (command.one_pays_the_other, Feature::Opo),
        ];
        features.into_iter().filter(|(asks, _)| *asks).try_for_each(|(_, feature)| self.must_allow(symbol, feature))?;
        check_rules(command)?;
        check_name(command.client_order_id)?;
        let asked = self.asked_of_list(command);
        let accepted: Vec<Accepted> = asked.iter().map(|asked| self.check_alone(asked)).collect::<Result<_, _>>()?;
        self.check_names(command)?;
        self.check_counts(account, symbol, &asked, true)?;
        self.check_list_counts(account, symbol)?;
        if contingency.has_pair() {
            self.check_prices_of_pair(command)?;
        }
        let admitted: Vec<(Asked, Accepted)> = asked.into_iter().zip(accepted).collect();
        for (asked, accepted) in admitted.iter().filter(|(asked, _)| !asked.is_pending) {
            self.check_room_of(asked, accepted)?;
            self.check_at_once(asked, accepted)?;
        }
        self.check_balances(command, &admitted)?;
        Ok(admitted)
    }

    fn asked_of_list(&self, command: &PlaceOrderList) -> Vec<Asked> {
        let orders = command.orders.iter().enumerate();
        let asked = orders.map(|(position, order)| {
            let is_pending = command.contingency.has_working_order() && position > 0;
            let asked = self.asked(command.account, command.symbol, order, false);
            let is_paid = is_pending && command.one_pays_the_other;
            Asked { starts: asked.starts && !is_pending, is_pending, is_paid, ..asked }
        });
        asked.collect()
    }

    fn check_names(&self, command: &PlaceOrderList) -> Checked {
        let client_order_id = command.client_order_id;
        let is_taken =
            |list: &super::List| (list.state.account, list.state.client_order_id) == (command.account, client_order_id);
        if self.lists.iter().any(is_taken) {
            return Err(Rejection::DuplicateListClientOrderId { client_order_id });
        }
        for (position, order) in command.orders.iter().enumerate() {
            let client_order_id = order.client_order_id;
            self.check_name_is_free(command.account, command.symbol, client_order_id)?;
            if command.orders[..position].iter().any(|other| other.client_order_id == client_order_id) {
                return Err(Rejection::DuplicateClientOrderId { client_order_id });
            }
        }
        Ok(())
    }

    /// A pair that starts at once has the market between its prices; another has one above the other.
    fn check_prices_of_pair(&self, command: &PlaceOrderList) -> Checked {
        let first = usize::from(command.contingency.has_working_order());
        let (above, below) = (prices_of(&command.orders[first]), prices_of(&command.orders[first + 1]));
        let last = self.symbols[command.symbol.index()].last_price.filter(|_| first == 0);
        let is_right = match last {
            Some(last) => above.iter().all(|price| *price > last) && below.iter().all(|price| *price < last),
            None => above.iter().all(|above| below.iter().all(|below| above > below)),
        };
        if is_right { Ok(()) } else { Err(Rejection::PriceRelationship {}) }
    }

    /// What the working order needs, then what those behind it need, each added to the one before if it is paid in the
    /// same asset.
    fn check_balances(&self, command: &PlaceOrderList, admitted: &[(Asked, Accepted)]) -> Checked {
        let needed: Vec<i128> = admitted.iter().map(|(asked, accepted)| self.needed(asked, accepted)).collect();
        let parts: Vec<(Side, i128)> = match command.contingency {
            Contingency::OneCancelsTheOther => vec![(command.orders[0].side, needed[0].max(needed[1]))],
            Contingency::OneTriggersTheOther => {
                vec![(command.orders[0].side, needed[0]), (command.orders[1].side, needed[1])]
            }
            Contingency::OneTriggersOneCancelsTheOther => {
                vec![(command.orders[0].side, needed[0]), (command.orders[1].side, needed[1].max(needed[2]))]
            }
        };
        let mut so_far: Vec<(AssetId, i128)> = Vec::new();
        for (side, needed) in parts {
            let asset = paid(self.spec(command.symbol), side);
            so_far.push((asset, needed));
            let needed: i128 = so_far.iter().filter(|part| part.0 == asset).map(|part| part.1).sum();
            let free = self.balance(command.account, asset).free;
            if free < needed {
                return Err(insufficient(command.account, asset, needed, free));
            }
        }
        Ok(())
    }
}

/// Where an order of a pair stands to the market, as far as it is known.
fn prices_of(order: &NewOrder) -> Vec<Price> {
    let stop_price = order.terms.and_then(|terms| terms.stop_price);
    match order.order_type {
        OrderType::LimitMaker => order.price.into_iter().collect(),
        OrderType::TakeProfitLimit => order.price.into_iter().chain(stop_price).collect(),
        _ => stop_price.into_iter().collect(),
    }
}

fn check_rules(command: &PlaceOrderList) -> Checked {
    let must = |is_so: bool, rule: ListRule| if is_so { Ok(()) } else { Err(Rejection::InvalidOrderList { rule }) };
    let (contingency, orders) = (command.contingency, &command.orders);
    must(orders.len() == contingency.size(), ListRule::Size)?;
    let first_pending = usize::from(contingency.has_working_order());
    let (working, pending) = orders.split_at(first_pending);
    for order in working {
        must(matches!(order.order_type, OrderType::Limit | OrderType::LimitMaker), ListRule::WorkingType)?;
    }
    if first_pending > 0 {
        must(pending.iter().all(|order| order.quote_quantity.is_none()), ListRule::PendingQuoteQuantity)?;
    }
    if contingency.has_pair() {
        check_rules_of_pair(&pending[0], &pending[1])?;
    }
    if command.one_pays_the_other {
        must(working.iter().all(|order| order.side == Side::Buy), ListRule::PayingWorkingBuys)?;
        if first_pending > 0 {
            must(pending.iter().all(|order| order.side == Side::Sell), ListRule::PaidPendingSells)?;
            must(pending.iter().all(|order| order.quantity.is_none()), ListRule::PaidPendingQuantity)?;
        }
        must(first_pending > 0, ListRule::PaysWithoutWorking)?;
    }
    Ok(())
}

fn check_rules_of_pair(above: &NewOrder, below: &NewOrder) -> Checked {
    let must = |is_so: bool, rule: ListRule| if is_so { Ok(()) } else { Err(Rejection::InvalidOrderList { rule }) };
    let is_maker = |order: &NewOrder| order.order_type == OrderType::LimitMaker;
    let both = [above, below];
    must(both.iter().all(|order| is_maker(order) || order.order_type.is_contingent()), ListRule::PairType)?;
    must(both.iter().any(|order| !is_maker(order)), ListRule::PairOfLimits)?;
    must(above.side == below.side, ListRule::PairSide)?;
    must(above.quantity == below.quantity, ListRule::PairQuantity)?;
    let is_stop_loss = |order: &NewOrder| matches!(order.order_type, OrderType::StopLoss | OrderType::StopLossLimit);
    let is_take_profit =
        |order: &NewOrder| matches!(order.order_type, OrderType::TakeProfit | OrderType::TakeProfitLimit);
    if above.side == Side::Buy {
        must(!is_maker(above), ListRule::BuyLimitBelow)?;
        must(!is_stop_loss(below), ListRule::BuyStopLossAbove)?;
        must(!is_take_profit(above), ListRule::BuyTakeProfitBelow)?;
        debug_assert!(is_above(above.order_type, above.side));
    } else {
        must(!is_maker(below), ListRule::SellLimitAbove)?;
        must(!is_stop_loss(above), ListRule::SellStopLossBelow)?;
        must(!is_take_profit(below), ListRule::SellTakeProfitAbove)?;
    }
    Ok(())
}
