"""A whole exchange in one process: the front around the embedded core."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rialto.bootstrap.core import OnProgress, running_core
from rialto.bootstrap.front import Exchange, running_front
from rialto.foundation.configuration import Settings


@asynccontextmanager
async def running_exchange(settings: Settings, on_progress: OnProgress | None = None) -> AsyncIterator[Exchange]:
    """Run a whole exchange, listening when this yields."""
    async with (
        running_core(settings, on_progress) as (runtime, projector),
        running_front(settings, runtime, projector) as exchange,
    ):
        yield exchange
