"""A replica either goes on or ends: whatever fails in one of its tasks is what `run` ends with, in bounded time."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from rialto.core.cluster.names import TICKET
from rialto.core.cluster.output_log import OutputLog
from rialto.core.cluster.replica import Replica
from tests.nats_server import cluster_on
from tests.replicas import TRADING, journalled, replica


class Projections:
    """Projections that can fail to end."""

    def __init__(self, fails: str) -> None:
        self._fails = fails

    async def begin(self) -> None:
        """Write nothing."""

    async def end(self, *, is_deposed: bool) -> None:
        if is_deposed:
            raise ValueError(self._fails)

    async def forget_written(self) -> None:
        """Keep nothing."""


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while True:
            if holds():
                return
            await asyncio.sleep(0.01)


async def test_what_fails_while_stepping_down_ends_the_replica(nats_url: str, tmp_path: Path) -> None:
    async with cluster_on(nats_url) as cluster, replica(tmp_path) as opened:
        one = Replica(cluster, opened, "one", Projections("the database is gone"))
        running = asyncio.create_task(one.run())
        await until(lambda: one.epoch is not None)
        assert one.epoch is not None
        await OutputLog(cluster).begin(one.epoch + 1_000_000)
        await cluster.streams.publish("rialto.commands", TICKET.pack(1 << 40) + journalled(TRADING[0]))
        with pytest.raises(ValueError, match="the database is gone"):
            await asyncio.wait_for(running, 60)


async def test_a_replica_that_is_told_to_end_hands_over_at_once(nats_url: str, tmp_path: Path) -> None:
    async with (
        cluster_on(nats_url) as cluster,
        replica(tmp_path / "one") as opened,
        replica(tmp_path / "other") as other,
    ):
        one, two = (
            Replica(cluster, each, name, Projections("never deposed"))
            for each, name in ((opened, "one"), (other, "other"))
        )
        running = asyncio.create_task(one.run())
        await until(lambda: one.epoch is not None)
        following = asyncio.create_task(two.run())
        await cluster.streams.publish("rialto.commands", TICKET.pack(1 << 40) + journalled(TRADING[0]))
        await until(lambda: two.log.lag == 0 and one.log.lag == 0)
        running.cancel()
        await asyncio.wait([running], timeout=60)
        assert running.cancelled()
        assert one.epoch is None
        await until(lambda: two.epoch is not None)
        following.cancel()
        await asyncio.wait([following], timeout=60)
