//! The baseline: the exchange as one would first write it, from the collections of the standard library.
//!
//! A `BTreeMap` of prices to `VecDeque`s of orders for each side, hash maps for balances and ids, texts on the heap.
//! It checks the same filters, holds and moves the same money, charges the same commission and states the same facts,
//! so that what it is slower by is the price of the plain structures. It knows only the commands of the load.

use crate::market::spec;
use rialto_types::account::{EXTERNAL, FEES};
use rialto_types::command::{CancelOrder, PlaceOrder};
use rialto_types::decimal::ONE;
use rialto_types::{AccountId, AssetId, Command, OrderId, OrderType, Price, Quantity, Side, SymbolId, SymbolSpec};
use std::collections::{BTreeMap, HashMap, VecDeque};

/// An order, open or just ended.
#[derive(Clone)]
#[expect(dead_code, reason = "what is stated is for a reader that the benchmark does without")]
pub(crate) struct Order {
    id: OrderId,
    symbol: SymbolId,
    account: AccountId,
    client_order_id: String,
    side: Side,
    price: Price,
    quantity: u64,
    executed: u64,
    executed_quote: i128,
    placed_at_us: u64,
}

impl Order {
    fn remaining(&self) -> u64 {
        self.quantity - self.executed
    }
}

/// What happened, as the core states it.
#[expect(dead_code, reason = "what is stated is for a reader that the benchmark does without")]
pub(crate) enum Fact {
    Placed(Order),
    Canceled(Order),
    Expired(Order),
    Traded { symbol: SymbolId, price: Price, quantity: u64, quote: i128, maker: OrderId, taker: OrderId },
    Posted { account: AccountId, asset: AssetId, free_change: i128, locked_change: i128, free: i128, locked: i128 },
    LevelChanged { symbol: SymbolId, side: Side, price: Price, quantity: u64 },
    Refused(&'static str),
}

#[derive(Clone, Copy, Default)]
struct Balance {
    free: i128,
    locked: i128,
}

struct Book {
    spec: SymbolSpec,
    bids: BTreeMap<Price, VecDeque<Order>>,
    asks: BTreeMap<Price, VecDeque<Order>>,
    last_order_id: u64,
}

impl Book {
    fn side(&mut self, side: Side) -> &mut BTreeMap<Price, VecDeque<Order>> {
        match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        }
    }

    fn best(&self, side: Side) -> Option<Price> {
        match side {
            Side::Buy => self.bids.keys().next_back().copied(),
            Side::Sell => self.asks.keys().next().copied(),
        }
    }

    fn total(&mut self, side: Side, price: Price) -> u64 {
        self.side(side).get(&price).map_or(0, |level| level.iter().map(Order::remaining).sum())
    }
}

/// The whole plain exchange.
#[derive(Default)]
pub(crate) struct Exchange {
    books: Vec<Book>,
    balances: HashMap<(AccountId, AssetId), Balance>,
    places: HashMap<(SymbolId, OrderId), (Side, Price)>,
    by_client: HashMap<(AccountId, String), (SymbolId, OrderId)>,
    open_counts: HashMap<(AccountId, SymbolId), u32>,
}

impl Exchange {
    /// Apply one command and append what happened.
    pub(crate) fn apply(&mut self, time_us: u64, command: &Command, facts: &mut Vec<Fact>) {
        let result = match command {
            Command::ListSymbol(_) => {
                let symbol = self.books.len() as u32;
                let (bids, asks) = (BTreeMap::new(), BTreeMap::new());
                self.books.push(Book { spec: spec(symbol), bids, asks, last_order_id: 0 });
                Ok(())
            }
            Command::Post(post) => {
                self.post(EXTERNAL, post.asset, -post.amount.units(), 0, facts);
                self.post(post.account, post.asset, post.amount.units(), 0, facts);
                Ok(())
            }
            Command::PlaceOrder(place) => self.place(time_us, place, facts),
            Command::CancelOrder(cancel) => self.cancel(cancel, facts),
            _ => Ok(()),
        };
        if let Err(reason) = result {
            facts.push(Fact::Refused(reason));
        }
    }

    fn place(&mut self, time_us: u64, command: &PlaceOrder, facts: &mut Vec<Fact>) -> Result<(), &'static str> {
        let client_order_id = command.order.client_order_id.as_str().to_owned();
        let quantity = command.order.quantity.ok_or("no quantity")?;
        self.check(command, quantity, &client_order_id)?;
        let book = &mut self.books[command.symbol.index()];
        book.last_order_id += 1;
        let mut order = Order {
            id: OrderId(book.last_order_id),
            symbol: command.symbol,
            account: command.account,
            client_order_id,
            side: command.order.side,
            price: command.order.price.unwrap_or(Price::ZERO),
            quantity: quantity.units(),
            executed: 0,
            executed_quote: 0,
            placed_at_us: time_us,
        };
        facts.push(Fact::Placed(order.clone()));
        self.trade(&mut order, command.order.order_type, facts);
        if order.remaining() == 0 {
            return Ok(());
        }
        let rests = command.order.order_type == OrderType::Limit
            && command.order.time_in_force == rialto_types::TimeInForce::GoodTillCanceled;
        if rests {
            self.rest(order, facts);
        } else {
            facts.push(Fact::Expired(order));
        }
        Ok(())
    }

    fn check(&mut self, command: &PlaceOrder, quantity: Quantity, client_order_id: &str) -> Result<(), &'static str> {
        let book = &self.books[command.symbol.index()];
        let spec = &book.spec;
        if quantity < spec.quantity_min || quantity > spec.quantity_max {
            return Err("LOT_SIZE");
        }
        if !quantity.units().is_multiple_of(spec.lot.units()) {
            return Err("LOT_SIZE");
        }
        if let Some(price) = command.order.price {
            let is_step = price.units().is_multiple_of(spec.tick.units());
            if price < spec.price_min || price > spec.price_max || !is_step {
                return Err("PRICE_FILTER");
            }
        }
        let valued_at =
            command.order.price.or_else(|| book.best(command.order.side.opposite())).unwrap_or(spec.price_min);
        let notional = worth(valued_at, quantity.units());
        if notional < spec.notional_min.units() {
            return Err("NOTIONAL");
        }
        let count = self.open_counts.get(&(command.account, command.symbol)).copied().unwrap_or(0);
        if count >= spec.open_orders_max {
            return Err("MAX_NUM_ORDERS");
        }
        if self.by_client.contains_key(&(command.account, client_order_id.to_owned())) {
            return Err("duplicate client order id");
        }
        let (asset, needed) = match command.order.side {
            Side::Buy => (spec.quote, notional),
            Side::Sell => (spec.base, i128::from(quantity.units())),
        };
        let free = self.balances.get(&(command.account, asset)).map_or(0, |balance| balance.free);
        if free < needed { Err("insufficient balance") } else { Ok(()) }
    }

    fn trade(&mut self, order: &mut Order, order_type: OrderType, facts: &mut Vec<Fact>) {
        let opposite = order.side.opposite();
        while order.remaining() > 0 {
            let book = &mut self.books[order.symbol.index()];
            let Some(price) = book.best(opposite) else { break };
            let crosses = match order.side {
                Side::Buy => price <= order.price,
                Side::Sell => price >= order.price,
            };
            if order_type == OrderType::Limit && !crosses {
                break;
            }
            let level = book.side(opposite).get_mut(&price).expect("the best level exists");
            let maker = level.front_mut().expect("no level is empty");
            let quantity = order.remaining().min(maker.remaining());
            let quote = worth(price, quantity);
            for side in [&mut *maker, &mut *order] {
                side.executed += quantity;
                side.executed_quote += quote;
            }
            let maker = maker.clone();
            if maker.remaining() == 0 {
                level.pop_front();
                if level.is_empty() {
                    book.side(opposite).remove(&price);
                }
                self.forget(&maker);
            }
            facts.push(Fact::Traded { symbol: order.symbol, price, quantity, quote, maker: maker.id, taker: order.id });
            self.settle(order, &maker, quantity, quote, facts);
            self.state_level(order.symbol, opposite, price, facts);
        }
    }

    fn settle(&mut self, taker: &Order, maker: &Order, quantity: u64, quote: i128, facts: &mut Vec<Fact>) {
        let spec = &self.books[taker.symbol.index()].spec;
        let (base_asset, quote_asset) = (spec.base, spec.quote);
        let rates = spec.commission.standard;
        for (order, rate, is_maker) in [(maker, rates.maker, true), (taker, rates.taker, false)] {
            let (pays, gives, receives, gets) = match order.side {
                Side::Buy => (quote_asset, quote, base_asset, i128::from(quantity)),
                Side::Sell => (base_asset, i128::from(quantity), quote_asset, quote),
            };
            if is_maker {
                self.post(order.account, pays, 0, -gives, facts);
            } else {
                self.post(order.account, pays, -gives, 0, facts);
            }
            self.post(order.account, receives, gets, 0, facts);
            let fee = gets * i128::from(rate.units()) / i128::from(ONE);
            self.post(order.account, receives, -fee, 0, facts);
            self.post(FEES, receives, fee, 0, facts);
        }
    }

    fn rest(&mut self, order: Order, facts: &mut Vec<Fact>) {
        let (asset, hold) = self.hold(&order);
        self.post(order.account, asset, -hold, hold, facts);
        let (symbol, side, price) = (order.symbol, order.side, order.price);
        self.places.insert((symbol, order.id), (side, price));
        self.by_client.insert((order.account, order.client_order_id.clone()), (symbol, order.id));
        *self.open_counts.entry((order.account, symbol)).or_default() += 1;
        self.books[symbol.index()].side(side).entry(price).or_default().push_back(order);
        self.state_level(symbol, side, price, facts);
    }

    fn cancel(&mut self, command: &CancelOrder, facts: &mut Vec<Fact>) -> Result<(), &'static str> {
        let by_client = command.order.client_order_id.and_then(|client_order_id| {
            self.by_client.get(&(command.account, client_order_id.as_str().to_owned())).copied()
        });
        let id = command.order.order_id.or(by_client.map(|(_, id)| id)).ok_or("unknown order")?;
        let &(side, price) = self.places.get(&(command.symbol, id)).ok_or("unknown order")?;
        let levels = self.books[command.symbol.index()].side(side);
        let level = levels.get_mut(&price).ok_or("unknown order")?;
        let place = level.iter().position(|order| order.id == id).ok_or("unknown order")?;
        let order = level.remove(place).ok_or("unknown order")?;
        if level.is_empty() {
            levels.remove(&price);
        }
        self.forget(&order);
        let (asset, hold) = self.hold(&order);
        self.post(order.account, asset, hold, -hold, facts);
        facts.push(Fact::Canceled(order));
        self.state_level(command.symbol, side, price, facts);
        Ok(())
    }

    fn forget(&mut self, order: &Order) {
        self.places.remove(&(order.symbol, order.id));
        self.by_client.remove(&(order.account, order.client_order_id.clone()));
        *self.open_counts.entry((order.account, order.symbol)).or_default() -= 1;
    }

    fn hold(&self, order: &Order) -> (AssetId, i128) {
        let spec = &self.books[order.symbol.index()].spec;
        match order.side {
            Side::Buy => (spec.quote, worth(order.price, order.remaining())),
            Side::Sell => (spec.base, i128::from(order.remaining())),
        }
    }

    fn post(&mut self, account: AccountId, asset: AssetId, free: i128, locked: i128, facts: &mut Vec<Fact>) {
        let balance = self.balances.entry((account, asset)).or_default();
        balance.free += free;
        balance.locked += locked;
        let (free_after, locked_after) = (balance.free, balance.locked);
        facts.push(Fact::Posted {
            account,
            asset,
            free_change: free,
            locked_change: locked,
            free: free_after,
            locked: locked_after,
        });
    }

    fn state_level(&mut self, symbol: SymbolId, side: Side, price: Price, facts: &mut Vec<Fact>) {
        let quantity = self.books[symbol.index()].total(side, price);
        facts.push(Fact::LevelChanged { symbol, side, price, quantity });
    }
}

/// Price times quantity in units of the quote asset; whole for the ticks and lots of the load.
fn worth(price: Price, quantity: u64) -> i128 {
    i128::from(price.units()) * i128::from(quantity) / i128::from(ONE)
}
