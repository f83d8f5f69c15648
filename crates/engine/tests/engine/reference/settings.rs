//! What an operator sets and states.

use super::{ONE, Reference};
use rialto_types::command::{
    PoolSymbols, ReportBlockTrade, SetAccountDiscount, SetAssetLimit, SetCommission, SetDiscount, SetExchangeLimits,
    SetReferencePrice, SetSymbolStatus,
};
use rialto_types::event::{
    AccountDiscountSet, AssetLimitSet, BlockTradeReported, CommissionSet, DiscountSet, ExchangeLimitsSet,
    ReferencePriceSet, SymbolStatusChanged, SymbolsPooled,
};
use rialto_types::{Amount, BlockTradeId, Event, Price, Quantity, ReferenceMethod, Rejection, SymbolId};

impl Reference {
    pub(super) fn set_status(&mut self, command: &SetSymbolStatus) -> Result<(), Rejection> {
        self.must_know_symbol(command.symbol)?;
        let &SetSymbolStatus { symbol, status } = command;
        self.symbols[symbol.index()].status = status;
        self.events.push(Event::SymbolStatusChanged(SymbolStatusChanged { symbol, status }));
        Ok(())
    }

    pub(super) fn set_reference_price(&mut self, command: &SetReferencePrice) -> Result<(), Rejection> {
        let &SetReferencePrice { symbol, price } = command;
        let spec = self.must_know_symbol(symbol)?;
        if spec.rules.reference.method != ReferenceMethod::External || price == Some(Price::ZERO) {
            return Err(Rejection::InvalidReferencePrice {});
        }
        self.symbols[symbol.index()].told_price = price;
        self.events.push(Event::ReferencePriceSet(ReferencePriceSet { symbol, price }));
        Ok(())
    }

    pub(super) fn set_commission(&mut self, command: &SetCommission) -> Result<(), Rejection> {
        let &SetCommission { account, symbol, commission } = command;
        self.kind_of(account)?;
        if let Some(symbol) = symbol {
            self.must_know_symbol(symbol)?;
        }
        match commission {
            Some(commission) => self.rates.insert((account, symbol), commission),
            None => self.rates.remove(&(account, symbol)),
        };
        self.events.push(Event::CommissionSet(Box::new(CommissionSet { account, symbol, commission })));
        Ok(())
    }

    pub(super) fn set_discount(&mut self, command: &SetDiscount) -> Result<(), Rejection> {
        let &SetDiscount { asset, multiplier } = command;
        if let Some(asset) = asset {
            self.must_know_asset(asset)?;
        }
        (self.discount_asset, self.discount_multiplier) = (asset, multiplier);
        self.events.push(Event::DiscountSet(DiscountSet { asset, multiplier }));
        Ok(())
    }

    pub(super) fn set_account_discount(&mut self, command: &SetAccountDiscount) -> Result<(), Rejection> {
        let &SetAccountDiscount { account, is_enabled } = command;
        self.kind_of(account)?;
        if is_enabled {
            self.discounted.insert(account);
        } else {
            self.discounted.remove(&account);
        }
        self.events.push(Event::AccountDiscountSet(AccountDiscountSet { account, is_enabled }));
        Ok(())
    }

    pub(super) fn set_exchange_limits(&mut self, command: &SetExchangeLimits) -> Result<(), Rejection> {
        self.limits = command.limits;
        self.events.push(Event::ExchangeLimitsSet(ExchangeLimitsSet { limits: command.limits }));
        Ok(())
    }

    pub(super) fn set_asset_limit(&mut self, command: &SetAssetLimit) -> Result<(), Rejection> {
        let &SetAssetLimit { asset, limit } = command;
        self.must_know_asset(asset)?;
        match limit {
            Some(limit) => self.asset_limits.insert(asset, limit),
            None => self.asset_limits.remove(&asset),
        };
        self.events.push(Event::AssetLimitSet(AssetLimitSet { asset, limit }));
        Ok(())
    }

    /// A pool is of two books or more of one base, with one lot; a book is in one pool at most.
    pub(super) fn pool_symbols(&mut self, command: &PoolSymbols) -> Result<(), Rejection> {
        let PoolSymbols { base, symbols } = command;
        self.must_know_asset(*base)?;
        if symbols.len() == 1 {
            return Err(Rejection::InvalidPool { field: "symbols" });
        }
        for (position, symbol) in symbols.iter().enumerate() {
            let spec = self.must_know_symbol(*symbol)?;
            if spec.base != *base {
                return Err(Rejection::InvalidPool { field: "base" });
            }
            if symbols[..position].contains(symbol) {
                return Err(Rejection::InvalidPool { field: "symbols" });
            }
            if spec.lot != self.must_know_symbol(symbols[0])?.lot {
                return Err(Rejection::InvalidPool { field: "lot" });
            }
        }
        if symbols.is_empty() {
            self.pools.remove(base);
        } else {
            self.pools.insert(*base, symbols.clone());
        }
        self.events.push(Event::SymbolsPooled(SymbolsPooled { base: *base, symbols: symbols.clone() }));
        Ok(())
    }

    pub(super) fn report_block_trade(&mut self, command: &ReportBlockTrade) -> Result<(), Rejection> {
        let &ReportBlockTrade { symbol, price, quantity, taker_side } = command;
        let spec = self.must_know_symbol(symbol)?;
        if price == Price::ZERO || price.units() % spec.tick.units() != 0 {
            return Err(Rejection::InvalidOrder { field: "price" });
        }
        if quantity == Quantity::ZERO || quantity.units() % spec.lot.units() != 0 {
            return Err(Rejection::InvalidOrder { field: "quantity" });
        }
        let numbers = &mut self.symbols[symbol.index()].block_trades_ever;
        *numbers += 1;
        self.events.push(Event::BlockTradeReported(BlockTradeReported {
            symbol,
            block_trade_id: BlockTradeId(*numbers),
            price,
            quantity,
            quote_quantity: Amount::from_units(i128::from(price.units()) * i128::from(quantity.units()) / ONE),
            taker_side,
        }));
        Ok(())
    }

    /// The books an order may be filled from: its own first, then the others in the order of the pool.
    pub(super) fn books_of(&self, symbol: SymbolId, is_routed: bool) -> Vec<SymbolId> {
        let mut books = vec![symbol];
        if is_routed {
            let pool = self.pools.values().find(|pool| pool.contains(&symbol)).cloned().unwrap_or_default();
            books.extend(pool.into_iter().filter(|other| *other != symbol));
        }
        books
    }
}
