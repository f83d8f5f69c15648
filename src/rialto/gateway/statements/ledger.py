"""What statements are made of: the ledger's entries of a person's accounts in a period, and what was held before it.

Each entry says what the account held afterwards. What an account held at a time is what its last entry before it says.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import func, select

from rialto.core.runtime import Runtime
from rialto.gateway.statements.sums import Account, Book, Entry, Held
from rialto.projections.history import History
from rialto.projections.pages import Page
from rialto.projections.tables import accounts, ledger_entries
from rialto.wire.errors import ErrorCode

ENTRIES_MAX: Final = 20_000
"""How many movements one statement may sum up."""


class StatementLedger:
    """Reads it."""

    def __init__(self, runtime: Runtime, history: History) -> None:
        self._runtime = runtime
        self._history = history

    async def read(self, owner: int, start_us: int, end_us: int) -> Book:
        """Read a period, both ends included. Raises `ApiError` -1010 for one of more movements than may be."""
        c = accounts.c
        owned = select(c.account, c.account_class.label("name")).where(c.owner == owner).order_by(c.account)
        found = await self._history.read(Account, _in_order(owned))
        numbers = [each.account for each in found]
        opening = await self._held_before(numbers, start_us)
        entries = await self._entries(numbers, start_us, end_us)
        closing = await self._held_before(numbers, end_us + 1)
        assets = {each.asset for each in (*opening, *closing)}
        names = {asset: self._runtime.catalog.asset(asset).name for asset in sorted(assets)}
        return Book(start_us, end_us, found, names, opening, entries, closing)

    async def _held_before(self, owned: Sequence[int], time_us: int) -> list[Held]:
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
        return await self._history.read(Held, _in_order(last))

    async def _entries(self, owned: Sequence[int], start_us: int, end_us: int) -> list[Entry]:
        c = ledger_entries.c
        wanted = (
            select(c.account, c.asset, c.amount, c.balance, c.reason, c.posted_at_us)
            .where(c.account.in_(owned), c.posted_at_us >= start_us, c.posted_at_us <= end_us)
            .order_by(c.sequence, c.position)
            .limit(ENTRIES_MAX + 1)
        )
        found = await self._history.read(Entry, _in_order(wanted))
        if len(found) > ENTRIES_MAX:
            raise ErrorCode.ERROR_MSG_RECEIVED.error(f"more than {ENTRIES_MAX} movements; ask for a shorter period")
        return found


def _in_order(statement: Any) -> Page:
    return Page(statement, newest_first=False)
