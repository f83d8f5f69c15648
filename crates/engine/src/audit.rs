//! Recounting every invariant from scratch.

use crate::admission::paid;
use crate::engine::Engine;
use crate::open_orders::Place;
use rialto_ledger::LedgerViolation;
use rialto_types::{AccountId, Amount, AssetId, OrderId, Side, SymbolId};
use std::collections::BTreeMap;

/// What an audit found wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// Money was made, lost or overdrawn.
    #[error(transparent)]
    Ledger(#[from] LedgerViolation),
    /// A balance locks something else than orders and streams hold.
    #[error("account {account} asset {asset}: {locked} is locked, {held} is held by orders and streams")]
    LockedNotHeld {
        /// Whose.
        account: AccountId,
        /// Of which asset.
        asset: AssetId,
        /// What the balance says.
        locked: Amount,
        /// What the obligations sum to.
        held: Amount,
    },
    /// A bid reaches an ask.
    #[error("the book of symbol {0} is crossed")]
    Crossed(SymbolId),
    /// More of an order is shown than is left of it.
    #[error("order {1} on symbol {0} shows more than is left of it")]
    ShownBeyondLeft(SymbolId, OrderId),
    /// An open order is in no place.
    #[error("order {1} on symbol {0} neither rests nor waits, and is in no list")]
    Nowhere(SymbolId, OrderId),
    /// A command left something to do.
    #[error("the last command left something to do")]
    Unfinished,
    /// The books and the list of open orders disagree.
    #[error("{resting} orders rest in books, {open} are open")]
    OrdersDisagree {
        /// In the books.
        resting: usize,
        /// In the list.
        open: usize,
    },
    /// What a few orders have beyond the others is kept for orders that are gone, or shared.
    #[error("{kept} orders have special terms kept, {open} open orders have any")]
    SpecialsDisagree {
        /// By the symbols.
        kept: usize,
        /// Among the open orders.
        open: usize,
    },
}

impl Engine {
    /// Recount balances, holds and books; takes time in proportion to the state.
    pub fn audit(&self) -> Result<(), Violation> {
        self.ledger.audit()?;
        let mut held: BTreeMap<(AccountId, AssetId), Amount> = BTreeMap::new();
        let mut hold = |account, asset, amount: Amount| {
            let sum = held.entry((account, asset)).or_default();
            *sum = sum.plus(amount).expect("holds are bounded");
        };
        let (mut resting, mut waiting) = (0, 0);
        for symbol in &self.symbols {
            if symbol.book.is_crossed() {
                return Err(Violation::Crossed(symbol.id));
            }
            for resting_order in [Side::Buy, Side::Sell].into_iter().flat_map(|side| symbol.book.orders(side)) {
                let order = &self.open_orders.get(resting_order.tag).order;
                if resting_order.lots > order.remaining() {
                    return Err(Violation::ShownBeyondLeft(symbol.id, order.id));
                }
                resting += 1;
            }
            waiting += symbol.triggers.as_ref().map_or(0, |triggers| triggers.len());
        }
        let mut places = [0, 0];
        for open in self.open_orders.iter() {
            let (order, symbol) = (&open.order, &self.symbols[open.order.symbol.index()]);
            hold(order.guard.account, paid(symbol, order.side), order.own_hold(symbol));
            match open.place {
                Place::Book(_) => places[0] += 1,
                Place::Waiting(_) => places[1] += 1,
                Place::Aside if order.list.is_some() => {}
                Place::Aside => return Err(Violation::Nowhere(order.symbol, order.id)),
            }
        }
        if [resting, waiting] != places {
            return Err(Violation::OrdersDisagree { resting: resting + waiting, open: places[0] + places[1] });
        }
        let kept = self.symbols.iter().map(|symbol| symbol.specials.len()).sum();
        let open = self.open_orders.iter().filter(|open| open.order.special.is_some()).count();
        if kept != open {
            return Err(Violation::SpecialsDisagree { kept, open });
        }
        for list in self.lists.iter() {
            let balance = self.ledger.balances.get(list.holds_at);
            hold(balance.account, balance.asset, list.held);
        }
        if !self.course.is_empty() {
            return Err(Violation::Unfinished);
        }
        for (&(account, asset), &amount) in self.streams.streams.iter().flat_map(|stream| &stream.holds) {
            hold(account, asset, amount);
        }
        held.retain(|_, amount| !amount.is_zero());
        for balance in self.ledger.balances.iter() {
            let held = held.remove(&(balance.account, balance.asset)).unwrap_or_default();
            if balance.locked != held {
                let (account, asset, locked) = (balance.account, balance.asset, balance.locked);
                return Err(Violation::LockedNotHeld { account, asset, locked, held });
            }
        }
        if let Some((&(account, asset), &held)) = held.first_key_value() {
            return Err(Violation::LockedNotHeld { account, asset, locked: Amount::ZERO, held });
        }
        Ok(())
    }

    /// How many assets, symbols, accounts, balances and open orders there are.
    pub fn counts(&self) -> [(&'static str, usize); 6] {
        [
            ("assets", self.assets.len()),
            ("symbols", self.symbols.len()),
            ("accounts", self.ledger.accounts.len()),
            ("balances", self.ledger.balances.len()),
            ("open orders", self.open_orders.len()),
            ("streams", self.streams.streams.len()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rialto_types::command::{ListSymbol, NewOrder, OpenAccount, PlaceOrder, Post, RegisterAsset};
    use rialto_types::{
        AccountClass, AccountKind, ClientOrderId, Command, Commission, Lots, OrderType, OwnerId, PostingReason,
        PreventionModes, Price, Quantity, SelfTradePrevention, SymbolRules, SymbolSpec, Text, Ticks, TimeInForce,
    };

    const ALICE: AccountId = AccountId(5);
    const USDT: AssetId = AssetId(1);

    fn spec() -> SymbolSpec {
        let one = Quantity::from_units(100_000_000).unwrap();
        SymbolSpec {
            name: Text::new("BTCUSDT").unwrap(),
            base: AssetId(0),
            quote: USDT,
            tick: Price::from_units(100_000_000).unwrap(),
            price_min: Price::ZERO,
            price_max: Price::ZERO,
            lot: one,
            quantity_min: one,
            quantity_max: Quantity::MAX,
            market_lot: Quantity::ZERO,
            market_quantity_min: Quantity::ZERO,
            market_quantity_max: Quantity::ZERO,
            notional_min: Amount::ZERO,
            notional_min_applies_to_market: false,
            notional_max: Amount::ZERO,
            notional_max_applies_to_market: false,
            open_orders_max: 10,
            prevention_default: SelfTradePrevention::None,
            prevention_allowed: PreventionModes::ALL,
            commission: Commission::default(),
            is_discounted: false,
            rules: SymbolRules::OPEN,
        }
    }

    /// Alice bids for 1 at 10, with 90 left.
    fn sound() -> Engine {
        let register = |name| Command::RegisterAsset(RegisterAsset { name: Text::new(name).unwrap() });
        let kind = AccountKind::of(AccountClass::Spot);
        let amount = Amount::from_units(10_000_000_000);
        let commands = [
            register("BTC"),
            register("USDT"),
            Command::ListSymbol(Box::new(ListSymbol { spec: spec() })),
            Command::OpenAccount(OpenAccount { owner: OwnerId(1), kind, trade_group: None }),
            Command::Post(Post { account: ALICE, asset: USDT, amount, reason: PostingReason::Deposit }),
            Command::PlaceOrder(PlaceOrder {
                account: ALICE,
                symbol: SymbolId(0),
                order: NewOrder {
                    client_order_id: ClientOrderId::new("a").unwrap(),
                    side: Side::Buy,
                    order_type: OrderType::Limit,
                    time_in_force: TimeInForce::GoodTillCanceled,
                    price: Price::from_units(1_000_000_000),
                    quantity: Quantity::from_units(100_000_000),
                    quote_quantity: None,
                    self_trade_prevention: None,
                    terms: None,
                },
                is_routed: false,
            }),
        ];
        let mut engine = Engine::new();
        let mut events = Vec::new();
        commands.iter().zip(1..).for_each(|(command, sequence)| engine.apply(sequence, 0, command, &mut events));
        engine
    }

    fn check(tamper: impl Fn(&mut Engine), expected: &str) {
        let mut engine = sound();
        assert_eq!(engine.audit(), Ok(()));
        tamper(&mut engine);
        assert_eq!(engine.audit().unwrap_err().to_string(), expected);
    }

    #[test]
    fn each_broken_invariant_is_found() {
        let (one, none) = (Amount::from_units(1), Amount::ZERO);
        let slot = |engine: &Engine| engine.ledger.balances.find(ALICE, USDT).unwrap();
        let change = |engine: &mut Engine, free, locked| {
            let slot = slot(engine);
            engine.ledger.balances.post(slot, free, locked);
        };
        check(|engine| change(engine, one, none), "asset 1: all balances sum to 0.00000001, not to zero");
        check(
            |engine| change(engine, -one, one),
            "account 5 asset 1: 10.00000001 is locked, 10.00000000 is held by orders and streams",
        );
        check(
            |engine| change(engine, one, -one),
            "account 5 asset 1: 9.99999999 is locked, 10.00000000 is held by orders and streams",
        );
        let add = |engine: &mut Engine, side, ticks| {
            let tag = engine.symbols[0].book.orders(Side::Buy).next().unwrap().tag;
            engine.symbols[0].book.add(side, Ticks(ticks), Lots(1), tag);
        };
        check(|engine| add(engine, Side::Sell, 10), "the book of symbol 0 is crossed");
        check(|engine| add(engine, Side::Buy, 9), "2 orders rest in books, 1 are open");
    }
}
