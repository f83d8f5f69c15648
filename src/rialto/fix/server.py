"""A service on its port: listens, keeps the clock of its sessions, and takes leave of them.

State: the connections there are. The caller owns the order of stopping: `stop` announces the end, logs every client out
and closes the port; only then may the parts behind it stop.
"""

import asyncio
import socket
from contextlib import suppress
from typing import Final

import structlog

from rialto.fix.connection import CLOSE_TIMEOUT_S, FixConnection
from rialto.fix.limits import Attempts, FixCounters
from rialto.fix.session import NEWS, Surroundings
from rialto.gateway.server import ServerSettings, listen
from rialto.wire.errors import ErrorCode

BEAT_S: Final = 0.25
"""How often the sessions are looked after."""

ANSWER_TIMEOUT_S: Final = 5.0
"""How long a service that stops waits for the answers to what was asked before, and for clients to disconnect."""

FAREWELL: Final = "Your connection is about to be closed. Please reconnect."
STOPPED: Final = "The server is shutting down."

_log = structlog.stdlib.get_logger(__name__)


class Members:
    """The connections to one service."""

    def __init__(self, attempts: Attempts, connections_max: int) -> None:
        self.all: Final[dict[FixConnection, None]] = {}
        self.is_closing = False
        self.emptied: Final = asyncio.Event()
        self._attempts = attempts
        self._connections_max = connections_max

    def admit(self, address: str) -> None:
        """Count an attempt to connect. Raises `ApiError`: -1034 for too many, -1016 when the service is closing."""
        if self.is_closing:
            raise ErrorCode.SERVICE_SHUTTING_DOWN.error()
        self._attempts.admit_address(address)
        if len(self.all) > self._connections_max:
            raise ErrorCode.TOO_MANY_CONNECTIONS.error(self._connections_max)

    def join(self, connection: FixConnection) -> None:
        """Take in a connection."""
        self.all[connection] = None
        self.emptied.clear()

    def leave(self, connection: FixConnection) -> None:
        """Forget a connection."""
        self.all.pop(connection, None)
        if not self.all:
            self.emptied.set()


class FixServer:
    """One service of the FIX API on one port."""

    def __init__(self, surroundings: Surroundings, host: str, port: int) -> None:
        """Port 0 takes any free port."""
        self._surroundings = surroundings
        self._settings = ServerSettings(host=host, port=port)
        self._members = Members(surroundings.attempts, surroundings.limits.connections_max)
        self._socket: socket.socket | None = None
        self._server: asyncio.Server | None = None
        self._beating: asyncio.Task[None] | None = None

    @property
    def counters(self) -> FixCounters:
        """Connections that were ended, by why."""
        return self._surroundings.counters

    @property
    def port(self) -> int:
        """The port listened on. Precondition: started."""
        assert self._socket is not None
        port: int = self._socket.getsockname()[1]
        return port

    @property
    def sessions(self) -> int:
        """How many connections there are, logged on or about to be."""
        return len(self._members.all)

    async def start(self) -> None:
        """Listen and serve until `stop`. Errors: `PortUnavailable`."""
        self._socket = listen(self._settings)
        self._server = await asyncio.get_running_loop().create_server(
            lambda: FixConnection(self._surroundings, self._members), sock=self._socket
        )
        self._beating = asyncio.create_task(self._beat())

    async def stop(self, notice_s: int = 0) -> None:
        """Take in nobody any more, leave clients `notice_s` to move, then log them out and close the port.

        A client is logged out once everything it asked before is answered, or when that takes too long.
        """
        if self._server is None:
            return
        self._members.is_closing = True
        every_s = self._surroundings.limits.news_every_seconds
        while notice_s > 0 and self._members.all:
            is_last = notice_s <= every_s
            self._announce(FAREWELL if is_last else f"You'll be disconnected in {notice_s} seconds. Please reconnect.")
            await asyncio.sleep(min(notice_s, every_s))
            notice_s -= every_s
        self._server.close()
        for connection in list(self._members.all):
            connection.session.leave(STOPPED)
        if not await self._is_empty_within(ANSWER_TIMEOUT_S):
            for connection in list(self._members.all):
                connection.session.log_out(STOPPED)
            if not await self._is_empty_within(2 * CLOSE_TIMEOUT_S):
                _log.warning("fix connections left", connections=len(self._members.all))
                for connection in list(self._members.all):
                    connection.abort()
        if self._beating is not None:
            self._beating.cancel()
        self._server = None

    async def _is_empty_within(self, seconds: float) -> bool:
        if self._members.all:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._members.emptied.wait(), seconds)
        return not self._members.all

    def _announce(self, headline: str) -> None:
        for connection in list(self._members.all):
            if connection.session.is_logged_on:
                connection.session.send(NEWS, {"Headline": headline})

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            for connection in list(self._members.all):
                try:
                    connection.session.beat()
                except Exception:
                    _log.exception("fix session failed")
                    connection.abort()
