"""Figures about chains and deposits, for Prometheus."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from prometheus_client.metrics_core import Metric
from sqlalchemy import Engine, func, select

from rialto.custody.deposits.model import State
from rialto.custody.deposits.tables import deposits, sightings
from rialto.custody.following import Follower
from rialto.foundation.metrics import Collect, counters, gauges
from rialto.foundation.periodic import PeriodicRead


def chain_metrics(followers: Sequence[Follower], happened: Mapping[str, int]) -> Collect:
    """Tell how far each chain is followed, and what became of deposits since the start."""

    def collect() -> Iterable[Metric]:
        if not followers:
            return
        yield gauges(
            "rialto_chain_failures",
            "How often a chain could not be followed since it last could; 0 while it is followed.",
            ("network",),
            {each.name: each.failures for each in followers},
        )
        yield gauges(
            "rialto_chain_blocks_behind",
            "How many blocks of a chain are not read yet.",
            ("network",),
            {
                each.name: max(each.tip_height - each.head.height, 0)
                for each in followers
                if each.tip_height is not None and each.head is not None
            },
        )
        yield counters(
            "rialto_chain_forks_total",
            "How often a chain took another branch than the one that was read.",
            ("network",),
            {each.name: each.forks for each in followers},
        )
        yield gauges(
            "rialto_chain_fork_depth_max",
            "How many blocks the deepest fork since the start took back.",
            ("network",),
            {each.name: each.deepest_fork for each in followers},
        )
        yield gauges(
            "rialto_chain_lost",
            "Whether a chain forked deeper than blocks are remembered, so that it is followed no more.",
            ("network",),
            {each.name: int(each.is_lost) for each in followers},
        )
        yield counters(
            "rialto_deposits_total",
            "What happened to deposits: credited, held, released, reversed, restored, and shortfalls.",
            ("what",),
            {what: happened.get(what, 0) for what in WHAT_HAPPENS},
        )

    return collect


class DepositsWaiting(NamedTuple):
    """How many deposits are seen and not recorded, and how many are held until somebody decides."""

    pending: int
    held: int


def read_waiting(engine: Engine) -> DepositsWaiting:
    """Count deposits that wait. Blocks."""
    unsettled = select(func.count()).where(sightings.c.is_settled.is_(False), sightings.c.is_house.is_(False))
    held = select(func.count()).where(deposits.c.state == State.HELD.value)
    with engine.connect() as connection:
        return DepositsWaiting(connection.scalar(unsettled) or 0, connection.scalar(held) or 0)


def deposit_metrics(waiting: PeriodicRead[DepositsWaiting]) -> Collect:
    """Tell how many deposits wait, and what for."""

    def collect() -> Iterable[Metric]:
        if waiting.newest is not None:
            yield gauges(
                "rialto_deposits_waiting",
                "How many deposits are not recorded yet, and how many are held until an operator decides.",
                ("state",),
                waiting.newest._asdict(),
            )

    return collect


WHAT_HAPPENS = ("credited", "held", "housefunded", "released", "reversed", "restored", "shortfalls")


def reconciliation_metrics(differences: Callable[[], Mapping[tuple[str, str], int]]) -> Collect:
    """Tell of which assets the chain holds something else than the ledger says."""

    def collect() -> Iterable[Metric]:
        yield gauges(
            "rialto_custody_unreconciled",
            "Whether a chain holds something else of an asset than the ledger says, so that it is not paid out.",
            ("network", "asset"),
            {key: int(difference != 0) for key, difference in differences().items()},
        )

    return collect
