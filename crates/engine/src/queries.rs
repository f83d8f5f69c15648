//! Answering questions about the live state.

use crate::engine::Engine;
use crate::order::Order;
use rialto_types::event::SymbolsPooled;
use rialto_types::query::{Answer, BalanceState, Query};
use rialto_types::{AccountId, AssetId, OrderListState, OrderState, OrderStatus, ReferenceMethod, Rejection, SymbolId};

impl Engine {
    /// Answer a question; changes nothing.
    pub fn answer(&self, query: &Query) -> Answer {
        self.try_answer(query).unwrap_or_else(|rejection| Answer::Refused { rejection })
    }

    fn try_answer(&self, query: &Query) -> Result<Answer, Rejection> {
        Ok(match *query {
            Query::Balances { account } => {
                self.may_be_negative(account)?;
                let touched = || self.ledger.balances.of_account(account);
                let balances = touched().map(|balance| BalanceState {
                    asset: balance.asset,
                    free: balance.free,
                    locked: balance.locked,
                });
                Answer::Balances {
                    balances: balances.collect(),
                    changed_at_us: touched().map(|balance| balance.changed_at_us).max().unwrap_or_default(),
                    commission: self.commissions.of_every_symbol(account).copied(),
                }
            }
            Query::OpenOrders { account, symbol: Some(symbol) } => {
                self.symbol(symbol)?;
                let orders = self.open_orders.on_symbol(account, symbol);
                Answer::Orders { orders: orders.map(|open| self.shown(&open.order)).collect() }
            }
            Query::OpenOrders { account, symbol: None } => Answer::Orders { orders: self.orders_of(account) },
            Query::OpenOrder { account, symbol, order } => {
                let slot = self.find_open_order(account, symbol, &order)?;
                Answer::Orders { orders: vec![self.shown(&self.open_orders.get(slot).order)] }
            }
            Query::TestOrder { order } => {
                self.admit(&order)?;
                Answer::Acceptable {}
            }
            Query::StateHash {} => Answer::StateHash { hash: self.state_hash_text() },
            Query::Account { owner, kind } => {
                let account = self.ledger.accounts.find(owner, kind);
                Answer::Account { account: account.ok_or(Rejection::NoSuchAccountOfOwner { owner, kind })? }
            }
            Query::Catalog {} => Answer::Catalog {
                assets: self.assets.iter().map(|asset| asset.name).collect(),
                symbols: self.symbols.iter().map(|symbol| symbol.spec.clone()).collect(),
                statuses: self.symbols.iter().map(|symbol| symbol.status).collect(),
                limits: self.limits,
                asset_limits: (0..)
                    .map(AssetId)
                    .zip(&self.assets)
                    .filter_map(|(asset, known)| known.limit.map(|limit| (asset, limit)))
                    .collect(),
                pools: self
                    .pools
                    .iter()
                    .filter(|pool| !pool.symbols.is_empty())
                    .map(|pool| SymbolsPooled { base: pool.base, symbols: pool.symbols.clone() })
                    .collect(),
            },
            Query::OpenOrderLists { account } => Answer::OrderLists { lists: self.lists_of(account) },
            Query::Open { owner, kind } => {
                let account = self.ledger.accounts.find(owner, kind);
                Answer::Open {
                    account,
                    orders: account.map_or(Vec::new(), |account| self.orders_of(account)),
                    lists: account.map_or(Vec::new(), |account| self.lists_of(account)),
                }
            }
            Query::Commission { account, symbol } => self.commission_of(account, symbol)?,
            Query::ReferencePrice { symbol, now_us } => self.reference_of(symbol, now_us)?,
        })
    }

    /// The open orders of an account, oldest first within a symbol.
    fn orders_of(&self, account: AccountId) -> Vec<OrderState> {
        let orders = self.open_orders.of_account(account);
        let mut orders: Vec<_> = orders.map(|open| self.shown(&open.order)).collect();
        orders.sort_by_key(|order| order.symbol);
        orders
    }

    /// The open lists of an account, oldest first.
    fn lists_of(&self, account: AccountId) -> Vec<OrderListState> {
        let lists = self.lists.iter().map(|list| list.state).filter(|list| list.account == account);
        let mut lists: Vec<OrderListState> = lists.collect();
        lists.sort_by_key(|list| list.list_id);
        lists
    }

    fn shown(&self, order: &Order) -> OrderState {
        let is_pending = order.list.is_some_and(|list| {
            let list = self.lists.get(list.slot);
            !list.is_active && list.state.orders.0 != order.id
        });
        let status = if is_pending { OrderStatus::PendingNew } else { order.status() };
        order.state(&self.symbols[order.symbol.index()], status)
    }

    fn commission_of(&self, account: AccountId, symbol: SymbolId) -> Result<Answer, Rejection> {
        self.check_account(account)?;
        let listed = self.symbol(symbol)?;
        let commissions = &self.commissions;
        Ok(Answer::Commission {
            commission: *commissions.of(commissions.find(account, symbol), listed),
            discount_asset: commissions.discount,
            discount_multiplier: commissions.multiplier,
            is_enabled_for_account: commissions.discounted.contains(&account),
            is_enabled_for_symbol: listed.spec.is_discounted,
        })
    }

    fn reference_of(&self, symbol: SymbolId, now_us: u64) -> Result<Answer, Rejection> {
        let listed = self.symbol(symbol)?;
        let since_us = match listed.spec.rules.reference.method {
            ReferenceMethod::External => listed.told_reference_at_us,
            _ => now_us,
        };
        Ok(Answer::ReferencePrice { price: listed.reference(now_us), since_us })
    }
}
