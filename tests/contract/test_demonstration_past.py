"""A demonstration with a past: whole or not there, and told alike by memory and history, restarted and replayed."""

import asyncio
import fcntl
import os
import shutil
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from rialto import bootstrap
from rialto.bootstrap.demonstration_past import UNFINISHED, BeingFounded, live_past
from rialto.core import journal
from rialto.foundation.configuration import Settings
from tests.demo_process import DemoProcess
from tests.founded import found, settings_in
from tests.plain_http import plain_client

SYMBOL = "EURUSDT"
HOUR_MS = 3_600_000
LENGTHS_MS = {"1s": 1_000, "1m": 60_000, "15m": 900_000, "1h": HOUR_MS, "12h": 12 * HOUR_MS, "1d": 24 * HOUR_MS}
PAGE = 1_000
CANDLES_MAX = 4 * PAGE


def ignore(_trades: int) -> None:
    pass


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The exchange, without the house's trading, and a client."""
    async with bootstrap.running_exchange(settings) as exchange:
        url = f"http://127.0.0.1:{exchange.port}/api/v3/"
        async with plain_client(url) as client:
            yield client


async def read(client: httpx.AsyncClient, path: str, **parameters: str | int) -> Any:
    response = await client.get(path, params=httpx.QueryParams(symbol=SYMBOL, **parameters))
    assert response.status_code == 200, response.text
    return response.json()


async def all_trades(client: httpx.AsyncClient) -> list[Any]:
    """Every aggregated trade of the symbol from the first on."""
    trades: list[Any] = []
    while page := await read(client, "aggTrades", fromId=len(trades) + 1, limit=1_000):
        trades += page
    return trades


def candles_of(trades: list[Any], length_ms: int) -> dict[int, tuple[Decimal, ...]]:
    """Open, high, low, close and volume by opening time, worked out from trades."""
    grouped: defaultdict[int, list[Any]] = defaultdict(list)
    for trade in trades:
        grouped[trade["T"] // length_ms * length_ms].append((Decimal(trade["p"]), Decimal(trade["q"])))
    return {
        opens: (each[0][0], max(each)[0], min(each)[0], each[-1][0], sum((q for _, q in each), Decimal(0)))
        for opens, each in grouped.items()
    }


async def told(client: httpx.AsyncClient) -> dict[str, Any]:
    """All that is shown of the past of a symbol."""
    trades = await all_trades(client)
    shown: dict[str, Any] = {"trades": trades, "newest": await read(client, "trades", limit=1_000)}
    for interval, length_ms in LENGTHS_MS.items():
        expected = candles_of(trades, length_ms)
        last, candles = max(expected), []
        # Intervals without trades are told too: of seconds only the last are asked for.
        for start in range(max(min(expected), last - CANDLES_MAX * length_ms), last + 1, PAGE * length_ms):
            candles += await read(client, "klines", interval=interval, startTime=start, endTime=last, limit=PAGE)
        shown[interval] = {candle[0]: candle for candle in candles if candle[8]}
        oldest = min(shown[interval])
        traded = {opens: each for opens, each in expected.items() if opens >= oldest}
        assert {opens: tuple(map(Decimal, candle[1:6])) for opens, candle in shown[interval].items()} == traded
        assert len(traded) > (0 if length_ms > HOUR_MS else 40), interval
    return shown


async def test_a_past_is_whole_and_told_alike_everywhere(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "data", port=0, replica=False, portal=False)
    trades = await live_past(settings, 1, ignore)
    assert trades > 10_000
    assert not (settings.data_directory / UNFINISHED).exists()
    async with opened(settings) as client:
        first = await told(client)
        day = await read(client, "ticker/24hr")
        assert day["count"] > 300
        assert Decimal(day["priceChange"]) != 0
        assert Decimal(day["lowPrice"]) < Decimal(day["lastPrice"]) < Decimal(day["highPrice"])
    async with opened(settings) as client:
        assert await told(client) == first
    directory = bootstrap.journal_directory(settings.data_directory)
    assert await asyncio.to_thread(lambda: journal.verify(directory).refused) == 0
    await asyncio.to_thread(bootstrap.rebuild_projections, settings)
    async with opened(settings) as client:
        assert await told(client) == first
    size = sum(file.stat().st_size for file in settings.data_directory.rglob("*") if file.is_file())
    assert size < 60_000_000


async def test_only_what_is_new_gets_a_past(tmp_path: Path) -> None:
    made = await asyncio.to_thread(found, tmp_path / "data")
    assert await live_past(made.settings, 1, ignore) == 0
    # A journal that was lost is no new exchange: what is derived from it is still there.
    shutil.rmtree(made.journal)
    assert await live_past(made.settings, 1, ignore) == 0


async def test_a_past_that_was_cut_off_begins_anew(tmp_path: Path) -> None:
    class Stop(Exception):
        pass

    def stop(trades: int) -> None:
        if trades > 100:
            raise Stop

    settings = settings_in(tmp_path / "data", port=0, replica=False, portal=False)
    with pytest.raises(Stop):
        await live_past(settings, 1, stop)
    directory = bootstrap.journal_directory(settings.data_directory)
    assert list(directory.iterdir()) == []
    assert not (settings.data_directory / UNFINISHED).exists()
    # As a crash leaves it.
    (settings.data_directory / UNFINISHED).mkdir()
    (settings.data_directory / UNFINISHED / "00000000000000000001.journal").write_bytes(b"half a")
    held = os.open(directory, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    with pytest.raises(BeingFounded):
        await live_past(settings, 1, ignore)
    os.close(held)
    assert await live_past(settings, 1, ignore) > 10_000
    assert await live_past(settings, 1, ignore) == 0


async def test_a_demonstration_is_founded_with_a_past_unless_told_not_to(tmp_path: Path) -> None:
    for is_past in (True, False):
        process = await asyncio.to_thread(partial(DemoProcess, tmp_path / f"data-{is_past}", past=is_past))
        try:
            async with plain_client(f"{process.url}/api/v3/") as client:
                quarters = await read(client, "klines", interval="15m", limit=1_000)
                assert (len(quarters) > 190) is is_past
                assert [c[0] for c in quarters] == sorted(c[0] for c in quarters)
        finally:
            assert await asyncio.to_thread(process.stop) == 0
