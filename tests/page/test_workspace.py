"""A trader's path through the frame of the page: markets, a coin, layouts, commands, keys, and a lost network."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.page.walk import WALK_TIMEOUT_S, needs_the_page, walk
from tests.whole_exchange import Whole, whole_exchange


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    needs_the_page()
    async with whole_exchange(tmp_path / "data", page_directory=None) as whole:
        maker = await whole.trader("maker", USDT="100000", BTC="100")
        taker = await whole.trader("taker", USDT="100000", BTC="100")
        for step in range(1, 13):
            await maker.place("BUY", f"{100 - step}.00", f"{step / 10}")
            await maker.place("SELL", f"{100 + step}.00", f"{2 + step / 10}")
        await taker.place("BUY", "101.00", "0.5")
        yield whole


@pytest.mark.timeout(WALK_TIMEOUT_S)
async def test_a_trader_finds_arranges_and_commands(whole: Whole) -> None:
    url = f"http://127.0.0.1:{whole.exchange.port}"
    assert await walk("workspace", url, {}) == [
        "findsMarkets",
        "readsOfACoin",
        "arrangesPanels",
        "goesByKeys",
        "tradesInOneHand",
        "losesTheNetwork",
        "comesBackWithoutANetwork",
    ]
