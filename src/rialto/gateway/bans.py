"""Bans: addresses that go on sending after they were told to wait are shut out for a while, longer each time.

An address that is refused with 429 more than `refusals_max` times within a window of the raw requests is banned: at
first for `seconds_min`, twice as long with every further offense, up to `seconds_max`. Its requests are answered 418
until then and count for nothing; offenses are forgotten when `seconds_max` have passed since the last ban ended. In
memory only, and bounded: when `addresses_max` addresses are remembered, the one that has been quiet for longest is
forgotten. A restart forgets them all.
"""

from collections import OrderedDict
from typing import Final

import msgspec
import structlog

from rialto.wire.errors import ApiError, ErrorCode

BANNED_STATUS: Final = 418
SECOND_US: Final = 1_000_000

_log = structlog.stdlib.get_logger(__name__)


class BanRules(msgspec.Struct, frozen=True):
    """When an address is banned and for how long; with `refusals_max` 0, never."""

    refusals_max: int = 100
    seconds_min: int = 120
    seconds_max: int = 3 * 86_400
    addresses_max: int = 100_000


class _Offender:
    __slots__ = ("banned_until_us", "offenses", "refusals", "window")

    def __init__(self) -> None:
        self.window = -1
        self.refusals = 0
        self.offenses = 0
        self.banned_until_us = 0


class Bans:
    """Remembers who was refused, and shuts out who does not heed it."""

    def __init__(self, rules: BanRules, window_us: int) -> None:
        """`window_us` is how long refusals add up."""
        self._rules = rules
        self._window_us = window_us
        # In the order of their last refusal: who was quiet for longest stands first.
        self._offenders: OrderedDict[str, _Offender] = OrderedDict()
        self.made = 0
        """How many bans there were since the start."""

    def check(self, address: str, now_us: int) -> None:
        """Raise `ApiError` -1003 with status 418 while an address is banned."""
        offender = self._offenders.get(address)
        if offender is not None and now_us < offender.banned_until_us:
            raise _banned(offender.banned_until_us, now_us)

    def note_refusal(self, address: str, now_us: int) -> None:
        """Note that an address is told to wait. Raises `ApiError` with status 418 if it was told too often."""
        rules = self._rules
        if not rules.refusals_max:
            return
        offender = self._remembered(address, now_us)
        window = now_us // self._window_us
        if offender.window != window:
            offender.window = window
            offender.refusals = 0
        offender.refusals += 1
        if offender.refusals > rules.refusals_max:
            seconds = min(rules.seconds_max, rules.seconds_min << min(offender.offenses, 64))
            offender.offenses += 1
            offender.refusals = 0
            offender.banned_until_us = now_us + seconds * SECOND_US
            self.made += 1
            _log.warning("address banned", address=address, seconds=seconds, offenses=offender.offenses)
            raise _banned(offender.banned_until_us, now_us)

    def active(self, now_us: int) -> int:
        """Count the addresses that are banned now."""
        return sum(now_us < offender.banned_until_us for offender in self._offenders.values())

    @property
    def remembered(self) -> int:
        """How many addresses that were refused are remembered."""
        return len(self._offenders)

    def _remembered(self, address: str, now_us: int) -> _Offender:
        """Return what is remembered of an address, as the newest of all."""
        offender = self._offenders.pop(address, None) or _Offender()
        if now_us >= offender.banned_until_us + self._rules.seconds_max * SECOND_US:
            offender.offenses = 0
        if len(self._offenders) >= self._rules.addresses_max:
            self._offenders.popitem(last=False)
        self._offenders[address] = offender
        return offender


def _banned(until_us: int, now_us: int) -> ApiError:
    code = ErrorCode.TOO_MANY_REQUESTS
    message = code.messages[2].format(until_us // 1000)
    return ApiError(code.number, message, BANNED_STATUS, max(1, -(-(until_us - now_us) // SECOND_US)))
