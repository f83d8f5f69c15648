"""A connection to the cluster's NATS servers, and the streams made ready.

It reconnects for as long as the process lives, to whichever server answers; what is published meanwhile waits. The
client does that by itself, in tasks whose end it tells nobody: an error that it does not expect, or a server's
complaint, leaves it closed or neither connected nor trying, and every call from then on only times out. The one such
error that is known is mended here; and who uses a connection also waits for `Cluster.wait_lost`, which sends itself
messages through a server, and notes whether the client tries when it has none.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final, NoReturn, TypeVar
from urllib.parse import urlsplit

import nats
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, KeyValueConfig, StorageType, StreamConfig
from nats.js.errors import APIError, BucketNotFoundError, NotFoundError
from nats.js.errors import Error as JetStreamError
from nats.js.kv import KeyValue

from rialto.core.cluster.names import (
    CHECKPOINT_SUBJECT,
    CHECKPOINTS,
    COMMAND_SUBJECT,
    COMMANDS,
    OUTPUT_SUBJECT,
    OUTPUTS,
    REGISTRY,
)
from rialto.core.errors import ClusterUnreachable

CLUSTER_ERRORS: Final = (NatsError, JetStreamError, TimeoutError, asyncio.TimeoutError, OSError)
"""What goes wrong while servers come and go; trying again is right."""

OPEN_TIMEOUT_S: Final = 60.0
RETRY_S: Final = 0.25
PING_EVERY_S: Final = 1
PINGS_UNANSWERED_MAX: Final = 2
RECONNECT_EVERY_S: Final = 0.1
REQUEST_TIMEOUT_S: Final = 2.0
PATIENT_REQUEST_TIMEOUT_S: Final = 30.0
"""For who fills a whole log and has nobody waiting: what is sent together is answered in turn."""
CALL_TIMEOUT_S: Final = 5.0

PROBE_EVERY_S: Final = 1.0
PROBES_UNANSWERED_MAX: Final = 10
"""How many probes in a row may stay without any sign of life, before a connection is lost. Counted and not timed, so
that whoever was paused himself finds nothing wrong."""

DUPLICATE_WINDOW_S: Final = 600.0
"""How long JetStream knows a command again by its id. Gateways stop sending one again long before."""

OUTPUTS_BYTES_MAX: Final = 4 << 30
CHECKPOINTS_MAX: Final = 10_000
NODES_LOST_PENDING_BYTES: Final = 64 << 20

Answer = TypeVar("Answer")

_log = structlog.stdlib.get_logger(__name__)


@dataclass
class _Signs:
    """What shows that a client lives: it hears its own messages, or tells of an attempt to connect."""

    count: int = 0

    async def note(self, _message: Msg | None = None) -> None:
        self.count += 1


@dataclass(frozen=True)
class Cluster:
    """An open connection."""

    nats: Client
    streams: JetStreamContext
    registry: KeyValue
    signs: _Signs = field(default_factory=_Signs)

    async def wait_lost(self, probe_every_s: float = PROBE_EVERY_S) -> NoReturn:
        """Wait until this connection is of no use any more and will not be again; then a new process is needed.

        Servers that do not answer are no such case: the client goes on trying. Errors: `ClusterUnreachable`.
        """
        inbox = self.nats.new_inbox()
        await bounded(self.nats.subscribe(inbox, cb=self.signs.note))
        unanswered, seen = 0, self.signs.count
        while unanswered < PROBES_UNANSWERED_MAX:
            if self.nats.is_closed:
                raise ClusterUnreachable(
                    f"the connection to NATS was closed ({self.nats.last_error!r}); start this process again"
                )
            if self.nats.is_connected:
                with suppress(*CLUSTER_ERRORS):
                    await bounded(self.nats.publish(inbox))
            await asyncio.sleep(probe_every_s)
            unanswered = unanswered + 1 if self.signs.count == seen else 0
            seen = self.signs.count
        raise ClusterUnreachable(
            f"the connection to NATS shows no sign of life and does not try to come back "
            f"({self.nats.last_error!r}); start this process again"
        )


class _Client(Client):
    """The client, trying on after a server that resets a connection while it is being opened."""

    async def _process_connect_init(self) -> None:
        """Say as an error of the connection, which is tried again, what uvloop says of writing to one that is gone.

        As it is said, it ends the client's task that connects, without a word and for good.
        """
        try:
            await super()._process_connect_init()
        except RuntimeError as error:
            raise ConnectionResetError(f"reset while it was opened: {error}") from error


@asynccontextmanager
async def connected(
    servers: str, name: str, copies: int, *, answers_within_s: float = REQUEST_TIMEOUT_S
) -> AsyncIterator[Cluster]:
    """Connect to servers, given as URLs with commas between, and make the streams that are missing.

    `copies` is on how many nodes each stream is kept, `answers_within_s` how long a request waits. Errors:
    `ClusterUnreachable`.
    """
    signs = _Signs()
    client = await _client(servers.split(","), name, signs)
    try:
        streams = client.jetstream(timeout=answers_within_s)
        yield Cluster(client, streams, await _made_ready(streams, copies), signs)
    finally:
        # What is unsent on a cable that was pulled would be waited for as long as TCP tries.
        with suppress(*CLUSTER_ERRORS):
            await bounded(client.close())


async def bounded(call: Awaitable[Answer]) -> Answer:
    """Await a call to the cluster for a bounded time, since one that is made while the client reconnects may never end.

    Errors: those of the call; TimeoutError.
    """
    async with asyncio.timeout(CALL_TIMEOUT_S):
        return await call


async def _client(servers: list[str], name: str, signs: _Signs) -> Client:
    async def on_error(error: Exception) -> None:
        await signs.note()
        _log.debug("cluster connection", error=repr(error))

    async def on_disconnected() -> None:
        if client.is_closed:
            return
        _log.warning("cut off from a NATS server; trying the others")

    async def on_reconnected() -> None:
        await signs.note()
        url = client.connected_url
        _log.info("connected again", server=None if url is None else f"{url.hostname}:{url.port}")

    client = _Client()
    user, password = _credentials(servers)
    try:
        async with asyncio.timeout(OPEN_TIMEOUT_S):
            await client.connect(
                servers,
                name=name,
                user=user,
                password=password,
                error_cb=on_error,
                disconnected_cb=on_disconnected,
                reconnected_cb=on_reconnected,
                connect_timeout=1,
                reconnect_time_wait=RECONNECT_EVERY_S,  # type: ignore[arg-type]  # Seconds; parts of them are fine.
                max_reconnect_attempts=-1,
                ping_interval=PING_EVERY_S,
                max_outstanding_pings=PINGS_UNANSWERED_MAX,
                pending_size=NODES_LOST_PENDING_BYTES,
            )
    except (*CLUSTER_ERRORS, nats.errors.NoServersError) as error:
        shown = ", ".join(server.rpartition("@")[2] for server in servers)
        raise ClusterUnreachable(
            f"no NATS server answers at {shown} ({error!r}); start them, or name others"
        ) from error
    return client


def _credentials(servers: list[str]) -> tuple[str | None, str | None]:
    """Return the user and password of all servers, if it is one and the same.

    For servers also name one another, without, and the client would try those in vain when it looks for another one.
    """
    named = {(url.username, url.password) for url in map(urlsplit, servers)}
    user, password = named.pop()
    return (None, None) if named else (user, password)


async def _made_ready(streams: JetStreamContext, copies: int) -> KeyValue:
    """Make the streams and the registry, waiting for the servers to find one another."""
    deadline = asyncio.get_running_loop().time() + OPEN_TIMEOUT_S
    while True:
        try:
            for config in _configurations(copies):
                await _ensure_stream(streams, config)
            return await _ensure_registry(streams, copies)
        except CLUSTER_ERRORS as error:
            if asyncio.get_running_loop().time() > deadline:
                raise ClusterUnreachable(
                    f"JetStream does not answer ({error}); are {copies} nodes running, one of them the leader?"
                ) from error
            await asyncio.sleep(RETRY_S)


def _configurations(copies: int) -> list[StreamConfig]:
    return [
        StreamConfig(
            name=COMMANDS,
            subjects=[COMMAND_SUBJECT],
            description="The journal: what is asked of the core, in order. Nothing in it is ever deleted by itself.",
            num_replicas=copies,
            storage=StorageType.FILE,
            duplicate_window=DUPLICATE_WINDOW_S,
            deny_delete=True,
            deny_purge=True,
        ),
        StreamConfig(
            name=OUTPUTS,
            subjects=[OUTPUT_SUBJECT],
            description="Outcomes, each once, from whichever replica is active.",
            num_replicas=copies,
            storage=StorageType.FILE,
            max_bytes=OUTPUTS_BYTES_MAX,
            discard=DiscardPolicy.OLD,
        ),
        StreamConfig(
            name=CHECKPOINTS,
            subjects=[CHECKPOINT_SUBJECT],
            description="State hashes of every replica.",
            num_replicas=copies,
            storage=StorageType.FILE,
            max_msgs=CHECKPOINTS_MAX,
            discard=DiscardPolicy.OLD,
        ),
    ]


async def _ensure_stream(streams: JetStreamContext, config: StreamConfig) -> None:
    assert config.name is not None
    try:
        await streams.stream_info(config.name)
    except NotFoundError:
        try:
            await streams.add_stream(config)
        except APIError as error:
            if error.err_code != STREAM_NAME_IN_USE:  # Somebody else was faster.
                raise


STREAM_NAME_IN_USE: Final = 10_058


async def _ensure_registry(streams: JetStreamContext, copies: int) -> KeyValue:
    try:
        return await streams.key_value(REGISTRY)
    except BucketNotFoundError:
        return await streams.create_key_value(
            KeyValueConfig(bucket=REGISTRY, replicas=copies, storage=StorageType.FILE, history=1)
        )
