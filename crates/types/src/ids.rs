//! Newtypes for every identifier and for the two integer scales inside a book.

use serde::{Deserialize, Serialize};

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

identifier!(
    /// An asset (a currency or token), numbered from 0 in order of registration.
    AssetId(u32)
);
identifier!(
    /// A trading pair, numbered from 0 in order of listing.
    SymbolId(u32)
);
identifier!(
    /// A ledger account, numbered in order of opening; the first few are the house's own.
    AccountId(u32)
);
identifier!(
    /// Who an account belongs to. Owner 0 is the house; people are numbered by `identity`.
    OwnerId(u64)
);
identifier!(
    /// An order, numbered from 1 within its symbol.
    OrderId(u64)
);
identifier!(
    /// A trade, numbered from 1 within its symbol, without gaps.
    TradeId(u64)
);
identifier!(
    /// A match that self-trade prevention prevented, numbered from 1 within its symbol.
    PreventedMatchId(u64)
);
identifier!(
    /// An order list, numbered from 1 within the exchange.
    OrderListId(u64)
);
identifier!(
    /// A fill that smart order routing made for an order, numbered from 0 within the order's symbol.
    AllocationId(u64)
);
identifier!(
    /// A block trade, numbered from 1 within its symbol.
    BlockTradeId(u64)
);
identifier!(
    /// Accounts that must not trade with each other.
    TradeGroupId(u32)
);
identifier!(
    /// A price inside a book: a whole number of the symbol's ticks.
    Ticks(u64)
);
identifier!(
    /// A quantity inside a book: a whole number of the symbol's lots.
    Lots(u64)
);

impl AssetId {
    /// The position of this asset in a dense table.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl SymbolId {
    /// The position of this symbol in a dense table.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl AccountId {
    /// The position of this account in a dense table.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl OwnerId {
    /// The house itself.
    pub const HOUSE: OwnerId = OwnerId(0);
}
