"""Withdrawals as SQL has them: what owners list, what waits, what an owner took out lately."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import and_, func, or_, select, tuple_

from rialto.contracts.amounts import units_of
from rialto.contracts.vocabulary import StreamKey
from rialto.custody.withdrawals.model import KIND, State, Withdrawal, withdrawal_of
from rialto.custody.withdrawals.tables import withdrawals
from rialto.projections.decisions import Decisions
from rialto.projections.history import History
from rialto.projections.pages import Page

ROWS_MAX: Final = 1_000
"""Rows of one page; of what an owner took out in a day, too: who asked more often than that is told to wait."""

SPOT: Final = 0
"""The API's number of the spot wallet."""

PENDING: Final = (State.CONFIRMING, State.REVIEW, State.APPROVED, State.ASSIGNED)


class WithdrawalRow(msgspec.Struct, frozen=True, array_like=True):
    """A withdrawal as its table has it. The columns are explained there."""

    id: str
    owner: int
    account: int
    asset: int
    coin: str
    network: str
    address: str
    tag: str | None
    contract: str | None
    amount: str
    fee: str
    chain_amount: str
    value: str | None
    client_id: str | None
    wallet: int
    recipient: int | None
    state: State
    info: str
    approvals_needed: int
    operators: str
    risk: str
    is_to_go_alone: bool
    payout: str | None
    transaction_id: str | None
    confirmations: int
    requested_at_us: int
    ended_at_us: int | None
    refusal: str
    waits_until_us: int
    is_return: bool


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which of an owner's withdrawals are wanted; what is None does not matter."""

    coin: str | None = None
    client_id: str | None = None
    states: Sequence[State] | None = None
    ids: Sequence[str] | None = None
    start_us: int | None = None
    end_us: int | None = None
    offset: int = 0
    limit: int = ROWS_MAX


class Sought(NamedTuple):
    """Which withdrawals are looked for, whosever they are; what is None does not matter."""

    owner: int | None
    address: str | None
    transaction: str | None
    state: State | None
    before: tuple[int, str] | None
    """When one was asked for, and its id: those before it."""
    limit: int


class Waiting(msgspec.Struct, frozen=True, array_like=True):
    """How many withdrawals are in a state, and when the oldest of them was asked for."""

    state: State
    count: int
    oldest_us: int


class HeldBack(msgspec.Struct, frozen=True, array_like=True):
    """How many withdrawals of a network the signer's limits hold back, and when the first is tried again."""

    network: str
    count: int
    again_at_us: int


class WithdrawalReading:
    """Reads withdrawals. Every method may raise what `History` does."""

    def __init__(self, decisions: Decisions, history: History) -> None:
        self._decisions = decisions
        self._history = history

    async def withdrawal(self, id_: str) -> Withdrawal | None:
        """Return a withdrawal as its events tell it."""
        return withdrawal_of(await self._decisions.events(StreamKey(KIND, id_)))

    async def of_owner(self, owner: int, wanted: Wanted) -> list[WithdrawalRow]:
        """List an owner's withdrawals, the newest first."""
        c = withdrawals.c
        conditions = [c.owner == owner]
        if wanted.coin is not None:
            conditions.append(c.coin == wanted.coin)
        if wanted.client_id is not None:
            conditions.append(c.client_id == wanted.client_id)
        if wanted.states is not None:
            conditions.append(c.state.in_([state.value for state in wanted.states]))
        if wanted.ids is not None:
            conditions.append(c.id.in_(wanted.ids))
        if wanted.start_us is not None:
            conditions.append(c.requested_at_us >= wanted.start_us)
        if wanted.end_us is not None:
            conditions.append(c.requested_at_us <= wanted.end_us)
        statement = select(withdrawals).where(*conditions).order_by(c.requested_at_us.desc(), c.id.desc())
        return await self._rows(Page(statement.limit(wanted.limit).offset(wanted.offset), newest_first=False))

    async def search(self, sought: Sought) -> list[WithdrawalRow]:
        """List withdrawals that fit, the newest first."""
        c = withdrawals.c
        state = None if sought.state is None else sought.state.value
        wanted = {
            c.owner: sought.owner,
            c.address: sought.address,
            c.transaction_id: sought.transaction,
            c.state: state,
        }
        conditions = [column == value for column, value in wanted.items() if value is not None]
        if sought.before is not None:
            conditions.append(tuple_(c.requested_at_us, c.id) < tuple_(*sought.before))
        statement = select(withdrawals).where(*conditions).order_by(c.requested_at_us.desc(), c.id.desc())
        return await self._rows(Page(statement.limit(sought.limit), newest_first=False))

    async def received(self, recipient: int, since_us: int, limit: int) -> list[WithdrawalRow]:
        """List what other people of the exchange paid someone since a time, the newest first."""
        c = withdrawals.c
        statement = select(withdrawals).where(c.recipient == recipient, c.requested_at_us >= since_us)
        ordered = statement.order_by(c.requested_at_us.desc(), c.id.desc())
        return await self._rows(Page(ordered.limit(limit), newest_first=False))

    async def since(self, owner: int, since_us: int) -> list[WithdrawalRow]:
        """List what an owner asked for since a time and did not get back."""
        states = [state for state in State if not state.is_refunded]
        return await self.of_owner(owner, Wanted(states=states, start_us=since_us))

    async def sent_to(
        self, owner: int, network: str, address: str, recipient: int | None, since_us: int
    ) -> list[WithdrawalRow]:
        """List what an owner sent to an address, or to somebody here, since a time and did not get back."""
        c = withdrawals.c
        there = and_(c.network == network, c.address == address)
        where = there if recipient is None else or_(there, c.recipient == recipient)
        states = [state.value for state in State if not state.is_refunded]
        conditions = (c.owner == owner, c.requested_at_us >= since_us, c.state.in_(states), where)
        return await self._rows(Page(select(withdrawals).where(*conditions), newest_first=False))

    async def waiting(self, network: str, now_us: int, limit: int) -> list[WithdrawalRow]:
        """List what may be paid on a network now, the oldest first."""
        c = withdrawals.c
        payable = (c.state == State.APPROVED.value, c.network == network, c.waits_until_us <= now_us)
        statement = select(withdrawals).where(*payable).order_by(c.requested_at_us, c.id).limit(limit)
        return await self._rows(Page(statement, newest_first=False))

    async def held_back(self, now_us: int) -> list[HeldBack]:
        """Count what the signer's limits hold back, by network."""
        c = withdrawals.c
        statement = select(c.network, func.count(), func.min(c.waits_until_us))
        held = statement.where(c.state == State.APPROVED.value, c.waits_until_us > now_us).group_by(c.network)
        return await self._history.read(HeldBack, Page(held, newest_first=False))

    async def in_state(self, state: State, network: str | None, limit: int) -> list[WithdrawalRow]:
        """List withdrawals in a state, on one network or all, the oldest first."""
        c = withdrawals.c
        conditions = [c.state == state.value]
        if network is not None:
            conditions.append(c.network == network)
        statement = select(withdrawals).where(*conditions).order_by(c.requested_at_us, c.id).limit(limit)
        return await self._rows(Page(statement, newest_first=False))

    async def pending(self) -> list[Waiting]:
        """Count what is pending, by state."""
        c = withdrawals.c
        states = [state.value for state in PENDING]
        statement = select(c.state, func.count(), func.min(c.requested_at_us)).where(c.state.in_(states))
        return await self._history.read(Waiting, Page(statement.group_by(c.state), newest_first=False))

    async def withdrawing(self, owner: int) -> Mapping[str, int]:
        """Sum up what of an owner's spot account is locked by withdrawals, in units of 1e-8 by asset name."""
        found: dict[str, int] = {}
        for row in await self.of_owner(owner, Wanted(states=PENDING)):
            if row.wallet == SPOT and not row.is_return:
                found[row.coin] = found.get(row.coin, 0) + units_of(row.amount) + units_of(row.fee)
        return found

    async def largest_value(self, owner: int, since_us: int) -> int:
        """Return what the largest that was paid to an owner since a time was worth, in units of 1e-8; 0 for nothing."""
        paid = await self.of_owner(owner, Wanted(states=[State.COMPLETED], start_us=since_us))
        return max((units_of(row.value) for row in paid if row.value is not None), default=0)

    async def has_been_paid(self, owner: int) -> bool:
        """Tell whether any withdrawal of an owner was ever completed."""
        return bool(await self.of_owner(owner, Wanted(states=[State.COMPLETED], limit=1)))

    async def has_paid(self, owner: int, network: str, address: str, tag: str | None) -> bool:
        """Tell whether an owner's withdrawal to an address was ever completed."""
        c = withdrawals.c
        same_tag = c.tag.is_(None) if tag is None else c.tag == tag
        conditions = (c.owner == owner, c.network == network, c.address == address, same_tag)
        statement = select(withdrawals).where(*conditions, c.state == State.COMPLETED.value).limit(1)
        return bool(await self._rows(Page(statement, newest_first=False)))

    async def _rows(self, page: Page) -> list[WithdrawalRow]:
        return await self._history.read(WithdrawalRow, page)
