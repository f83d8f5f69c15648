"""What is known of who asks for a withdrawal, beside what they ask: their device, their key, what they changed lately.

Owns no state: devices are those people logged in from, and a change that locks withdrawals for a day is remembered by
the lock it set.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from rialto.custody.withdrawals.model import RiskPart
from rialto.custody.withdrawals.ports import Known
from rialto.gateway.call import Call
from rialto.identity.devices import Devices
from rialto.identity.people import Person

HOUR_US: Final = 3_600_000_000
DAY_US: Final = 24 * HOUR_US
DEVICE_NEW_US: Final = 3 * DAY_US
KEY_NEW_US: Final = DAY_US
CHANGE_RECENT_US: Final = 6 * DAY_US
"""After the end of the day in which nothing may be withdrawn."""

SignalsOf = Callable[[Call], Awaitable[tuple[RiskPart, ...]]]


async def no_signals(_call: Call) -> tuple[RiskPart, ...]:
    """Know nothing of who asks."""
    return ()


class Signals:
    """Tells it of a call."""

    def __init__(self, devices: Devices, known: Known, now_us: Callable[[], int]) -> None:
        self._devices = devices
        self._known = known
        self._now_us = now_us

    async def of(self, call: Call) -> tuple[RiskPart, ...]:
        """List what about who asks makes a withdrawal riskier."""
        return await asyncio.to_thread(self._of, call)

    def _of(self, call: Call) -> tuple[RiskPart, ...]:
        now_us, person = self._now_us(), self._known.find(call.owner)
        parts = []
        if not call.is_of_browser:
            if now_us - call.api_key.created_at_us < KEY_NEW_US:
                parts.append(RiskPart("new_key", 20, "asked with an API key that was made within a day"))
        elif person is not None and self._is_device_new(person, call.browser_session.device, now_us):
            parts.append(RiskPart("new_device", 30, "asked from a device that was first seen within three days"))
        if person is not None and 0 < person.withdrawals_locked_until_us > now_us - CHANGE_RECENT_US:
            reason = "" if person.lock_reason is None else f": {person.lock_reason.value}"
            parts.append(RiskPart("recent_change", 20, f"what secures the account changed within a week{reason}"))
        return tuple(parts)

    def _is_device_new(self, person: Person, device: str, now_us: int) -> bool:
        """Tell whether a device was first seen lately; the one that somebody signed up from is not new to them."""
        found = [each.first_seen_at_us for each in self._devices.of_owner(person.owner) if each.device == device]
        first_seen_at_us = found[0] if found else now_us
        return now_us - first_seen_at_us < DEVICE_NEW_US and first_seen_at_us - person.created_at_us > HOUR_US
