"""What was put into a managed sub-account and taken out of it, with what is to be taken out on a later day."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, Subquery, func, literal, or_, select, union_all

from rialto.contracts.vocabulary import AccountClass
from rialto.products.transfers.model import Channel
from rialto.products.transfers.pages import Part, Span
from rialto.products.transfers.plans.model import PlanState
from rialto.products.transfers.plans.tables import planned_transfers
from rialto.products.transfers.tables import transfers
from rialto.projections.history import History
from rialto.projections.pages import Page


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which transfers of a managed sub-account: what it gives, what it takes, of which of its accounts, when."""

    owner: int
    gives: bool
    takes: bool
    account_class: AccountClass | None
    span: Span
    part: Part


class LogRow(msgspec.Struct, frozen=True, array_like=True):
    """A transfer that happened or is planned. `number` is the plan's, if it was planned."""

    number: int
    from_owner: int
    from_class: str
    to_owner: int
    to_class: str
    asset: int
    amount: str
    due_us: int
    asked_at_us: int
    state: PlanState


class Log(msgspec.Struct, frozen=True):
    """A page, the newest first, and how many there are on all."""

    total: int
    rows: Sequence[LogRow]


class _Count(msgspec.Struct, frozen=True, array_like=True):
    rows: int


async def log_of(history: History, wanted: Wanted) -> Log:
    """Read a page. Errors: those of `History`."""
    every = union_all(_moved(wanted), _planned(wanted)).subquery()
    size, number = wanted.part.size, wanted.part.number
    columns: list[Any] = list(every.c)
    newest = select(*columns).order_by(every.c.asked_at_us.desc(), every.c.number.desc())
    rows = await history.read(LogRow, Page(newest.limit(size).offset((number - 1) * size), newest_first=False))
    (count,) = await history.read(_Count, Page(_counted(every), newest_first=False))
    return Log(count.rows, rows)


def _counted(every: Subquery) -> Select[Any]:
    return select(func.count()).select_from(every)


def _moved(wanted: Wanted) -> Select[Any]:
    """Select what happened without a plan: those of plans carry an id of their client."""
    c = transfers.c
    moved_at: Any = c.moved_at_us
    columns: list[Any] = [
        c.transfer.label("number"),
        *(c.from_owner, c.from_class, c.to_owner, c.to_class, c.asset, c.amount),
        moved_at.label("due_us"),
        moved_at.label("asked_at_us"),
        literal(PlanState.CARRIED_OUT.value).label("state"),
    ]
    conditions = (c.channel == Channel.MANAGED.value, c.client_id.is_(None), _ends(c, wanted))
    return select(*columns).where(*conditions, moved_at.between(wanted.span.start_us, wanted.span.end_us))


def _planned(wanted: Wanted) -> Select[Any]:
    c = planned_transfers.c
    columns: list[Any] = [
        c.plan.label("number"),
        *(c.from_owner, c.from_class, c.to_owner, c.to_class, c.asset, c.amount),
        c.due_us.label("due_us"),
        c.planned_at_us.label("asked_at_us"),
        c.state.label("state"),
    ]
    within = c.planned_at_us.between(wanted.span.start_us, wanted.span.end_us)
    return select(*columns).where(_ends(c, wanted), within)


def _ends(c: Any, wanted: Wanted) -> ColumnElement[bool]:
    """Choose what the sub-account gave or got, on its account of a class."""
    gave, got = c.from_owner == wanted.owner, c.to_owner == wanted.owner
    if wanted.account_class is not None:
        gave &= c.from_class == wanted.account_class.value
        got &= c.to_class == wanted.account_class.value
    chosen = [each for each, is_wanted in ((gave, wanted.gives), (got, wanted.takes)) if is_wanted]
    return or_(*chosen)
