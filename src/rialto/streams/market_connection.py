"""One market stream connection: the streams it reads and the requests that change them.

State: the streams it reads, in the order asked for. Invariant: once it has ended it is in no channel of the hub.
"""

from collections.abc import Iterable

from rialto.streams.connection import Connection
from rialto.streams.hub import Audience, Hub, shutdown_frame
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


class MarketStreamConnection(Connection):
    """A client of market streams."""

    def __init__(self, hub: Hub, audience: Audience, streams: Iterable[tuple[str, Topic]]) -> None:
        super().__init__(hub.connections)
        self.audience = audience
        self._hub = hub
        self._streams = dict(streams)

    def opened(self) -> None:
        """Start to read the streams named in the address."""
        for name, topic in self._streams.items():
            self._hub.subscribe(self, name, topic)

    def ended(self) -> None:
        """Read nothing more."""
        for topic in self._streams.values():
            self._hub.unsubscribe(self, topic)
        self._streams = {}

    def shutdown_notice(self, now_us: int) -> bytes:
        """Return the event in the form this connection reads."""
        return shutdown_frame(self.audience, now_us)

    def offer(self, topic: Topic, frame: bytes) -> None:  # noqa: ARG002 — for those that replace by it
        """Write a message that makes older ones of its topic worthless."""
        self._connections.enqueue_frame(frame, (self,))

    def reads(self, topic: Topic) -> bool:
        """Whether it reads a topic."""
        return topic in self._streams.values()

    def find_topic(self, name: str) -> Topic:
        """Return what a stream name stands for. Raises UnknownStream."""
        return self._hub.topic(name)

    def take(self, text: bytes) -> None:
        """Answer a request."""
        self.send(self._answer(text))

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
        if self._connections.subscriptions + len(new) > self._limits.subscriptions_max:
            raise InvalidRequest(2, "Invalid request: the server has no room for further streams, try again later")
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
            return self.find_topic(name)
        except UnknownStream as unknown:
            raise InvalidRequest(2, f"Invalid request: {unknown}") from None
