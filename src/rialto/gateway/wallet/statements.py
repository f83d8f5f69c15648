"""Statements of account: what each account held when a period began, what moved it and why, and what it held then.

Read from the ledger's entries, of which each says what the account held afterwards. What an account held at a time is
what its last entry before it says, so a statement adds up because the ledger does: `opening + movements = closing`, and
that is asserted. Sums are whole numbers of 1e-8. Locked amounts belong to the account and move nothing.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Any, Final

import msgspec
from sqlalchemy import func, select

from rialto.contracts.amounts import units_of
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.wallet.parameters import DAY_US, EndTime, StartTime
from rialto.projections.history import History
from rialto.projections.pages import Page
from rialto.projections.tables import accounts, ledger_entries
from rialto.wire.decimals import plain_of
from rialto.wire.endpoints import Budget, Endpoint, Security
from rialto.wire.errors import ErrorCode
from rialto.wire.kinds import Boolean
from rialto.wire.parameters import Parameters

DAYS_MAX: Final = 366
ENTRIES_MAX: Final = 20_000
"""How many movements one statement may sum up."""


class StatementParameters(Parameters, frozen=True):
    """Of which period, both ends included, and whether every movement is shown."""

    start_time: StartTime
    end_time: EndTime
    entries: Annotated[bool, Boolean()] = False

    def check(self) -> None:
        """Refuse periods that end before they begin, or are longer than a year."""
        if not 0 <= self.end_time - self.start_time <= DAYS_MAX * DAY_US:
            raise ErrorCode.OPTIONAL_PARAMS_BAD_COMBO.error()


class Movement(msgspec.Struct, frozen=True):
    """What moved for one reason: together, and how often."""

    reason: str
    amount: str
    count: int


class StatementLine(msgspec.Struct, frozen=True):
    """An asset in an account: what was held, what moved it, what was held then."""

    account: str
    asset: str
    opening: str
    closing: str
    movements: list[Movement]


class StatementEntry(msgspec.Struct, frozen=True):
    """One movement, and what was held after it."""

    time: int
    account: str
    asset: str
    amount: str
    balance: str
    reason: str


class Statement(msgspec.Struct, frozen=True, rename="camel"):
    """A statement. What was neither held nor moved is left out."""

    start_time: int
    end_time: int
    lines: list[StatementLine]
    entries: list[StatementEntry]


class _Held(msgspec.Struct, frozen=True, array_like=True):
    account: int
    asset: int
    balance: str


class _Entry(msgspec.Struct, frozen=True, array_like=True):
    account: int
    asset: int
    amount: str
    balance: str
    reason: str
    posted_at_us: int


class _Account(msgspec.Struct, frozen=True, array_like=True):
    account: int
    account_class: str


STATEMENT: Final = Endpoint(
    "GET",
    "/account/v1/statement",
    summary="Show what accounts held, what moved it, and what they held then.",
    parameters=StatementParameters,
    response=Statement,
    weight=600,
    security=Security.USER_DATA,
    budget=Budget.OWNER,
)


class Statements:
    """Shows statements."""

    def __init__(self, runtime: Runtime, history: History) -> None:
        self._runtime = runtime
        self._history = history

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(STATEMENT, self.statement)]

    async def statement(self, call: Call, parameters: StatementParameters) -> Statement:
        """Show one."""
        start_us, end_us = parameters.start_time, parameters.end_time
        c = accounts.c
        owned = select(c.account, c.account_class).where(c.owner == call.owner).order_by(c.account)
        classes = {each.account: each.account_class for each in await self._history.read(_Account, _in_order(owned))}
        opening = await self._held_before(list(classes), start_us)
        entries = await self._entries(list(classes), start_us, end_us)
        closing = await self._held_before(list(classes), end_us + 1)
        reasons: defaultdict[tuple[int, int], defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for each in entries:
            reasons[each.account, each.asset][each.reason].append(units_of(each.amount))
        lines = []
        for key in sorted({*opening, *closing}, key=lambda key: (key[0], self._name(key[1]))):
            moved = reasons[key]
            before, after = opening.get(key, 0), closing.get(key, 0)
            assert before + sum(map(sum, moved.values())) == after, "a statement adds up as the ledger does"
            if not (before or after or moved):
                continue
            movements = [Movement(why, plain_of(sum(units)), len(units)) for why, units in sorted(moved.items())]
            account, asset = key
            lines.append(
                StatementLine(classes[account], self._name(asset), plain_of(before), plain_of(after), movements)
            )
        shown = [self._shown(call, classes[each.account], each) for each in entries] if parameters.entries else []
        return Statement(call.time(start_us), call.time(end_us), lines, shown)

    async def _held_before(self, owned: Sequence[int], time_us: int) -> dict[tuple[int, int], int]:
        """Return what accounts held just before a time, by account and asset: what their last entries say."""
        c = ledger_entries.c
        place = func.row_number().over(
            partition_by=(c.account, c.asset), order_by=(c.sequence.desc(), c.position.desc())
        )
        ranked = (
            select(c.account, c.asset, c.balance, place.label("place"))
            .where(c.account.in_(owned), c.posted_at_us < time_us)
            .subquery()
        )
        last = select(ranked.c.account, ranked.c.asset, ranked.c.balance).where(ranked.c.place == 1)
        rows = await self._history.read(_Held, _in_order(last))
        return {(each.account, each.asset): units_of(each.balance) for each in rows}

    async def _entries(self, owned: Sequence[int], start_us: int, end_us: int) -> list[_Entry]:
        c = ledger_entries.c
        wanted = (
            select(c.account, c.asset, c.amount, c.balance, c.reason, c.posted_at_us)
            .where(c.account.in_(owned), c.posted_at_us >= start_us, c.posted_at_us <= end_us)
            .order_by(c.sequence, c.position)
            .limit(ENTRIES_MAX + 1)
        )
        found = await self._history.read(_Entry, _in_order(wanted))
        if len(found) > ENTRIES_MAX:
            raise ErrorCode.ERROR_MSG_RECEIVED.error(f"more than {ENTRIES_MAX} movements; ask for a shorter period")
        return found

    def _shown(self, call: Call, account_class: str, entry: _Entry) -> StatementEntry:
        amount, balance = plain_of(units_of(entry.amount)), plain_of(units_of(entry.balance))
        name = self._name(entry.asset)
        return StatementEntry(call.time(entry.posted_at_us), account_class, name, amount, balance, entry.reason)

    def _name(self, asset: int) -> str:
        return self._runtime.catalog.asset(asset).name


def _in_order(statement: Any) -> Page:
    return Page(statement, newest_first=False)
