"""What only one process of an exchange does for all: chains, payouts, files of banks, what falls due.

Embedded, that is the one process there is. In a cluster it is the gateway that holds the lease: it begins when it has
taken the lease, and stops when it loses it, is paused past it, or cannot reach the database for as long as it is good.
What jobs decide asks `check` first, and what they write to SQL alone is fenced (`fence`), so that a gateway that comes
back from a pause does nothing for which another has taken over.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final, Protocol

import structlog
from prometheus_client.metrics_core import Metric
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from rialto.foundation.leases import RENEWED_EVERY_S, Lease
from rialto.foundation.metrics import gauge
from rialto.foundation.tasks import end

LEASE_NAME: Final = "jobs"
LET_GO_TIMEOUT_S: Final = 5
LOOK_TIMEOUT_S: Final = 15

_log = structlog.stdlib.get_logger(__name__)


class Job(Protocol):
    """Something that goes on by itself, and can be begun again after it was stopped."""

    def start(self) -> Awaitable[None] | None:
        """Begin."""

    async def stop(self) -> None:
        """End."""


class Loop:
    """A coroutine without end, as a job."""

    def __init__(self, name: str, run: Callable[[], Any]) -> None:
        self._name = name
        self._run = run
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name=self._name)

    async def stop(self) -> None:
        """End."""
        await end(self._task)


class Jobs:
    """The jobs. Belongs to one event loop."""

    def __init__(self, lease: Lease | None) -> None:
        """`lease` says which process does them; None where there is one."""
        self._lease = lease
        self._jobs: list[Job] = []
        self._started: list[Job] = []
        self._are_done = False
        self._holding: asyncio.Task[None] | None = None

    @property
    def are_here(self) -> bool:
        """Whether this process does them."""
        return self._lease is None or self._lease.is_held

    @property
    def are_shared(self) -> bool:
        """Whether there are other processes that may do them, on the same database."""
        return self._lease is not None

    def add(self, job: Job) -> None:
        """Do a job from `begin` on, after those added before it."""
        self._jobs.append(job)

    async def join(self, job: Job) -> None:
        """Do a job as well, from now on if the others are done already."""
        self.add(job)
        if self._are_done:
            await self._start(job)

    def check(self) -> None:
        """Make sure that this process does them still. Errors: `LeaseLost`."""
        if self._lease is not None:
            self._lease.check()

    def fence(self, connection: Connection) -> None:
        """Make sure of it in a transaction, as the last thing before its end. Errors: `LeaseLost`."""
        if self._lease is not None:
            self._lease.fence(connection)

    async def begin(self) -> None:
        """Do them from now on, or as soon as it is this process's turn."""
        if self._lease is None:
            await self._take_up()
        else:
            self._holding = asyncio.create_task(self._hold(self._lease), name="jobs")

    async def end(self) -> None:
        """Stop, and let another process go on at once."""
        if self._holding is not None:
            self._holding.cancel()
            await asyncio.gather(self._holding, return_exceptions=True)
        await self._stop()
        if self._lease is not None:
            try:
                async with asyncio.timeout(LET_GO_TIMEOUT_S):
                    await asyncio.to_thread(self._lease.let_go)
            except (SQLAlchemyError, TimeoutError) as error:
                _log.warning("the lease on jobs was not let go: another takes it over in time", error=_first(error))

    def figures(self) -> Iterable[Metric]:
        """Tell, for Prometheus, whether this process does them."""
        yield gauge("rialto_jobs_here", "Whether this process follows chains and pays out for all.", int(self.are_here))

    async def _hold(self, lease: Lease) -> None:
        while True:
            try:
                # Who cannot renew it in time has lost it, whatever keeps the database.
                async with asyncio.timeout(max(1, lease.seconds_left) if self._are_done else LOOK_TIMEOUT_S):
                    await asyncio.to_thread(lease.renew if self._are_done else lease.take)
            except (SQLAlchemyError, TimeoutError) as error:
                _log.warning("the lease on jobs could not be looked at", error=_first(error))
            except Exception:
                _log.exception("the lease on jobs could not be looked at")
            if lease.is_held and not self._are_done:
                await self._try_to_take_up(lease)
            elif self._are_done and not lease.is_held:
                _log.warning("the lease on jobs is lost: another process does them")
                await self._stop()
                lease.lose()
            await asyncio.sleep(RENEWED_EVERY_S)

    async def _try_to_take_up(self, lease: Lease) -> None:
        _log.info("does the exchange's jobs from now on")
        try:
            await self._take_up()
        except Exception:
            _log.exception("the exchange's jobs could not be begun: another process may try")
            await self._stop()
            await asyncio.to_thread(lease.let_go)

    async def _take_up(self) -> None:
        self._are_done = True
        for job in self._jobs:
            await self._start(job)

    async def _start(self, job: Job) -> None:
        self._started.append(job)
        begun = job.start()
        if inspect.isawaitable(begun):
            await begun

    async def _stop(self) -> None:
        self._are_done = False
        while self._started:
            await self._started.pop().stop()


def _first(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__
