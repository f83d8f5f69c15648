//! Open orders, their lists and their places in books as bytes.
//!
//! Orders stand by seat, oldest first; the lists before them and the places after them name them by id.

use crate::engine::Engine;
use crate::open_orders::{OpenOrder, OpenOrders, Place};
use crate::order::{Holder, Membership, Order, Special};
use crate::order_lists::{OrderList, OrderLists};
use crate::prevention::Guard;
use crate::seats::NONE;
use crate::symbols::Symbol;
use crate::triggers::{ABOVE, BELOW, Waiting};
use rialto_book::Resting;
use rialto_types::state_codec::{StateError, StateReader, StateWriter, require};
use rialto_types::{
    AccountId, Amount, ClientOrderId, Lots, OrderId, OrderListId, OrderListState, OrderType, PreventedMatchId,
    Quantity, SelfTradePrevention, Side, SymbolId, Ticks, TimeInForce, TradeGroupId, WorkingFloor,
};
use serde::{Deserialize, Serialize};

/// An open order on a known seat.
#[derive(Serialize, Deserialize)]
struct OrderRecord {
    id: OrderId,
    client_order_id: ClientOrderId,
    trade_group: Option<TradeGroupId>,
    mode: SelfTradePrevention,
    side: Side,
    order_type: OrderType,
    time_in_force: TimeInForce,
    price: Ticks,
    holding_price: Ticks,
    lots: Lots,
    quote_quantity: Quantity,
    executed: Lots,
    executed_quote: Amount,
    prevented: Lots,
    prevented_match_id: PreventedMatchId,
    placed_at_us: u64,
    updated_at_us: u64,
    working_at_us: u64,
    holder: Holder,
    amendments: u32,
    list: Option<OrderListId>,
    shown: Lots,
    special: Option<Special>,
    working_floor: Option<WorkingFloor>,
}

impl OrderRecord {
    fn of(order: &Order, special: Option<&Special>) -> OrderRecord {
        let &Order {
            id,
            guard: Guard { account: _, trade_group, mode },
            client_order_id,
            side,
            order_type,
            time_in_force,
            price,
            holding_price,
            lots,
            quote_quantity,
            executed,
            executed_quote,
            prevented,
            prevented_match_id,
            placed_at_us,
            updated_at_us,
            working_at_us,
            holder,
            amendments,
            list,
            shown,
            special: _,
            working_floor,
            // Follow from the seat.
            symbol: _,
            seat: _,
            pays: _,
            receives: _,
        } = order;
        OrderRecord {
            id,
            client_order_id,
            trade_group,
            mode,
            side,
            order_type,
            time_in_force,
            price,
            holding_price,
            lots,
            quote_quantity,
            executed,
            executed_quote,
            prevented,
            prevented_match_id,
            placed_at_us,
            updated_at_us,
            working_at_us,
            holder,
            amendments,
            list: list.map(|Membership { id, slot: _ }| id),
            shown,
            special: special.copied(),
            working_floor,
        }
    }
}

impl Engine {
    pub(super) fn write_lists(&self, lists: &OrderLists, writer: &mut StateWriter<'_>) -> Result<(), StateError> {
        writer.put(&lists.last_id)?;
        let mut open: Vec<&OrderList> = lists.iter().collect();
        open.sort_by_key(|list| list.state.list_id);
        writer.put_count(open.len())?;
        for list in open {
            // The slots follow from the orders, which name their list.
            let OrderList { state, seat, slots: _, is_active, is_pair, held, holds_at } = list;
            writer.put(&(state, seat, is_active, is_pair, held, holds_at.number()))?;
        }
        Ok(())
    }

    pub(super) fn write_orders(&self, open: &OpenOrders, writer: &mut StateWriter<'_>) -> Result<(), StateError> {
        for seat in 0..open.seats.len() as u32 {
            let orders = || open.on_seat(seat);
            writer.put_count(orders().count())?;
            for OpenOrder { order, .. } in orders() {
                let special = self.symbols[order.symbol.index()].special(order);
                writer.put(&OrderRecord::of(order, special))?;
            }
        }
        Ok(())
    }

    /// Write which orders of a symbol stand where, in order of priority.
    pub(super) fn write_places(&self, symbol: &Symbol, writer: &mut StateWriter<'_>) -> Result<(), StateError> {
        let waiting = symbol.triggers.as_ref().map(|triggers| triggers.books());
        let books = std::iter::once(&symbol.book).chain(waiting.into_iter().flatten());
        writer.put(&waiting.is_some())?;
        for book in books {
            for side in [Side::Buy, Side::Sell] {
                writer.put_count(book.orders(side).count())?;
                for resting in book.orders(side) {
                    let id = self.open_orders.get(resting.tag).order.id;
                    writer.put(&(id, resting.price, resting.lots))?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn read_seats(&mut self, reader: &mut StateReader<'_>) -> Result<(), StateError> {
        for _ in 0..reader.take_count("seats", NONE as usize - 1)? {
            let (account, symbol, base, quote) = reader.take::<(AccountId, SymbolId, u32, u32)>()?;
            let balances = &self.ledger.balances;
            let spec = self.symbols.get(symbol.index()).map(|symbol| &symbol.spec);
            let slot = |number, asset| {
                let is_own = |balance: &rialto_ledger::Balance| (balance.account, balance.asset) == (account, asset);
                balances.slot(number).filter(|&slot| is_own(balances.get(slot)))
            };
            let slots = spec.and_then(|spec| Some((slot(base, spec.base)?, slot(quote, spec.quote)?)));
            let (base, quote) = slots.ok_or(StateError::Contradiction("a seat has no balances"))?;
            require(self.open_orders.seats.find(account, symbol).is_none(), "a seat is taken twice")?;
            let slot = self.open_orders.seats.take(account, symbol, base, quote);
            let seat = self.open_orders.seats.get_mut(slot);
            seat.commission = self.commissions.find(account, symbol);
            seat.is_discounted = self.commissions.discounted.contains(&account);
        }
        Ok(())
    }

    pub(super) fn read_lists(&mut self, reader: &mut StateReader<'_>) -> Result<(), StateError> {
        self.lists.last_id = reader.take()?;
        for _ in 0..reader.take_count("order lists", NONE as usize - 1)? {
            let (state, seat, is_active, is_pair, held, holds_at) =
                reader.take::<(OrderListState, u32, bool, bool, Amount, u32)>()?;
            let is_seated = (seat as usize) < self.open_orders.seats.len()
                && self.open_orders.seats.get(seat).key() == (state.account, state.symbol);
            require(is_seated, "an order list has no seat")?;
            let is_whole = state.orders.2.is_some() == (state.contingency.size() == 3)
                && state.client_order_ids.2.is_some() == state.orders.2.is_some();
            require(is_whole, "an order list has too few or too many orders")?;
            let is_new = self.lists.find(state.list_id).is_none()
                && self.lists.find_by_client(state.account, &state.client_order_id).is_none();
            require(is_new && state.list_id.0 <= self.lists.last_id, "an order list is there twice, or not yet")?;
            let balances = &self.ledger.balances;
            let holds_at = balances.slot(holds_at).filter(|&slot| {
                let balance = balances.get(slot);
                balance.account == state.account && !held.is_negative() && held <= balance.locked
            });
            let holds_at = holds_at.ok_or(StateError::Contradiction("an order list holds what is not locked"))?;
            let slots = [NONE; 3];
            self.lists.insert(OrderList { state, seat, slots, is_active, is_pair, held, holds_at });
            self.open_orders.seats.count_list(seat, 1);
        }
        Ok(())
    }

    pub(super) fn read_orders(&mut self, reader: &mut StateReader<'_>) -> Result<(), StateError> {
        for seat in 0..self.open_orders.seats.len() as u32 {
            let (account, symbol) = self.open_orders.seats.get(seat).key();
            for _ in 0..reader.take_count("open orders of an account on a symbol", NONE as usize - 1)? {
                let record = reader.take()?;
                self.enter_read(account, symbol, seat, record)?;
            }
        }
        require(self.lists.iter().all(|list| list.open_orders().next().is_some()), "an order list has no open order")
    }

    /// Enter an order that stands nowhere yet.
    fn enter_read(
        &mut self,
        account: AccountId,
        symbol_id: SymbolId,
        seat_slot: u32,
        record: OrderRecord,
    ) -> Result<(), StateError> {
        self.check_order(account, symbol_id, &record)?;
        let membership = record.list.map(|id| {
            let slot = self.lists.find(id).filter(|&slot| {
                let state = &self.lists.get(slot).state;
                (state.account, state.symbol) == (account, symbol_id)
            });
            slot.map(|slot| Membership { id, slot }).ok_or(StateError::Contradiction("an order is in no known list"))
        });
        let list = membership.transpose()?;
        let seat = self.open_orders.seats.get(seat_slot);
        let order = Order {
            id: record.id,
            symbol: symbol_id,
            guard: Guard { account, trade_group: record.trade_group, mode: record.mode },
            client_order_id: record.client_order_id,
            side: record.side,
            order_type: record.order_type,
            time_in_force: record.time_in_force,
            price: record.price,
            holding_price: record.holding_price,
            lots: record.lots,
            quote_quantity: record.quote_quantity,
            executed: record.executed,
            executed_quote: record.executed_quote,
            prevented: record.prevented,
            prevented_match_id: record.prevented_match_id,
            placed_at_us: record.placed_at_us,
            updated_at_us: record.updated_at_us,
            working_at_us: record.working_at_us,
            seat: seat_slot,
            pays: seat.pays(record.side),
            receives: seat.receives(record.side),
            holder: record.holder,
            amendments: record.amendments,
            list,
            shown: record.shown,
            special: record.special.map(|special| self.symbols[symbol_id.index()].specials.insert(special)),
            working_floor: record.working_floor,
        };
        let slot = self.open_orders.insert(&order, Place::Aside);
        list.map_or(Ok(()), |membership| self.lists.get_mut(membership.slot).seat_order(order.id, slot))
    }

    fn check_order(&self, account: AccountId, symbol_id: SymbolId, record: &OrderRecord) -> Result<(), StateError> {
        let symbol = &self.symbols[symbol_id.index()];
        let (scale, tick) = (&symbol.scale, symbol.spec.tick.units());
        let is_price = |ticks: Ticks| ticks.0.checked_mul(tick).is_some_and(|units| units <= i64::MAX as u64);
        let stops = record.special.map_or([Ticks(0); 1], |special| [special.stop]);
        let prices = [record.price, record.holding_price].into_iter().chain(stops);
        require(prices.into_iter().all(is_price), "an order's price is beyond all prices")?;
        let taken = record.executed.0.checked_add(record.prevented.0);
        let is_within = record.lots.0.max(record.shown.0) <= scale.lots_max();
        require(
            is_within && taken.is_some_and(|taken| taken <= record.lots.0),
            "more of an order is gone than it had",
        )?;
        require(record.id.0 <= symbol.last_order_id, "an order has an id that was not given out yet")?;
        let is_new = self.open_orders.find(symbol_id, record.id).is_none()
            && self.open_orders.find_by_client(account, symbol_id, &record.client_order_id).is_none();
        require(is_new, "an order is there twice")
    }

    pub(super) fn read_places(&mut self, symbol: SymbolId, reader: &mut StateReader<'_>) -> Result<(), StateError> {
        let is_waited: bool = reader.take()?;
        self.read_book(symbol, reader)?;
        if !is_waited {
            return Ok(());
        }
        self.symbols[symbol.index()].triggers();
        for which in 0..3 {
            for side in [BELOW, ABOVE] {
                self.read_waiting(symbol, which, side, reader)?;
            }
        }
        let Some(triggers) = &self.symbols[symbol.index()].triggers else { return Ok(()) };
        let [_, turns, bests] = triggers.books();
        let is_its_own = |waiting: Resting| match self.open_orders.get(waiting.tag).place {
            Place::Waiting(Waiting::Turn { best, .. }) => best == waiting.slot,
            _ => false,
        };
        let mut followed = [BELOW, ABOVE].into_iter().flat_map(|side| bests.orders(side));
        require(
            turns.len() == bests.len() && followed.all(is_its_own),
            "an order follows the market from no best price, or from two",
        )
    }

    /// Read one side of the orders that wait: for their stop price (0), their trigger price (1), or by their best price (2).
    fn read_waiting(
        &mut self,
        symbol: SymbolId,
        which: usize,
        side: Side,
        reader: &mut StateReader<'_>,
    ) -> Result<(), StateError> {
        let mut before = None;
        for _ in 0..reader.take_count("waiting orders", NONE as usize - 1)? {
            let (id, price, lots) = reader.take::<(OrderId, Ticks, Lots)>()?;
            let slot = self.find_read(symbol, id)?;
            require(lots == Lots(1) && follows(before, side, price), "an order waits where it cannot")?;
            before = Some(price);
            let book = &mut *self.symbols[symbol.index()].triggers().books_mut()[which];
            let at = book.add(side, price, lots, slot);
            let place = &mut self.open_orders.get_mut(slot).place;
            *place = match (which, *place) {
                (0, Place::Aside) => Place::Waiting(Waiting::Stop(at)),
                // Where its best price stands is known once those have been read, too.
                (1, Place::Aside) => Place::Waiting(Waiting::Turn { trigger: at, best: at }),
                (2, Place::Waiting(Waiting::Turn { trigger, .. })) => {
                    Place::Waiting(Waiting::Turn { trigger, best: at })
                }
                _ => return Err(StateError::Contradiction("an order waits in two places")),
            };
        }
        Ok(())
    }

    fn read_book(&mut self, symbol_id: SymbolId, reader: &mut StateReader<'_>) -> Result<(), StateError> {
        for side in [Side::Buy, Side::Sell] {
            let mut before = None;
            for _ in 0..reader.take_count("resting orders", NONE as usize - 1)? {
                let (id, price, lots) = reader.take::<(OrderId, Ticks, Lots)>()?;
                let slot = self.find_read(symbol_id, id)?;
                let open = self.open_orders.get(slot);
                let order = &open.order;
                let is_as_said = (order.side, order.price, open.place) == (side, price, Place::Aside);
                require(is_as_said, "an order rests twice, or where it cannot")?;
                require(Lots(0) < lots && lots <= order.remaining(), "an order shows more than is left of it")?;
                let symbol = &mut self.symbols[symbol_id.index()];
                let fits = follows(before, side, price) && symbol.level_has_room(side, price, lots);
                require(fits, "a book is out of order")?;
                before = Some(price);
                let at = symbol.book.add(side, price, lots, slot);
                self.open_orders.get_mut(slot).place = Place::Book(at);
            }
        }
        require(!self.symbols[symbol_id.index()].book.is_crossed(), "a book is crossed")
    }

    fn find_read(&self, symbol: SymbolId, id: OrderId) -> Result<u32, StateError> {
        self.open_orders.find(symbol, id).ok_or(StateError::Contradiction("an order stands somewhere and is not open"))
    }

    /// Every order has a place, or belongs to a list.
    pub(super) fn check_places(&self) -> Result<(), StateError> {
        let is_placed = |open: &OpenOrder| open.place != Place::Aside || open.order.list.is_some();
        require(self.open_orders.iter().all(is_placed), "an order neither rests nor waits, and is in no list")
    }
}

/// Whether a price may come after another one of its side.
fn follows(before: Option<Ticks>, side: Side, price: Ticks) -> bool {
    before.is_none_or(|before| match side {
        Side::Buy => price <= before,
        Side::Sell => price >= before,
    })
}
