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
use rialto_types::command::{OpenAccount, Post, Record, SetAccountDiscount, SetCommission};
use rialto_types::{
    AccountClass, AccountId, AccountKind, Amount, AssetId, Command, Event, Leg, OwnerId, PostingReason, Price, Side,
    StreamKey, SymbolId, SymbolSpec, Text, TradeGroupId,
};

mod orders;
mod outcome;
mod settings;
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
            return self.open(who, &mut words);
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
            "cancels" => orders::read_cancellation(account, symbol, &mut words),
            "amends" => orders::read_amendment(account, symbol, &mut words),
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

    /// `isolated 7 group 1`
    fn open(&mut self, who: &str, words: &mut Words) -> Vec<Event> {
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
        events
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
