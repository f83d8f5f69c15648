"""A programmer's path through the reference in a real browser: they search, read, and try calls in every way."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.page.walk import WALK_TIMEOUT_S, needs_the_page, walk
from tests.whole_exchange import Whole, whole_exchange


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    needs_the_page()
    async with whole_exchange(tmp_path / "data", page_directory=None) as whole:
        yield whole


@pytest.mark.timeout(WALK_TIMEOUT_S)
async def test_a_programmer_reads_the_reference_and_tries_calls(whole: Whole) -> None:
    trader = await whole.trader("maker", USDT="100000", BTC="100")
    await trader.place("BUY", "99.00", "1")

    async def key(_what: str) -> str:
        return f"{trader.key.key} {trader.secret}"

    url = f"http://127.0.0.1:{whole.exchange.port}"
    assert await walk("reference", url, {"key": key}) == [
        "reads",
        "triesAPublicCall",
        "listens",
        "triesWithAKey",
        "key",
        "triesWithASession",
        "looksAround",
    ]
