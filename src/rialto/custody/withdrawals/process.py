"""The process that pays on one network: a task that goes round as often as the network is looked at.

What fails is tried again the next round, later and later; other networks go on. Nothing is remembered between rounds
that matters.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog

from rialto.core.errors import RuntimeBusy, RuntimeStopped
from rialto.custody.chains.adapter import NodeUnavailable
from rialto.custody.payouts.carrying import Carrying
from rialto.custody.signing.requests import SignerUnavailable
from rialto.custody.withdrawals.paying import Paying
from rialto.foundation.leases import LeaseLost
from rialto.foundation.tasks import end
from rialto.projections.history import HistoryBusy, HistoryUnavailable
from rialto.projections.projector import ProjectionsBehind

_log = structlog.stdlib.get_logger(__name__)

WAIT_S_MAX: Final = 60

TRANSIENT: Final = (
    NodeUnavailable,
    SignerUnavailable,
    RuntimeBusy,
    HistoryBusy,
    HistoryUnavailable,
    LeaseLost,
    ProjectionsBehind,
    TimeoutError,
)
"""What passes."""


class PayingProcess:
    """Pays on one network."""

    def __init__(
        self,
        network: str,
        carrying: Carrying,
        paying: Paying,
        further: Sequence[Callable[[Carrying], Awaitable[None]]],
        interval_us: int,
    ) -> None:
        """`further` is done last in a round: what else moves money on the network."""
        self.network = network
        self.carrying = carrying
        self.paying = paying
        self._further = further
        self._interval_us = interval_us
        self._task: asyncio.Task[None] | None = None
        self.failures = 0
        """How many rounds failed one after the other."""
        self.under_way = 0
        """How many payouts were not closed after the last round."""

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name=f"paying-{self.network}")

    async def stop(self) -> None:
        """End between two rounds or within one: what is recorded is gone on with at the next start."""
        await end(self._task)

    async def round(self) -> None:
        """Carry on what is under way, begin what waits, then what else there is. Errors: `TRANSIENT` and others."""
        left = await self.carrying.carry_all()
        await self.paying.pay(self.carrying, len(left))
        for each in self._further:
            await each(self.carrying)
        self.under_way = len(left)

    async def _run(self) -> None:
        while True:
            try:
                await self.round()
            except RuntimeStopped:
                return
            except TRANSIENT as error:
                self.failures += 1
                _log.warning("paying is put off", network=self.network, error=str(error), failures=self.failures)
            except Exception:
                self.failures += 1
                _log.exception("paying failed", network=self.network, failures=self.failures)
            else:
                self.failures = 0
            await asyncio.sleep(self._wait_us() / 1_000_000)

    def _wait_us(self) -> int:
        return min(self._interval_us << min(self.failures, 10), WAIT_S_MAX * 1_000_000)
