"""Regular work by the exchange's clock, without drift: every full second happens at full seconds.

Each beat is one task. A beat that comes late skips those it missed; one whose action takes longer than the period does
not start again before it has ended. An action that fails is logged and tried again at the next beat.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

SECOND_US: Final = 1_000_000

Action = Callable[[int], Awaitable[None]]
"""Called with the time, in microseconds, at which it was started."""

logger = structlog.get_logger(__name__)


class Schedule:
    """Starts actions at whole multiples of their periods."""

    def __init__(self, now_us: Callable[[], int]) -> None:
        self._now_us = now_us
        self._beats: list[tuple[int, Action]] = []
        self._tasks: list[asyncio.Task[None]] = []

    def every(self, period_us: int, action: Action) -> None:
        """Add an action; it runs from `start` to `stop`."""
        self._beats.append((period_us, action))

    def start(self) -> None:
        """Begin. Must be called on the event loop."""
        assert not self._tasks, "the schedule runs already"
        self._tasks = [asyncio.create_task(self._run(period_us, action)) for period_us, action in self._beats]

    async def stop(self) -> None:
        """End, and wait until no action runs any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def _run(self, period_us: int, action: Action) -> None:
        while True:
            due_us = (self._now_us() // period_us + 1) * period_us
            while (left_us := due_us - self._now_us()) > 0:  # noqa: ASYNC110 — a clock is not an event
                await asyncio.sleep(min(left_us, period_us) / SECOND_US)
            try:
                await action(self._now_us())
            except Exception:
                logger.exception("stream_timer_failed", period_us=period_us)
