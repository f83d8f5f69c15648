"""A gateway of a cluster: the front, around a runtime that stands on the cluster's log and replicas."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from rialto.bootstrap.front import Exchange, open_page, running_front
from rialto.bootstrap.jobs import LEASE_NAME
from rialto.bootstrap.operating import heeding_operator
from rialto.bootstrap.preparing import prepare_data_directory
from rialto.bootstrap.watching import Watching
from rialto.core.cluster.connection import connected
from rialto.core.cluster.following import open_gateway_core
from rialto.core.runtime import Runtime
from rialto.foundation.clock import SystemClock
from rialto.foundation.configuration import Settings
from rialto.foundation.database import Access, open_engine
from rialto.foundation.leases import Lease
from rialto.gateway.server import ServerSettings, listen
from rialto.projections.watermark import WrittenElsewhere

FINISH_TIMEOUT_S: Final = 5.0
"""Seconds for what is under way when a gateway stops."""

LAG_LOOKED_AT_EVERY_S: Final = 0.5

_log = structlog.stdlib.get_logger(__name__)


@asynccontextmanager
async def running_gateway(settings: Settings) -> AsyncIterator[Exchange]:
    """Run a gateway, listening when this yields.

    Errors: `ClusterUnreachable`.
    """
    watching = Watching(settings)
    await asyncio.to_thread(prepare_data_directory, settings)
    async with AsyncExitStack() as stack:
        listener = listen(ServerSettings(host=settings.host, port=settings.port))
        stack.callback(listener.close)
        page = open_page(settings)
        async with watching.alone(listener, page):
            runtime = await stack.enter_async_context(_running_runtime(settings))
        reader = open_engine(settings.database_url, Access.READ_ONLY)
        stack.callback(reader.dispose)
        projected = WrittenElsewhere(reader)
        looking = asyncio.create_task(_watch_lag(projected))
        stack.callback(looking.cancel)
        runtime.shed_when(lambda: runtime.last_sequence - projected.watermark > settings.projection_lag_max)
        stack.enter_context(watching.following(runtime))
        lease = Lease(_own_engine(settings, stack), LEASE_NAME)
        front = running_front(settings, runtime, projected, watching, page, listener, lease)
        exchange = await stack.enter_async_context(front)
        await stack.enter_async_context(heeding_operator(settings, runtime, exchange.families.operators.back_office))
        yield exchange


def _own_engine(settings: Settings, stack: AsyncExitStack) -> Engine:
    engine = open_engine(settings.database_url, Access.DURABLE)
    stack.callback(engine.dispose)
    return engine


@asynccontextmanager
async def _running_runtime(settings: Settings) -> AsyncIterator[Runtime]:
    async with connected(settings.cluster_servers, "gateway", settings.cluster_copies) as cluster:
        core = await open_gateway_core(cluster)
        runtime = Runtime(core, SystemClock(), settings.command_queue_max, core.first_ticket)
        runtime.subscribe(core.settle, vital=True)
        await core.start(runtime.give_up, settings.command_queue_max)
        try:
            await runtime.start()
            _log.info("follows", sequence=runtime.last_sequence)
            yield runtime
        finally:
            await core.stop(FINISH_TIMEOUT_S)
            await runtime.close()


async def _watch_lag(projected: WrittenElsewhere) -> None:
    """Keep knowing how far projections are, so that commands are shed when they are too far behind."""
    while True:
        try:
            await projected.look()
        except SQLAlchemyError as error:
            _log.warning("watermark not read", error=str(error).partition("\n")[0])
        await asyncio.sleep(LAG_LOOKED_AT_EVERY_S)
