//! Self-trade prevention: what happens instead when an order would trade with another of the same account or trade group.
//!
//! The modes follow the API page "Self Trade Prevention (STP) FAQ".

use serde::{Deserialize, Serialize};

/// What happens instead of a trade with oneself. The incoming order's mode decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SelfTradePrevention {
    /// Nothing: the orders trade.
    None,
    /// The incoming order ends.
    ExpireTaker,
    /// The resting order ends.
    ExpireMaker,
    /// Both end.
    ExpireBoth,
    /// Both lose what they would have traded; who has nothing left ends.
    Decrement,
    /// As `Decrement`; and if both orders ask for it and their accounts differ, what they would have traded changes
    /// hands without being a trade. If the resting order does not ask for it, plainly `Decrement`.
    Transfer,
}

impl SelfTradePrevention {
    /// Every mode, in order of the bits of [`PreventionModes`].
    pub const ALL: [SelfTradePrevention; 6] = [
        SelfTradePrevention::None,
        SelfTradePrevention::ExpireTaker,
        SelfTradePrevention::ExpireMaker,
        SelfTradePrevention::ExpireBoth,
        SelfTradePrevention::Decrement,
        SelfTradePrevention::Transfer,
    ];
}

/// A set of modes: one bit each, in order of their definition, the first the lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PreventionModes(pub u8);

impl PreventionModes {
    /// Every mode.
    pub const ALL: PreventionModes = PreventionModes((1 << SelfTradePrevention::ALL.len()) - 1);

    /// The set of these.
    pub fn of(modes: &[SelfTradePrevention]) -> PreventionModes {
        PreventionModes(modes.iter().fold(0, |bits, mode| bits | 1 << *mode as u8))
    }

    /// Whether a mode is in the set.
    pub const fn has(self, mode: SelfTradePrevention) -> bool {
        self.0 & 1 << mode as u8 != 0
    }

    /// Whether every bit is a mode.
    pub const fn is_valid(self) -> bool {
        self.0 & !PreventionModes::ALL.0 == 0
    }
}
