"""How often someone may try: an allowance for each window, and delays that grow with every failure.

In memory: a restart forgets, and nobody outside can bring one about. Both hold a bounded number of keys and forget the
one that was quiet longest. Belong to the event loop's thread. Times are in microseconds.
"""

from collections import OrderedDict
from typing import Final

import msgspec

KEYS_MAX: Final = 100_000


class Allowance:
    """So many in a window, which begins with the first."""

    def __init__(self, count: int, window_us: int, keys_max: int = KEYS_MAX) -> None:
        self._count = count
        self._window_us = window_us
        self._keys_max = keys_max
        self._used: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def wait_us(self, key: str, now_us: int) -> int:
        """Return 0 if there is one left, or how long to wait; none is counted."""
        began_us, used = self._used.get(key, (now_us, 0))
        return max(began_us + self._window_us - now_us, 0) if used >= self._count else 0

    def take(self, key: str, now_us: int) -> int:
        """Count one; return 0, or how long to wait if there is none left."""
        began_us, used = self._used.get(key, (now_us, 0))
        if now_us - began_us >= self._window_us:
            began_us, used = now_us, 0
        if used >= self._count:
            return began_us + self._window_us - now_us
        self._used[key] = began_us, used + 1
        self._used.move_to_end(key)
        if len(self._used) > self._keys_max:
            self._used.popitem(last=False)
        return 0


class DelayRules(msgspec.Struct, frozen=True):
    """After how many failures waiting begins, how it grows, and when all is forgotten."""

    free: int
    first_us: int
    longest_us: int
    forgotten_after_us: int = 3_600_000_000


class Delays:
    """Failures of each key. An attempt counts as one until it has succeeded, so that many at once gain nothing."""

    def __init__(self, rules: DelayRules, keys_max: int = KEYS_MAX) -> None:
        self._rules = rules
        self._keys_max = keys_max
        self._failed: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def wait_us(self, key: str, now_us: int) -> int:
        """Return how long a key has to wait for its next attempt; 0 if it need not."""
        rules = self._rules
        count, last_us = self._failed.get(key, (0, 0))
        if count < rules.free or now_us - last_us >= rules.forgotten_after_us:
            return 0
        wait_us = min(rules.first_us << min(count - rules.free, 40), rules.longest_us)
        return max(last_us + wait_us - now_us, 0)

    def begin(self, key: str, now_us: int) -> None:
        """Count an attempt. Precondition: it need not wait."""
        count, last_us = self._failed.get(key, (0, 0))
        if now_us - last_us >= self._rules.forgotten_after_us:
            count = 0
        self._failed[key] = count + 1, now_us
        self._failed.move_to_end(key)
        if len(self._failed) > self._keys_max:
            self._failed.popitem(last=False)

    def succeed(self, key: str) -> None:
        """Forget a key's failures."""
        self._failed.pop(key, None)

    def take_back(self, key: str) -> None:
        """Count an attempt no longer that was neither right nor wrong."""
        count, last_us = self._failed.get(key, (0, 0))
        if count > 1:
            self._failed[key] = count - 1, last_us
        else:
            self._failed.pop(key, None)
