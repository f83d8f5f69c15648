"""A core of a cluster: its journal, its projections while it is active, what it answers, and snapshots beside it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final, NamedTuple

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from rialto.bootstrap.core import PROJECTOR_CLOSE_TIMEOUT, OnProgress
from rialto.bootstrap.directories import journal_directory, snapshot_directory
from rialto.bootstrap.preparing import prepare_data_directory
from rialto.bootstrap.product_projections import PRODUCT_PROJECTIONS
from rialto.bootstrap.replica import running_replica
from rialto.bootstrap.watching import Watching
from rialto.bootstrap.watching_replica import answering_operator, watch_projections, watch_replica, watching_runtime
from rialto.contracts.events import Outcome
from rialto.core.cluster.connection import connected
from rialto.core.cluster.replica import Replica, open_replica
from rialto.core.journal import replayed_outcomes
from rialto.foundation.configuration import Settings
from rialto.foundation.database import Access, open_engine
from rialto.projections.projector import Projector
from rialto.projections.watermark import WrittenElsewhere

KEPT_MAX: Final = 400_000
"""How many outcomes a replica keeps in memory for projections that are behind; beyond, they are replayed."""

REACHED_IN_S: Final = 10.0
LOOK_EVERY_S: Final = 0.01

_log = structlog.stdlib.get_logger(__name__)


class WatchedReplica(NamedTuple):
    """A replica, and where it answers the operator."""

    replica: Replica
    url: str


class ReplicaProjections:
    """Projections that only the active replica writes, from the watermark on.

    A standby keeps the outcomes that are not written yet, so that it can go on where the other one ended. A deposed one
    may still have a transaction under way: it fails, since the watermark is not where it believes it to be.
    """

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self._directory = journal_directory(settings.data_directory)
        self._lag_max = settings.projection_lag_max
        self._engine = engine
        self._written = WrittenElsewhere(engine)
        self._kept: deque[Outcome] = deque(maxlen=KEPT_MAX)
        self._projector: Projector | None = None
        self.last_sequence = 0
        """The last outcome there is."""

    @property
    def projector(self) -> Projector | None:
        """What writes them here, while this replica is active."""
        return self._projector

    def accept(self, outcomes: Sequence[Outcome]) -> None:
        """Write outcomes, or keep them: a listener of the runtime."""
        self.last_sequence = outcomes[-1].sequence
        if self._projector is not None:
            self._projector.accept(outcomes)
        else:
            self._kept.extend(outcomes)

    async def begin(self) -> None:
        """Begin to write from the watermark on.

        Errors: `ProjectionsAhead`, `JournalUnreadable`, SQLAlchemy's own.
        """
        projector = await asyncio.to_thread(
            Projector, self._engine, lag_max=self._lag_max, products=PRODUCT_PROJECTIONS
        )
        await self._reach(projector.watermark)
        if projector.watermark < self.last_sequence:
            first = self._kept[0].sequence if self._kept else self.last_sequence + 1
            if first > projector.watermark + 1:
                await asyncio.to_thread(self._accept_replayed, projector, first)
        projector.start(self.last_sequence)
        projector.accept(list(self._kept))
        self._kept.clear()
        self._projector = projector

    async def _reach(self, watermark: int) -> None:
        """Wait for outcomes that the other replica wrote before it was gone, and that are still on their way here."""
        for _ in range(round(REACHED_IN_S / LOOK_EVERY_S)):
            if self.last_sequence >= watermark:
                return
            await asyncio.sleep(LOOK_EVERY_S)

    def _accept_replayed(self, projector: Projector, before: int) -> None:
        """Hand over from the journal what is not kept in memory."""
        _log.info("projections are behind; replaying the journal for them", watermark=projector.watermark, to=before)
        for outcomes in replayed_outcomes(self._directory, projector.watermark + 1):
            new = [outcome for outcome in outcomes if outcome.sequence < before]
            if not new:
                return
            projector.accept(new)

    async def end(self, *, is_deposed: bool) -> None:
        """Stop writing, and keep outcomes again. Who was deposed leaves to its successor what is unwritten."""
        projector, self._projector = self._projector, None
        if projector is not None:
            if is_deposed:
                projector.abandon()
            await projector.close(PROJECTOR_CLOSE_TIMEOUT)

    async def forget_written(self) -> None:
        """Let go of outcomes that another replica has written."""
        try:
            await self._written.look()
        except SQLAlchemyError as error:
            _log.warning("watermark not read", error=str(error).partition("\n")[0])
        while self._kept and self._kept[0].sequence <= self._written.watermark:
            self._kept.popleft()


@asynccontextmanager
async def running_core_replica(
    settings: Settings, on_progress: OnProgress | None = None
) -> AsyncIterator[WatchedReplica]:
    """Open a core replica, at the end of its own journal and ready to run; it answers the operator from the start.

    Errors: `ClusterUnreachable`, `JournalUnreadable`, `PortUnavailable`.
    """
    watching = Watching(settings)
    await asyncio.to_thread(prepare_data_directory, settings)
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(answering_operator(settings, watching))
        engine = open_engine(settings.database_url, Access.REBUILDABLE, connections=2)
        stack.callback(engine.dispose)
        projections = ReplicaProjections(settings, engine)
        opened = await asyncio.to_thread(
            open_replica,
            journal_directory(settings.data_directory),
            checkpoint_commands=settings.checkpoint_commands,
            segment_bytes_max=settings.segment_bytes_max,
            snapshots=snapshot_directory(settings.data_directory),
            queue_capacity=settings.command_queue_max,
            on_progress=lambda sequence: _note_progress(watching, sequence, on_progress),
        )
        runtime = opened.runtime
        projections.last_sequence = runtime.last_sequence
        runtime.subscribe(projections.accept, vital=True)
        await runtime.start()
        stack.push_async_callback(runtime.close)
        await stack.enter_async_context(watching_runtime(settings, watching, runtime))
        watch_projections(settings, watching, runtime, lambda: projections.projector)
        cluster = await stack.enter_async_context(
            connected(settings.cluster_servers, settings.cluster_member, settings.cluster_copies)
        )
        await stack.enter_async_context(running_replica(settings))
        _log.info("follows", replica=settings.cluster_member, sequence=runtime.last_sequence)
        replica = Replica(cluster, opened, settings.cluster_member, projections)
        watch_replica(watching, replica, port)
        yield WatchedReplica(replica, f"http://{settings.host}:{port}")


def _note_progress(watching: Watching, sequence: int, on_progress: OnProgress | None) -> None:
    watching.note_replayed(sequence)
    if on_progress is not None:
        on_progress(sequence)
