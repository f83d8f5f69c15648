//! The workload as plain steps, and the file of them that other engines read.
//!
//! Prices are in ticks, quantities in lots. Orders are numbered from 1 as they are placed, users from 0.

use rialto_types::Side;
use std::io::{self, Write};

/// What an order does with what it cannot trade at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// It rests.
    Resting,
    /// It ends.
    Immediate,
    /// It trades nothing at all; whether it can trade everything is known beforehand, for engines without such orders.
    WholeOrNothing { fills: bool },
}

/// One command of the workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Place {
        side: Side,
        price: u64,
        lots: u64,
        style: Style,
    },
    /// Give an open order another price; it goes behind the orders there, or trades. `lots` are what is left of it.
    Move {
        side: Side,
        price: u64,
        lots: u64,
    },
    Cancel,
    /// Make an open order smaller where it stands, or end it; `left` is what it has before.
    Reduce {
        lots: u64,
        left: u64,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) symbol: u32,
    pub(crate) user: u32,
    pub(crate) order: u32,
    pub(crate) action: Action,
}

/// What every engine that runs the steps must come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) trades: u64,
    /// The sum of all trades' lots.
    pub(crate) lots: u64,
    /// The sum of all trades' ticks times lots.
    pub(crate) worth: u64,
}

/// How many steps there are of each kind.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Kinds {
    pub(crate) resting: usize,
    pub(crate) immediate: usize,
    pub(crate) whole_or_nothing: usize,
    pub(crate) moves: usize,
    pub(crate) cancels: usize,
    pub(crate) reductions: usize,
}

impl Kinds {
    pub(crate) fn of(steps: &[Step]) -> Kinds {
        let mut kinds = Kinds::default();
        for step in steps {
            let kind = match step.action {
                Action::Place { style: Style::Resting, .. } => &mut kinds.resting,
                Action::Place { style: Style::Immediate, .. } => &mut kinds.immediate,
                Action::Place { style: Style::WholeOrNothing { .. }, .. } => &mut kinds.whole_or_nothing,
                Action::Move { .. } => &mut kinds.moves,
                Action::Cancel => &mut kinds.cancels,
                Action::Reduce { .. } => &mut kinds.reductions,
            };
            *kind += 1;
        }
        kinds
    }
}

/// Write the steps of one symbol for another engine: first `users`, the number of steps before the measured ones and of
/// those, the lowest and the highest limit; then one step a line, its kind first, as `benches/peers/README.md` says.
pub(crate) fn write(
    file: &mut impl Write,
    users: u32,
    limits: (u64, u64),
    opening: &[Step],
    measured: &[Step],
) -> io::Result<()> {
    writeln!(file, "{users} {} {} {} {}", opening.len(), measured.len(), limits.0, limits.1)?;
    for step in opening.iter().chain(measured) {
        let (order, user) = (step.order, step.user);
        match step.action {
            Action::Place { side, price, lots, style } => {
                let kind = match style {
                    Style::Resting => 'G',
                    Style::Immediate => 'I',
                    Style::WholeOrNothing { fills: true } => 'F',
                    Style::WholeOrNothing { fills: false } => 'K',
                };
                let side = if side == Side::Buy { 0 } else { 1 };
                writeln!(file, "{kind} {order} {user} {side} {price} {lots}")?;
            }
            Action::Move { price, .. } => writeln!(file, "M {order} {user} 0 {price} 0")?,
            Action::Cancel => writeln!(file, "C {order} {user} 0 0 0")?,
            Action::Reduce { lots, .. } => writeln!(file, "R {order} {user} 0 0 {lots}")?,
        }
    }
    file.flush()
}
