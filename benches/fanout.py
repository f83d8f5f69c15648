"""One stream to many sockets: what a delivery costs the server, and how long it takes to arrive.

The server under test runs in one process and the readers in another, so that the processor time is the server's alone.
The same messages go through our hub, on the HTTP server's port, and through a plain server of the `websockets` library
with its `broadcast`, both on uvloop and without compression. Each message carries the moment it was published; readers
take the delay as soon as they have read it. All sockets are on loopback.
"""

import asyncio
import contextlib
import multiprocessing
import resource
import selectors
import socket
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Final

import uvicorn
import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve

from benches.figures import Row, Settings, row_of_samples, row_of_trials
from rialto.streams.connections import Connections
from rialto.streams.hub import Hub
from rialto.streams.limits import StreamLimits
from rialto.streams.market_streams import market_stream_handlers
from rialto.streams.names import Kind, Topic
from rialto.streams.protocol import websocket_protocol

NAME: Final = "fanout"
WORKLOAD: Final = "one stream to 500 sockets, messages of 1 kB, 50 turns a second"

SOCKETS: Final = 500
PAYLOAD_BYTES: Final = 1_024
FRAME_BYTES: Final = PAYLOAD_BYTES + 4
STAMP_DIGITS: Final = 20
TURN_S: Final = 0.02
BURSTS: Final = (1, 5)
PEER: Final = "websockets"

Publish = Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class Trial:
    """What one run gave: processor time per delivery, and delays."""

    cpu_us: float
    delays_ms: list[float]


@contextlib.asynccontextmanager
async def hub_server(listening: socket.socket) -> AsyncIterator[Publish]:
    """Serve our hub, on the port of an HTTP server."""
    limits = StreamLimits(attempts_max=0)
    hub = Hub(lambda _name: 0, Connections(lambda: time.time_ns() // 1_000, limits))
    protocol = websocket_protocol(
        market_stream_handlers(hub, lambda _name: None), message_bytes_max=limits.message_bytes_max
    )
    server = uvicorn.Server(uvicorn.Config(_no_application, ws=protocol, lifespan="off", log_config=None))
    serving = asyncio.create_task(server.serve([listening]))
    topic = Topic(Kind.TRADE, 0)
    yield lambda payload: hub.publish(topic, lambda _unit: payload)
    server.should_exit = True
    await serving


@contextlib.asynccontextmanager
async def peer_server(listening: socket.socket) -> AsyncIterator[Publish]:
    """Serve with the library alone."""
    connections: set[ServerConnection] = set()

    async def keep(connection: ServerConnection) -> None:
        connections.add(connection)
        await connection.wait_closed()
        connections.discard(connection)

    async with serve(keep, sock=listening, compression=None, ping_interval=None):
        yield lambda payload: broadcast(connections, payload.decode())


async def _no_application(_scope: Any, _receive: Any, _send: Callable[[Any], Awaitable[None]]) -> None:
    raise RuntimeError("this server has no pages")


SERVERS: Final = {"hub": hub_server, PEER: peer_server}


async def publish_all(server: str, listening: socket.socket, parent: Connection, turns: int, burst: int) -> None:
    """Serve, wait until every reader is there, publish, and report the processor time used."""
    async with SERVERS[server](listening) as publish:
        await asyncio.to_thread(parent.recv)
        await asyncio.sleep(0.3)
        began_s = time.process_time()
        due_s = time.monotonic()
        for _ in range(turns):
            for _ in range(burst):
                publish(str(time.monotonic_ns()).rjust(STAMP_DIGITS, "0").encode().ljust(PAYLOAD_BYTES, b"x"))
            due_s += TURN_S
            await asyncio.sleep(max(0.0, due_s - time.monotonic()))
        parent.send(time.process_time() - began_s)
        await asyncio.to_thread(parent.recv)


def run_server(server: str, listening: socket.socket, parent: Connection, turns: int, burst: int) -> None:
    """Be the server's process."""
    allow_sockets()
    uvloop.run(publish_all(server, listening, parent, turns, burst))


def allow_sockets() -> None:
    """Raise the limit of open files to what the system allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def read_all(port: int, messages: int, on_ready: Callable[[], None]) -> list[float]:
    """Open the sockets, read until each has every message, and return the delays in milliseconds."""
    selector = selectors.DefaultSelector()
    for _ in range(SOCKETS):
        reader = socket.create_connection(("127.0.0.1", port))
        reader.sendall(
            b"GET /ws/btcusdt@trade HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += reader.recv(1)
        reader.setblocking(False)
        selector.register(reader, selectors.EVENT_READ, bytearray())
    on_ready()
    delays_ms: list[float] = []
    awaited = SOCKETS * messages
    while len(delays_ms) < awaited:
        for key, _ in selector.select(timeout=10):
            buffer: bytearray = key.data
            buffer += key.fileobj.recv(1 << 16)  # type: ignore[union-attr]
            now_ns = time.monotonic_ns()
            whole = len(buffer) // FRAME_BYTES
            for frame in range(whole):
                stamp = frame * FRAME_BYTES + 4
                delays_ms.append((now_ns - int(buffer[stamp : stamp + STAMP_DIGITS])) / 1e6)
            del buffer[: whole * FRAME_BYTES]
    for key in list(selector.get_map().values()):
        key.fileobj.close()  # type: ignore[union-attr]
    return delays_ms


def measure(server: str, turns: int, burst: int) -> Trial:
    """Run one server against the readers."""
    processes = multiprocessing.get_context("spawn")
    ours, theirs = processes.Pipe()
    with socket.create_server(("127.0.0.1", 0), backlog=SOCKETS) as listening:
        process = processes.Process(target=run_server, args=(server, listening, theirs, turns, burst), daemon=True)
        process.start()
        delays_ms = read_all(listening.getsockname()[1], turns * burst, lambda: ours.send(None))
    cpu_s: float = ours.recv()
    ours.send(None)
    process.join()
    return Trial(cpu_s * 1e6 / (SOCKETS * turns * burst), delays_ms)


def run(settings: Settings) -> list[Row]:
    """Measure both servers, in turns, for each size of burst."""
    allow_sockets()
    turns = 25 if settings.is_quick else 250
    rows = []
    for burst in BURSTS:
        trials: dict[str, list[Trial]] = {server: [] for server in SERVERS}
        for _ in range(settings.trials):
            for server, measured in trials.items():
                measured.append(measure(server, turns, burst))
        peer_us = statistics.median(trial.cpu_us for trial in trials[PEER])
        for server, measured in trials.items():
            case = f"{server}, {burst} a turn"
            against = None if server == PEER else (PEER, peer_us)
            costs_us = [trial.cpu_us for trial in measured]
            rows.append(row_of_trials(case, "processor time per delivery", "µs", costs_us, against=against))
            rows.append(row_of_samples(case, "delay", "ms", [trial.delays_ms for trial in measured]))
    return rows
