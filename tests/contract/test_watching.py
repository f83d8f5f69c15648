"""A live exchange as an operator watches it: figures that move, checks in every state, lines that can be acted on."""

import asyncio
import json
import socket
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from rialto.bootstrap.watching import Watching
from rialto.foundation.configuration import read_settings
from rialto.gateway.assembly import edge_alone
from rialto.gateway.page.site import PageSite
from rialto.gateway.server import HttpServer, ServerSettings, listen
from rialto.watch.site import PATHS
from tests.demo_process import Credentials, DemoProcess, rialto
from tests.gateway import Trader
from tests.plain_http import plain_client

FAMILIES = {"order", "cancel", "account", "market", "session", "unknown"}
OPERATOR_LABELS = {
    *("le", "kind", "reason", "family", "outcome", "code", "phase", "check"),
    *("part", "version", "service", "urgency", "state", "act", "result", "currency"),
}
SERIES_MAX = 600


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoProcess]:
    demo = DemoProcess(tmp_path_factory.mktemp("watch") / "data", {"RIALTO_METRICS_TOKEN": "open sesame"})
    yield demo
    assert demo.stop() == 0


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], Any]:
    """Read a scrape with Prometheus' own parser."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scrape(exchange: DemoProcess) -> dict[tuple[str, tuple[tuple[str, str], ...]], Any]:
    response = get(exchange, "/metrics")
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return samples(response.text)


def get(exchange: DemoProcess, path: str, **headers: str) -> httpx.Response:
    return httpx.get(f"{exchange.url}{path}", headers=headers, trust_env=False, timeout=20)


@cache
def credentials_of(exchange: DemoProcess) -> Credentials:
    return exchange.credentials()


def signed(exchange: DemoProcess, method: str, path: str, query: str) -> httpx.Response:
    key, secret = credentials_of(exchange)
    query = f"{query}&timestamp={time.time_ns() // 1_000_000}&recvWindow=60000"
    url = f"{exchange.url}{path}?{query}&signature={Trader.sign_with(secret, query)}"
    return httpx.request(method, url, headers={"X-MBX-APIKEY": key}, trust_env=False, timeout=20)


def eventually(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.1)


def test_figures_move_with_use(exchange: DemoProcess) -> None:
    before = scrape(exchange)
    order = "symbol=XRPUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=20&price=0.4"
    placed = signed(exchange, "POST", "/api/v3/order", order)
    assert placed.status_code == 200, placed.text
    cancel = f"symbol=XRPUSDT&orderId={placed.json()['orderId']}"
    assert signed(exchange, "DELETE", "/api/v3/order", cancel).status_code == 200
    assert signed(exchange, "DELETE", "/api/v3/order", cancel).json()["code"] == -2011
    assert signed(exchange, "GET", "/api/v3/account", "").status_code == 200
    assert get(exchange, "/api/v3/time").status_code == 200
    assert get(exchange, "/api/v3/nothing").status_code == 404
    after = scrape(exchange)

    def grown(name: str, **labels: str) -> Any:
        key = (name, tuple(sorted(labels.items())))
        return after[key] - before.get(key, 0)

    assert grown("rialto_requests_total", family="order", outcome="answered") == 1
    assert grown("rialto_requests_total", family="cancel", outcome="answered") == 1
    assert grown("rialto_requests_total", family="cancel", outcome="refused") == 1
    assert grown("rialto_requests_total", family="account", outcome="answered") == 1
    assert grown("rialto_requests_total", family="market", outcome="answered") == 1
    assert grown("rialto_requests_total", family="unknown", outcome="refused") == 1
    assert grown("rialto_request_seconds_count", family="order") == 1
    assert grown("rialto_request_seconds_sum", family="order") > 0
    assert grown("rialto_refusals_total", code="-2011") == 1
    assert grown("rialto_commands_total", kind="PlaceOrder") >= 1
    assert grown("rialto_rejections_total", reason="UnknownOrder") == 1
    assert grown("rialto_journal_sequence") >= 3
    assert grown("rialto_commit_seconds_count") == grown("rialto_journal_sequence")
    assert grown("rialto_journal_sync_seconds_count") >= 3
    assert grown("rialto_journal_written_bytes_total") > 200
    assert after["rialto_conservation_ok", (("check", "projections"),)] == 1


def test_labels_are_few(exchange: DemoProcess) -> None:
    found = scrape(exchange)
    assert len(found) < SERIES_MAX
    labels = {label for name, pairs in found if name.startswith("rialto_") for label, _ in pairs}
    assert labels <= OPERATOR_LABELS
    assert {dict(pairs)["family"] for name, pairs in found if name == "rialto_requests_total"} <= FAMILIES
    assert not [name for name, _ in found if name.startswith("rialto_replica")], "what is not known is absent"


def test_conservation_is_checked_all_the_time(exchange: DemoProcess) -> None:
    key = ("rialto_conservation_checked_sequence", (("check", "projections"),))
    begun = scrape(exchange)[key]
    eventually(lambda: scrape(exchange)[key] > begun)
    assert scrape(exchange)["rialto_conservation_accounts_total", ()] > 0


def test_who_may_read_the_figures(exchange: DemoProcess) -> None:
    refused = get(exchange, "/metrics", **{"X-Forwarded-For": "192.0.2.1"})
    assert (refused.status_code, refused.json()["code"]) == (404, -1020)
    passed = {"X-Forwarded-For": "192.0.2.1", "Authorization": "Bearer open sesame"}
    assert get(exchange, "/metrics", **passed).status_code == 200
    assert get(exchange, "/metrics", Authorization="Bearer guess").status_code == 404
    assert httpx.post(f"{exchange.url}/metrics", trust_env=False).status_code == 405
    assert httpx.head(f"{exchange.url}/ready", trust_env=False).content == b""


def test_checks_are_named_and_detailed_for_the_operator_only(exchange: DemoProcess) -> None:
    own, other = get(exchange, "/ready"), get(exchange, "/ready", Via="1.1 proxy")
    assert own.status_code == other.status_code == 200
    assert set(own.json()["checks"]) == {"replay", "draining", "core", "projections", "disk", "conservation"}
    assert own.json()["checks"]["core"]["detail"].startswith("runs, at sequence ")
    assert set(other.json()["checks"].values()) == {True}
    assert get(exchange, "/health").json()["checks"]["loop"] == {"ok": True, "detail": "answers"}


def test_a_banned_address_may_still_ask_how_it_fares(tmp_path: Path) -> None:
    limits = {"RIALTO_REQUEST_WEIGHT_PER_MINUTE_MAX": "50", "RIALTO_BAN_AFTER_REFUSALS": "2"}
    demo = DemoProcess(tmp_path / "data", {**limits, "RIALTO_LOG_LEVEL": "warning"})
    try:
        eventually(lambda: get(demo, "/api/v3/exchangeInfo").status_code == 418)
        assert get(demo, "/ready").status_code == 200
        found = scrape(demo)
        assert found["rialto_banned_addresses", ()] == 1
        assert any(("outcome", "banned") in labels for name, labels in found if name == "rialto_requests_total")
    finally:
        assert demo.stop() == 0
    line = next(line for line in lines(demo) if line["event"] == "address banned")
    assert (line["address"], line["offenses"]) == ("127.0.0.1", 1)
    assert line["seconds"] == 120


def lines(demo: DemoProcess) -> list[dict[str, Any]]:
    """Read what a process has logged; every line is one JSON object."""
    return [json.loads(line) for line in Path(demo.log.name).read_text().splitlines()]


def test_every_line_is_enough_to_act_on(tmp_path: Path) -> None:
    provoked = {
        "RIALTO_SLOW_SYNC_MILLISECONDS": "0",
        "RIALTO_SLOW_TURN_MILLISECONDS": "0",
        "RIALTO_DISK_FREE_BYTES_MIN": str(1 << 60),
        "RIALTO_DRAIN_NOTICE_SECONDS": "1",
    }
    demo = DemoProcess(tmp_path / "data", provoked)
    wanted = {"open", "slow sync of the journal", "slow turn of the loop", "disk space low"}
    eventually(lambda: wanted <= {line["event"] for line in lines(demo)})
    refused = get(demo, "/ready")
    assert (refused.status_code, refused.json()["checks"]["disk"]["ok"]) == (503, False)
    assert get(demo, "/health").status_code == 200
    assert demo.stop() == 0
    told = lines(demo)
    assert all("sequence" in line or "at_sequence" in line for line in told), "any line can be laid beside the journal"
    by_event = {line["event"]: line for line in told}
    assert by_event["open"]["version"]
    assert by_event["slow sync of the journal"]["sequence"] > 0
    assert by_event["slow sync of the journal"]["ms"] >= 0
    assert by_event["slow turn of the loop"]["count"] >= 1
    assert by_event["disk space low"]["needed_bytes"] == 1 << 60
    assert by_event["disk space low"]["directory"] == str(demo.data)
    assert by_event["draining"]["notice_s"] == 1
    assert by_event["stopped"]["stop_s"] >= 1
    assert by_event["stopped"]["sequence"] >= by_event["draining"]["sequence"] > 0


def test_who_sends_traffic_hears_of_the_end_in_time(tmp_path: Path) -> None:
    demo = DemoProcess(tmp_path / "data", {"RIALTO_DRAIN_NOTICE_SECONDS": "5"})
    assert get(demo, "/ready").status_code == 200
    demo.ask_to_stop()
    eventually(lambda: get(demo, "/ready").status_code == 503)
    assert get(demo, "/ready").json()["checks"]["draining"]["ok"] is False
    assert get(demo, "/health").status_code == 200
    assert get(demo, "/api/v3/time").status_code == 200, "what still comes is served"
    assert demo.stop() == 0


async def test_the_port_answers_while_the_journal_is_replayed(tmp_path: Path) -> None:
    watching = Watching(read_settings({}, {"data_directory": tmp_path}))
    page = tmp_path / "page"
    page.mkdir()
    (page / "index.html").write_text("<!doctype html>")
    listener = listen(ServerSettings(port=0))
    port = listener.getsockname()[1]
    async with plain_client(f"http://127.0.0.1:{port}") as client:
        async with watching.alone(listener, PageSite(page)):
            watching.note_replayed(700_000)
            ready, health = await client.get("/ready"), await client.get("/health")
            assert (ready.status_code, health.status_code) == (503, 200)
            assert ready.json()["checks"]["replay"] == {"ok": False, "detail": "at sequence 700000"}
            assert samples((await client.get("/metrics")).text)["rialto_replay_sequence", ()] == 700_000
            early = await client.get("/api/v3/time")
            assert (early.status_code, early.json()["code"]) == (503, -1008)
            shown = await client.get("/trade/BTCUSDT")
            assert (shown.status_code, shown.text) == (200, "<!doctype html>")
            assert (await client.post("/trade/BTCUSDT")).status_code == 503
            with pytest.raises(InvalidStatus) as stream:
                await connect(f"ws://127.0.0.1:{port}/stream", proxy=None)
            assert stream.value.response.status_code == 503
        between = asyncio.create_task(client.get("/health"))
        await asyncio.sleep(0.05)
        server = HttpServer(watching.site(_nothing), edge_alone(PATHS), ServerSettings(), listener=listener)
        await server.start()
        assert (await between).status_code == 200, "who connected in between has waited"
        await server.stop()
    with socket.socket() as refused:
        assert refused.connect_ex(("127.0.0.1", port)) != 0


async def _nothing(scope: object, receive: object, send: object) -> None:
    raise AssertionError("only the operator asks here")


def test_status_shows_it_once(exchange: DemoProcess) -> None:
    shown = rialto("status", "--once", "--json", "--url", exchange.url)
    assert shown.returncode == 0, shown.stderr
    (seen,) = json.loads(shown.stdout)
    assert seen["reading"]["phase"] == "open"
    assert seen["reading"]["sequence"] > 0
    assert {queue["what"] for queue in seen["reading"]["queues"]} >= {"core", "projections", "sockets"}
    beside = rialto("status", "--once", "--url", exchange.url, "--url", "http://127.0.0.1:1")
    assert beside.returncode == 1
    assert "not reachable" in beside.stdout
    assert exchange.url in beside.stdout
