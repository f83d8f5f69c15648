//! Queries: what may be asked of the live state, and the answers. A query changes nothing and is not journalled.

use crate::command::{OrderReference, PlaceOrder};
use crate::event::SymbolsPooled;
use crate::{
    AccountId, AccountKind, Amount, AssetId, Commission, ExchangeLimits, OrderListState, OrderState, OwnerId, Price,
    Rate, Rejection, SymbolId, SymbolSpec, SymbolStatus, Text,
};
use serde::{Deserialize, Serialize};

/// One question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Query {
    /// Every balance of an account that was ever touched, in order of first touch.
    Balances {
        /// Whose.
        account: AccountId,
    },
    /// The open orders of an account, oldest first, on one symbol or all.
    OpenOrders {
        /// Whose.
        account: AccountId,
        /// Where; all books when absent.
        symbol: Option<SymbolId>,
    },
    /// One open order.
    OpenOrder {
        /// Whose.
        account: AccountId,
        /// Where.
        symbol: SymbolId,
        /// Which.
        order: OrderReference,
    },
    /// Whether an order would be accepted, without placing it.
    TestOrder {
        /// The order.
        order: PlaceOrder,
    },
    /// The hash of the whole state.
    StateHash {},
    /// The account of an owner, by what it is for.
    Account {
        /// Whose.
        owner: OwnerId,
        /// Which.
        kind: AccountKind,
    },
    /// Every asset and every symbol, in order of their ids.
    Catalog {},
    /// The open lists of an account, oldest first.
    OpenOrderLists {
        /// Whose.
        account: AccountId,
    },
    /// What an account pays on a symbol.
    Commission {
        /// Whose.
        account: AccountId,
        /// Where.
        symbol: SymbolId,
    },
    /// What an owner's account has open.
    Open {
        /// Whose.
        owner: OwnerId,
        /// Which account.
        kind: AccountKind,
    },
    /// A symbol's reference price now.
    ReferencePrice {
        /// Whose.
        symbol: SymbolId,
        /// At which time, in microseconds since the Unix epoch.
        now_us: u64,
    },
}

/// A balance as seen from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct BalanceState {
    /// Of which asset.
    pub asset: AssetId,
    /// What can be used.
    pub free: Amount,
    /// What is set aside.
    pub locked: Amount,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "answer")]
pub enum Answer {
    /// To [`Query::Balances`].
    Balances {
        /// In order of first touch.
        balances: Vec<BalanceState>,
        /// When one of them last changed, in microseconds since the Unix epoch; 0 when there is none.
        changed_at_us: u64,
        /// The account's own rates where a symbol has none of its own for it, if it has such.
        commission: Option<Commission>,
    },
    /// To [`Query::OpenOrders`] and [`Query::OpenOrder`].
    Orders {
        /// Oldest first within a symbol.
        orders: Vec<OrderState>,
    },
    /// To [`Query::TestOrder`]: it would be accepted.
    Acceptable {},
    /// The query named something that does not exist, or the tested order would be refused.
    Refused {
        /// Why.
        rejection: Rejection,
    },
    /// To [`Query::StateHash`].
    StateHash {
        /// BLAKE3 of the canonical state, in hexadecimal.
        hash: String,
    },
    /// To [`Query::Account`].
    Account {
        /// The account.
        account: AccountId,
    },
    /// To [`Query::Catalog`].
    Catalog {
        /// Names, by asset id.
        assets: Vec<Text<16>>,
        /// Definitions, by symbol id.
        symbols: Vec<SymbolSpec>,
        /// What may be done, by symbol id.
        statuses: Vec<SymbolStatus>,
        /// The exchange filters.
        limits: ExchangeLimits,
        /// MAX_ASSET, by asset, for the assets that have one.
        asset_limits: Vec<(AssetId, Amount)>,
        /// The pools of smart order routing.
        pools: Vec<SymbolsPooled>,
    },
    /// To [`Query::OpenOrderLists`].
    OrderLists {
        /// Oldest first.
        lists: Vec<OrderListState>,
    },
    /// To [`Query::Commission`].
    Commission {
        /// The rates.
        commission: Commission,
        /// The discount asset, if there is one.
        discount_asset: Option<AssetId>,
        /// What part of the standard commission is paid in it.
        discount_multiplier: Rate,
        /// Whether the account pays in it.
        is_enabled_for_account: bool,
        /// Whether the symbol lets it.
        is_enabled_for_symbol: bool,
    },
    /// To [`Query::Open`]: all of it as of one moment.
    Open {
        /// The account; absent when the owner has none of that kind.
        account: Option<AccountId>,
        /// Its open orders, oldest first within a symbol.
        orders: Vec<OrderState>,
        /// Its open lists, oldest first.
        lists: Vec<OrderListState>,
    },
    /// To [`Query::ReferencePrice`].
    ReferencePrice {
        /// The price, if there is one.
        price: Option<Price>,
        /// Since when it has been so, in microseconds since the Unix epoch; 0 when there never was one.
        since_us: u64,
    },
}
