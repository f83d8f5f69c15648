//! The newest trades of a symbol, one by one and aggregated.
//!
//! An aggregated trade is what one incoming order traded at one price in one go: consecutive trades of one command with
//! the same incoming order and the same price. Aggregate ids count from 1 per symbol, without gaps.

use crate::newest::{newest, push_newest};
use rialto_types::event::TradeExecuted;
use rialto_types::state_codec::{StateError, StateReader, StateWriter, require};
use rialto_types::{Amount, OrderId, Price, Quantity, Side, SymbolId, TradeId};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// How many trades, and how many aggregated trades, are held per symbol.
pub const TRADES_MAX: usize = 1_000;

/// A trade as the public sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentTrade {
    /// The trade, within its symbol.
    pub trade_id: TradeId,
    /// At which price.
    pub price: Price,
    /// How much base.
    pub quantity: Quantity,
    /// How much quote.
    pub quote_quantity: Amount,
    /// When.
    pub traded_at_us: u64,
    /// Whether the resting order bought, which is to say that the incoming one sold.
    pub buyer_is_maker: bool,
}

impl RecentTrade {
    pub(crate) fn of(trade: &TradeExecuted, traded_at_us: u64) -> RecentTrade {
        RecentTrade {
            trade_id: trade.trade_id,
            price: trade.price,
            quantity: trade.quantity,
            quote_quantity: trade.quote_quantity,
            traded_at_us,
            buyer_is_maker: trade.taker_side == Side::Sell,
        }
    }
}

/// Trades of one incoming order at one price, as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "update")]
pub struct TradesAggregated {
    /// On which book.
    pub symbol: SymbolId,
    /// The aggregate, within its symbol.
    pub aggregate_id: u64,
    /// At which price.
    pub price: Price,
    /// How much base in all.
    pub quantity: Quantity,
    /// The first trade in it.
    pub first_trade_id: TradeId,
    /// The last trade in it.
    pub last_trade_id: TradeId,
    /// When.
    pub traded_at_us: u64,
    /// Whether the resting orders bought.
    pub buyer_is_maker: bool,
}

/// An aggregate that the next trade of the same command may still join.
#[derive(Clone, Copy)]
pub(crate) struct OpenAggregate {
    taker: OrderId,
    aggregate: TradesAggregated,
}

impl OpenAggregate {
    /// Add a trade if it belongs here; returns whether it did.
    pub(crate) fn join(&mut self, trade: &TradeExecuted) -> bool {
        let aggregate = &mut self.aggregate;
        let joins =
            (aggregate.symbol, self.taker, aggregate.price) == (trade.symbol, trade.taker.order_id, trade.price);
        if joins {
            // One order never trades more than a quantity can say, so the sum stays in range.
            let sum = aggregate.quantity.units() + trade.quantity.units();
            aggregate.quantity = Quantity::from_units(sum).unwrap_or(Quantity::MAX);
            aggregate.last_trade_id = trade.trade_id;
        }
        joins
    }

    pub(crate) fn symbol(&self) -> SymbolId {
        self.aggregate.symbol
    }
}

/// The newest trades of one symbol.
#[derive(Clone, Debug, Default)]
pub(crate) struct TradeTape {
    trades: VecDeque<RecentTrade>,
    aggregated: VecDeque<TradesAggregated>,
    last_aggregate_id: u64,
}

impl TradeTape {
    /// Write the trades, one by one and aggregated, oldest first.
    pub(crate) fn write_state(&self, writer: &mut StateWriter<'_>) -> Result<(), StateError> {
        let TradeTape { trades, aggregated, last_aggregate_id } = self;
        writer.put(last_aggregate_id)?;
        writer.put_count(trades.len())?;
        trades.iter().try_for_each(|trade| writer.put(trade))?;
        writer.put_count(aggregated.len())?;
        for aggregate in aggregated {
            let TradesAggregated {
                symbol: _,
                aggregate_id,
                price,
                quantity,
                first_trade_id,
                last_trade_id,
                traded_at_us,
                buyer_is_maker,
            } = aggregate;
            let trades = (first_trade_id, last_trade_id);
            writer.put(&(aggregate_id, price, quantity, trades, traded_at_us, buyer_is_maker))?;
        }
        Ok(())
    }

    /// Read what [`TradeTape::write_state`] wrote of a symbol.
    pub(crate) fn read_state(reader: &mut StateReader<'_>, symbol: SymbolId) -> Result<TradeTape, StateError> {
        let mut tape = TradeTape { last_aggregate_id: reader.take()?, ..TradeTape::default() };
        require(tape.last_aggregate_id < u64::MAX, "a symbol has counted its aggregates beyond all")?;
        tape.trades = reader.take_all::<RecentTrade>("trades", TRADES_MAX)?.into();
        let mut pairs = tape.trades.iter().zip(tape.trades.iter().skip(1));
        require(
            pairs.all(|(older, newer)| older.trade_id < newer.trade_id),
            "the trades of a symbol are out of order",
        )?;
        for _ in 0..reader.take_count("aggregated trades", TRADES_MAX)? {
            let (aggregate_id, price, quantity, trades, traded_at_us, buyer_is_maker) = reader.take()?;
            let (first_trade_id, last_trade_id) = trades;
            tape.aggregated.push_back(TradesAggregated {
                symbol,
                aggregate_id,
                price,
                quantity,
                first_trade_id,
                last_trade_id,
                traded_at_us,
                buyer_is_maker,
            });
        }
        Ok(tape)
    }

    pub(crate) fn push(&mut self, trade: RecentTrade) {
        push_newest(&mut self.trades, trade, TRADES_MAX);
    }

    /// Begin an aggregate with its first trade.
    pub(crate) fn open_aggregate(&mut self, trade: &TradeExecuted, traded_at_us: u64) -> OpenAggregate {
        self.last_aggregate_id += 1;
        let aggregate = TradesAggregated {
            symbol: trade.symbol,
            aggregate_id: self.last_aggregate_id,
            price: trade.price,
            quantity: trade.quantity,
            first_trade_id: trade.trade_id,
            last_trade_id: trade.trade_id,
            traded_at_us,
            buyer_is_maker: trade.taker_side == Side::Sell,
        };
        OpenAggregate { taker: trade.taker.order_id, aggregate }
    }

    /// Keep an aggregate that no further trade will join.
    pub(crate) fn close_aggregate(&mut self, open: OpenAggregate) -> TradesAggregated {
        push_newest(&mut self.aggregated, open.aggregate, TRADES_MAX);
        open.aggregate
    }

    pub(crate) fn last(&self) -> Option<&RecentTrade> {
        self.trades.back()
    }

    pub(crate) fn trades(&self, from_id: Option<TradeId>, limit: usize) -> Vec<RecentTrade> {
        let Some(from_id) = from_id else { return newest(&self.trades, limit) };
        let skipped = self.trades.partition_point(|trade| trade.trade_id < from_id);
        self.trades.range(skipped..).take(limit).copied().collect()
    }

    pub(crate) fn aggregated(&self, limit: usize) -> Vec<TradesAggregated> {
        newest(&self.aggregated, limit)
    }
}
