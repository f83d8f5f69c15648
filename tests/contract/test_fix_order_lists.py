"""Order lists over FIX, against a live server: every kind, its instructions, its end, and what is no list."""

from pathlib import Path
from typing import Any

import pytest

from tests.fix import FixClient, Received, fix_exchange

Entry = list[tuple[int, object]]

STOP = [(40, 3), (1100, 4), (1101, 1), (1102, "40000"), (1107, 2), (1109, "D")]
PROFIT = [(40, 3), (1100, 4), (1101, 1), (1102, "60000"), (1107, 2), (1109, "U")]
MAKER = [(40, 2), (18, 6), (44, "60000")]
LIMIT = [(40, 2), (44, "50000"), (59, 1)]


def entry(name: str, kind: list[Any], side: int, quantity: str | None = "1", *steps: tuple[int, int, int]) -> Entry:
    fields: Entry = [(11, name)]
    if quantity is not None:
        fields.append((38, quantity))
    fields += [*kind, (54, side), (55, "BTCUSDT")]
    if steps:
        fields.append((25010, len(steps)))
        for trigger, position, action in steps:
            fields += [(25011, trigger), (25012, position), (25013, action)]
    return fields


def order_list(contingency: int, *entries: Entry, **more: object) -> Entry:
    """The fields of a NewOrderList<E>."""
    pays = [(25046, "Y")] if more.get("pays") else []
    head: Entry = [(25014, "list"), (1385, contingency), *pays, (73, len(entries))]
    return [*head, *(field for each in entries for field in each)]


OCO = order_list(1, entry("below", STOP, 2, "1", (2, 1, 2)), entry("above", MAKER, 2, "1", (1, 0, 2)))
OCO_OF_STOPS = order_list(1, entry("below", STOP, 2, "1", (1, 1, 2)), entry("above", PROFIT, 2, "1", (1, 0, 2)))
OTO = order_list(2, entry("working", LIMIT, 1), entry("pending", [(40, 1)], 2, "1", (3, 0, 1)))
OTOCO = order_list(
    2,
    entry("working", LIMIT, 1),
    entry("below", STOP, 2, "1", (3, 0, 1), (2, 2, 2)),
    entry("above", MAKER, 2, "1", (3, 0, 1), (1, 1, 2)),
)
OTOCO_AS_DOCUMENTED = order_list(
    2,
    entry("working", LIMIT, 1),
    entry("below", STOP, 2, "1", (3, 0, 2), (1, 2, 2)),
    entry("above", PROFIT, 2, "1", (3, 0, 2), (1, 1, 2)),
)
OPO = order_list(2, entry("working", LIMIT, 1), entry("pending", [(40, 1)], 2, None, (3, 0, 1)), pays=True)
OPOCO = order_list(
    2,
    entry("working", LIMIT, 1),
    entry("below", STOP, 2, None, (3, 0, 1), (2, 2, 2)),
    entry("above", MAKER, 2, None, (3, 0, 1), (1, 1, 2)),
    pays=True,
)


def steps_of(status: Received) -> list[tuple[str, ...]]:
    """The orders of a ListStatus<N>: name, and the instructions behind it."""
    found: list[list[str]] = []
    at = [tag for tag, _ in status.pairs].index(73) + 1
    for tag, value in status.pairs[at:]:
        if tag == 11:
            found.append([value])
        elif tag in (25011, 25012, 25013):
            found[-1].append(value)
    return [tuple(each) for each in found]


async def traded(fix: Any) -> None:
    await fix.bob.place("BUY", "50000", "1")
    await fix.bob.place("SELL", "50000", "1")


async def placed(client: FixClient, fields: Entry) -> tuple[Received, list[Received]]:
    await client.send("E", *fields)
    status = await client.receive()
    assert status.type == "N", status
    return status, [await client.receive("8") for _ in range(int(status[73]))]


@pytest.mark.parametrize(
    ("fields", "contingency", "steps", "states"),
    [
        (OCO, "1", [("below", "2", "1", "2"), ("above", "1", "0", "2")], {"below": "0", "above": "0"}),
        (OCO_OF_STOPS, "1", [("below", "1", "1", "2"), ("above", "1", "0", "2")], {"below": "0", "above": "0"}),
        (OTO, "2", [("working",), ("pending", "3", "0", "1")], {"working": "0", "pending": "A"}),
        (
            OTOCO,
            "2",
            [("working",), ("below", "3", "0", "1", "2", "2", "2"), ("above", "3", "0", "1", "1", "1", "2")],
            {"working": "0", "below": "A", "above": "A"},
        ),
        (
            OTOCO_AS_DOCUMENTED,
            "2",
            [("working",), ("below", "3", "0", "1", "1", "2", "2"), ("above", "3", "0", "1", "1", "1", "2")],
            {"working": "0", "below": "A", "above": "A"},
        ),
        (OPO, "2", [("working",), ("pending", "3", "0", "1")], {"working": "0", "pending": "A"}),
        (
            OPOCO,
            "2",
            [("working",), ("below", "3", "0", "1", "2", "2", "2"), ("above", "3", "0", "1", "1", "1", "2")],
            {"working": "0", "below": "A", "above": "A"},
        ),
    ],
)
async def test_a_list_is_placed_and_told_of(
    tmp_path: Path, fields: Entry, contingency: str, steps: list[tuple[str, ...]], states: dict[str, str]
) -> None:
    async with fix_exchange(tmp_path) as fix:
        await traded(fix)
        client = await fix.logged_on()
        status, reports = await placed(client, fields)
        assert status.only(55, 66, 25014, 25015, 1385, 429, 431) == {
            55: "BTCUSDT", 66: "1", 25014: "list", 25015: "list", 1385: contingency, 429: "4", 431: "3"
        }  # fmt: skip
        assert steps_of(status) == steps
        assert {each[11]: each[39] for each in reports} == states
        assert {(each[150], each[66]) for each in reports} == {("0", "1")}
        counts = await fix.alice.do("GET", "/api/v3/rateLimit/order")
        assert counts[0]["count"] == len(states)


@pytest.mark.parametrize("reference", [{66: "1"}, {25015: "list"}, {66: "1", 25015: "list"}, {41: "above"}])
async def test_a_list_is_canceled_whole(tmp_path: Path, reference: dict[int, str]) -> None:
    async with fix_exchange(tmp_path) as fix:
        await traded(fix)
        client = await fix.logged_on()
        await placed(client, OCO)
        await client.send("F", (11, "gone"), (55, "BTCUSDT"), *reference.items())
        canceled = [await client.receive("8") for _ in range(2)]
        assert sorted((each[150], each[11], each[41]) for each in canceled) == [
            ("4", "gone", "above"), ("4", "gone", "below")
        ]  # fmt: skip
        status = await client.receive("N")
        assert status.only(66, 429, 431, 25014) == {66: "1", 429: "5", 431: "6", 25014: "list"}
        refused = await client.ask("F", (11, "again"), (55, "BTCUSDT"), *reference.items())
        assert refused.only(35, 11, 25016, *reference) == {35: "9", 11: "again", 25016: "-2011", **reference}


async def test_one_order_of_a_list_ends_the_other(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        await traded(fix)
        client = await fix.logged_on()
        await placed(client, OCO)
        await fix.bob.place("BUY", "60000", "1")
        told = [await client.receive() for _ in range(3)]
        assert [each.type for each in told].count("N") == 1
        reports = {each[11]: each for each in told if each.type == "8"}
        assert reports["above"].only(150, 39, 32) == {150: "F", 39: "2", 32: "1.00000000"}
        assert reports["below"].only(150, 39, 25056) == {150: "C", 39: "C", 25056: "3"}


async def test_a_name_in_a_list_changes(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        await traded(fix)
        client = await fix.logged_on()
        await placed(client, OTO)
        await client.send("XAK", (11, "smaller"), (41, "working"), (38, "0.5"), (55, "BTCUSDT"))
        amended, status = await client.receive("8"), await client.receive("N")
        assert amended.only(150, 11, 41, 38) == {150: "5", 11: "smaller", 41: "working", 38: "0.50000000"}
        assert status.only(429, 431) == {429: "100", 431: "3"}
        assert steps_of(status) == [("smaller",), ("pending",)]


NO_LISTS: list[Any] = [
    ([*OCO[:2], (73, 3), *OCO[3:]], {35: "3", 371: "73", 25016: "-1188"}),
    (order_list(1), {35: "3", 371: "73", 25016: "-1102"}),
    (order_list(2, entry("a", LIMIT, 1), entry("b", [(40, 1)], 2)), {35: "3", 371: "25010", 25016: "-1174"}),
    (order_list(2, entry("a", LIMIT, 1), entry("b", [(40, 1)], 2, "1", (1, 0, 1))), {35: "3", 25016: "-1174"}),
    (
        order_list(2, entry("a", LIMIT, 1), entry("b", [(40, 2), (59, 1)], 2, "1", (3, 0, 1))),
        {35: "3", 371: "44", 25016: "-1102"},
    ),
    (
        order_list(2, entry("a", LIMIT, 1, None), entry("b", [(40, 1)], 2, "1", (3, 0, 1))),
        {35: "3", 371: "38", 25016: "-1102"},
    ),
    (
        order_list(2, entry("a", LIMIT, 1, None), entry("b", [(40, 1)], 2, None, (3, 0, 1)), pays=True),
        {35: "3", 371: "38", 25016: "-1224"},
    ),
    (
        order_list(2, entry("a", LIMIT, 1), entry("b", [(40, 1)], 2, "1", (3, 0, 1)), pays=True),
        {35: "3", 371: "38", 25016: "-1225"},
    ),
    (
        order_list(2, entry("a", [(40, 1)], 1), entry("b", [(40, 1)], 2, "1", (3, 0, 1))),
        {35: "3", 371: "40", 25016: "-1116"},
    ),
    (
        order_list(1, entry("a", STOP, 2, "1", (2, 1, 2)), entry("b", MAKER, 2, "2", (1, 0, 2))),
        {35: "3", 25016: "-1014"},
    ),
    (order_list(1, entry("a", LIMIT, 1), entry("b", STOP, 2), entry("c", MAKER, 2)), {35: "3", 25016: "-1014"}),
    (
        order_list(1, entry("a", [*STOP, (25001, 2)], 2, "1", (2, 1, 2)), entry("b", MAKER, 2, "1", (1, 0, 2))),
        {35: "3", 371: "25001", 25016: "-1182"},
    ),
    (
        order_list(1, entry("a", [*STOP, (152, 5)], 2, "1", (2, 1, 2)), entry("b", MAKER, 2, "1", (1, 0, 2))),
        {35: "3", 371: "152", 25016: "-1106"},
    ),
]


async def test_what_is_no_list_is_rejected(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.logged_on()
        for fields, expected in NO_LISTS:
            rejected = await client.ask("E", *fields)
            assert rejected.only(*expected) == expected, (fields, rejected)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        (order_list(1, entry("a", MAKER, 2, "1", (2, 1, 2)), entry("b", MAKER, 2, "1", (2, 0, 2))), "-1168"),
        (order_list(1, entry("a", STOP, 2, "100", (2, 1, 2)), entry("b", MAKER, 2, "100", (1, 0, 2))), "-2010"),
    ],
)
async def test_a_list_that_is_refused_is_answered_as_a_list(tmp_path: Path, fields: Entry, code: str) -> None:
    async with fix_exchange(tmp_path) as fix:
        await traded(fix)
        await fix.alice.place("SELL", "70000", "1")
        client = await fix.logged_on()
        refused = await client.ask("E", *fields)
        assert refused.only(35, 25014, 1385, 429, 431, 1386, 73) == {
            35: "N", 25014: "list", 1385: "1", 429: "2", 431: "7", 1386: "99", 73: "2"
        }  # fmt: skip
        assert (refused.all(11), refused.all(103), refused.all(25016)) == (["a", "b"], ["99"] * 2, [code] * 2)
        assert len(set(refused.all(58))) == 1
