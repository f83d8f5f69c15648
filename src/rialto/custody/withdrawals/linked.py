"""Whether it must be said to whom something goes: by itself, or with what went to the same destination lately.

Pieces that together come to what the travel rule asks about are asked about, from the piece on that makes it so. What
was given back does not count. Looked at in the owner's turn, so that of two at once the second sees the first.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from rialto.contracts.amounts import units_of
from rialto.custody.withdrawals.destinations import Destination
from rialto.custody.withdrawals.reading import WithdrawalReading
from rialto.wire.errors import ApiError
from rialto.wire.wallet_errors import WalletError

HOUR_US: Final = 3_600_000_000

AsksToWhom = Callable[[int, Sequence[tuple[str, int]]], Awaitable[bool]]
"""Tells whether it is asked to whom assets go, so many units of 1e-8 of each, from an owner to one destination."""


async def nobody_asks(_owner: int, _moved: Sequence[tuple[str, int]]) -> bool:
    """Ask nobody."""
    return False


def to_be_told() -> ApiError:
    """Return what is said where the answers are missing."""
    return WalletError.INVALID_OPERATION.error("Use /sapi/v1/localentity/withdraw/apply.", form=1)


class Linked:
    """Looks at what belongs together."""

    def __init__(
        self, reading: WithdrawalReading, asks: AsksToWhom, window_hours: int, now_us: Callable[[], int]
    ) -> None:
        self._reading = reading
        self._asks = asks
        self._window_us = window_hours * HOUR_US
        self._now_us = now_us

    async def check(self, owner: int, coin: str, units: int, destination: Destination) -> None:
        """Refuse what is asked about together with what went there before. Errors: `ApiError`, those of `History`."""
        if not self._window_us:
            return
        since_us = self._now_us() - self._window_us
        before = await self._reading.sent_to(
            owner, destination.name, destination.address, destination.recipient, since_us
        )
        if not before:
            return
        moved = [(row.coin, units_of(row.amount) + units_of(row.fee)) for row in before]
        if await self._asks(owner, [*moved, (coin, units)]):
            raise to_be_told()
