"""What a recording trades is inferred from what is in it."""

from pathlib import Path

import pytest

from rialto.replay.instruments import Content, Instrument, UnreplayableRecording, infer, split_symbol
from rialto.replay.recording import DamagedLine, OnDamage, Recording
from tests.recorded import START_MS, depth, line, snapshot, ticker, trade, written


def inferred(tmp_path: Path, *lines: str, on_damage: OnDamage = OnDamage.SKIP) -> Content:
    return infer(Recording(written(tmp_path / "recording.gz", lines)), on_damage)


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        ("BTCUSDT", ("BTC", "USDT")),
        ("BTCFDUSD", ("BTC", "FDUSD")),
        ("ETHBTC", ("ETH", "BTC")),
        ("USDTTRY", ("USDT", "TRY")),
        ("BTCUSD_PERP", ("BTC", "USD")),
        ("BTCUSDT_240927", ("BTC", "USDT")),
        ("1000SATSUSDT", ("1000SATS", "USDT")),
        ("FOOBAR", ("FOO", "BAR")),
        ("USDT", ("U", "SDT")),
        ("XYZ", ("XYZ", "USD")),
        ("USD", ("USD0", "USD")),
        ("BTCBTC", ("BTC0", "BTC")),
        ("ABCDEFGHIJKLMNOPQRSTUSDT", ("ABCDEFGHIJKLMNOP", "USDT")),
    ],
)
def test_assets_follow_from_the_name(symbol: str, expected: tuple[str, str]) -> None:
    assert split_symbol(symbol) == expected


def test_scales_are_the_greatest_common_divisors(tmp_path: Path) -> None:
    content = inferred(
        tmp_path,
        ticker(("100.50", "0.3"), ("101.25", "1.2")),
        depth([("99.75", "0")], [("102", "0.6")]),
        trade("100.50", "0.9", taker="sell"),
        trade("0.05", "7", taker="buy", symbol="ETHBTC", at_ms=START_MS + 1),
    )
    btcusdt = Instrument("BTCUSDT", "BTC", "USDT", tick=75_000_000, lot=30_000_000, price_max=1_020 * 10**8)
    ethbtc = Instrument("ETHBTC", "ETH", "BTC", tick=5_000_000, lot=700_000_000, price_max=50_000_000)
    assert content == Content((btcusdt, ethbtc), messages=4, damaged_lines=0, started_at_us=START_MS * 1_000)


def test_a_snapshot_counts_where_there_is_one_symbol(tmp_path: Path) -> None:
    lines = [snapshot([("10.01", "1")], []), trade("10", "2", taker="buy")]
    assert inferred(tmp_path, *lines).instruments[0].tick == 1_000_000
    lines.append(trade("10", "2", taker="buy", symbol="ETHUSDT"))
    assert [each.tick for each in inferred(tmp_path, *lines).instruments] == [10 * 10**8] * 2


def test_without_trades_time_begins_with_the_first_message(tmp_path: Path) -> None:
    assert inferred(tmp_path, "1 {}", depth([("1", "1")])).started_at_us == START_MS * 1_000


def test_damage_is_counted_or_refused(tmp_path: Path) -> None:
    lines = [depth([("1", "1")]), "1 {}", depth([("1", "1")])]
    assert inferred(tmp_path, *lines).damaged_lines == 1
    with pytest.raises(DamagedLine, match="line 2: "):
        inferred(tmp_path, *lines, on_damage=OnDamage.REFUSE)


def test_what_holds_nothing_to_replay_is_refused(tmp_path: Path) -> None:
    ignored = line({"stream": "btcusdt@kline_1m", "data": {}})
    with pytest.raises(UnreplayableRecording, match=r"no trade, bookTicker or depth .* \(1 other messages, 2 damaged"):
        inferred(tmp_path, ignored, "1 {}", "1 {}")
    with pytest.raises(UnreplayableRecording, match="more than 1000 symbols"):
        inferred(tmp_path, *[depth(symbol=f"S{number}USDT") for number in range(1_001)])
