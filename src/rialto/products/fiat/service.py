"""Orders of fiat money: made, taken back, settled."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final

import msgspec
from sqlalchemy import select

from rialto.contracts.amounts import text_of, units_of
from rialto.contracts.rejections import InsufficientBalance
from rialto.contracts.vocabulary import FEES_ACCOUNT, HOUSE_OWNER, TREASURY_ACCOUNT, AccountClass, StreamKey
from rialto.core.errors import CommandRefused
from rialto.core.runtime import Runtime
from rialto.products.fiat import reversals
from rialto.products.fiat.accounts import against_balances, held_of, open_custody_account
from rialto.products.fiat.banks import Bank, is_payable
from rialto.products.fiat.beneficiaries import Beneficiaries
from rialto.products.fiat.iso20022.payments import Account
from rialto.products.fiat.model import (
    ORDER_KIND,
    Assigned,
    Canceled,
    Covered,
    DepositOrdered,
    Order,
    OrderEvent,
    ReturnOrdered,
    Stage,
    WithdrawalOrdered,
    encode,
    order_of,
)
from rialto.products.fiat.projection import REVERSAL
from rialto.products.fiat.references import reference_of
from rialto.products.fiat.rules import FiatRefused, legs_of, may
from rialto.products.fiat.tables import fiat_orders
from rialto.projections.decisions import Decision, Decisions
from rialto.projections.history import History
from rialto.projections.pages import Page

ORDER_BYTES: Final = 8
DAY_US: Final = 86_400_000_000
EXPIRED_AT_ONCE: Final = 1_000

Turn = Callable[[int, int, int], AbstractAsyncContextManager[None]]
"""What an owner's money leaves in: so many units of an asset. Raises what a client is told who may not."""

MayWithdraw = Callable[[int], Awaitable[None]]
"""Checks that an owner may withdraw at all. Raises `FiatRefused`."""

Make = Callable[[Order], OrderEvent | None]
"""A rule with everything it needs but the order."""


class _Row(msgspec.Struct, frozen=True, array_like=True):
    order_no: str
    owner: int


class SuspendedRow(msgspec.Struct, frozen=True, array_like=True):
    """A transfer that waits in suspense, and why."""

    order_no: str
    bank: str
    asset: int
    amount: str
    reason: str
    created_at_us: int


class NoBank(FiatRefused):
    """No bank moves the currency by this method."""


class OutsideLimits(FiatRefused):
    """The amount is below the least, above the most, or not whole cents."""


class NotEnough(FiatRefused):
    """The balance does not cover the amount."""


class _Taken(msgspec.Struct, frozen=True, array_like=True):
    asset: int
    indicated: str


class FiatService:
    """Makes and settles orders."""

    def __init__(
        self,
        runtime: Runtime,
        decisions: Decisions,
        banks: Sequence[Bank],
        history: History,
        beneficiaries: Beneficiaries,
        turn: Turn,
        may_withdraw: MayWithdraw,
    ) -> None:
        self._runtime = runtime
        self._decisions = decisions
        self._history = history
        self._beneficiaries = beneficiaries
        self._turn = turn
        self._may_withdraw = may_withdraw
        self.banks = {bank.name: bank for bank in banks}
        self._custody: dict[str, int] = {}
        self.is_stopped: Callable[[str], bool] = lambda _currency: False
        """Tells whether nothing is paid out of a currency."""

    async def open_accounts(self) -> None:
        """Have the ledger know every bank account."""
        for bank in self.banks.values():
            self._custody[bank.name] = await open_custody_account(self._runtime, bank.scope)

    def custody(self, bank: str) -> int:
        """Return the account of the ledger that stands for a bank account."""
        return self._custody[bank]

    def asset_of(self, bank: Bank) -> int:
        """Return a bank's currency. Errors: `NoBank` while nobody has registered it."""
        asset = self._runtime.catalog.asset_named(bank.currency)
        if asset is None:
            raise NoBank(f"{bank.currency} is not listed; register it as an asset first")
        return asset.id

    async def order_deposit(self, owner: int, currency: str, method: str, units: int) -> str:
        """Order a deposit; return the order's number. Errors: `FiatRefused`, those of `Decisions.decide`."""
        bank = self._bank(currency, method, is_deposit=True)
        if not is_payable(units) or units < bank.deposit_min:
            raise OutsideLimits(f"give at least {text_of(bank.deposit_min)}, in whole cents")
        account = await self._runtime.account_of(owner, AccountClass.SPOT)
        order = secrets.token_hex(ORDER_BYTES).upper()
        event = DepositOrdered(owner, account, self.asset_of(bank), bank.name, method, units, self._runtime.now_us())
        await self.happen(order, event)
        return order

    async def order_withdrawal(self, owner: int, currency: str, method: str, units: int, to: Account) -> str:
        """Order a withdrawal and hold its amount; return the order's number. The fee is taken from the amount.

        Errors: `FiatRefused`, what the owner's turn raises, those of `Decisions.decide`.
        """
        bank = self._bank(currency, method, is_deposit=False)
        if self.is_stopped(bank.currency):
            raise NoBank(f"payouts of {bank.currency} are stopped for now")
        if not is_payable(units) or not bank.withdrawal_min <= units <= bank.withdrawal_max:
            least, most = text_of(bank.withdrawal_min), text_of(bank.withdrawal_max)
            raise OutsideLimits(f"give {least} to {most}, in whole cents")
        if units <= bank.withdrawal_fee:
            raise OutsideLimits("the amount does not cover the fee")
        await self._may_withdraw(owner)
        async with self._turn(owner, self.asset_of(bank), units):
            return await self._withdraw(owner, bank, method, units, to)

    async def taken_since(self, owner: int, since_us: int) -> list[tuple[int, int]]:
        """List what an owner ordered to be paid out since a time and did not get back: assets, and units of 1e-8."""
        c = fiat_orders.c
        statement = select(c.asset, c.indicated).where(
            c.owner == owner,
            c.kind == "withdrawal",
            c.created_at_us >= since_us,
            c.stage.not_in([Stage.FAILED.value, Stage.REFUNDED.value]),
        )
        rows = await self._history.read(_Taken, Page(statement, newest_first=False))
        return [(row.asset, units_of(row.indicated)) for row in rows]

    async def _withdraw(self, owner: int, bank: Bank, method: str, units: int, to: Account) -> str:
        account = await self._runtime.account_of(owner, AccountClass.SPOT)
        order = secrets.token_hex(ORDER_BYTES).upper()
        event = WithdrawalOrdered(
            owner,
            account,
            self.asset_of(bank),
            bank.name,
            method,
            units,
            bank.withdrawal_fee,
            self._runtime.now_us(),
        )
        await asyncio.to_thread(self._beneficiaries.keep, order, owner, to)
        try:
            await self.happen(order, event)
        except CommandRefused as refused:
            if isinstance(refused.rejection, InsufficientBalance):
                raise NotEnough("the balance does not cover it") from refused
            raise
        return order

    async def expire(self) -> int:
        """End deposits that were ordered and did not come in time; return how many. What still comes is credited.

        Errors: those of `Decisions.decide` and `History`.
        """
        now_us, table, ended = self._runtime.now_us(), fiat_orders.c, 0
        for bank in self.banks.values():
            statement = select(table.order_no, table.owner).where(
                table.bank == bank.name,
                table.kind == "deposit",
                table.stage == Stage.INITIAL.value,
                table.created_at_us < now_us - bank.order_days * DAY_US,
            )
            for row in await self._history.read(_Row, Page(statement.limit(EXPIRED_AT_ONCE), newest_first=False)):
                ended += await self._expire(row.order_no, Canceled("it did not come in time", now_us))
        return ended

    async def _expire(self, order: str, event: Canceled) -> bool:
        try:
            return await self.happen(order, event)
        except FiatRefused:
            return False  # It came just now.

    async def assign(self, order: str, owner: int, by: str) -> None:
        """Say whose a suspended transfer is, which is credited, or what the bank took back, which is taken from them.

        Errors: `FiatRefused`, those of `Decisions.decide`.
        """
        account = await self._runtime.account_of(owner, AccountClass.SPOT)
        state = await self.order(order)
        if state.unexplained is None:
            await self.happen(order, Assigned(owner, account, by, self._runtime.now_us()))
        elif not await self._explain(order, owner, account, state.unexplained.asset, by):
            raise FiatRefused("it is known already whose it was, or a part of it was made good")

    async def _explain(self, order: str, owner: int, account: int, asset: int, by: str) -> bool:
        async def take() -> bool:
            held = reversals.Held((await held_of(self._runtime, account, asset))[0], 0)
            now_us = self._runtime.now_us()
            return await self.follow(order, lambda state: reversals.explain(state, owner, account, held, by, now_us))

        return await against_balances(take, f"order {order}")

    async def take_back(self, order: str, entry: str, reason: str) -> bool:
        """Take back what the bank took back, as far as it is there; False where it has happened or cannot be.

        Errors: `FiatRefused`, those of `Decisions.decide`.
        """

        async def take() -> bool:
            taken_from, held = reversals.taken_from(await self.order(order)), reversals.Held(0, 0)
            if taken_from is not None:
                account, asset = taken_from
                (owners, _), (fees, _) = [await held_of(self._runtime, each, asset) for each in (account, FEES_ACCOUNT)]
                held = reversals.Held(owners, fees)
            now_us = self._runtime.now_us()
            return await self.follow(order, lambda state: reversals.take_back(state, entry, held, reason, now_us))

        return await against_balances(take, f"order {order}")

    async def cover(self, order: str, amount: int, by: str, *, by_treasury: bool) -> bool:
        """Make good what a bank took back, out of the owner's account or the treasury.

        Errors: `FiatRefused`, those of `Decisions.decide`.
        """
        state = await self.order(order)
        account, asset = TREASURY_ACCOUNT if by_treasury else state.account, state.asset
        if asset is None:
            raise FiatRefused(f"there is no order {order}")
        if account is None:
            raise FiatRefused("it is not known whose it was; say so first, or have the treasury make it good")
        event = Covered(account, state.custody, asset, amount, by, self._runtime.now_us())
        return await self.happen(order, event)

    async def give_back(self, order: str, by: str, reason: str, to: Account | None = None) -> None:
        """Have a suspended transfer go back to who sent it, or to another account of theirs.

        Errors: `FiatRefused`, those of `Decisions.decide`.
        """
        if to is not None:
            await self.note_sender(order, to)
        elif await self.sender(order) is None:
            raise FiatRefused("the statement named no account that it came from; say which one it goes back to")
        await self.happen(order, ReturnOrdered(by, self._runtime.now_us(), reason))

    async def note_sender(self, order: str, sender: Account) -> None:
        """Write down, sealed, to whom a suspended transfer would go back."""
        await asyncio.to_thread(self._beneficiaries.keep, order, HOUSE_OWNER, sender)

    async def sender(self, order: str) -> Account | None:
        """Return to whom a suspended transfer would go back; None where that is not known."""
        return await asyncio.to_thread(self._beneficiaries.of, order)

    async def suspended(self, limit: int) -> list[SuspendedRow]:
        """List the transfers that wait in suspense, oldest first. Errors: those of `History`."""
        table = fiat_orders.c
        waiting = select(*(table[name] for name in SuspendedRow.__struct_fields__))
        waiting = waiting.where(table.stage == Stage.SUSPENDED.value, table.kind != REVERSAL)
        waiting = waiting.order_by(table.created_at_us, table.order_no)
        return await self._history.read(SuspendedRow, Page(waiting.limit(limit), newest_first=False))

    async def order(self, order: str) -> Order:
        """Tell where an order is."""
        return order_of(await self._decisions.events(StreamKey(ORDER_KIND, order)))

    async def happen(self, order: str, event: OrderEvent) -> bool:
        """Let an event follow; False where it has happened already.

        Errors: `FiatRefused`, those of `Decisions.decide`.
        """

        return await self.follow(order, lambda _state: event)

    async def follow(self, order: str, make: Make) -> bool:
        """Let what a rule says follow; False where it has happened already, or nothing follows.

        Errors: `FiatRefused`, those of `Decisions.decide`.
        """

        def rule(payloads: Sequence[bytes]) -> Decision | None:
            state = order_of(payloads)
            event = make(state)
            if event is None or not may(state, event):
                return None
            return Decision(encode(event), legs_of(state, event))

        return await self._decisions.decide(StreamKey(ORDER_KIND, order), rule) is not None

    def instructions(self, order: str, bank: str) -> dict[str, str]:
        """Say how a deposit is to be sent."""
        account = self.banks[bank].account
        return {
            "holder": account.name,
            "account": account.number,
            "bic": account.bic,
            "reference": reference_of(order),
        }

    def _bank(self, currency: str, method: str, *, is_deposit: bool) -> Bank:
        for bank in self.banks.values():
            methods = bank.deposit_methods if is_deposit else bank.withdrawal_methods
            if bank.currency == currency.upper() and method in methods:
                return bank
        raise NoBank(f"nobody moves {currency[:16]} by {method[:32]} here")
