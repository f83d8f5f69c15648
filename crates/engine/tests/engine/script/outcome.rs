//! What happened, in the words of a scenario.

use rialto_types::event::{Prevention, ReplacePart};
use rialto_types::{Bound, Event, ExpiryReason, OrderState, OrderStatus, Quantity, Rejection, Side};
use std::fmt::Display;

/// What a command led to, without postings and book changes: those are seen in balances and books.
pub fn of_events(events: &[Event]) -> String {
    list_with("; ", events.iter().filter_map(of_event))
}

fn of_event(event: &Event) -> Option<String> {
    Some(match event {
        Event::OrderPlaced(placed) => format!("#{} {}", placed.order.order_id, status(placed.order.status)),
        Event::TradeExecuted(trade) => format!(
            "#{} takes {} @ {} from #{} [#{} {}, #{} {}]",
            trade.taker.order_id,
            plain(trade.quantity),
            plain(trade.price),
            trade.maker.order_id,
            trade.maker.order_id,
            status(trade.maker.status),
            trade.taker.order_id,
            status(trade.taker.status),
        ),
        Event::MatchPrevented(prevented) => {
            let lost = |side: &Prevention| format!("#{} loses {}", side.order_id, plain(side.quantity));
            let sides = [&prevented.maker, &prevented.taker].into_iter().filter(|side| !side.quantity.is_zero());
            let group = prevented.trade_group.map_or(String::new(), |group| format!(" in group {group}"));
            let (id, price) = (prevented.prevented_match_id, plain(prevented.price));
            format!("match {id} @ {price} prevented by {:?}{group} [{}]", prevented.mode, list(sides.map(lost)))
        }
        Event::OrderExpired(expired) if expired.order.status == OrderStatus::ExpiredInMatch => {
            assert_eq!(expired.reason, ExpiryReason::SelfTradePrevention);
            format!("#{} expired in match {}", expired.order.order_id, expired.order.prevented_match_id)
        }
        Event::OrderExpired(expired) => {
            let reason = match expired.reason {
                ExpiryReason::ImmediateOrCancel => "IOC",
                ExpiryReason::FillOrKill => "FOK",
                ExpiryReason::NoLiquidity => "no liquidity",
                ExpiryReason::OtherOrderOfList => "other order of the list",
                ExpiryReason::WorkingOrderOfList => "working order of the list",
                ExpiryReason::PriceRange => "price range",
                ExpiryReason::Rejected => {
                    let rejection = of_rejection(&expired.rejection.expect("a rejection says why"));
                    return Some(format!("#{} rejected {rejection}", expired.order.order_id));
                }
                ExpiryReason::SelfTradePrevention => panic!("ended without its status: {expired:?}"),
            };
            format!("#{} expired after {}, {reason}", expired.order.order_id, plain(expired.order.executed))
        }
        Event::OrderCanceled(canceled) => {
            format!("#{} canceled after {}", canceled.order.order_id, plain(canceled.order.executed))
        }
        Event::Recorded(recorded) => format!("{} is at {}", recorded.stream.kind, recorded.version),
        Event::AccountOpened(opened) => format!("account {}", opened.account),
        Event::AssetRegistered(registered) => format!("asset {}", registered.asset),
        Event::SymbolListed(listed) => format!("symbol {}", listed.symbol),
        Event::CommandRejected(rejected) => format!("refused {}", of_rejection(&rejected.rejection)),
        other => return of_rarer_event(other),
    })
}

/// What orders that wait and depend on each other, other books and operators lead to.
fn of_rarer_event(event: &Event) -> Option<String> {
    Some(match event {
        Event::OrderActivated(activated) => format!("#{} activated", activated.order.order_id),
        Event::OrderTriggered(triggered) => format!("#{} triggered", triggered.order.order_id),
        Event::TrailingStarted(started) => format!("#{} follows", started.order.order_id),
        Event::OrderAmended(amended) => format!(
            "#{} amended from {} to {}",
            amended.order.order_id,
            plain(amended.previous_quantity),
            plain(amended.order.quantity)
        ),
        Event::OrderListPlaced(placed) => format!("list {}", placed.list.list_id),
        Event::OrderListEnded(ended) => format!("list {} ended", ended.list.list_id),
        Event::AllocationMade(made) => format!(
            "#{} gets allocation {}: {} @ {} of symbol {}",
            made.fill.order_id,
            made.allocation_id,
            plain(made.quantity),
            plain(made.price),
            made.pool_symbol
        ),
        Event::PartRefused(refused) => {
            let part = if refused.part == ReplacePart::Cancellation { "cancellation" } else { "placement" };
            format!("{part} refused {}", of_rejection(&refused.rejection))
        }
        Event::BlockTradeReported(reported) => {
            format!("block trade {} for {}", reported.block_trade_id, plain(reported.quote_quantity))
        }
        Event::SymbolStatusChanged(_) => "status set".to_owned(),
        Event::ReferencePriceSet(_) => "reference set".to_owned(),
        Event::CommissionSet(_) => "commission set".to_owned(),
        Event::DiscountSet(_) | Event::AccountDiscountSet(_) => "discount set".to_owned(),
        Event::ExchangeLimitsSet(_) | Event::AssetLimitSet(_) => "limits set".to_owned(),
        Event::SymbolsPooled(_) => "pool set".to_owned(),
        _ => return None,
    })
}

fn status(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::New => "new",
        OrderStatus::PartiallyFilled => "partial",
        OrderStatus::Filled => "filled",
        OrderStatus::Canceled => "canceled",
        OrderStatus::Expired => "expired",
        OrderStatus::ExpiredInMatch => "expired in match",
        OrderStatus::PendingNew => "pending",
    }
}

fn of_rejection(rejection: &Rejection) -> String {
    let filter = |name: &str, bound: Bound, limit: String| {
        let bound = match bound {
            Bound::Minimum => "minimum",
            Bound::Maximum => "maximum",
            Bound::Step => "step",
        };
        format!("{name} {bound} {limit}")
    };
    match *rejection {
        Rejection::PriceFilter { bound, limit, .. } => filter("PRICE_FILTER", bound, plain(limit)),
        Rejection::LotSize { bound, limit, .. } => filter("LOT_SIZE", bound, plain(limit)),
        Rejection::MarketLotSize { bound, limit, .. } => filter("MARKET_LOT_SIZE", bound, plain(limit)),
        Rejection::Notional { bound, limit, .. } => filter("NOTIONAL", bound, plain(limit)),
        Rejection::TooManyOrders { limit } => format!("MAX_NUM_ORDERS {limit}"),
        Rejection::InsufficientBalance { needed, free, .. } => {
            format!("InsufficientBalance needed {} free {}", plain(needed), plain(free))
        }
        Rejection::InvalidOrder { field } | Rejection::InvalidSymbol { field } => {
            format!("{} {field}", name(rejection))
        }
        Rejection::UnavailablePrevention { mode } => format!("UnavailablePrevention {mode:?}"),
        Rejection::InvalidAccount { field } => format!("InvalidAccount {field}"),
        Rejection::InvalidReason { reason } => format!("InvalidReason {reason:?}"),
        Rejection::RecordTooLarge { field } => format!("RecordTooLarge {field}"),
        Rejection::WouldTake { best, .. } => format!("WouldTake {}", plain(best)),
        Rejection::HoldExceeded { held, .. } => format!("HoldExceeded held {}", plain(held)),
        Rejection::StaleVersion { actual, .. } => format!("StaleVersion actual {actual}"),
        Rejection::UnbalancedPostings { sum, .. } => format!("UnbalancedPostings {}", plain(sum)),
        Rejection::CapacityReached { what } => format!("CapacityReached {what}"),
        Rejection::InvalidOrderList { rule } => format!("InvalidOrderList {rule:?}"),
        Rejection::NotAllowed { feature } => format!("NotAllowed {feature:?}"),
        Rejection::TooManyIcebergParts { limit, .. } => format!("ICEBERG_PARTS {limit}"),
        Rejection::PercentPrice { bound, limit, by_side, .. } => {
            filter(if by_side { "PERCENT_PRICE_BY_SIDE" } else { "PERCENT_PRICE" }, bound, plain(limit))
        }
        Rejection::TrailingDelta { bound, limit, .. } => filter("TRAILING_DELTA", bound, limit.to_string()),
        Rejection::MaxPosition { position, limit } => format!("MAX_POSITION {} of {}", plain(position), plain(limit)),
        Rejection::MaxAsset { amount, limit, .. } => format!("MAX_ASSET {} of {}", plain(amount), plain(limit)),
        Rejection::CancelRestricted { status: found } => format!("CancelRestricted {}", status(found)),
        Rejection::WouldTrigger { last, .. } => format!("WouldTrigger {}", plain(last)),
        _ => name(rejection),
    }
}

/// The variant of a rejection, as it is spelled in its definition.
pub fn name(rejection: &Rejection) -> String {
    let text = format!("{rejection:?}");
    text.split_once([' ', '{']).map_or(text.clone(), |(name, _)| name.to_owned())
}

pub fn of_order(order: &OrderState) -> String {
    let side = if order.side == Side::Buy { "buy" } else { "sell" };
    let (executed, quantity) = (plain(order.executed), plain(order.quantity));
    let prevented = match order.prevented {
        Quantity::ZERO => String::new(),
        prevented => format!(", {} prevented by {}", plain(prevented), order.prevented_match_id),
    };
    format!("#{} {side} {executed} of {quantity} @ {}{prevented}", order.order_id, plain(order.price))
}

/// A decimal without the zeros a reader does not need.
pub fn plain(decimal: impl Display) -> String {
    let text = decimal.to_string();
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

pub fn list(items: impl Iterator<Item = String>) -> String {
    list_with(", ", items)
}

fn list_with(separator: &str, items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() { "none".to_owned() } else { items.join(separator) }
}
