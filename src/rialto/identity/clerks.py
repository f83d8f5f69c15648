"""A few threads for what concerns people, with a bounded line in front of them.

Reads and writes of people's tables block, so they do not belong on the event loop; nor into its shared threads, where a
rush of sign-ups would keep others waiting. Beyond the line's end nobody is let in: busy is said at once.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

T = TypeVar("T")

CLERKS: Final = 2
LINE_MAX: Final = 256


class ClerksBusy(Exception):
    """As many wait as may."""


class Clerks:
    """The threads. Belongs to one event loop."""

    def __init__(self, clerks: int = CLERKS, line_max: int = LINE_MAX) -> None:
        self._threads = ThreadPoolExecutor(clerks, thread_name_prefix="clerk")
        self._line_max = line_max
        self._waiting = 0

    async def run(self, do: Callable[[], T]) -> T:
        """Have something done; it is done to its end even if nobody waits for it any more.

        Errors: `ClerksBusy`, and what `do` raises.
        """
        if self._waiting >= self._line_max:
            raise ClerksBusy(f"{self._waiting} requests about people wait already")
        self._waiting += 1
        future = asyncio.get_running_loop().run_in_executor(self._threads, do)
        future.add_done_callback(self._done)
        return await asyncio.shield(future)

    def stop(self) -> None:
        """Finish what was begun."""
        self._threads.shutdown()

    def _done(self, _future: object) -> None:
        self._waiting -= 1
