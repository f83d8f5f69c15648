//! The words every other crate speaks: identifiers, money, commands and events.
//!
//! Stands at the bottom of the flow. Owns no state. Everything here is plain data with exact arithmetic: no clock, no
//! randomness, no floating point, no I/O. Two encodings exist and both are derived from these definitions: a compact
//! binary form ([`codec`] for the journal, [`state_codec`] for snapshots) and a self-describing form with decimal strings
//! (the interface to other processes and languages).
//!
//! Left out on purpose: any rule of an exchange. Rules live in `engine`.

#![forbid(unsafe_code)]

pub mod account;
pub mod amount;
pub mod codec;
pub mod command;
pub mod commission;
pub mod decimal;
pub mod event;
pub mod fingerprint;
pub mod ids;
pub mod index;
pub mod order;
pub mod order_list;
pub mod posting;
pub mod prevention;
pub mod query;
pub mod rate;
pub mod rejection;
pub mod rules;
pub mod state_codec;
pub mod symbol;
pub mod terms;
pub mod text;

pub use account::{AccountClass, AccountKind};
pub use amount::{Amount, AmountOverflow};
pub use command::Command;
pub use commission::{Commission, Rates, Role};
pub use decimal::{DecimalError, Price, Quantity};
pub use event::Event;
pub use fingerprint::Fingerprint;
pub use ids::{
    AccountId, AllocationId, AssetId, BlockTradeId, Lots, OrderId, OrderListId, OwnerId, PreventedMatchId, SymbolId,
    Ticks, TradeGroupId, TradeId,
};
pub use order::{ExpiryReason, OrderState, OrderStatus, OrderType, Side, TimeInForce, WorkingFloor};
pub use order_list::{Contingency, OrderListState};
pub use posting::{Leg, PostingReason, StreamKey};
pub use prevention::{PreventionModes, SelfTradePrevention};
pub use rate::Rate;
pub use rejection::{Bound, Rejection};
pub use rules::{
    ExchangeLimits, Feature, Features, PercentPrice, PriceRange, Reference, ReferenceMethod, SymbolRules, SymbolStatus,
    TrailingRange,
};
pub use symbol::SymbolSpec;
pub use terms::{OrderTerms, Peg, PegPrice};
pub use text::{ClientOrderId, Text};
