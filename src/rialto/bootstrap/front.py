"""The front of an exchange: everything clients reach, around whichever runtime carries their commands.

    runtime ─▶ identity ─▶ streams, gateway ─▶ server ─▶ files of historical data ─▶ FIX

The embedded exchange and a cluster's gateway are this front over two runtimes; nothing here knows which one it has.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

import structlog

from rialto.bootstrap.directories import portal_directory
from rialto.bootstrap.families import Families, open_families
from rialto.bootstrap.families.people import is_loopback, open_identity, standing_of
from rialto.bootstrap.jobs import Jobs
from rialto.bootstrap.limits import admission_rules, bounds, rate_limits, stream_limits
from rialto.bootstrap.parts import Parts
from rialto.bootstrap.people import keep_keys_fresh, open_api_keys, open_master_key
from rialto.bootstrap.watching import Watching
from rialto.core.runtime import Runtime
from rialto.fix.assembly import Sources, fix_servers
from rialto.fix.service import ServiceKind
from rialto.foundation.clock import SystemClock
from rialto.foundation.configuration import Settings
from rialto.foundation.database import Access, open_engine
from rialto.foundation.leases import Lease
from rialto.gateway.assembly import Gateway, assemble
from rialto.gateway.page.files import BUILT
from rialto.gateway.page.site import PageSite
from rialto.gateway.server import HttpServer, ServerSettings
from rialto.identity.api_keys import ApiKeys
from rialto.identity.owners import Owners
from rialto.portal.job import PublishingJob
from rialto.portal.site import PortalSite
from rialto.projections.decisions import Decisions
from rialto.projections.history import READ_THREADS, History
from rialto.projections.watermark import Watermark
from rialto.streams.api_connection import api_handlers
from rialto.streams.connections import Connections
from rialto.streams.feed import MarketFeed
from rialto.streams.hub import Hub
from rialto.streams.market_streams import market_stream_handlers
from rialto.streams.protocol import websocket_protocol
from rialto.streams.user_data.streams import UserDataStreams
from rialto.watch.site import PATHS

_log = structlog.stdlib.get_logger(__name__)


PEOPLE_CONNECTIONS: Final = 4
"""How many connections to the tables of people may be used at once."""

PORTAL_SETTLE_TIMEOUT_S: Final = 30.0
"""Seconds the projections may take to reach the end of a day before its files are put off."""


@dataclass(frozen=True)
class Exchange:
    """The running parts that others act on."""

    settings: Settings
    parts: Parts
    families: Families
    user_data: UserDataStreams
    port: int
    fix_ports: Mapping[ServiceKind, int]
    """The ports of the FIX API, of the services that are open."""

    @property
    def runtime(self) -> Runtime:
        """The running core."""
        return self.parts.runtime

    @property
    def owners(self) -> Owners:
        """Who there is."""
        return self.parts.owners

    @property
    def api_keys(self) -> ApiKeys:
        """What clients sign with."""
        return self.parts.api_keys


def open_page(settings: Settings) -> PageSite:
    """Read the files of the page."""
    return PageSite(settings.page_directory or BUILT)


@asynccontextmanager
async def running_front(
    settings: Settings,
    runtime: Runtime,
    projected: Watermark,
    watching: Watching,
    page: PageSite,
    listener: socket.socket | None = None,
    lease: Lease | None = None,
) -> AsyncIterator[Exchange]:
    """Open an exchange to its clients, listening when this yields; shut them out again on the way out.

    `projected` tells when history is in SQL as far as the runtime has released it. `page` answers whoever no
    other site does. A `listener` that is open already is used and closed. `lease` says whether this process does the
    exchange's jobs; without, it does.
    """
    async with AsyncExitStack() as stack:
        parts = _parts(settings, runtime, projected, watching, stack, Jobs(lease))
        history, api_keys = parts.history, parts.api_keys
        user_data = UserDataStreams(runtime)
        families = await open_families(parts)
        families.accounts.pages.leave(page.replaced)
        gateway = assemble(
            runtime,
            history,
            api_keys,
            limits=rate_limits(settings),
            bounds=bounds(settings),
            admission_rules=admission_rules(settings),
            further_routes=families.routes,
            sites=[families.accounts.pages, *_portal_sites(settings, stack), page],
            ungated_paths=PATHS,
            user_data=user_data,
            standing=standing_of(parts.identity, parts.wall_clock_us),
            browsers=parts.identity.browsers,
        )
        stack.callback(asyncio.create_task(keep_keys_fresh(api_keys, gateway.websocket_api)).cancel)
        connections = Connections(runtime.now_us, stream_limits(settings))
        hub = Hub(partial(_symbol_id, runtime), connections)
        feed = MarketFeed(hub, runtime)
        feed.start()
        stack.push_async_callback(feed.stop)
        watching.front(gateway, bounds(settings), history, connections, hub, user_data)
        server = _server(settings, gateway, hub, connections, api_keys, watching, listener)
        await server.start()
        families.fiat.cards.service.own_origins = _own_origins(settings, server.port)
        stack.push_async_callback(server.stop)
        stack.push_async_callback(connections.drain)
        if settings.portal:
            job = _publishing_job(settings, runtime, projected, stack)
            job.start()
            stack.push_async_callback(job.stop)
        sources = Sources(runtime, gateway, user_data, feed)
        fix_ports = await stack.enter_async_context(_running_fix(settings, sources, watching))
        watching.note_open(runtime.last_sequence, server.port)
        yield Exchange(settings, parts, families, user_data, server.port, fix_ports)
        watching.note_draining(runtime.last_sequence)
        await asyncio.sleep(settings.drain_notice_seconds)
        # Who is connected is answered to the last by what follows; nobody comes in any more.
        server.stop_accepting()


def _own_origins(settings: Settings, port: int) -> tuple[str, ...]:
    """List the origins of the exchange's own page; on a loopback address, by every name that it has."""
    if settings.public_url:
        return (settings.public_url,)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    names = ("127.0.0.1", "localhost", "[::1]") if is_loopback(settings.host) else (host,)
    return tuple(f"http://{name}:{port}" for name in names)


def _parts(
    settings: Settings,
    runtime: Runtime,
    projected: Watermark,
    watching: Watching,
    stack: AsyncExitStack,
    jobs: Jobs,
) -> Parts:
    """Open what is there before any family of the API."""
    people = open_engine(settings.database_url, Access.DURABLE, connections=PEOPLE_CONNECTIONS)
    stack.callback(people.dispose)
    master_key, clock = open_master_key(settings), SystemClock()
    history = _history(settings, runtime, projected, stack)
    return Parts(
        settings,
        runtime,
        history,
        Decisions(runtime, history),
        Decisions(runtime, history, jobs.check),
        jobs,
        projected,
        people,
        master_key,
        Owners(people),
        open_api_keys(settings, people, master_key),
        clock.now_us,
        watching.metrics,
        lambda: {name: (each.ok, each.detail) for name, each in watching.health.readiness().items()},
        stack,
        open_identity(settings, people, master_key, clock.now_us, stack, jobs),
    )


def _history(settings: Settings, runtime: Runtime, projected: Watermark, stack: AsyncExitStack) -> History:
    readers = open_engine(settings.database_url, Access.READ_ONLY, connections=READ_THREADS)
    stack.callback(readers.dispose)
    patience = timedelta(milliseconds=settings.history_wait_milliseconds_max)
    history = History(readers, projected, lambda: runtime.last_sequence, patience.total_seconds())
    stack.callback(history.close)
    return history


def _server(
    settings: Settings,
    gateway: Gateway,
    hub: Hub,
    connections: Connections,
    api_keys: ApiKeys,
    watching: Watching,
    listener: socket.socket | None,
) -> HttpServer:
    """Make the server of HTTP and WebSockets on one port."""
    return HttpServer(
        watching.site(gateway.application),
        gateway.edge,
        ServerSettings(host=settings.host, port=settings.port),
        websocket_protocol(
            {**market_stream_handlers(hub, api_keys.find), **api_handlers(connections, gateway.websocket_api)},
            message_bytes_max=connections.limits.message_bytes_max,
        ),
        listener=listener,
    )


def _portal_sites(settings: Settings, stack: AsyncExitStack) -> list[PortalSite]:
    """Serve the files of historical market data, unless that is turned off."""
    if not settings.portal:
        return []
    site = PortalSite(portal_directory(settings))
    stack.callback(site.close)
    return [site]


def _publishing_job(settings: Settings, runtime: Runtime, projected: Watermark, stack: AsyncExitStack) -> PublishingJob:
    reader = open_engine(settings.database_url, Access.READ_ONLY)
    stack.callback(reader.dispose)

    async def settle() -> None:
        await projected.wait_for(runtime.last_sequence, PORTAL_SETTLE_TIMEOUT_S)

    return PublishingJob(portal_directory(settings), reader, now_us=runtime.now_us, settle=settle)


@asynccontextmanager
async def _running_fix(
    settings: Settings, sources: Sources, watching: Watching
) -> AsyncIterator[dict[ServiceKind, int]]:
    """Run the services of the FIX API that have a port; stop them together, so that clients are warned once."""
    ports = {
        ServiceKind.ORDER_ENTRY: settings.fix_order_entry_port,
        ServiceKind.DROP_COPY: settings.fix_drop_copy_port,
        ServiceKind.MARKET_DATA: settings.fix_market_data_port,
    }
    servers = fix_servers(sources, settings.host, {kind: port for kind, port in ports.items() if port})
    watching.fix(servers)
    try:
        for server in servers.values():
            await server.start()
        yield {kind: server.port for kind, server in servers.items()}
    finally:
        await asyncio.gather(*(server.stop(settings.fix_notice_seconds) for server in servers.values()))


def _symbol_id(runtime: Runtime, name: str) -> int | None:
    symbol = runtime.catalog.symbol_named(name)
    return None if symbol is None else symbol.id
