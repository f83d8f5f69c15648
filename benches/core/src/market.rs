//! The exchange the workloads trade on: assets, symbols, funded accounts.

use rialto_types::account::HOUSE_ACCOUNTS;
use rialto_types::command::{ListSymbol, OpenAccount, Post, RegisterAsset};
use rialto_types::{
    AccountClass, AccountId, AccountKind, Amount, AssetId, Command, Commission, OwnerId, PostingReason,
    PreventionModes, Price, Quantity, Rate, SelfTradePrevention, SymbolRules, SymbolSpec, Text,
};

/// The quote asset of every symbol; base assets follow it.
pub(crate) const QUOTE: AssetId = AssetId(0);

/// One tick: a hundredth of the quote asset.
pub(crate) const TICK: u64 = 1_000_000;
/// One lot: a hundred-thousandth of the base asset.
pub(crate) const LOT: u64 = 1_000;

/// Free funds of each account in each asset, in units: far beyond what a workload can trade away.
const FUNDS: i128 = 1_000_000_000 * 100_000_000;

/// The account of the trader with this number.
pub(crate) fn trader(number: u32) -> AccountId {
    AccountId(HOUSE_ACCOUNTS.len() as u32 + number)
}

/// The base asset of the symbol with this number.
pub(crate) fn base(symbol: u32) -> AssetId {
    AssetId(1 + symbol)
}

/// Ticks of 0.01 and lots of 0.00001, every filter set, ten basis points on either side.
pub(crate) fn spec(symbol: u32) -> SymbolSpec {
    let price = |units| Price::from_units(units).expect("a price in range");
    let quantity = |units| Quantity::from_units(units).expect("a quantity in range");
    SymbolSpec {
        name: text(&format!("B{symbol}USDT")),
        base: base(symbol),
        quote: QUOTE,
        tick: price(TICK),
        price_min: price(TICK),
        price_max: price(100_000_000 * TICK),
        lot: quantity(LOT),
        quantity_min: quantity(LOT),
        quantity_max: quantity(900_000_000 * LOT),
        market_lot: quantity(LOT),
        market_quantity_min: quantity(LOT),
        market_quantity_max: quantity(100_000_000 * LOT),
        notional_min: Amount::from_units(500_000_000),
        notional_min_applies_to_market: true,
        notional_max: Amount::from_units(900_000_000_000_000),
        notional_max_applies_to_market: false,
        open_orders_max: u32::MAX,
        prevention_default: SelfTradePrevention::None,
        prevention_allowed: PreventionModes::ALL,
        commission: Commission::of(
            Rate::from_bps(10).expect("a rate in range"),
            Rate::from_bps(10).expect("a rate in range"),
        ),
        is_discounted: false,
        rules: SymbolRules::OPEN,
    }
}

/// Register the quote asset and each symbol's base asset.
pub(crate) fn register_assets(symbols: u32) -> impl Iterator<Item = Command> {
    let names = std::iter::once("USDT".to_owned()).chain((0..symbols).map(|symbol| format!("B{symbol}")));
    names.map(|name| Command::RegisterAsset(RegisterAsset { name: text(&name) }))
}

/// List the symbol with this number.
pub(crate) fn list_symbol(symbol: u32) -> Command {
    list(spec(symbol))
}

/// List a symbol.
pub(crate) fn list(spec: SymbolSpec) -> Command {
    Command::ListSymbol(Box::new(ListSymbol { spec }))
}

/// Open the account of the trader with this number.
pub(crate) fn open_account(number: u32) -> Command {
    Command::OpenAccount(OpenAccount {
        owner: OwnerId(1 + u64::from(number)),
        kind: AccountKind::of(AccountClass::Spot),
        trade_group: None,
    })
}

/// Give a trader plenty of an asset.
pub(crate) fn deposit(number: u32, asset: AssetId) -> Command {
    let amount = Amount::from_units(FUNDS);
    Command::Post(Post { account: trader(number), asset, amount, reason: PostingReason::Deposit })
}

/// Everything before the first order: assets, symbols, accounts, and funds of every account in every asset.
pub(crate) fn opening(symbols: u32, traders: u32) -> Vec<Command> {
    let funded = move |number| (0..=symbols).map(move |asset| deposit(number, AssetId(asset)));
    register_assets(symbols)
        .chain((0..symbols).map(list_symbol))
        .chain((0..traders).map(open_account))
        .chain((0..traders).flat_map(funded))
        .collect()
}

fn text<const N: usize>(text: &str) -> Text<N> {
    Text::new(text).expect("a short text")
}
