"""What the signer does, as the application asks it over the private socket: for Prometheus, and nothing secret.

The signer counts since its own start. How long it takes, and when it was last seen, is measured by who asks.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

import structlog
from prometheus_client.metrics_core import Metric

from rialto.custody.signing.asking import SignerProcess
from rialto.custody.signing.channel import Figures
from rialto.custody.signing.requests import Purpose, Refusal, SignerUnavailable
from rialto.foundation.metrics import MICROSECONDS, Collect, counters, distribution, gauge, gauge_of_us, gauges
from rialto.foundation.tasks import end

ASKED_EVERY_S: Final = 15

_log = structlog.stdlib.get_logger(__name__)


class SignerWatch:
    """Asks now and then.

    State: the newest figures, and when they were told; what was told before the signer was lost stays, with its age.
    """

    def __init__(self, signer: SignerProcess, now_us: Callable[[], int]) -> None:
        self._signer = signer
        self._now_us = now_us
        self._task: asyncio.Task[None] | None = None
        self.figures: Figures | None = None
        self.seen_at_us: int | None = None
        self.is_up = False

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name="signer-watch")

    async def stop(self) -> None:
        """End."""
        await end(self._task)

    async def look(self) -> None:
        """Ask once."""
        try:
            self.figures = await self._signer.figures()
        except SignerUnavailable as unavailable:
            if self.is_up:
                _log.warning("the signer does not tell of itself", reason=str(unavailable))
            self.is_up = False
        else:
            self.is_up, self.seen_at_us = True, self._now_us()

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except Exception:
                _log.exception("the signer was not asked for figures")
                self.is_up = False
            await asyncio.sleep(ASKED_EVERY_S)


def signer_metrics(signer: SignerProcess, watch: SignerWatch) -> Collect:
    """Tell whether the signer answers, what it did since its start, and how much of its limits is used."""

    def collect() -> Iterable[Metric]:
        yield gauge("rialto_signer_up", "Whether the signer answers.", int(watch.is_up))
        yield gauge(
            "rialto_signer_put_back",
            "Whether the signer's record does not hold what was seen of it, so that it is not asked.",
            int(signer.is_put_back),
        )
        if watch.seen_at_us is not None:
            yield gauge_of_us(
                "rialto_signer_seen_timestamp_seconds", "When the signer last told of itself.", watch.seen_at_us
            )
        yield distribution(
            "rialto_signer_answer_seconds",
            "How long the signer took to answer a request to sign.",
            signer.took_us,
            units=MICROSECONDS,
        )
        if watch.figures is not None:
            yield from _told(watch.figures)

    return collect


def _told(figures: Figures) -> Iterable[Metric]:
    yield gauge("rialto_signer_entries", "How many entries the signer's record has.", figures.entry)
    yield counters(
        "rialto_signer_signed_total",
        "How many transactions were signed since the signer's start.",
        ("purpose",),
        {purpose.value: figures.signed.get(purpose.value, 0) for purpose in Purpose},
    )
    yield counters(
        "rialto_signer_refused_total",
        "How many requests were refused since the signer's start, by what for.",
        ("refusal",),
        {refusal.value: figures.refused.get(refusal.value, 0) for refusal in Refusal},
    )
    yield gauges(
        "rialto_signer_limit_used_percent",
        "How much of what may be paid within an hour and a day, or cost within a day, is used.",
        ("network", "asset", "limit"),
        {(each.network, each.asset, each.limit): each.percent for each in figures.limits},
    )
