//! The workload that exchange-core publishes its figures with, for our whole engine and for peers.
//!
//! One symbol, a thousand users, a thousand resting orders; most commands move an order. With more symbols the commands
//! are spread unevenly over them, by a Pareto distribution, as theirs are.

mod background;
mod commands;
mod generator;
mod growth;
mod run;
mod steps;

pub(crate) use growth::{grow, grow_memory};
pub(crate) use run::{latency, profile, rate, summary, write_steps};

use generator::Generator;
use steps::{Facts, Step};

/// How large a workload is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) symbols: u32,
    pub(crate) users: u32,
    /// Orders that rest, on all symbols together.
    pub(crate) resting: usize,
    /// Commands of the measured part.
    pub(crate) commands: usize,
}

/// The steps of a plan; always the same.
pub(crate) struct Workload {
    pub(crate) plan: Plan,
    pub(crate) opening: Vec<Step>,
    pub(crate) measured: Vec<Step>,
    /// What all steps lead to, the opening included.
    pub(crate) facts: Facts,
    /// What the opening alone leads to.
    pub(crate) opening_facts: Facts,
    /// How many orders rest in the end.
    pub(crate) resting: usize,
    /// Of each symbol, the lowest and the highest limit.
    pub(crate) limits: Vec<(u64, u64)>,
}

const SEED: u64 = 20_260_101;

impl Workload {
    pub(crate) fn make(plan: Plan) -> Workload {
        let mut random = fastrand::Rng::with_seed(SEED);
        let shares = shares(&mut random, plan.symbols);
        let share_of = |count: usize, share: f64| (count as f64 * share).round() as usize;
        let mut opening = Vec::new();
        let mut measured = Vec::new();
        let (mut facts, mut opening_facts, mut resting) = (Facts::default(), Facts::default(), 0);
        let mut limits = Vec::new();
        for (symbol, &share) in shares.iter().enumerate() {
            let commands = share_of(plan.commands, share).max(1);
            let target = share_of(plan.resting, share);
            let users = users_of(&mut random, plan.users, commands);
            let mut market = Generator::new(symbol as u32, users, target, SEED);
            opening.push((0..target).map(|_| market.open()).collect());
            add(&mut opening_facts, market.facts);
            measured.push((0..commands).map(|_| market.next()).collect());
            add(&mut facts, market.facts);
            resting += market.resting();
            limits.push(market.limits());
        }
        Workload {
            plan,
            opening: merged(&mut random, opening),
            measured: merged(&mut random, measured),
            facts,
            opening_facts,
            resting,
            limits,
        }
    }

    /// What the figures of this workload are filed under.
    pub(crate) fn case(&self) -> String {
        let Plan { symbols, users, resting, .. } = self.plan;
        let plural = if symbols == 1 { "" } else { "s" };
        format!("{symbols} symbol{plural}, {users} users, {resting} orders")
    }
}

fn add(sum: &mut Facts, facts: Facts) {
    sum.trades += facts.trades;
    sum.lots += facts.lots;
    sum.worth += facts.worth;
}

/// What part of all commands each symbol has.
fn shares(random: &mut fastrand::Rng, symbols: u32) -> Vec<f64> {
    let weights: Vec<f64> = (0..symbols).map(|_| (1.0 - random.f64()).powi(2).cbrt().recip()).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / sum).collect()
}

/// Who trades on a symbol: a fifth as many as it has commands, side by side.
fn users_of(random: &mut fastrand::Rng, users: u32, commands: usize) -> Vec<u32> {
    let count = (commands / 5).clamp(2, users as usize) as u32;
    let first = random.u32(0..users);
    (0..count).map(|number| (first + number) % users).collect()
}

/// One list of several, each in its own order, shuffled into each other evenly.
fn merged(random: &mut fastrand::Rng, lists: Vec<Vec<Step>>) -> Vec<Step> {
    let mut turns: Vec<u32> = Vec::with_capacity(lists.iter().map(Vec::len).sum());
    for (list, steps) in lists.iter().enumerate() {
        turns.extend(std::iter::repeat_n(list as u32, steps.len()));
    }
    if lists.len() > 1 {
        random.shuffle(&mut turns);
    }
    let mut lists: Vec<_> = lists.into_iter().map(Vec::into_iter).collect();
    turns.into_iter().map(|list| lists[list as usize].next().expect("as many turns as steps")).collect()
}
