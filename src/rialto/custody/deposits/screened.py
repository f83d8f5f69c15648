"""Deposits that came from an address on a list: what operators see of them, and how they give one to its owner."""

import msgspec
from sqlalchemy import select

from rialto.contracts.vocabulary import StreamKey
from rialto.custody.deposits import rules
from rialto.custody.deposits.model import KIND, Hold, State, fold
from rialto.custody.deposits.service import Deposits
from rialto.custody.deposits.tables import deposits
from rialto.projections.decisions import Decisions
from rialto.projections.history import History
from rialto.projections.pages import Page


class ScreenedDeposit(msgspec.Struct, frozen=True, array_like=True):
    """One that is held. `number` is what people know it by."""

    stream: str
    number: int
    network: str
    transaction_id: str
    address: str
    asset: str
    units: str
    owner: int
    recorded_at_us: int


class ScreenedDeposits:
    """Them all. Methods may raise what `Decisions` and `History` do."""

    def __init__(self, deposits: Deposits, decisions: Decisions, history: History) -> None:
        self._deposits = deposits
        self._decisions = decisions
        self._history = history

    async def waiting(self, limit: int) -> list[ScreenedDeposit]:
        """List what is held, the oldest first."""
        c = deposits.c
        columns = [c[field] for field in ScreenedDeposit.__struct_fields__]
        held = (c.state == State.HELD.value, c.reason == Hold.LISTED_SENDER.value)
        statement = select(*columns).where(*held).order_by(c.recorded_at_us, c.stream).limit(limit)
        return await self._history.read(ScreenedDeposit, Page(statement, newest_first=False))

    async def release(self, number: int, operator: str) -> None:
        """Give one to its owner; nothing if they have it already. Errors: `NotHeld`."""
        c = deposits.c
        columns = [c[field] for field in ScreenedDeposit.__struct_fields__]
        statement = select(*columns).where(c.number == number, c.reason == Hold.LISTED_SENDER.value)
        found = await self._history.read(ScreenedDeposit, Page(statement.limit(1), newest_first=False))
        if not found:
            raise rules.NotHeld(f"no deposit {number} is held for where it came from")
        key = StreamKey(KIND, found[0].stream)
        known = fold(await self._decisions.events(key))
        if known is None or known.state not in (State.HELD, State.CREDITED):
            raise rules.NotHeld(f"deposit {number} is not held any more")
        account = await self._deposits.account_of(found[0].owner)
        accounts = self._deposits.accounts_of(found[0].network)
        await self._decisions.decide(key, rules.release(accounts, account, operator=operator))
