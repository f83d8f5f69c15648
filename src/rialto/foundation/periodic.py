"""Reads something from the database now and then, for figures: a scrape must not wait for one.

State: what was read last; None where it could not be read.
"""

import asyncio
from collections.abc import Callable
from typing import Final, Generic, TypeVar

import structlog

from rialto.foundation.tasks import end

READ_EVERY_S: Final = 10

T = TypeVar("T")

_log = structlog.stdlib.get_logger(__name__)


class PeriodicRead(Generic[T]):
    """The newest of what is read again and again."""

    def __init__(self, name: str, read: Callable[[], T]) -> None:
        """`read` blocks, and is called on another thread; `name` is what it reads, for the log."""
        self._name = name
        self._read = read
        self._task: asyncio.Task[None] | None = None
        self.newest: T | None = None

    async def start(self) -> None:
        """Read once, and from then on again and again."""
        await self._look()
        self._task = asyncio.create_task(self._run(), name=f"reading {self._name}")

    async def stop(self) -> None:
        """Read no more."""
        await end(self._task)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(READ_EVERY_S)
            await self._look()

    async def _look(self) -> None:
        try:
            self.newest = await asyncio.to_thread(self._read)
        except Exception:
            _log.exception("figures not read", of=self._name)
            self.newest = None
