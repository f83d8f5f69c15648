"""Every page in a language that does not exist, with long words: nothing sticks out, and nothing is cut off."""

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
async def test_every_page_has_room_for_long_words(whole: Whole) -> None:
    assert await walk("pseudo", f"http://127.0.0.1:{whole.exchange.port}", {}) == ["looksAtEveryPage"]
