"""A connection comes back by itself, or says that it does not: behind a proxy that breaks it, on the loop that is used.

The client of NATS ends some of its tasks without telling anybody. Each test here makes one of them end.
"""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import nats
import pytest
import uvloop

from rialto.core.cluster.connection import Cluster, connected
from rialto.core.cluster.log_watch import LOOKS_STILL_MAX, LogWatch
from rialto.core.errors import ClusterUnreachable, LogUnusable

RESET_AT_ONCE = struct.pack("ii", 1, 0)
PROBE_S = 0.05
COMPLAINT = b"-ERR 'Authentication Timeout'\r\n"


class Proxy:
    """Stands between a client and a server, and breaks connections as it is told."""

    def __init__(self, server: str) -> None:
        self._server = urlsplit(server)
        self._clients: set[asyncio.StreamWriter] = set()
        self._passing: set[asyncio.Task[None]] = set()
        self.resets = 0
        """How many of the next connections are reset behind the server's first line."""

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        try:
            yield f"nats://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()
            self.cut()
            await asyncio.gather(*self._passing, return_exceptions=True)

    def cut(self) -> None:
        for client in self._clients:
            client.transport.abort()

    def say(self, line: bytes) -> None:
        for client in self._clients:
            client.write(line)

    async def _serve(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        there, server = await asyncio.open_connection(self._server.hostname, self._server.port)
        if self.resets:
            self.resets -= 1
            client.write(await there.readline())
            client.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_ONCE)
            client.transport.abort()
            server.close()
            return
        self._clients.add(client)
        for source, target in ((reader, server), (there, client)):
            task = asyncio.create_task(pass_on(source, target))
            self._passing.add(task)
            task.add_done_callback(self._passing.discard)


async def pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(1 << 16):
            target.write(data)
            await target.drain()
    except OSError:
        pass
    finally:
        target.close()


def on_uvloop(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work())


async def eventually(call: Callable[[], Coroutine[Any, Any, object]]) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                await call()
            except (nats.errors.Error, TimeoutError):
                await asyncio.sleep(PROBE_S)
                continue
            return


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while True:
            if holds():
                return
            await asyncio.sleep(0)


def test_a_server_that_resets_while_one_connects_is_tried_again(nats_url: str) -> None:
    async def work() -> None:
        proxy = Proxy(nats_url)
        async with proxy.listening() as url, connected(url, "test", 1) as cluster:
            proxy.resets = 5
            proxy.cut()
            await eventually(lambda: cluster.registry.put("there", b"again"))
            assert proxy.resets == 0

    on_uvloop(work)


def test_a_client_that_gave_up_without_a_word_is_found_out(nats_url: str) -> None:
    async def work() -> None:
        proxy = Proxy(nats_url)
        async with proxy.listening() as url, connected(nats_url, "test", 1) as sound:
            client = await nats.connect(url, reconnect_time_wait=0, max_reconnect_attempts=-1)
            cluster = Cluster(client, client.jetstream(), sound.registry)
            lost = asyncio.create_task(cluster.wait_lost(PROBE_S))
            proxy.resets = 1_000
            proxy.cut()
            with pytest.raises(ClusterUnreachable, match="no sign of life"):
                await asyncio.wait_for(lost, 60)
            await client.close()

    on_uvloop(work)


def test_a_connection_that_is_closed_for_good_is_said(nats_url: str) -> None:
    async def work() -> None:
        proxy = Proxy(nats_url)
        async with proxy.listening() as url, connected(url, "test", 1) as cluster:
            lost = asyncio.create_task(cluster.wait_lost(PROBE_S))
            await eventually(lambda: cluster.registry.put("there", b"still"))
            assert not lost.done()
            proxy.say(COMPLAINT)
            with pytest.raises(ClusterUnreachable, match="authentication timeout"):
                await asyncio.wait_for(lost, 60)

    on_uvloop(work)


async def test_a_replica_that_stands_still_while_the_log_goes_on_is_ended(nats_url: str) -> None:
    async with connected(nats_url, "test", 1) as cluster:
        await cluster.streams.publish("rialto.commands", b"one")
        end = (await cluster.streams.publish("rialto.commands", b"other")).seq
        position = [end - 1]
        log = LogWatch(cluster, lambda: position[0])
        watching = asyncio.create_task(log.watch(0))
        await until(lambda: log.lag == 1)
        position[0] = end
        await until(lambda: log.lag == 0)
        for _ in range(2 * LOOKS_STILL_MAX):
            await cluster.streams.stream_info("COMMANDS")
        assert not watching.done(), "nothing is missing"
        await cluster.streams.publish("rialto.commands", b"third")
        with pytest.raises(LogUnusable, match=f"stands still at {end} while COMMANDS ends at {end + 1}"):
            await asyncio.wait_for(watching, 60)
