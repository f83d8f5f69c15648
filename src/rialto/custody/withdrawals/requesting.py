"""Asking for a withdrawal: everything it may be refused for, and the one command that locks what it takes.

Refusals are the API's own codes, in this order: who asks, what for, where to, how much, whether they may. What is asked
with an id of the client's own is one withdrawal however often it is asked. Requests of one owner are taken one after
the other, so that two at once cannot each find the limit unused; what leaves otherwise than by a chain takes its turn
among them and counts into the same limit.
"""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final, NamedTuple

import msgspec

from rialto.contracts.amounts import units_of
from rialto.contracts.commands import OpenAccount
from rialto.contracts.events import AccountOpened
from rialto.contracts.queries import Account, AccountAnswer, Balances, BalancesAnswer
from rialto.contracts.rejections import InsufficientBalance
from rialto.contracts.vocabulary import AccountClass, AccountKind, StreamKey
from rialto.core.catalog import Asset
from rialto.core.errors import CommandRefused
from rialto.core.runtime import Runtime
from rialto.custody.allow_list import AllowList
from rialto.custody.limits import DAY_US, Limits, Quota
from rialto.custody.withdrawals import rules
from rialto.custody.withdrawals.admission import Admission
from rialto.custody.withdrawals.destinations import Destination, Destinations
from rialto.custody.withdrawals.linked import Linked
from rialto.custody.withdrawals.model import KIND, PaidInside, Requested, RiskPart, Withdrawal, withdrawal_of
from rialto.custody.withdrawals.ports import APPROVALS_OF_CONCERNS, Concern, Known, Locked, Owing
from rialto.custody.withdrawals.reading import WithdrawalReading, WithdrawalRow
from rialto.custody.withdrawals.risk import Circumstances, assess, points
from rialto.custody.withdrawals.turns import Turns
from rialto.identity.people import Person
from rialto.projections.decisions import Decisions
from rialto.wire.wallet_errors import WalletError

WALLETS: Final = (AccountClass.SPOT, AccountClass.FUNDING)
"""By the API's number of a wallet."""

TakenElsewhere = Callable[[int, int], Awaitable[Sequence[tuple[int, int]]]]
"""What an owner took out otherwise since a time: assets, and units of 1e-8 of each."""


HISTORY_US: Final = 90 * DAY_US
"""How far back amounts are compared with."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What someone asks for."""

    owner: int
    coin: str
    network: str | None
    address: str
    tag: str | None
    units: int
    """What is taken from them, the fee included."""
    client_id: str | None = None
    wallet: int = 0
    fee_goes_along: bool = False
    """Inside the exchange nothing is taken: whether what would have been goes to whom is paid, or stays."""
    signals: tuple[RiskPart, ...] = ()
    """What is known of who asks."""
    needs_confirmation: bool = False
    concerns: tuple[RiskPart, ...] = ()
    """What is held against who is paid."""
    is_told: bool = True
    """Whether it was said to whom it goes, or need not be."""


class Given(NamedTuple):
    """The withdrawal that was asked for, and whether it was asked for just now."""

    id: str
    is_new: bool
    withdrawal: Withdrawal


class Requests:
    """Takes requests."""

    def __init__(
        self,
        runtime: Runtime,
        decisions: Decisions,
        reading: WithdrawalReading,
        destinations: Destinations,
        admission: Admission,
        known: Known,
        allow_list: AllowList,
        limits: Limits,
        locked: Locked,
        owing: Owing,
        turns: Turns,
        now_us: Callable[[], int],
        concern: Concern,
        linked: Linked,
    ) -> None:
        self._runtime = runtime
        self._decisions = decisions
        self._reading = reading
        self._destinations = destinations
        self._admission = admission
        self._known = known
        self._allow_list = allow_list
        self._limits = limits
        self._locked = locked
        self._owing = owing
        self._now_us = now_us
        self._concern = concern
        self._linked = linked
        self._turns = turns
        self._elsewhere: list[TakenElsewhere] = []

    def count_also(self, taken: TakenElsewhere) -> None:
        """Have what owners take out otherwise count into their limits."""
        self._elsewhere.append(taken)

    @asynccontextmanager
    async def turn(self, owner: int, asset: int, units: int) -> AsyncIterator[None]:
        """Let an owner's money leave otherwise than by a chain while this lasts, if they may and their limit leaves it.

        Errors: `ApiError` -4015, -4016, -4017, -4023, and those of `History`.
        """
        async with self.in_line(owner):
            person = await self._admitted(owner)
            taken, elsewhere = await self._taken(owner)
            self._admission.check_limit(person, taken, (self._limits.value(asset, units) or 0) + elsewhere)
            yield

    async def ask(self, asked: Asked, check_window: Callable[[], None]) -> Given:
        """Ask. `check_window` is called just before anything changes.

        Errors: `ApiError`, and those of `Decisions`.
        """
        id_ = _id_of(asked)
        async with self.in_line(asked.owner):
            found = await self._find(id_) if asked.client_id is not None else None
            if found is None:
                is_new = await self._take(id_, asked, check_window)
                found = await self._find(id_)
                assert found is not None, "what was taken is there"
            else:
                is_new = False
        if not await _is_same(found, asked, self._destinations):
            raise WalletError.INVALID_OPERATION.error()
        return Given(id_, is_new, found)

    async def quota(self, owner: int) -> Quota:
        """Return what an owner may take out in 24 hours, and what they did. Errors: those of `History`."""
        person = await asyncio.to_thread(self._known.find, owner)
        taken, elsewhere = await self._taken(owner)
        return self._limits.quota(None if person is None else person.level, taken, elsewhere)

    @asynccontextmanager
    async def in_line(self, owner: int) -> AsyncIterator[None]:
        """Do one thing after the other for an owner, whichever gateway is asked, while this lasts."""
        async with self._turns.of(owner):
            # Whatever another process was told before this is behind the answer, and so read by whoever has the turn.
            with suppress(CommandRefused):
                await self._runtime.ask(Account(owner, AccountKind(AccountClass.SPOT)))
            yield

    async def _taken(self, owner: int) -> tuple[list[WithdrawalRow], int]:
        """Return what an owner took out by chains in 24 hours, and what otherwise is worth."""
        since_us = self._now_us() - DAY_US
        others = [moved for each in self._elsewhere for moved in await each(owner, since_us)]
        worth = sum(self._limits.value(asset, units) or 0 for asset, units in others)
        return await self._reading.since(owner, since_us), worth

    async def _find(self, id_: str) -> Withdrawal | None:
        return withdrawal_of(await self._decisions.events(StreamKey(KIND, id_)))

    async def _admitted(self, owner: int) -> Person | None:
        """Return who an owner is, unless nothing of theirs may leave. Errors: `ApiError` -4015, -4016, -4017."""
        person = await asyncio.to_thread(self._known.find, owner)
        self._admission.check_person(person)
        if owed := await self._owing.owed(owner):
            message = f"A deposit is gone from its chain after it was spent: {owed} is owed."
            raise WalletError.WITHDRAWALS_LIMITED.error(message, form=1)
        return person

    async def _take(self, id_: str, asked: Asked, check_window: Callable[[], None]) -> bool:
        person = await self._admitted(asked.owner)
        asset = self._runtime.catalog.asset_named(asked.coin)
        if asset is None:
            raise WalletError.NO_SUCH_ASSET.error()
        destination = await self._destinations.find(asked.coin, asked.network, asked.address, asked.tag)
        if destination.recipient == asked.owner:
            raise WalletError.ILLEGAL_ADDRESS.error("It is an address of your own account.", form=1)
        await self._destinations.check_route(destination, asked.owner)
        if not asked.is_told:
            await self._linked.check(asked.owner, asked.coin, asked.units, destination)
        net = self._destinations.net_units(destination, asked.units)
        standing = await asyncio.to_thread(
            self._allow_list.standing, asked.owner, destination.name, asked.coin, destination.address, destination.tag
        )
        self._admission.check_allowed(standing)
        taken, elsewhere = await self._taken(asked.owner)
        value = self._limits.value(asset.id, asked.units)
        quota = self._admission.check_limit(person, taken, (value or 0) + elsewhere)
        account, free = await self._account(asked, asset)
        locked = await self._locked(asked.owner, asked.coin)
        if free < asked.units:
            raise WalletError.INSUFFICIENT_BALANCE.error()
        if free - locked < asked.units:
            raise WalletError.DEPOSIT_LOCKED.error(asked.coin)
        if destination.recipient is None:
            circumstances = await self._circumstances(asked, destination, taken, free - locked, value, quota)
            rule = rules.request(self._requested(asked, asset, account, destination, net, value, circumstances, person))
        else:
            rule = rules.pay_inside(await self._inside(asked, asset, account, destination, net, value))
        check_window()
        try:
            return await self._decisions.decide(StreamKey(KIND, id_), rule) is not None
        except CommandRefused as refused:
            if isinstance(refused.rejection, InsufficientBalance):
                raise WalletError.INSUFFICIENT_BALANCE.error() from refused
            raise

    async def _account(self, asked: Asked, asset: Asset) -> tuple[int, int]:
        """Return the account that pays, and what of the asset is free on it."""
        try:
            account = await self._runtime.account_of(asked.owner, WALLETS[asked.wallet])
        except CommandRefused as refused:
            raise WalletError.ASSET_NOT_HELD.error() from refused
        answer = await self._runtime.ask(Balances(account))
        assert isinstance(answer, BalancesAnswer)
        held = next((each for each in answer.balances if each.asset == asset.id), None)
        if held is None or not units_of(held.free) + units_of(held.locked):
            raise WalletError.ASSET_NOT_HELD.error()
        return account, units_of(held.free)

    async def _circumstances(
        self,
        asked: Asked,
        destination: Destination,
        taken: list[WithdrawalRow],
        balance: int,
        value: int | None,
        quota: Quota,
    ) -> Circumstances:
        return Circumstances(
            is_first=not await self._reading.has_been_paid(asked.owner),
            is_new_address=not await self._reading.has_paid(
                asked.owner, destination.name, destination.address, destination.tag
            ),
            units=asked.units,
            balance_units=balance,
            count_of_day=len(taken),
            value_units=value,
            limit_units=quota.limit,
            largest_value_units=await self._reading.largest_value(asked.owner, self._now_us() - HISTORY_US),
        )

    def _requested(
        self,
        asked: Asked,
        asset: Asset,
        account: int,
        destination: Destination,
        net: int,
        value: int | None,
        seen: Circumstances,
        person: Person | None,
    ) -> Requested:
        about_address = self._concern(destination.address) or self._concern(destination.holder)
        concerns = asked.concerns if about_address is None else (*asked.concerns, about_address)
        parts = (*concerns, *asked.signals, *assess(seen))
        needed = self._limits.approvals_needed(value, points(parts), is_limited=person is not None)
        return Requested(
            owner=asked.owner,
            account=account,
            asset=asset.id,
            coin=asked.coin,
            network=destination.name,
            address=destination.address,
            tag=destination.tag,
            contract=destination.asset.contract,
            units=net,
            fee_units=asked.units - net,
            chain_amount=str(destination.chain_amount(net)),
            value_units=value,
            client_id=asked.client_id,
            wallet=asked.wallet,
            needs_confirmation=asked.needs_confirmation,
            approvals_needed=APPROVALS_OF_CONCERNS if concerns else needed,
            risk=parts,
            at_us=self._now_us(),
        )

    async def _inside(
        self, asked: Asked, asset: Asset, account: int, destination: Destination, net: int, value: int | None
    ) -> PaidInside:
        assert destination.recipient is not None, "someone of the exchange is paid"
        return PaidInside(
            owner=asked.owner,
            account=account,
            asset=asset.id,
            coin=asked.coin,
            network=destination.name,
            address=destination.address,
            tag=destination.tag,
            units=asked.units if asked.fee_goes_along else net,
            value_units=value,
            recipient=destination.recipient,
            recipient_account=await self._account_of(destination.recipient),
            client_id=asked.client_id,
            wallet=asked.wallet,
            at_us=self._now_us(),
        )

    async def _account_of(self, owner: int) -> int:
        kind = AccountKind(AccountClass.SPOT)
        for _ in range(2):
            try:
                answer = await self._runtime.ask(Account(owner, kind))
            except CommandRefused:
                pass
            else:
                assert isinstance(answer, AccountAnswer)
                return answer.account
            try:
                opened = (await self._runtime.submit(OpenAccount(owner, kind))).events[0]
            except CommandRefused:
                continue
            assert isinstance(opened, AccountOpened)
            return opened.account
        raise WalletError.NO_SUCH_USER.error()


def _id_of(asked: Asked) -> str:
    """Make a withdrawal's id: the same for the same id of the client's, whenever it is asked for."""
    if asked.client_id is None:
        return secrets.token_hex(16)
    return hashlib.sha256(f"withdrawal {asked.owner} {asked.client_id}".encode()).hexdigest()[:32]


async def _is_same(found: Withdrawal, asked: Asked, destinations: Destinations) -> bool:
    """Whether what was taken under the client's id is what is asked for now, as far as that can be told."""
    request = found.request
    total = request.units + (request.fee_units if isinstance(request, Requested) else 0)
    is_amount = total == asked.units or (isinstance(request, PaidInside) and request.units <= asked.units)
    is_network = asked.network in (None, request.network) or isinstance(request, PaidInside)
    is_alike = (request.coin, request.wallet, request.tag) == (asked.coin, asked.wallet, asked.tag or None)
    if not (is_alike and is_amount and is_network):
        return False
    return await destinations.is_same(request.network, request.coin, request.address, asked.address, asked.tag or None)
