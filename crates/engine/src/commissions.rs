//! Which commission an order pays, and in what: the rules of the page "Commission Rates".

use crate::engine::Engine;
use crate::open_orders::OpenOrders;
use crate::order::Order;
use crate::seats::NONE;
use crate::symbols::{Asset, Symbol};
use rialto_ledger::{BalanceSlot, Balances};
use rialto_types::command::{SetAccountDiscount, SetCommission, SetDiscount};
use rialto_types::decimal::ONE;
use rialto_types::event::{AccountDiscountSet, CommissionSet, DiscountSet};
use rialto_types::index::SlotIndex;
use rialto_types::state_codec::{StateError, StateReader, StateWriter, require};
use rialto_types::{AccountId, Amount, AssetId, Commission, Event, Price, Rate, Rejection, Role, Side, SymbolId};
use slab::Slab;
use std::collections::{BTreeMap, BTreeSet};

/// Rates of single accounts, and the asset that commissions may be paid in at a discount.
#[derive(Default)]
pub(crate) struct Commissions {
    own: Slab<Commission>,
    /// The account's rates on a symbol, and under no symbol those for all others.
    by_account: BTreeMap<(AccountId, Option<SymbolId>), u32>,
    pub(crate) discount: Option<AssetId>,
    pub(crate) multiplier: Rate,
    /// Who pays in the discount asset.
    pub(crate) discounted: BTreeSet<AccountId>,
}

impl Commissions {
    /// Where the rates of an account on a symbol stand; [`NONE`] when it has none of its own.
    pub(crate) fn find(&self, account: AccountId, symbol: SymbolId) -> u32 {
        let at = |symbol| self.by_account.get(&(account, symbol)).copied();
        at(Some(symbol)).or_else(|| at(None)).unwrap_or(NONE)
    }

    /// What an account pays on every symbol where it has no rates of its own, if that was set.
    pub(crate) fn of_every_symbol(&self, account: AccountId) -> Option<&Commission> {
        self.by_account.get(&(account, None)).map(|&slot| &self.own[slot as usize])
    }

    /// What an account pays on a symbol.
    pub(crate) fn of<'a>(&'a self, found: u32, symbol: &'a Symbol) -> &'a Commission {
        if found == NONE { &symbol.spec.commission } else { &self.own[found as usize] }
    }

    fn set(&mut self, account: AccountId, symbol: Option<SymbolId>, commission: Option<Commission>) {
        if let Some(slot) = self.by_account.remove(&(account, symbol)) {
            self.own.remove(slot as usize);
        }
        if let Some(commission) = commission {
            let slot = self.own.insert(commission) as u32;
            self.by_account.insert((account, symbol), slot);
        }
    }

    /// The same from an account on.
    pub(crate) fn iter_from(
        &self,
        account: AccountId,
    ) -> impl Iterator<Item = (AccountId, Option<SymbolId>, &Commission)> {
        let rates = self.by_account.range((account, None)..);
        rates.map(|(&(account, symbol), &slot)| (account, symbol, &self.own[slot as usize]))
    }

    /// Every account's own rates, in order of account and symbol.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (AccountId, Option<SymbolId>, &Commission)> {
        self.by_account.iter().map(|(&(account, symbol), &slot)| (account, symbol, &self.own[slot as usize]))
    }
}

impl Commissions {
    /// Write every setting, rates in order of account and symbol.
    pub(crate) fn write_state(&self, writer: &mut StateWriter<'_>) -> Result<(), StateError> {
        let Commissions { own: _, by_account, discount, multiplier, discounted } = self;
        writer.put_count(by_account.len())?;
        self.iter().try_for_each(|rates| writer.put(&rates))?;
        writer.put(&(discount, multiplier))?;
        writer.put_count(discounted.len())?;
        discounted.iter().try_for_each(|account| writer.put(account))
    }

    /// Read what [`Commissions::write_state`] wrote.
    pub(crate) fn read_state(reader: &mut StateReader<'_>) -> Result<Commissions, StateError> {
        let mut read = Commissions::default();
        for _ in 0..reader.take_count("commissions of accounts", u32::MAX as usize - 1)? {
            let (account, symbol, commission) = reader.take::<(_, _, Commission)>()?;
            require(commission.is_valid(), "a commission is more than the whole")?;
            require(!read.by_account.contains_key(&(account, symbol)), "an account has two commissions on one symbol")?;
            read.set(account, symbol, Some(commission));
        }
        (read.discount, read.multiplier) = reader.take()?;
        require(read.multiplier.is_valid(), "a discount is more than the whole")?;
        for _ in 0..reader.take_count("discounted accounts", u32::MAX as usize)? {
            require(read.discounted.insert(reader.take()?), "a discounted account is there twice")?;
        }
        Ok(read)
    }
}

/// What an order pays for one trade.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fee {
    pub(crate) amount: Amount,
    pub(crate) asset: AssetId,
    /// Where it is taken from, and where it goes.
    pub(crate) from: BalanceSlot,
    pub(crate) house: BalanceSlot,
    /// Whether it is taken from what the trade brings in.
    pub(crate) is_of_received: bool,
}

/// What an incoming order may still pay, which no commission may spend before it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reserve {
    from: BalanceSlot,
    /// `None` where nobody can tell.
    amount: Option<Amount>,
}

impl Reserve {
    /// Of an order after its last trade.
    pub(crate) fn of(order: &Order, symbol: &Symbol) -> Reserve {
        let left = order.remaining();
        let amount = match order.side {
            Side::Buy if left.0 > 0 && order.price.0 == 0 => None,
            side => Some(symbol.hold(side, order.price, left)),
        };
        Reserve { from: order.pays, amount }
    }

    /// Whether so much can be taken from what is free in a balance.
    pub(crate) fn spares(&self, from: BalanceSlot, free: Amount, amount: Amount) -> bool {
        let reserved = if from == self.from { self.amount } else { Some(Amount::ZERO) };
        reserved.is_some_and(|reserved| free >= amount.plus(reserved).expect("holds are bounded"))
    }
}

/// The parts of the engine that a commission is reckoned from.
pub(crate) struct Tariff<'a> {
    pub(crate) commissions: &'a Commissions,
    pub(crate) assets: &'a [Asset],
    pub(crate) symbols: &'a [Symbol],
    pub(crate) pairs: &'a SlotIndex,
    pub(crate) open_orders: &'a OpenOrders,
    pub(crate) balances: &'a Balances,
}

impl Tariff<'_> {
    /// The commission of an order that receives so much in a part of a trade.
    pub(crate) fn fee(&self, order: &Order, role: Role, gets: Amount, reserve: Reserve) -> Fee {
        let symbol = &self.symbols[order.symbol.index()];
        let seat = self.open_orders.seats.get(order.seat);
        let asset = received(symbol, order.side);
        let house = self.assets[asset.index()].fees;
        let commission = self.commissions.of(seat.commission, symbol);
        if seat.is_discounted && symbol.spec.is_discounted {
            let discounted = self.discounted(order, commission, role, (asset, gets), reserve);
            if let Some(fee) = discounted {
                return fee;
            }
        }
        let rate = commission.total(role, order.side).unwrap_or(Rate::ZERO);
        Fee { amount: rate.of(gets), asset, from: order.receives, house, is_of_received: true }
    }

    /// The commission in the discount asset, if it can be reckoned and paid.
    fn discounted(
        &self,
        order: &Order,
        commission: &Commission,
        role: Role,
        (received, gets): (AssetId, Amount),
        reserve: Reserve,
    ) -> Option<Fee> {
        let asset = self.commissions.discount?;
        let standard = commission.standard.sum(role, order.side)?;
        let standard = standard.times(self.commissions.multiplier);
        let others = commission.special.sum(role, order.side)?.plus(commission.tax.sum(role, order.side)?)?;
        let amount = standard.plus(others)?.of(gets);
        let house = self.assets[asset.index()].fees;
        if asset == received {
            return Some(Fee { amount, asset, from: order.receives, house, is_of_received: true });
        }
        let amount = self.convert(amount, received, asset)?;
        let from = self.balances.find(order.guard.account, asset)?;
        let is_affordable = reserve.spares(from, self.balances.get(from).free, amount);
        is_affordable.then_some(Fee { amount, asset, from, house, is_of_received: false })
    }

    /// An amount of one asset in another, at the last price of a symbol that trades one for the other.
    fn convert(&self, amount: Amount, from: AssetId, to: AssetId) -> Option<Amount> {
        let last = |base: AssetId, quote: AssetId| -> Option<Price> {
            let slot = self.pairs.find(&(base, quote), |slot| pair_of(&self.symbols[slot as usize]))?;
            Some(self.symbols[slot as usize].last_price).filter(|price| !price.is_zero())
        };
        let (units, one) = (amount.units(), i128::from(ONE));
        let product = |factor: i128, divisor: i128| {
            // Amounts are far below the range except for absurd ones, which then lose their last digits.
            let exact = units.checked_mul(factor).map(|product| product / divisor);
            exact.or_else(|| (units / divisor).checked_mul(factor)).map(Amount::from_units)
        };
        if let Some(price) = last(to, from) {
            return product(one, i128::from(price.units()));
        }
        product(i128::from(last(from, to)?.units()), one)
    }
}

/// The assets of a symbol, by which it is found.
pub(crate) fn pair_of(symbol: &Symbol) -> (AssetId, AssetId) {
    (symbol.spec.base, symbol.spec.quote)
}

/// Which asset an order of a side receives.
pub(crate) fn received(symbol: &Symbol, side: Side) -> AssetId {
    match side {
        Side::Buy => symbol.spec.base,
        Side::Sell => symbol.spec.quote,
    }
}

impl Engine {
    pub(crate) fn set_commission(&mut self, command: &SetCommission, events: &mut Vec<Event>) -> Result<(), Rejection> {
        let &SetCommission { account, symbol, commission } = command;
        self.check_account(account)?;
        if let Some(symbol) = symbol {
            self.symbol(symbol)?;
        }
        if commission.is_some_and(|commission| !commission.is_valid()) {
            return Err(Rejection::InvalidAmount { amount: Amount::from_units(i128::from(ONE)) });
        }
        self.commissions.set(account, symbol, commission);
        let commissions = &self.commissions;
        self.open_orders.seats.of_account_mut(account, |symbol, seat| {
            seat.commission = commissions.find(account, symbol);
        });
        events.push(Event::CommissionSet(Box::new(CommissionSet { account, symbol, commission })));
        Ok(())
    }

    pub(crate) fn set_discount(&mut self, command: &SetDiscount, events: &mut Vec<Event>) -> Result<(), Rejection> {
        let &SetDiscount { asset, multiplier } = command;
        if let Some(asset) = asset {
            self.check_asset(asset)?;
        }
        if !multiplier.is_valid() {
            return Err(Rejection::InvalidAmount { amount: Amount::from_units(i128::from(multiplier.units())) });
        }
        self.commissions.discount = asset;
        self.commissions.multiplier = multiplier;
        events.push(Event::DiscountSet(DiscountSet { asset, multiplier }));
        Ok(())
    }

    pub(crate) fn set_account_discount(
        &mut self,
        command: &SetAccountDiscount,
        events: &mut Vec<Event>,
    ) -> Result<(), Rejection> {
        let &SetAccountDiscount { account, is_enabled } = command;
        self.check_account(account)?;
        if is_enabled {
            self.commissions.discounted.insert(account);
        } else {
            self.commissions.discounted.remove(&account);
        }
        self.open_orders.seats.of_account_mut(account, |_, seat| seat.is_discounted = is_enabled);
        events.push(Event::AccountDiscountSet(AccountDiscountSet { account, is_enabled }));
        Ok(())
    }
}
