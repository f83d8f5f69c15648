"""What people have to make good after money was taken back: of cards by chargebacks, of banks by reversals."""

from typing import Any, Final

import msgspec
from sqlalchemy import Table, func, literal, or_, select, union_all

from rialto.contracts.amounts import ZERO, units_of
from rialto.products.fiat.cards.tables import card_orders
from rialto.products.fiat.rules import FiatRefused
from rialto.products.fiat.tables import fiat_orders
from rialto.projections.history import History
from rialto.projections.pages import Page

BANK, CARD = "bank", "card"
_TABLES: Final[tuple[tuple[str, Table], ...]] = ((BANK, fiat_orders), (CARD, card_orders))
_COLUMNS: Final = ("order_no", "owner", "asset", "amount", "claim", "shortfall", "reason", "created_at_us")


class ClaimOpen(FiatRefused):
    """The owner has something to make good first."""


class ClaimRow(msgspec.Struct, frozen=True, array_like=True):
    """An order of which something is lacking."""

    source: str
    """`bank` or `card`."""
    order_no: str
    owner: int
    asset: int
    amount: str
    claim: str
    shortfall: str
    reason: str
    created_at_us: int


class _Count(msgspec.Struct, frozen=True, array_like=True):
    count: int


class _Shortfall(msgspec.Struct, frozen=True, array_like=True):
    shortfall: str


class Claims:
    """Reads them. Methods may raise what `History` does."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def has(self, owner: int) -> bool:
        """Tell whether an owner has something to make good."""
        for _, table in _TABLES:
            own = select(func.count()).select_from(table).where(table.c.has_claim.is_(True), table.c.owner == owner)
            (found,) = await self._history.read(_Count, Page(own, newest_first=False))
            if found.count:
                return True
        return False

    async def check(self, owner: int) -> None:
        """Make sure that an owner has nothing to make good. Errors: `ClaimOpen`."""
        if await self.has(owner):
            raise ClaimOpen("a payment of yours was taken back; it is to be made good first")

    async def listed(self, limit: int) -> list[ClaimRow]:
        """List the orders of which something is lacking, oldest first."""
        both = union_all(*(_lacking(source, table) for source, table in _TABLES)).subquery()
        oldest = select(*both.c).order_by(both.c.created_at_us, both.c.order_no).limit(limit)
        return await self._history.read(ClaimRow, Page(oldest, newest_first=False))

    async def shortfall(self, bank: str) -> int:
        """Return what a bank took and the ledger does not say yet, in units of 1e-8."""
        c = fiat_orders.c
        lacking = select(c.shortfall).where(c.bank == bank, c.shortfall != ZERO)
        rows = await self._history.read(_Shortfall, Page(lacking, newest_first=False))
        return sum(units_of(row.shortfall) for row in rows)


def _lacking(source: str, table: Table) -> Any:
    columns = [table.c[name] for name in _COLUMNS]
    lacks = or_(table.c.has_claim.is_(True), table.c.shortfall != ZERO)
    return select(literal(source).label("source"), *columns).where(lacks)
