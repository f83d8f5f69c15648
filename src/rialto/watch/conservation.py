"""Nothing is made or lost, checked all the time: what SQL says against zero, against itself, and against the core.

The core asserts its sums after every command, and the replica recounts everything. This is the third look, from the
other end: every ledger entry that the projections write is read back, in the background and slowly enough to stay out
of the way. Per command and asset the entries must sum to zero; each entry must go on from the balance that the one
before left; and what the last entries leave an account is held against what the core itself answers, as of the same
sequence number.

State: how far it is, the balances it has seen (bounded), what was wrong. Invariant: once something was wrong it stays
so until the process ends: an operator must look.
"""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from time import monotonic
from typing import Any, Final, Protocol

import structlog
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from rialto.contracts.queries import Answer, Balances, BalancesAnswer, Query
from rialto.core.errors import CommandRefused, RuntimeBusy, RuntimeStopped
from rialto.foundation.logging import Throttled
from rialto.foundation.tasks import end
from rialto.projections.projector import ProjectionsBehind, ProjectionsStopped
from rialto.projections.tables import ledger_entries, watermark
from rialto.projections.watermark import Watermark

PAGE_ROWS: Final = 2_000
ACCOUNTS_COMPARED: Final = 4
"""Accounts held against the core in one round."""
BALANCES_MAX: Final = 200_000
"""Balances remembered; beyond it, those that were quiet for longest are forgotten, and begin anew."""
ROUND_S: Final = 1.0
REST_FACTOR: Final = 9
"""It rests this much longer than it reads: a tenth of one thread at most."""
SETTLE_TIMEOUT_S: Final = 5.0
DELAY_SAID_EVERY_S: Final = 60

_log = structlog.stdlib.get_logger(__name__)
_entries = ledger_entries.c


class AskedCore(Protocol):
    """The core, as it is asked here."""

    def inquire(self, query: Query) -> "asyncio.Future[tuple[int, Answer]]":
        """Ask without waiting; the answer comes with the sequence number as of which it is true."""

    def now_us(self) -> int:
        """Tell the exchange's time."""


class ConservationCheck:
    """Reads the ledger behind the projections."""

    def __init__(self, engine: Engine, core: AskedCore, projected: Watermark) -> None:
        """`engine` reads. What was written before now was checked when it was written, or is by `rialto verify`."""
        self._engine = engine
        self._core = core
        self._projected = projected
        self._balances: OrderedDict[tuple[int, int], int] = OrderedDict()
        self._compared_next: OrderedDict[int, None] = OrderedDict()
        self._task: asyncio.Task[None] | None = None
        self._delayed = Throttled(_log.warning, "conservation not checked; trying again", DELAY_SAID_EVERY_S)
        self.checked_sequence: int | None = None
        """Up to where everything was found sound, or None before the first look."""
        self.checked_at_us = 0
        self.compared = 0
        """How often an account's balances were held against the core's."""
        self.wrong: str | None = None
        """What was found wrong first."""

    def start(self) -> None:
        """Begin on the running loop."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End; what is being read is waited for."""
        await end(self._task)

    async def _run(self) -> None:
        while self.wrong is None:
            try:
                await self.round()
            except (SQLAlchemyError, ProjectionsBehind, RuntimeBusy, CommandRefused) as error:
                self._delayed.note(reason=str(error).partition("\n")[0])
            except (ProjectionsStopped, RuntimeStopped):
                return
            except Exception:
                _log.exception("conservation check failed; it goes on")
            await asyncio.sleep(ROUND_S)

    async def round(self) -> None:
        """Check what was written since the last round, and hold some accounts against the core.

        Errors: SQLAlchemy's own, `ProjectionsBehind`, `ProjectionsStopped`, `RuntimeBusy`, `RuntimeStopped`.
        """
        if self.checked_sequence is None:
            self.checked_sequence = await asyncio.to_thread(self._watermark)
            self.checked_at_us = self._core.now_us()
        await self._check_up_to(await asyncio.to_thread(self._watermark))
        accounts = [self._compared_next.popitem(last=False)[0] for _ in range(self._comparable)]
        for account, asked in [(account, self._core.inquire(Balances(account))) for account in accounts]:
            sequence, answer = await asked
            if isinstance(answer, BalancesAnswer) and self.wrong is None:
                await self._projected.wait_for(sequence, SETTLE_TIMEOUT_S)
                await self._check_up_to(sequence)
                self._compare(account, sequence, answer)

    @property
    def _comparable(self) -> int:
        return min(ACCOUNTS_COMPARED, len(self._compared_next))

    async def _check_up_to(self, sequence: int) -> None:
        """Read on to a sequence number, a page at a time with rests between."""
        assert self.checked_sequence is not None
        while self.checked_sequence < sequence and self.wrong is None:
            began_s = monotonic()
            rows = await asyncio.to_thread(self._page, self.checked_sequence, sequence)
            self.wrong = self._take(rows)
            if self.wrong is not None:
                _log.error(
                    "conservation is broken: stop trading and compare with rialto verify",
                    sequence=self.checked_sequence,
                    wrong=self.wrong,
                )
                return
            self.checked_sequence = rows[-1].sequence if rows else sequence
            self.checked_at_us = self._core.now_us()
            if self.checked_sequence < sequence:
                await asyncio.sleep(REST_FACTOR * (monotonic() - began_s))

    def _take(self, rows: Sequence[Any]) -> str | None:
        """Check whole commands' entries; return what is wrong."""
        sums: defaultdict[tuple[int, int], int] = defaultdict(int)
        balances = self._balances
        for row in rows:
            change, balance = _units(row.amount), _units(row.balance)
            sums[row.sequence, row.asset] += change
            held = balances.pop((row.account, row.asset), None)
            if held is not None and held + change != balance:
                return (
                    f"entry {row.sequence}.{row.position} changes account {row.account} asset {row.asset} by {change} "
                    f"units to {balance}, but it held {held}"
                )
            balances[row.account, row.asset] = balance
            self._compared_next[row.account] = None
        while len(balances) > BALANCES_MAX:
            balances.popitem(last=False)
        while len(self._compared_next) > BALANCES_MAX:
            self._compared_next.popitem(last=False)
        for (sequence, asset), total in sums.items():
            if total:
                return f"the entries of command {sequence} in asset {asset} sum to {total} units, not to zero"
        return None

    def _compare(self, account: int, sequence: int, answer: BalancesAnswer) -> None:
        """Hold the balances seen in SQL against the core's. Precondition: SQL was read up to exactly `sequence`."""
        if self.checked_sequence != sequence or self.wrong is not None:
            return
        for balance in answer.balances:
            seen = self._balances.get((account, balance.asset))
            held = _units(balance.free) + _units(balance.locked)
            if seen is not None and seen != held:
                self.wrong = (
                    f"account {account} asset {balance.asset} holds {held} units in the core and {seen} in SQL "
                    f"after command {sequence}"
                )
                _log.error("conservation is broken: SQL and the core disagree", sequence=sequence, wrong=self.wrong)
                return
        self.compared += 1

    def _watermark(self) -> int:
        with self._engine.connect() as connection:
            return connection.scalar(select(watermark.c.sequence)) or 0

    def _page(self, after: int, up_to: int) -> Sequence[Any]:
        """Return the entries of whole commands that follow: a page of them, or one command's if that has more."""
        columns = (_entries.sequence, _entries.position, _entries.account, _entries.asset)
        statement = (
            select(*columns, _entries.amount, _entries.balance)
            .where(_entries.sequence > after, _entries.sequence <= up_to)
            .order_by(_entries.sequence, _entries.position)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(statement.limit(PAGE_ROWS)).all()
            if len(rows) < PAGE_ROWS:
                return rows
            last = rows[-1].sequence
            whole = [row for row in rows if row.sequence < last]
            return whole or connection.execute(statement.where(_entries.sequence == last)).all()


def _units(amount: str) -> int:
    return int(amount.replace(".", ""))
