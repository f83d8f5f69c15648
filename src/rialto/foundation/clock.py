"""Time: the only place where Python reads the wall clock.

Stands under everything that needs to know what time it is. Owns no state but a settable clock's own hand. Times are
microseconds since the Unix epoch, as everywhere. What has a sequence number also has a time, given by the journal; that
time is used, never this one.
"""

import time
from typing import Protocol


class Clock(Protocol):
    """What tells the time."""

    def now_us(self) -> int:
        """Tell the time in microseconds since the Unix epoch."""
        ...


class SystemClock:
    """The machine's wall clock."""

    def now_us(self) -> int:
        """Tell the machine's time."""
        return time.time_ns() // 1_000


class SettableClock:
    """A clock that stands still until it is moved: for replays, whose time is that of what they replay, and tests."""

    def __init__(self, now_us: int = 0) -> None:
        self._now_us = now_us

    def now_us(self) -> int:
        """Tell the time last set."""
        return self._now_us

    def move_to(self, now_us: int) -> None:
        """Set the time. It must not lie before the time it was."""
        if now_us < self._now_us:
            raise ValueError(f"a clock cannot go back from {self._now_us} to {now_us} µs")
        self._now_us = now_us

    def advance(self, by_us: int) -> None:
        """Let `by_us` microseconds pass."""
        self.move_to(self._now_us + by_us)
