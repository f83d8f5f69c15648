"""Reads of deposits: an owner's history, and what of it may not leave yet.

What was seen and what was recorded are read together: a deposit is pending from the block that has it on, until the
journal says what became of it.
"""

from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Select, and_, func, literal, null, or_, select, tuple_, union_all

from rialto.contracts.amounts import units_of
from rialto.contracts.word import Word
from rialto.custody.deposits.model import State, number_of
from rialto.custody.deposits.tables import chain_blocks, deposits, sightings
from rialto.custody.networks.registry import Holdings
from rialto.custody.withdrawals.model import State as Sent
from rialto.custody.withdrawals.tables import withdrawals
from rialto.projections.history import History
from rialto.projections.pages import Page

INSIDE_PREFIX: Final = "Internal transfer "
"""What clients know the transaction of an internal transfer by."""


class Status(Word):
    """Where a deposit is, as its owner is told."""

    PENDING = "pending"
    CREDITED = "credited"
    """It may be traded with and not be withdrawn."""
    SUCCESS = "success"
    REJECTED = "rejected"
    WRONG = "wrong"


class Row(msgspec.Struct, frozen=True, array_like=True):
    """A deposit as it was seen and as it was recorded."""

    stream: str
    """Its stream's id; of one from another owner here, the withdrawal's."""
    network: str
    asset: str
    chain_amount: str
    contract: str
    address: str
    tag: str
    transaction: str
    senders: str
    height: int | None
    seen_at_us: int
    state: str | None
    reason: str | None
    units: str | None
    recorded_at_us: int | None
    owner: int | None
    head: int | None
    is_internal: bool
    """Whether it came from another owner here, on no chain."""

    @property
    def number(self) -> int:
        """What people know it by."""
        return number_of(self.stream)


class ListedDeposit(msgspec.Struct, frozen=True):
    """A deposit and where it is."""

    row: Row
    status: Status
    confirmations: int

    @property
    def owner(self) -> int | None:
        """Whose it is, if it is anybody's."""
        return self.row.owner


class Wanted(msgspec.Struct, frozen=True):
    """Which deposits of an owner are wanted."""

    asset: str | None = None
    status: Status | None = None
    start_us: int | None = None
    end_us: int | None = None
    transaction: str | None = None
    offset: int = 0
    limit: int = 1_000


class Sought(NamedTuple):
    """Which deposits are looked for, whosever they are; what is None does not matter."""

    owner: int | None
    address: str | None
    transaction: str | None
    status: Status | None
    before: tuple[int, str] | None
    """When one was seen, and its stream: those before it."""
    limit: int


class DepositHistory:
    """Reads. Every method may raise the errors of `History`."""

    def __init__(self, history: History, holdings: Holdings) -> None:
        self._history = history
        self._holdings = holdings

    async def of(self, owner: int, wanted: Wanted) -> list[ListedDeposit]:
        """List an owner's deposits, the newest first: those on chains, and what other owners sent them here."""
        s, d = sightings.c, deposits.c
        conditions: list[ColumnElement[bool]] = [s.owner == owner, s.is_house.is_(False)]
        # What was never recorded and is gone for good never happened.
        conditions.append(or_(s.height.is_not(None), d.state.is_not(None), s.is_settled.is_(False)))
        if wanted.asset is not None:
            conditions.append(or_(s.asset == wanted.asset, d.asset == wanted.asset))
        if wanted.transaction is not None:
            conditions.append(s.transaction_id == wanted.transaction)
        if wanted.status is not None:
            conditions.append(self._has_status(wanted.status))
        selects = [self._select().where(*conditions, *_within(s.seen_at_us, wanted))]
        if wanted.status in (None, Status.SUCCESS):
            selects.append(_received(owner, wanted))
        every = union_all(*selects).subquery()
        columns: list[Any] = list(every.c)
        statement = select(*columns).order_by(every.c.seen_at_us.desc(), every.c.stream)
        statement = statement.offset(wanted.offset).limit(wanted.limit)
        return [self._listed(row) for row in await self._history.read(Row, Page(statement, newest_first=False))]

    async def found(self, number: int | None = None, transaction: str | None = None) -> list[ListedDeposit]:
        """Find deposits by number or by transaction, whosever they are."""
        s = sightings.c
        condition = s.number == number if number is not None else s.transaction_id == transaction
        statement = self._select().where(condition).order_by(s.stream).limit(100)
        return [self._listed(row) for row in await self._history.read(Row, Page(statement, newest_first=False))]

    async def search(self, sought: Sought) -> list[ListedDeposit]:
        """List deposits on chains that fit, the newest first."""
        s, d = sightings.c, deposits.c
        wanted: dict[ColumnElement[Any], object] = {s.address: sought.address, s.transaction_id: sought.transaction}
        conditions: list[ColumnElement[bool]] = [column == value for column, value in wanted.items() if value]
        if sought.owner is not None:
            conditions.append(or_(d.owner == sought.owner, and_(d.owner.is_(None), s.owner == sought.owner)))
        if sought.status is not None:
            conditions.append(self._has_status(sought.status))
        if sought.before is not None:
            conditions.append(tuple_(s.seen_at_us, s.stream) < tuple_(*sought.before))
        statement = self._select().where(*conditions).order_by(s.seen_at_us.desc(), s.stream.desc())
        page = Page(statement.limit(sought.limit), newest_first=False)
        return [self._listed(row) for row in await self._history.read(Row, page)]

    async def locked_for_withdrawal(self, owner: int, asset: str) -> int:
        """Tell how much of an asset an owner was credited and may not withdraw yet, in units of 1e-8.

        It unlocks at the network's depth; what is gone from its chain and not taken back yet is locked whole.
        """
        d = deposits.c
        conditions = (d.owner == owner, d.asset == asset, self._is_locked())
        joined = deposits.join(sightings, sightings.c.stream == d.stream)
        statement = select(d.units, d.stream).select_from(joined).where(*conditions)
        found = await self._history.read(_Locked, Page(statement, newest_first=False))
        return sum(units_of(each.units) for each in found)

    def _select(self) -> Select[Any]:
        s, d, b = sightings.c, deposits.c, chain_blocks.c
        head = select(func.max(b.height)).where(b.network == s.network).scalar_subquery()
        columns: list[Any] = [
            s.stream.label("stream"),
            s.network,
            func.coalesce(d.asset, s.asset),
            s.chain_amount,
            s.contract,
            s.address,
            s.tag,
            s.transaction_id,
            s.senders,
            s.height,
            s.seen_at_us.label("seen_at_us"),
            d.state,
            d.reason,
            d.units,
            d.recorded_at_us,
            func.coalesce(d.owner, s.owner),
            head.label("head"),
            literal(False).label("is_internal"),
        ]
        return select(*columns).select_from(sightings.outerjoin(deposits, d.stream == s.stream))

    def _is_locked(self) -> ColumnElement[bool]:
        """Say that a recorded deposit is credited and may not be withdrawn."""
        s, d, b = sightings.c, deposits.c, chain_blocks.c
        shallow = []
        for name in self._holdings.names:
            head = select(func.max(b.height)).where(b.network == name).scalar_subquery()
            unlock = self._holdings.configured(name).network.unlock_confirmations
            shallow.append(and_(s.network == name, s.height > head - unlock + 1))
        given = d.state.in_((State.CREDITED.value, State.SETTLED.value))
        return and_(given, or_(s.height.is_(None), *shallow))

    def _has_status(self, status: Status) -> ColumnElement[bool]:
        d = deposits.c
        match status:
            case Status.PENDING:
                return d.state.is_(None)
            case Status.CREDITED:
                return self._is_locked()
            case Status.SUCCESS:
                return and_(d.state.in_((State.CREDITED.value, State.SETTLED.value)), ~self._is_locked())
            case Status.REJECTED:
                return d.state == State.REVERSED.value
            case Status.WRONG:
                return d.state == State.HELD.value

    def _listed(self, row: Row) -> ListedDeposit:
        if row.is_internal:
            return ListedDeposit(row, Status.SUCCESS, 1)
        network = self._holdings.configured(row.network).network
        confirmations = 0 if row.height is None or row.head is None else max(row.head - row.height + 1, 0)
        match row.state:
            case None:
                status = Status.PENDING
            case State.REVERSED.value:
                status = Status.REJECTED
            case State.HELD.value:
                status = Status.WRONG
            case _:
                unlocked = confirmations >= network.unlock_confirmations
                status = Status.SUCCESS if unlocked else Status.CREDITED
        return ListedDeposit(row, status, confirmations)


def _within(moment: ColumnElement[Any], wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = []
    if wanted.start_us is not None:
        conditions.append(moment >= wanted.start_us)
    if wanted.end_us is not None:
        conditions.append(moment <= wanted.end_us)
    return conditions


def _received(owner: int, wanted: Wanted) -> Select[Any]:
    """Select what other owners sent to one, in the columns of a deposit."""
    w = withdrawals.c
    conditions = [w.recipient == owner, w.state == Sent.COMPLETED.value, *_within(w.requested_at_us, wanted)]
    if wanted.asset is not None:
        conditions.append(w.coin == wanted.asset)
    if wanted.transaction is not None:
        conditions.append(w.id == wanted.transaction.removeprefix(INSIDE_PREFIX))
    nothing, no_text = null(), literal("")
    columns: list[Any] = [
        w.id.label("stream"),
        w.network,
        w.coin,
        w.chain_amount,
        func.coalesce(w.contract, no_text),
        w.address,
        func.coalesce(w.tag, no_text),
        literal(INSIDE_PREFIX).concat(w.id),
        no_text,
        nothing,
        w.requested_at_us.label("seen_at_us"),
        literal(State.CREDITED.value),
        no_text,
        w.amount,
        w.ended_at_us,
        w.recipient,
        nothing.label("head"),
        literal(True).label("is_internal"),
    ]
    return select(*columns).where(*conditions)


class _Locked(msgspec.Struct, frozen=True, array_like=True):
    units: str
    stream: str
