"""A cluster is one exchange at every gateway, and stays it while members are killed or paused under load.

The suite kills and pauses the active core; RIALTO_TEST_CLUSTER_FAULTS=1 (`make cluster-faults`) tries every member,
and pulls the cables of cores and NATS nodes, where network namespaces are permitted.
After each fault everything told of is there once, at both gateways; at the end both cores hold one state, sound.
"""

import asyncio
import hashlib
import hmac
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import websockets

from rialto.core import journal
from tests.cluster_load import Load, Told, check_told
from tests.cluster_process import CORES, NATS, ClusterProcess, needs_nats
from tests.databases import postgres_database
from tests.demo_process import RIALTO, Credentials
from tests.network_namespaces import Network, network
from tests.plain_http import plain_client
from tests.served_metrics import IN_A_CLUSTER, served
from tests.trading_client import Client
from tests.websocket_client import SocketClient, connected

pytestmark = [needs_nats, pytest.mark.timeout(900)]

TRADERS = 6
SETTLED_ORDERS = 60
RECOVERS_IN_S = 180.0
GONE_FOR_S = 5.0
BACK_IN_S = 3.0
LOOKS = 300
LOOK_EVERY_S = 0.2

Choice = Callable[[ClusterProcess], Awaitable[Sequence[str]]]


async def active_core(cluster: ClusterProcess) -> Sequence[str]:
    return [cluster.active_core()]


async def both_cores(_cluster: ClusterProcess) -> Sequence[str]:
    return CORES


async def standby_core(cluster: ClusterProcess) -> Sequence[str]:
    return [core for core in CORES if core != cluster.active_core()]


async def a_gateway(_cluster: ClusterProcess) -> Sequence[str]:
    return ["gateway-2"]


async def commands_leader(cluster: ClusterProcess) -> Sequence[str]:
    return [await cluster.leader_of("COMMANDS")]


async def another_node(cluster: ClusterProcess) -> Sequence[str]:
    leaders = [await cluster.leader_of(stream) for stream in ("COMMANDS", "OUTPUTS", "KV_rialto")]
    return [next((node for node in NATS if node not in leaders), next(node for node in NATS if node != leaders[0]))]


USUAL: list[tuple[str, Choice]] = [("kill", active_core), ("pause", active_core)]
EVERY: list[tuple[str, Choice]] = [
    *(("kill", choice) for choice in (active_core, standby_core, both_cores, a_gateway, commands_leader, another_node)),
    *(("pause", choice) for choice in (active_core, standby_core, a_gateway, commands_leader, another_node)),
    *(("cut", choice) for choice in (active_core, standby_core, commands_leader, another_node)),
]
FAULTS = EVERY if os.environ.get("RIALTO_TEST_CLUSTER_FAULTS") else USUAL


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, postgres_server: str) -> Iterator[ClusterProcess]:
    data = tmp_path_factory.mktemp("faults") / "cluster"
    with ExitStack() as stack:
        url = stack.enter_context(postgres_database(postgres_server))
        process = ClusterProcess(data, url, {"RIALTO_CHECKPOINT_COMMANDS": "500"}, cables(stack, url))
        try:
            yield process
        finally:
            assert process.stop() == 0
    check_same(data)
    agreed = [line for line in logged(data) if '"event": "state hashes agree"' in line]
    assert agreed, "the replicas compared their states"


async def test_what_happens_at_one_gateway_is_seen_at_the_other(cluster: ClusterProcess) -> None:
    here, there = cluster.urls
    credentials = cluster.credentials("alice")
    port = urlsplit(there).port
    assert port is not None
    async with (
        plain_client(here, timeout=60) as http,
        plain_client(there, timeout=60) as other,
        connected(port) as socket,
        websockets.connect(f"ws://127.0.0.1:{port}/ws/adausdt@trade", proxy=None) as trades,
    ):
        trader: Any = SimpleNamespace(key=SimpleNamespace(key=credentials.key), sign=partial(signature, credentials))
        subscribed = await socket.ask_signed("userDataStream.subscribe.signature", trader)
        assert subscribed["status"] == 200
        buy = {"symbol": "ADAUSDT", "side": "BUY", "newClientOrderId": "seen", "type": "MARKET", "quantity": "20"}
        placed = await Client(http, credentials).send("POST", "/api/v3/order", **buy)
        client = Client(other, credentials)
        found = await client.send("GET", "/api/v3/order", symbol="ADAUSDT", origClientOrderId="seen")
        assert (found["orderId"], found["status"]) == (placed["orderId"], "FILLED")
        fills = await client.send("GET", "/api/v3/myTrades", symbol="ADAUSDT", orderId=placed["orderId"])
        assert [fill["id"] for fill in fills] == [fill["tradeId"] for fill in placed["fills"]]
        [last] = (await other.get("/api/v3/trades", params={"symbol": "ADAUSDT", "limit": 1})).json()
        assert last["id"] >= fills[-1]["id"]
        told = [await reported(socket, placed["orderId"]) for _ in range(1 + len(fills))]
        assert told == ["NEW", *("TRADE" for _ in fills)]
        ids: set[int] = set()
        while not ids >= {fill["id"] for fill in fills}:
            ids.add(json.loads(await asyncio.wait_for(trades.recv(), 60))["t"])


def test_cores_are_watched_beside_gateways(cluster: ClusterProcess) -> None:
    if cluster.network is not None:
        pytest.skip("the cores' loopback addresses are in namespaces of their own")
    assert len(cluster.core_urls) == len(CORES)
    for url in cluster.core_urls:
        for path in ("/health", "/ready"):
            until_well(f"{url}{path}")
        until_told(url, IN_A_CLUSTER)
        assert httpx.get(f"{url}/api/v3/ping", trust_env=False).status_code == 404
    one, other = cores_of_a_settled(cluster)
    until_told(cluster.core_urls[other["is_active"]], {"rialto_projections_lag_commands"})
    assert (one["is_agreed"], other["is_agreed"]) == (True, True)
    assert one["epoch"] == other["epoch"]


def cores_of_a_settled(cluster: ClusterProcess) -> list[Any]:
    """What `rialto status` tells of the cores, once one is active: the lease may be on its way on a busy machine."""
    for _ in range(LOOKS):
        members = statuses([*cluster.urls, *cluster.core_urls])
        gateways, cores = members[: len(cluster.urls)], members[len(cluster.urls) :]
        assert not any(gateways), "gateways are no members"
        if sorted(core is not None and core["is_active"] for core in cores) == [False, True]:
            return cores
    raise AssertionError("not one of them is active")


def statuses(urls: Sequence[str]) -> list[Any]:
    """What `rialto status` tells of members, of those that are cores."""
    wanted = [argument for url in urls for argument in ("--url", url)]
    said = subprocess.run([*RIALTO, "status", "--once", "--json", *wanted], capture_output=True, check=False)
    return [(each["reading"] or {}).get("member") for each in json.loads(said.stdout)]


def until_well(url: str) -> None:
    for _ in range(LOOKS):
        if httpx.get(url, trust_env=False).status_code == 200:
            return
        time.sleep(LOOK_EVERY_S)
    raise AssertionError(httpx.get(url, trust_env=False).text)


def until_told(url: str, names: set[str]) -> None:
    for _ in range(LOOKS):
        if names <= served(url):
            return
        time.sleep(LOOK_EVERY_S)
    raise AssertionError(f"{url} does not tell {names - served(url)}")


def signature(credentials: Credentials, payload: str) -> str:
    return hmac.new(credentials.secret.encode(), payload.encode(), hashlib.sha256).hexdigest()


async def reported(socket: SocketClient, order_id: int) -> str:
    """Wait for the next execution report of an order, and return what it reports."""
    while True:
        event = (await socket.receive()).get("event", {})
        if event.get("e") == "executionReport" and event["i"] == order_id:
            return str(event["x"])


def cables(stack: ExitStack, postgres_url: str) -> Network | None:
    """Cables that can be pulled, where they will be: cores reach PostgreSQL from their namespaces by a socket file."""
    if not any(how == "cut" for how, _ in FAULTS):
        return None
    return stack.enter_context(network((*NATS, *CORES) if "host=" in postgres_url else NATS))


@pytest.mark.parametrize(("how", "choose"), FAULTS, ids=[f"{how}-{choice.__name__}" for how, choice in FAULTS])
def test_no_order_is_lost(
    cluster: ClusterProcess, how: str, choose: Choice, capsys: pytest.CaptureFixture[str]
) -> None:
    name = f"{how}-{choose.__name__}".replace("_", "-")
    told, pause_ms = asyncio.run(trade_through(cluster, how, choose, name))
    said = f"\n{name}: {len(told.orders)} orders told of, pause {pause_ms} ms, {told.retries} without an answer\n"
    with capsys.disabled():
        sys.stdout.write(said)
    for url in cluster.urls:
        asyncio.run(check_told(url, cluster.credentials("bob"), ALL))


ALL = Told()
"""Everything told of so far: what came before a fault must survive it, too."""


async def trade_through(cluster: ClusterProcess, how: str, choose: Choice, name: str) -> tuple[Told, int]:
    """Trade, lose a member, trade on, have it back; return what was told and the longest pause."""
    load = Load(cluster.urls, cluster.credentials("bob"), name, TRADERS)
    try:
        await load.until_accepted(SETTLED_ORDERS, RECOVERS_IN_S)
        members = await choose(cluster)
        times_ready = [cluster.times_ready(member) for member in members]
        began = asyncio.get_running_loop().time()
        with lost(cluster, how, members):
            await asyncio.sleep(GONE_FOR_S)
            await load.until_accepted(SETTLED_ORDERS, RECOVERS_IN_S)
        if how == "kill":
            for member, times in zip(members, times_ready, strict=True):
                await cluster.until_ready_again(member, times)
        await load.until_accepted(SETTLED_ORDERS, RECOVERS_IN_S)
        await asyncio.sleep(BACK_IN_S)
    finally:
        told = await load.stop()
        ALL.orders |= told.orders
        ALL.asked |= told.asked
    return told, told.pause_ms(began)


@contextmanager
def lost(cluster: ClusterProcess, how: str, members: Sequence[str]) -> Iterator[None]:
    """Be without members: killed for good, paused, or unreachable."""
    for member in members:
        if how == "cut":
            assert cluster.network is not None
            cluster.network.cut_off(member)
        else:
            cluster.send(member, signal.SIGKILL if how == "kill" else signal.SIGSTOP)
    try:
        yield
    finally:
        for member in members:
            if how == "cut":
                assert cluster.network is not None
                cluster.network.join_again(member)
            elif how == "pause":
                cluster.send(member, signal.SIGCONT)


def check_same(data: Path) -> None:
    """Both journals are sound and hold one history; who was stopped a moment earlier has less of it."""
    one, other = [journal.verify(data / core / "journal") for core in CORES]
    assert min(one.checkpoints, other.checkpoints) > 1
    if one.sequence == other.sequence:
        assert one.state_hash == other.state_hash
        return
    both = min(one.sequence, other.sequence)
    histories = [journal.replayed_outcomes(data / core / "journal") for core in CORES]
    here, there = [(each for outcomes in history for each in outcomes) for history in histories]
    for mine, theirs in itertools.islice(zip(here, there, strict=False), both):
        assert mine == theirs


def logged(data: Path) -> list[str]:
    return [line for core in CORES for line in (data / f"{core}.log").read_text().splitlines()]
