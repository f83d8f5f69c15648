//! Builds the events of commands as the core states them, feeds them to the views and keeps a plain record.

use rialto_market::{MarketUpdate, MarketViews, RecentTrade};
use rialto_types::event::{BookChanged, Fill, SymbolListed, TradeExecuted};
use rialto_types::{
    AccountId, Amount, AssetId, Commission, Event, OrderId, OrderStatus, PreventionModes, Price, Quantity,
    SelfTradePrevention, Side, SymbolId, SymbolRules, SymbolSpec, Text, TradeId,
};

pub const SECOND_US: u64 = 1_000_000;
pub const MINUTE_US: u64 = 60 * SECOND_US;
pub const HOUR_US: u64 = 60 * MINUTE_US;
pub const DAY_US: u64 = 24 * HOUR_US;
pub const FIRST: SymbolId = SymbolId(0);

/// One trade to be: which incoming order, at what price, how much, and whether the incoming order bought.
#[derive(Clone, Copy, Debug)]
pub struct Deal {
    pub taker: u64,
    pub price: u64,
    pub quantity: u64,
    pub taker_buys: bool,
}

/// One level to be: the units of its price and of its quantity.
#[derive(Clone, Copy, Debug)]
pub struct Rest {
    pub side: Side,
    pub price: u64,
    pub quantity: u64,
}

/// What was fed to one symbol.
#[derive(Default)]
pub struct Record {
    pub trades: Vec<RecentTrade>,
    pub update_id: u64,
}

pub struct Feed {
    pub views: MarketViews,
    pub records: Vec<Record>,
}

pub fn price(units: u64) -> Price {
    Price::from_units(units).unwrap()
}

pub fn quantity(units: u64) -> Quantity {
    Quantity::from_units(units).unwrap()
}

pub fn deal(price: u64, quantity: u64) -> Deal {
    Deal { taker: 1, price, quantity, taker_buys: true }
}

impl Feed {
    pub fn with_symbols(count: u32) -> Feed {
        let mut feed = Feed { views: MarketViews::default(), records: Vec::new() };
        for symbol in 0..count {
            feed.records.push(Record::default());
            feed.apply(0, &[listed(SymbolId(symbol))]);
        }
        feed
    }

    pub fn apply(&mut self, time_us: u64, events: &[Event]) -> Vec<MarketUpdate> {
        let mut updates = Vec::new();
        self.views.apply(time_us, events, &mut updates);
        updates
    }

    /// One command of one symbol: its trades, then the levels it changed.
    pub fn command(&mut self, time_us: u64, symbol: SymbolId, deals: &[Deal], rests: &[Rest]) -> Vec<MarketUpdate> {
        let mut events: Vec<Event> = deals.iter().map(|&deal| self.trade(time_us, symbol, deal)).collect();
        events.extend(rests.iter().map(|&rest| self.book_change(symbol, rest)));
        self.apply(time_us, &events)
    }

    /// A command of one trade on the first symbol.
    pub fn trade_at(&mut self, time_us: u64, price: u64, quantity: u64) -> Vec<MarketUpdate> {
        self.command(time_us, FIRST, &[deal(price, quantity)], &[])
    }

    pub fn trades(&self) -> &[RecentTrade] {
        &self.records[0].trades
    }

    fn trade(&mut self, time_us: u64, symbol: SymbolId, deal: Deal) -> Event {
        let record = &mut self.records[symbol.index()];
        let quote = i128::from(deal.price) * i128::from(deal.quantity) / 100_000_000;
        let trade = RecentTrade {
            trade_id: TradeId(record.trades.len() as u64 + 1),
            price: price(deal.price),
            quantity: quantity(deal.quantity),
            quote_quantity: Amount::from_units(quote),
            traded_at_us: time_us,
            buyer_is_maker: !deal.taker_buys,
        };
        record.trades.push(trade);
        Event::TradeExecuted(TradeExecuted {
            symbol,
            trade_id: trade.trade_id,
            price: trade.price,
            quantity: trade.quantity,
            quote_quantity: trade.quote_quantity,
            taker_side: if deal.taker_buys { Side::Buy } else { Side::Sell },
            maker: fill(1_000_000 + trade.trade_id.0, trade),
            taker: fill(deal.taker, trade),
        })
    }

    fn book_change(&mut self, symbol: SymbolId, rest: Rest) -> Event {
        let record = &mut self.records[symbol.index()];
        record.update_id += 1;
        Event::BookChanged(BookChanged {
            symbol,
            update_id: record.update_id,
            side: rest.side,
            price: price(rest.price),
            quantity: quantity(rest.quantity),
        })
    }
}

fn fill(order_id: u64, trade: RecentTrade) -> Fill {
    Fill {
        order_id: OrderId(order_id),
        account: AccountId(9),
        executed: trade.quantity,
        executed_quote: trade.quote_quantity,
        status: OrderStatus::PartiallyFilled,
        fee: Amount::ZERO,
        fee_asset: AssetId(0),
    }
}

fn listed(symbol: SymbolId) -> Event {
    let spec = SymbolSpec {
        name: Text::new("BTCUSDT").unwrap(),
        base: AssetId(0),
        quote: AssetId(1),
        tick: price(1),
        price_min: price(0),
        price_max: price(0),
        lot: quantity(1),
        quantity_min: quantity(1),
        quantity_max: quantity(1_000_000_000_000),
        market_lot: quantity(0),
        market_quantity_min: quantity(1),
        market_quantity_max: quantity(1_000_000_000_000),
        notional_min: Amount::ZERO,
        notional_min_applies_to_market: false,
        notional_max: Amount::ZERO,
        notional_max_applies_to_market: false,
        open_orders_max: 200,
        prevention_default: SelfTradePrevention::None,
        prevention_allowed: PreventionModes::ALL,
        commission: Commission::default(),
        is_discounted: false,
        rules: SymbolRules::OPEN,
    };
    Event::SymbolListed(Box::new(SymbolListed { symbol, spec }))
}
