//! What a market is worth: its reference price, the mean of its trades, its last trade.

use super::{ONE, Reference, Trade};
use rialto_types::{Price, PriceRange, ReferenceMethod, Side, SymbolId};

/// Between which prices an incoming order may trade, as products of the reference price and a factor.
#[derive(Clone, Copy, Default)]
pub(super) struct Limits {
    lowest: Option<i128>,
    highest: Option<i128>,
}

impl Limits {
    pub(super) fn allow(&self, price: Price) -> bool {
        let price = i128::from(price.units()) * ONE;
        self.lowest.is_none_or(|lowest| price >= lowest) && self.highest.is_none_or(|highest| price <= highest)
    }
}

impl Reference {
    /// The reference price now.
    pub(super) fn reference_price(&self, symbol: SymbolId) -> Option<Price> {
        let of = &self.symbols[symbol.index()];
        let reference = of.spec.rules.reference;
        match reference.method {
            ReferenceMethod::None => None,
            ReferenceMethod::External => of.told_price,
            ReferenceMethod::ArithmeticMean => {
                let width = i128::from(reference.bucket_width_ms) * 1_000;
                self.mean_of_buckets(&of.trades, width, i128::from(reference.bucket_count))
            }
        }
    }

    /// Every bucket with a trade in it is looked at: what of it is within the window, counts.
    fn mean_of_buckets(&self, trades: &[Trade], width: i128, count: i128) -> Option<Price> {
        let cutoff = i128::from(self.now_us) - width * count;
        let bucket_of = |trade: &Trade| i128::from(trade.at_us) / width;
        let buckets: std::collections::BTreeSet<i128> = trades.iter().map(bucket_of).collect();
        let (mut numbers, mut sums) = (0, 0);
        for bucket in buckets {
            let (begin, end) = (bucket * width, (bucket + 1) * width);
            if end <= cutoff {
                continue;
            }
            let within = || trades.iter().filter(|trade| bucket_of(trade) == bucket);
            let part = |value: i128| if begin < cutoff { value * (end - cutoff) / width } else { value };
            numbers += part(within().count() as i128 * 10_000);
            sums += part(within().map(|trade| i128::from(trade.price.units())).sum::<i128>() * 10_000);
        }
        if numbers == 0 { None } else { Price::from_units((sums / numbers) as u64) }
    }

    /// What filters take for the price of an order that has none.
    pub(super) fn worth_of_market(&self, symbol: SymbolId) -> Option<Price> {
        let of = &self.symbols[symbol.index()];
        self.reference_price(symbol).or_else(|| self.mean_of_minutes(symbol)).or(of.last_price)
    }

    /// The mean by volume of the trades of the last minutes, gathered by the second.
    fn mean_of_minutes(&self, symbol: SymbolId) -> Option<Price> {
        let of = &self.symbols[symbol.index()];
        let begin = i128::from(self.now_us) - i128::from(of.spec.rules.average_minutes) * 60_000_000;
        let lot = i128::from(of.spec.lot.units());
        let (mut lots, mut sum) = (0, 0);
        for trade in &of.trades {
            let second = i128::from(trade.at_us / 1_000_000);
            if (second + 1) * 1_000_000 > begin {
                lots += trade.quantity / lot;
                sum += i128::from(trade.price.units()) * (trade.quantity / lot);
            }
        }
        if of.spec.rules.average_minutes == 0 || lots == 0 { None } else { Price::from_units((sum / lots) as u64) }
    }

    /// What the reference price allows an order that starts to trade now.
    pub(super) fn limits_now(&self, symbol: SymbolId, side: Side) -> Limits {
        let range = self.symbols[symbol.index()].spec.rules.price_range;
        let (Some(range), Some(reference)) = (range, self.reference_price(symbol)) else {
            return Limits::default();
        };
        let PriceRange { bid_up, bid_down, ask_up, ask_down } = range;
        let (up, down) = if side == Side::Buy { (bid_up, bid_down) } else { (ask_up, ask_down) };
        let product = |factor: Price| i128::from(reference.units()) * i128::from(factor.units());
        Limits { lowest: down.map(product), highest: up.map(product) }
    }
}
