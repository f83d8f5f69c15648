"""A recording replayed into the real core comes out as it went in, and a report that says so can be believed."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from rialto.contracts.events import Outcome, TradeExecuted
from rialto.contracts.queries import OpenOrders, OrdersAnswer
from rialto.contracts.vocabulary import AccountClass, Side
from rialto.core import journal
from rialto.core.runtime import Runtime
from rialto.replay.instruments import UnreplayableRecording, infer
from rialto.replay.listing import Owners, SymbolTooCoarse
from rialto.replay.recording import DamagedLine, OnDamage, Recording
from rialto.replay.replayer import Counts, Progress, Replayer
from rialto.replay.session import JournalNotEmpty, ReplayReport, replay
from tests import exchange
from tests.recorded import START_MS, depth, line, ticker, trade, written

MINUTE_MS = 60_000

LINES = (
    depth([("9.99", "5"), ("9.98", "4")], [("10.01", "5"), ("10.02", "4")], update_id=1),
    trade("10.01", "2", taker="buy"),
    ticker(("10.00", "1"), ("10.01", "3"), update_id=2),
    trade("10.00", "1.5", taker="sell", at_ms=START_MS + MINUTE_MS),
    depth([("50", "1")], [("51", "2")], symbol="ETHUSDT"),
    trade("50", "0.5", taker="sell", symbol="ETHUSDT", at_ms=START_MS + MINUTE_MS + 1),
    trade("10.02", "1", taker="buy", at_ms=START_MS + 3 * MINUTE_MS),
    line({"stream": "btcusdt@kline_1m", "data": {}}),
)


async def replayed(tmp_path: Path, *lines: str, **options: Any) -> ReplayReport:
    return await replay(written(tmp_path / "recording.gz", lines), tmp_path / "journal", **options)


async def test_what_comes_out_is_what_went_in(tmp_path: Path) -> None:
    report = await replayed(tmp_path, *LINES)
    assert report.is_equal, report
    assert (report.trades.compared, report.trades.different, report.trades.first) == (4, 0, None)
    # Closed: BTCUSDT twice. Viewed: four minutes of BTCUSDT, three of ETHUSDT.
    assert (report.candles.compared, report.candles.different, report.candles.first) == (9, 0, None)
    assert (report.counts.messages, report.counts.trades, report.counts.passed_over) == (8, 4, 1)
    assert report.counts.refused == report.verified.refused == report.counts.times_back == 0
    assert report.verified.state_hash == report.state_hash
    made = [
        (outcome.time_us, event.symbol, event.trade_id, event.price, event.quantity, event.taker_side)
        for outcomes in journal.replayed_outcomes(tmp_path / "journal")
        for outcome in outcomes
        for event in outcome.events
        if isinstance(event, TradeExecuted)
    ]
    start_us, minute_us = START_MS * 1_000, MINUTE_MS * 1_000
    assert made == [
        (start_us, 0, 1, "10.01000000", "2.00000000", Side.BUY),
        (start_us + minute_us, 0, 2, "10.00000000", "1.50000000", Side.SELL),
        (start_us + minute_us + 1_000, 1, 1, "50.00000000", "0.50000000", Side.SELL),
        (start_us + 3 * minute_us, 0, 3, "10.02000000", "1.00000000", Side.BUY),
    ]


async def test_the_same_recording_gives_the_same_state(tmp_path: Path) -> None:
    path = written(tmp_path / "recording.gz", LINES)
    first = await replay(path, tmp_path / "first")
    second = await replay(path, tmp_path / "second")
    assert first.state_hash == second.state_hash


async def test_many_trades_in_flight_stay_in_order(tmp_path: Path) -> None:
    lines = [
        trade(
            f"{100 + number % 7}", f"{1 + number % 5}", taker="buy" if number % 3 else "sell", at_ms=START_MS + number
        )
        for number in range(9_000)
    ]
    report = await replayed(tmp_path, *lines)
    assert report.is_equal, report
    assert report.trades.compared == 9_000


async def test_a_trade_timed_before_the_last_keeps_the_last_time(tmp_path: Path) -> None:
    late = trade("10", "1", taker="buy", at_ms=START_MS + 2 * MINUTE_MS)
    report = await replayed(tmp_path, late, trade("11", "1", taker="buy"), trade("12", "1", taker="buy"))
    assert report.is_equal, report
    assert report.counts.times_back == 2
    assert report.verified.time_us == (START_MS + 2 * MINUTE_MS) * 1_000


@pytest.mark.parametrize("damaged", ["1 {", "x {}", trade("x", "1", taker="buy"), trade("1", "1", taker="buy", T="")])
async def test_damage_is_skipped_or_refused(tmp_path: Path, damaged: str) -> None:
    lines = [*LINES[:3], damaged, *LINES[3:]]
    with pytest.raises(DamagedLine, match=r"^line 4: "):
        await replayed(tmp_path, *lines, on_damage=OnDamage.REFUSE)
    assert not any((tmp_path / "journal").iterdir())
    report = await replayed(tmp_path, *lines)
    assert report.is_equal, report
    assert report.counts.damaged_lines == 1
    assert report.counts.damage[0].startswith("line 4: ")
    assert report.trades.compared == 4


async def test_a_directory_that_holds_something_is_refused(tmp_path: Path) -> None:
    assert (await replayed(tmp_path, *LINES)).is_equal
    with pytest.raises(JournalNotEmpty, match="journal is not an empty directory"):
        await replayed(tmp_path, *LINES)
    assert journal.verify(tmp_path / "journal").sequence > 0
    with pytest.raises(JournalNotEmpty):
        await replay(tmp_path / "recording.gz", tmp_path / "recording.gz")


async def test_nothing_to_replay_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreplayableRecording, match="holds no trade"):
        await replayed(tmp_path)


async def test_a_speed_follows_the_local_times(tmp_path: Path) -> None:
    lines = [trade("10", "1", taker="buy", at_ms=START_MS + 100 * number) for number in range(11)]
    report = await replayed(tmp_path, *lines, speed=Fraction(5))
    assert report.is_equal
    assert report.counts.elapsed_s >= 0.2


async def test_progress_is_told(tmp_path: Path) -> None:
    told: list[Progress] = []
    report = await replayed(tmp_path, *LINES, on_progress=told.append)
    assert told[-1].messages == told[-1].messages_total == 8
    assert told[-1].commands == report.counts.commands > 8


class Shared:
    """A replay in an exchange that others use."""

    def __init__(self, runtime: Runtime, path: Path, *lines: str, speed: Fraction | None = None) -> None:
        recording = Recording(written(path, lines))
        content = infer(recording, OnDamage.REFUSE)
        owners = Owners(maker=11, taker=12)
        self.replayer = Replayer(recording, content, runtime, clock=None, owners=owners, speed=speed)

    async def run(self) -> Counts:
        return await self.replayer.run()


async def test_a_market_is_made_in_an_exchange_that_others_use(tmp_path: Path) -> None:
    trades: list[tuple[str, str]] = []

    def watch(outcomes: Sequence[Outcome]) -> None:
        events = (event for outcome in outcomes for event in outcome.events)
        trades.extend((event.price, event.quantity) for event in events if isinstance(event, TradeExecuted))

    async with exchange.running(tmp_path / "journal") as runtime:
        await exchange.found(runtime, notional_min="0", tick="0.01")
        runtime.subscribe(watch)
        counts = await Shared(runtime, tmp_path / "1.gz", *LINES).run()
        assert (counts.trades, counts.refused) == (4, 0)
        assert trades == [
            ("10.01000000", "2.00000000"),
            ("10.00000000", "1.50000000"),
            ("50.00000000", "0.50000000"),
            ("10.02000000", "1.00000000"),
        ]
        maker = await runtime.account_of(11, AccountClass.SPOT)
        before = await runtime.ask(OpenOrders(maker))
        # Once more: the maker's orders of before are taken back, none is left over and nothing is refused.
        assert (await Shared(runtime, tmp_path / "2.gz", *LINES).run()).refused == 0
        after = await runtime.ask(OpenOrders(maker))
        assert isinstance(before, OrdersAnswer)
        assert isinstance(after, OrdersAnswer)
        levels = [sorted((o.symbol, o.price, o.quantity) for o in answer.orders) for answer in (before, after)]
        assert levels[0] == levels[1] != []


async def test_what_others_took_is_restored_by_the_next_word_about_it(tmp_path: Path) -> None:
    async with exchange.running(tmp_path / "journal") as runtime:
        first, _ = await exchange.found(runtime, notional_min="0")
        book_before = depth([("9", "5")], [("11", "5")])
        later = line({"stream": "x@kline_1m", "data": {}}, (START_MS + 100) * 1_000_000)
        replaying = Shared(runtime, tmp_path / "1.gz", book_before, later, book_before, speed=Fraction(1))

        taken: list[object] = []

        def take_once(_outcomes: Sequence[Outcome]) -> None:
            if not taken and runtime.market.book_ticker(exchange.BTCUSDT).ask_quantity == "5.00000000":
                taken.append(runtime.enqueue(exchange.limit(first, Side.BUY, "11", "2", "t")))
                taken.append(runtime.enqueue(exchange.limit(first, Side.SELL, "9", "5", "u")))

        runtime.subscribe(take_once)
        counts = await replaying.run()
        assert len(taken) == 2
        assert counts.refused == 0
        book = runtime.market.depth(exchange.BTCUSDT, 10)
        assert [(level.price, level.quantity) for level in book.asks] == [("11.00000000", "5.00000000")]
        assert [(level.price, level.quantity) for level in book.bids] == [("9.00000000", "5.00000000")]


async def test_a_symbol_listed_too_coarsely_is_refused(tmp_path: Path) -> None:
    async with exchange.running(tmp_path / "journal") as runtime:
        await exchange.found(runtime, tick="0.1", price_min="0.1", notional_min="0")
        with pytest.raises(SymbolTooCoarse, match=r"BTCUSDT is listed with a tick of 0\.1.*needs 0\.01"):
            await Shared(runtime, tmp_path / "1.gz", *LINES).run()
