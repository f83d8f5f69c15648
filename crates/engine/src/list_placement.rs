//! Placing an order list.

use crate::admission::{ListDraft, Part, Start};
use crate::engine::Engine;
use crate::open_orders::Place;
use crate::order::{Holder, Membership};
use crate::order_lists::OrderList;
use crate::seats::NONE;
use rialto_types::command::PlaceOrderList;
use rialto_types::event::{OrderListPlaced, OrderPlaced};
use rialto_types::{Event, OrderId, OrderListId, OrderListState, OrderStatus, PostingReason, Rejection};

impl Engine {
    pub(crate) fn place_order_list(
        &mut self,
        command: &PlaceOrderList,
        events: &mut Vec<Event>,
    ) -> Result<(), Rejection> {
        let draft = self.admit_list(command)?;
        let list_slot = self.lists.next_slot();
        self.lists.last_id += 1;
        let list_id = OrderListId(self.lists.last_id);
        let first_id = self.symbols[command.symbol.index()].last_order_id + 1;
        let id_of = |index: usize| OrderId(first_id + index as u64);
        let name_of = |index: usize| command.orders[index].client_order_id;
        let state = OrderListState {
            list_id,
            symbol: command.symbol,
            account: command.account,
            client_order_id: command.client_order_id,
            contingency: command.contingency,
            one_pays_the_other: command.one_pays_the_other,
            orders: (id_of(0), id_of(1), (draft.size == 3).then(|| id_of(2))),
            client_order_ids: (name_of(0), name_of(1), (draft.size == 3).then(|| name_of(2))),
            placed_at_us: self.time_us,
        };
        events.push(Event::OrderListPlaced(OrderListPlaced { list: state }));
        let mut slots = [NONE; 3];
        let membership = Membership { id: list_id, slot: list_slot };
        for (slot, part) in slots.iter_mut().zip(draft.parts()) {
            *slot = self.enter_part(&draft, part, membership, events);
        }
        let holds_at = self.open_orders.get(slots[draft.size - 1]).order.pays;
        let seat = self.open_orders.get(slots[0]).order.seat;
        self.lists.insert(OrderList {
            state,
            seat,
            slots,
            is_active: !command.contingency.has_working_order(),
            is_pair: command.contingency.has_pair(),
            held: draft.held,
            holds_at,
        });
        self.open_orders.seats.count_list(seat, 1);
        self.hold_for_list(&draft, slots, events);
        self.start_list(&draft, slots, events);
        self.run_course(events);
        Ok(())
    }

    /// Enter one order of a list among the open ones, and state it.
    fn enter_part(&mut self, list: &ListDraft, part: &Part, membership: Membership, events: &mut Vec<Event>) -> u32 {
        let mut order = self.enter(&list.party, &part.order, &part.draft);
        order.list = Some(membership);
        let is_pending = part.start != Start::AtOnce;
        if !is_pending {
            if order.order_type.is_contingent() {
                self.follow_at_once(&order);
            } else {
                order.working_at_us = self.time_us;
            }
        }
        let status = if is_pending { OrderStatus::PendingNew } else { OrderStatus::New };
        let state = order.state(&self.symbols[order.symbol.index()], status);
        events.push(Event::OrderPlaced(OrderPlaced { order: state }));
        self.open_orders.insert(&order, Place::Aside)
    }

    /// Set aside what the pending orders need, and what a pair needs together. The working order holds what rests of it.
    fn hold_for_list(&mut self, draft: &ListDraft, slots: [u32; 3], events: &mut Vec<Event>) {
        let contingency = draft.contingency;
        let dependent = usize::from(contingency.has_working_order())..draft.size;
        for (&slot, part) in slots[dependent.clone()].iter().zip(&draft.parts[dependent]) {
            let mut order = self.open_orders.get(slot).order;
            if contingency.has_pair() || part.start == Start::Paid {
                order.holder = Holder::List;
            } else {
                self.take_hold(&mut order, events);
            }
            self.open_orders.get_mut(slot).order = order;
        }
        if !draft.held.is_zero() {
            let pays = self.open_orders.get(slots[draft.size - 1]).order.pays;
            self.post_to(pays, -draft.held, draft.held, PostingReason::OrderHold, events);
        }
    }

    /// Match the working order, or let the orders of a pair wait and rest.
    fn start_list(&mut self, draft: &ListDraft, slots: [u32; 3], events: &mut Vec<Event>) {
        let at_once = slots.iter().zip(draft.parts()).filter(|(_, part)| part.start == Start::AtOnce);
        for (&slot, part) in at_once {
            let mut order = self.open_orders.get(slot).order;
            if order.order_type.is_contingent() {
                self.wait(slot);
            } else {
                self.work(&mut order, Some(slot), part.draft.demand, events);
            }
        }
    }
}
