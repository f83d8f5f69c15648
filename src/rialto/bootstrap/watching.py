"""Watching, wired: figures and checks from the first moment, more of them as the parts come up.

One `Watching` belongs to a process. It answers `/health`, `/ready` and `/metrics` on the exchange's own port, first
before the page alone, while the journal is replayed, then in front of the gateway: the port stays open in between, so
that whoever connects meanwhile waits in its backlog instead of being refused.
"""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Final

import structlog

import rialto
from rialto.bootstrap.directories import journal_directory
from rialto.bootstrap.starting import NO_STREAMS_YET, NotOpenYet
from rialto.core.runtime import Runtime
from rialto.fix.server import FixServer
from rialto.fix.service import ServiceKind
from rialto.foundation.configuration import Settings
from rialto.foundation.database import Access as DatabaseAccess
from rialto.foundation.database import open_engine
from rialto.foundation.logging import tell_position
from rialto.foundation.metrics import Metrics
from rialto.gateway.assembly import Gateway, edge_alone
from rialto.gateway.bounds import Bounds
from rialto.gateway.page.site import PageSite
from rialto.gateway.server import AsgiApplication, HttpServer, ServerSettings
from rialto.projections.history import History
from rialto.projections.projector import Projector
from rialto.streams.connections import Connections
from rialto.streams.hub import Hub
from rialto.streams.user_data.streams import UserDataStreams
from rialto.watch import rounds
from rialto.watch.access import Access
from rialto.watch.admission_figures import admission_metrics
from rialto.watch.commands import CommandFigures
from rialto.watch.conservation import ConservationCheck
from rialto.watch.core_figures import (
    conservation_metrics,
    core_metrics,
    disk_metrics,
    journal_metrics,
    projection_metrics,
)
from rialto.watch.edge_figures import (
    database_metrics,
    fix_metrics,
    gateway_metrics,
    history_metrics,
    process_metrics,
    stream_metrics,
)
from rialto.watch.health import Check, Health, Phase
from rialto.watch.rounds import Rounds
from rialto.watch.site import PATHS, WatchSite
from rialto.watch.turns import LoopTurns

REPLAY_SAID_EVERY_S: Final = 5.0
STARTING_DRAIN_S: Final = 1
HANDOVER_S: Final = 0.1
"""How long the server that answers during the start goes on after it takes in nobody."""

_log = structlog.stdlib.get_logger(__name__)


class Watching:
    """What one process tells of itself."""

    def __init__(self, settings: Settings) -> None:
        """Errors: `InvalidConfiguration`."""
        self._settings = settings
        self._access = Access(settings.metrics_networks, settings.metrics_token)
        self._began_s = self._said_s = time.monotonic()
        self._failures: dict[str, Projector | History] = {}
        self._watchman: Rounds | None = None
        self.health: Final = Health()
        self.metrics: Final = Metrics()
        self.sequence = 0
        """The last sequence number known of."""
        self.turns: Final = LoopTurns(settings.slow_turn_milliseconds * 1_000, lambda: self.sequence)
        self.metrics.add(process_metrics(rialto.__version__, time.time_ns() // 1_000, self.health, self.turns))
        self.metrics.add(database_metrics(lambda: {part: held.failures for part, held in self._failures.items()}))

    def site(self, application: AsgiApplication) -> WatchSite:
        """Put the operator's pages in front of an ASGI application."""
        return WatchSite(application, self.health, self.metrics.render, self._access)

    @property
    def seconds(self) -> int:
        """How long ago this began, in whole seconds."""
        return int(time.monotonic() - self._began_s)

    def note_replayed(self, sequence: int) -> None:
        """Note how far the replay at the start is, and say so now and then."""
        self.health.replayed = self.sequence = sequence
        if time.monotonic() - self._said_s >= REPLAY_SAID_EVERY_S:
            self._said_s = time.monotonic()
            _log.info("replaying the journal", sequence=sequence, seconds=self.seconds)

    @asynccontextmanager
    async def alone(self, listener: socket.socket, page: PageSite) -> AsyncIterator[None]:
        """Answer the operator on an open port, and everyone else that it is too early; leave the port open."""
        settings = ServerSettings(drain_seconds=STARTING_DRAIN_S)
        server = HttpServer(
            self.site(NotOpenYet(page)), edge_alone(PATHS), settings, NO_STREAMS_YET, listener=listener.dup()
        )
        await server.start()
        try:
            yield
        finally:
            # Whoever was let in just now has still to send his request, and to be answered.
            server.stop_accepting()
            await asyncio.sleep(HANDOVER_S)
            await server.stop()

    @asynccontextmanager
    async def core(self, runtime: Runtime, projector: Projector) -> AsyncIterator[None]:
        """Watch a running core and what is derived from it."""
        settings, health = self._settings, self.health
        commands = CommandFigures(runtime)
        runtime.subscribe(commands.accept)
        journal = journal_directory(settings.data_directory)
        bounds = round_bounds(settings)
        watchman = self._watchman = Rounds(settings.data_directory, journal, bounds, runtime, projector)
        self._failures["projections"] = projector
        self.health.replayed = self.sequence = runtime.last_sequence
        for collect in (
            core_metrics(runtime, commands, settings.command_queue_max),
            journal_metrics(runtime),
            projection_metrics(projector, settings.projection_lag_max, runtime),
            disk_metrics(watchman, runtime),
        ):
            self.metrics.add(collect)
        health.watch_core(lambda: core_check(runtime))
        health.add("projections", lambda: Check(not projector.is_full, f"{projector.lag} commands behind"))
        health.add("disk", watchman.disk_check)
        runtime.subscribe(lambda outcomes: setattr(self, "sequence", outcomes[-1].sequence))
        async with AsyncExitStack() as stack:
            reader = open_engine(settings.database_url, DatabaseAccess.READ_ONLY)
            stack.callback(reader.dispose)
            conservation = ConservationCheck(reader, runtime, projector)
            self.metrics.add(conservation_metrics(conservation, watchman))
            health.add("conservation", lambda: _conservation_check(conservation, watchman))
            tell_position(lambda: self.sequence)
            stack.callback(tell_position, None)
            self.turns.start()
            stack.callback(self.turns.stop)
            await watchman.start()
            stack.push_async_callback(watchman.stop)
            conservation.start()
            stack.push_async_callback(conservation.stop)
            yield

    @contextmanager
    def following(self, runtime: Runtime) -> Iterator[None]:
        """Watch a gateway's runtime: what is behind it has watches of its own."""
        commands = CommandFigures(runtime)
        runtime.subscribe(commands.accept)
        self.metrics.add(core_metrics(runtime, commands, self._settings.command_queue_max))
        self.health.watch_core(lambda: core_check(runtime))
        self.sequence = runtime.last_sequence
        runtime.subscribe(lambda outcomes: setattr(self, "sequence", outcomes[-1].sequence))
        self.turns.start()
        try:
            yield
        finally:
            self.turns.stop()

    def front(
        self,
        gateway: Gateway,
        bounds: Bounds,
        history: History,
        connections: Connections,
        hub: Hub,
        user_data: UserDataStreams,
    ) -> None:
        """Watch what clients touch."""
        self._failures["history"] = history
        self.metrics.add(gateway_metrics(gateway, bounds))
        self.metrics.add(admission_metrics(gateway.admission, gateway.edge))
        self.metrics.add(history_metrics(history))
        if self._watchman is not None:
            shed = gateway.admission.counters.refused
            self._watchman.say_growth("requests shed: more is asked than can be done", lambda: sum(shed))
        self.metrics.add(stream_metrics(connections, hub, user_data))

    def fix(self, servers: "dict[ServiceKind, FixServer]") -> None:
        """Watch the services of the FIX API that are open."""
        self.metrics.add(fix_metrics(servers))

    def note_open(self, sequence: int, port: int) -> None:
        """Note that traffic may be taken."""
        self.health.phase = Phase.OPEN
        _log.info("open", version=rialto.__version__, port=port, sequence=sequence, start_s=self.seconds)

    def note_draining(self, sequence: int) -> None:
        """Note that traffic should go elsewhere."""
        self.health.phase = Phase.DRAINING
        _log.info("draining", sequence=sequence, notice_s=self._settings.drain_notice_seconds, up_s=self.seconds)


def round_bounds(settings: Settings) -> rounds.Bounds:
    """Return when a watchman writes a line."""
    return rounds.Bounds(
        free_bytes_min=settings.disk_free_bytes_min,
        slow_sync_us=settings.slow_sync_milliseconds * 1_000,
        lag_max=settings.projection_lag_max,
    )


def core_check(runtime: Runtime) -> Check:
    """Tell whether a core runs."""
    reason = runtime.stop_reason
    return Check(reason is None, f"runs, at sequence {runtime.last_sequence}" if reason is None else reason)


def _conservation_check(check: ConservationCheck, watchman: Rounds) -> Check:
    replica = None if watchman.disk is None else watchman.disk.replica
    if check.wrong is not None:
        return Check(False, check.wrong)
    if replica is not None and not replica.is_sound:
        return Check(False, f"the replica found at sequence {replica.checked_sequence}: {replica.audit}")
    found = "not looked at yet" if check.checked_sequence is None else f"sound up to sequence {check.checked_sequence}"
    return Check(True, found if replica is None else f"{found}; replica up to {replica.checked_sequence}")
