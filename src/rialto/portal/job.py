"""Keeps the files up to date while the exchange runs: looks now and then whether a day has ended, and writes it.

A day is complete when the exchange's clock is past it by a moment and the projections hold everything released until
then. Writing is done on a thread, which rests as long as it works, so that trading is not slowed; what goes wrong is
logged and tried again.
"""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import Engine

from rialto.foundation.tasks import end
from rialto.portal.layout import day_of
from rialto.portal.publisher import Published, Publisher
from rialto.portal.source import Source

LOOK_EVERY_S: Final = 60.0
SETTLES_US: Final = 60_000_000
"""How long after its end a day counts as complete: a command may be on its way to the journal for a while."""

REST_MAX_S: Final = 1.0

_log = structlog.stdlib.get_logger(__name__)


class _Stopped(Exception):
    """The exchange is stopping; what is missing is written when it runs again."""


class PublishingJob:
    """Publishes what is missing, until stopped."""

    def __init__(
        self,
        directory: Path,
        engine: Engine,
        *,
        now_us: Callable[[], int],
        settle: Callable[[], Awaitable[None]],
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        """`engine` may only read; `settle` returns when what is released now is written to it, or raises."""
        self._publisher = Publisher(directory, Source(engine, self._pause))
        self._now_us = now_us
        self._settle = settle
        self._look_every_s = look_every_s
        self._done_until_us = 0
        self._stopping = threading.Event()
        self._page_began_s = time.monotonic()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look, on the running loop."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop at the next page and return when nothing is being written any more."""
        self._stopping.set()
        await end(self._task)

    async def _run(self) -> None:
        while True:
            await self._look()
            await asyncio.sleep(self._look_every_s)

    async def _look(self) -> None:
        complete_at_us = self._now_us() - SETTLES_US
        if complete_at_us < self._done_until_us:
            return
        try:
            await self._settle()
            published = await _finished(asyncio.to_thread(self._publisher.publish, complete_at_us))
        except _Stopped:
            return
        # Whatever it is, the exchange goes on; the files are written when it is over.
        except Exception:
            _log.exception("historical files not written; trying again", every_s=self._look_every_s)
            return
        self._done_until_us = day_of(complete_at_us).end_us
        if published.files:
            _log.info("historical files written", files=published.files, trades=published.trades)

    def _pause(self) -> None:
        """Rest as long as the last page took."""
        now_s = time.monotonic()
        if self._stopping.wait(min(now_s - self._page_began_s, REST_MAX_S)):
            raise _Stopped
        self._page_began_s = time.monotonic()


async def _finished(writing: Awaitable[Published]) -> Published:
    """Await a thread to its end even when canceled: files are not written behind the back of who stopped us."""
    task = asyncio.ensure_future(writing)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.gather(task, return_exceptions=True)
        raise
