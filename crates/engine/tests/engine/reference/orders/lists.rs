//! Order lists: what they are made of, what they set aside, and how they are placed.

use super::{Accepted, Asked, Id, Place, Reference};
use rialto_types::command::PlaceOrderList;
use rialto_types::event::{OrderListPlaced, OrderPlaced};
use rialto_types::{ClientOrderId, Event, OrderId, OrderListId, OrderListState, OrderState, OrderType, Rejection};

/// An open list.
#[derive(Clone, Debug)]
pub struct List {
    pub state: OrderListState,
    /// What a pair sets aside together, or what a working order received for those it pays for.
    pub(super) hold: i128,
    /// Which way its pair or its pending orders trade.
    pub(super) side: rialto_types::Side,
}

impl List {
    pub(super) fn orders(&self) -> Vec<Id> {
        let (first, second, third) = self.state.orders;
        [Some(first), Some(second), third].into_iter().flatten().map(|id| (self.state.symbol, id)).collect()
    }

    pub(super) fn working(&self) -> Option<Id> {
        self.state.contingency.has_working_order().then(|| self.orders()[0])
    }

    pub(super) fn pending(&self) -> Vec<Id> {
        self.orders().split_off(usize::from(self.state.contingency.has_working_order()))
    }

    fn pair(&self) -> Option<[Id; 2]> {
        let pending = self.pending();
        self.state.contingency.has_pair().then(|| [pending[0], pending[1]])
    }
}

impl Reference {
    pub(super) fn list(&self, list_id: OrderListId) -> &List {
        self.lists.iter().find(|list| list.state.list_id == list_id).unwrap()
    }

    pub(super) fn list_mut(&mut self, list_id: OrderListId) -> &mut List {
        self.lists.iter_mut().find(|list| list.state.list_id == list_id).unwrap()
    }

    pub(super) fn list_of(&self, id: Id) -> Option<&List> {
        self.order(id).state.list_id.map(|list_id| self.list(list_id))
    }

    /// A list knows what the owner calls its orders.
    pub(super) fn rename_in_list(&mut self, id: Id, name: ClientOrderId) {
        let Some(list_id) = self.order(id).state.list_id else { return };
        let list = self.list_mut(list_id);
        let place = list.orders().iter().position(|order| *order == id).unwrap();
        let names = &mut list.state.client_order_ids;
        match place {
            0 => names.0 = name,
            1 => names.1 = name,
            _ => names.2 = Some(name),
        }
    }

    /// Whether an order excludes another that is open as well.
    pub(super) fn is_of_pair(&self, id: Id) -> bool {
        self.partner_of(id).is_some()
    }

    pub(super) fn partner_of(&self, id: Id) -> Option<Id> {
        let pair = self.list_of(id)?.pair()?;
        let partner = match pair {
            [one, other] if one == id => other,
            [one, other] if other == id => one,
            _ => return None,
        };
        self.find(partner).map(|_| partner)
    }

    pub(super) fn is_working_order(&self, state: &OrderState) -> bool {
        let id = (state.symbol, state.order_id);
        state.list_id.is_some_and(|list_id| self.list(list_id).working() == Some(id))
    }

    /// Whether what an order receives is locked for others.
    pub(super) fn pays_others(&self, state: &OrderState) -> bool {
        self.is_working_order(state) && state.list_id.is_some_and(|id| self.list(id).state.one_pays_the_other)
    }

    pub(super) fn keep_for_list(&mut self, state: &OrderState, amount: i128) {
        if let Some(list_id) = state.list_id.filter(|_| amount != 0) {
            self.list_mut(list_id).hold += amount;
        }
    }

    /// The larger of what both orders of a pair need.
    pub(super) fn pair_need(&self, id: Id) -> i128 {
        let partner = self.partner_of(id).unwrap();
        self.order(id).need().max(self.order(partner).need())
    }

    pub(in crate::reference) fn place_list(&mut self, command: &PlaceOrderList) -> Result<(), Rejection> {
        let admitted = self.admit_list(command)?;
        self.lists_ever += 1;
        let list_id = OrderListId(self.lists_ever);
        let next = self.symbols[command.symbol.index()].orders_ever + 1;
        let name_of = |index: usize| command.orders[index].client_order_id;
        let state = OrderListState {
            list_id,
            symbol: command.symbol,
            account: command.account,
            client_order_id: command.client_order_id,
            contingency: command.contingency,
            one_pays_the_other: command.one_pays_the_other,
            orders: (OrderId(next), OrderId(next + 1), (admitted.len() == 3).then_some(OrderId(next + 2))),
            client_order_ids: (name_of(0), name_of(1), (admitted.len() == 3).then(|| name_of(2))),
            placed_at_us: self.now_us,
        };
        let side = command.orders[command.orders.len() - 1].side;
        self.lists.push(List { state, hold: 0, side });
        self.events.push(Event::OrderListPlaced(OrderListPlaced { list: state }));
        let ids: Vec<Id> =
            admitted.iter().map(|(asked, accepted)| self.enter_of_list(asked, accepted, list_id)).collect();
        let list = self.list(list_id).clone();
        if list.working().is_none() {
            self.hold_for_pair(ids[0]);
            for id in ids {
                if self.order(id).state.order_type == OrderType::LimitMaker {
                    self.rest(id);
                }
            }
        } else {
            if !command.one_pays_the_other {
                match list.pair() {
                    Some([above, _]) => self.hold_for_pair(above),
                    None => self.hold(ids[1]),
                }
            }
            self.match_order(ids[0]);
        }
        self.course();
        Ok(())
    }

    fn enter_of_list(&mut self, asked: &Asked, accepted: &Accepted, list_id: OrderListId) -> Id {
        let id = self.enter(asked, accepted, Some(list_id));
        self.events.push(Event::OrderPlaced(OrderPlaced { order: self.order(id).state }));
        id
    }

    fn hold_for_pair(&mut self, id: Id) {
        let (need, state) = (self.pair_need(id), self.order(id).state);
        self.keep_for_list(&state, need);
        self.lock(state.account, self.asset_paid(&state), need);
    }

    /// A pegged limit may need more than its pair has set aside.
    pub(super) fn hold_more_for_pair(&mut self, id: Id) {
        let state = self.order(id).state;
        let more = self.pair_need(id) - self.list_of(id).unwrap().hold;
        self.keep_for_list(&state, more);
        self.lock(state.account, self.asset_paid(&state), more);
        debug_assert!(self.order(id).place == Place::Moving);
    }
}
