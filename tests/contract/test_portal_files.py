"""Historical files against the API: what a day's or a month's file holds is what REST tells of the same time."""

import csv
import hashlib
import io
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from rialto.contracts.commands import PlaceOrder
from rialto.contracts.vocabulary import Side
from rialto.foundation.clock import SettableClock
from rialto.foundation.database import Access, open_engine
from rialto.portal import source
from rialto.portal.layout import BEYOND_A_MONTH, MONTH, WITHIN_A_DAY, day_of
from rialto.portal.publisher import Published, Publisher
from rialto.portal.source import Source
from tests.exchange import limit
from tests.timed import BUYER, SELLER, Timed, timed

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US
THURSDAY_US = 1_769_644_800_000_000
"""Midnight of 2026-01-29, in UTC: a month ends two days later, and a week and three days begin in it and end beyond."""
IN_2024_US = 1_735_430_400_000_000
"""Midnight of 2024-12-29, when files still told milliseconds."""

KLINES, TRADES, AGGREGATED = "/api/v3/klines", "/api/v3/historicalTrades", "/api/v3/aggTrades"


@asynccontextmanager
async def reading(directory: Path) -> AsyncIterator[Engine]:
    engine = open_engine(f"sqlite:///{directory / 'rialto.sqlite'}", Access.READ_ONLY)
    yield engine
    engine.dispose()


async def publish(exchange: Timed, directory: Path) -> Published:
    """Publish what is complete by now, as the job would."""
    await exchange.projector.wait_for(exchange.runtime.last_sequence, 30)
    async with reading(directory) as engine:
        return Publisher(directory / "portal", Source(engine)).publish(exchange.clock.now_us())


async def sweep(exchange: Timed, price: int) -> None:
    """One order that takes three others at two prices: three trades, two aggregates."""
    now_us, number = exchange.clock.now_us(), exchange.runtime.last_sequence
    names = (f"{number}a", f"{number}b", f"{number}c", f"{number}d")
    orders: list[PlaceOrder] = [
        limit(SELLER, Side.SELL, f"{price}", "0.3", names[0]),
        limit(SELLER, Side.SELL, f"{price}", "0.2", names[1]),
        limit(SELLER, Side.SELL, f"{price + 1}", "0.5", names[2]),
        limit(BUYER, Side.BUY, f"{price + 1}", "0.9", names[3]),
        limit(BUYER, Side.BUY, f"{price + 1}", "0.1", f"{number}e"),
    ]
    for order in orders:
        await exchange.runtime.submit(order, now_us)


async def trade_for_days(exchange: Timed, start_us: int, days: int) -> None:
    """Trade now and then, closely at times, never on the second day."""
    await exchange.found()
    for hour in range(days * 24):
        if hour // 24 == 1:
            continue
        exchange.clock.move_to(start_us + hour * HOUR_US + hour * 7_919_333 % HOUR_US)
        await sweep(exchange, 40_000 + hour * 31 % 97)
        if hour % 5 == 0:
            exchange.clock.advance(1_250_003)
            for each in exchange.trade(4_000_000 + hour * 7, 1 + hour):
                await each
    exchange.clock.move_to(start_us + days * DAY_US)


def rows_of(portal: Path, path: str) -> list[list[str]]:
    """Read a file as anyone would: check its sum, take out the one member, read the lines."""
    whole = portal / path
    digest, name = whole.with_name(whole.name + ".CHECKSUM").read_text().rstrip("\n").split("  ")
    assert name == whole.name
    assert hashlib.sha256(whole.read_bytes()).hexdigest() == digest
    with zipfile.ZipFile(whole) as archive:
        assert archive.namelist() == [f"{whole.stem}.csv"]
        assert archive.testzip() is None
        return list(csv.reader(io.StringIO(archive.read(archive.namelist()[0]).decode())))


async def pages(exchange: Timed, path: str, start_us: int, end_us: int, **parameters: str) -> list[Any]:
    """Read every row of a time from REST, page by page."""
    found: list[Any] = []
    headers = {"X-MBX-TIME-UNIT": "MICROSECOND"}
    while True:
        times = {"startTime": str(start_us), "endTime": str(end_us - 1)}
        response = await exchange.client.get(
            path, params={"symbol": "BTCUSDT", "limit": "1000", **times, **parameters}, headers=headers
        )
        assert response.status_code == 200, response.text
        found += response.json()
        if len(response.json()) < 1_000:
            return found
        start_us = found[-1][6] + 1


def as_text(row: list[Any]) -> list[str]:
    return [str(each) for each in row]


async def check_candles(exchange: Timed, portal: Path, folder: str, interval: str, name: str, *times: int) -> None:
    spelled = "1mo" if interval == MONTH else interval
    held = rows_of(portal, f"data/spot/{folder}/klines/BTCUSDT/{spelled}/BTCUSDT-{spelled}-{name}.zip")
    told = await pages(exchange, KLINES, *times, interval=interval)
    assert held == [as_text(row) for row in told], (interval, name)
    assert held


async def check_trades(exchange: Timed, portal: Path, folder: str, name: str, start_us: int, end_us: int) -> None:
    response = await exchange.client.get(
        TRADES,
        params={"symbol": "BTCUSDT", "limit": "1000", "fromId": "1"},
        headers={"X-MBX-TIME-UNIT": "MICROSECOND"},
    )
    trades = [each for each in response.json() if start_us <= each["time"] < end_us]
    names = ("id", "price", "qty", "quoteQty", "time", "isBuyerMaker", "isBestMatch")
    held = rows_of(portal, f"data/spot/{folder}/trades/BTCUSDT/BTCUSDT-trades-{name}.zip")
    assert held == [as_text([each[name] for name in names]) for each in trades]
    aggregated = await pages(exchange, AGGREGATED, start_us, end_us)
    held = rows_of(portal, f"data/spot/{folder}/aggTrades/BTCUSDT/BTCUSDT-aggTrades-{name}.zip")
    assert held == [as_text([each[name] for name in "apqflTmM"]) for each in aggregated]
    assert 0 < len(aggregated) < len(trades)


async def test_files_hold_what_rest_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "PAGE_ROWS", 7)  # So that a day has many pages.
    portal = tmp_path / "portal"
    async with timed(tmp_path, SettableClock(THURSDAY_US)) as exchange:
        await trade_for_days(exchange, THURSDAY_US, 12)
        published = await publish(exchange, tmp_path)
        # Candles of twelve days, and trades of those but one; the same of January, its one month, its weeks and its
        # threes of days.
        assert published.files == 12 * 13 + 11 * 2 + (13 + 2 + 1) + 2
        response = await exchange.client.get(TRADES, params={"symbol": "BTCUSDT"})
        of_january = len(rows_of(portal, "data/spot/monthly/trades/BTCUSDT/BTCUSDT-trades-2026-01.zip"))
        assert published.trades == response.json()[-1]["id"] + of_january
        for day in (0, 1, 2, 11):
            start_us = THURSDAY_US + day * DAY_US
            for interval in WITHIN_A_DAY if day == 2 else WITHIN_A_DAY[1:]:
                name = day_of(start_us).name
                await check_candles(exchange, portal, "daily", interval, name, start_us, start_us + DAY_US)
        await check_trades(exchange, portal, "daily", "2026-01-29", THURSDAY_US, THURSDAY_US + DAY_US)
        january = (1_767_225_600_000_000, 1_769_904_000_000_000)
        await check_trades(exchange, portal, "monthly", "2026-01", *january)
        for interval in (*WITHIN_A_DAY[1:], *BEYOND_A_MONTH, MONTH):
            await check_candles(exchange, portal, "monthly", interval, "2026-01", *january)
        assert not (portal / "data/spot/daily/trades/BTCUSDT/BTCUSDT-trades-2026-01-30.zip").exists()
        assert not (portal / "data/spot/monthly/klines/BTCUSDT/1w/BTCUSDT-1w-2026-02.zip").exists()
        assert not list(portal.rglob(".*"))


async def test_files_before_2025_tell_milliseconds(tmp_path: Path) -> None:
    async with timed(tmp_path, SettableClock(IN_2024_US)) as exchange:
        await exchange.found()
        for day in (0, 3):  # The 29th of December and the first of January.
            exchange.clock.move_to(IN_2024_US + day * DAY_US + 12_345_678)
            await sweep(exchange, 40_000)
        exchange.clock.move_to(IN_2024_US + 4 * DAY_US)
        await publish(exchange, tmp_path)
    for kind, column in (("trades", 4), ("aggTrades", 5)):
        for name, time in (("2024-12-29", "1735430412345"), ("2025-01-01", "1735689612345678")):
            (first, *_) = rows_of(tmp_path / "portal", f"data/spot/daily/{kind}/BTCUSDT/BTCUSDT-{kind}-{name}.zip")
            assert first[column] == time
            assert first[column + 1 :] == ["False", "True"]
    for name, times in (
        ("2024-12-29", ("1735430400000", "1735516799999")),
        ("2025-01-01", ("1735689600000000", "1735775999999999")),
    ):
        (row,) = rows_of(tmp_path / "portal", f"data/spot/daily/klines/BTCUSDT/1d/BTCUSDT-1d-{name}.zip")
        assert (row[0], row[6]) == times
        assert row[1:6] == ["40000.00000000", "40001.00000000", "40000.00000000", "40001.00000000", "1.00000000"]
        assert row[7:] == ["40000.50000000", "4", "1.00000000", "40000.50000000", "0"]


def stamps(portal: Path) -> dict[str, int]:
    return {str(path.relative_to(portal)): path.stat().st_mtime_ns for path in portal.rglob("*") if path.is_file()}


async def test_what_is_there_stays_and_what_is_missing_follows(tmp_path: Path) -> None:
    portal = tmp_path / "portal"
    clock = SettableClock(THURSDAY_US)
    async with timed(tmp_path, clock) as exchange:
        await trade_for_days(exchange, THURSDAY_US, 3)
        clock.advance(HOUR_US)
        await sweep(exchange, 41_000)
        first = await publish(exchange, tmp_path)
        before = stamps(portal)
        assert (await publish(exchange, tmp_path)).files == 0
        assert stamps(portal) == before
        assert len(before) == 2 * first.files
    # The exchange is down for two days: started again, it writes them.
    clock.move_to(THURSDAY_US + 6 * DAY_US + 1)
    async with timed(tmp_path, clock) as exchange:
        assert (await publish(exchange, tmp_path)).files == 13 + 2 + 2 * 13 + 2  # January's last week and threes.
        after = stamps(portal)
        assert before.items() < after.items()
        (row,) = rows_of(portal, "data/spot/daily/klines/BTCUSDT/1d/BTCUSDT-1d-2026-02-03.zip")
        assert row[1:6] == ["41001.00000000"] * 4 + ["0.00000000"]
    whole = portal / "data/spot/daily/klines/BTCUSDT/1d/BTCUSDT-1d-2026-02-01.zip"
    sums, bytes_before = whole.with_name(whole.name + ".CHECKSUM"), whole.read_bytes()
    sums.unlink()  # As if the process had ended between the two.
    async with timed(tmp_path, clock) as exchange:
        assert (await publish(exchange, tmp_path)).files == 13 + 2
    assert whole.read_bytes() == bytes_before
    assert {path for path, stamp in stamps(portal).items() if after.get(path) != stamp} == {
        str(path.relative_to(portal)) for path in (whole, sums)
    }


def contents(portal: Path) -> dict[str, bytes]:
    return {str(path.relative_to(portal)): path.read_bytes() for path in portal.rglob("*") if path.is_file()}


class _Stop(Exception):
    pass


@pytest.mark.parametrize("stops_after", [0, 1, 3])
async def test_a_run_that_breaks_off_leaves_nothing_half_written(tmp_path: Path, stops_after: int) -> None:
    portal = tmp_path / "portal"
    async with timed(tmp_path, SettableClock(THURSDAY_US)) as exchange:
        await trade_for_days(exchange, THURSDAY_US, 3)
        await exchange.projector.wait_for(exchange.runtime.last_sequence, 30)
        left = stops_after

        def after_page() -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise _Stop

        async with reading(tmp_path) as engine:
            with pytest.raises(_Stop):
                Publisher(portal, Source(engine, after_page)).publish(exchange.clock.now_us())
        assert not list(portal.rglob(".*"))
        assert not list(portal.rglob("*.zip")) or stops_after >= 2
        for path in portal.rglob("*.zip"):
            rows_of(portal, str(path.relative_to(portal)))
        await publish(exchange, tmp_path)
        async with reading(tmp_path) as engine:
            Publisher(tmp_path / "other", Source(engine)).publish(exchange.clock.now_us())
        assert contents(portal) == contents(tmp_path / "other")
