"""The projector: outcomes from the event loop to SQL, on a thread of its own.

It listens to the runtime. Handing over is a cheap append; a thread takes what has gathered, in order, a batch at a
time. A transaction costs the same for one outcome as for fifty, so outcomes gather for a moment unless somebody waits
for them. Outcomes cannot be refused, for they have happened: `is_full` says that the database cannot keep up, and the
runtime then refuses commands, which bounds what gathers here. A failing database is tried again, ever more slowly, with
nothing skipped; the log says when it fails and when it is well again. What is unwritten when the process ends is in the
journal: after a restart everything beyond the watermark is written before the exchange opens.

State: the queue, the watermark as last written, and who waits for it. `accept`, `wait_for` and `close` belong to the
loop; only the queue is shared with the thread.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Sequence
from typing import Final

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from rialto.contracts.events import Outcome
from rialto.foundation.failures import ExpectedFailure
from rialto.projections.products import ProductProjection
from rialto.projections.writer import BATCH_OUTCOMES_MAX, Writer, check_consecutive

GATHER_S: Final = 0.05
"""How long outcomes gather before they are written, unless somebody waits for them or a batch is full."""

RETRY_DELAY_MIN_S: Final = 0.05
RETRY_DELAY_MAX_S: Final = 5.0

_log = structlog.stdlib.get_logger(__name__)


class ProjectionsAhead(ExpectedFailure):
    """The database holds what the journal does not."""


class ProjectionsBehind(Exception):
    """The projections did not reach a sequence number in time."""


class ProjectionsStopped(Exception):
    """The projections were closed while someone waited."""


class Projector:
    """Writes outcomes to SQL, in order, each once."""

    def __init__(self, engine: Engine, *, lag_max: int, products: Sequence[ProductProjection] = ()) -> None:
        """Read the watermark. `engine` may write; `lag_max` is the number of unwritten outcomes that is too many."""
        self._writer = Writer(engine, products)
        self._lag_max = lag_max
        self._accepted = self._writer.watermark
        self._written = self._writer.watermark
        self._queue: deque[Outcome] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self._is_awaited = False
        self._writing_since_us: int | None = None
        self.failures = 0
        """How often the database could not be written to, attempts at the same batch included."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="projections", daemon=True)
        self._waiters: dict[asyncio.Future[None], int] = {}

    @property
    def watermark(self) -> int:
        """The sequence number up to which everything is written."""
        return self._written

    @property
    def lag(self) -> int:
        """How many outcomes were accepted and are not written yet."""
        return self._accepted - self._written

    @property
    def oldest_unwritten_us(self) -> int | None:
        """The time of the oldest outcome that is not written yet, or None when all are."""
        if self._writing_since_us is not None:
            return self._writing_since_us
        try:
            return self._queue[0].time_us
        except IndexError:
            return None

    @property
    def is_full(self) -> bool:
        """Whether so many outcomes are unwritten that no more should be made."""
        return self.lag >= self._lag_max

    def start(self, last_sequence: int) -> None:
        """Start the thread. Call it on the event loop, once, with the last sequence number of the journal.

        Errors: `ProjectionsAhead`.
        """
        if self._written > last_sequence:
            raise ProjectionsAhead(
                f"the database holds history up to sequence {self._written}, but the journal ends at {last_sequence}: "
                "they do not belong together; restore the journal, or rebuild the projections from it"
            )
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def accept(self, outcomes: Sequence[Outcome]) -> None:
        """Take released outcomes, in order; those at or below the watermark are skipped. Costs microseconds.

        Errors: `OutcomesMissing` when they do not follow what was accepted before.
        """
        new = [outcome for outcome in outcomes if outcome.sequence > self._accepted]
        if not new:
            return
        check_consecutive(self._accepted, new)
        with self._wake:
            was_idle = not self._queue
            self._queue.extend(new)
            self._accepted = new[-1].sequence
            if was_idle or len(self._queue) >= BATCH_OUTCOMES_MAX:
                self._wake.notify()

    async def wait_for(self, sequence: int, timeout: float) -> None:
        """Wait until everything up to a sequence number is written, `timeout` seconds at most.

        Errors: `ProjectionsBehind`, `ProjectionsStopped`.
        """
        if self._written >= sequence:
            return
        if self._closing:
            raise ProjectionsStopped("the exchange is shutting down")
        reached = asyncio.get_running_loop().create_future()
        self._waiters[reached] = sequence
        with self._wake:
            self._is_awaited = True
            self._wake.notify()
        try:
            async with asyncio.timeout(timeout):
                await reached
        except TimeoutError as error:
            raise ProjectionsBehind(
                f"history is written up to {self._written}, {sequence} was needed within {timeout} s; try again"
            ) from error
        finally:
            self._waiters.pop(reached, None)

    def abandon(self) -> None:
        """Write nothing more, for another process does; then `close`."""
        with self._wake:
            self._queue.clear()
            self._closing = True
            self._wake.notify()

    async def close(self, timeout: float) -> None:
        """Write what is left, for `timeout` seconds at most, and stop. A failing database is not waited for."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        if self._thread.is_alive():
            await asyncio.to_thread(self._thread.join, timeout)
        self._tell_waiters()
        for reached in self._waiters:
            if not reached.done():
                reached.set_exception(ProjectionsStopped("the exchange is shutting down"))

    def _run(self) -> None:
        while outcomes := self._take():
            if not self._write(outcomes):
                return
            assert self._loop is not None
            try:
                self._loop.call_soon_threadsafe(self._tell_waiters)
            except RuntimeError:
                return  # The loop was closed without us.

    def _take(self) -> list[Outcome]:
        """Wait for outcomes and take a batch; nothing once all is written and the projector is closing."""
        with self._wake:
            self._wake.wait_for(lambda: self._queue or self._closing)
            self._wake.wait_for(self._is_due, GATHER_S)
            taken = [self._queue.popleft() for _ in range(min(len(self._queue), BATCH_OUTCOMES_MAX))]
            self._is_awaited = self._is_awaited and bool(self._queue)
            self._writing_since_us = taken[0].time_us if taken else None
            return taken

    def _is_due(self) -> bool:
        return self._closing or self._is_awaited or len(self._queue) >= BATCH_OUTCOMES_MAX

    def _write(self, outcomes: Sequence[Outcome]) -> bool:
        """Write a batch, however often it takes. False when closing came first."""
        delay = 0.0
        while True:
            try:
                if delay:
                    self._writer.resume()
                self._writer.write(outcomes)
            # Whatever it is, the outcomes behind this batch must not overtake it, and the lag says the rest.
            except Exception as error:
                self.failures += 1
                if not delay:
                    # The database's own words are enough; its statement of a thousand rows is not wanted in the log.
                    reason = str(error).partition("\n")[0]
                    is_ours = not isinstance(error, SQLAlchemyError)
                    _log.error("projections stopped", after=self._written, error=reason, exc_info=is_ours)
                delay = min(max(2 * delay, RETRY_DELAY_MIN_S), RETRY_DELAY_MAX_S)
                with self._wake:
                    if self._wake.wait_for(lambda: self._closing, delay):
                        return False
                continue
            self._written = self._writer.watermark
            self._writing_since_us = None
            if delay:
                _log.info("projections resumed", at=self._written)
            return True

    def _tell_waiters(self) -> None:
        for reached, sequence in self._waiters.items():
            if sequence <= self._written and not reached.done():
                reached.set_result(None)
