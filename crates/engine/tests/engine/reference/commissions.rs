//! What a side of a trade pays, and in which asset.

use super::orders::{Moves, Order};
use super::{ONE, Reference};
use rialto_types::{AccountId, AssetId, Commission, Rates, Role, Side, SymbolId};

pub(super) struct Fee {
    pub(super) asset: AssetId,
    pub(super) amount: i128,
}

impl Reference {
    /// The rates of an account on a symbol: its own there, its own everywhere, those of the symbol.
    fn rates(&self, account: AccountId, symbol: SymbolId) -> Commission {
        let own = self.rates.get(&(account, Some(symbol))).or(self.rates.get(&(account, None)));
        own.copied().unwrap_or(self.symbols[symbol.index()].spec.commission)
    }

    /// What an order owes of what it gets, given the balances when it is due.
    pub(super) fn commission(&self, order: &Order, role: Role, gets: i128, moves: &Moves) -> Fee {
        let state = &order.state;
        let spec = &self.symbols[state.symbol.index()].spec;
        let received = if state.side == Side::Buy { spec.base } else { spec.quote };
        let sum = |rates: &Rates| {
            let of_part = if role == Role::Maker { rates.maker } else { rates.taker };
            let of_side = if state.side == Side::Buy { rates.buyer } else { rates.seller };
            i128::from(of_part.units()) + i128::from(of_side.units())
        };
        let rates = self.rates(state.account, state.symbol);
        let others = sum(&rates.special) + sum(&rates.tax);
        let whole = Fee { asset: received, amount: gets * (sum(&rates.standard) + others) / ONE };
        let is_discounted = spec.is_discounted && self.discounted.contains(&state.account);
        let Some(asset) = self.discount_asset.filter(|_| is_discounted) else { return whole };
        let standard = sum(&rates.standard) * i128::from(self.discount_multiplier.units()) / ONE;
        let reduced = gets * (standard + others) / ONE;
        if asset == received {
            return Fee { asset, amount: reduced };
        }
        let Some(amount) = self.converted(reduced, received, asset) else { return whole };
        let free = moves.free(state.account, asset);
        if moves.spares(state.account, asset, free, amount) { Fee { asset, amount } } else { whole }
    }

    /// An amount of one asset in another, at the last price of the first symbol that trades the one for the other.
    fn converted(&self, amount: i128, from: AssetId, to: AssetId) -> Option<i128> {
        let last = |base, quote| {
            let mut trading =
                self.symbols.iter().filter(|symbol| (symbol.spec.base, symbol.spec.quote) == (base, quote));
            trading.find_map(|symbol| symbol.last_price).map(|price| i128::from(price.units()))
        };
        let direct = last(to, from).map(|price| amount * ONE / price);
        direct.or_else(|| last(from, to).map(|price| amount * price / ONE))
    }
}
