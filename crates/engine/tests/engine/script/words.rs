//! The words of one line, and the rules of a symbol by name.

use rialto_types::{
    Commission, Feature, PercentPrice, PreventionModes, Price, PriceRange, Rates, Reference, ReferenceMethod,
    SelfTradePrevention, SymbolSpec, SymbolStatus, TrailingRange,
};
use std::fmt::Debug;
use std::str::FromStr;

/// What is left of a line.
pub struct Words<'a> {
    words: Vec<&'a str>,
}

impl<'a> Words<'a> {
    pub fn new(text: &'a str) -> Words<'a> {
        let mut words: Vec<_> = text.split_whitespace().collect();
        words.reverse();
        Words { words }
    }

    pub fn peek(&self) -> Option<&'a str> {
        self.words.last().copied()
    }

    pub fn next(&mut self) -> &'a str {
        self.words.pop().expect("the line ends too early")
    }

    pub fn parse<T: FromStr<Err: Debug>>(&mut self) -> T {
        let word = self.next();
        word.parse().unwrap_or_else(|error| panic!("{word:?}: {error:?}"))
    }

    /// Take the next word if it is this one.
    pub fn take(&mut self, word: &str) -> bool {
        let is_next = self.peek() == Some(word);
        if is_next {
            self.words.pop();
        }
        is_next
    }

    pub fn expect(&mut self, word: &str) {
        assert!(self.take(word), "expected {word:?} before {:?}", self.peek());
    }

    /// Take the last word if this one stands before it.
    pub fn take_last_after(&mut self, word: &str) -> Option<&'a str> {
        match self.words[..] {
            [last, before, ..] if before == word => {
                self.words.drain(..2);
                Some(last)
            }
            _ => None,
        }
    }

    /// Take the last word if it is this one.
    pub fn take_last(&mut self, word: &str) -> bool {
        let is_last = self.words.first() == Some(&word);
        if is_last {
            self.words.remove(0);
        }
        is_last
    }

    pub fn end(&self) {
        assert!(self.words.is_empty(), "words not understood: {:?}", self.words);
    }
}

/// A mode of self-trade prevention, as the API spells it.
pub fn mode_named(name: &str) -> SelfTradePrevention {
    match name {
        "NONE" => SelfTradePrevention::None,
        "EXPIRE_TAKER" => SelfTradePrevention::ExpireTaker,
        "EXPIRE_MAKER" => SelfTradePrevention::ExpireMaker,
        "EXPIRE_BOTH" => SelfTradePrevention::ExpireBoth,
        "DECREMENT" => SelfTradePrevention::Decrement,
        "TRANSFER" => SelfTradePrevention::Transfer,
        other => panic!("no mode {other}"),
    }
}

/// A status, as the API spells it.
pub fn status_named(name: &str) -> SymbolStatus {
    match name {
        "TRADING" => SymbolStatus::Trading,
        "HALT" => SymbolStatus::Halt,
        "BREAK" => SymbolStatus::Break,
        "END_OF_DAY" => SymbolStatus::EndOfDay,
        "CANCEL_ONLY" => SymbolStatus::CancelOnly,
        other => panic!("no status {other}"),
    }
}

/// Maker, taker, buyer and seller rates: standard ones, then special ones, then taxes, as far as they are given.
pub fn read_commission(words: &mut Words) -> Commission {
    let mut read = || {
        if words.peek().is_none() {
            return Rates::default();
        }
        Rates { maker: words.parse(), taker: words.parse(), buyer: words.parse(), seller: words.parse() }
    };
    Commission { standard: read(), special: read(), tax: read() }
}

/// Four factors of a price.
fn factors(value: &str) -> [Option<Price>; 4] {
    let mut factors = value.split('/').map(|factor| factor.parse().ok());
    std::array::from_fn(|_| factors.next().flatten())
}

/// Set one rule of a symbol by its name.
pub fn set_rule(spec: &mut SymbolSpec, field: &str, value: &str) {
    match field {
        "tick" => spec.tick = value.parse().unwrap(),
        "price_min" => spec.price_min = value.parse().unwrap(),
        "price_max" => spec.price_max = value.parse().unwrap(),
        "lot" => spec.lot = value.parse().unwrap(),
        "quantity_min" => spec.quantity_min = value.parse().unwrap(),
        "quantity_max" => spec.quantity_max = value.parse().unwrap(),
        "market_lot" => spec.market_lot = value.parse().unwrap(),
        "market_quantity_min" => spec.market_quantity_min = value.parse().unwrap(),
        "market_quantity_max" => spec.market_quantity_max = value.parse().unwrap(),
        "notional_min" => spec.notional_min = value.parse().unwrap(),
        "notional_min_applies_to_market" => spec.notional_min_applies_to_market = value.parse().unwrap(),
        "notional_max" => spec.notional_max = value.parse().unwrap(),
        "notional_max_applies_to_market" => spec.notional_max_applies_to_market = value.parse().unwrap(),
        "open_orders_max" => spec.open_orders_max = value.parse().unwrap(),
        "prevention_default" => spec.prevention_default = mode_named(value),
        "prevention_allowed" => {
            let modes: Vec<SelfTradePrevention> = value.split(',').map(mode_named).collect();
            spec.prevention_allowed = PreventionModes::of(&modes);
        }
        "maker_fee" => spec.commission.standard.maker = value.parse().unwrap(),
        "taker_fee" => spec.commission.standard.taker = value.parse().unwrap(),
        "forbids" => {
            let feature = Feature::ALL.into_iter().find(|feature| format!("{feature:?}") == value).unwrap();
            spec.rules.features = spec.rules.features.without(feature);
        }
        "average_minutes" => spec.rules.average_minutes = value.parse().unwrap(),
        "percent_price" | "percent_price_by_side" => {
            let [bid_up, bid_down, ask_up, ask_down] = factors(value).map(Option::unwrap);
            let by_side = field == "percent_price_by_side";
            spec.rules.percent_price = Some(PercentPrice { bid_up, bid_down, ask_up, ask_down, by_side });
        }
        "price_range" => {
            let [bid_up, bid_down, ask_up, ask_down] = factors(value);
            spec.rules.price_range = Some(PriceRange { bid_up, bid_down, ask_up, ask_down });
        }
        "reference" => {
            let (method, bucket_width_ms, bucket_count) = match value.split_once('x') {
                Some((width, count)) => {
                    (ReferenceMethod::ArithmeticMean, width.parse().unwrap(), count.parse().unwrap())
                }
                None => (ReferenceMethod::External, 0, 0),
            };
            spec.rules.reference = Reference { method, bucket_width_ms, bucket_count, calculation_id: 0 };
        }
        "trailing" => {
            let mut bounds = value.split('/').map(|bound| bound.parse().unwrap());
            let mut next = || bounds.next().unwrap();
            let (above_min, above_max, below_min, below_max) = (next(), next(), next(), next());
            spec.rules.trailing = Some(TrailingRange { above_min, above_max, below_min, below_max });
        }
        "iceberg_parts_max" => spec.rules.iceberg_parts_max = value.parse().unwrap(),
        "algo_orders_max" => spec.rules.algo_orders_max = value.parse().unwrap(),
        "iceberg_orders_max" => spec.rules.iceberg_orders_max = value.parse().unwrap(),
        "order_lists_max" => spec.rules.order_lists_max = value.parse().unwrap(),
        "amendments_max" => spec.rules.amendments_max = value.parse().unwrap(),
        "position_max" => spec.rules.position_max = value.parse().unwrap(),
        other => panic!("no rule {other}"),
    }
}
