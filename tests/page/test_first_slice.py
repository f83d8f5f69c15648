"""A stranger's path through the page in a real browser: they sign up, are given money, trade, and come back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest

from rialto.contracts.commands import Post
from rialto.contracts.vocabulary import AccountClass, PostingReason
from tests.page.walk import WALK_TIMEOUT_S, needs_the_page, walk
from tests.whole_exchange import ASSETS, Whole, whole_exchange


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    needs_the_page()
    async with whole_exchange(tmp_path / "data", page_directory=None) as whole:
        maker = await whole.trader("maker", USDT="100000", BTC="100")
        for step in range(1, 13):
            await maker.place("BUY", f"{100 - step}.00", f"{step / 10}")
            await maker.place("SELL", f"{100 + step}.00", f"{2 + step / 10}")
        yield whole


@pytest.mark.timeout(WALK_TIMEOUT_S)
async def test_a_stranger_signs_up_trades_and_comes_back(whole: Whole) -> None:
    async def credit(email: str) -> str:
        """Give a person money, as an operator's adjustment or a deposit would."""
        person = whole.exchange.parts.identity.people.find_by_email(email)
        assert person is not None
        account = await whole.exchange.runtime.account_of(person.owner, AccountClass.SPOT)
        await whole.exchange.runtime.submit(Post(account, ASSETS.index("USDT"), "1000", PostingReason.DEPOSIT))
        return "done"

    async def code(secret: str) -> str:
        return pyotp.TOTP(secret).now()

    url = f"http://127.0.0.1:{whole.exchange.port}"
    assert await walk("first-slice", url, {"credit": credit, "code": code}) == [
        "looksAtMarkets",
        "signsUp",
        "trades",
        "credit",
        "speaksArabic",
        "comesBack",
        "provesASecondFactor",
        "code",
    ]
