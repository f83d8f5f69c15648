"""Many sockets, each with many streams, on a moving market: what arrives, how late, and what a socket costs.

The exchange runs as a process of its own with the market makers of the demonstration, which place and cancel orders all
along. The readers are another process on the same machine: every socket reads trades, aggregated trades, best prices
and depth of five symbols. The delay is from the time an event states until its frame was read, in microseconds, of
every eighth frame. In one case some clients do not read at all.
"""

import asyncio
import multiprocessing
import os
import socket
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import uvloop
from picows import WSFrame, WSListener, WSTransport, ws_connect

from benches.exchange_process import ExchangeProcess, moving_exchange
from benches.fanout import allow_sockets
from benches.figures import Row, Settings, percentiles_of, row_of_percentiles, row_of_trials

NAME: Final = "market_sockets"
WORKLOAD: Final = "2,000 sockets with 20 streams each, on a demonstration's moving market"

SOCKETS: Final = 2_000
KINDS: Final = ("trade", "aggTrade", "bookTicker", "depth@100ms")
SYMBOLS: Final = ("btcusdt", "ethusdt", "bnbusdt", "solusdt", "xrpusdt")
SECONDS: Final = 20
LOOKED_AT: Final = 8
NOT_READING: Final = 20
TIME_FIELD: Final = b'"E":'
TIME_DIGITS: Final = 16
PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")


def path(number: int) -> str:
    """Return the address of one socket: every socket begins with another symbol."""
    symbols = [SYMBOLS[(number + offset) % len(SYMBOLS)] for offset in range(len(SYMBOLS))]
    streams = "/".join(f"{symbol}@{kind}" for symbol in symbols for kind in KINDS)
    return f"/stream?streams={streams}&timeUnit=MICROSECOND"


class Reader(WSListener):
    """Counts frames, and takes the delay of some."""

    counted = 0
    bytes_read = 0
    delays_us: Final[list[int]] = []

    def on_ws_frame(self, _transport: WSTransport, frame: WSFrame) -> None:
        """Take a frame."""
        cls = Reader
        cls.counted += 1
        cls.bytes_read += frame.payload_size
        if cls.counted % LOOKED_AT == 0:
            payload = frame.get_payload_as_bytes()
            found = payload.find(TIME_FIELD)
            if found >= 0:
                stamp = int(payload[found + 4 : found + 4 + TIME_DIGITS])
                cls.delays_us.append(time.time_ns() // 1_000 - stamp)


async def read(host: str, port: int, sockets: int, seconds: float, parent: Connection) -> None:
    """Open the sockets, say so, read for some seconds when told to, and report."""
    for number in range(sockets):
        await ws_connect(Reader, f"ws://{host}:{port}{path(number)}")
    await asyncio.sleep(1)
    parent.send(None)
    await asyncio.get_running_loop().run_in_executor(None, parent.recv)
    Reader.counted = Reader.bytes_read = 0
    Reader.delays_us.clear()
    began_s = time.monotonic()
    await asyncio.sleep(seconds)
    took_s = time.monotonic() - began_s
    parent.send((Reader.counted / took_s, Reader.bytes_read / took_s, list(Reader.delays_us)))


def run_readers(host: str, port: int, sockets: int, seconds: float, parent: Connection) -> None:
    """Be the readers' process."""
    allow_sockets()
    uvloop.run(read(host, port, sockets, seconds, parent))


def resident_bytes(pid: int) -> int:
    """Tell how much memory a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE_BYTES


def connect_and_never_read(host: str, port: int) -> socket.socket:
    """Open a socket with a small buffer, ask for everything, and leave it."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    client.connect((host, port))
    head = f"GET {path(0)} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    client.sendall(f"{head}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode())
    return client


class Trial:
    """What one run gave."""

    def __init__(self, exchange: ExchangeProcess, sockets: int, seconds: float, *, not_reading: int) -> None:
        processes = multiprocessing.get_context("spawn")
        ours, theirs = processes.Pipe()
        before = resident_bytes(exchange.pid)
        arguments = (exchange.host, exchange.port, sockets, seconds, theirs)
        process = processes.Process(target=run_readers, args=arguments, daemon=True)
        process.start()
        ours.recv()
        idle = [connect_and_never_read(exchange.host, exchange.port) for _ in range(not_reading)]
        self.bytes_per_socket = (resident_bytes(exchange.pid) - before) / sockets
        began_us = exchange.processor_time_us()
        ours.send(None)
        self.messages_per_s, self.bytes_per_s, delays_us = ours.recv()
        self.processor_us = (exchange.processor_time_us() - began_us) / (self.messages_per_s * seconds)
        self.delays_ms = percentiles_of([delay / 1_000 for delay in delays_us])
        for client in idle:
            client.close()
        process.join()


def run(settings: Settings) -> list[Row]:
    """Measure with readers only, and with some that do not read."""
    allow_sockets()
    sockets, seconds = (200, 3) if settings.is_quick else (SOCKETS, SECONDS)
    rows = []
    for case, not_reading in (("all read", 0), (f"{NOT_READING} more do not read", NOT_READING)):
        trials = []
        for _ in range(settings.trials):
            with moving_exchange() as exchange:
                trials.append(Trial(exchange, sockets, seconds, not_reading=not_reading))
        rows += [
            row_of_trials(case, "messages delivered", "1/s", [trial.messages_per_s for trial in trials]),
            row_of_trials(case, "delivered", "MB/s", [trial.bytes_per_s / 1e6 for trial in trials]),
            row_of_percentiles(case, "from event to socket", "ms", [trial.delays_ms for trial in trials]),
            row_of_trials(case, "processor per message", "us", [trial.processor_us for trial in trials]),
            row_of_trials(case, "memory per socket", "kB", [trial.bytes_per_socket / 1e3 for trial in trials]),
        ]
    return rows
