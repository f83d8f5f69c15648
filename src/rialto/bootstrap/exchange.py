"""A whole exchange in one process: the front around the embedded core."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import structlog

from rialto.bootstrap.core import OnProgress, running_core
from rialto.bootstrap.front import Exchange, open_page, running_front
from rialto.bootstrap.operating import heeding_operator
from rialto.bootstrap.replica import running_replica
from rialto.bootstrap.watching import Watching
from rialto.foundation.configuration import Settings
from rialto.gateway.server import ServerSettings, listen

_log = structlog.stdlib.get_logger(__name__)


@asynccontextmanager
async def running_exchange(settings: Settings, on_progress: OnProgress | None = None) -> AsyncIterator[Exchange]:
    """Run a whole exchange, open to clients when this yields.

    The port answers the operator from the first moment, and shows the page, also while the journal is replayed.
    """
    watching = Watching(settings)

    def progress(sequence: int) -> None:
        watching.note_replayed(sequence)
        if on_progress is not None:
            on_progress(sequence)

    async with AsyncExitStack() as stack:
        listener = listen(ServerSettings(host=settings.host, port=settings.port))
        stack.callback(listener.close)
        page = open_page(settings)
        async with watching.alone(listener, page):
            runtime, projector = await stack.enter_async_context(running_core(settings, progress))
        _log.info("journal replayed", sequence=runtime.last_sequence, replay_s=watching.seconds)
        await stack.enter_async_context(watching.core(runtime, projector))
        front = running_front(settings, runtime, projector, watching, page, listener)
        exchange = await stack.enter_async_context(front)
        await stack.enter_async_context(heeding_operator(settings, runtime, exchange.families.operators.back_office))
        await stack.enter_async_context(running_replica(settings))
        yield exchange
        began_s = time.monotonic()
    _log.info("stopped", sequence=runtime.last_sequence, stop_s=round(time.monotonic() - began_s, 1))
