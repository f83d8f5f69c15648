"""The core with its projections: opened, run, finished on the way out."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from sqlalchemy import Engine

from rialto.bootstrap.backups import archiving_job
from rialto.bootstrap.directories import journal_directory, snapshot_directory
from rialto.bootstrap.preparing import prepare_data_directory
from rialto.bootstrap.product_projections import PRODUCT_PROJECTIONS
from rialto.core.runtime import Runtime
from rialto.foundation.configuration import Settings
from rialto.foundation.database import Access, open_engine
from rialto.projections.projector import Projector
from rialto.projections.writer import Writer

OnProgress = Callable[[int], None]


LAG_RESERVE_SHARE: Final = 4
"""By one part in so many of what may wait to be written, cancels may wait beyond it."""

PROJECTOR_CLOSE_TIMEOUT: Final = 30.0
"""Seconds the projections may take to write what is left; what is not written then is in the journal."""


def open_core(settings: Settings, projections: Engine, on_progress: OnProgress | None = None) -> Runtime:
    """Open the journal, come to its state, and write to the projections what they have not seen.

    Errors: `JournalUnreadable`.
    """
    writer = Writer(projections, PRODUCT_PROJECTIONS)
    return Runtime.open(
        journal_directory(settings.data_directory),
        outcomes_from=writer.watermark + 1,
        on_outcomes=writer.write_all,
        on_progress=on_progress,
        queue_capacity=settings.command_queue_max,
        checkpoint_commands=settings.checkpoint_commands,
        segment_bytes_max=settings.segment_bytes_max,
        snapshots=snapshot_directory(settings.data_directory),
    )


@asynccontextmanager
async def running_core(
    settings: Settings, on_progress: OnProgress | None = None
) -> AsyncIterator[tuple[Runtime, Projector]]:
    """Run the core with its projections; both are finished on the way out.

    Errors: `JournalUnreadable`, `ProjectionsAhead`.
    """
    await asyncio.to_thread(prepare_data_directory, settings)
    async with AsyncExitStack() as stack:
        projections = open_engine(settings.database_url, Access.REBUILDABLE)
        stack.callback(projections.dispose)
        runtime = await asyncio.to_thread(open_core, settings, projections, on_progress)
        projector = Projector(projections, lag_max=settings.projection_lag_max, products=PRODUCT_PROJECTIONS)
        stack.push_async_callback(projector.close, PROJECTOR_CLOSE_TIMEOUT)
        await runtime.start()
        stack.push_async_callback(runtime.close)
        projector.start(runtime.last_sequence)
        runtime.subscribe(projector.accept, vital=True)
        most = settings.projection_lag_max + settings.projection_lag_max // LAG_RESERVE_SHARE
        runtime.shed_when(lambda: projector.is_full, lambda: projector.lag >= most)
        if settings.archive:
            archiving = archiving_job(settings, runtime)
            archiving.start()
            stack.push_async_callback(archiving.stop)
        yield runtime, projector
