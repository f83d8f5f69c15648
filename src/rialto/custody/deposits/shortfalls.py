"""What lacks of deposits that are gone from their chain: it is covered by the house, or claimed from who had it.

A shortfall is stated by the deposit's own stream; it stays in the network's custody account until it is made good, and
as long as something lacks, nothing leaves its owner's accounts for outside. What is claimed is taken from the owner's
spot and funding accounts as they come to have it, by a task that looks every few seconds and remembers nothing.
"""

import asyncio
from collections import Counter
from typing import Any, Final

import msgspec
import structlog
from sqlalchemy import select

from rialto.contracts.amounts import units_of
from rialto.contracts.queries import Balances, BalancesAnswer
from rialto.contracts.rejections import InsufficientBalance
from rialto.contracts.vocabulary import AccountClass, StreamKey
from rialto.core.errors import CommandRefused, RuntimeBusy, RuntimeStopped
from rialto.core.runtime import Runtime
from rialto.custody.deposits import rules
from rialto.custody.deposits.model import KIND, Part, fold
from rialto.custody.deposits.projection import CLAIMED, LACKING
from rialto.custody.deposits.service import Deposits
from rialto.custody.deposits.tables import deposits
from rialto.foundation.tasks import end
from rialto.projections.decisions import Decisions
from rialto.projections.history import History
from rialto.projections.pages import Page
from rialto.wire.decimals import plain_units

LISTED_MAX: Final = 500
COLLECTED_EVERY_S: Final = 5
CLAIM: Final = "claim"
"""Who covers what is taken from its owner."""

_TAKEN_FROM: Final = (AccountClass.SPOT, AccountClass.FUNDING)

_log = structlog.stdlib.get_logger(__name__)


class Shortfall(msgspec.Struct, frozen=True, array_like=True):
    """What lacks of a deposit. `number` is what people know it by; `lack` says whether it is claimed."""

    stream: str
    number: int
    network: str
    transaction_id: str
    asset: str
    owner: int | None
    units: str
    shortfall: str
    lack: str
    changed_at_us: int


class _Owner(msgspec.Struct, frozen=True, array_like=True):
    owner: int


class Shortfalls:
    """Them all. Methods may raise what `Decisions` and `History` do."""

    def __init__(self, runtime: Runtime, decisions: Decisions, history: History, deposits: Deposits) -> None:
        self._runtime = runtime
        self._decisions = decisions
        self._history = history
        self._deposits = deposits
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Collect what is claimed from now on."""
        self._task = asyncio.create_task(self._run(), name="shortfalls")

    async def stop(self) -> None:
        """Stop."""
        await end(self._task)

    async def listed(self, owner: int | None = None, limit: int = LISTED_MAX) -> list[Shortfall]:
        """List what lacks, the oldest first: of an owner, or of everybody."""
        c = deposits.c
        statement = select(*_columns()).where(c.lack.in_((LACKING, CLAIMED)))
        if owner is not None:
            statement = statement.where(c.owner == owner)
        return await self._read(statement.order_by(c.changed_at_us, c.stream).limit(limit))

    async def owing(self) -> frozenset[int]:
        """List the owners of whose deposits something lacks."""
        c = deposits.c
        statement = select(c.owner).distinct().where(c.lack.in_((LACKING, CLAIMED)), c.owner.is_not(None))
        return frozenset(each.owner for each in await self._history.read(_Owner, Page(statement, newest_first=False)))

    async def owed(self, owner: int) -> str:
        """Say in words what an owner owes; empty for nothing."""
        owed: Counter[str] = Counter()
        for each in await self.listed(owner):
            owed[each.asset] += units_of(each.shortfall)
        return ", ".join(f"{plain_units(units)} {asset}" for asset, units in sorted(owed.items()))

    async def cover(self, number: int, account: int, units: int, by: str) -> None:
        """Make part of it good from an account of the house, once by the same words of whom.

        Errors: `AmountTooSmall`, `CommandRefused` where the account has less.
        """
        found = await self._named(number)
        rule = rules.cover(self._deposits.accounts_of(found.network), Part(account, units), by, is_once=True)
        await self._decisions.decide(StreamKey(KIND, found.stream), rule)

    async def claim(self, number: int, operator: str) -> None:
        """Take it from its owner from now on. Errors: `AmountTooSmall`."""
        found = await self._named(number)
        await self._decisions.decide(StreamKey(KIND, found.stream), rules.claim(operator))

    async def collect(self) -> None:
        """Take what is claimed and there."""
        c = deposits.c
        claimed = select(*_columns()).where(c.lack == CLAIMED).order_by(c.changed_at_us, c.stream)
        for each in await self._read(claimed.limit(LISTED_MAX)):
            if each.owner is not None:
                for account_class in _TAKEN_FROM:
                    await self._take(each, each.owner, account_class)

    async def _take(self, found: Shortfall, owner: int, account_class: AccountClass) -> None:
        key = StreamKey(KIND, found.stream)
        known = fold(await self._decisions.events(key))
        if known is None or not known.shortfall:
            return
        try:
            account = await self._runtime.account_of(owner, account_class)
            free = await self._free(account, known.asset_id)
            units = min(free, known.shortfall)
            if units <= 0:
                return
            rule = rules.cover(self._deposits.accounts_of(found.network), Part(account, units), CLAIM)
            await self._decisions.decide(key, rule)
        except rules.AmountTooSmall:
            return  # Somebody else covered it meanwhile.
        except CommandRefused as refused:
            if isinstance(refused.rejection, InsufficientBalance):
                return  # It was spent meanwhile; what comes next is taken the next time.
            if account_class is AccountClass.FUNDING:
                return  # There is no such account.
            raise
        _log.warning("claimed from its owner", number=found.number, owner=owner, asset=found.asset, units=units)

    async def _free(self, account: int, asset_id: int) -> int:
        answer = await self._runtime.ask(Balances(account))
        assert isinstance(answer, BalancesAnswer)
        return next((units_of(each.free) for each in answer.balances if each.asset == asset_id), 0)

    async def _named(self, number: int) -> Shortfall:
        found = await self._read(select(*_columns()).where(deposits.c.number == number).limit(1))
        if not found:
            raise rules.AmountTooSmall(f"there is no deposit {number}")
        return found[0]

    async def _read(self, statement: Any) -> list[Shortfall]:
        return await self._history.read(Shortfall, Page(statement, newest_first=False))

    async def _run(self) -> None:
        while True:
            try:
                await self.collect()
            except RuntimeStopped:
                return
            except RuntimeBusy as busy:
                _log.debug("claims are collected later", reason=str(busy))
            except Exception:
                _log.exception("claims not collected")
            await asyncio.sleep(COLLECTED_EVERY_S)


def _columns() -> list[Any]:
    return [deposits.c[field] for field in Shortfall.__struct_fields__]
