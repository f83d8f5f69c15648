"""FIX sessions over real sockets: logging on, numbers, heartbeats, limits, and every way a message can be wrong."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from rialto.fix.framing import framed
from rialto.fix.limits import FixLimits
from rialto.fix.service import ServiceKind
from rialto.identity.restrictions import Permission, Restrictions
from tests.fix import FixClient, Received, fix_exchange, service_limits, utc_now

OE, DC, MD = ServiceKind.ORDER_ENTRY, ServiceKind.DROP_COPY, ServiceKind.MARKET_DATA
ORDER = ((11, "a"), (38, "1"), (40, 2), (44, "50000"), (54, 1), (55, "BTCUSDT"), (59, 1))


async def rejected(client: FixClient, message: Received) -> dict[int, str]:
    """What a Reject<3> says, and nothing else of note."""
    assert message.type == "3", message
    return message.only(371, 373, 25016, 58)


async def test_a_client_logs_on_and_out(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.connect(sender="TRADER-1")
        answer = await client.log_on(fix.key_of(fix.alice))
        assert answer.only(8, 34, 35, 49, 56, 98, 108) == {
            8: "FIX.4.4", 34: "1", 35: "A", 49: "SPOT", 56: "TRADER-1", 98: "0", 108: "30"
        }  # fmt: skip
        assert len(answer[25037]) == 36
        assert len(answer[52]) == len("20240612-08:52:21.636837")
        answer = await client.ask("1", (112, "are you there"))
        assert (answer.type, answer[112], answer[34]) == ("0", "are you there", "2")
        answer = await client.ask("5")
        assert (answer.type, answer[58]) == ("5", "Logout acknowledgment.")
        assert await client.is_closed()


WRONG_LOGONS: list[Any] = [
    ({"t98": None}, {371: "98", 373: "1", 25016: "-1102", 58: "Required tag '98' missing."}),
    ({"t553": None}, {371: "553", 373: "1", 25016: "-1102", 58: "Required tag '553' missing."}),
    ({"t98": 1}, {371: "98", 373: "5", 25016: "-1130", 58: "Data sent for parameter '98' is not valid."}),
    ({"t108": 4}, {371: "108", 373: "5", 25016: "-1130", 58: "Data sent for parameter '108' is not valid."}),
    (
        {"t108": 61},
        {371: "108", 373: "5", 25016: "-1102", 58: "'108' contains unexpected value. Cannot be greater than 60."},
    ),
    ({"t108": "x"}, {371: "108", 373: "6", 25016: "-1102", 58: "Field value was empty or malformed."}),
    (
        {"t141": "N"},
        {
            371: "141",
            373: "5",
            25016: "-1175",
            58: "Continuation of sequence numbers to new session is currently unsupported. "
            "Sequence numbers must be reset for each new session.",
        },
    ),
    ({"t95": 4}, {371: "95", 373: "6", 25016: "-1102", 58: "Field value was empty or malformed."}),
    ({"t96": "A" * 88}, {371: "96", 373: "8", 25016: "-1022", 58: "Signature for this request is not valid."}),
    ({"t553": "a" * 64}, {371: "553", 373: "99", 25016: "-2015"}),
    ({"t553": "no key"}, {371: "553", 373: "99", 25016: "-2014", 58: "API-key format invalid."}),
    ({"t9406": "Y"}, {371: "9406", 373: "5", 25016: "-1184"}),
    ({"t25050": 1}, {371: "25050", 373: "99", 25016: "-1155", 58: "SBE is not enabled."}),
    ({"t25035": 3}, {371: "25035", 373: "5", 25016: "-1130"}),
    ({"target": "FUTURES"}, {371: "56", 373: "5", 25016: "-1130"}),
    (
        {"number": 2},
        {371: "34", 373: "5", 25016: "-1179", 58: "`MsgSeqNum(34)` contains an unexpected value. Expected: '1'."},
    ),
    (
        {"time": utc_now(-3_600)},
        {371: "52", 373: "10", 25016: "-1021", 58: "Timestamp for this request is outside of the recvWindow."},
    ),
    (
        {"time": utc_now(3_600)},
        {
            371: "52",
            373: "10",
            25016: "-1021",
            58: "Timestamp for this request was 1000ms ahead of the server's time.",
        },
    ),
]


async def test_a_wrong_logon_is_rejected_and_ends_the_connection(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path, limits=FixLimits(order_entry=service_limits())) as fix:
        key = fix.key_of(fix.alice)
        for changes, expected in WRONG_LOGONS:
            client = await fix.connect()
            answer = await client.log_on(key, **changes)
            assert answer.only(*expected) == expected, (changes, answer)
            assert (answer.type, answer[372]) == ("3", "A")
            assert await client.is_closed()


async def test_each_service_asks_for_its_permission(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        usual = fix.key_of(fix.alice, Permission.READ, Permission.TRADE)
        watching = fix.key_of(fix.alice, Permission.FIX_READ_ONLY)
        trading = fix.key_of(fix.alice, Permission.FIX)
        elsewhere = fix.key_of(fix.alice, restrictions=Restrictions.read(["192.0.2.7"], []))
        for kind, key, is_admitted in (
            *((kind, usual, False) for kind in ServiceKind),
            (OE, watching, False),
            (DC, watching, True),
            (MD, watching, True),
            *((kind, trading, True) for kind in ServiceKind),
            *((kind, elsewhere, False) for kind in ServiceKind),
        ):
            client = await fix.connect(kind)
            answer = await client.log_on(key, **({"t9406": "Y"} if kind is DC else {}))
            assert (answer.type == "A") is is_admitted, (kind, answer)
            if not is_admitted:
                assert answer[25016] == "-2015"


async def test_drop_copies_must_be_asked_for(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.connect(DC)
        answer = await client.log_on(fix.key_of(fix.alice))
        assert answer.only(371, 25016) == {371: "9406", 25016: "-1185"}
        client = await fix.connect(MD)
        answer = await client.log_on(fix.key_of(fix.alice), t9406="Y")
        assert answer.only(371, 373, 25016) == {371: "9406", 373: "3", 25016: "-1103"}


async def test_only_ed25519_keys_log_on(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        keys = fix.exchange.keys
        made, _ = keys.create(fix.alice.key.owner, "hmac", [Permission.FIX], 1)
        client = await fix.connect()
        answer = await client.log_on(fix.key_of(fix.alice), t553=made.key)
        assert answer.only(371, 373, 25016) == {371: "96", 373: "8", 25016: "-1022"}


async def test_the_first_message_is_a_logon_and_the_only_one(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.connect()
        answer = await client.ask("1", (112, "early"))
        assert answer.only(25016, 58) == {25016: "-1180", 58: "Logon<A> must be the first message in the session."}
        assert await client.is_closed()
        client = await fix.logged_on()
        answer = await client.log_on(fix.key_of(fix.alice), number=2)
        assert answer.only(25016, 45, 372) == {25016: "-1176", 45: "2", 372: "A"}
        assert (await client.ask("1", (112, "still there")))[112] == "still there"


async def test_a_number_out_of_turn_is_rejected_and_not_used_up(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.logged_on()
        for number in (1, 3, 7):
            answer = await client.ask("1", (112, "x"), number=number)
            assert answer.only(45, 371, 25016, 58) == {
                45: f"{number}",
                371: "34",
                25016: "-1179",
                58: "`MsgSeqNum(34)` contains an unexpected value. Expected: '2'.",
            }
        assert (await client.ask("1", (112, "right"), number=2))[112] == "right"


WRONG_MESSAGES: list[Any] = [
    ("D", ORDER[1:], {371: "11", 373: "1", 25016: "-1102", 58: "Required tag '11' missing."}),
    ("D", (*ORDER, (55, "X")), {371: "55", 373: "13", 25016: "-1171", 58: "Tag '55' appears more than once."}),
    ("D", (*ORDER, (99_999, 1)), {371: "99999", 373: "3", 25016: "-1103", 58: "Undefined Tag."}),
    (
        "D",
        (*ORDER, (25014, "x")),
        {371: "25014", 373: "2", 25016: "-1170", 58: "Tag '25014' not defined for this message type."},
    ),
    (
        "D",
        (*ORDER, (25000, 5)),
        {371: "25000", 373: "14", 25016: "-1172", 58: "Tag '25000' specified out of required order."},
    ),
    (
        "D",
        (*ORDER[:-1], (59, 9)),
        {371: "59", 373: "5", 25016: "-1130", 58: "Data sent for parameter '59' is not valid."},
    ),
    ("D", ((11, "a b"), *ORDER[1:]), {371: "11", 373: "6", 25016: "-1100"}),
    ("D", ((11, "a" * 37), *ORDER[1:]), {371: "11", 373: "6", 25016: "-1100"}),
    (
        "D",
        ((11, "ä"), *ORDER[1:]),
        {
            371: "11",
            373: "6",
            25016: "-1177",
            58: "Only printable ASCII characters and SOH (Start of Header) are allowed.",
        },
    ),
    (
        "D",
        ((11, "a"), (38, "1e3"), *ORDER[2:]),
        {371: "38", 373: "6", 25016: "-1102", 58: "Field value was empty or malformed."},
    ),
    ("D", (*ORDER[:5], (55, "NOPE"), (59, 1)), {371: "55", 373: "5", 25016: "-1121", 58: "Invalid symbol."}),
    (
        "E",
        ((25014, "l"), (1385, 1), (73, 2), (11, "x"), (40, 2), (54, 1), (55, "BTCUSDT")),
        {371: "73", 373: "16", 25016: "-1188", 58: "Incorrect NumInGroup count for repeating group 'NoOrders'."},
    ),
    (
        "E",
        ((25014, "l"), (1385, 1), (73, 1), (55, "BTCUSDT"), (11, "x"), (40, 2), (54, 1)),
        {371: "55", 373: "15", 25016: "-1173", 58: "Repeating group 'NoOrders' fields out of order."},
    ),
    (
        "V",
        ((262, "x"), (263, 1)),
        {371: "35", 25016: "-1186", 58: "Requested operation is not allowed in order entry sessions."},
    ),
    ("8", (), {371: "35", 25016: "-1186"}),
    ("2", ((7, 1), (16, 0)), {371: "35", 373: "5", 25016: "-1020", 58: "This operation is not supported."}),
    ("1", (), {371: "112", 373: "1", 25016: "-1102"}),
]


async def test_what_is_wrong_with_a_message_is_named(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.logged_on()
        for message_type, fields, expected in WRONG_MESSAGES:
            answer = await client.ask(message_type, *fields)
            assert answer.only(*expected) == expected, (message_type, fields, answer)
            assert answer.only(35, 45, 372) == {35: "3", 45: f"{client.number}", 372: message_type}
        assert (await client.ask("1", (112, "on it goes")))[112] == "on it goes"


async def test_a_session_keeps_its_names(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.logged_on(sender="ME")
        answer = await client.ask("1", (112, "x"), sender="YOU")
        assert answer.only(56, 371, 25016) == {56: "ME", 371: "49", 25016: "-1178"}


@pytest.mark.parametrize(
    ("spoil", "text"),
    [
        (lambda data: data[:-4] + b"999\x01"[-4:], "`CheckSum(10)` contains an incorrect value."),
        (lambda data: b"9=5\x01" + data, "`BeginString (8)` is not the first tag in a message."),
        (
            lambda data: re.sub(rb"\x019=\d+", b"\x019=60", data),
            "`BodyLength (9)` does not contain the correct byte count.",
        ),
    ],
)
async def test_what_is_no_message_ends_the_session(tmp_path: Path, spoil: Any, text: str) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.logged_on()
        await client.send_bytes(spoil(client.spelled("1", [(112, "x" * 300)], 2)))
        answer = await client.receive("3")
        assert answer.only(25016, 58) == {25016: "-1177", 58: text}
        assert (await client.receive("5"))[58] == text
        assert await client.is_closed()


async def test_a_tag_is_a_number_and_has_a_value(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.logged_on()
        for number, (field, code, text) in enumerate(
            [
                (b"x=1", "-1169", "Invalid tag number."),
                (b"0112=1", "-1169", "Invalid tag number."),
                (b"112", "-1177", "Tag specified without a value."),
                (b"112=", "-1177", "Tag specified without a value."),
            ],
            start=2,
        ):
            whole = client.spelled("1", [], number)
            body = whole[whole.index(b"\x0135=") + 1 : whole.rindex(b"10=")]
            await client.send_bytes(framed(body + field + b"\x01"))
            answer = await client.receive("3")
            assert answer.only(45, 25016, 58) == {45: f"{number}", 25016: code, 58: text}


async def test_what_a_client_rejects_is_not_answered(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.logged_on()
        await client.send("3", (45, 1), (58, "I do not like it"))
        assert (await client.ask("1", (112, "next")))[112] == "next"


async def test_who_is_silent_is_asked_and_then_logged_out(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path, limits=FixLimits(heartbeat_seconds_min=1)) as fix:
        client = await fix.logged_on(t108=1)
        kinds = []
        for _ in range(2):
            answer = await client.receive()
            kinds.append(answer.type)
            if answer.type == "1":
                await client.send("0", (112, answer[112]))
        assert sorted(kinds) in (["0", "1"], ["1", "1"])
        while (answer := await client.receive()).type != "5":
            assert answer.type in ("0", "1")
        assert "TestReqID (112)" in answer[58]
        assert await client.is_closed()


async def test_who_does_not_log_on_is_disconnected(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path, limits=FixLimits(logon_timeout_s=0.2)) as fix:
        client = await fix.connect()
        assert (await client.receive("3"))[25016] == "-1180"
        assert await client.is_closed()


async def test_a_window_is_kept_only_where_one_is_stated(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.logged_on()
        assert (await client.ask("1", (112, "old"), time=utc_now(-3_600))).type == "0"
        answer = await client.ask("1", (112, "ahead"), time=utc_now(5))
        assert answer.only(371, 373, 25016) == {371: "52", 373: "10", 25016: "-1021"}
        message = client.spelled("1", [(25000, "500.5"), (112, "late")], 4, time=utc_now(-2))
        await client.send_bytes(message)
        assert (await client.receive("3")).only(373, 25016) == {373: "10", 25016: "-1021"}
        await client.send_bytes(client.spelled("1", [(25000, 60_001), (112, "long")], 5))
        assert (await client.receive("3")).only(371, 25016) == {371: "25000", 25016: "-1102"}


async def test_messages_may_come_in_any_pieces(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        client = await fix.logged_on()
        data = b"".join(client.spelled("1", [(112, f"part {number}")], number) for number in (2, 3, 4))
        for at in range(0, len(data), 7):
            await client.send_bytes(data[at : at + 7])
            await asyncio.sleep(0)
        assert [(await client.receive("0"))[112] for _ in range(3)] == ["part 2", "part 3", "part 4"]
