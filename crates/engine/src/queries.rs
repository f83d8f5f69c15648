//! Answering questions about the live state.

use crate::engine::Engine;
use crate::open_orders::Order;
use rialto_types::query::{Answer, BalanceState, Query};
use rialto_types::{OrderState, Rejection};

impl Engine {
    /// Answer a question; changes nothing.
    pub fn answer(&self, query: &Query) -> Answer {
        self.try_answer(query).unwrap_or_else(|rejection| Answer::Refused { rejection })
    }

    fn try_answer(&self, query: &Query) -> Result<Answer, Rejection> {
        Ok(match *query {
            Query::Balances { account } => {
                self.may_be_negative(account)?;
                let balances = self.ledger.balances.of_account(account).map(|balance| BalanceState {
                    asset: balance.asset,
                    free: balance.free,
                    locked: balance.locked,
                });
                Answer::Balances { balances: balances.collect() }
            }
            Query::OpenOrders { account, symbol: Some(symbol) } => {
                self.symbol(symbol)?;
                Answer::Orders { orders: self.open_orders.on_symbol(account, symbol).map(|o| self.shown(o)).collect() }
            }
            Query::OpenOrders { account, symbol: None } => {
                let mut orders: Vec<_> = self.open_orders.of_account(account).map(|order| self.shown(order)).collect();
                orders.sort_by_key(|order| order.symbol);
                Answer::Orders { orders }
            }
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
            },
        })
    }

    fn shown(&self, order: &Order) -> OrderState {
        order.state(&self.symbols[order.symbol.index()].scale, order.status())
    }
}
