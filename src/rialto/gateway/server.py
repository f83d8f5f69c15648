"""The HTTP server on one port: uvicorn on the running loop, with our bounds, our sockets and no signals of its own.

The caller owns the signals and the order of stopping: `stop` closes the port and idle connections, lets requests in
progress finish within `drain_seconds`, and returns; only then may the parts behind it stop. WebSocket connections are
handed to the protocol class the caller passes in, which speaks uvicorn's constructor
(`config`, `server_state`, `app_state`).
"""

import asyncio
import contextlib
import socket
from collections.abc import Generator, MutableMapping
from typing import Any, Final, Protocol

import msgspec
import uvicorn

from rialto.foundation.failures import ExpectedFailure
from rialto.gateway.edge import Edge
from rialto.gateway.http_protocol import bounded_protocol
from rialto.gateway.sites import Receive, Send

UNREAD_MILLISECONDS_MAX: Final = 30_000
"""How long what is sent may stay unacknowledged before the system ends a connection."""


class PortUnavailable(ExpectedFailure):
    """The address and port cannot be listened on."""


class AsgiApplication(Protocol):
    """What answers requests."""

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one ASGI connection scope."""


class ServerSettings(msgspec.Struct, frozen=True):
    """Where to listen and how patiently. Port 0 takes any free port."""

    host: str = "127.0.0.1"
    port: int = 8000
    backlog: int = 2_048
    keep_alive_seconds: int = 75
    drain_seconds: int = 10


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals alone: the process decides when to stop."""
        yield


class HttpServer:
    """Listens, serves, stops."""

    def __init__(
        self,
        application: AsgiApplication,
        edge: Edge,
        settings: ServerSettings,
        websocket_protocol: type[asyncio.Protocol] | None = None,
        *,
        listener: socket.socket | None = None,
    ) -> None:
        """Serve on `listener` if it is given, and close it in the end; otherwise open the port when started."""
        self._settings = settings
        self._server = _Server(
            uvicorn.Config(
                application,
                interface="asgi3",
                http=bounded_protocol(edge),
                ws=websocket_protocol or "none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=settings.keep_alive_seconds,
                timeout_graceful_shutdown=settings.drain_seconds,
            )
        )
        self._socket = listener
        self._serving: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The port listened on. Precondition: started."""
        assert self._socket is not None
        port: int = self._socket.getsockname()[1]
        return port

    async def start(self) -> None:
        """Listen and serve until `stop`. Errors: `PortUnavailable`."""
        if self._socket is None:
            self._socket = listen(self._settings)
        self._serving = asyncio.get_running_loop().create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started:
            if self._serving.done():
                self._serving.result()
            await asyncio.sleep(0.005)

    async def wait(self) -> None:
        """Return when the server has stopped; raise what made it stop, if something did."""
        assert self._serving is not None
        await asyncio.shield(self._serving)

    def stop_accepting(self) -> None:
        """Take no further connection; those there are go on until `stop`. Precondition: started."""
        for server in self._server.servers:
            server.close()

    async def stop(self) -> None:
        """Close the port, let requests in progress finish, close the connections."""
        if self._serving is None:
            return
        self._server.should_exit = True
        await self._serving
        self._serving = None


def listen(settings: ServerSettings) -> socket.socket:
    """Open the port. Errors: `PortUnavailable`."""
    try:
        return _listen(settings)
    except OSError as error:
        raise PortUnavailable(
            f"cannot listen on {settings.host} port {settings.port}: {error.strerror}; "
            "choose another port or stop what uses it"
        ) from error


def _listen(settings: ServerSettings) -> socket.socket:
    """Open the port. Says TCP by name: asyncio turns Nagle's delay off only on sockets that do."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            # Taken over by every connection. A client that takes nothing any more, or is gone without a word, would
            # hold a closing connection for a quarter of an hour.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MILLISECONDS_MAX)
        listener.bind((settings.host, settings.port))
        listener.listen(settings.backlog)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener
