//! Commands in few words, with everything allowed that can be.

use rialto_types::account::HOUSE_ACCOUNTS;
use rialto_types::command::{ListSymbol, NewOrder, OpenAccount, PlaceOrder, Post, RegisterAsset};
use rialto_types::{
    AccountClass, AccountId, AccountKind, Amount, AssetId, ClientOrderId, Command, Commission, OrderType, OwnerId,
    PostingReason, PreventionModes, Price, Quantity, SelfTradePrevention, Side, SymbolId, SymbolRules, SymbolSpec,
    Text, TimeInForce,
};

/// The account the first person opens: the house's own come before it.
pub const FIRST_ACCOUNT: u32 = HOUSE_ACCOUNTS.len() as u32;

/// The command that registers an asset of this name.
pub fn register_asset(name: &str) -> Command {
    Command::RegisterAsset(RegisterAsset { name: Text::new(name).unwrap() })
}

/// The command that lists a symbol.
pub fn list_symbol(spec: SymbolSpec) -> Command {
    Command::ListSymbol(Box::new(ListSymbol { spec }))
}

/// The command that opens an account, in no trade group.
pub fn open_account(owner: u64, class: AccountClass) -> Command {
    Command::OpenAccount(OpenAccount { owner: OwnerId(owner), kind: AccountKind::of(class), trade_group: None })
}

/// The command that posts so many units of 1e-8 to an account: a deposit, or a withdrawal where they are negative.
pub fn post(account: AccountId, asset: AssetId, units: i128) -> Command {
    let reason = if units < 0 { PostingReason::Withdrawal } else { PostingReason::Deposit };
    Command::Post(Post { account, asset, amount: Amount::from_units(units), reason })
}

/// A limit order, good till canceled.
pub fn limit(account: AccountId, symbol: SymbolId, side: Side, price: Price, quantity: Quantity, id: &str) -> Command {
    Command::PlaceOrder(PlaceOrder {
        account,
        symbol,
        order: NewOrder {
            client_order_id: ClientOrderId::new(id).unwrap(),
            side,
            order_type: OrderType::Limit,
            time_in_force: TimeInForce::GoodTillCanceled,
            price: Some(price),
            quantity: Some(quantity),
            quote_quantity: None,
            self_trade_prevention: None,
            terms: None,
        },
        is_routed: false,
    })
}

/// A symbol of two assets with everything allowed that a symbol can allow, and no commissions.
pub fn open_spec(name: &str, base: AssetId, quote: AssetId) -> SymbolSpec {
    SymbolSpec {
        name: Text::new(name).unwrap(),
        base,
        quote,
        tick: "0.01".parse().unwrap(),
        price_min: Price::ZERO,
        price_max: Price::ZERO,
        lot: "0.001".parse().unwrap(),
        quantity_min: Quantity::ZERO,
        quantity_max: Quantity::MAX,
        market_lot: Quantity::ZERO,
        market_quantity_min: Quantity::ZERO,
        market_quantity_max: Quantity::ZERO,
        notional_min: Amount::ZERO,
        notional_min_applies_to_market: false,
        notional_max: Amount::ZERO,
        notional_max_applies_to_market: false,
        open_orders_max: 200,
        prevention_default: SelfTradePrevention::None,
        prevention_allowed: PreventionModes::ALL,
        commission: Commission::default(),
        is_discounted: true,
        rules: SymbolRules::OPEN,
    }
}
