"""A cluster under load loses members: killed, or paused until the others have gone on. Nobody loses an order.

The suite tries the active core both ways; RIALTO_TEST_CLUSTER_FAULTS=1 (`make cluster-faults`) tries every member.
After each fault everything told of is there once, at both gateways; at the end both cores hold one state, sound.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rialto.core import journal
from rialto.core.journal import Report
from tests.cluster_load import Load, Told, check_told
from tests.cluster_process import CORES, NATS, ClusterProcess, needs_nats
from tests.databases import postgres_database

pytestmark = [needs_nats, pytest.mark.timeout(900)]

TRADERS = 6
SETTLED_ORDERS = 60
RECOVERS_IN_S = 60.0
BACK_IN_S = 3.0

Choice = Callable[[ClusterProcess], str]


def active_core(cluster: ClusterProcess) -> str:
    return cluster.active_core()


def standby_core(cluster: ClusterProcess) -> str:
    return next(core for core in CORES if core != cluster.active_core())


def a_gateway(_cluster: ClusterProcess) -> str:
    return "gateway-2"


def commands_leader(cluster: ClusterProcess) -> str:
    return cluster.leader_of("COMMANDS")


def another_node(cluster: ClusterProcess) -> str:
    leaders = {cluster.leader_of(stream) for stream in ("COMMANDS", "OUTPUTS")}
    return next((node for node in NATS if node not in leaders), NATS[0])


USUAL: list[tuple[Choice, bool]] = [(active_core, True), (active_core, False)]
EVERY: list[tuple[Choice, bool]] = [
    (choice, kills)
    for kills in (True, False)
    for choice in (active_core, standby_core, a_gateway, commands_leader, another_node)
]
FAULTS = EVERY if os.environ.get("RIALTO_TEST_CLUSTER_FAULTS") else USUAL


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, postgres_server: str) -> Iterator[ClusterProcess]:
    data = tmp_path_factory.mktemp("faults") / "cluster"
    with postgres_database(postgres_server) as url:
        process = ClusterProcess(data, url, {"RIALTO_CLUSTER_CHECKPOINT_COMMANDS": "500"})
        try:
            yield process
        finally:
            assert process.stop() == 0
    one, other = [verified(data / core) for core in CORES]
    assert (one.sequence, one.state_hash) == (other.sequence, other.state_hash)
    assert one.checkpoints > 1
    agreed = [line for line in logged(data) if '"event": "state hashes agree"' in line]
    assert agreed, "the replicas compared their states"


@pytest.mark.parametrize(
    ("choose", "kills"),
    FAULTS,
    ids=[f"{'kill' if kills else 'pause'}-{choice.__name__}" for choice, kills in FAULTS],
)
def test_no_order_is_lost(
    cluster: ClusterProcess, choose: Choice, kills: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    name = f"{'kill' if kills else 'pause'}-{choose.__name__}".replace("_", "-")
    told, pause_ms = asyncio.run(trade_through(cluster, choose, kills, name))
    said = f"\n{name}: {len(told.orders)} orders told of, pause {pause_ms} ms, {told.retries} without an answer\n"
    with capsys.disabled():
        sys.stdout.write(said)
    ALL.orders |= told.orders
    ALL.asked |= told.asked
    for url in cluster.urls:
        asyncio.run(check_told(url, cluster.credentials("bob"), ALL))


ALL = Told()
"""Everything told of so far: what came before a fault must survive it, too."""


async def trade_through(cluster: ClusterProcess, choose: Choice, kills: bool, name: str) -> tuple[Told, int]:
    """Trade, lose a member, and trade on; return what was told and the longest pause."""
    load = Load(cluster.urls, cluster.credentials("bob"), name, TRADERS)
    try:
        await load.until_accepted(SETTLED_ORDERS, RECOVERS_IN_S)
        member = choose(cluster)
        times_ready = cluster.times_ready(member)
        began = asyncio.get_running_loop().time()
        cluster.send(member, signal.SIGKILL if kills else signal.SIGSTOP)
        await asyncio.sleep(BACK_IN_S)
        await load.until_accepted(SETTLED_ORDERS, RECOVERS_IN_S)
        if not kills:
            cluster.send(member, signal.SIGCONT)
            await load.until_accepted(SETTLED_ORDERS, RECOVERS_IN_S)
        else:
            await cluster.until_ready_again(member, times_ready)
        await asyncio.sleep(BACK_IN_S)
    finally:
        if not kills:
            cluster.send(member, signal.SIGCONT)
        told = await load.stop()
    return told, told.pause_ms(began)


def verified(directory: Path) -> Report:
    return journal.verify(directory / "journal")


def logged(data: Path) -> list[str]:
    return [line for core in CORES for line in (data / f"{core}.log").read_text().splitlines()]
