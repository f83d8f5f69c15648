"""A trader reads the market in a real browser: book, tape, depth and chart, and moves an order on the chart."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rialto.contracts.commands import Post
from rialto.contracts.vocabulary import AccountClass, PostingReason
from tests.gateway import Trader
from tests.page.walk import WALK_TIMEOUT_S, needs_the_page, walk
from tests.whole_exchange import ASSETS, Whole, whole_exchange


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    needs_the_page()
    async with whole_exchange(tmp_path / "data", page_directory=None) as whole:
        yield whole


async def _market(whole: Whole) -> Trader:
    """Fill the book on both sides of 100, and trade a little."""
    maker = await whole.trader("maker", USDT="100000", BTC="100")
    taker = await whole.trader("taker", USDT="100000", BTC="100")
    for step in range(1, 13):
        await maker.place("BUY", f"{100 - step}.00", f"{step / 10}")
        await maker.place("SELL", f"{100 + step}.00", f"{2 + step / 10}")
    for _ in range(3):
        await taker.place("BUY", "101.00", "0.1")
        await taker.place("SELL", "99.00", "0.1")
        await maker.place("BUY", "99.00", "0.1")
        await maker.place("SELL", "101.00", "0.1")
    return taker


@pytest.mark.timeout(WALK_TIMEOUT_S)
async def test_a_trader_reads_the_market_and_moves_an_order(whole: Whole) -> None:
    taker = await _market(whole)

    async def credit(email: str) -> str:
        person = whole.exchange.parts.identity.people.find_by_email(email)
        assert person is not None
        account = await whole.exchange.runtime.account_of(person.owner, AccountClass.SPOT)
        await whole.exchange.runtime.submit(Post(account, ASSETS.index("USDT"), "1000", PostingReason.DEPOSIT))
        return "done"

    async def trade(price: str) -> str:
        await taker.place("BUY", price, "2.2")
        return "done"

    url = f"http://127.0.0.1:{whole.exchange.port}"
    assert await walk("chart", url, {"credit": credit, "trade": trade}) == [
        "entersTheMarket",
        "credit",
        "readsTheBook",
        "looksDeep",
        "readsTheChart",
        "drawsALine",
        "isAlerted",
        "trade",
        "movesAnOrder",
        "readsTheTape",
    ]
