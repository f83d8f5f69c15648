"""The hub: who reads which stream, and one encoding of each message for all of them.

Sources publish to a topic; the hub builds the payload once per time unit, frames it once per (combined or raw, unit)
and puts the same bytes before every reader.

State: the subscription table, and its topics by kind. All of it belongs to the event loop's thread.
Invariants: a topic is in the table only while somebody reads it; a reader that has left is in no channel.
Left out on purpose: history. A reader gets what happens after it subscribed.
"""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple, Protocol

import msgspec

from rialto.streams.connections import Connections, Member
from rialto.streams.framing import TimeUnit, binary_frame, text_frame
from rialto.streams.names import FindSymbol, Kind, Topic, parse_sbe_stream_name, parse_stream_name

Build = Callable[[TimeUnit], bytes]
"""Encodes one message in a time unit."""

SHUTDOWN_STREAM: Final = "!serverShutdown"


class Audience(NamedTuple):
    """How a reader wants its messages."""

    combined: bool
    unit: TimeUnit


class Reader(Member, Protocol):
    """A connection that reads market streams."""

    audience: Audience

    def offer(self, topic: Topic, frame: bytes) -> None:
        """Take a message that makes older ones of its topic worthless."""


class _Channel:
    """The readers of one topic, by how they want its messages."""

    __slots__ = ("_prefix", "audiences")

    def __init__(self, name: str) -> None:
        self.audiences: dict[Audience, dict[Reader, None]] = {}
        self._prefix = b'{"stream":%b,"data":' % msgspec.json.encode(name)

    def add(self, reader: Reader) -> bool:
        """Take in a reader; return whether it is a new one."""
        readers = self.audiences.setdefault(reader.audience, {})
        is_new = reader not in readers
        readers[reader] = None
        return is_new

    def remove(self, reader: Reader) -> bool:
        """Forget a reader; return whether it was one."""
        readers = self.audiences.get(reader.audience)
        if readers is None or reader not in readers:
            return False
        del readers[reader]
        if not readers:
            del self.audiences[reader.audience]
        return True

    def wrap(self, payload: bytes, audience: Audience) -> bytes:
        return b"%b%b}" % (self._prefix, payload) if audience.combined else payload


class Hub:
    """Connects sources of market data with the connections that read them."""

    def __init__(self, find_symbol: FindSymbol, connections: Connections) -> None:
        self.connections: Final = connections
        self._find_symbol = find_symbol
        self._channels: dict[Topic, _Channel] = {}
        self._by_kind: dict[Kind, dict[Topic, None]] = {kind: {} for kind in Kind}
        self._watchers: list[Callable[[Topic], None]] = []

    # --- readers -----------------------------------------------------------------------------------------------

    def topic(self, name: str) -> Topic:
        """Return what a stream name stands for. Raises UnknownStream."""
        return parse_stream_name(name, self._find_symbol)

    def sbe_topic(self, name: str) -> Topic:
        """Return what the name of an SBE stream stands for. Raises UnknownStream."""
        return parse_sbe_stream_name(name, self._find_symbol)

    def subscribe(self, reader: Reader, name: str, topic: Topic) -> None:
        """Let a connection read a topic, under its stream name."""
        channel = self._channels.get(topic)
        if channel is None:
            channel = self._channels[topic] = _Channel(name)
            self._by_kind[topic.kind][topic] = None
        self.connections.subscriptions += channel.add(reader)
        for watcher in self._watchers:
            watcher(topic)

    def unsubscribe(self, reader: Reader, topic: Topic) -> None:
        """Take a topic from a connection. Does nothing if it did not read it."""
        channel = self._channels.get(topic)
        if channel is not None:
            self.connections.subscriptions -= channel.remove(reader)
            if not channel.audiences:
                del self._channels[topic]
                del self._by_kind[topic.kind][topic]

    def move(self, reader: Reader, topics: Iterable[Topic], audience: Audience) -> None:
        """Change how a connection wants its messages."""
        channels = [self._channels[topic] for topic in topics]
        for channel in channels:
            channel.remove(reader)
        reader.audience = audience
        for channel in channels:
            channel.add(reader)

    # --- sources -----------------------------------------------------------------------------------------------

    @property
    def topics_read(self) -> int:
        """How many streams somebody reads."""
        return len(self._channels)

    @property
    def is_read(self) -> bool:
        """Whether anybody reads anything."""
        return bool(self._channels)

    def reads(self, topic: Topic) -> bool:
        """Whether anybody reads a topic."""
        return topic in self._channels

    def topics(self, kind: Kind) -> list[Topic]:
        """Return the topics of a kind that are read."""
        return list(self._by_kind[kind])

    def watch(self, watcher: Callable[[Topic], None]) -> None:
        """Call `watcher` with the topic of every subscription to come."""
        self._watchers.append(watcher)

    def publish(self, topic: Topic, build: Build) -> None:
        """Put a message before the readers of a topic. `build` is called only if there are any."""
        channel = self._channels.get(topic)
        if channel is None:
            return
        counters = self.connections.counters
        payloads: dict[TimeUnit, bytes] = {}
        for audience, readers in channel.audiences.items():
            payload = payloads.get(audience.unit)
            if payload is None:
                payload = payloads[audience.unit] = build(audience.unit)
            self.connections.enqueue_frame(text_frame(channel.wrap(payload, audience)), readers)
            counters.deliveries += len(readers)
        counters.messages += 1

    def publish_binary(self, topic: Topic, build: Callable[[], bytes], *, newest_only: bool = False) -> None:
        """Put a binary message before the readers of a topic, the same for all.

        Of those that a reader has not been sent yet, `newest_only` leaves it the newest alone.
        """
        channel = self._channels.get(topic)
        if channel is None:
            return
        counters = self.connections.counters
        frame = binary_frame(build())
        for readers in channel.audiences.values():
            if newest_only:
                for reader in readers:
                    reader.offer(topic, frame)
            else:
                self.connections.enqueue_frame(frame, readers)
            counters.deliveries += len(readers)
        counters.messages += 1


class _Shutdown(msgspec.Struct):
    e: str
    E: int


def shutdown_frame(audience: Audience, now_us: int) -> bytes:
    """Return the frame that announces the server's end to a reader of market streams."""
    payload = msgspec.json.encode(_Shutdown("serverShutdown", audience.unit.of(now_us)))
    return text_frame(_Channel(SHUTDOWN_STREAM).wrap(payload, audience))
