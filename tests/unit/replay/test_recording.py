"""Lines become messages, and what is no message is named with its line."""

import gzip
import zlib
from pathlib import Path

import pytest

from rialto.replay import recording
from rialto.replay.recording import (
    DamagedLine,
    Level,
    Line,
    RecordedDepth,
    RecordedTicker,
    RecordedTrade,
    Recording,
    RecordingUnreadable,
)
from tests.recorded import START_MS, START_NS, depth, line, snapshot, ticker, trade, written

ONE = 100_000_000


def read(tmp_path: Path, *lines: str | bytes, compressed: bool = True) -> list[Line | DamagedLine]:
    return list(Recording(written(tmp_path / "recording", lines, compressed=compressed)).read())


def message(tmp_path: Path, text: str) -> object:
    (item,) = read(tmp_path, text)
    assert isinstance(item, Line), item
    return item.message


@pytest.mark.parametrize("compressed", [True, False])
def test_lines_are_numbered_and_timed(tmp_path: Path, compressed: bool) -> None:
    first, second = read(tmp_path, trade("10", "1", taker="buy"), depth([("9.5", "2")]), compressed=compressed)
    expected = RecordedTrade("BTCUSDT", 10 * ONE, ONE, START_MS * 1_000, buyer_is_maker=False)
    assert first == Line(1, START_NS, expected)
    assert isinstance(second, Line)
    assert second.number == 2


def test_every_kind_of_message_is_read(tmp_path: Path) -> None:
    futures = trade("61668.7", "4", taker="sell", symbol="BTCUSD_PERP", X="MARKET", t=1, E=5)
    assert message(tmp_path, futures) == RecordedTrade(
        "BTCUSD_PERP", 6_166_870_000_000, 4 * ONE, START_MS * 1_000, buyer_is_maker=True
    )
    assert message(tmp_path, ticker(("9", "1"), ("0.00000000", "0"), update_id=7)) == RecordedTicker(
        "BTCUSDT", 7, Level(9 * ONE, ONE), None
    )
    assert message(tmp_path, depth([("9", "0")], [("11", "0.5")], update_id=8)) == RecordedDepth(
        "BTCUSDT", 8, (Level(9 * ONE, 0),), (Level(11 * ONE, ONE // 2),)
    )
    assert message(tmp_path, snapshot([("9", "1")], [], update_id=3)) == RecordedDepth(
        "", 3, (Level(9 * ONE, ONE),), (), is_snapshot=True
    )


def test_times_are_in_milliseconds_or_microseconds(tmp_path: Path) -> None:
    for time in (START_MS, START_MS * 1_000):
        text = line({"stream": "btcusdt@trade", "data": {"s": "BTCUSDT", "p": "1", "q": "1", "T": time, "m": True}})
        read_message = message(tmp_path, text)
        assert isinstance(read_message, RecordedTrade)
        assert read_message.traded_at_us == START_MS * 1_000


@pytest.mark.parametrize(
    "text",
    [
        line({"stream": "btcusdt@kline_1m", "data": {"anything": 1}}),
        line({"stream": "btcusdt@depth20@100ms", "data": {"lastUpdateId": 1}}),
        line({"stream": "!miniTicker@arr", "data": []}),
        trade("0", "0", taker="buy", X="NA"),
        trade("10", "1", taker="buy", X="INSURANCE_FUND"),
    ],
)
def test_what_shapes_no_book_is_passed_over(tmp_path: Path, text: str) -> None:
    assert message(tmp_path, text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is not `<time in ns> <JSON>`"),
        ("1700000000000000000", "is not `<time in ns> <JSON>`"),
        ("yesterday {}", "'yesterday' is no local time in nanoseconds"),
        ("-5 {}", "'-5' is no local time"),
        ("1 {", "not JSON"),
        ("1 nothing", "not JSON"),
        (b'1 {"stream":"btcusdt@trade","data":{"s":"\xff"}}', "not JSON"),
        ("1 " + "[" * 100_000, "not"),
        ("1 []", "not a message of a market stream"),
        ("1 {}", "neither `stream` and `data` nor"),
        ('1 {"stream":"btcusdt@trade"}', "without `data`"),
        ('1 {"stream":"btcusdt@trade","data":{"s":"BTCUSDT"}}', "missing required field `p`"),
        (trade("ten", "1", taker="buy"), "'ten' is no price or quantity"),
        (trade("1e3", "1", taker="buy"), "'1e3' is no price or quantity"),
        (trade("-10", "1", taker="buy"), "'-10' is no price or quantity"),
        (trade("0.000000001", "1", taker="buy"), "at most 8 decimal places"),
        (trade("92233720368.54775808", "1", taker="buy"), "is no price or quantity"),
        (line({"stream": "a@trade", "data": {"s": "A", "p": 10, "q": "1", "T": 1, "m": True}}), "Expected `str`"),
        (trade("0", "1", taker="buy"), "a trade of '1' at '0'"),
        (trade("1", "0", taker="buy"), "a trade of '0' at '1'"),
        (trade("1", "1", taker="buy", T=-1), "-1 is no time"),
        (trade("1", "1", taker="buy", T=10**17), "is no time since 1970"),
        (trade("1", "1", taker="buy", T="now"), "Expected `int`"),
        (trade("1", "1", taker="buy", symbol="BTC USDT"), "'BTC USDT' is no symbol"),
        (trade("1", "1", taker="buy", symbol="A" * 33), "is no symbol"),
        (trade("1", "1", taker="buy", symbol=""), "'' is no symbol"),
        (ticker(("10", "1"), ("10", "1")), "the best bid '10' is not below the best ask '10'"),
        (depth([("0", "1")]), "a level at the price zero"),
        (depth([("10", "x")]), "'x' is no price or quantity"),
        (snapshot([("10", "")], []), "'' is no price or quantity"),
    ],
)
def test_damage_is_named_and_the_next_line_is_read(tmp_path: Path, text: str | bytes, reason: str) -> None:
    first, second, third = read(tmp_path, depth(), text, depth())
    assert isinstance(first, Line)
    assert isinstance(second, DamagedLine)
    assert str(second).startswith("line 2: ")
    assert reason in second.reason
    assert len(second.reason) < 300
    assert isinstance(third, Line)
    assert third.number == 3


def test_a_line_beyond_the_limit_is_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "LINE_BYTES_MAX", 500)
    first, second, third = read(tmp_path, depth(), "1 " + "x" * 2_000, depth())
    assert isinstance(first, Line)
    assert isinstance(second, DamagedLine)
    assert second.reason == "longer than 500 bytes"
    assert isinstance(third, Line)
    assert third.number == 3


def test_a_file_that_was_cut_off_is_read_to_where_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    with gzip.open(path, "wb") as file:
        for number in range(5_000):
            file.write(depth(update_id=number).encode() + b"\n")
    path.write_bytes(path.read_bytes()[:-20])
    whole_lines = zlib.decompressobj(wbits=31).decompress(path.read_bytes()).count(b"\n")
    *lines, last = Recording(path).read()
    assert isinstance(last, DamagedLine)
    assert "cannot be read on from here" in last.reason
    assert len(lines) == whole_lines > 1_000
    assert all(isinstance(item, Line) and item.number == at for at, item in enumerate(lines, 1))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingUnreadable, match=r"nowhere\.gz cannot be read: No such file"):
        Recording(tmp_path / "nowhere.gz")
    with pytest.raises(RecordingUnreadable, match="directory"):
        Recording(tmp_path)
