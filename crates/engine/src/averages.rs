//! Means of trade prices over a moving window, kept by buckets of time.
//!
//! Two rules ask for them: the volume-weighted mean of the last minutes (the filters PERCENT_PRICE and NOTIONAL) and the
//! plain mean that is a symbol's reference price (the page "Price Range Execution Rule"). A trade costs a few additions.
//! The weighted mean, asked for with every order, is kept as sums and costs no walk while the market trades; the plain
//! mean costs one step a bucket.

use crate::scale::Scale;
use rialto_types::state_codec::{StateError, StateReader, StateWriter, require};
use rialto_types::{Lots, Price, ReferenceMethod, SymbolRules, Ticks};
use std::collections::VecDeque;

const SECOND_US: u64 = 1_000_000;
const MINUTE_US: u64 = 60 * SECOND_US;
/// Four decimal places more, in which counts and sums lose what has left the window.
const FINE: u128 = 10_000;

/// The means a symbol's rules ask for.
pub(crate) struct Averages {
    pub(crate) weighted: Option<Window>,
    pub(crate) mean: Option<Window>,
}

impl Averages {
    /// `None` where no rule asks.
    pub(crate) fn of(rules: &SymbolRules) -> Option<Averages> {
        let weighted = (rules.average_minutes > 0)
            .then(|| Window::new(SECOND_US, u64::from(rules.average_minutes) * MINUTE_US / SECOND_US));
        let reference = rules.reference;
        let mean = (reference.method == ReferenceMethod::ArithmeticMean)
            .then(|| Window::new(u64::from(reference.bucket_width_ms) * 1_000, u64::from(reference.bucket_count)));
        (weighted.is_some() || mean.is_some()).then_some(Averages { weighted, mean })
    }

    /// Note a trade.
    pub(crate) fn note(&mut self, scale: &Scale, ticks: Ticks, lots: Lots, now_us: u64) {
        for window in [&mut self.weighted, &mut self.mean].into_iter().flatten() {
            window.note(scale, ticks, lots, now_us);
        }
    }
}

/// The trades of one stretch of time.
#[derive(Clone, Copy)]
pub(crate) struct Bucket {
    /// Time divided by the width.
    pub(crate) number: u64,
    pub(crate) trades: u64,
    /// The sum of their prices in units of 1e-8.
    pub(crate) prices: u128,
    pub(crate) lots: u128,
    /// The sum of price times quantity, in ticks and lots.
    pub(crate) worth: u128,
}

/// The trades of so many buckets and of the one that is leaving.
pub(crate) struct Window {
    width_us: u64,
    span_us: u64,
    buckets: VecDeque<Bucket>,
    /// Of all buckets kept.
    sums: Sums,
    /// The mean that these sums lead to.
    weighted_mean: Option<Price>,
}

/// What buckets come to together.
#[derive(Clone, Copy)]
struct Sums {
    lots: u128,
    /// `None` where the sum is beyond 128 bits.
    worth: Option<u128>,
}

impl Sums {
    const NONE: Sums = Sums { lots: 0, worth: Some(0) };

    fn of<'a>(buckets: impl Iterator<Item = &'a Bucket>) -> Sums {
        buckets.fold(Sums::NONE, |sums, bucket| sums.with(bucket.lots, bucket.worth))
    }

    fn with(self, lots: u128, worth: u128) -> Sums {
        Sums { lots: self.lots + lots, worth: self.worth.and_then(|sum| sum.checked_add(worth)) }
    }

    fn mean(self, scale: &Scale) -> Option<Price> {
        if self.lots == 0 { None } else { scale.mean(self.worth.unwrap_or(u128::MAX), self.lots) }
    }

    /// These less those of a bucket that is among them; a sum that was beyond is still beyond.
    fn without(self, bucket: &Bucket) -> Sums {
        Sums { lots: self.lots - bucket.lots, worth: self.worth.map(|sum| sum - bucket.worth) }
    }
}

impl Window {
    fn new(width_us: u64, count: u64) -> Window {
        Window { width_us, span_us: width_us * count, buckets: VecDeque::new(), sums: Sums::NONE, weighted_mean: None }
    }

    fn note(&mut self, scale: &Scale, ticks: Ticks, lots: Lots, now_us: u64) {
        while let Some(oldest) = self.buckets.front().filter(|oldest| self.has_left(oldest, now_us)) {
            self.sums = self.sums.without(oldest);
            self.buckets.pop_front();
            if self.sums.worth.is_none() {
                self.sums = Sums::of(self.buckets.iter());
            }
        }
        let number = now_us / self.width_us;
        if self.buckets.back().is_none_or(|newest| newest.number != number) {
            self.buckets.push_back(Bucket { number, trades: 0, prices: 0, lots: 0, worth: 0 });
        }
        let Some(newest) = self.buckets.back_mut() else { return };
        newest.trades += 1;
        newest.prices += u128::from(scale.price(ticks).units());
        newest.lots += u128::from(lots.0);
        let worth = u128::from(ticks.0) * u128::from(lots.0);
        newest.worth = newest.worth.saturating_add(worth);
        self.sums = self.sums.with(u128::from(lots.0), worth);
        self.weighted_mean = self.sums.mean(scale);
    }

    /// Whether a bucket ends at or before the beginning of the window.
    fn has_left(&self, bucket: &Bucket, now_us: u64) -> bool {
        (bucket.number + 1) * self.width_us + self.span_us <= now_us
    }

    fn within(&self, now_us: u64) -> impl Iterator<Item = &Bucket> {
        self.buckets.iter().filter(move |bucket| !self.has_left(bucket, now_us))
    }

    /// The mean price weighted by quantity, rounded down to 1e-8; whole buckets count.
    pub(crate) fn weighted_mean(&self, scale: &Scale, now_us: u64) -> Option<Price> {
        if self.buckets.front().is_none_or(|oldest| !self.has_left(oldest, now_us)) {
            return self.weighted_mean;
        }
        // Counted from whichever end is nearer.
        let left = self.buckets.partition_point(|bucket| self.has_left(bucket, now_us));
        let sums = if self.sums.worth.is_none() || left > self.buckets.len() / 2 {
            Sums::of(self.buckets.range(left..))
        } else {
            self.buckets.range(..left).fold(self.sums, Sums::without)
        };
        sums.mean(scale)
    }

    /// The mean price of the trades, rounded down to 1e-8; of the bucket that is leaving, the part that is still within.
    pub(crate) fn mean(&self, now_us: u64) -> Option<Price> {
        let (mut prices, mut trades) = (0u128, 0u128);
        for bucket in self.within(now_us) {
            let begin = bucket.number * self.width_us + self.span_us;
            let gone = u128::from(now_us.saturating_sub(begin));
            let width = u128::from(self.width_us);
            let left = |value: u128| value * (width - gone) / width;
            prices += left(bucket.prices * FINE);
            trades += left(u128::from(bucket.trades) * FINE);
        }
        let mean = prices.checked_div(trades)?;
        Price::from_units(u64::try_from(mean).ok()?)
    }

    /// Every bucket, oldest first, for the state hash.
    pub(crate) fn buckets(&self) -> impl DoubleEndedIterator<Item = &Bucket> + ExactSizeIterator {
        self.buckets.iter()
    }

    /// Write the buckets and what they come to.
    fn write_state(&self, writer: &mut StateWriter<'_>) -> Result<(), StateError> {
        // Width and span follow from the symbol's rules.
        let Window { width_us: _, span_us: _, buckets, sums, weighted_mean } = self;
        let Sums { lots, worth } = sums;
        writer.put(&(lots, worth, weighted_mean))?;
        writer.put_count(buckets.len())?;
        for Bucket { number, trades, prices, lots, worth } in buckets {
            writer.put(&(number, trades, prices, lots, worth))?;
        }
        Ok(())
    }

    /// Read what [`Window::write_state`] wrote into a window without trades.
    fn read_state(&mut self, reader: &mut StateReader<'_>, time_us: u64) -> Result<(), StateError> {
        let (lots, worth, weighted_mean) = reader.take()?;
        self.sums = Sums { lots, worth };
        self.weighted_mean = weighted_mean;
        let mut left = self.sums;
        for _ in 0..reader.take_count("buckets of a mean", BUCKETS_KEPT_MAX)? {
            let (number, trades, prices, lots, worth) = reader.take()?;
            let bucket = Bucket { number, trades, prices, lots, worth };
            let follows = self.buckets.back().is_none_or(|newest| newest.number < number);
            require(follows && number <= time_us / self.width_us, "the buckets of a mean are out of order")?;
            require(
                trades < TRADES_COUNTED_MAX && prices <= PRICES_SUMMED_MAX,
                "a bucket of a mean is beyond counting",
            )?;
            let lots_left = left.lots.checked_sub(lots);
            let worth_left = left.worth.map(|sum| sum.checked_sub(worth));
            let (Some(lots), None | Some(Some(_))) = (lots_left, worth_left) else {
                return Err(StateError::Contradiction("the buckets of a mean are more than their sum"));
            };
            left = Sums { lots, worth: worth_left.flatten() };
            self.buckets.push_back(bucket);
        }
        require(left.lots == 0 && left.worth.unwrap_or(0) == 0, "the buckets of a mean are less than their sum")
    }
}

/// As many buckets as a window may have, and the one that is leaving, and the one that comes.
const BUCKETS_KEPT_MAX: usize = 100_002;
/// More trades than one bucket ever sees, and what their prices sum to at most, with room for [`FINE`].
const TRADES_COUNTED_MAX: u64 = 1 << 48;
const PRICES_SUMMED_MAX: u128 = 1 << 112;

impl Averages {
    /// Write every window there is.
    pub(crate) fn write_state(&self, writer: &mut StateWriter<'_>) -> Result<(), StateError> {
        let Averages { weighted, mean } = self;
        [weighted, mean].into_iter().flatten().try_for_each(|window| window.write_state(writer))
    }

    /// Read what [`Averages::write_state`] wrote into averages without trades, of the same rules.
    pub(crate) fn read_state(&mut self, reader: &mut StateReader<'_>, time_us: u64) -> Result<(), StateError> {
        let Averages { weighted, mean } = self;
        [weighted, mean].into_iter().flatten().try_for_each(|window| window.read_state(reader, time_us))
    }
}
