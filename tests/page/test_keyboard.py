"""A whole visit in a real browser by somebody who has a keyboard and no pointer."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rialto.contracts.commands import Post
from rialto.contracts.vocabulary import AccountClass, PostingReason
from tests.contract.test_withdrawals import exchange
from tests.contract.test_withdrawals_people import code_in, funded, mailed
from tests.page.walk import WALK_TIMEOUT_S, needs_the_page, walk
from tests.person import PASSWORD, someone
from tests.whole_exchange import ASSETS, Whole

EMAIL = "alice@example.com"


@pytest.fixture
async def whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Whole]:
    needs_the_page()
    async with exchange(tmp_path, monkeypatch, page_directory=None) as (whole, _):
        maker = await whole.trader("maker", USDT="100000", BTC="100")
        for step in range(1, 13):
            await maker.place("BUY", f"{100 - step / 10}0", f"{step / 10}")
            await maker.place("SELL", f"{100 + step / 10}0", f"{2 + step / 10}")
        async with someone(whole, EMAIL) as alice:
            await funded(whole, alice)
        runtime = whole.exchange.runtime
        account = await runtime.account_of(alice.owner, AccountClass.SPOT)
        await runtime.submit(Post(account, ASSETS.index("USDT"), "1000", PostingReason.DEPOSIT))
        yield whole


@pytest.mark.timeout(WALK_TIMEOUT_S)
async def test_everything_is_done_by_keyboard(whole: Whole) -> None:
    async def code(_what: str) -> str:
        return code_in(mailed(whole, "confirm-withdrawal")[0])

    words = await walk("by-keyboard", f"http://127.0.0.1:{whole.exchange.port}", {"code": code}, EMAIL, PASSWORD)
    assert [each for each in words if each != "code"] == [
        "skipsToWhatMatters",
        "logsIn",
        "goesByMenus",
        "choosesAMarket",
        "readsTheMarket",
        "places",
        "changesAndCancels",
        "usesTheWallet",
        "makesAKey",
    ]
