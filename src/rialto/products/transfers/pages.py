"""The SQL of every read of transfers: newest first, a page by its number, and how many there are in all.

Pages count from 1. How far back a page may lie is bounded by the parameters of the endpoints.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, and_, func, or_, select

from rialto.contracts.vocabulary import AccountClass
from rialto.products.transfers.model import Channel, TransferRecord
from rialto.products.transfers.tables import transfers
from rialto.projections.history import History
from rialto.projections.pages import Page

c: Final = transfers.c


class Span(msgspec.Struct, frozen=True):
    """From when to when, both included, in microseconds since the Unix epoch."""

    start_us: int
    end_us: int


class Part(msgspec.Struct, frozen=True):
    """Which page, and how long it is."""

    number: int
    size: int


class _Count(msgspec.Struct, frozen=True, array_like=True):
    rows: int


class Listed(msgspec.Struct, frozen=True):
    """A page, newest first, and how many transfers there are on all pages."""

    total: int
    rows: Sequence[TransferRecord]


async def listed(
    history: History, conditions: Sequence[ColumnElement[bool]], span: Span | None, part: Part, *, counted: bool = True
) -> Listed:
    """Read a page. `total` is that of the page alone unless it is counted. Errors: those of `History`."""
    where = [*conditions, *([] if span is None else [c.moved_at_us.between(span.start_us, span.end_us)])]
    statement: Any = (
        select(transfers)
        .where(*where)
        .order_by(c.moved_at_us.desc(), c.transfer.desc())
        .limit(part.size)
        .offset((part.number - 1) * part.size)
    )
    rows = await history.read(TransferRecord, Page(statement, newest_first=False))
    if not counted:
        return Listed(len(rows), rows)
    (count,) = await history.read(
        _Count, Page(select(func.count()).select_from(transfers).where(*where), newest_first=False)
    )
    return Listed(count.rows, rows)


def between_own(owner: int, from_class: AccountClass, to_class: AccountClass) -> list[ColumnElement[bool]]:
    """Choose what an owner moved between accounts of their own of two classes."""
    return [
        c.from_owner == owner,
        c.to_owner == owner,
        c.from_class == from_class.value,
        c.to_class == to_class.value,
        c.channel == Channel.OWN.value,
    ]


def from_scope(scope: int) -> ColumnElement[bool]:
    """Choose what came from the account of a symbol."""
    return c.from_scope == scope


def to_scope(scope: int) -> ColumnElement[bool]:
    """Choose what went to the account of a symbol."""
    return c.to_scope == scope


def from_member(family: int, owner: int) -> list[ColumnElement[bool]]:
    """Choose what one of a family gave to another."""
    return [c.from_owner == owner, c.family == family, c.to_owner != c.from_owner]


def to_member(family: int, owner: int) -> list[ColumnElement[bool]]:
    """Choose what one of a family got from another."""
    return [c.to_owner == owner, c.family == family, c.to_owner != c.from_owner]


def sent_by(family: int, owner: int) -> list[ColumnElement[bool]]:
    """Choose what came from an owner of a family, to whomever."""
    return [c.from_owner == owner, c.family == family]


def received_by(family: int, owner: int) -> list[ColumnElement[bool]]:
    """Choose what came to an owner of a family, from whomever."""
    return [c.to_owner == owner, c.family == family]


def touching(owner: int) -> list[ColumnElement[bool]]:
    """Choose what came from or went to an owner."""
    return [or_(c.from_owner == owner, c.to_owner == owner)]


def by_channel(*channels: Channel) -> ColumnElement[bool]:
    """Choose by which call it was asked for."""
    return c.channel.in_([channel.value for channel in channels])


def between_classes(account_class: AccountClass) -> ColumnElement[bool]:
    """Choose what moved between two accounts of a class."""
    return and_(c.from_class == account_class.value, c.to_class == account_class.value)


def at_class(owner: int, account_class: AccountClass) -> ColumnElement[bool]:
    """Choose what an owner's account of a class gave or got."""
    gave = and_(c.from_owner == owner, c.from_class == account_class.value)
    got = and_(c.to_owner == owner, c.to_class == account_class.value)
    return or_(gave, got)


def of_asset(asset: int) -> ColumnElement[bool]:
    """Choose an asset."""
    return c.asset == asset


def of_client_id(family: int, client_id: str) -> list[ColumnElement[bool]]:
    """Choose the transfer of a family that has its client's id."""
    return [c.family == family, c.client_id == client_id]
