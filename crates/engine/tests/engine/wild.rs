//! Random streams of every command there is, under random rules, with stops near the market, icebergs, pegs, lists,
//! replacements, settings and pools: whatever they do to each other, every posting continues the last, nothing is made or
//! lost, and a recount of the whole state finds nothing wrong.

use crate::exchange::{Exchange, FIRST_ACCOUNT, refusal};
use crate::script::name as name_of;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rialto_types::event::{MatchPrevented, OrderPlaced};
use rialto_types::{AccountId, Command, Event, OrderState, SelfTradePrevention, codec};
use rialto_wild::{PEOPLE, Turn, stream};
use std::collections::BTreeMap;

impl Exchange {
    /// Let so much time pass before a command.
    pub fn apply_after(&mut self, after_us: u64, command: &Command) -> Vec<Event> {
        self.pass_to(self.engine.time_us() + after_us);
        self.apply(command)
    }

    /// The command of a turn, aimed at an order that is open here.
    pub fn command_of(&self, turn: &Turn) -> Command {
        let people = (FIRST_ACCOUNT..FIRST_ACCOUNT + PEOPLE).map(AccountId);
        turn.aimed_at(&people.flat_map(|id| self.open_orders(id)).collect::<Vec<OrderState>>())
    }

    /// An exchange on which these commands were accepted.
    pub fn founded(commands: &[Command]) -> Exchange {
        let mut exchange = Exchange::default();
        commands.iter().for_each(|command| drop(exchange.accept(command)));
        exchange
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_commanded_nothing_is_made_or_lost((founding, turns) in stream(1..120)) {
        let (mut exchange, mut twin) = (Exchange::founded(&founding), Exchange::founded(&founding));
        let mut books = crate::properties::Books::default();
        books.open(&exchange, (0..FIRST_ACCOUNT + PEOPLE).map(AccountId));
        for turn in &turns {
            let command = exchange.command_of(turn);
            let events = exchange.apply_after(turn.after_us, &command);
            books.follow(&events);
            exchange.engine.audit().unwrap_or_else(|violation| panic!("{violation} after {command:?}: {events:#?}"));
            let mut bytes = Vec::new();
            codec::encode(&command, &mut bytes);
            prop_assert_eq!(&events, &twin.apply_after(turn.after_us, &codec::decode(&bytes).unwrap()));
        }
        prop_assert_eq!(exchange.state_hash(), twin.state_hash());
    }
}

fn transfers_between_two(prevented: &MatchPrevented) -> bool {
    prevented.mode == SelfTradePrevention::Transfer && prevented.maker.account != prevented.taker.account
}

/// Whether the order that was placed is the taker of a match on a book that is not its own.
fn is_on_another_book(prevented: &MatchPrevented, events: &[Event]) -> bool {
    let Some(Event::OrderPlaced(OrderPlaced { order })) = events.first() else { return false };
    (prevented.taker.order_id, prevented.taker.account) == (order.order_id, order.account)
        && prevented.symbol != order.symbol
}

/// How often each event, each end of an order and each refusal is met in a fixed sample of streams.
fn met() -> BTreeMap<String, u32> {
    let mut met = BTreeMap::new();
    let mut meet = |what: String| *met.entry(what).or_default() += 1;
    let mut runner = TestRunner::deterministic();
    for _ in 0..1_000 {
        let (founding, turns) = stream(100..120).new_tree(&mut runner).unwrap().current();
        let mut exchange = Exchange::founded(&founding);
        for turn in &turns {
            let command = exchange.command_of(turn);
            let events = exchange.apply_after(turn.after_us, &command);
            refusal(&events).iter().for_each(|rejection| meet(name_of(rejection)));
            for event in &events {
                let text = format!("{event:?}");
                meet(text.split(['(', ' ']).next().unwrap_or_default().to_owned());
                match event {
                    Event::OrderExpired(expired) => {
                        meet(format!("{:?}", expired.reason));
                        expired.rejection.iter().for_each(|rejection| meet(format!("start {}", name_of(rejection))));
                    }
                    Event::MatchPrevented(prevented) if transfers_between_two(prevented) => {
                        meet("transfer between two".to_owned());
                        if is_on_another_book(prevented, &events) {
                            meet("transfer on another book".to_owned());
                        }
                    }
                    Event::PartRefused(part) => meet(format!("part {}", name_of(&part.rejection))),
                    _ => {}
                }
            }
        }
    }
    met
}

/// The streams reach what they are there for: every event of orders, every reason for which orders end, every refusal
/// but those of commands that only found an exchange and of numbers at their ends.
#[test]
fn wild_streams_are_wild() {
    let met = met();
    let wanted = "OrderPlaced TradeExecuted MatchPrevented OrderCanceled OrderExpired OrderActivated OrderTriggered \
        TrailingStarted OrderAmended OrderListPlaced OrderListEnded AllocationMade PartRefused ImmediateOrCancel FillOrKill \
        NoLiquidity SelfTradePrevention OtherOrderOfList WorkingOrderOfList Rejected PriceRange BlockTradeReported \
        ReferencePriceSet SymbolStatusChanged CommissionSet DiscountSet AccountDiscountSet ExchangeLimitsSet AssetLimitSet \
        SymbolsPooled AmendBelowDone AmendChangesNothing AmendIncreases AmendPendingPaid CancelRestricted \
        DuplicateClientOrderId DuplicateListClientOrderId IcebergExceedsQuantity InsufficientBalance InvalidOrder \
        InvalidOrderList InvalidReferencePrice LotSize MarketClosed MarketLotSize MaxAsset MaxPosition NoPegPrice NotAllowed \
        NotPooled Notional PercentPrice PriceFilter PriceRelationship TooManyAlgoOrders TooManyAlgoOrdersOnExchange \
        TooManyAmendments TooManyIcebergOrders TooManyIcebergOrdersOnExchange TooManyIcebergParts TooManyOrderLists \
        TooManyOrderListsOnExchange TooManyOrders TooManyOrdersOnExchange TrailingDelta UnavailablePrevention UnknownOrder \
        UnknownOrderList UnpeggablePrice UnpeggableType WouldTake WouldTrigger";
    let transfers = ["transfer between two", "transfer on another book"];
    let seldom: Vec<&str> = wanted
        .split_whitespace()
        .chain(transfers)
        .filter(|name| met.get(*name).is_none_or(|times| *times < 10))
        .collect();
    assert_eq!(seldom, Vec::<&str>::new(), "met too seldom in {met:#?}");
    let at_start: Vec<&str> =
        "IcebergExceedsQuantity InsufficientBalance LotSize NoPegPrice Notional PercentPrice WouldTake"
            .split_whitespace()
            .filter(|name| !met.contains_key(&format!("start {name}")))
            .collect();
    assert_eq!(at_start, Vec::<&str>::new(), "no order was refused as it started for this: {met:#?}");
}
