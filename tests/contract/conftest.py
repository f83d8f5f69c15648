"""A live exchange for every contract test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.gateway import Live, live


@pytest_asyncio.fixture
async def exchange(tmp_path: Path) -> AsyncIterator[Live]:
    """An exchange with one symbol and two traders, on a port of its own."""
    async with live(tmp_path) as running:
        yield running
