"""Connections, seen by a client nobody here wrote: requests, limits, heartbeat, slow readers, the end."""

import asyncio
import socket
from functools import partial
from typing import Any

import pytest
import websockets
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from rialto.streams.framing import TimeUnit
from rialto.streams.limits import StreamLimits
from rialto.streams.names import Kind, Topic
from tests.streams import eventually
from tests.unit.streams.served import SYMBOLS, ask, receive, served

TRADES = Topic(Kind.TRADE, 0)
UNHURRIED = StreamLimits(messages_max=1_000)


async def closed(client: ClientConnection, timeout: float = 5.0) -> tuple[int, str]:
    """Wait for the end; return why."""
    end: ConnectionClosed | None = None
    async with asyncio.timeout(timeout):
        while end is None:
            try:
                await client.recv()
            except ConnectionClosed as closing:
                end = closing
    assert end.rcvd is not None, "the server did not say goodbye"
    return end.rcvd.code, end.rcvd.reason


async def test_the_streams_of_the_address_are_read() -> None:
    async with served() as it, it.connect("/ws/btcusdt@trade/ethusdt@depth@100ms") as client:
        it.hub.publish(TRADES, lambda unit: b'{"E":%d}' % unit.of(it.clock.now_us()))
        it.hub.publish(Topic(Kind.DEPTH, 1), lambda _unit: b'"not asked for"')
        it.hub.publish(Topic(Kind.DEPTH, 1, fast=True), lambda _unit: b'"depth"')
        assert await receive(client) == {"E": 1_700_000_000_123}
        assert await receive(client) == "depth"


async def test_combined_messages_carry_their_stream() -> None:
    path = "/stream?streams=btcusdt@trade/btcusdt@kline_1m@+08:00&timeUnit=microsecond"
    async with served() as it, it.connect(path) as client:
        it.hub.publish(TRADES, lambda unit: b'{"E":%d}' % unit.of(it.clock.now_us()))
        assert await receive(client) == {"stream": "btcusdt@trade", "data": {"E": 1_700_000_000_123_456}}
        assert await ask(client, "LIST_SUBSCRIPTIONS") == {
            "result": ["btcusdt@trade", "btcusdt@kline_1m@+08:00"],
            "id": 1,
        }


async def test_an_escaped_address_means_the_same() -> None:
    async with served() as it, it.connect("/ws/btcusdt%40trade/%21miniTicker%40arr") as client:
        assert (await ask(client, "LIST_SUBSCRIPTIONS"))["result"] == ["btcusdt@trade", "!miniTicker@arr"]


async def test_subscriptions_come_and_go() -> None:
    async with served(UNHURRIED) as it, it.connect("/ws") as client:
        assert await ask(client, "SUBSCRIBE", ["btcusdt@trade", "btcusdt@depth"], "a-1") == {
            "result": None,
            "id": "a-1",
        }
        assert await ask(client, "SUBSCRIBE", ["btcusdt@trade"], None) == {"result": None, "id": None}
        assert await ask(client, "LIST_SUBSCRIPTIONS") == {"result": ["btcusdt@trade", "btcusdt@depth"], "id": 1}
        assert await ask(client, "UNSUBSCRIBE", ["btcusdt@depth", "ethusdt@depth"]) == {"result": None, "id": 1}
        assert await ask(client, "LIST_SUBSCRIPTIONS") == {"result": ["btcusdt@trade"], "id": 1}
        it.hub.publish(Topic(Kind.DEPTH, 0), lambda _unit: b'"depth"')
        it.hub.publish(TRADES, lambda _unit: b'"trade"')
        assert await receive(client) == "trade"


async def test_a_request_with_one_bad_name_changes_nothing() -> None:
    async with served(UNHURRIED) as it, it.connect("/ws") as client:
        reply = await ask(client, "SUBSCRIBE", ["btcusdt@trade", "BTCUSDT@depth"])
        assert reply == {
            "code": 2,
            "msg": "Invalid request: symbol of stream `BTCUSDT@depth` must be lowercase: `btcusdt`",
        }
        assert (await ask(client, "UNSUBSCRIBE", ["btcusdt@nothing"]))["code"] == 2
        assert (await ask(client, "LIST_SUBSCRIPTIONS"))["result"] == []
        assert not it.hub.is_read


async def test_combined_is_a_property() -> None:
    async with served(UNHURRIED) as it, it.connect("/ws/btcusdt@trade") as client:
        assert await ask(client, "GET_PROPERTY", ["combined"]) == {"result": False, "id": 1}
        assert await ask(client, "SET_PROPERTY", ["combined", True]) == {"result": None, "id": 1}
        assert await ask(client, "GET_PROPERTY", ["combined"]) == {"result": True, "id": 1}
        it.hub.publish(TRADES, lambda _unit: b"1")
        assert await receive(client) == {"stream": "btcusdt@trade", "data": 1}
        await ask(client, "SET_PROPERTY", ["combined", False])
        it.hub.publish(TRADES, lambda _unit: b"2")
        assert await receive(client) == 2
        assert await ask(client, "SET_PROPERTY", ["color", True], 7) == {"code": 0, "msg": "Unknown property", "id": 7}


async def test_a_message_is_built_once_for_each_unit() -> None:
    built: list[TimeUnit] = []

    def build(unit: TimeUnit) -> bytes:
        built.append(unit)
        return b'"%b"' % unit.name.encode()

    async with (
        served() as it,
        it.connect("/ws/btcusdt@trade") as raw,
        it.connect("/stream?streams=btcusdt@trade") as combined,
        it.connect("/ws/btcusdt@trade?timeUnit=MICROSECOND") as precise,
        it.connect("/ws/btcusdt@trade") as another,
    ):
        it.hub.publish(TRADES, build)
        assert sorted(unit.name for unit in built) == ["MICROSECOND", "MILLISECOND"]
        assert await receive(raw) == await receive(another) == "MILLISECOND"
        assert await receive(combined) == {"stream": "btcusdt@trade", "data": "MILLISECOND"}
        assert await receive(precise) == "MICROSECOND"
        assert (it.hub.connections.counters.messages, it.hub.connections.counters.deliveries) == (1, 4)


async def test_messages_of_one_turn_leave_in_one_write() -> None:
    async with served() as it:
        reader, writer = await upgraded(it.port, "/ws/btcusdt@trade")
        for number in range(50):
            it.hub.publish(TRADES, partial(lambda number, _unit: b"%02d" % number, number))
        # One segment on loopback: everything is there at the first read, and in order.
        assert await reader.read(65_536) == b"".join(b"\x81\x02%02d" % number for number in range(50))
        writer.close()


async def upgraded(port: int, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a WebSocket by hand and leave its frames alone."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 ")
    return reader, writer


async def test_no_more_streams_than_the_limit() -> None:
    limits = StreamLimits(streams_max=3)
    async with served(limits) as it, it.connect("/ws/btcusdt@trade/btcusdt@depth") as client:
        full = await ask(client, "SUBSCRIBE", ["ethusdt@trade", "ethusdt@depth"])
        assert full == {"code": 2, "msg": "Invalid request: a connection can listen to at most 3 streams"}
        assert await ask(client, "SUBSCRIBE", ["btcusdt@trade", "ethusdt@trade"]) == {"result": None, "id": 1}


async def test_the_limit_of_streams_fits_one_request_and_one_address() -> None:
    names = [f"{symbol.lower()}@depth{level}" for symbol in SYMBOLS for level in (5, 10, 20)]
    assert StreamLimits().streams_max * (max(map(len, names)) + 10) < StreamLimits().message_bytes_max
    async with served() as it, it.connect("/stream?streams=" + "/".join(names * 113)) as client:
        assert (await ask(client, "LIST_SUBSCRIPTIONS"))["result"] == names


async def test_all_connections_together_read_no_more_streams_than_there_is_room_for() -> None:
    async with served(StreamLimits(subscriptions_max=3)) as it:
        async with it.connect("/ws/btcusdt@trade/ethusdt@trade") as one, it.connect("/ws") as two:
            assert (await ask(two, "SUBSCRIBE", ["btcusdt@trade"]))["result"] is None
            refused = await ask(two, "SUBSCRIBE", ["btcusdt@depth"])
            assert refused["msg"] == "Invalid request: the server has no room for further streams, try again later"
            with pytest.raises(websockets.InvalidStatus, match="503"):
                await it.connect("/ws/btcusdt@trade")
            await ask(one, "UNSUBSCRIBE", ["ethusdt@trade"])
            assert (await ask(two, "SUBSCRIBE", ["btcusdt@depth"]))["result"] is None
            assert it.hub.connections.subscriptions == 3
        await eventually(lambda: it.hub.connections.subscriptions == 0)


@pytest.mark.parametrize("kind", ["requests", "pings", "pongs"])
async def test_too_many_messages_end_the_connection(kind: str) -> None:
    async with served() as it, it.connect("/ws") as client:
        for _ in range(6):
            match kind:
                case "requests":
                    await client.send('{"method":"LIST_SUBSCRIPTIONS","id":1}')
                case "pings":
                    await client.ping()
                case _:
                    await client.pong()
        assert await closed(client) == (1008, "Too many requests")
        assert it.hub.connections.counters.excessive_senders == 1
        await eventually(lambda: len(it.hub.connections) == 0)


async def test_five_messages_a_second_are_fine() -> None:
    async with served() as it, it.connect("/ws") as client:
        for _ in range(2):
            for _ in range(5):
                await ask(client, "LIST_SUBSCRIPTIONS")
            await asyncio.sleep(1.05)
        await ask(client, "LIST_SUBSCRIPTIONS")


async def test_a_ping_is_answered_with_its_payload() -> None:
    async with served() as it, it.connect("/ws") as client, asyncio.timeout(5):
        await (await client.ping(b"hello"))


@pytest.mark.parametrize(
    ("message", "end"),
    [
        ("x" * 70_000, (1009, "Received frame with payload size exceeding max allowed size, 70000 > 65536")),
        (["x" * 40_000, "x" * 40_000], (1009, "Payload too long")),
        (b"binary", (1003, "Send requests as text")),
    ],
)
async def test_messages_that_end_the_connection(message: Any, end: tuple[int, str]) -> None:
    async with served() as it, it.connect("/ws") as client:
        await client.send(message)
        assert await closed(client) == end


async def test_a_fragmented_request_is_answered_when_it_is_whole() -> None:
    async with served() as it, it.connect("/ws") as client:
        await client.send(['{"method":"LIST_SUB', 'SCRIPTIONS","id', '":1}'])
        assert await receive(client) == {"result": [], "id": 1}


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (b"\x80\x80\0\0\0\0", 1002),  # A continuation of nothing.
        (b"\x01\x81\0\0\0\0{\x81\x81\0\0\0\0}", 1002),  # A new message inside another.
        (b"\xc1\x81\0\0\0\0{", 1002),  # Compressed, which was not agreed on.
        (b"\x81\x01{", 1002),  # Not masked.
        (b"\x83\x80\0\0\0\0", 1002),  # An operation that does not exist.
        (b"\x81\x82\0\0\0\0\xc3\x28", 1007),  # Not UTF-8.
    ],
)
async def test_broken_frames_end_the_connection(frames: bytes, code: int) -> None:
    async with served() as it:
        reader, writer = await upgraded(it.port, "/ws")
        writer.write(frames)
        goodbye = await asyncio.wait_for(reader.read(), 5)
        assert (goodbye[0], int.from_bytes(goodbye[2:4], "big")) == (0x88, code)
        writer.close()
        await eventually(lambda: len(it.hub.connections) == 0)


async def test_the_server_pings_with_the_time() -> None:
    async with served(StreamLimits(ping_interval_s=0.1)) as it:
        reader, writer = await upgraded(it.port, "/ws")
        assert await asyncio.wait_for(reader.readexactly(15), 5) == b"\x89\x0d1700000000123"
        writer.close()


async def test_answered_pings_keep_the_connection() -> None:
    limits = StreamLimits(ping_interval_s=0.1, pong_timeout_s=0.3, messages_max=1_000)
    async with served(limits) as it, it.connect("/ws") as client:
        await asyncio.sleep(1.0)
        assert (await ask(client, "LIST_SUBSCRIPTIONS"))["result"] == []


async def test_pings_without_answer_end_the_connection() -> None:
    limits = StreamLimits(ping_interval_s=0.1, pong_timeout_s=0.3, close_timeout_s=0.2, messages_max=1_000)
    async with served(limits) as it:
        reader, writer = await upgraded(it.port, "/ws")
        for _ in range(10):  # Unsolicited pongs are no answer.
            writer.write(b"\x8a\x80\0\0\0\0")
            await asyncio.sleep(0.02)
        received = await asyncio.wait_for(reader.read(), 5)
        assert received.endswith(b"\x88\x0e\x03\xf0Pong timeout")
        writer.close()


async def test_a_connection_ends_with_its_life() -> None:
    async with served(StreamLimits(life_s=0.3)) as it, it.connect("/ws") as client:
        assert await closed(client) == (1000, "Connection life is over, connect again")


async def test_a_slow_reader_is_cut_off_and_others_go_on() -> None:
    limits = StreamLimits(backlog_bytes_max=100_000)
    async with served(limits) as it, it.connect("/ws/btcusdt@trade") as quick:
        slow = socket.create_connection(("127.0.0.1", it.port))
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        slow.sendall(
            b"GET /ws/btcusdt@trade HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        await eventually(lambda: len(it.hub.connections) == 2)
        payload = b'"%b"' % (b"x" * 50_000)
        sent = 0
        while len(it.hub.connections) == 2:
            assert sent < 1_000, "the slow reader was never cut off"
            it.hub.publish(TRADES, lambda _unit: payload)
            sent += 1
            assert len(await receive(quick)) == 50_000
        assert it.hub.connections.counters.slow_readers == 1
        it.hub.publish(TRADES, lambda _unit: b'"after"')
        assert await receive(quick) == "after"
        slow.close()


async def test_a_client_that_leaves_is_forgotten() -> None:
    async with served() as it:
        async with it.connect("/ws/btcusdt@trade"):
            assert it.hub.reads(TRADES)
        await eventually(lambda: not it.hub.reads(TRADES))
        _reader, writer = await upgraded(it.port, "/ws/btcusdt@trade")
        writer.transport.abort()
        await eventually(lambda: not it.hub.reads(TRADES))
        assert len(it.hub.connections) == 0


async def test_a_goodbye_is_answered() -> None:
    async with served() as it:
        reader, writer = await upgraded(it.port, "/ws")
        writer.write(b"\x88\x82\0\0\0\0\x03\xe8")
        assert await asyncio.wait_for(reader.read(), 5) == b"\x88\x02\x03\xe8"
        writer.close()


async def test_a_shutdown_is_announced() -> None:
    async with (
        served(StreamLimits(close_timeout_s=0.5)) as it,
        it.connect("/ws/btcusdt@trade") as raw,
        it.connect("/stream?timeUnit=MICROSECOND") as combined,
    ):
        _deaf, writer = await upgraded(it.port, "/ws")
        draining = asyncio.create_task(it.hub.connections.drain(notice_s=0.2))
        assert await receive(raw) == {"e": "serverShutdown", "E": 1_700_000_000_123}
        assert await receive(combined) == {
            "stream": "!serverShutdown",
            "data": {"e": "serverShutdown", "E": 1_700_000_000_123_456},
        }
        with pytest.raises(websockets.InvalidStatus, match="503"):
            await it.connect("/ws")
        assert await closed(raw) == (1001, "Server shutdown")
        assert await closed(combined) == (1001, "Server shutdown")
        await draining
        assert len(it.hub.connections) == 0
        writer.close()


async def test_a_server_that_stops_undrained_closes_its_connections() -> None:
    async with served() as it, it.connect("/ws") as client:
        it.server.should_exit = True
        assert await closed(client) == (1001, "Server shutdown")
