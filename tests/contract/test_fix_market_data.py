"""Market data over FIX, against a live server: snapshots, changes, trades, instruments, and what may not be asked."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from rialto.fix.limits import FixLimits, ServiceLimits
from rialto.fix.service import ServiceKind
from rialto.gateway.limits import RateLimit
from tests.fix import FixClient, FixExchange, Received, fix_exchange
from tests.gateway import pool

MD = ServiceKind.MARKET_DATA
BOOK = ((267, 2), (269, 0), (269, 1))
TRADES = ((267, 1), (269, 2))
ONE_SIDED = "Invalid `MDEntryType (269)` combination. BID and OFFER must be requested together."


async def subscribed(client: FixClient, name: str, *kind: tuple[int, object], depth: int | None = 1) -> None:
    levels = () if depth is None else ((264, depth),)
    await client.send("V", (262, name), (263, 1), *levels, (266, "Y"), (146, 1), (55, "BTCUSDT"), *kind)


def entries(message: Received) -> list[dict[int, str]]:
    """The entries of NoMDEntries, each by tag."""
    first = 279 if message.type == "X" else 269
    found: list[dict[int, str]] = []
    at = [tag for tag, _ in message.pairs].index(268) + 1
    for tag, value in message.pairs[at:-1]:
        if tag == first:
            found.append({})
        found[-1][tag] = value
    assert len(found) == int(message[268])
    return found


async def placed(fix: FixExchange, side: str, price: str, quantity: str = "1") -> Any:
    return await fix.bob.place(side, price, quantity)


async def test_trades_are_told_one_by_one(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.logged_on(kind=MD)
        await subscribed(client, "TRADES", *TRADES, depth=None)
        await client.ask("1", (112, "done"))
        await placed(fix, "SELL", "50000")
        await placed(fix, "SELL", "50001")
        await fix.alice.place("BUY", "50002", "1.5")
        told = await client.receive("X")
        assert told[262] == "TRADES"
        first, second = entries(told)
        time = first.pop(60)
        assert time == second.pop(60)
        assert len(time) == len("20241019-05:40:11.464000")
        assert first == {
            279: "0", 269: "2", 270: "50000.00000000", 271: "1.00000000", 55: "BTCUSDT", 1003: first[1003], 2446: "1"
        }  # fmt: skip
        assert second == {
            279: "0", 269: "2", 270: "50001.00000000", 271: "0.50000000", 1003: f"{int(first[1003]) + 1}", 2446: "1"
        }  # fmt: skip
        trades = await fix.exchange.get("/api/v3/trades", symbol="BTCUSDT")
        assert [str(each["id"]) for each in trades] == [first[1003], second[1003]]


async def test_the_best_prices_are_shown_and_changed(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.logged_on(kind=MD)
        await placed(fix, "BUY", "49000")
        await subscribed(client, "TICKER", *BOOK)
        shown = await client.receive("W")
        assert (shown[262], shown[55]) == ("TICKER", "BTCUSDT")
        assert entries(shown) == [{269: "0", 270: "49000.00000000", 271: "1.00000000"}]
        known = int(shown[25044])

        async def change() -> list[dict[int, str]]:
            nonlocal known
            told = await client.receive("X")
            changes = entries(told)
            assert int(changes[0].pop(25044)) > known
            assert changes[0].pop(55) == "BTCUSDT"
            known = int(told[25044])
            return changes

        await placed(fix, "BUY", "49001", "2")
        assert await change() == [{279: "1", 269: "0", 270: "49001.00000000", 271: "2.00000000"}]
        sold = await placed(fix, "SELL", "50000")
        assert await change() == [{279: "0", 269: "1", 270: "50000.00000000", 271: "1.00000000"}]
        await fix.bob.do("DELETE", "/api/v3/order", symbol="BTCUSDT", orderId=sold["orderId"])
        assert await change() == [{279: "2", 269: "1", 270: "50000.00000000"}]


async def test_an_empty_book_is_shown_empty(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.logged_on(kind=MD)
        await subscribed(client, "EMPTY", *BOOK, depth=10)
        shown = await client.receive("W")
        assert (shown[268], shown.all(269)) == ("0", [])


async def test_a_book_is_kept_from_snapshot_and_changes(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.logged_on(kind=MD)
        for number in range(5):
            await placed(fix, "BUY", f"{49_000 - number}")
            await placed(fix, "SELL", f"{50_000 + number}")
        await subscribed(client, "DEPTH", *BOOK, depth=100)
        shown = await client.receive("W")
        book: dict[tuple[str, str], str] = {(each[269], each[270]): each[271] for each in entries(shown)}
        assert len(book) == 10
        known = int(shown[25044])
        orders = [await fix.alice.place("SELL", f"{51_000 + number}", "1") for number in range(3)]
        await fix.alice.place("BUY", "50001", "1.5")
        await fix.alice.do("DELETE", "/api/v3/order", symbol="BTCUSDT", orderId=orders[1]["orderId"])
        await placed(fix, "BUY", "49000", "0.25")
        target = await fix.exchange.get("/api/v3/depth", symbol="BTCUSDT", limit=100)
        while known < target["lastUpdateId"]:
            told = await client.receive("X")
            first, *_ = entries(told)
            assert (int(first[25043]) <= known + 1, int(first[25044]) > known) == (True, True)
            known = int(first[25044])
            for each in entries(told):
                key = (each[269], each[270])
                if each[279] == "2":
                    book.pop(key, None)
                else:
                    assert (each[279] == "1") == (key in book), each
                    book[key] = each[271]
        sides = {"0": target["bids"], "1": target["asks"]}
        assert book == {(side, price): quantity for side, levels in sides.items() for price, quantity in levels}


async def test_who_unsubscribed_is_told_nothing_more(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.logged_on(kind=MD)
        await subscribed(client, "TICKER", *BOOK)
        await client.receive("W")
        await client.send("V", (262, "TICKER"), (263, 2))
        await client.ask("1", (112, "done"))
        await placed(fix, "BUY", "49000")
        assert await client.nothing_comes()
        unknown = await client.ask("V", (262, "TICKER"), (263, 2))
        assert unknown.only(35, 262, 25016, 58) == {
            35: "Y", 262: "TICKER", 25016: "-1190",
            58: "`MDReqID (262)` contains an unsubscription request id that does not match any active subscription.",
        }  # fmt: skip
        await subscribed(client, "TICKER", *BOOK)
        assert entries(await client.receive("W"))[0][270] == "49000.00000000"


async def test_streams_are_read_once_and_so_many(tmp_path: Path) -> None:
    limits = FixLimits(
        market_data=ServiceLimits(
            messages=RateLimit("MESSAGES", "SECOND", 60, 2_000),
            attempts=RateLimit("ATTEMPTS", "SECOND", 300, 300),
            connections_max=100,
            streams_max=2,
        )
    )
    async with fix_exchange(tmp_path, limits=limits) as fix:
        await pool(fix.exchange)
        client = await fix.logged_on(kind=MD)
        await subscribed(client, "ONE", *BOOK)
        await client.receive("W")
        await subscribed(client, "ONE", *TRADES)
        again = await client.receive("Y")
        assert again.only(262, 281, 25016) == {262: "ONE", 281: "1", 25016: "-1190"}
        await subscribed(client, "TWO", *BOOK)
        similar = await client.receive("Y")
        assert similar.only(262, 281, 25016, 58) == {
            262: "TWO", 281: "2", 25016: "-1191",
            58: "Similar subscription is already active on this connection. "
            "Symbol='BTCUSDT', active subscription id: 'ONE'.",
        }  # fmt: skip
        both = ((146, 2), (55, "BTCUSDT"), (55, "BTCUSDC"))
        many = await client.ask("V", (262, "MANY"), (263, 1), *both, *TRADES)
        assert many.only(35, 281, 25016, 58) == {
            35: "Y", 281: "2", 25016: "-1191",
            58: "Too many subscriptions. Connection may create up to '2' subscriptions at a time.",
        }  # fmt: skip
        limits_told = await client.ask("XLQ", (6136, "q"))
        assert limits_told.all(25004) == ["2", "3"]
        assert (limits_told.all(25005)[1], limits_told.all(25006)) == ("1", ["2000", "2"])


NO_STREAMS: list[Any] = [
    (((146, 1), (55, "NOPE"), *TRADES), {371: "55", 25016: "-1121"}),
    (((146, 2), (55, "BTCUSDT"), (55, "BTCUSDT"), *TRADES), {371: "146", 25016: "-1189"}),
    (((146, 1), (55, "BTCUSDT"), (267, 1), (269, 0)), {371: "269", 25016: "-1128", 58: ONE_SIDED}),
    (((146, 1), (55, "BTCUSDT"), (267, 3), (269, 0), (269, 1), (269, 2)), {371: "269", 25016: "-1182"}),
    (((146, 1), (55, "BTCUSDT"), *BOOK), {371: "264", 25016: "-1102"}),
    (((264, 5_001), (146, 1), (55, "BTCUSDT"), *BOOK), {371: "264", 25016: "-1130"}),
    (((146, 1), (55, "BTCUSDT")), {371: "267", 25016: "-1102"}),
    (TRADES, {371: "146", 25016: "-1102"}),
]


async def test_what_names_no_stream_is_rejected(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.logged_on(kind=MD)
        for fields, expected in NO_STREAMS:
            rejected = await client.ask("V", (262, "x"), (263, 1), *fields)
            assert rejected.only(35, *expected) == {35: "3", **expected}, (fields, rejected)


async def test_instruments_are_listed(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        await pool(fix.exchange)
        client = await fix.logged_on(kind=MD)
        one = await client.ask("x", (320, "info"), (559, 0), (55, "BTCUSDT"))
        assert one.type == "y"
        assert one.pairs[7:-1] == [
            *((320, "info"), (146, "1"), (55, "BTCUSDT"), (15, "USDT")),
            *((562, "0.00001000"), (1140, "9000.00000000"), (25039, "0.00001000"), (25041, "100.00000000")),
            *((2551, "0.01000000"), (2552, "1000000.00000000"), (969, "0.01000000")),
        ]
        every = await client.ask("x", (320, "all"), (559, 4))
        assert (every[146], every.all(55), every.all(15)) == ("2", ["BTCUSDT", "BTCUSDC"], ["USDT", "USDC"])
        assert Decimal(every.all(562)[1]) == Decimal("0.00001")
        for fields, tag, code in (((), "55", "-1102"), (((55, "NOPE"),), "55", "-1121")):
            rejected = await client.ask("x", (320, "none"), (559, 0), *fields)
            assert rejected.only(35, 371, 25016) == {35: "3", 371: tag, 25016: code}
        order = await client.ask("D", (11, "a"), (40, 1), (38, 1), (54, 1), (55, "BTCUSDT"))
        assert order.only(35, 25016) == {35: "3", 25016: "-1187"}
