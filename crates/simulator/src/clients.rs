//! Who submits: first the commands that found an exchange, then wild ones, aimed at what is open.

use proptest::prelude::Strategy;
use proptest::strategy::{BoxedStrategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rialto_engine::Engine;
use rialto_types::query::{Answer, Query};
use rialto_types::{AccountId, Command, OrderState};
use rialto_wild::{FIRST_ACCOUNT, PEOPLE, Turn, founding, turn};

/// A population that the seed has made.
pub(crate) struct Clients {
    runner: TestRunner,
    turns: BoxedStrategy<Turn>,
    founding: Vec<Command>,
    /// How many of them were submitted and not lost.
    founded: usize,
}

impl Clients {
    pub(crate) fn new(seed: u64) -> Clients {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let mut runner = TestRunner::new_with_rng(Config { failure_persistence: None, ..Config::default() }, random);
        let founding = draw(&founding(), &mut runner);
        Clients { runner, turns: turn().boxed(), founding, founded: 0 }
    }

    /// After a recovery up to a sequence number: what of the founding was lost is submitted again.
    pub(crate) fn resume(&mut self, sequence: u64) {
        self.founded = self.founding.len().min(usize::try_from(sequence).unwrap_or(usize::MAX));
    }

    /// The next command, and how many microseconds after the last it comes.
    pub(crate) fn next(&mut self, engine: &Engine) -> (u64, Command) {
        if let Some(command) = self.founding.get(self.founded) {
            self.founded += 1;
            return (1, command.clone());
        }
        let turn = draw(&self.turns, &mut self.runner);
        (turn.after_us, turn.aimed_at(&open_orders(engine)))
    }

    /// The last command was not let in.
    pub(crate) fn was_turned_away(&mut self, command: &Command) {
        if self.founded > 0 && self.founding.get(self.founded - 1) == Some(command) {
            self.founded -= 1;
        }
    }
}

fn draw<S: Strategy>(strategy: &S, runner: &mut TestRunner) -> S::Value {
    strategy.new_tree(runner).expect("no strategy here rejects what it draws").current()
}

fn open_orders(engine: &Engine) -> Vec<OrderState> {
    let of_account = |account| match engine.answer(&Query::OpenOrders { account, symbol: None }) {
        Answer::Orders { orders } => orders,
        _ => Vec::new(),
    };
    (FIRST_ACCOUNT..FIRST_ACCOUNT + PEOPLE).map(AccountId).flat_map(of_account).collect()
}
