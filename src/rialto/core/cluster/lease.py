"""The lease: which replica is active. One key, taken over by compare-and-set once it has not changed for a while.

Whoever holds it changes it again and again. Time is measured by each replica alone, as how long it has itself seen the
key unchanged, so that no clocks are compared; while the registry cannot be read, no time passes. Two may believe that
they hold it for a moment: the lease only says who should write outputs, the server refuses whoever should not.

State: the revision held or last seen. The revision at which it was taken is the epoch, which only grows.
"""

import time
from typing import Final

from nats.js.errors import KeyNotFoundError, KeyWrongLastSequenceError

from rialto.core.cluster.connection import Cluster, bounded
from rialto.core.cluster.names import ACTIVE_KEY

UNCHANGED_FOR_S: Final = 1.5
"""How long the key must be seen unchanged before it is taken over."""

FREE: Final = b""


class Lease:
    """One replica's view of the lease."""

    def __init__(self, cluster: Cluster, holder: str, unchanged_for_s: float = UNCHANGED_FOR_S) -> None:
        self._registry = cluster.registry
        self._holder = holder.encode()
        self._unchanged_for_s = unchanged_for_s
        self._held: int | None = None
        self._seen: int | None = None
        self._seen_s = 0.0

    @property
    def is_held(self) -> bool:
        """Whether this replica believes that it holds the lease."""
        return self._held is not None

    def forget_seen(self) -> None:
        """Begin to measure anew: the registry could not be read."""
        self._seen = None

    def lose(self) -> None:
        """Give up what is not held any more."""
        self._held = None
        self._seen = None

    async def take(self) -> int | None:
        """Take the lease if it is free or was not renewed in time; return the epoch then.

        Errors: those of a cluster that does not answer.
        """
        try:
            entry = await bounded(self._registry.get(ACTIVE_KEY))
        except KeyNotFoundError:
            return await self._change(0)
        assert entry.revision is not None
        now_s = time.monotonic()
        if entry.revision != self._seen:
            self._seen, self._seen_s = entry.revision, now_s
        is_free = not entry.value
        if not is_free and now_s - self._seen_s < self._unchanged_for_s:
            return None
        return await self._change(entry.revision)

    async def renew(self) -> bool:
        """Renew the lease; false when somebody else has taken it. Errors: those of a cluster that does not answer."""
        assert self._held is not None, "a lease is renewed by its holder"
        if await self._change(self._held) is not None:
            return True
        # A change whose answer was lost has moved the key on, too.
        entry = await bounded(self._registry.get(ACTIVE_KEY))
        if entry.value == self._holder:
            self._held = entry.revision
            return True
        self.lose()
        return False

    async def release(self) -> None:
        """Let the other take it at once. Errors: those of a cluster that does not answer."""
        if self._held is not None:
            held = self._held
            self.lose()
            try:
                await bounded(self._registry.update(ACTIVE_KEY, FREE, last=held))
            except KeyWrongLastSequenceError:
                return  # Somebody else has it.

    async def _change(self, last: int) -> int | None:
        try:
            self._held = await bounded(self._registry.update(ACTIVE_KEY, self._holder, last=last))
        except KeyWrongLastSequenceError:
            return None
        return self._held
