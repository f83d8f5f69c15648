"""How long an answer may take, watched by one timer for all requests instead of one timer each.

All requests have the same time, so those that began first end first: a queue in order of beginning is enough, and is
looked at now and then while it is not empty. A request is given up late by at most `LOOK_EVERY_S`.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable
from typing import Final, TypeVar

T = TypeVar("T")

LOOK_EVERY_S: Final = 0.5


class _Watched:
    __slots__ = ("ends_at_s", "is_given_up", "task")

    def __init__(self, task: "asyncio.Task[object] | None", ends_at_s: float) -> None:
        self.task = task
        self.ends_at_s = ends_at_s
        self.is_given_up = False


class Deadlines:
    """Gives up what takes longer than `seconds`."""

    def __init__(self, seconds: float, look_every_s: float = LOOK_EVERY_S) -> None:
        self._seconds = seconds
        self._look_every_s = look_every_s
        self._watched: deque[_Watched] = deque()
        self._is_looking = False

    async def run(self, awaitable: Awaitable[T]) -> T:
        """Await something. Raises TimeoutError when its time is over; it is canceled then."""
        loop = asyncio.get_running_loop()
        watched = _Watched(asyncio.current_task(), loop.time() + self._seconds)
        self._watched.append(watched)
        if not self._is_looking:
            self._is_looking = True
            loop.call_later(self._look_every_s, self._look, loop)
        try:
            return await awaitable
        except asyncio.CancelledError:
            if watched.is_given_up and watched.task is not None and watched.task.uncancel() == 0:
                raise TimeoutError from None
            raise
        finally:
            watched.task = None

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        while self._watched and (self._watched[0].task is None or self._watched[0].ends_at_s <= now):
            watched = self._watched.popleft()
            if watched.task is not None:
                watched.is_given_up = True
                watched.task.cancel()
        self._is_looking = bool(self._watched)
        if self._is_looking:
            loop.call_later(self._look_every_s, self._look, loop)
