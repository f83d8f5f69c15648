"""Two tabs of one browser: what is done in one is known in the other, and nobody acts as somebody else."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from rialto.contracts.commands import OpenAccount, Post
from rialto.contracts.events import AccountOpened
from rialto.contracts.vocabulary import AccountClass, AccountKind, PostingReason
from tests.page.walk import WALK_TIMEOUT_S, needs_the_page, walk
from tests.person import PASSWORD, someone
from tests.whole_exchange import ASSETS, whole_exchange


@pytest.mark.timeout(WALK_TIMEOUT_S)
async def test_two_tabs_are_one_browser(tmp_path: Path) -> None:
    needs_the_page()
    async with whole_exchange(tmp_path, page_directory=None) as whole, AsyncExitStack() as stack:
        parts = whole.exchange.parts
        people = {}
        for email in ("alice@example.com", "bob@example.com"):
            people[email] = await stack.enter_async_context(someone(whole, email))
            kind = AccountKind(AccountClass.SPOT)
            opened = (await parts.runtime.submit(OpenAccount(people[email].owner, kind))).events[0]
            assert isinstance(opened, AccountOpened)
            await parts.runtime.submit(Post(opened.account, ASSETS.index("USDT"), "1000", PostingReason.DEPOSIT))

        async def orders(email: str) -> str:
            return str(len(await people[email].do("GET", "/api/v3/openOrders", symbol="BTCUSDT")))

        async def forget(email: str) -> str:
            """Let what was proven run out, as time would."""
            for session in parts.identity.sessions.of_owner(people[email].owner, parts.wall_clock_us()):
                session.stepped_up_until_us = 0
            return "done"

        url = f"http://127.0.0.1:{whole.exchange.port}"
        words = await walk("two-tabs", url, {"orders": orders, "forget": forget}, PASSWORD)
        assert [each for each in words if each not in ("orders", "forget")] == [
            "logsOutInOne",
            "isSomebodyElseInOne",
            "sleepsMeanwhile",
            "changesOneOrderInTwo",
            "provesAnew",
        ]
