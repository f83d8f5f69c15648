"""Limits of FIX sessions over real sockets: names, connections, messages; and how sessions end."""

import asyncio
import time
from pathlib import Path

import pytest

from rialto.fix.limits import FixLimits
from rialto.fix.service import ServiceKind
from rialto.gateway.limits import RateLimit
from rialto.identity.restrictions import Permission, Restrictions
from tests.fix import fix_exchange, service_limits

OE, DC, MD = ServiceKind.ORDER_ENTRY, ServiceKind.DROP_COPY, ServiceKind.MARKET_DATA


async def test_a_name_is_used_once_within_an_account(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path, limits=FixLimits(heartbeat_seconds_min=1)) as fix:
        first = await fix.logged_on(sender="ONE", t108=1)
        for kind in (OE, MD):
            again = await fix.connect(kind, "ONE")
            answer = await again.log_on(fix.key_of(fix.alice))
            assert answer.only(25016) == {25016: "-1033"}
        await fix.logged_on(fix.key_of(fix.bob), sender="ONE")
        await first.ask("5")
        second = await fix.logged_on(sender="ONE", t108=1)
        second.close()
        await asyncio.sleep(0.2)
        third = await fix.connect(sender="ONE")
        assert (await third.log_on(fix.key_of(fix.alice)))[25016] == "-1033"
        await asyncio.sleep(2)
        await fix.logged_on(sender="ONE")


async def test_an_account_has_so_many_sessions_and_attempts(tmp_path: Path) -> None:
    attempts = RateLimit("ATTEMPTS", "SECOND", 30, 4)
    limits = FixLimits(
        order_entry=service_limits(connections_max=1, attempts=attempts), drop_copy=service_limits(connections_max=1)
    )
    async with fix_exchange(tmp_path, limits=limits) as fix:
        await fix.logged_on()
        client = await fix.connect()
        answer = await client.log_on(fix.key_of(fix.alice))
        assert answer.only(25016, 58) == {25016: "-1034", 58: "Too many concurrent connections; current limit is '1'."}
        assert await client.is_closed()
        await fix.logged_on(kind=DC)
        await fix.logged_on(fix.key_of(fix.bob))
        await fix.connect()
        answer = await (await fix.connect()).receive("3")
        text = "Too many connection attempts from IP; current limit is 4 per '30 SECOND'."
        assert answer.only(25016, 58) == {25016: "-1034", 58: text}


async def test_who_sends_too_much_is_logged_out(tmp_path: Path) -> None:
    limits = FixLimits(order_entry=service_limits(messages=RateLimit("MESSAGES", "DAY", 1, 3)))
    async with fix_exchange(tmp_path, limits=limits) as fix:
        client = await fix.logged_on()
        answer = await client.ask("XLQ", (6136, "q1"))
        assert answer.type == "XLR"
        assert answer.pairs[7:-1] == [
            *((6136, "q1"), (25003, "3")),
            *((25004, "2"), (25005, "2"), (25006, "3"), (25007, "1"), (25008, "d")),
            *((25004, "1"), (25005, "0"), (25006, "100"), (25007, "10"), (25008, "s")),
            *((25004, "1"), (25005, "0"), (25006, "200000"), (25007, "1"), (25008, "d")),
        ]
        await client.ask("1", (112, "third"))
        text = "Too many messages; current limit is '3' messages per '1 DAY'."
        answer = await client.ask("1", (112, "fourth"))
        assert answer.only(35, 45, 372, 25016, 58) == {35: "3", 45: "4", 372: "1", 25016: "-1181", 58: text}
        assert (await client.receive("5"))[58] == text
        assert await client.is_closed()


async def test_a_key_that_allows_no_more_ends_its_sessions(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        keys, revoked, restricted = fix.exchange.keys, fix.key_of(fix.alice), fix.key_of(fix.bob)
        clients = await fix.logged_on(revoked), await fix.logged_on(restricted)
        copying = await fix.logged_on(restricted, DC)
        keys.revoke(revoked.key.key, 2)
        keys.restrict(restricted.key.key, [Permission.FIX_READ_ONLY], Restrictions())
        for client in clients:
            assert (await client.receive("5"))[58] == "Invalid API-key, IP, or permissions for action."
        assert (await copying.ask("1", (112, "still there"))).type == "0"


async def test_a_key_that_expires_ends_its_sessions(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        keys, expiring = fix.exchange.keys, fix.key_of(fix.alice)
        client = await fix.logged_on(expiring)
        keys.restrict(expiring.key.key, None, Restrictions(), expires_at_us=time.time_ns() // 1_000 + 500_000)
        assert (await client.receive("5"))[58] == "Invalid API-key, IP, or permissions for action."
        again = await fix.connect()
        assert (await again.log_on(expiring))[58] == "Invalid API-key, IP, or permissions for action."


async def test_the_end_is_announced(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path, limits=FixLimits(news_every_seconds=1)) as fix:
        client, other = await fix.logged_on(), await fix.connect()
        stopping = asyncio.create_task(fix.servers[OE].stop(3))
        assert [(await client.receive("B"))[148] for _ in range(3)] == [
            "You'll be disconnected in 3 seconds. Please reconnect.",
            "You'll be disconnected in 2 seconds. Please reconnect.",
            "Your connection is about to be closed. Please reconnect.",
        ]
        late = await fix.connect()
        assert (await late.receive("3"))[25016] == "-1016"
        assert (await client.receive("5", timeout=3))[58] == "The server is shutting down."
        assert await client.is_closed()
        other.close()
        client.close()
        late.close()
        await stopping


async def test_the_end_of_the_service_leaves_no_request_unanswered(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path, open_orders_max=1_000) as fix:
        client, answered = await fix.logged_on(), set[str]()
        for number in range(100):
            order = {11: f"o{number}", 38: "0.001", 40: "2", 44: "50000", 54: "2", 55: "BTCUSDT", 59: "1"}
            await client.send("D", *order.items())
        answered.add((await client.receive("8"))[11])
        stopping = asyncio.create_task(fix.servers[OE].stop())
        while (told := await client.receive()).type == "8":
            answered.add(told[11])
        assert told.only(35, 58) == {35: "5", 58: "The server is shutting down."}
        assert await client.is_closed()
        client.close()
        await stopping
        placed = {order["clientOrderId"] for order in await fix.alice.do("GET", "/api/v3/openOrders")}
        assert placed == answered


async def test_who_sends_faster_than_is_handled_waits(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path, limits=FixLimits(unread_messages_max=8)) as fix:
        client = await fix.logged_on()
        await client.send_bytes(b"".join(client.spelled("1", [(112, number)], number) for number in range(2, 2_002)))
        assert [(await client.receive("0"))[112] for _ in range(2_000)] == [str(number) for number in range(2, 2_002)]


async def test_who_does_not_read_is_cut_off(tmp_path: Path) -> None:
    messages = RateLimit("MESSAGES", "SECOND", 10, 1_000_000)
    limits = FixLimits(order_entry=service_limits(messages=messages), backlog_bytes_max=100_000)
    async with fix_exchange(tmp_path, limits=limits) as fix:
        client = await fix.logged_on()
        text = "x" * 10_000
        with pytest.raises(ConnectionError):
            for number in range(2, 5_000):
                await client.send_bytes(client.spelled("1", [(112, text)], number))
        assert (await (await fix.connect()).log_on(fix.key_of(fix.alice))).type == "A"
