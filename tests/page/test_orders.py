"""A person trades a day in the page: every kind of order, changed, canceled, looked back at."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rialto.contracts.commands import OpenAccount, Post
from rialto.contracts.events import AccountOpened
from rialto.contracts.vocabulary import AccountClass, AccountKind, PostingReason
from rialto.identity.passwords import hashed
from tests.page.walk import WALK_TIMEOUT_S, needs_the_page, walk
from tests.whole_exchange import ASSETS, Whole, whole_exchange

EMAIL = "trader@example.com"
PASSWORD = "seven Quiet lanterns"


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    needs_the_page()
    async with whole_exchange(tmp_path / "data", page_directory=None) as whole:
        maker = await whole.trader("maker", USDT="100000", BTC="100")
        for step in range(1, 13):
            await maker.place("BUY", f"{100 - step / 10}0", f"{step / 10}")
            await maker.place("SELL", f"{100 + step / 10}0", f"{2 + step / 10}")
        taker = await whole.trader("taker", USDT="1000")
        await taker.place("BUY", "100.10", "0.1")
        parts = whole.exchange.parts
        person = parts.identity.people.register(EMAIL, parts.wall_clock_us(), password_hash=hashed(PASSWORD))
        outcome = await parts.runtime.submit(OpenAccount(person.owner, AccountKind(AccountClass.SPOT)))
        opened = outcome.events[0]
        assert isinstance(opened, AccountOpened)
        for asset, amount in (("USDT", "1000"), ("BTC", "10")):
            await parts.runtime.submit(Post(opened.account, ASSETS.index(asset), amount, PostingReason.DEPOSIT))
        yield whole


@pytest.mark.timeout(WALK_TIMEOUT_S)
async def test_a_person_trades_a_day(whole: Whole) -> None:
    url = f"http://127.0.0.1:{whole.exchange.port}"
    assert await walk("orders", url, {}) == [
        "logsIn",
        "isToldBeforeAndAfter",
        "placesEveryKind",
        "isToldWhyBesideTheField",
        "changesAndCancels",
        "looksBack",
    ]
