"""A downloader no one here wrote, unmodified but for its two addresses, against files that a running job wrote."""

import asyncio
import csv
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio
from binance_bulk_downloader.downloader import BinanceBulkDownloader
from sqlalchemy import Engine

from rialto.foundation.clock import SettableClock
from rialto.foundation.database import Access, open_engine
from rialto.gateway.server import HttpServer, ServerSettings
from rialto.portal.job import SETTLES_US, PublishingJob
from rialto.portal.site import PortalSite
from tests.demo_process import DemoProcess, rialto
from tests.timed import Timed, timed

DAY_US = 86_400_000_000
FRIDAY_US = 1_780_012_800_000_000
"""Midnight of 2026-05-29, in UTC."""


class Served:
    """An exchange that publishes, its address, and the engine its job reads."""

    def __init__(self, exchange: Timed, job: PublishingJob, url: str, portal: Path) -> None:
        self.exchange = exchange
        self.job = job
        self.url = url
        self.portal = portal

    async def published(self, path: str) -> None:
        """Wait until a file is there."""
        for _ in range(3_000):
            if (self.portal / f"{path}.CHECKSUM").exists():
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"{path} was not published")


def publishing(exchange: Timed, engine: Engine, portal: Path) -> PublishingJob:
    async def settle() -> None:
        await exchange.projector.wait_for(exchange.runtime.last_sequence, 10)

    return PublishingJob(portal, engine, now_us=exchange.clock.now_us, settle=settle, look_every_s=0.02)


@pytest_asyncio.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    portal = tmp_path / "portal"
    site = PortalSite(portal)
    async with timed(tmp_path, SettableClock(FRIDAY_US), [site]) as exchange:
        await exchange.found()
        engine = open_engine(f"sqlite:///{tmp_path / 'rialto.sqlite'}", Access.READ_ONLY)
        job = publishing(exchange, engine, portal)
        server = HttpServer(
            exchange.gateway.application, exchange.gateway.edge, ServerSettings(port=0, drain_seconds=2)
        )
        await server.start()
        job.start()
        yield Served(exchange, job, f"http://127.0.0.1:{server.port}", portal)
        await job.stop()
        await server.stop()
        engine.dispose()
    site.close()


async def trade_to(exchange: Timed, end_us: int) -> None:
    """Trade every quarter of an hour until a time."""
    while exchange.clock.now_us() + 900_000_000 <= end_us:
        exchange.clock.advance(900_000_000 if len(exchange.trades) else 12_345_678)
        for each in list(exchange.trade(4_000_000 + len(exchange.trades) * 7_919 % 5_003, 1 + len(exchange.trades))):
            await each
    exchange.clock.move_to(end_us)


def download(url: str, directory: Path, **what: Any) -> dict[str, list[list[str]]]:
    """Have the downloader fetch; return the rows of each file it left."""
    # It stumbles over its own threads when each of them makes the folder.
    (directory / f"data/spot/{what['timeperiod_per_file']}/{what['data_type']}/BTCUSDT").mkdir(parents=True)
    (directory / f"data/spot/{what['timeperiod_per_file']}/{what['data_type']}/BTCUSDT/15m").mkdir()
    downloader = BinanceBulkDownloader(destination_dir=str(directory), asset="spot", **what)
    downloader._BINANCE_DATA_S3_BUCKET_URL = f"{url}/data.binance.vision"
    downloader._BINANCE_DATA_DOWNLOAD_BASE_URL = url
    downloader.run_download()
    assert not list(directory.rglob("*.zip"))
    return {path.name: list(csv.reader(path.open())) for path in sorted(directory.rglob("*.csv"))}


async def test_a_downloader_fetches_what_the_job_published(served: Served, tmp_path: Path) -> None:
    exchange = served.exchange
    end_us = FRIDAY_US + 3 * DAY_US  # The first of June.
    await trade_to(exchange, end_us)
    exchange.clock.advance(SETTLES_US)
    await served.published("data/spot/monthly/klines/BTCUSDT/1mo/BTCUSDT-1mo-2026-05.zip")
    trades = [
        [f"{trade.id}", f"{trade.price // 100}.{trade.price % 100:02}000000", f"0.{trade.quantity:05}000"]
        for trade in exchange.trades
    ]
    times = [str(trade.at_us) for trade in exchange.trades]

    monthly = await asyncio.to_thread(
        download, served.url, tmp_path / "a", data_type="trades", timeperiod_per_file="monthly"
    )
    (rows,) = monthly.values()
    assert [row[:3] for row in rows] == trades
    assert [row[4] for row in rows] == times
    daily = await asyncio.to_thread(
        download, served.url, tmp_path / "b", data_type="aggTrades", timeperiod_per_file="daily"
    )
    assert list(daily) == [f"BTCUSDT-aggTrades-2026-05-{day}.csv" for day in (29, 30, 31)]
    assert [row[1] for rows in daily.values() for row in rows] == [price for _, price, _ in trades]
    minutes = await asyncio.to_thread(
        download,
        served.url,
        tmp_path / "c",
        data_type="klines",
        data_frequency="15m",
        timeperiod_per_file="daily",
        symbols="BTCUSDT",
    )
    candles = [row for rows in minutes.values() for row in rows]
    assert len(candles) == 3 * 96
    assert sum(int(row[8]) for row in candles) == len(trades)
    assert candles[0][1] == trades[0][1]
    assert candles[-1][4] == trades[-1][1]


async def test_the_job_waits_for_the_end_of_a_day_and_goes_on_after_a_fault(served: Served) -> None:
    exchange = served.exchange
    await trade_to(exchange, FRIDAY_US + DAY_US)
    exchange.clock.advance(SETTLES_US - 1)
    await asyncio.sleep(0.3)
    assert not served.portal.exists()
    served.portal.write_text("in the way")
    exchange.clock.advance(1)
    await asyncio.sleep(0.3)
    served.portal.unlink()
    await served.published("data/spot/daily/klines/BTCUSDT/1d/BTCUSDT-1d-2026-05-29.zip")
    exchange.clock.advance(DAY_US)
    await served.published("data/spot/daily/klines/BTCUSDT/1d/BTCUSDT-1d-2026-05-30.zip")
    assert not (served.portal / "data/spot/daily/trades/BTCUSDT/BTCUSDT-trades-2026-05-30.zip").exists()


def test_the_command_and_the_settings(tmp_path: Path) -> None:
    data = tmp_path / "data"
    demo = DemoProcess(data)
    try:
        assert b"<IsTruncated>false" in httpx.get(f"{demo.url}/data.binance.vision").content
        assert "order.place" in httpx.get(f"{demo.url}/docs").text
        busy = rialto("publish-history", "--data", str(data))
        assert busy.returncode == 1
        assert "rialto: " in busy.stderr
    finally:
        assert demo.stop() == 0
    done = rialto("publish-history", "--data", str(data))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("wrote 0 files of 0 trades into ")
