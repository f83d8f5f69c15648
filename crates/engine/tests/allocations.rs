//! The hot path allocates nothing once it is warm: placing, trading, expiring and canceling reuse what is there.
//!
//! Every allocation of this thread is counted. The same day of trading is repeated under new order ids until every
//! table has its size; from then on a day must pass without one.

use rialto_engine::Engine;
use rialto_types::command::{
    AmendOrder, CancelAllOrders, CancelOrder, ListSymbol, NewOrder, OpenAccount, OrderReference, PlaceOrder,
    PlaceOrderList, Post, RegisterAsset, ReplaceMode, ReplaceOrder,
};
use rialto_types::{
    AccountClass, AccountId, AccountKind, Amount, AssetId, ClientOrderId, Command, Commission, Contingency, Event,
    OrderTerms, OrderType, OwnerId, Peg, PegPrice, PostingReason, Price, Quantity, Rate, SelfTradePrevention, Side,
    SymbolId, SymbolSpec, Text, TimeInForce, TradeGroupId,
};
use rialto_wild::open_spec;

const PEOPLE: u32 = 20;
const FIRST_ACCOUNT: u32 = 5;
const SYMBOL: SymbolId = SymbolId(0);
/// Days until every table has found its size.
const WARM_UP_DAYS: u32 = 6;

fn setting_up() -> Vec<Command> {
    let register = |name| Command::RegisterAsset(RegisterAsset { name: Text::new(name).unwrap() });
    let spec = SymbolSpec {
        open_orders_max: 1_000,
        commission: Commission::of(Rate::from_bps(10).unwrap(), Rate::from_bps(10).unwrap()),
        is_discounted: false,
        ..open_spec("BTCUSDT", AssetId(0), AssetId(1))
    };
    let mut commands = vec![register("BTC"), register("USDT"), Command::ListSymbol(Box::new(ListSymbol { spec }))];
    for person in 0..PEOPLE {
        let kind = AccountKind::of(AccountClass::Spot);
        commands.push(Command::OpenAccount(OpenAccount {
            owner: OwnerId(u64::from(person) + 1),
            kind,
            trade_group: (person % 4 == 0).then_some(TradeGroupId(1)),
        }));
        for asset in [AssetId(0), AssetId(1)] {
            let (account, amount) = (AccountId(FIRST_ACCOUNT + person), Amount::from_units(1 << 80));
            commands.push(Command::Post(Post { account, asset, amount, reason: PostingReason::Deposit }));
        }
    }
    commands
}

/// A day: both sides of the book are filled over many prices, traded through from either side, and emptied.
fn day(day: u32) -> Vec<Command> {
    let mut commands = Vec::new();
    let id = |number: u32| ClientOrderId::new(&format!("day-{day}-{number}")).unwrap();
    let account = |number: u32| AccountId(FIRST_ACCOUNT + number % PEOPLE);
    let order = |number: u32, side, ticks: u64, lots: u64| NewOrder {
        client_order_id: id(number),
        side,
        order_type: OrderType::Limit,
        time_in_force: TimeInForce::GoodTillCanceled,
        price: Price::from_units(ticks * 1_000_000),
        quantity: Quantity::from_units(lots * 100_000),
        quote_quantity: None,
        self_trade_prevention: Some(SelfTradePrevention::ALL[(number / PEOPLE) as usize % 6]),
        terms: None,
    };
    let place = |number: u32, order: NewOrder| {
        Command::PlaceOrder(PlaceOrder { account: account(number), symbol: SYMBOL, order, is_routed: false })
    };
    let market = |order: NewOrder| NewOrder { order_type: OrderType::Market, price: None, ..order };
    // Far apart, so that whole pages of prices come and go.
    for number in 0..600 {
        let distance = u64::from(number) * 37 % 2_000;
        commands.push(place(number, order(number, Side::Buy, 10_000 - distance, 1 + distance % 9)));
        commands.push(place(1_000 + number, order(1_000 + number, Side::Sell, 10_001 + distance, 1 + distance % 7)));
    }
    for number in 2_000..2_200 {
        let side = if number % 2 == 0 { Side::Buy } else { Side::Sell };
        let limit = if side == Side::Buy { 10_100 } else { 9_900 };
        let taker = order(number, side, limit, 1 + u64::from(number) % 11);
        let by_quote = NewOrder { quantity: None, quote_quantity: Quantity::from_units(100_000_000), ..market(taker) };
        let taken = match number % 5 {
            0 => NewOrder { time_in_force: TimeInForce::ImmediateOrCancel, ..taker },
            1 => NewOrder { time_in_force: TimeInForce::FillOrKill, ..taker },
            2 => market(taker),
            3 => by_quote,
            _ => taker,
        };
        commands.push(place(number, taken));
        let order = OrderReference { order_id: None, client_order_id: Some(id(number % 600)) };
        commands.push(Command::CancelOrder(CancelOrder {
            account: account(number),
            symbol: SYMBOL,
            order,
            restriction: None,
            cancel_id: None,
        }));
    }
    commands.extend(cancel_everything());
    commands.extend(contingencies(day));
    commands.extend(cancel_everything());
    commands
}

fn cancel_everything() -> impl Iterator<Item = Command> {
    (0..PEOPLE).map(|person| {
        let account = AccountId(FIRST_ACCOUNT + person);
        Command::CancelAllOrders(CancelAllOrders { account, symbol: SYMBOL, cancel_id: None })
    })
}

fn stop_id(day: u32, number: u32) -> ClientOrderId {
    ClientOrderId::new(&format!("stop-{day}-{number}")).unwrap()
}

fn stop_price(ticks: u64) -> OrderTerms {
    OrderTerms { stop_price: Price::from_units(ticks * 1_000_000), ..Default::default() }
}

fn waiting(
    day: u32,
    number: u32,
    side: Side,
    order_type: OrderType,
    price: Option<u64>,
    terms: OrderTerms,
) -> NewOrder {
    NewOrder {
        client_order_id: stop_id(day, number),
        side,
        order_type,
        time_in_force: TimeInForce::GoodTillCanceled,
        price: price.and_then(|ticks| Price::from_units(ticks * 1_000_000)),
        quantity: Quantity::from_units(400_000),
        quote_quantity: None,
        self_trade_prevention: Some(SelfTradePrevention::None),
        terms: Some(terms),
    }
}

/// Bought on the way down; the pair behind it is ended on the way up.
fn lists(day: u32) -> impl Iterator<Item = Command> {
    (0..30).map(move |number| {
        let parts = [
            waiting(day, 6_000 + number, Side::Buy, OrderType::Limit, Some(9_500), OrderTerms::default()),
            waiting(day, 7_000 + number, Side::Sell, OrderType::LimitMaker, Some(16_000), OrderTerms::default()),
            waiting(day, 8_000 + number, Side::Sell, OrderType::StopLoss, None, stop_price(8_000)),
        ];
        Command::PlaceOrderList(Box::new(PlaceOrderList {
            account: AccountId(FIRST_ACCOUNT + number % PEOPLE),
            symbol: SYMBOL,
            client_order_id: stop_id(day, 9_000 + number),
            contingency: Contingency::OneTriggersOneCancelsTheOther,
            one_pays_the_other: false,
            orders: parts.to_vec(),
        }))
    })
}

/// Stops that trade through, trailing ones that follow, icebergs, pegs, amendments and replacements.
fn contingencies(day: u32) -> Vec<Command> {
    let mut commands = Vec::new();
    let id = |number: u32| stop_id(day, number);
    let order = |number, side, order_type, price, terms| waiting(day, number, side, order_type, price, terms);
    let account = |number: u32| AccountId(FIRST_ACCOUNT + number % PEOPLE);
    let place = |number: u32, order: NewOrder| {
        Command::PlaceOrder(PlaceOrder { account: account(number), symbol: SYMBOL, order, is_routed: false })
    };
    let iceberg = OrderTerms { iceberg_quantity: Quantity::from_units(100_000), ..Default::default() };
    let peg = OrderTerms { peg: Some(Peg { price: PegPrice::Primary, offset: Some(1) }), ..Default::default() };
    let trailing = OrderTerms { trailing_delta: Some(200), ..Default::default() };
    for number in 0..120 {
        let near = u64::from(number % 60);
        let side = if number % 2 == 0 { Side::Buy } else { Side::Sell };
        let (limit, stop) =
            if side == Side::Buy { (9_000 - near, 15_000 + near) } else { (15_000 + near, 9_000 - near) };
        commands.push(place(number, order(number, side, OrderType::Limit, Some(limit), iceberg)));
        commands.push(place(number, order(1_000 + number, side, OrderType::StopLoss, None, stop_price(stop))));
        commands.push(place(number, order(2_000 + number, side, OrderType::StopLossLimit, Some(stop), trailing)));
        commands.push(place(number, order(3_000 + number, side, OrderType::LimitMaker, None, peg)));
        let reference = OrderReference { order_id: None, client_order_id: Some(id(number)) };
        commands.push(match number % 3 {
            0 => Command::AmendOrder(AmendOrder {
                account: account(number),
                symbol: SYMBOL,
                order: reference,
                client_order_id: id(4_000 + number),
                quantity: Quantity::from_units(300_000).unwrap(),
            }),
            _ => Command::ReplaceOrder(ReplaceOrder {
                account: account(number),
                symbol: SYMBOL,
                cancel: reference,
                restriction: None,
                cancel_id: None,
                mode: ReplaceMode::AllowFailure,
                order: order(4_000 + number, side, OrderType::Limit, Some(limit), iceberg),
            }),
        });
    }
    commands.extend(lists(day));
    // Up and down through all of them.
    for (number, side) in [(5_000, Side::Buy), (5_001, Side::Sell), (5_002, Side::Buy)] {
        let large = NewOrder {
            quantity: Quantity::from_units(20_000_000_000),
            ..order(number, side, OrderType::Market, None, OrderTerms::default())
        };
        commands.push(place(number, large));
    }
    commands
}

/// Apply commands; the buffer of events is emptied for each, as the runtime reuses its own.
fn run(engine: &mut Engine, commands: &[Command], events: &mut Vec<Event>) -> [u32; 8] {
    let mut counts = [0; 8];
    for command in commands {
        events.clear();
        engine.apply(engine.sequence() + 1, engine.time_us() + 1, command, events);
        for event in events.iter() {
            match event {
                Event::OrderPlaced(_) => counts[0] += 1,
                Event::TradeExecuted(_) => counts[1] += 1,
                Event::OrderExpired(_) => counts[2] += 1,
                Event::OrderCanceled(_) => counts[3] += 1,
                Event::MatchPrevented(_) => counts[4] += 1,
                Event::OrderTriggered(_) => counts[5] += 1,
                Event::OrderAmended(_) => counts[6] += 1,
                Event::OrderActivated(_) => counts[7] += 1,
                _ => {}
            }
        }
    }
    counts
}

#[test]
fn a_warm_engine_places_trades_and_cancels_without_allocating() {
    let (mut engine, mut events) = (Engine::new(), Vec::new());
    run(&mut engine, &setting_up(), &mut events);
    for number in 0..WARM_UP_DAYS {
        run(&mut engine, &day(number), &mut events);
    }
    let commands = day(WARM_UP_DAYS);
    let mut counts = [0; 8];
    let allocations = allocation_counter::measure(|| counts = run(&mut engine, &commands, &mut events));
    let [placed, traded, expired, canceled, prevented, triggered, amended, activated] = counts;
    let is_lively = placed >= 1_400 && traded >= 100 && expired >= 20 && canceled >= 800 && prevented >= 20;
    let is_lively = is_lively && triggered >= 60 && amended >= 30 && activated >= 40;
    assert!(is_lively, "a dull day: {counts:?}");
    assert_eq!(allocations.count_total, 0, "{counts:?}");
}
