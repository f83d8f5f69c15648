"""Upgrade requests: who is let in, and which HTTP error the others get."""

import asyncio

import pytest
import websockets

from rialto.streams.limits import StreamLimits
from tests.streams import eventually
from tests.unit.streams.served import Served, served

KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
VERSION = "Sec-WebSocket-Version: 13"
UPGRADE = "Upgrade: websocket"
CONNECTION = "Connection: Upgrade"
GOOD = (UPGRADE, CONNECTION, VERSION, KEY)


async def respond(it: Served, first_line: str, *headers: str) -> tuple[str, bytes]:
    """Send a head by hand; return the head of the response and its body, as far as its length is stated."""
    reader, writer = await asyncio.open_connection("127.0.0.1", it.port)
    writer.write("\r\n".join([first_line, "Host: localhost", *headers, "", ""]).encode())
    async with asyncio.timeout(5):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next((int(line[16:]) for line in head.split("\r\n") if line.startswith("content-length: ")), 0)
        body = await reader.readexactly(length)
    writer.close()
    return head, body


@pytest.mark.parametrize(
    ("first_line", "headers", "status", "message"),
    [
        (
            "GET /nowhere HTTP/1.1",
            GOOD,
            "404 Not Found",
            "No WebSocket at '/nowhere', only at /ws, /stream, /stream-sbe",
        ),
        ("GET / HTTP/1.1", GOOD, "404 Not Found", "No WebSocket at '/', only at /ws, /stream, /stream-sbe"),
        (
            "GET /stream/btcusdt@trade HTTP/1.1",
            GOOD,
            "404 Not Found",
            "Combined streams are at /stream?streams=<name>/<name>",
        ),
        (
            "GET /ws/btcusdt@trades HTTP/1.1",
            GOOD,
            "400 Bad Request",
            "unknown stream type `trades` in stream `btcusdt@trades`",
        ),
        (
            "GET /ws?timeUnit=NANOSECOND HTTP/1.1",
            GOOD,
            "400 Bad Request",
            "timeUnit must be MILLISECOND or MICROSECOND, not 'NANOSECOND'",
        ),
        (
            "GET /ws HTTP/1.1",
            (UPGRADE, CONNECTION, VERSION),
            "400 Bad Request",
            "Sec-WebSocket-Key must be 16 bytes in base64",
        ),
        (
            "GET /ws HTTP/1.1",
            (UPGRADE, CONNECTION, VERSION, "Sec-WebSocket-Key: c2hvcnQ="),
            "400 Bad Request",
            "Sec-WebSocket-Key must be 16 bytes in base64",
        ),
        (
            "GET /ws HTTP/1.1",
            (UPGRADE, CONNECTION, KEY),
            "426 Upgrade Required",
            "WebSocket version None is not spoken, only 13",
        ),
        (
            "GET /ws HTTP/1.1",
            (UPGRADE, CONNECTION, KEY, "Sec-WebSocket-Version: 8"),
            "426 Upgrade Required",
            "WebSocket version 8 is not spoken, only 13",
        ),
        ("POST /ws HTTP/1.1", GOOD, "405 Method Not Allowed", "WebSockets are opened by GET, not POST"),
        (
            "GET /ws HTTP/1.1",
            (*GOOD, f"X-Padding: {'x' * 65_536}"),
            "431 Request Header Fields Too Large",
            None,
        ),
    ],
)
async def test_refused(first_line: str, headers: tuple[str, ...], status: str, message: str | None) -> None:
    async with served() as it:
        head, body = await respond(it, first_line, *headers)
        assert head.startswith(f"HTTP/1.1 {status}\r\n")
        assert "\r\nconnection: close\r\n" in head
        assert message is None or body.decode() == f"{message}\n"
        assert len(it.hub.connections) == 0


async def test_a_refusal_of_the_version_names_ours() -> None:
    async with served() as it:
        head, _ = await respond(it, "GET /ws HTTP/1.1", UPGRADE, CONNECTION, KEY, "Sec-WebSocket-Version: 8")
        assert "\r\nsec-websocket-version: 13\r\n" in head


async def test_plain_requests_go_to_the_application() -> None:
    async with served() as it:
        head, _ = await respond(it, "GET /ws HTTP/1.1")
        assert head.startswith("HTTP/1.1 404 Not Found\r\n")


async def test_the_upgrade_of_a_browser_is_accepted() -> None:
    async with served() as it:
        head, _ = await respond(
            it,
            "GET /ws/btcusdt@trade HTTP/1.1",
            UPGRADE,
            "Connection: keep-alive, Upgrade",
            VERSION,
            KEY,
            "Origin: https://elsewhere.example",
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
        )
        assert head.startswith("HTTP/1.1 101 Switching Protocols\r\n")
        assert "sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=" in head.lower()
        assert "extensions" not in head.lower()


async def test_what_cannot_be_a_stream_is_a_label_of_the_clients() -> None:
    async with served() as it, it.connect("/ws/0/btcusdt@trade") as client:
        await client.send('{"method":"LIST_SUBSCRIPTIONS","id":1}')
        assert await client.recv() == '{"result":["btcusdt@trade"],"id":1}'


async def test_too_many_streams_in_an_address() -> None:
    async with served(StreamLimits(streams_max=2)) as it:
        head, body = await respond(it, "GET /ws/btcusdt@trade/btcusdt@depth/btcusdt@ticker HTTP/1.1", *GOOD)
        assert head.startswith("HTTP/1.1 400 ")
        assert body == b"3 streams asked for, at most 2 fit\n"


@pytest.mark.parametrize("limits", [StreamLimits(connections_max=2), StreamLimits(connections_per_address_max=2)])
async def test_no_more_connections_than_the_limit(limits: StreamLimits) -> None:
    async with served(limits) as it:
        async with it.connect("/ws"), it.connect("/ws"):
            with pytest.raises(websockets.InvalidStatus, match="503"):
                await it.connect("/ws")
        await eventually(lambda: len(it.hub.connections) == 0)
        async with it.connect("/ws"):
            assert it.hub.connections.counters.refused_upgrades == 1


async def test_no_more_attempts_than_the_limit() -> None:
    async with served(StreamLimits(attempts_max=2, attempts_window_s=0.5)) as it:
        for _ in range(2):
            async with it.connect("/ws"):
                pass
        head, body = await respond(it, "GET /ws HTTP/1.1", *GOOD)
        assert head.startswith("HTTP/1.1 429 ")
        assert body == b"More than 2 connection attempts in 0.5 seconds\n"
        await asyncio.sleep(0.6)
        async with it.connect("/ws"):
            assert len(it.hub.connections) == 1
