"""Socket files for processes of one machine, opened with no moment at which others could connect.

A file left behind by a process that died is taken over; one that is answered is not. Who may be heard is for whoever
serves to say, by the user the other end runs under.

State of a server: the listening socket and the connections.
"""

import asyncio
import os
import socket
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

ADMINISTRATOR: Final = 0
"""The user id that may do everything on the machine."""

Converse = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_CREDENTIALS: Final = struct.Struct("3i")


class PrivateServer:
    """Serves connections on a socket file, each in a task of its own."""

    def __init__(
        self, path: Path, converse: Converse, *, bytes_max: int, connections_max: int, is_shared: bool = False
    ) -> None:
        """`bytes_max` is how much of what is read waits; with `is_shared` the file is its group's too."""
        self._path = path
        self._converse = converse
        self._bytes_max = bytes_max
        self._connections_max = connections_max
        self._is_shared = is_shared
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def is_crowded(self) -> bool:
        """Whether there are more connections than there may be."""
        return len(self._connections) > self._connections_max

    async def start(self) -> None:
        """Listen. Errors: OSError."""
        listener = _listen(self._path, self._connections_max, is_shared=self._is_shared)
        self._server = await asyncio.start_unix_server(self._connected, sock=listener, limit=self._bytes_max)

    async def stop(self) -> None:
        """Listen no longer, break off every conversation, and take the file away."""
        if self._server is None:
            return
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        self._path.unlink(missing_ok=True)
        self._server = None

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._converse(reader, writer)
        finally:
            writer.close()


def user_behind(writer: asyncio.StreamWriter) -> int:
    """Tell under which user the other end runs; this process's own where the system does not say."""
    if not hasattr(socket, "SO_PEERCRED"):
        return os.geteuid()
    connection: socket.socket = writer.get_extra_info("socket")
    user: int = _CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))[1]
    return user


def _listen(path: Path, backlog: int, *, is_shared: bool) -> socket.socket:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            path.unlink(missing_ok=True)
        else:
            raise OSError("another process answers on it")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o117 if is_shared else 0o177)
    try:
        listener.bind(str(path))
        listener.listen(backlog)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    finally:
        os.umask(mask)
    return listener
