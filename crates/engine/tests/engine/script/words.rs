//! The words of one line, and the rules of a symbol by name.

use rialto_types::{PreventionModes, SelfTradePrevention, SymbolSpec};
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
        "maker_fee" => spec.maker_fee = value.parse().unwrap(),
        "taker_fee" => spec.taker_fee = value.parse().unwrap(),
        other => panic!("no rule {other}"),
    }
}
