"""A person looks after their data, and sees how the exchange does, in a real browser."""

from pathlib import Path

import pytest

from rialto.contracts.commands import Post
from rialto.contracts.vocabulary import AccountClass, PostingReason
from rialto.gateway.wallet.notices import Category, Maintenance, Notices
from rialto.identity.passwords import hashed
from tests.page.walk import WALK_TIMEOUT_S, needs_the_page, walk
from tests.person import PASSWORD
from tests.whole_exchange import ASSETS, whole_exchange

EMAIL = "zoe@example.com"
SETTINGS = """
[[privacy.documents]]
name = "news"
version = "1"
title = 'News <img src=x onerror="document.body.dataset.taken=1">'
url = "https://example.com/news"
required = false
"""


@pytest.mark.timeout(WALK_TIMEOUT_S)
async def test_a_person_looks_after_their_data(tmp_path: Path) -> None:
    needs_the_page()
    (tmp_path / "rialto.toml").write_text(SETTINGS, encoding="utf-8")
    async with whole_exchange(tmp_path, page_directory=None) as whole:
        exchange, parts = whole.exchange, whole.exchange.parts
        now_us = parts.wall_clock_us
        person = parts.identity.people.register(EMAIL, now_us(), password_hash=hashed(PASSWORD))

        async def owe(_email: str) -> str:
            account = await exchange.runtime.account_of(person.owner, AccountClass.SPOT)
            await exchange.runtime.submit(Post(account, ASSETS.index("USDT"), "1000", PostingReason.DEPOSIT))
            return "done"

        async def announce(text: str) -> str:
            notices = Notices(parts.people)
            notices.announce("tests", Category.MAINTENANCE, text, text, now_us())
            notices.switch_maintenance(Maintenance(True, "olga", "tests", now_us()))
            return "done"

        url = f"http://127.0.0.1:{exchange.port}"
        words = await walk("privacy", url, {"owe": owe, "announce": announce}, EMAIL, PASSWORD)
    assert words[-1] == "announce"
