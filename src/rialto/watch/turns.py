"""How late the event loop is: whatever keeps it from its next turn keeps every client waiting.

A timer that is due every tenth of a second notes how late it was. A turn that took too long is logged, at most once a
second. State: the distribution and the timer.
"""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from rialto.foundation.logging import Throttled
from rialto.foundation.metrics import LATENCY_BOUNDS_US, MICROSECONDS, Distribution

LOOK_EVERY_S: Final = 0.1

_log = structlog.stdlib.get_logger(__name__)


class LoopTurns:
    """Watches the running loop."""

    def __init__(self, slow_us: int, last_sequence: Callable[[], int]) -> None:
        """Log a turn that takes longer than `slow_us`, with the sequence number it kept waiting."""
        self.late_us: Final = Distribution(LATENCY_BOUNDS_US)
        """How late the timer was, in microseconds."""
        self._slow_us = slow_us
        self._last_sequence = last_sequence
        self._slow = Throttled(_log.warning, "slow turn of the loop")
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin on the running loop."""
        self._await(asyncio.get_running_loop())

    def stop(self) -> None:
        """End."""
        if self._timer is not None:
            self._timer.cancel()

    def note(self, late_us: int) -> None:
        """Note how late a turn was, in microseconds."""
        self.late_us.observe(late_us)
        if late_us > self._slow_us:
            self._slow.note(ms=late_us // 1_000, allowed_ms=self._slow_us // 1_000, sequence=self._last_sequence())

    def _await(self, loop: asyncio.AbstractEventLoop) -> None:
        due_s = loop.time() + LOOK_EVERY_S
        self._timer = loop.call_at(due_s, self._look, loop, due_s)

    def _look(self, loop: asyncio.AbstractEventLoop, due_s: float) -> None:
        self.note(max(0, int((loop.time() - due_s) * MICROSECONDS)))
        self._await(loop)
