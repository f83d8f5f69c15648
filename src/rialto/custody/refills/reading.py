"""Which refills there are, read as of everything recorded before."""

from typing import Final

import msgspec
from sqlalchemy import select

from rialto.custody.refills.model import NoSuchRefill, Refill, State, read_id
from rialto.custody.refills.rules import refill_of
from rialto.custody.refills.tables import refills
from rialto.projections.decisions import Decisions
from rialto.projections.history import History
from rialto.projections.pages import Page

LISTED_MAX: Final = 500


class RefillRow(msgspec.Struct, frozen=True, array_like=True):
    """A row of the table. Amounts are in the chain's smallest unit."""

    id: str
    network: str
    asset: str
    direction: str
    tier: str
    amount: str
    hot: str
    total: str
    reason: str
    state: State
    payout: str
    operators: str
    result: str
    proposed_at_us: int
    ended_at_us: int | None


_COLUMNS: Final = [refills.c[name] for name in RefillRow.__struct_fields__]


class RefillReading:
    """Reads refills. Errors of every method: those of `History`."""

    def __init__(self, decisions: Decisions, history: History) -> None:
        self._decisions = decisions
        self._history = history

    async def refill(self, id_: str) -> Refill:
        """Return a refill as its events tell it. Errors: `NoSuchRefill`."""
        stream, number = read_id(id_)
        found = refill_of(await self._decisions.events(stream), number)
        if found.id != id_:
            raise NoSuchRefill(f"there is no refill {id_!r}")
        return found

    async def in_state(self, network: str, state: State) -> list[RefillRow]:
        """List a network's refills in a state, the oldest first."""
        c = refills.c
        found = select(*_COLUMNS).where(c.network == network, c.state == state.value).order_by(c.proposed_at_us, c.id)
        return await self._history.read(RefillRow, Page(found.limit(LISTED_MAX), newest_first=False))

    async def listed(self, limit: int) -> list[RefillRow]:
        """List refills of every network, the newest first."""
        c = refills.c
        found = select(*_COLUMNS).order_by(c.proposed_at_us.desc(), c.id).limit(limit)
        return await self._history.read(RefillRow, Page(found, newest_first=False))
