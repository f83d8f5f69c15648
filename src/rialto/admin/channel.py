"""The channel's end in the exchange: a socket file that reads a request a line and answers each.

State: the listening socket and the connections. Bounds: how many connections, how long a line, how long one may be
silent. Only processes of the user who runs the exchange, or of the machine's administrator, are heard, whatever the
file's mode. A file left behind by a process that died is taken over; one that is answered is not.
"""

import asyncio
import os
import socket
import struct
from pathlib import Path
from typing import Final

import msgspec
import structlog

from rialto.admin.requests import (
    LINE_BYTES_MAX,
    ControlAnswer,
    ControlRequest,
    ListMarkets,
    Market,
    SetMarketStatus,
)
from rialto.contracts.commands import SetSymbolStatus
from rialto.core.errors import CommandRefused, RuntimeBusy, RuntimeStopped
from rialto.core.runtime import Runtime

SOCKET_NAME: Final = "control.sock"
CONNECTIONS_MAX: Final = 16
SILENCE_TIMEOUT_S: Final = 30.0
ADMINISTRATOR: Final = 0
"""The user id that may do everything on the machine."""

_CREDENTIALS: Final = struct.Struct("3i")
_log = structlog.stdlib.get_logger(__name__)
_requests = msgspec.json.Decoder(ControlRequest)


class ControlUnavailable(Exception):
    """The channel's socket cannot be made."""


class ControlChannel:
    """Performs what the operator asks."""

    def __init__(self, path: Path, runtime: Runtime) -> None:
        self._path = path
        self._runtime = runtime
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen. Errors: `ControlUnavailable`."""
        try:
            listener = _listen(self._path)
        except OSError as error:
            raise ControlUnavailable(
                f"cannot open the operator's channel {self._path}: {error.strerror or error}; a shorter data directory "
                "helps where the path is too long"
            ) from error
        self._server = await asyncio.start_unix_server(self._connected, sock=listener, limit=LINE_BYTES_MAX)

    async def stop(self) -> None:
        """Listen no longer, break off what is silent, and take the file away."""
        if self._server is None:
            return
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        self._path.unlink(missing_ok=True)
        self._server = None

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._converse(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if len(self._connections) > CONNECTIONS_MAX or not _is_owner(writer.get_extra_info("socket")):
                return
            while line := await asyncio.wait_for(reader.readline(), SILENCE_TIMEOUT_S):
                writer.write(msgspec.json.encode(await self._answer(line)) + b"\n")
                await writer.drain()
        except (ValueError, TimeoutError, OSError):
            pass  # Too long a line, silence, or gone: nothing is owed any more.
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> ControlAnswer:
        try:
            request = _requests.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return ControlAnswer(refusal=f"this cannot be asked: {error}")
        try:
            return await self._perform(request)
        except CommandRefused as refused:
            return ControlAnswer(refusal=f"refused by the core: {refused.rejection!r}")
        except (RuntimeBusy, RuntimeStopped) as failure:
            return ControlAnswer(refusal=str(failure))

    async def _perform(self, request: ControlRequest) -> ControlAnswer:
        catalog = self._runtime.catalog
        match request:
            case ListMarkets():
                markets = tuple(Market(symbol.name, symbol.status) for symbol in catalog.symbols)
                return ControlAnswer(self._runtime.last_sequence, markets)
            case SetMarketStatus():
                symbol = catalog.symbol_named(request.symbol)
                if symbol is None:
                    return ControlAnswer(
                        refusal=f"there is no symbol {request.symbol!r}; rialto market list names them"
                    )
                outcome = await self._runtime.submit(SetSymbolStatus(symbol.id, request.status))
                _log.warning(
                    "market status set", symbol=symbol.name, before=symbol.status.value, now=request.status.value,
                    sequence=outcome.sequence,
                )  # fmt: skip
                return ControlAnswer(outcome.sequence, (Market(symbol.name, request.status),))


def _listen(path: Path) -> socket.socket:
    """Open the socket file, with no moment at which others could connect to it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            path.unlink(missing_ok=True)
        else:
            raise OSError("another process answers on it")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)
    try:
        listener.bind(str(path))
        listener.listen(CONNECTIONS_MAX)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    finally:
        os.umask(mask)
    return listener


def _is_owner(connection: socket.socket) -> bool:
    """Tell whether the other end is a process of the exchange's own user, where the system says whose it is."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, user, _ = _CREDENTIALS.unpack(credentials)
    return user in (os.geteuid(), ADMINISTRATOR)
