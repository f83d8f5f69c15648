//! A plain exchange, written from the rules and not from the engine: every number is a whole number of 1e-8, every
//! search looks at everything, and a refused command is undone by keeping a copy from before it.
//!
//! It is slow, and easy to believe. The engine must agree with it, event for event.

mod commissions;
mod definitions;
mod orders;
mod records;
mod settings;
mod worth_of_market;

use rialto_types::account::{EXTERNAL, HOUSE_ACCOUNTS};
use rialto_types::event::{CommandRejected, Posted};
use rialto_types::{
    AccountId, AccountKind, Amount, AssetId, Command, Commission, Event, ExchangeLimits, OrderListId, OwnerId,
    PostingReason, Price, Rate, Rejection, Side, StreamKey, SymbolId, SymbolSpec, SymbolStatus, Text, TradeGroupId,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use orders::{Id, Place};
pub use orders::{List, Order};

/// No command moves more than this, and no balance grows beyond that.
const COMMAND_MAX: i128 = 1 << 100;
const BALANCE_MAX: i128 = 1 << 120;
/// One whole, in units of 1e-8.
const ONE: i128 = 100_000_000;

#[derive(Clone, Copy, Default)]
pub struct Balance {
    pub free: i128,
    pub locked: i128,
}

#[derive(Clone)]
struct Symbol {
    spec: SymbolSpec,
    status: SymbolStatus,
    orders_ever: u64,
    trades_ever: u64,
    preventions_ever: u64,
    updates_ever: u64,
    block_trades_ever: u64,
    allocations_ever: u64,
    last_price: Option<Price>,
    /// The reference price as it was told.
    told_price: Option<Price>,
    /// Every trade there ever was.
    trades: Vec<Trade>,
}

#[derive(Clone, Copy)]
struct Trade {
    at_us: u64,
    price: Price,
    quantity: i128,
}

#[derive(Clone, Default)]
struct Stream {
    version: u64,
    holds: BTreeMap<(AccountId, AssetId), i128>,
}

/// The whole exchange.
#[derive(Clone)]
pub struct Reference {
    now_us: u64,
    assets: Vec<Text<16>>,
    symbols: Vec<Symbol>,
    accounts: Vec<(OwnerId, AccountKind)>,
    trade_groups: BTreeMap<AccountId, Option<TradeGroupId>>,
    pub balances: BTreeMap<(AccountId, AssetId), Balance>,
    /// Every open order, in order of arrival.
    pub orders: Vec<Order>,
    /// How often an order took a place among others.
    entries_ever: u64,
    /// Every open list, in order of arrival.
    pub lists: Vec<List>,
    lists_ever: u64,
    streams: BTreeMap<StreamKey, Stream>,
    /// The rates of accounts, on one symbol or on all.
    rates: BTreeMap<(AccountId, Option<SymbolId>), Commission>,
    discount_asset: Option<AssetId>,
    discount_multiplier: Rate,
    discounted: BTreeSet<AccountId>,
    limits: ExchangeLimits,
    asset_limits: BTreeMap<AssetId, Amount>,
    pools: BTreeMap<AssetId, Vec<SymbolId>>,
    /// What a command still has to do: working orders that were filled, prices that were traded at, orders that start to
    /// work.
    filled: Vec<OrderListId>,
    traded: Vec<(SymbolId, Price)>,
    queue: VecDeque<Id>,
    events: Vec<Event>,
}

impl Default for Reference {
    fn default() -> Reference {
        Reference {
            now_us: 0,
            assets: Vec::new(),
            symbols: Vec::new(),
            accounts: HOUSE_ACCOUNTS.iter().map(|(_, class)| (OwnerId::HOUSE, AccountKind::of(*class))).collect(),
            trade_groups: BTreeMap::new(),
            balances: BTreeMap::new(),
            orders: Vec::new(),
            entries_ever: 0,
            lists: Vec::new(),
            lists_ever: 0,
            streams: BTreeMap::new(),
            rates: BTreeMap::new(),
            discount_asset: None,
            discount_multiplier: Rate::ZERO,
            discounted: BTreeSet::new(),
            limits: ExchangeLimits::default(),
            asset_limits: BTreeMap::new(),
            pools: BTreeMap::new(),
            filled: Vec::new(),
            traded: Vec::new(),
            queue: VecDeque::new(),
            events: Vec::new(),
        }
    }
}

impl Reference {
    pub fn apply(&mut self, now_us: u64, command: &Command) -> Vec<Event> {
        let before = self.clone();
        self.now_us = now_us;
        let done = match command {
            Command::RegisterAsset(command) => self.register_asset(command),
            Command::ListSymbol(command) => self.list_symbol(&command.spec),
            Command::OpenAccount(command) => self.open_account(command),
            Command::Post(command) => self.post(command),
            Command::Record(command) => self.record(command),
            Command::PlaceOrder(command) => self.place_order(command),
            Command::CancelOrder(command) => self.cancel_order(command),
            Command::CancelAllOrders(command) => self.cancel_all_orders(command),
            Command::ReplaceOrder(command) => self.replace_order(command),
            Command::AmendOrder(command) => self.amend_order(command),
            Command::PlaceOrderList(command) => self.place_list(command),
            Command::CancelOrderList(command) => self.cancel_list(command),
            Command::SetSymbolStatus(command) => self.set_status(command),
            Command::SetReferencePrice(command) => self.set_reference_price(command),
            Command::SetCommission(command) => self.set_commission(command),
            Command::SetDiscount(command) => self.set_discount(command),
            Command::SetAccountDiscount(command) => self.set_account_discount(command),
            Command::SetExchangeLimits(command) => self.set_exchange_limits(command),
            Command::SetAssetLimit(command) => self.set_asset_limit(command),
            Command::PoolSymbols(command) => self.pool_symbols(command),
            Command::ReportBlockTrade(command) => self.report_block_trade(command),
            Command::Unreadable(_) => Err(Rejection::UnreadableCommand {}),
        };
        if let Err(rejection) = done {
            *self = before;
            return vec![Event::CommandRejected(CommandRejected { rejection })];
        }
        std::mem::take(&mut self.events)
    }

    /// What is shown at each price: quantities in units of 1e-8.
    pub fn depth(&self) -> BTreeMap<(SymbolId, Side, Price), i128> {
        let mut depth = BTreeMap::new();
        for order in self.orders.iter().filter(|order| order.place == Place::Book) {
            let price = order.limit().unwrap();
            *depth.entry((order.state.symbol, order.state.side, price)).or_default() += order.shown;
        }
        depth
    }

    fn kind_of(&self, account: AccountId) -> Result<AccountKind, Rejection> {
        let found = self.accounts.get(account.index()).ok_or(Rejection::UnknownAccount { account })?;
        Ok(found.1)
    }

    fn must_know_asset(&self, asset: AssetId) -> Result<(), Rejection> {
        if asset.index() < self.assets.len() { Ok(()) } else { Err(Rejection::UnknownAsset { asset }) }
    }

    fn balance(&self, account: AccountId, asset: AssetId) -> Balance {
        self.balances.get(&(account, asset)).copied().unwrap_or_default()
    }

    /// Change a balance and say so.
    fn change(&mut self, account: AccountId, asset: AssetId, free: i128, locked: i128, reason: PostingReason) {
        let balance = self.balances.entry((account, asset)).or_default();
        balance.free += free;
        balance.locked += locked;
        self.events.push(Event::Posted(Posted {
            account,
            asset,
            free_change: Amount::from_units(free),
            locked_change: Amount::from_units(locked),
            free: Amount::from_units(balance.free),
            locked: Amount::from_units(balance.locked),
            reason,
        }));
    }

    fn post(&mut self, command: &rialto_types::command::Post) -> Result<(), Rejection> {
        let (account, asset, amount) = (command.account, command.asset, command.amount.units());
        let kind = self.kind_of(account)?;
        self.must_know_asset(asset)?;
        if !(-COMMAND_MAX..=COMMAND_MAX).contains(&amount) || amount == 0 || account == EXTERNAL {
            return Err(Rejection::InvalidAmount { amount: command.amount });
        }
        let reason = if amount > 0 { PostingReason::Deposit } else { PostingReason::Withdrawal };
        if command.reason != reason && command.reason != PostingReason::Adjustment {
            return Err(Rejection::InvalidReason { reason: command.reason });
        }
        let before = self.balance(account, asset).free;
        let outside = self.balance(EXTERNAL, asset).free - amount;
        if (before + amount).abs() > BALANCE_MAX || outside.abs() > BALANCE_MAX {
            return Err(Rejection::CapacityReached { what: "balance" });
        }
        if before + amount < 0 && !kind.may_be_negative() {
            return Err(insufficient(account, asset, -amount, before));
        }
        self.change(EXTERNAL, asset, -amount, 0, command.reason);
        self.change(account, asset, amount, 0, command.reason);
        Ok(())
    }
}

fn insufficient(account: AccountId, asset: AssetId, needed: i128, free: i128) -> Rejection {
    let (needed, free) = (Amount::from_units(needed), Amount::from_units(free));
    Rejection::InsufficientBalance { account, asset, needed, free }
}
