"""Orders over FIX, against a live server: what is placed, canceled, changed and refused, tag by tag."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from rialto.fix.service import ServiceKind
from rialto.gateway.limits import RateLimit, RateLimits
from rialto.identity.restrictions import Restrictions
from tests.fix import FixClient, Received, fix_exchange
from tests.gateway import pool

SELL = {11: "sell", 38: "1", 40: "2", 44: "50000", 54: "2", 55: "BTCUSDT", 59: "1"}
BUY = SELL | {11: "buy", 54: "1"}
TRIGGER = {1100: "4", 1101: "1", 1107: "2"}


async def sent(client: FixClient, message_type: str, fields: dict[int, Any]) -> None:
    await client.send(message_type, *((tag, value) for tag, value in fields.items() if value is not None))


async def asked(client: FixClient, message_type: str, fields: dict[int, Any]) -> Received:
    await sent(client, message_type, fields)
    return await client.receive()


async def test_an_order_is_acknowledged_with_every_tag(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.logged_on()
        placed = await asked(client, "D", SELL | {847: "1000000", 7940: "7"})
        told = dict(placed.pairs)
        times = {told.pop(tag) for tag in (60, 25018, 25023)}
        assert len(times) == 1
        assert len(times.pop()) == len("20240611-09:01:46.228000")
        for tag in (9, 10, 17, 34, 52, 56):
            del told[tag]
        assert told == {
            8: "FIX.4.4", 35: "8", 49: "SPOT", 11: "sell", 37: "1", 38: "1.00000000", 40: "2", 54: "2", 55: "BTCUSDT",
            44: "50000.00000000", 59: "1", 847: "1000000", 7940: "7", 25001: "1", 150: "0", 14: "0.00000000",
            151: "1.00000000", 25017: "0.00000000", 32: "0.00000000", 39: "0", 636: "Y",
        }  # fmt: skip
        (shown,) = await fix.alice.do("GET", "/api/v3/openOrders")
        assert (shown["clientOrderId"], shown["orderId"], shown["strategyId"]) == ("sell", 1, 7)


async def test_both_sides_of_a_trade_are_reported(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        seller = await fix.logged_on()
        buyer = await fix.logged_on(fix.key_of(fix.bob))
        await asked(seller, "D", SELL)
        accepted = await asked(buyer, "D", BUY | {38: "0.25", 59: "3"})
        assert accepted.only(150, 39, 151) == {150: "0", 39: "0", 151: "0.25000000"}
        taken, made = await buyer.receive("8"), await seller.receive("8")
        trade = {150: "F", 31: "50000.00000000", 32: "0.25000000", 1003: "0", 574: "4"}
        assert taken.only(*trade) == made.only(*trade) == trade | {1003: taken[1003]}
        assert taken.only(39, 14, 151, 25017, 1057, 136, 137, 138, 139, 11) == {
            39: "2", 14: "0.25000000", 151: "0.00000000", 25017: "12500.00000000", 1057: "Y",
            136: "1", 137: "0.00025000", 138: "BTC", 139: "4", 11: "buy",
        }  # fmt: skip
        assert made.only(39, 14, 151, 1057, 137, 138, 11) == {
            39: "1", 14: "0.25000000", 151: "0.75000000", 1057: "N", 137: "12.50000000", 138: "USDT", 11: "sell"
        }  # fmt: skip
        assert int(made[17]) != int(taken[17])


async def test_what_rest_and_fix_place_is_one_account(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.logged_on()
        await fix.alice.place("SELL", "50000", "1", newClientOrderId="rest")
        assert (await client.receive("8")).only(11, 150) == {11: "rest", 150: "0"}
        await asked(client, "D", SELL)
        for name in ("rest", "sell"):
            await fix.alice.do(
                "DELETE", "/api/v3/order", symbol="BTCUSDT", origClientOrderId=name, newClientOrderId=f"c-{name}"
            )
            canceled = await client.receive("8")
            assert canceled.only(150, 39, 11, 41, 151) == {
                150: "4",
                39: "4",
                11: f"c-{name}",
                41: name,
                151: "0.00000000",
            }
        counts = await fix.alice.do("GET", "/api/v3/rateLimit/order")
        assert [each["count"] for each in counts] == [2, 2]
        limits = await client.ask("XLQ", (6136, "q"))
        assert limits.all(25005)[1:] == ["2", "2"]


@pytest.mark.parametrize(
    ("changes", "reported", "type_name"),
    [
        ({40: "1", 44: None, 59: None}, {40: "1"}, "MARKET"),
        ({18: "6", 59: None}, {40: "2", 18: "6"}, "LIMIT_MAKER"),
        (
            {40: "3", 44: None, 59: None, 1102: "49000", 1109: "D"},
            {40: "3", 1102: "49000.00000000", 1109: "D"},
            "STOP_LOSS",
        ),
        ({40: "4", 1102: "49000", 1109: "D"}, {40: "4", 1109: "D", 44: "50000.00000000"}, "STOP_LOSS_LIMIT"),
        ({40: "3", 44: None, 59: None, 1102: "51000", 1109: "U"}, {40: "3", 1109: "U"}, "TAKE_PROFIT"),
        ({40: "4", 1102: "51000", 1109: "U"}, {40: "4", 1109: "U"}, "TAKE_PROFIT_LIMIT"),
        ({40: "3", 44: None, 59: None, 25009: "100"}, {40: "3", 1109: "U", 25009: "100"}, "TAKE_PROFIT"),
        (
            {40: "3", 44: None, 59: None, 25009: "100", 1102: "49000", 1109: "D"},
            {40: "3", 1109: "D", 25009: "100"},
            "STOP_LOSS",
        ),
        ({38: "2", 111: "0.5"}, {40: "2", 111: "0.50000000"}, "LIMIT"),
        ({40: "P", 44: None, 1094: "5", 835: "1"}, {40: "P", 1094: "5", 835: "1", 839: "60000.00000000"}, "LIMIT"),
        ({40: "P", 44: None, 18: "6", 59: None, 1094: "5", 835: "1"}, {40: "P", 18: "6"}, "LIMIT_MAKER"),
        ({25001: "5"}, {25001: "5"}, "LIMIT"),
    ],
)
async def test_every_type_of_order_is_spelled_both_ways(
    tmp_path: Path, changes: dict[int, Any], reported: dict[int, str], type_name: str
) -> None:
    async with fix_exchange(tmp_path) as fix:
        await fix.bob.place("BUY", "50000", "1")
        await fix.bob.place("SELL", "50000", "1")
        await fix.bob.place("BUY", "40000", "5")
        await fix.bob.place("SELL", "60000", "1")
        client = await fix.logged_on()
        trigger = TRIGGER if {1102, 25009} & set(changes) else {}
        placed = await asked(client, "D", SELL | trigger | changes)
        assert placed[150] == "0", placed
        assert placed.only(*reported) == reported
        assert {tag: placed.get(tag) for tag in TRIGGER} == (trigger or dict.fromkeys(TRIGGER))
        (order,) = await fix.alice.do("GET", "/api/v3/allOrders", symbol="BTCUSDT")
        assert (order["type"], order["side"]) == (type_name, "SELL")


NO_ORDERS: list[Any] = [
    ({44: None}, {371: "44", 373: "1", 25016: "-1102", 58: "Required tag '44' missing."}),
    ({38: None}, {371: "38", 373: "1", 25016: "-1102", 58: "Required tag '38' missing."}),
    ({59: None}, {371: "59", 373: "1", 25016: "-1102", 58: "Required tag '59' missing."}),
    ({40: "1"}, {371: "44", 25016: "-1106", 58: "A tag '44' was sent when not required."}),
    (
        {40: "1", 44: None, 59: None, 38: None},
        {371: "38", 25016: "-1102", 58: "Param '38' or '152' must be sent, but both were empty/null!"},
    ),
    ({847: "5"}, {371: "847", 25016: "-1134", 58: "`TargetStrategy (847)` was less than 1000000."}),
    ({1102: "5"}, {371: "1102", 25016: "-1106", 58: "A tag '1102' was sent when not required."}),
    ({40: "3", 44: None, 59: None, 1102: "49000", 1109: "D"}, {371: "1100", 25016: "-1174"}),
    ({40: "4", **TRIGGER, 1102: "49000"}, {371: "1109", 25016: "-1102"}),
    ({40: "4", **TRIGGER}, {25016: "-1102", 58: "Param '1102' or '25009' must be sent, but both were empty/null!"}),
    ({40: "P", 44: None}, {371: "1094", 25016: "-1102"}),
    ({1094: "5"}, {371: "1094", 25016: "-1106"}),
    ({38: "1.123456789"}, {371: "38", 25016: "-1111", 58: "Parameter '38' has too much precision."}),
]


async def test_a_message_that_makes_no_order_is_rejected(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.logged_on()
        for changes, expected in NO_ORDERS:
            answer = await asked(client, "D", SELL | changes)
            assert answer.only(*expected) == expected, (changes, answer)
            assert answer.only(35, 45, 372) == {35: "3", 45: f"{client.number}", 372: "D"}
        zero = await asked(client, "D", SELL | {38: "0"})
        assert zero.only(35, 150, 25016, 58) == {35: "8", 150: "8", 25016: "-1013", 58: "Invalid quantity."}
        counts = await fix.alice.do("GET", "/api/v3/rateLimit/order")
        assert [each["count"] for each in counts] == [0, 0]


@pytest.mark.parametrize(
    ("changes", "code", "text"),
    [
        ({44: "50000.001"}, "-1013", "Filter failure: PRICE_FILTER"),
        ({38: "0.000001"}, "-1013", "Filter failure: LOT_SIZE"),
        ({38: "101"}, "-2010", "Account has insufficient balance for requested action."),
        ({44: "49000", 18: "6", 59: None}, "-2010", "Order would immediately match and take."),
        ({11: "taken"}, "-2010", "Duplicate order sent."),
    ],
)
async def test_an_order_that_is_refused_is_repeated_with_the_reason(
    tmp_path: Path, changes: dict[int, Any], code: str, text: str
) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.logged_on()
        other = await fix.logged_on()
        await fix.alice.place("SELL", "60000", "1", newClientOrderId="taken")
        await fix.bob.place("BUY", "49500", "1")
        await client.receive("8")
        await other.receive("8")
        order = SELL | changes
        refused = await asked(client, "D", order)
        asked_for = {tag: value for tag, value in order.items() if value is not None}
        assert refused.only(*asked_for) == asked_for
        assert refused.only(35, 150, 39, 103, 25016, 58, 14, 32) == {
            35: "8", 150: "8", 39: "8", 103: "99", 25016: code, 58: text, 14: "0.00000000", 32: "0.00000000"
        }  # fmt: skip
        assert refused.get(17) is None
        assert await other.nothing_comes()


async def test_an_order_is_canceled_by_either_name(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.logged_on()
        for number, reference in enumerate(({37: "1"}, {41: "sell"}, {37: "3", 41: "sell"}), start=1):
            await asked(client, "D", SELL)
            canceled = await asked(client, "F", {11: f"cancel{number}", 55: "BTCUSDT", **reference})
            assert canceled.only(35, 150, 39, 11, 41, 37) == {
                35: "8", 150: "4", 39: "4", 11: f"cancel{number}", 41: "sell", 37: f"{number}"
            }  # fmt: skip
        refused = await asked(client, "F", {11: "again", 41: "sell", 37: "3", 55: "BTCUSDT", 25002: "1"})
        assert refused.only(35, 11, 41, 37, 55, 25002, 434, 25016, 58) == {
            35: "9", 11: "again", 41: "sell", 37: "3", 55: "BTCUSDT", 25002: "1", 434: "1",
            25016: "-2011", 58: "Unknown order sent.",
        }  # fmt: skip
        nothing = await asked(client, "F", {11: "nothing", 55: "BTCUSDT"})
        assert nothing.only(35, 371, 25016) == {35: "3", 371: "41", 25016: "-1102"}
        await asked(client, "D", SELL)
        restricted = await asked(client, "F", {11: "r", 37: "4", 55: "BTCUSDT", 25002: "2"})
        assert restricted.only(35, 58) == {35: "9", 58: "Order was not canceled due to cancel restrictions."}


async def test_an_order_is_replaced(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.logged_on()
        await asked(client, "D", SELL)
        replacing = SELL | {11: "next", 44: "51000", 25033: "1", 37: "1", 25034: "gone"}
        canceled = await asked(client, "XCN", replacing)
        placed = await client.receive("8")
        assert canceled.only(150, 11, 41, 37) == {150: "4", 11: "gone", 41: "sell", 37: "1"}
        assert placed.only(150, 11, 37, 44) == {150: "0", 11: "next", 37: "2", 44: "51000.00000000"}
        failed = await asked(client, "XCN", replacing | {11: "third"})
        assert failed.only(35, 11, 37, 434, 25016, 58) == {
            35: "9", 11: "gone", 37: "1", 434: "1", 25016: "-2011", 58: "Unknown order sent."
        }  # fmt: skip
        placed = await asked(client, "XCN", replacing | {11: "fourth", 25033: "2"})
        failed = await client.receive("9")
        assert (placed[150], placed[11], failed[25016]) == ("0", "fourth", "-2011")
        both = await asked(client, "XCN", replacing | {11: "fifth", 25033: "2", 38: "99"})
        second = await client.receive()
        assert [both.only(35, 25016), second.only(35, 150, 11, 25016)] == [
            {35: "9", 25016: "-2011"},
            {35: "8", 150: "8", 11: "fifth", 25016: "-2010"},
        ]
        filtered = await asked(client, "XCN", replacing | {11: "sixth", 44: "0.001"})
        assert filtered.only(35, 150, 25016) == {35: "8", 150: "8", 25016: "-1013"}


async def test_every_order_on_a_symbol_is_canceled(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.logged_on()
        for number in range(3):
            await asked(client, "D", SELL | {11: f"sell{number}"})
        await sent(client, "q", {11: "all", 55: "BTCUSDT", 530: "1"})
        canceled = [await client.receive("8") for _ in range(3)]
        assert [(each[150], each[11], each[41]) for each in canceled] == [("4", "all", f"sell{n}") for n in range(3)]
        report = await client.receive("r")
        assert report.only(11, 55, 530, 531, 533) == {11: "all", 55: "BTCUSDT", 530: "1", 531: "1", 533: "3"}
        refused = await asked(client, "q", {11: "more", 55: "BTCUSDT", 530: "1"})
        assert refused.only(35, 11, 531, 532, 25016, 58) == {
            35: "r", 11: "more", 531: "0", 532: "99", 25016: "-2011", 58: "Unknown order sent."
        }  # fmt: skip


async def test_an_order_becomes_smaller_in_its_place(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.logged_on()
        await asked(client, "D", SELL)
        amended = await asked(client, "XAK", {11: "less", 37: "1", 38: "0.5", 55: "BTCUSDT"})
        assert amended.only(35, 150, 39, 11, 41, 37, 38, 151) == {
            35: "8", 150: "5", 39: "0", 11: "less", 41: "sell", 37: "1", 38: "0.50000000", 151: "0.50000000"
        }  # fmt: skip
        refused = await asked(client, "XAK", {11: "same", 37: "1", 38: "0.5", 55: "BTCUSDT"})
        assert refused.only(35, 11, 37, 38, 55, 25016, 58) == {
            35: "XAR", 11: "same", 37: "1", 38: "0.5", 55: "BTCUSDT", 25016: "-2038",
            58: "The requested action would change no state; rejecting.",
        }  # fmt: skip


async def test_self_trade_prevention_is_reported_to_both_orders(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.logged_on()
        await asked(client, "D", SELL)
        placed = await asked(client, "D", BUY | {25001: "4"})
        assert placed[150] == "0"
        ended = {each[11]: each for each in [await client.receive("8"), await client.receive("8")]}
        for name, counter in (("buy", "1"), ("sell", "2")):
            assert ended[name].only(150, 39, 25024, 25026, 25028, 25029, 25031, 151) == {
                150: "C", 39: "C", 25024: "1", 25026: "1.00000000", 25028: "BTCUSDT", 25029: counter,
                25031: "1.00000000", 151: "0.00000000",
            }  # fmt: skip


async def test_an_order_that_finds_nobody_expires_with_the_reason(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.logged_on()
        placed, expired = await asked(client, "D", SELL | {59: "3"}), await client.receive("8")
        assert placed.only(150, 59) == {150: "0", 59: "3"}
        assert expired.only(150, 39, 25056, 151) == {150: "C", 39: "C", 25056: "5", 151: "0.00000000"}


async def test_an_order_is_routed(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        await pool(fix.exchange)
        await fix.bob.place("BUY", "50000", "1")
        client = await fix.logged_on()
        placed = await asked(client, "D", SELL | {25032: "Y"})
        filled = await client.receive("8")
        assert placed.only(150, 25032, 25021) == {150: "0", 25032: "Y", 25021: "3"}
        assert filled.only(150, 25032, 574, 70, 39) == {150: "F", 25032: "Y", 574: "1", 70: "0", 39: "2"} | {
            70: filled[70]
        }
        needless = await asked(client, "D", SELL | TRIGGER | {25032: "Y", 40: "4", 1102: "1", 1109: "D"})
        assert needless.only(35, 371, 25016) == {35: "3", 371: "1102", 25016: "-1106"}


async def test_only_acknowledgements_come_to_who_wants_no_more(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        everything = await fix.logged_on()
        client = await fix.logged_on(t25036=2)
        await fix.bob.place("BUY", "50000", "1")
        await fix.alice.place("SELL", "60000", "1")
        acknowledged = await asked(client, "D", SELL | {11: "mine", 38: "2"})
        assert acknowledged.only(11, 150) == {11: "mine", 150: "0"}
        canceled = await asked(client, "F", {11: "c", 41: "mine", 55: "BTCUSDT"})
        assert canceled.only(11, 150, 14) == {11: "c", 150: "4", 14: "1.00000000"}
        refused = await asked(client, "D", SELL | {38: "101"})
        assert refused.only(150, 25016) == {150: "8", 25016: "-2010"}
        assert await client.nothing_comes()
        assert [(await everything.receive("8"))[150] for _ in range(4)] == ["0", "0", "F", "4"]


async def test_limits_of_orders_are_those_of_rest(tmp_path: Path) -> None:
    limits = RateLimits(orders=(RateLimit("ORDERS", "SECOND", 10, 100), RateLimit("ORDERS", "DAY", 1, 2)))
    async with fix_exchange(tmp_path, rate_limits=limits) as fix:
        client = await fix.logged_on()
        await asked(client, "D", SELL | {11: "one"})
        await fix.alice.place("SELL", "50000", "1")
        await client.receive("8")
        refused = await asked(client, "D", SELL | {11: "three"})
        assert refused.only(35, 150, 25016, 58) == {
            35: "8", 150: "8", 25016: "-1015", 58: "Too many new orders; current limit is 2 orders per 1 DAY."
        }  # fmt: skip
        replacing = SELL | {11: "next", 25033: "1", 37: "1", 25038: "2"}
        canceled = await asked(client, "XCN", replacing)
        placed = await client.receive()
        assert canceled.only(150, 37) == {150: "4", 37: "1"}
        assert placed.only(150, 11, 25016) == {150: "8", 11: "next", 25016: "-1015"}


async def test_a_key_trades_only_its_symbols(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        key = fix.key_of(fix.alice, restrictions=Restrictions.read([], ["ETHUSDT"]))
        client = await fix.logged_on(key)
        refused = await asked(client, "D", SELL)
        assert refused.only(35, 150, 25016) == {35: "8", 150: "8", 25016: "-2015"}


async def test_many_requests_are_done_in_their_order(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.logged_on()
        data = b""
        for number in range(100):
            order = SELL | {11: f"n{number}", 44: f"{50_000 + number}"}
            message = "D" if number % 2 == 0 else "F"
            fields = order if message == "D" else {11: f"c{number}", 41: f"n{number - 1}", 55: "BTCUSDT"}
            data += client.spelled(message, list(fields.items()), number + 2)
        await client.send_bytes(data)
        reports = [await client.receive("8") for _ in range(100)]
        assert [(each[150], each[11]) for each in reports] == [
            ("0", f"n{number}") if number % 2 == 0 else ("4", f"c{number}") for number in range(100)
        ]
        assert [int(each[34]) for each in reports] == list(range(2, 102))


async def test_drop_copies_come_a_second_later(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        copy = await fix.logged_on(kind=ServiceKind.DROP_COPY)
        client = await fix.logged_on()
        began_s = asyncio.get_running_loop().time()
        await asked(client, "D", SELL)
        await asked(client, "F", {11: "c", 37: "1", 55: "BTCUSDT"})
        refused = await asked(client, "D", SELL | {38: "1000"})
        assert refused[150] == "8"
        reports = [await copy.receive("8") for _ in range(2)]
        assert asyncio.get_running_loop().time() - began_s >= 1
        assert [(each[150], each[11]) for each in reports] == [("0", "sell"), ("4", "c")]
        assert await copy.nothing_comes()
        answer = await asked(copy, "D", SELL)
        assert answer.only(35, 25016) == {35: "3", 25016: "-1183"}
        limits = await copy.ask("XLQ", (6136, "q"))
        assert limits.only(25003, 25004, 25006, 25007, 25008) == {
            25003: "1",
            25004: "2",
            25006: "60",
            25007: "60",
            25008: "s",
        }
