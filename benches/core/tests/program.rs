//! The published workload from outside: every measure is written, and the steps given to other engines lead a plain book
//! to what the program says.

use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::process::Command;

fn run(arguments: &[&str]) -> String {
    let ended = Command::new(env!("CARGO_BIN_EXE_rialto-benches")).args(arguments).output().expect("the program runs");
    assert!(ended.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ended.stderr));
    String::from_utf8(ended.stdout).expect("it writes text")
}

/// The numbers written for each measure.
fn measures(arguments: &str) -> BTreeMap<String, Value> {
    let words: Vec<&str> = arguments.split(' ').collect();
    let written = run(&words);
    let lines = written.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    lines.map(|measure| (measure["measure"].as_str().expect("a name").to_owned(), measure)).collect()
}

#[test]
fn a_small_workload_is_measured_in_every_way() {
    let summary = measures("published summary 1 50 60 4000");
    let percent = |kind: &str| summary[&format!("commands: {kind}")]["trials"][0].as_f64().expect("a number");
    let kinds =
        ["moved", "placed, resting", "placed, immediate or cancel", "placed, fill or kill", "canceled", "reduced"];
    let all: f64 = kinds.into_iter().map(percent).sum();
    assert!((all - 100.0).abs() < 1e-6 && percent("moved") > 50.0, "{summary:?}");
    assert!(summary["trades of a command"]["trials"][0].as_f64() > Some(0.0));

    let rates = measures("published rate 3 50 60 3000 2");
    assert_eq!(rates["rialto"]["trials"].as_array().map(Vec::len), Some(2));
    let late = measures("published latency 1 50 60 1000 2 1000000");
    assert_eq!(late["rialto, done after its planned time"]["percentiles"].as_array().map(Vec::len), Some(2));
    for what in ["symbols", "accounts", "orders", "levels", "stops"] {
        let grown = measures(&format!("published grow {what} 200 3000 2"));
        let rates = &grown["rialto, by time on the processor"];
        assert_eq!(rates["trials"].as_array().map(Vec::len), Some(2), "{what}");
        assert_eq!(rates["baseline_trials"].as_array().map(Vec::len), Some(2), "{what}");
        assert!(measures(&format!("published memory {what} 5000")).contains_key("resident, of each"), "{what}");
    }
}

#[derive(Default)]
struct PlainBook {
    /// By side (0 buys), then price: order numbers, oldest first.
    levels: [BTreeMap<u64, VecDeque<usize>>; 2],
    /// By number: side, price, lots left.
    orders: Vec<(usize, u64, u64)>,
    trades: u64,
    lots: u64,
    worth: u64,
}

impl PlainBook {
    fn best(&self, side: usize) -> Option<u64> {
        let levels = &self.levels[side];
        if side == 0 { levels.keys().next_back().copied() } else { levels.keys().next().copied() }
    }

    fn reaches(side: usize, limit: u64, price: u64) -> bool {
        if side == 0 { limit >= price } else { limit <= price }
    }

    /// Trade up to a limit; returns what is left.
    fn trade(&mut self, side: usize, limit: u64, mut left: u64) -> u64 {
        let other = 1 - side;
        while let Some(price) = self.best(other).filter(|&price| left > 0 && Self::reaches(side, limit, price)) {
            let maker = self.levels[other][&price][0];
            let lots = left.min(self.orders[maker].2);
            (self.trades, self.lots, self.worth) = (self.trades + 1, self.lots + lots, self.worth + lots * price);
            left -= lots;
            self.take(maker, lots);
        }
        left
    }

    fn take(&mut self, order: usize, lots: u64) {
        let (side, price, left) = &mut self.orders[order];
        *left -= lots;
        if *left == 0 {
            let level = self.levels[*side].get_mut(price).expect("it rests");
            level.retain(|&other| other != order);
            if level.is_empty() {
                self.levels[*side].remove(price);
            }
        }
    }

    fn rest(&mut self, order: usize, (side, price, left): (usize, u64, u64)) {
        self.orders.resize(self.orders.len().max(order + 1), (0, 0, 0));
        self.orders[order] = (side, price, left);
        if left > 0 {
            self.levels[side].entry(price).or_default().push_back(order);
        }
    }

    fn can_fill(&self, side: usize, limit: u64, lots: u64) -> bool {
        let within = self.levels[1 - side].iter().filter(|(price, _)| Self::reaches(side, limit, **price));
        let orders = within.flat_map(|(_, level)| level);
        orders.map(|&order| self.orders[order].2).sum::<u64>() >= lots
    }
}

#[test]
fn the_steps_lead_a_plain_book_to_the_same_trades() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("steps.txt");
    let file = path.to_str().expect("a plain path");
    let expected: Value = serde_json::from_str(&run(&["published", "steps", "60", "80", "6000", file])).expect("JSON");
    let steps = std::fs::read_to_string(&path).expect("the steps");
    let mut lines = steps.lines();
    let head: Vec<u64> = lines.next().expect("a head").split(' ').map(|word| word.parse().expect("a number")).collect();
    assert_eq!(head[1] + head[2], lines.clone().count() as u64);
    let mut book = PlainBook::default();
    for line in lines {
        let (kind, numbers) = line.split_at(1);
        let numbers: Vec<u64> = numbers.split_whitespace().map(|word| word.parse().expect("a number")).collect();
        let &[order, user, side, price, lots] = &numbers[..] else { panic!("{line}") };
        let (order, side) = (order as usize, side as usize);
        assert!(user < head[0], "{line}");
        match kind {
            "G" => {
                let left = book.trade(side, price, lots);
                book.rest(order, (side, price, left));
            }
            "I" => drop(book.trade(side, price, lots)),
            "F" => assert_eq!(book.trade(side, price, lots), 0, "{line}"),
            "K" => assert!(!book.can_fill(side, price, lots), "{line}"),
            "M" => {
                let (side, _, left) = book.orders[order];
                book.take(order, left);
                let left = book.trade(side, price, left);
                book.rest(order, (side, price, left));
            }
            "C" => book.take(order, book.orders[order].2),
            _ => book.take(order, lots),
        }
    }
    let resting = book.orders.iter().filter(|order| order.2 > 0).count() as u64;
    for (name, number) in [("trades", book.trades), ("lots", book.lots), ("worth", book.worth), ("resting", resting)] {
        assert_eq!(expected[name].as_u64(), Some(number), "{name}");
    }
    assert!(book.trades > 50, "a dull workload: {} trades", book.trades);
}
