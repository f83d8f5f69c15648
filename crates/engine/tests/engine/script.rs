//! A small language for scenarios: one line per command, with what it leads to behind `->`.
//!
//! ```text
//! alice deposits 1000 USDT            a line without `->` must be accepted
//! bob sells 1 @ 100 GTC               GTC is the default; IOC, FOK and `maker` (LIMIT_MAKER) are the others
//! alice buys 1 @ 101 as mine -> #2 new; #2 takes 1 @ 100 from #1 [#1 filled, #2 filled]
//! alice buys 2 market                 by quantity; `alice buys market for 100` is by quote amount
//! alice cancels #1                    `cancels mine`, `cancels #1 mine`, `cancels all`
//! alice opens isolated 7              a kind of account, with its scope where that is not 0
//! alice opens spot group 1            the same in a trade group
//! alice buys 1 @ 100 stp DECREMENT    a mode of self-trade prevention
//! alice posts -1 USDT Reward          `deposits` and `withdraws`, but with any sign and reason
//! alice sells 1 @ 95 stop-loss at 96      STOP_LOSS_LIMIT; `1 market stop-loss at 96` is STOP_LOSS; `take-profit` as well
//! alice sells 1 market stop-loss trail 500   trailing, by hundredths of a percent
//! alice buys 5 @ 100 show 1               an iceberg
//! alice buys 1 @ peg primary 2            pegged two levels behind the best bid; `@ 100 peg market` has a limit too
//! alice buys 1 market routed              by smart order routing
//! alice amends #1 to 0.5 as b             `cancels #1 only-new`, `cancels list 1`
//! alice replaces #1 allow: buys 1 @ 100   ALLOW_FAILURE; STOP_ON_FAILURE without the word
//! alice lists oco as l: sells 1 @ 110 maker | sells 1 market stop-loss at 90     `oto`, `otoco`, `oto paid` (OPO)
//! alice pays-rates 0.001 0.002 0 0        maker, taker, buyer, seller; then special, then tax
//! status HALT; reference 100; limits 5 0 0 0; asset-limit 5 BTC; discount BNB 0.75; pool BTC BTCUSDT BTCUSDC;
//! block buy 1 @ 100
//! record loan/7 after 0: alice holds 5 USDT, bob pays 1 USDT, alice gets 1 USDT
//! alice: BTC 1, USDT 800 + 100 locked     all that alice has
//! alice open: #4 buy 0.5 of 2 @ 100       her open orders, executed of asked
//! book: 1 @ 100 | 2 @ 101, 3 @ 102        bids and asks, best first
//! ```
//!
//! A name is a person's spot account, opened when first met; `alice.funding` is another account of hers, and
//! `house.fees` one of the house's own. `on ETHBTC` at the end of a line names the symbol; the first listed is the
//! default.

use crate::exchange::{self, Exchange};
use crate::script::words::Words;
use rialto_types::command::{
    AmendOrder, CancelAllOrders, CancelOrder, CancelOrderList, CancelRestriction, ListReference, NewOrder, OpenAccount,
    OrderReference, PlaceOrder, PlaceOrderList, PoolSymbols, Post, Record, ReplaceMode, ReplaceOrder, ReportBlockTrade,
    SetAccountDiscount, SetAssetLimit, SetCommission, SetDiscount, SetExchangeLimits, SetReferencePrice,
    SetSymbolStatus,
};
use rialto_types::{
    AccountClass, AccountId, AccountKind, Amount, AssetId, ClientOrderId, Command, Contingency, Event, ExchangeLimits,
    Leg, OrderId, OrderListId, OrderTerms, OrderType, OwnerId, Peg, PegPrice, PostingReason, Price, Side, StreamKey,
    SymbolId, SymbolSpec, Text, TimeInForce, TradeGroupId,
};

mod outcome;
mod words;

pub use outcome::{name, plain};

/// Run a scenario on a fresh exchange with BTCUSDT: tick 0.01, lot 0.001, and the rules given as `field=value`.
pub fn check(rules: &str, scenario: &str) {
    let mut script = Script::new(rules);
    scenario.lines().for_each(|line| script.run(line));
}

/// An exchange and the names people use on it.
#[derive(Default)]
pub struct Script {
    pub exchange: Exchange,
    assets: Vec<String>,
    symbols: Vec<String>,
    accounts: Vec<(String, AccountId)>,
    people: Vec<String>,
    unnamed_orders: u32,
}

impl Script {
    /// With BTC, USDT and BTCUSDT.
    pub fn new(rules: &str) -> Script {
        let mut script = Script::default();
        for (class, id) in [("external", 0), ("fees", 1), ("treasury", 4)] {
            script.accounts.push((format!("house.{class}"), AccountId(id)));
        }
        script.run(&format!("symbol BTCUSDT BTC USDT {rules}"));
        script
    }

    /// Run one line; panic with what happened when it is not what was expected.
    pub fn run(&mut self, line: &str) {
        let line = line.trim();
        if line.is_empty() {
            return;
        }
        let (left, expected) = line.split_once("->").map_or((line, None), |(left, right)| (left, Some(right.trim())));
        if let Some((subject, expected)) = left.split_once(':').filter(|_| !is_command(left)) {
            let found = self.look_up(subject.trim());
            assert_eq!(found, expected.trim(), "\n  in the line: {line}\n");
            return;
        }
        let events = self.execute(left.trim());
        self.exchange.engine.audit().unwrap_or_else(|violation| panic!("after {line:?}: {violation}"));
        let happened = outcome::of_events(&events);
        match expected {
            Some(expected) => assert_eq!(happened, expected, "\n  in the line: {line}\n"),
            None => assert!(!happened.starts_with("refused"), "{line:?} was {happened}"),
        }
    }

    /// Apply the command of a line, and tell what happened.
    pub fn tell(&mut self, text: &str) -> String {
        outcome::of_events(&self.execute(text))
    }

    /// Apply the command of a line.
    pub fn execute(&mut self, text: &str) -> Vec<Event> {
        let mut words = Words::new(text);
        if words.take("symbol") {
            let spec = self.read_spec(&mut words);
            let name = spec.name;
            let events = self.exchange.apply(&exchange::list_symbol(spec));
            if exchange::refusal(&events).is_none() {
                self.symbols.push(name.to_string());
            }
            return events;
        }
        if words.take("record") {
            let record = self.read_record(text);
            return self.exchange.apply(&Command::Record(Box::new(record)));
        }
        let mut setting = Words::new(text);
        if let Some(command) = self.read_setting(&mut setting) {
            setting.end();
            return self.exchange.apply(&command);
        }
        let who = words.next();
        let verb = words.next();
        if verb == "lists" {
            let account = self.account(who);
            let (text, symbol) = self.symbol_of_list(text);
            let command = self.read_list(account, symbol, &text);
            return self.exchange.apply(&command);
        }
        if verb == "replaces" {
            let account = self.account(who);
            let command = self.read_replacement(account, text);
            return self.exchange.apply(&command);
        }
        if verb == "opens" {
            let class_name = words.next();
            let class = class_named(class_name);
            let trade_group = words.take_last_after("group").map(|group| TradeGroupId(group.parse().unwrap()));
            let scope = if words.peek().is_some() { words.parse() } else { 0 };
            words.end();
            let (owner, kind) = (OwnerId(self.owner(who)), AccountKind { class, scope });
            let events = self.exchange.apply(&Command::OpenAccount(OpenAccount { owner, kind, trade_group }));
            if let [Event::AccountOpened(opened)] = events[..] {
                let suffix = if class == AccountClass::Spot { String::new() } else { format!(".{class_name}") };
                self.accounts.push((format!("{who}{suffix}"), opened.account));
            }
            return events;
        }
        let account = self.account(who);
        let symbol = self.symbol_at_end(&mut words);
        let command = match verb {
            "deposits" | "withdraws" => {
                let amount: Amount = words.parse();
                let units = if verb == "deposits" { amount.units() } else { -amount.units() };
                exchange::post(account, self.asset(words.next()), units)
            }
            "posts" => {
                let (amount, asset) = (words.parse(), self.asset(words.next()));
                let reason = reason_named(words.next());
                Command::Post(Post { account, asset, amount, reason })
            }
            "buys" => self.read_order(account, symbol, Side::Buy, &mut words),
            "sells" => self.read_order(account, symbol, Side::Sell, &mut words),
            "cancels" => read_cancellation(account, symbol, &mut words),
            "amends" => read_amendment(account, symbol, &mut words),
            "pays-rates" => {
                let commission = Some(words::read_commission(&mut words));
                Command::SetCommission(Box::new(SetCommission { account, symbol: Some(symbol), commission }))
            }
            "pays-discounted" => Command::SetAccountDiscount(SetAccountDiscount { account, is_enabled: true }),
            other => panic!("no such verb: {other}"),
        };
        words.end();
        self.exchange.apply(&command)
    }

    fn read_order(&mut self, account: AccountId, symbol: SymbolId, side: Side, words: &mut Words) -> Command {
        let (order, is_routed) = self.read_new_order(side, words);
        Command::PlaceOrder(PlaceOrder { account, symbol, order, is_routed })
    }

    /// `<quantity> @ <price> ...` or `<quantity> market ...`, and whether it is routed.
    fn read_new_order(&mut self, side: Side, words: &mut Words) -> (NewOrder, bool) {
        self.unnamed_orders += 1;
        let mut order = NewOrder {
            client_order_id: ClientOrderId::new(&format!("unnamed-{}", self.unnamed_orders)).unwrap(),
            side,
            order_type: OrderType::Market,
            time_in_force: TimeInForce::GoodTillCanceled,
            price: None,
            quantity: None,
            quote_quantity: None,
            self_trade_prevention: None,
            terms: None,
        };
        let (mut terms, mut is_routed) = (OrderTerms::default(), false);
        if words.peek().is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit())) {
            order.quantity = Some(words.parse());
        }
        if words.take("@") {
            order.order_type = OrderType::Limit;
            if words.take("peg") {
                terms.peg = Some(read_peg(words));
            } else {
                order.price = Some(words.parse());
            }
        } else {
            words.expect("market");
        }
        while let Some(word) = words.peek() {
            words.next();
            match word {
                "GTC" => order.time_in_force = TimeInForce::GoodTillCanceled,
                "IOC" => order.time_in_force = TimeInForce::ImmediateOrCancel,
                "FOK" => order.time_in_force = TimeInForce::FillOrKill,
                "maker" => order.order_type = OrderType::LimitMaker,
                "stop-loss" => order.order_type = contingent(order.order_type, true),
                "take-profit" => order.order_type = contingent(order.order_type, false),
                "at" => terms.stop_price = Some(words.parse()),
                "trail" => terms.trailing_delta = Some(words.parse()),
                "show" => terms.iceberg_quantity = Some(words.parse()),
                "peg" => terms.peg = Some(read_peg(words)),
                "strategy" => {
                    terms.strategy_id = Some(words.parse());
                    terms.strategy_type = Some(words.parse());
                }
                "routed" => is_routed = true,
                "for" => order.quote_quantity = Some(words.parse()),
                "stp" => order.self_trade_prevention = Some(words::mode_named(words.next())),
                "as" => order.client_order_id = ClientOrderId::new(words.next()).unwrap(),
                other => panic!("no such word in an order: {other}"),
            }
        }
        order.terms = (!terms.is_empty()).then_some(terms);
        (order, is_routed)
    }

    /// `oco as name: sells 1 @ 110 maker | sells 1 market stop-loss at 90`
    fn read_list(&mut self, account: AccountId, symbol: SymbolId, text: &str) -> Command {
        let (head, orders) = text.split_once(':').expect("a list has orders behind a colon");
        let mut words = Words::new(head);
        words.next();
        words.expect("lists");
        let contingency = match words.next() {
            "oco" => Contingency::OneCancelsTheOther,
            "oto" => Contingency::OneTriggersTheOther,
            "otoco" => Contingency::OneTriggersOneCancelsTheOther,
            other => panic!("no such list: {other}"),
        };
        let one_pays_the_other = words.take("paid");
        let name = if words.take("as") { words.next().to_owned() } else { format!("list-{}", self.unnamed_orders) };
        let client_order_id = ClientOrderId::new(&name).unwrap();
        let mut read = |text: &str| {
            let mut words = Words::new(text);
            let side = if words.take("buys") { Side::Buy } else { Side::Sell };
            if side == Side::Sell {
                words.expect("sells");
            }
            self.read_new_order(side, &mut words).0
        };
        let orders: Vec<NewOrder> = orders.split('|').map(&mut read).collect();
        let list = PlaceOrderList { account, symbol, client_order_id, contingency, one_pays_the_other, orders };
        Command::PlaceOrderList(Box::new(list))
    }

    /// What an operator says: `status HALT`, `reference 100`, `limits 5 1 1 1`, ...
    fn read_setting(&mut self, words: &mut Words) -> Option<Command> {
        let symbol = self.symbol_at_end(words);
        Some(match words.peek()? {
            "status" => {
                words.next();
                Command::SetSymbolStatus(SetSymbolStatus { symbol, status: words::status_named(words.next()) })
            }
            "reference" => {
                words.next();
                let price = if words.take("none") { None } else { Some(words.parse()) };
                Command::SetReferencePrice(SetReferencePrice { symbol, price })
            }
            "limits" => {
                words.next();
                let limits = ExchangeLimits {
                    orders_max: words.parse(),
                    algo_orders_max: words.parse(),
                    iceberg_orders_max: words.parse(),
                    order_lists_max: words.parse(),
                };
                Command::SetExchangeLimits(SetExchangeLimits { limits })
            }
            "asset-limit" => {
                words.next();
                let (limit, asset) = (Some(words.parse()), self.asset(words.next()));
                Command::SetAssetLimit(SetAssetLimit { asset, limit })
            }
            "discount" => {
                words.next();
                let (asset, multiplier) = (Some(self.asset(words.next())), words.parse());
                Command::SetDiscount(SetDiscount { asset, multiplier })
            }
            "pool" => {
                words.next();
                let base = self.asset(words.next());
                let mut symbols = Vec::new();
                while let Some(name) = words.peek() {
                    words.next();
                    let place = self.symbols.iter().position(|symbol| symbol == name);
                    symbols.push(SymbolId(place.unwrap_or_else(|| panic!("no symbol {name}")) as u32));
                }
                Command::PoolSymbols(PoolSymbols { base, symbols })
            }
            "block" => {
                words.next();
                let taker_side = if words.take("buy") { Side::Buy } else { Side::Sell };
                if taker_side == Side::Sell {
                    words.expect("sell");
                }
                let quantity = words.parse();
                words.expect("@");
                Command::ReportBlockTrade(ReportBlockTrade { symbol, price: words.parse(), quantity, taker_side })
            }
            _ => return None,
        })
    }

    /// `loan/7 after 0: <who> <does> <amount> <asset>, ...`
    fn read_record(&mut self, text: &str) -> Record {
        let (head, legs) = text.split_once(':').expect("a record has legs behind a colon");
        let mut words = Words::new(head);
        words.expect("record");
        let (kind, id) = words.next().split_once('/').expect("a stream is kind/id");
        let stream = StreamKey { kind: Text::new(kind).unwrap(), id: Text::new(id).unwrap() };
        words.expect("after");
        let expected_version = words.parse();
        words.end();
        let legs = legs.split(',').map(|leg| self.read_leg(&mut Words::new(leg))).collect();
        Record { stream, expected_version, legs, payload: b"what the product says".to_vec() }
    }

    fn read_leg(&mut self, words: &mut Words) -> Leg {
        let account = self.account(words.next());
        let verb = words.next();
        let amount = words.parse::<Amount>().units();
        let (free, locked, reason) = match verb {
            "gets" => (amount, 0, PostingReason::Product),
            "pays" => (-amount, 0, PostingReason::Product),
            "holds" => (-amount, amount, PostingReason::ProductHold),
            "releases" => (amount, -amount, PostingReason::ProductRelease),
            "forfeits" => (0, -amount, PostingReason::Product),
            "pays-as" => (-amount, 0, reason_named(words.next())),
            other => panic!("no such verb in a record: {other}"),
        };
        let asset = self.asset(words.next());
        words.end();
        Leg { account, asset, free: Amount::from_units(free), locked: Amount::from_units(locked), reason }
    }

    /// `NAME BASE QUOTE field=value ...`
    fn read_spec(&mut self, words: &mut Words) -> SymbolSpec {
        let name = words.next();
        let (base, quote) = (self.asset(words.next()), self.asset(words.next()));
        let mut spec = exchange::open_spec(name, base, quote);
        while words.peek().is_some() {
            let (field, value) = words.next().split_once('=').expect("field=value");
            words::set_rule(&mut spec, field, value);
        }
        spec
    }

    /// `alice replaces #1 [only-new] [allow]: buys 1 @ 100`
    fn read_replacement(&mut self, account: AccountId, text: &str) -> Command {
        let (head, order) = text.split_once(':').expect("a replacement has an order behind a colon");
        let mut words = Words::new(head);
        let _ = (words.next(), words.next());
        let symbol = self.symbol_at_end(&mut words);
        let mode = if words.take_last("allow") { ReplaceMode::AllowFailure } else { ReplaceMode::StopOnFailure };
        let (cancel, restriction) = read_reference(&mut words);
        let mut words = Words::new(order);
        let side = if words.take("buys") { Side::Buy } else { Side::Sell };
        if side == Side::Sell {
            words.expect("sells");
        }
        let order = self.read_new_order(side, &mut words).0;
        Command::ReplaceOrder(ReplaceOrder { account, symbol, cancel, restriction, mode, order })
    }

    fn symbol_of_list(&self, text: &str) -> (String, SymbolId) {
        let (text, name) = text.rsplit_once(" on ").unwrap_or((text, &self.symbols[0]));
        let place = self.symbols.iter().position(|symbol| symbol == name);
        (text.to_owned(), SymbolId(place.unwrap_or_else(|| panic!("no symbol {name}")) as u32))
    }

    fn symbol_at_end(&self, words: &mut Words) -> SymbolId {
        let name = words.take_last_after("on").unwrap_or(&self.symbols[0]);
        let position = self.symbols.iter().position(|symbol| symbol == name);
        SymbolId(position.unwrap_or_else(|| panic!("no symbol {name}")) as u32)
    }

    /// An asset, registered when first met.
    pub fn asset(&mut self, name: &str) -> AssetId {
        let position = self.assets.iter().position(|asset| asset == name).unwrap_or_else(|| {
            self.exchange.accept(&exchange::register_asset(name));
            self.assets.push(name.to_owned());
            self.assets.len() - 1
        });
        AssetId(position as u32)
    }

    /// An account, opened when first met.
    pub fn account(&mut self, name: &str) -> AccountId {
        if let Some((_, account)) = self.accounts.iter().find(|(known, _)| known == name) {
            return *account;
        }
        let (person, class) = name.split_once('.').unwrap_or((name, "spot"));
        let command = exchange::open_account(self.owner(person), class_named(class));
        let account = match self.exchange.accept(&command)[..] {
            [Event::AccountOpened(opened)] => opened.account,
            ref other => panic!("opening {name} led to {other:?}"),
        };
        self.accounts.push((name.to_owned(), account));
        account
    }

    fn owner(&mut self, person: &str) -> u64 {
        if person == "house" {
            return 0;
        }
        let position = self.people.iter().position(|known| known == person).unwrap_or_else(|| {
            self.people.push(person.to_owned());
            self.people.len() - 1
        });
        position as u64 + 1
    }

    fn look_up(&mut self, subject: &str) -> String {
        let mut words = Words::new(subject);
        let symbol = self.symbol_at_end(&mut words);
        if words.take("book") {
            words.end();
            return self.book(symbol);
        }
        let account = self.account(words.next());
        if words.take("open") {
            let orders = self.exchange.open_orders(account);
            return outcome::list(orders.iter().map(outcome::of_order));
        }
        words.end();
        let balances = self.exchange.balances(account);
        outcome::list(balances.iter().map(|(asset, (free, locked))| {
            let locked = if locked.is_zero() { String::new() } else { format!(" + {} locked", plain(locked)) };
            format!("{} {}{locked}", self.assets[asset.index()], plain(free))
        }))
    }

    fn book(&self, symbol: SymbolId) -> String {
        let side = |side: Side| {
            let levels = self.exchange.depth.range((symbol, side, Price::ZERO)..=(symbol, side, Price::MAX));
            levels.map(|(key, quantity)| format!("{} @ {}", plain(quantity), plain(key.2))).collect::<Vec<String>>()
        };
        let (bids, asks) = (side(Side::Buy), side(Side::Sell));
        format!("{} | {}", outcome::list(bids.into_iter().rev()), outcome::list(asks.into_iter()))
    }
}

/// Whether a line with a colon is a command and not a look at something.
fn is_command(line: &str) -> bool {
    let verb = line.split_whitespace().nth(1);
    line.starts_with("record") || matches!(verb, Some("lists" | "replaces"))
}

fn read_cancellation(account: AccountId, symbol: SymbolId, words: &mut Words) -> Command {
    if words.take("all") {
        return Command::CancelAllOrders(CancelAllOrders { account, symbol });
    }
    if words.take("list") {
        let word = words.next();
        let list_id = word.parse().ok().map(OrderListId);
        let client_order_id = list_id.is_none().then(|| ClientOrderId::new(word).unwrap());
        let list = ListReference { list_id, client_order_id };
        return Command::CancelOrderList(CancelOrderList { account, symbol, list });
    }
    let (order, restriction) = read_reference(words);
    Command::CancelOrder(CancelOrder { account, symbol, order, restriction })
}

/// `#1 name only-new`, each of them or none.
fn read_reference(words: &mut Words) -> (OrderReference, Option<CancelRestriction>) {
    let mut order = OrderReference { order_id: None, client_order_id: None };
    let mut restriction = None;
    while words.peek().is_some() {
        let word = words.next();
        match (word, word.strip_prefix('#')) {
            (_, Some(id)) => order.order_id = Some(OrderId(id.parse().unwrap())),
            ("only-new", None) => restriction = Some(CancelRestriction::OnlyNew),
            ("only-partial", None) => restriction = Some(CancelRestriction::OnlyPartiallyFilled),
            (name, None) => order.client_order_id = Some(ClientOrderId::new(name).unwrap()),
        }
    }
    (order, restriction)
}

/// `#1 to 0.5 as name`
fn read_amendment(account: AccountId, symbol: SymbolId, words: &mut Words) -> Command {
    let client_order_id = ClientOrderId::new(words.take_last_after("as").unwrap_or("amended")).unwrap();
    let quantity = words.take_last_after("to").expect("an amendment is to a quantity").parse().unwrap();
    let (order, _) = read_reference(words);
    Command::AmendOrder(AmendOrder { account, symbol, order, client_order_id, quantity })
}

/// `primary` or `market`, and how many levels behind.
fn read_peg(words: &mut Words) -> Peg {
    let price = if words.take("primary") { PegPrice::Primary } else { PegPrice::Market };
    if price == PegPrice::Market {
        words.expect("market");
    }
    let has_offset = words.peek().is_some_and(|word| word.parse::<u8>().is_ok());
    Peg { price, offset: has_offset.then(|| words.parse()) }
}

/// The type that waits for a price, with or without a limit.
fn contingent(order_type: OrderType, is_stop_loss: bool) -> OrderType {
    match (order_type, is_stop_loss) {
        (OrderType::Market, true) => OrderType::StopLoss,
        (OrderType::Market, false) => OrderType::TakeProfit,
        (_, true) => OrderType::StopLossLimit,
        (_, false) => OrderType::TakeProfitLimit,
    }
}

fn reason_named(name: &str) -> PostingReason {
    use PostingReason::*;
    let every = [
        Deposit,
        Withdrawal,
        OrderHold,
        OrderRelease,
        Trade,
        Fee,
        Transfer,
        Interest,
        Reward,
        Product,
        ProductHold,
        ProductRelease,
        Adjustment,
    ];
    let found = every.into_iter().find(|reason| format!("{reason:?}") == name);
    found.unwrap_or_else(|| panic!("no reason {name}"))
}

fn class_named(name: &str) -> AccountClass {
    match name {
        "spot" => AccountClass::Spot,
        "isolated" => AccountClass::IsolatedMargin,
        "external" => AccountClass::External,
        "fees" => AccountClass::Fees,
        "insurance" => AccountClass::Insurance,
        "rewards" => AccountClass::Rewards,
        "treasury" => AccountClass::Treasury,
        "funding" => AccountClass::Funding,
        "custody" => AccountClass::Custody,
        other => panic!("no account class {other} in scenarios"),
    }
}

#[test]
#[should_panic(expected = "was refused InsufficientBalance")]
fn a_line_without_an_outcome_must_be_accepted() {
    check("", "alice buys 1 @ 100");
}

#[test]
#[should_panic(expected = "in the line: alice: USDT 101")]
fn a_wrong_balance_is_found() {
    check("", "alice deposits 100 USDT\nalice: USDT 101");
}

#[test]
#[should_panic(expected = "in the line: book: 1 @ 99 |")]
fn a_wrong_book_is_found() {
    check("", "alice deposits 100 USDT\nalice buys 1 @ 100\nbook: 1 @ 99 | none");
}
