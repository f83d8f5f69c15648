"""One TCP connection: bytes in and out, between the transport and a session.

What is written in one turn of the event loop leaves in one write. A client that does not read is cut off.
"""

import asyncio
from typing import TYPE_CHECKING, Final, cast

import structlog

from rialto.fix.framing import Framer
from rialto.fix.refusals import Garbled
from rialto.fix.session import Session, Surroundings
from rialto.wire.errors import ApiError

if TYPE_CHECKING:
    from rialto.fix.server import Members

CLOSE_TIMEOUT_S: Final = 2.0
"""How long a client may take to read what is left, before it is cut off."""

_log = structlog.stdlib.get_logger(__name__)


class FixConnection(asyncio.Protocol):
    """A client's connection."""

    def __init__(self, surroundings: Surroundings, members: "Members") -> None:
        self._surroundings = surroundings
        self._members = members
        self._framer = Framer()
        self._pending: list[bytes] = []
        self._loop: Final = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        """The session it carries. Precondition: connected."""
        assert self._session is not None
        return self._session

    # --- the transport's calls ---------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin a session, or turn the client away."""
        # uvloop's transports do not derive from asyncio's.
        self._transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        address = peer[0] if isinstance(peer, tuple) else ""
        self._session = Session(self, address, self._surroundings)
        self._members.join(self)
        try:
            self._members.admit(address)
        except ApiError as error:
            self._surroundings.counters.turned_away += 1
            self._session.refuse(error)

    def data_received(self, data: bytes) -> None:
        """Hand messages to the session."""
        session = self.session
        if session.is_over:
            return
        self._framer.feed(data)
        try:
            while (body := self._framer.next()) is not None:
                session.receive(body)
        except Garbled as garbled:
            session.receive_garbled(garbled)

    def connection_lost(self, _failure: Exception | None) -> None:
        """End the session, if it is not over."""
        self._transport = None
        self.session.lost()
        self._members.leave(self)

    # --- the session's calls -----------------------------------------------------------------------------------

    def write(self, message: bytes) -> None:
        """Send a message, with whatever else is sent in this turn."""
        if not self._pending:
            self._loop.call_soon(self._flush)
        self._pending.append(message)

    def close(self) -> None:
        """Send what is left and no more, and disconnect once the client does, or when it takes too long.

        What still comes is read and dropped: closing before it is read would take the last words from the client.
        """
        self._flush()
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write_eof()
            self._transport.resume_reading()
            self._loop.call_later(CLOSE_TIMEOUT_S, self.abort)

    def abort(self) -> None:
        """Disconnect at once."""
        if self._transport is not None:
            self._transport.abort()

    def pause_reading(self) -> None:
        """Take in nothing for now."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Take in again what comes."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def _flush(self) -> None:
        pending, self._pending = self._pending, []
        transport = self._transport
        if transport is None or not pending or transport.is_closing():
            return
        transport.writelines(pending)
        if transport.get_write_buffer_size() > self._surroundings.limits.backlog_bytes_max:
            self._surroundings.counters.slow_readers += 1
            _log.warning("fix client does not read", service=self._surroundings.service.kind.value)
            transport.abort()
