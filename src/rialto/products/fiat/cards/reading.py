"""Reads of card orders: what an owner did lately, what waits, what is lacking."""

from typing import Any

import msgspec
from sqlalchemy import Select, or_, select

from rialto.contracts.amounts import ZERO, units_of
from rialto.products.fiat.cards.projection import DEPOSIT, PURCHASE
from rialto.products.fiat.cards.tables import card_orders
from rialto.products.fiat.model import Stage
from rialto.projections.history import History
from rialto.projections.pages import Page

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
ROWS_MAX = 1_000
_OPEN = (Stage.INITIAL.value, Stage.PROCESSING.value)
_LIVE = (*_OPEN, Stage.SUCCESSFUL.value, Stage.REFUNDED.value)
_WAYS_IN = (DEPOSIT, PURCHASE)


class CardRow(msgspec.Struct, frozen=True, array_like=True):
    """A row of the table, as it is declared."""

    order_no: str
    owner: int
    kind: str
    asset: int
    amount: str
    fee: str
    other_asset: int
    other_amount: str
    price: str
    stage: str
    payment: str
    url: str
    reason: str
    declines: int
    refunds_waiting: int
    refunded: str
    claim: str
    shortfall: str
    has_claim: bool
    created_at_us: int
    updated_at_us: int

    @property
    def is_payment(self) -> bool:
        """Whether it was paid by a card, and not to one."""
        return self.kind in _WAYS_IN


class Lately(msgspec.Struct, frozen=True):
    """What an owner did lately with cards: in the last hour, in the last 24 hours, and what is open."""

    orders_in_hour: int
    declines_in_day: int
    open: int
    paid_in_day: int
    """Of the currency asked about, in units of 1e-8."""


class _Count(msgspec.Struct, frozen=True, array_like=True):
    count: int


class CardReading:
    """Reads."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def lately(self, owner: int, asset: int, now_us: int) -> Lately:
        """Tell what an owner did lately. Errors: those of `History`."""
        c = card_orders.c
        own = select(*c).where(c.owner == owner, or_(c.created_at_us > now_us - DAY_US, c.stage.in_(_OPEN)))
        rows = await self._read(own.order_by(c.created_at_us.desc()).limit(ROWS_MAX))
        today = [row for row in rows if row.created_at_us > now_us - DAY_US]
        return Lately(
            sum(row.created_at_us > now_us - HOUR_US for row in today),
            sum(row.declines for row in today),
            sum(row.stage in _OPEN for row in rows),
            sum(units_of(row.amount) for row in today if row.is_payment and row.asset == asset and row.stage in _LIVE),
        )

    async def taken_since(self, owner: int, since_us: int) -> list[tuple[int, int]]:
        """List what an owner gave for payouts since a time and did not get back: assets, and units of 1e-8."""
        c = card_orders.c
        lately = select(*c).where(c.owner == owner, c.created_at_us >= since_us, c.stage.in_(_LIVE))
        rows = await self._read(lately.where(c.kind.not_in(_WAYS_IN)))
        return [(row.other_asset, units_of(row.other_amount)) for row in rows]

    async def is_paying(self, owner: int) -> bool:
        """Tell whether a payout of an owner's is under way. Errors: those of `History`."""
        c = card_orders.c
        open_ = select(*c).where(c.owner == owner, c.kind.not_in(_WAYS_IN), c.stage.in_(_OPEN))
        return bool(await self._read(open_.limit(1)))

    async def waiting(self) -> list[CardRow]:
        """List what may have gone on at the provider: what is open, and what has refunds under way, oldest first."""
        c = card_orders.c
        waits = select(*c).where(or_(c.stage.in_(_OPEN), c.refunds_waiting > 0))
        return await self._read(waits.order_by(c.updated_at_us, c.order_no).limit(ROWS_MAX))

    async def shortfall(self, asset: int) -> int:
        """Return what providers took of a currency and the ledger does not say yet, in units of 1e-8."""
        c = card_orders.c
        lacking = await self._read(select(*c).where(c.asset == asset, c.shortfall != ZERO))
        return sum(units_of(row.shortfall) for row in lacking)

    async def find(self, order: str) -> CardRow | None:
        """Find an order. Errors: those of `History`."""
        return next(iter(await self._read(select(*card_orders.c).where(card_orders.c.order_no == order))), None)

    async def _read(self, statement: Select[Any]) -> list[CardRow]:
        return await self._history.read(CardRow, Page(statement, newest_first=False))
