"""Clients that take more than their share of sockets, bytes and time: each costs a connection and nothing more."""

import asyncio
import socket
from pathlib import Path

import pytest

from rialto.gateway.admission import AdmissionRules
from rialto.gateway.bounds import Bounds
from tests.contract.test_overload import PLACED, raw
from tests.gateway import Live, live, refusal, until

PING = b"GET /api/v3/ping HTTP/1.1\r\nHost: a\r\n\r\n"
SLOW_BODY = b"POST /api/v3/order HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nsymbol="


@pytest.mark.parametrize("bounds", [Bounds(connections_max=4), Bounds(connections_per_address_max=4)])
async def test_more_connections_than_there_may_be_are_told_busy(tmp_path: Path, bounds: Bounds) -> None:
    async with live(tmp_path, bounds=bounds) as exchange:
        idle = [await asyncio.open_connection("127.0.0.1", exchange.client.base_url.port) for _ in range(4)]
        await until(lambda: exchange.gateway.edge.connections == 4)
        assert refusal(await exchange.client.get("/api/v3/ping"))[:2] == (503, -1008)
        counters = exchange.gateway.edge.counters
        assert counters.too_many_connections + counters.too_many_of_address == 1
        idle[0][1].close()
        await until(lambda: exchange.gateway.edge.connections < 4)
        assert await exchange.get("/api/v3/ping") == {}
        for _, writer in idle:
            writer.close()


async def test_thousands_of_idle_connections_keep_nobody_from_trading(tmp_path: Path) -> None:
    async with live(tmp_path) as exchange:
        address = ("127.0.0.1", exchange.client.base_url.port)
        idle = [socket.create_connection(address) for _ in range(2_000)]
        assert (await exchange.alice.send("POST", "/api/v3/order", PLACED)).status_code == 200
        assert exchange.gateway.edge.connections > 2_000
        for each in idle:
            each.close()


async def test_who_sends_a_body_slowly_holds_no_place(tmp_path: Path) -> None:
    rules, bounds = AdmissionRules(orders_under_way_max=1), Bounds(body_timeout_s=0.5)
    async with live(tmp_path, admission_rules=rules, bounds=bounds) as exchange:
        async with raw(exchange) as one, raw(exchange) as two:
            for slow in (one, two):
                slow.writer.write(SLOW_BODY)
            await asyncio.sleep(0.05)
            assert (await exchange.alice.send("POST", "/api/v3/order", PLACED)).status_code == 200
            assert exchange.gateway.admission.counters.started[1] == 1
            for slow in (one, two):
                assert (await slow.answer()).startswith(b"HTTP/1.1 408 ")
        assert exchange.gateway.edge.counters.bodies_too_late == 2


async def test_a_body_in_pieces_is_read_to_its_end(exchange: Live) -> None:
    async with raw(exchange) as slow:
        for piece in (b"POST /api/v3/order/test HTTP/1.1\r\nHost: a\r\n", b"Expect: 100-continue\r\n"):
            slow.writer.write(piece)
        slow.writer.write(b"Content-Length: 14\r\n\r\n")
        assert await slow.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        for piece in (b"symbol=", b"BTCUSDT"):
            slow.writer.write(piece)
            await asyncio.sleep(0.01)
        assert b'"code":-2014' in await slow.answer()


async def test_a_flood_of_pipelined_requests_ends_after_as_many_as_there_may_be(tmp_path: Path) -> None:
    async with live(tmp_path, bounds=Bounds(pipelined_max=8)) as exchange, raw(exchange) as flood:
        flood.writer.write(PING * 1_000)
        answers = await asyncio.wait_for(flood.reader.read(), 10)
        assert answers.count(b"HTTP/1.1 200 ") == 9
        assert answers.count(b"HTTP/1.1 429 ") == 1
        assert answers.endswith(b'{"code":-1003,"msg":"Too many requests queued."}')
        assert exchange.gateway.edge.counters.pipelined_too_many == 1
        assert await exchange.get("/api/v3/ping") == {}


async def test_who_does_not_read_the_answers_is_cut_off(tmp_path: Path) -> None:
    async with live(tmp_path, bounds=Bounds(backlog_timeout_s=0.3)) as exchange:
        greedy = socket.socket()
        greedy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        greedy.connect(("127.0.0.1", exchange.client.base_url.port))
        greedy.setblocking(False)
        request = b"GET /api/v3/openapi.json HTTP/1.1\r\nHost: a\r\n\r\n"
        await asyncio.get_running_loop().sock_sendall(greedy, request * 30)
        await until(lambda: exchange.gateway.edge.counters.unread_answers == 1)
        assert await exchange.get("/api/v3/ping") == {}
        greedy.close()


async def test_a_giant_head_in_one_piece_is_answered_and_a_larger_one_ends_the_connection(exchange: Live) -> None:
    async with raw(exchange) as one:
        giant = b"GET /api/v3/ping HTTP/1.1\r\nHost: a\r\nx: " + b"a" * 20_000 + b"\r\n\r\n"
        assert (await one.ask(giant)).startswith(b"HTTP/1.1 431 ")
    async with raw(exchange) as two:
        assert (await two.ask(b"GET / HTTP/1.1\r\nx: " + b"a" * 60_000)).startswith(b"HTTP/1.1 431 ")
    assert exchange.gateway.edge.counters.heads_too_large == 1
