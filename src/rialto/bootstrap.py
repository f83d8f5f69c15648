"""The composition root: the only place where the parts of an exchange are wired together.

    settings ─▶ database (migrated) ─▶ projections ─▶ core (replayed, projections caught up)
             ─▶ identity ─▶ streams, gateway ─▶ server

They are stopped in the reverse order: first nobody is let in, then what was let in is finished and made durable, then
what is derived from it is written.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import Engine

from rialto.core.journal import replayed_outcomes
from rialto.core.runtime import Runtime
from rialto.demo.definition import read_definition
from rialto.demo.demo_keys import DemoKey
from rialto.demo.founding import found
from rialto.demo.market_makers import MarketMakers
from rialto.fix.assembly import Sources, fix_servers
from rialto.fix.service import ServiceKind
from rialto.foundation.clock import SystemClock
from rialto.foundation.configuration import Settings
from rialto.foundation.database import Access, migrate, open_engine
from rialto.foundation.secrets import MasterKey
from rialto.gateway.application import Bounds
from rialto.gateway.assembly import assemble
from rialto.gateway.bans import BanRules
from rialto.gateway.limits import RateLimit, RateLimits
from rialto.gateway.server import HttpServer, ServerSettings
from rialto.gateway.websocket.api import WebSocketApi
from rialto.identity.api_keys import ApiKeys
from rialto.identity.owners import Owners
from rialto.portal.job import PublishingJob
from rialto.portal.publisher import Published, Publisher
from rialto.portal.site import PortalSite
from rialto.portal.source import Source
from rialto.projections.history import READ_THREADS, History
from rialto.projections.projector import Projector
from rialto.projections.rebuild import rebuild
from rialto.projections.writer import Writer
from rialto.streams.api_connection import api_handlers
from rialto.streams.connections import Connections
from rialto.streams.feed import MarketFeed
from rialto.streams.hub import Hub
from rialto.streams.limits import StreamLimits
from rialto.streams.market_streams import market_stream_handlers
from rialto.streams.protocol import websocket_protocol
from rialto.streams.user_data.streams import UserDataStreams

PROJECTOR_CLOSE_TIMEOUT: Final = 30.0
"""Seconds the projections may take to write what is left; what is not written then is in the journal."""

_log = structlog.stdlib.get_logger(__name__)

OnProgress = Callable[[int], None]

KEYS_REFRESHED_EVERY_S: Final = 1.0
"""How often changes of API keys made by other processes are looked for."""

PORTAL_SETTLE_TIMEOUT_S: Final = 30.0
"""Seconds the projections may take to reach the end of a day before its files are put off."""

NO_OUTCOMES: Final = 1 << 62
"""A sequence number beyond all."""


class NoExchange(Exception):
    """There is no exchange in the data directory."""


@dataclass(frozen=True)
class Exchange:
    """The running parts that others act on."""

    settings: Settings
    runtime: Runtime
    owners: Owners
    api_keys: ApiKeys
    user_data: UserDataStreams
    port: int
    fix_ports: Mapping[ServiceKind, int]
    """The ports of the FIX API, of the services that are open."""


def _ignore(_told: object) -> None:
    """Take what nobody needs to know."""


@dataclass(frozen=True)
class Demonstration:
    """What a demonstration exchange shows its visitors."""

    symbols: tuple[str, ...]
    keys: tuple[DemoKey, ...]


def journal_directory(data_directory: Path) -> Path:
    """Return where the journal lies."""
    return data_directory / "journal"


def master_key_path(settings: Settings) -> Path:
    """Return where the key lies that seals secrets."""
    return settings.data_directory / "master.key"


def portal_directory(settings: Settings) -> Path:
    """Return where the files of historical market data lie."""
    return settings.data_directory / settings.portal_directory


def prepare_data_directory(settings: Settings) -> None:
    """Make the data directory, readable by its owner alone, and bring the database's tables up to date."""
    settings.data_directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    journal_directory(settings.data_directory).mkdir(exist_ok=True, mode=0o700)
    migrate(settings.database_url)


def open_core(settings: Settings, projections: Engine, on_progress: OnProgress | None = None) -> Runtime:
    """Open the journal, come to its state, and write to the projections what they have not seen.

    Errors: `JournalUnreadable`.
    """
    writer = Writer(projections)
    return Runtime.open(
        journal_directory(settings.data_directory),
        outcomes_from=writer.watermark + 1,
        on_outcomes=writer.write_all,
        on_progress=on_progress,
        queue_capacity=settings.command_queue_max,
    )


def rebuild_projections(settings: Settings, on_progress: OnProgress = _ignore) -> int:
    """Empty the projections and write them anew from the journal; return the sequence number reached.

    Errors: `JournalUnreadable`, also when an exchange runs on the journal.
    """
    prepare_data_directory(settings)
    projections = open_engine(settings.database_url, Access.REBUILDABLE)
    try:
        # Whoever holds the journal may write to the projections: hold it, idle, until they are written.
        claim = Runtime.open(journal_directory(settings.data_directory), outcomes_from=NO_OUTCOMES, on_outcomes=_ignore)
        try:
            return rebuild(projections, replayed_outcomes(journal_directory(settings.data_directory)), on_progress)
        finally:
            claim.release()
    finally:
        projections.dispose()


def publish_history(
    settings: Settings, on_progress: OnProgress = _ignore, on_replay: OnProgress = _ignore
) -> Published:
    """Write every file of historical market data that is missing; a running exchange does so by itself.

    Errors: `JournalUnreadable`, also when an exchange runs on the journal; OSError, SQLAlchemy's own.
    """
    prepare_data_directory(settings)
    projections = open_engine(settings.database_url, Access.REBUILDABLE)
    try:
        # Nothing is added to the journal meanwhile, and what it holds is in the projections: so the past is complete.
        claim = open_core(settings, projections, on_replay)
        try:
            publisher = Publisher(portal_directory(settings), Source(projections))
            return publisher.publish(SystemClock().now_us(), on_progress)
        finally:
            claim.release()
    finally:
        projections.dispose()


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
        projector = Projector(projections, lag_max=settings.projection_lag_max)
        stack.push_async_callback(projector.close, PROJECTOR_CLOSE_TIMEOUT)
        await runtime.start()
        stack.push_async_callback(runtime.close)
        projector.start(runtime.last_sequence)
        runtime.subscribe(projector.accept, vital=True)
        runtime.shed_when(lambda: projector.is_full)
        yield runtime, projector


@asynccontextmanager
async def running_exchange(settings: Settings, on_progress: OnProgress | None = None) -> AsyncIterator[Exchange]:
    """Run a whole exchange, listening when this yields."""
    async with AsyncExitStack() as stack:
        runtime, projector = await stack.enter_async_context(running_core(settings, on_progress))
        people = open_engine(settings.database_url, Access.DURABLE)
        stack.callback(people.dispose)
        readers = open_engine(settings.database_url, Access.READ_ONLY, connections=READ_THREADS)
        stack.callback(readers.dispose)
        owners, api_keys = Owners(people), open_api_keys(settings, people)
        history = History(readers, projector, lambda: runtime.last_sequence)
        stack.callback(history.close)
        user_data = UserDataStreams(runtime)
        gateway = assemble(
            runtime,
            history,
            api_keys,
            limits=_rate_limits(settings),
            bounds=_bounds(settings),
            sites=_portal_sites(settings, stack),
            user_data=user_data,
        )
        refreshing = asyncio.create_task(_keep_keys_fresh(api_keys, gateway.websocket_api))
        stack.callback(refreshing.cancel)
        connections = Connections(runtime.now_us, _stream_limits(settings))
        hub = Hub(partial(_symbol_id, runtime), connections)
        feed = MarketFeed(hub, runtime)
        feed.start()
        stack.push_async_callback(feed.stop)
        server = HttpServer(
            gateway.application,
            ServerSettings(host=settings.host, port=settings.port),
            websocket_protocol(
                {**market_stream_handlers(hub, api_keys.find), **api_handlers(connections, gateway.websocket_api)},
                message_bytes_max=connections.limits.message_bytes_max,
            ),
        )
        await server.start()
        stack.push_async_callback(server.stop)
        stack.push_async_callback(connections.drain)
        if settings.portal:
            job = _publishing_job(settings, runtime, projector, stack)
            job.start()
            stack.push_async_callback(job.stop)
        fix_ports = await stack.enter_async_context(_running_fix(settings, Sources(runtime, gateway, user_data, feed)))
        yield Exchange(settings, runtime, owners, api_keys, user_data, server.port, fix_ports)
        _log.info("stopping", sequence=runtime.last_sequence)


def _portal_sites(settings: Settings, stack: AsyncExitStack) -> list[PortalSite]:
    """Serve the files of historical market data, unless that is turned off."""
    if not settings.portal:
        return []
    site = PortalSite(portal_directory(settings))
    stack.callback(site.close)
    return [site]


def _publishing_job(settings: Settings, runtime: Runtime, projector: Projector, stack: AsyncExitStack) -> PublishingJob:
    reader = open_engine(settings.database_url, Access.READ_ONLY)
    stack.callback(reader.dispose)

    async def settle() -> None:
        await projector.wait_for(runtime.last_sequence, PORTAL_SETTLE_TIMEOUT_S)

    return PublishingJob(portal_directory(settings), reader, now_us=runtime.now_us, settle=settle)


@asynccontextmanager
async def demonstrating(exchange: Exchange, seed: int) -> AsyncIterator[Demonstration]:
    """Found the demonstration on an exchange and keep its markets moving."""
    definition = read_definition()
    founded = await found(exchange.runtime, definition, exchange.owners, exchange.api_keys, SystemClock())
    makers = MarketMakers(exchange.runtime, definition, founded.house, seed)
    trading = asyncio.create_task(makers.run())
    try:
        keys = [
            DemoKey(user.name, user.api_key, exchange.api_keys.reveal_demo_secret(user.api_key))
            for user in founded.users
        ]
        yield Demonstration(tuple(definition.symbols), tuple(keys))
    finally:
        makers.stop()
        await trading


def open_api_keys(settings: Settings, people: Engine) -> ApiKeys:
    """Open the API keys with the master key that lies beside the journal."""
    return ApiKeys(people, MasterKey.load_or_create(master_key_path(settings)))


@contextmanager
def identity(settings: Settings) -> Iterator[tuple[Owners, ApiKeys]]:
    """Open who there is and their keys, of an exchange that has been started at least once.

    Errors: `NoExchange`, `BrokenSeal`, `MasterKeyUnusable`, SQLAlchemy's own if the database cannot be reached.
    """
    if not master_key_path(settings).is_file():
        raise NoExchange(f"there is no exchange in {settings.data_directory}; start one with rialto run")
    prepare_data_directory(settings)
    people = open_engine(settings.database_url, Access.DURABLE)
    try:
        yield Owners(people), open_api_keys(settings, people)
    finally:
        people.dispose()


async def _keep_keys_fresh(api_keys: ApiKeys, websocket_api: WebSocketApi) -> None:
    """Take over what other processes change of the keys, and end what keys no longer allow.

    Goes on whatever happens: were it to end, every key revoked later would be accepted for ever.
    """
    while True:
        await asyncio.sleep(KEYS_REFRESHED_EVERY_S)
        try:
            await asyncio.to_thread(api_keys.refresh)
        except Exception:
            _log.exception("API keys not refreshed; new ones are not known, and revoked ones may still be accepted")
        try:
            websocket_api.drop_unusable_keys()
        except Exception:
            _log.exception("sessions of revoked API keys not ended")


@asynccontextmanager
async def _running_fix(settings: Settings, sources: Sources) -> AsyncIterator[dict[ServiceKind, int]]:
    """Run the services of the FIX API that have a port; stop them together, so that clients are warned once."""
    ports = {
        ServiceKind.ORDER_ENTRY: settings.fix_order_entry_port,
        ServiceKind.DROP_COPY: settings.fix_drop_copy_port,
        ServiceKind.MARKET_DATA: settings.fix_market_data_port,
    }
    servers = fix_servers(sources, settings.host, {kind: port for kind, port in ports.items() if port})
    try:
        for server in servers.values():
            await server.start()
        yield {kind: server.port for kind, server in servers.items()}
    finally:
        await asyncio.gather(*(server.stop(settings.fix_notice_seconds) for server in servers.values()))


def _symbol_id(runtime: Runtime, name: str) -> int | None:
    symbol = runtime.catalog.symbol_named(name)
    return None if symbol is None else symbol.id


def _rate_limits(settings: Settings) -> RateLimits:
    return RateLimits(
        request_weight=RateLimit("REQUEST_WEIGHT", "MINUTE", 1, settings.request_weight_per_minute_max),
        orders=(
            RateLimit("ORDERS", "SECOND", 10, settings.orders_per_ten_seconds_max),
            RateLimit("ORDERS", "DAY", 1, settings.orders_per_day_max),
        ),
        raw_requests=RateLimit("RAW_REQUESTS", "MINUTE", 5, settings.requests_per_five_minutes_max),
        bans=BanRules(
            settings.ban_after_refusals,
            settings.ban_seconds_min,
            settings.ban_seconds_max,
            settings.banned_addresses_max,
        ),
    )


def _stream_limits(settings: Settings) -> StreamLimits:
    return StreamLimits(
        connections_max=settings.socket_connections_max,
        attempts_max=settings.socket_attempts_per_five_minutes_max,
        messages_max=settings.socket_messages_per_second_max,
        streams_max=settings.socket_streams_max,
        backlog_bytes_max=settings.socket_backlog_bytes_max,
        life_s=float(settings.socket_life_seconds),
    )


def _bounds(settings: Settings) -> Bounds:
    return Bounds(body_bytes_max=settings.body_bytes_max)
