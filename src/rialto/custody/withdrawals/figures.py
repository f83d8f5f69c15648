"""Figures about withdrawals and payouts, for Prometheus. What needs the database a watch reads, not a scrape."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import structlog
from prometheus_client.metrics_core import Metric

from rialto.custody.payouts.model import Outcome
from rialto.custody.signing.requests import Refusal
from rialto.custody.withdrawals.process import PayingProcess
from rialto.custody.withdrawals.reading import PENDING, HeldBack, Waiting, WithdrawalReading
from rialto.foundation.metrics import Collect, counters, gauges
from rialto.foundation.tasks import end

LOOKED_EVERY_S: Final = 10

_log = structlog.stdlib.get_logger(__name__)


class WithdrawalWatch:
    """Looks now and then at what is pending.

    State: how many were pending when it last looked, and since when the oldest is, by state; and how many the signer's
    limits hold back, and until when, by network.
    """

    def __init__(self, reading: WithdrawalReading, now_us: Callable[[], int]) -> None:
        self._reading = reading
        self._now_us = now_us
        self._task: asyncio.Task[None] | None = None
        self.waiting: dict[str, Waiting] = {}
        self.held_back: dict[str, HeldBack] = {}

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name="withdrawal-watch")

    async def stop(self) -> None:
        """End."""
        await end(self._task)

    async def _run(self) -> None:
        while True:
            try:
                found = await self._reading.pending()
                self.waiting = {each.state.value: each for each in found}
                self.held_back = {each.network: each for each in await self._reading.held_back(self._now_us())}
            except Exception:
                _log.exception("pending withdrawals not counted")
                self.waiting, self.held_back = {}, {}
            await asyncio.sleep(LOOKED_EVERY_S)


def withdrawal_metrics(
    watch: WithdrawalWatch, processes: Mapping[str, PayingProcess], now_us: Callable[[], int]
) -> Collect:
    """Tell what is pending and for how long, and how paying fares on each network."""

    def collect() -> Iterable[Metric]:
        states = [state.value for state in PENDING]
        yield gauges(
            "rialto_withdrawals_pending",
            "How many withdrawals wait, by what for.",
            ("state",),
            {state: watch.waiting[state].count if state in watch.waiting else 0 for state in states},
        )
        yield gauges(
            "rialto_withdrawals_oldest_pending_seconds",
            "For how long the oldest of them waits.",
            ("state",),
            {
                state: max(0, now_us() - watch.waiting[state].oldest_us) // 1_000_000 if state in watch.waiting else 0
                for state in states
            },
        )
        if processes:
            yield from _payout_figures(processes)
            yield from _signer_figures(watch.held_back, processes, now_us())

    return collect


def _payout_figures(processes: Mapping[str, PayingProcess]) -> Iterable[Metric]:
    yield gauges(
        "rialto_payouts_under_way",
        "How many payouts are not closed.",
        ("network",),
        {name: each.under_way for name, each in processes.items()},
    )
    yield gauges(
        "rialto_payouts_stuck",
        "How many of them wait longer than they should, or need a person.",
        ("network",),
        {name: len(each.carrying.stuck) for name, each in processes.items()},
    )
    yield gauges(
        "rialto_payouts_failures",
        "How many rounds of paying failed one after the other.",
        ("network",),
        {name: each.failures for name, each in processes.items()},
    )
    yield gauges(
        "rialto_withdrawals_short",
        "How many withdrawals wait for the hot addresses to hold enough.",
        ("network",),
        {name: len(each.paying.short) for name, each in processes.items()},
    )
    yield counters(
        "rialto_payouts_total",
        "What came of payouts, and how often one was replaced or shown to the node again.",
        ("network", "what"),
        {
            (name, what): each.carrying.figures[what]
            for name, each in processes.items()
            for what in (*(outcome.value for outcome in Outcome), "bumped", "shown_again")
        },
    )


def _signer_figures(
    held: Mapping[str, HeldBack], processes: Mapping[str, PayingProcess], now_us: int
) -> Iterable[Metric]:
    yield gauges(
        "rialto_withdrawals_held_back",
        "How many withdrawals wait because the signer's limits of an hour or a day leave no room.",
        ("network",),
        {name: held[name].count if name in held else 0 for name in processes},
    )
    yield gauges(
        "rialto_withdrawals_held_back_seconds",
        "In how long the first of them is tried again.",
        ("network",),
        {name: max(0, held[name].again_at_us - now_us) // 1_000_000 if name in held else 0 for name in processes},
    )
    yield counters(
        "rialto_withdrawals_refused_by_signer_total",
        "How often the signer refused to sign, by why.",
        ("network", "refusal"),
        {
            (name, refusal.value): each.carrying.refusals[refusal.value]
            for name, each in processes.items()
            for refusal in Refusal
        },
    )
