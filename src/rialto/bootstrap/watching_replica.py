"""Watching a core replica of a cluster, on a port of its own: it serves no client, but an operator must see it as well.

The port answers from the first moment, while the journal is replayed, until the process ends.
"""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

from prometheus_client.metrics_core import Metric

from rialto.bootstrap.directories import journal_directory
from rialto.bootstrap.watching import Watching, core_check, round_bounds
from rialto.core.cluster.replica import Replica
from rialto.core.runtime import Runtime
from rialto.foundation.configuration import Settings
from rialto.foundation.logging import tell_position
from rialto.gateway.assembly import edge_alone
from rialto.gateway.server import HttpServer, ServerSettings
from rialto.gateway.sites import Receive, Send
from rialto.projections.projector import Projector
from rialto.watch.commands import CommandFigures
from rialto.watch.core_figures import core_metrics, disk_metrics, journal_metrics, projection_metrics
from rialto.watch.replica_figures import agreement_check, log_check, replica_metrics
from rialto.watch.rounds import Rounds
from rialto.watch.site import PATHS, Scope

DRAIN_S = 1
"""How long scrapes under way may take when the process ends."""


@asynccontextmanager
async def answering_operator(settings: Settings, watching: Watching) -> AsyncIterator[int]:
    """Serve `/health`, `/ready` and `/metrics`, and nothing else; yields the port. Errors: `PortUnavailable`."""
    server_settings = ServerSettings(host=settings.host, port=settings.core_port, drain_seconds=DRAIN_S)
    server = HttpServer(watching.site(_nothing_here), edge_alone(PATHS), server_settings)
    await server.start()
    try:
        yield server.port
    finally:
        await server.stop()


@asynccontextmanager
async def watching_runtime(settings: Settings, watching: Watching, runtime: Runtime) -> AsyncIterator[None]:
    """Watch a replica's core and journal, from before it catches up."""
    commands = CommandFigures(runtime)
    runtime.subscribe(commands.accept)
    watching.note_replayed(runtime.last_sequence)
    runtime.subscribe(lambda outcomes: setattr(watching, "sequence", outcomes[-1].sequence))
    journal = journal_directory(settings.data_directory)
    watchman = Rounds(settings.data_directory, journal, round_bounds(settings), runtime, None)
    for collect in (
        core_metrics(runtime, commands, settings.command_queue_max),
        journal_metrics(runtime),
        disk_metrics(watchman, runtime),
    ):
        watching.metrics.add(collect)
    watching.health.watch_core(lambda: core_check(runtime))
    watching.health.add("disk", watchman.disk_check)
    async with AsyncExitStack() as stack:
        tell_position(lambda: watching.sequence)
        stack.callback(tell_position, None)
        watching.turns.start()
        stack.callback(watching.turns.stop)
        await watchman.start()
        stack.push_async_callback(watchman.stop)
        yield


def watch_projections(
    settings: Settings, watching: Watching, runtime: Runtime, projector: Callable[[], Projector | None]
) -> None:
    """Watch the projections for as long as this replica writes them."""

    def collect() -> Iterable[Metric]:
        writing = projector()
        return () if writing is None else projection_metrics(writing, settings.projection_lag_max, runtime)()

    watching.metrics.add(collect)


def watch_replica(watching: Watching, replica: Replica, port: int) -> None:
    """Watch how a replica follows; it is ready from here on, as far as its checks are well."""
    watching.metrics.add(replica_metrics(replica))
    watching.health.add("log", lambda: log_check(replica))
    watching.health.add("agreement", lambda: agreement_check(replica))
    watching.note_open(watching.sequence, port)


async def _nothing_here(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - a signature of ASGI
    """Answer whoever looks for the API here."""
    body = b'{"code":-1020,"msg":"This operation is not supported."}'
    headers = [(b"content-type", b"application/json;charset=UTF-8"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 404, "headers": headers})
    await send({"type": "http.response.body", "body": body})
