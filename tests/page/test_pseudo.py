"""Every page in a language that does not exist, with long words: nothing sticks out, and nothing is cut off."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rialto.contracts.commands import OpenAccount, Post
from rialto.contracts.events import AccountOpened
from rialto.contracts.vocabulary import AccountClass, AccountKind, PostingReason
from rialto.identity.passwords import hashed
from tests.page.walk import WALK_TIMEOUT_S, needs_the_page, walk
from tests.person import PASSWORD
from tests.whole_exchange import ASSETS, Whole, whole_exchange

EMAIL = "zoe@example.com"


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    needs_the_page()
    async with whole_exchange(tmp_path / "data", page_directory=None) as whole:
        yield whole


@pytest.mark.timeout(WALK_TIMEOUT_S)
async def test_every_page_has_room_for_long_words(whole: Whole) -> None:
    parts = whole.exchange.parts
    person = parts.identity.people.register(EMAIL, parts.wall_clock_us(), password_hash=hashed(PASSWORD))
    opened = await parts.runtime.submit(OpenAccount(person.owner, AccountKind(AccountClass.SPOT)))
    (account,) = (event.account for event in opened.events if isinstance(event, AccountOpened))
    for asset in ("USDT", "BTC"):
        await parts.runtime.submit(Post(account, ASSETS.index(asset), "12.5", PostingReason.DEPOSIT))
    url = f"http://127.0.0.1:{whole.exchange.port}"
    assert await walk("pseudo", url, {}, EMAIL, PASSWORD) == ["looksAtEveryPage", "looksAtTheirOwn"]
