"""One WebSocket connection: the messages it sends, its limits, its heartbeat and its end.

picows calls it with frames; `Connections` calls it to write. Subclasses say what a message means. State: what is
pending in this turn of the loop, the pings awaiting an answer. Invariants: after `_end` it is among no connections and
nothing more is queued for it; what waits unsent never exceeds the backlog limit by more than one turn's messages.
"""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from typing import Final

import structlog
from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport

from rialto.streams.connections import Connections

NORMAL: Final = WSCloseCode.OK.value
PROTOCOL_ERROR: Final = WSCloseCode.PROTOCOL_ERROR.value
UNSUPPORTED: Final = WSCloseCode.UNSUPPORTED_DATA.value
INVALID_TEXT: Final = WSCloseCode.INVALID_TEXT.value
POLICY_VIOLATION: Final = WSCloseCode.POLICY_VIOLATION.value
TOO_BIG: Final = WSCloseCode.MESSAGE_TOO_BIG.value
INTERNAL_ERROR: Final = WSCloseCode.INTERNAL_ERROR.value

RATE_WINDOW_S: Final = 1.0

logger = structlog.get_logger(__name__)


class Connection(WSListener, ABC):
    """A client with a WebSocket."""

    def __init__(self, connections: Connections, *, messages_max: int | None = None) -> None:
        """`messages_max` is how many frames may arrive in any second; by default what the limits say."""
        self.pending: list[bytes] = []
        self.address = ""
        self._connections = connections
        self._limits = connections.limits
        self._loop = asyncio.get_running_loop()
        self._arrivals_s: deque[float] = deque(maxlen=messages_max or connections.limits.messages_max)
        self._pings: deque[bytes] = deque(maxlen=8)
        self._parts: list[bytes] = []
        self._parts_size = 0
        self._closing = False
        self._timer: asyncio.TimerHandle | None = None

    # --- what a kind of connection does ------------------------------------------------------------------------

    @abstractmethod
    def take(self, text: bytes) -> None:
        """Take a whole message: valid UTF-8, within the limits."""

    @abstractmethod
    def shutdown_notice(self, now_us: int) -> bytes:
        """Return the frame of the message that announces the server's end."""

    def opened(self) -> None:
        """Begin, now that messages can be written."""

    def ended(self) -> None:
        """Let go of everything; called once, and nothing is written afterwards."""

    def send(self, payload: bytes) -> None:
        """Write a text message, in order with all others; does nothing once the connection ends."""
        if not self._closing:
            self._connections.enqueue(self, payload)

    # --- called by picows --------------------------------------------------------------------------------------

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Begin."""
        self._transport = transport
        self._socket = transport.underlying_transport
        self._opened_at_s = self._answered_at_s = self._loop.time()
        peer = self._socket.get_extra_info("peername")
        self.address = str(peer[0]) if isinstance(peer, tuple) and peer else ""
        self._connections.join(self)
        self.opened()
        self._await_beat(self._opened_at_s)

    def on_ws_disconnected(self, transport: WSTransport) -> None:  # noqa: ARG002
        """Forget everything."""
        self._end()
        if self._timer is not None:
            self._timer.cancel()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:  # noqa: ARG002
        """Take a frame; whatever goes wrong ends this connection alone."""
        try:
            self._receive(frame)
        except Exception:
            logger.exception("stream_request_failed")
            self.close(INTERNAL_ERROR, "Internal error")

    def pause_writing(self) -> None:
        """Nothing: the backlog is watched at every write."""

    def resume_writing(self) -> None:
        """Nothing: see pause_writing."""

    # --- writing -----------------------------------------------------------------------------------------------

    @property
    def backlog_bytes(self) -> int:
        """How many bytes wait for the client to read them."""
        return int(self._socket.get_write_buffer_size())

    def flush(self) -> None:
        """Write what gathered in this turn, in one go; cut the client off if it does not read."""
        frames, self.pending = self.pending, []
        if self._socket.is_closing() or self._transport.is_close_frame_sent:
            return
        if len(frames) == 1:
            self._socket.write(frames[0])
        else:
            self._socket.writelines(frames)
        backlog = self._socket.get_write_buffer_size()
        if backlog > self._limits.backlog_bytes_max:
            self._connections.counters.slow_readers += 1
            logger.warning("slow_stream_reader_cut_off", backlog_bytes=backlog)
            self._end()
            self._socket.abort()

    def close(self, code: int, reason: str) -> None:
        """Say goodbye and disconnect: at the client's answer, or when the close timeout is over."""
        if self._closing:
            return
        if self.pending:
            self.flush()
        self._end()
        if not self._socket.is_closing():
            self._transport.send_close(WSCloseCode(code), reason)
            self._restart_timer(self._limits.close_timeout_s, self._socket.abort)

    def finish(self, code: int, reason: str) -> None:
        """Close: every request is answered as it is taken. Kinds of connection that answer later wait."""
        self.close(code, reason)

    def _end(self) -> None:
        if not self._closing:
            self._closing = True
            self._connections.leave(self)
            self.ended()

    def _restart_timer(self, delay_s: float, callback: Callable[[], object]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(delay_s, callback)

    # --- heartbeat ---------------------------------------------------------------------------------------------

    def _beat(self) -> None:
        now_s = self._loop.time()
        if now_s - self._answered_at_s >= self._limits.pong_timeout_s:
            self.close(POLICY_VIOLATION, "Pong timeout")
        else:
            payload = b"%d" % (self._connections.now_us() // 1000)
            self._pings.append(payload)
            self._transport.send_ping(payload)
            self._await_beat(now_s)

    def _await_beat(self, now_s: float) -> None:
        left_s = self._opened_at_s + self._limits.life_s - now_s
        if left_s > self._limits.ping_interval_s:
            self._restart_timer(self._limits.ping_interval_s, self._beat)
        else:
            # Timers may ring a little early. Whoever looked at the clock then would ping until it is time.
            self._restart_timer(max(0, left_s), self._end_life)

    def _end_life(self) -> None:
        self.close(NORMAL, "Connection life is over, connect again")

    def _take_pong(self, payload: bytes) -> None:
        """Count a pong as an answer only if it repeats a ping; one answers all pings before it."""
        if payload in self._pings:
            self._answered_at_s = self._loop.time()
            while self._pings and self._pings.popleft() != payload:
                pass

    # --- reading -----------------------------------------------------------------------------------------------

    def _receive(self, frame: WSFrame) -> None:
        kind = frame.msg_type
        if kind == WSMsgType.CLOSE:
            self._answer_close()
        elif self._closing:
            return
        elif frame.rsv1 or frame.rsv2 or frame.rsv3:
            self.close(PROTOCOL_ERROR, "Reserved bit set without an extension")
        elif self._is_too_often():
            self._connections.counters.excessive_senders += 1
            self.close(POLICY_VIOLATION, "Too many requests")
        elif kind == WSMsgType.PING:
            self._transport.send_pong(frame.get_payload_as_bytes())
        elif kind == WSMsgType.PONG:
            self._take_pong(frame.get_payload_as_bytes())
        elif kind == WSMsgType.BINARY:
            self.close(UNSUPPORTED, "Send requests as text")
        else:
            self._take_part(frame, continued=kind == WSMsgType.CONTINUATION)

    def _is_too_often(self) -> bool:
        now_s = self._loop.time()
        full = len(self._arrivals_s) == self._arrivals_s.maxlen and now_s - self._arrivals_s[0] < RATE_WINDOW_S
        self._arrivals_s.append(now_s)
        return full

    def _answer_close(self) -> None:
        if not self._transport.is_close_frame_sent:
            if self.pending:
                self.flush()
            self._transport.send_close(WSCloseCode.OK)
        self._end()
        self._transport.disconnect()
        self._restart_timer(self._limits.close_timeout_s, self._socket.abort)

    def _take_part(self, frame: WSFrame, *, continued: bool) -> None:
        """Join the parts of a fragmented message, and answer it when it is whole."""
        if continued is not bool(self._parts):
            self.close(PROTOCOL_ERROR, "Continuation frames out of order")
            return
        self._parts_size += frame.payload_size
        if self._parts_size > self._limits.message_bytes_max:
            self._connections.counters.excessive_senders += 1
            self.close(TOO_BIG, "Payload too long")
            return
        self._parts.append(frame.get_payload_as_bytes())
        if frame.fin:
            text = b"".join(self._parts)
            self._parts, self._parts_size = [], 0
            try:
                text.decode()
            except UnicodeDecodeError:
                self.close(INVALID_TEXT, "Text is not UTF-8")
                return
            self.take(text)
