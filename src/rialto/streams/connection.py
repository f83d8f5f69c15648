"""One market stream connection: its streams, the requests it sends, its limits, its heartbeat and its end.

picows calls it with frames; the hub calls it to write. State: the streams it reads (in the order asked for), what is
pending in this turn of the loop, the pings awaiting an answer. Invariants: after `_end` it is in no channel and nothing
more is queued for it; what waits unsent never exceeds the backlog limit by more than one turn's messages.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final

import structlog
from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport

from rialto.streams.hub import Audience, Hub
from rialto.streams.names import Topic, UnknownStream
from rialto.streams.requests import (
    GetCombined,
    InvalidRequest,
    ListSubscriptions,
    Request,
    SetCombined,
    Subscribe,
    Unsubscribe,
    decode_request,
    encode_result,
)

NORMAL: Final = WSCloseCode.OK.value
PROTOCOL_ERROR: Final = WSCloseCode.PROTOCOL_ERROR.value
UNSUPPORTED: Final = WSCloseCode.UNSUPPORTED_DATA.value
INVALID_TEXT: Final = WSCloseCode.INVALID_TEXT.value
POLICY_VIOLATION: Final = WSCloseCode.POLICY_VIOLATION.value
TOO_BIG: Final = WSCloseCode.MESSAGE_TOO_BIG.value
INTERNAL_ERROR: Final = WSCloseCode.INTERNAL_ERROR.value

RATE_WINDOW_S: Final = 1.0

logger = structlog.get_logger(__name__)


class MarketStreamConnection(WSListener):
    """A client of market streams."""

    def __init__(self, hub: Hub, audience: Audience, streams: Iterable[tuple[str, Topic]]) -> None:
        self.audience = audience
        self.pending: list[bytes] = []
        self._hub = hub
        self._limits = hub.limits
        self._streams = dict(streams)
        self._loop = asyncio.get_running_loop()
        self._arrivals_s: deque[float] = deque(maxlen=hub.limits.messages_max)
        self._pings: deque[bytes] = deque(maxlen=8)
        self._parts: list[bytes] = []
        self._parts_size = 0
        self._closing = False
        self._timer: asyncio.TimerHandle | None = None

    # --- called by picows --------------------------------------------------------------------------------------

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Start to read the streams named in the address."""
        self._transport = transport
        self._socket = transport.underlying_transport
        self._opened_at_s = self._answered_at_s = self._loop.time()
        self._hub.join(self)
        for name, topic in self._streams.items():
            self._hub.subscribe(self, name, topic)
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
            self._hub.counters.slow_readers += 1
            logger.warning("slow_stream_reader_cut_off", backlog_bytes=backlog, streams=len(self._streams))
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

    def _end(self) -> None:
        if not self._closing:
            self._closing = True
            self._hub.leave(self, self._streams.values())
            self._streams = {}

    def _restart_timer(self, delay_s: float, callback: Callable[[], object]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(delay_s, callback)

    # --- heartbeat ---------------------------------------------------------------------------------------------

    def _beat(self) -> None:
        now_s = self._loop.time()
        if now_s - self._opened_at_s >= self._limits.life_s:
            self.close(NORMAL, "Connection life is over, connect again")
        elif now_s - self._answered_at_s >= self._limits.pong_timeout_s:
            self.close(POLICY_VIOLATION, "Pong timeout")
        else:
            payload = b"%d" % (self._hub.now_us() // 1000)
            self._pings.append(payload)
            self._transport.send_ping(payload)
            self._await_beat(now_s)

    def _await_beat(self, now_s: float) -> None:
        left_s = self._opened_at_s + self._limits.life_s - now_s
        self._restart_timer(min(self._limits.ping_interval_s, left_s), self._beat)

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
            self._hub.counters.excessive_senders += 1
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
        full = len(self._arrivals_s) == self._limits.messages_max and now_s - self._arrivals_s[0] < RATE_WINDOW_S
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
            self._hub.counters.excessive_senders += 1
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
            self._hub.enqueue(self, self._answer(text))

    def _answer(self, text: bytes) -> bytes:
        try:
            return self._carry_out(decode_request(text))
        except InvalidRequest as refusal:
            return refusal.reply

    def _carry_out(self, request: Request) -> bytes:
        result: bool | list[str] | None = None
        match request:
            case Subscribe(names=names):
                self._subscribe(names)
            case Unsubscribe(names=names):
                self._unsubscribe(names)
            case ListSubscriptions():
                result = list(self._streams)
            case SetCombined(combined=combined):
                self._hub.move(self, self._streams.values(), self.audience._replace(combined=combined))
            case GetCombined():
                result = self.audience.combined
        return encode_result(result, request.id)

    def _subscribe(self, names: list[str]) -> None:
        """Add streams: all of them, or none and an error."""
        new = {name: self._topic(name) for name in names if name not in self._streams}
        if len(self._streams) + len(new) > self._limits.streams_max:
            raise InvalidRequest(
                2, f"Invalid request: a connection can listen to at most {self._limits.streams_max} streams"
            )
        self._streams |= new
        for name, topic in new.items():
            self._hub.subscribe(self, name, topic)

    def _unsubscribe(self, names: list[str]) -> None:
        """Remove streams; one that was never added is no error as long as it could have been."""
        for name in names:
            if name not in self._streams:
                self._topic(name)
        for name in names:
            topic = self._streams.pop(name, None)
            if topic is not None:
                self._hub.unsubscribe(self, topic)

    def _topic(self, name: str) -> Topic:
        try:
            return self._hub.topic(name)
        except UnknownStream as unknown:
            raise InvalidRequest(2, f"Invalid request: {unknown}") from None
