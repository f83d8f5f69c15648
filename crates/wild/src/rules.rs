//! What wild streams start from: three symbols, each with rules of its own, and people of very different means,
//! some of them in one trade group.

use crate::commands::{FIRST_ACCOUNT, list_symbol, open_spec, post, register_asset};
use crate::{ASSETS, PEOPLE};
use proptest::prelude::*;
use proptest::sample::select;
use rialto_types::account::TREASURY;
use rialto_types::command::{OpenAccount, PoolSymbols};
use rialto_types::{
    AccountClass, AccountId, AccountKind, Amount, AssetId, Command, Commission, Feature, Features, OwnerId,
    PercentPrice, PreventionModes, Price, PriceRange, Quantity, Rate, Rates, Reference, ReferenceMethod,
    SelfTradePrevention, SymbolId, SymbolRules, SymbolSpec, TradeGroupId, TrailingRange,
};

/// Mostly the first: `rare` only now and then.
fn now_and_then<T: Clone + std::fmt::Debug + 'static>(
    usual: T,
    rare: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = T> {
    prop_oneof![9 => Just(usual), 1 => rare]
}

/// What is there before the random commands.
pub fn founding() -> impl Strategy<Value = Vec<Command>> {
    let groups = prop::collection::vec(prop::option::of(Just(TradeGroupId(1))), PEOPLE as usize);
    let treasury = select(vec![10_000_000_000, 300_000_000]);
    (prop::collection::vec(spec(), 3), groups, treasury)
        .prop_map(|(specs, groups, treasury)| founding_commands(specs, groups, treasury))
}

/// Two bases, two quotes that are pooled, and a discount asset that is a base as well.
fn founding_commands(specs: Vec<SymbolSpec>, groups: Vec<Option<TradeGroupId>>, treasury: i128) -> Vec<Command> {
    let mut commands = vec![register_asset("BTC"), register_asset("USDT"), register_asset("USDC")];
    for ((name, base, quote), spec) in [("BTCUSDT", 0, 1), ("BTCUSDC", 0, 2), ("USDCUSDT", 2, 1)].into_iter().zip(specs)
    {
        let named = open_spec(name, AssetId(base), AssetId(quote));
        commands.push(list_symbol(SymbolSpec { name: named.name, base: named.base, quote: named.quote, ..spec }));
    }
    for (owner, trade_group) in (1..).map(OwnerId).zip(groups) {
        let kind = AccountKind::of(AccountClass::Spot);
        commands.push(Command::OpenAccount(OpenAccount { owner, kind, trade_group }));
    }
    commands.push(Command::PoolSymbols(PoolSymbols { base: AssetId(0), symbols: vec![SymbolId(0), SymbolId(1)] }));
    for asset in (0..ASSETS).map(AssetId) {
        commands.push(post(TREASURY, asset, treasury));
        for (account, units) in [(0, 1 << 60), (1, 1 << 50), (2, 700_000_000)] {
            commands.push(post(AccountId(FIRST_ACCOUNT + account), asset, units));
        }
    }
    commands
}

fn spec() -> impl Strategy<Value = SymbolSpec> {
    let quantities = (
        now_and_then("0", select(vec!["1", "1.5"])),
        now_and_then("0", select(vec!["2", "4"])),
        now_and_then(("0", "0", "0"), select(vec![("1", "0", "0"), ("0", "1", "3"), ("1.5", "0.5", "4.5")])),
    );
    let worth = (now_and_then("0", select(vec!["0.6", "1.1"])), now_and_then("0", Just("4")), any::<[bool; 2]>());
    let prices = now_and_then(("0", "0"), select(vec![("0.93", "1.07"), ("0", "1.02"), ("1", "0")]));
    let counts = now_and_then(200, 2..9u32);
    // A transfer needs two orders that agree to it.
    let default = prop_oneof![3 => select(&SelfTradePrevention::ALL[..]), 1 => Just(SelfTradePrevention::Transfer)];
    let preventions = (default, now_and_then(0x3f, 0..64u8));
    (rules(), quantities, worth, prices, counts, preventions, commission(), any::<bool>()).prop_map(
        |(rules, quantities, worth, prices, open_orders_max, (prevention, modes), commission, is_discounted)| {
            let mut spec = open_spec("S", AssetId(0), AssetId(1));
            (spec.tick, spec.lot) = (price("0.01"), quantity("0.5"));
            spec.quantity_min = quantity(quantities.0);
            spec.quantity_max = Some(quantity(quantities.1)).filter(|most| !most.is_zero()).unwrap_or(Quantity::MAX);
            let (step, least, most) = quantities.2;
            (spec.market_lot, spec.market_quantity_min) = (quantity(step), quantity(least));
            spec.market_quantity_max = quantity(most);
            (spec.notional_min, spec.notional_max) = (amount(worth.0), amount(worth.1));
            [spec.notional_min_applies_to_market, spec.notional_max_applies_to_market] = worth.2;
            (spec.price_min, spec.price_max) = (price(prices.0), price(prices.1));
            spec.open_orders_max = open_orders_max;
            spec.prevention_default = prevention;
            spec.prevention_allowed = PreventionModes(modes | 1 << prevention as u8);
            SymbolSpec { commission, is_discounted, rules, ..spec }
        },
    )
}

fn rules() -> impl Strategy<Value = SymbolRules> {
    let counts =
        (now_and_then(0, 1..4u32), now_and_then(0, 1..4u32), now_and_then(0, 1..4u32), now_and_then(1, 0..4u32));
    let parts = now_and_then(0, select(vec![1, 2, 4]));
    let position = now_and_then("0", select(vec!["8", "11"]));
    let averages = select(vec![0, 1, 1, 2]);
    (features(), averages, percent_price(), parts, counts, position, trailing(), price_range(), reference()).prop_map(
        |(features, average_minutes, percent_price, parts, counts, position, trailing, price_range, reference)| {
            let (algo_orders_max, iceberg_orders_max, order_lists_max, amendments_max) = counts;
            SymbolRules {
                features,
                average_minutes,
                percent_price,
                iceberg_parts_max: parts,
                algo_orders_max,
                iceberg_orders_max,
                order_lists_max,
                amendments_max,
                position_max: quantity(position),
                trailing,
                price_range,
                reference,
            }
        },
    )
}

fn features() -> impl Strategy<Value = Features> {
    let without_some = prop::collection::vec(select(&Feature::ALL[..]), 1..5)
        .prop_map(|some| some.into_iter().fold(Features::ALL, Features::without));
    now_and_then(Features::ALL, without_some)
}

fn percent_price() -> impl Strategy<Value = Option<PercentPrice>> {
    let factors = (select(vec!["1.02", "1.05"]), select(vec!["0.95", "0.98"]));
    let by_side = (factors.clone(), factors.clone()).prop_map(|((bid_up, bid_down), (ask_up, ask_down))| {
        let [bid_up, bid_down, ask_up, ask_down] = [bid_up, bid_down, ask_up, ask_down].map(price);
        Some(PercentPrice { bid_up, bid_down, ask_up, ask_down, by_side: true })
    });
    let same = factors.prop_map(|(up, down)| {
        let (up, down) = (price(up), price(down));
        Some(PercentPrice { bid_up: up, bid_down: down, ask_up: up, ask_down: down, by_side: false })
    });
    now_and_then(None, prop_oneof![by_side, same])
}

fn trailing() -> impl Strategy<Value = Option<TrailingRange>> {
    let ranges = (select(vec![1, 100]), select(vec![300, 900]), select(vec![1, 100]), select(vec![300, 900])).prop_map(
        |(above_min, above_max, below_min, below_max)| {
            Some(TrailingRange { above_min, above_max, below_min, below_max })
        },
    );
    now_and_then(None, ranges)
}

fn price_range() -> impl Strategy<Value = Option<PriceRange>> {
    let up = || prop::option::of(select(vec!["1", "1.01", "1.03"]).prop_map(price));
    let down = || prop::option::of(select(vec!["0.97", "0.99", "1"]).prop_map(price));
    let ranges = (up(), down(), up(), down())
        .prop_map(|(bid_up, bid_down, ask_up, ask_down)| Some(PriceRange { bid_up, bid_down, ask_up, ask_down }));
    prop_oneof![2 => Just(None), 1 => ranges]
}

/// A mean over milliseconds, over seconds, or a price that is told.
fn reference() -> impl Strategy<Value = Reference> {
    let mean = (select(vec![1, 1, 1_000, 60_000]), 1..4u32).prop_map(|(bucket_width_ms, bucket_count)| Reference {
        method: ReferenceMethod::ArithmeticMean,
        bucket_width_ms,
        bucket_count,
        calculation_id: 0,
    });
    let told = (0..3u32).prop_map(|id| Reference {
        method: ReferenceMethod::External,
        calculation_id: id,
        ..Reference::default()
    });
    prop_oneof![1 => Just(Reference::default()), 2 => mean, 1 => told]
}

/// Standard rates by part; now and then special ones and taxes, of the parts and of the sides.
pub fn commission() -> impl Strategy<Value = Commission> {
    let rate = |most: u64| (0..most).prop_map(|units| Rate::from_units(units).unwrap());
    let rates = (rate(1_000_000), rate(3_000_000), rate(500_000), rate(500_000))
        .prop_map(|(maker, taker, buyer, seller)| Rates { maker, taker, buyer, seller });
    let more = || now_and_then(Rates::default(), rates.clone());
    let all =
        (rates.clone(), more(), more()).prop_map(|(standard, special, tax)| Commission { standard, special, tax });
    let high = (rate(50_000_000), rate(50_000_000)).prop_map(|(maker, taker)| Commission::of(maker, taker));
    prop_oneof![4 => all, 1 => high]
}

fn price(text: &str) -> Price {
    text.parse().unwrap()
}

fn quantity(text: &str) -> Quantity {
    text.parse().unwrap()
}

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}
