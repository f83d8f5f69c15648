"""A live exchange for every contract test."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import pytest
import pytest_asyncio
import uvloop

from tests.gateway import Live, live


@pytest.hookimpl
def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run what speaks to a TCP server of our own on the loop that the exchange runs on."""
    on_uvloop = item.path.name.startswith("test_fix_")
    return {"uvloop": uvloop.new_event_loop} if on_uvloop else {"asyncio": asyncio.new_event_loop}


@pytest_asyncio.fixture
async def exchange(tmp_path: Path) -> AsyncIterator[Live]:
    """An exchange with one symbol and two traders, on a port of its own."""
    async with live(tmp_path) as running:
        yield running
