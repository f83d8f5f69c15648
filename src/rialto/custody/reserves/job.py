"""Publishes once a month while the exchange runs: in the first hours of a month, or when it runs again after them."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import structlog

from rialto.custody.reserves.publisher import Publisher
from rialto.foundation.tasks import end

LOOK_EVERY_S: Final = 600.0

_log = structlog.stdlib.get_logger(__name__)


class MonthlyPublication:
    """Looks now and then whether a month has begun in which nothing was published."""

    def __init__(self, publisher: Publisher, now_us: Callable[[], int], look_every_s: float = LOOK_EVERY_S) -> None:
        self._publisher = publisher
        self._now_us = now_us
        self._look_every_s = look_every_s
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, on the running loop."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End; a publication under way is not waited for, and begins anew the next time."""
        await end(self._task)

    async def publish_if_due(self) -> bool:
        """Publish if this month has nothing yet; tell whether it did."""
        now_us = self._now_us()
        last = await asyncio.to_thread(self._publisher.last_published_at_us)
        if last is not None and _month(last) == _month(now_us):
            return False
        await self._publisher.publish(now_us)
        return True

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._look_every_s)
            try:
                await self.publish_if_due()
            except Exception:
                _log.exception("reserves not published; trying again", every_s=self._look_every_s)


def _month(time_us: int) -> str:
    return datetime.fromtimestamp(time_us // 1_000_000, UTC).strftime("%Y-%m")
