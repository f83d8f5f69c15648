//! What an operator sets while the exchange runs: what may be done on a symbol, limits, prices told from outside, and
//! trades agreed elsewhere.

use crate::engine::Engine;
use rialto_types::command::{ReportBlockTrade, SetAssetLimit, SetExchangeLimits, SetReferencePrice, SetSymbolStatus};
use rialto_types::event::{
    AssetLimitSet, BlockTradeReported, ExchangeLimitsSet, ReferencePriceSet, SymbolStatusChanged,
};
use rialto_types::{AccountId, Amount, Event, ReferenceMethod, Rejection};

impl Engine {
    pub(crate) fn set_symbol_status(
        &mut self,
        command: &SetSymbolStatus,
        events: &mut Vec<Event>,
    ) -> Result<(), Rejection> {
        let &SetSymbolStatus { symbol, status } = command;
        self.symbol(symbol)?;
        self.symbols[symbol.index()].status = status;
        events.push(Event::SymbolStatusChanged(SymbolStatusChanged { symbol, status }));
        Ok(())
    }

    pub(crate) fn set_reference_price(
        &mut self,
        command: &SetReferencePrice,
        events: &mut Vec<Event>,
    ) -> Result<(), Rejection> {
        let &SetReferencePrice { symbol, price } = command;
        let is_told = self.symbol(symbol)?.spec.rules.reference.method == ReferenceMethod::External;
        if !is_told || price.is_some_and(|price| price.is_zero()) {
            return Err(Rejection::InvalidReferencePrice {});
        }
        let symbol_state = &mut self.symbols[symbol.index()];
        symbol_state.told_reference = price;
        symbol_state.told_reference_at_us = self.time_us;
        events.push(Event::ReferencePriceSet(ReferencePriceSet { symbol, price }));
        Ok(())
    }

    pub(crate) fn set_exchange_limits(
        &mut self,
        command: &SetExchangeLimits,
        events: &mut Vec<Event>,
    ) -> Result<(), Rejection> {
        self.limits = command.limits;
        events.push(Event::ExchangeLimitsSet(ExchangeLimitsSet { limits: command.limits }));
        Ok(())
    }

    pub(crate) fn set_asset_limit(
        &mut self,
        command: &SetAssetLimit,
        events: &mut Vec<Event>,
    ) -> Result<(), Rejection> {
        let &SetAssetLimit { asset, limit } = command;
        self.check_asset(asset)?;
        if let Some(limit) = limit.filter(|limit| limit.is_negative()) {
            return Err(Rejection::InvalidAmount { amount: limit });
        }
        self.assets[asset.index()].limit = limit;
        events.push(Event::AssetLimitSet(AssetLimitSet { asset, limit }));
        Ok(())
    }

    pub(crate) fn report_block_trade(
        &mut self,
        command: &ReportBlockTrade,
        events: &mut Vec<Event>,
    ) -> Result<(), Rejection> {
        let &ReportBlockTrade { symbol, price, quantity, taker_side } = command;
        let listed = self.symbol(symbol)?;
        if price.is_zero() || listed.scale.ticks(price).is_none() {
            return Err(Rejection::InvalidOrder { field: "price" });
        }
        let Some(lots) = listed.scale.lots(quantity).filter(|lots| lots.0 > 0) else {
            return Err(Rejection::InvalidOrder { field: "quantity" });
        };
        let quote_quantity: Amount = listed.scale.worth(price, lots);
        let block_trade_id = self.symbols[symbol.index()].next_block_trade_id();
        events.push(Event::BlockTradeReported(BlockTradeReported {
            symbol,
            block_trade_id,
            price,
            quantity,
            quote_quantity,
            taker_side,
        }));
        Ok(())
    }

    pub(crate) fn check_account(&self, account: AccountId) -> Result<(), Rejection> {
        self.ledger.accounts.get(account).map(|_| ()).ok_or(Rejection::UnknownAccount { account })
    }
}
