//! Commissions: what a side of a trade pays, by its part in it.
//!
//! The kinds follow the API page "Commission Rates".

use crate::{Rate, Side};
use serde::{Deserialize, Serialize};

/// Rates of one kind. An order pays that of its part in the trade and that of its side together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rates {
    /// Of the resting order.
    pub maker: Rate,
    /// Of the incoming order.
    pub taker: Rate,
    /// Of the buyer.
    pub buyer: Rate,
    /// Of the seller.
    pub seller: Rate,
}

/// Which part an order had in a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It rested.
    Maker,
    /// It came in.
    Taker,
}

impl Rates {
    /// What an order pays by its part and its side together; `None` above the whole.
    pub fn sum(&self, role: Role, side: Side) -> Option<Rate> {
        let by_role = match role {
            Role::Maker => self.maker,
            Role::Taker => self.taker,
        };
        let by_side = match side {
            Side::Buy => self.buyer,
            Side::Sell => self.seller,
        };
        by_role.plus(by_side)
    }
}

/// The three kinds of commission. Only the standard one is reduced for who pays in the discount asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commission {
    /// The usual one.
    pub standard: Rates,
    /// What is added in special circumstances.
    pub special: Rates,
    /// Taxes.
    pub tax: Rates,
}

impl Commission {
    /// Only a standard commission, by part.
    pub fn of(maker: Rate, taker: Rate) -> Commission {
        Commission { standard: Rates { maker, taker, ..Rates::default() }, ..Commission::default() }
    }

    /// Whether no order can owe more than it receives.
    pub fn is_valid(&self) -> bool {
        let parts =
            [(Role::Maker, Side::Buy), (Role::Maker, Side::Sell), (Role::Taker, Side::Buy), (Role::Taker, Side::Sell)];
        parts.into_iter().all(|(role, side)| self.total(role, side).is_some())
    }

    /// Everything an order pays without a discount; `None` above the whole.
    pub fn total(&self, role: Role, side: Side) -> Option<Rate> {
        let kinds = [self.standard, self.special, self.tax];
        kinds.iter().try_fold(Rate::ZERO, |sum, rates| sum.plus(rates.sum(role, side)?))
    }
}
