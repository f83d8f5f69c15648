"""The hub: who reads which stream, and one encoding of each message for all of them.

Sources publish to a topic; the hub builds the payload once per time unit, frames it once per (combined or raw, unit)
and puts the same bytes before every reader. What gathers for a reader in one turn of the loop leaves in one write.

State: the subscription table, the readers connected, counters. All of it belongs to the event loop's thread.
Invariants: a topic is in the table only while somebody reads it; a reader that has left is in no channel.
Left out on purpose: history. A reader gets what happens after it subscribed.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple, Protocol

import msgspec
import structlog

from rialto.streams.framing import TimeUnit, text_frame
from rialto.streams.limits import StreamLimits
from rialto.streams.names import Kind, Topic, parse_stream_name

Build = Callable[[TimeUnit], bytes]
"""Encodes one message in a time unit."""

GOING_AWAY: Final = 1001
SHUTDOWN_STREAM: Final = "!serverShutdown"

logger = structlog.get_logger(__name__)


class Audience(NamedTuple):
    """How a reader wants its messages."""

    combined: bool
    unit: TimeUnit


class Reader(Protocol):
    """A connection, as the hub sees it."""

    audience: Audience
    pending: list[bytes]

    def flush(self) -> None:
        """Write what is pending."""

    def close(self, code: int, reason: str) -> None:
        """Say goodbye and disconnect, within the close timeout."""


class StreamCounters(msgspec.Struct):
    """What happened since the start."""

    messages: int = 0
    """Messages published that somebody read."""
    deliveries: int = 0
    """The same, counted once per reader."""
    slow_readers: int = 0
    """Connections cut off because they did not read."""
    excessive_senders: int = 0
    """Connections closed because they sent too much or too often."""
    refused_upgrades: int = 0


class _Channel:
    """The readers of one topic, by how they want its messages."""

    __slots__ = ("_prefix", "audiences")

    def __init__(self, name: str) -> None:
        self.audiences: dict[Audience, dict[Reader, None]] = {}
        self._prefix = b'{"stream":%b,"data":' % msgspec.json.encode(name)

    def add(self, reader: Reader) -> None:
        self.audiences.setdefault(reader.audience, {})[reader] = None

    def remove(self, reader: Reader) -> None:
        readers = self.audiences.get(reader.audience)
        if readers is not None:
            readers.pop(reader, None)
            if not readers:
                del self.audiences[reader.audience]

    def wrap(self, payload: bytes, audience: Audience) -> bytes:
        return b"%b%b}" % (self._prefix, payload) if audience.combined else payload


class Hub:
    """Connects sources of market data with the connections that read them."""

    def __init__(
        self, find_symbol: Callable[[str], int | None], now_us: Callable[[], int], limits: StreamLimits | None = None
    ) -> None:
        self.limits: Final = limits or StreamLimits()
        self.counters: Final = StreamCounters()
        self.now_us: Final = now_us
        self.draining = False
        self._find_symbol = find_symbol
        self._channels: dict[Topic, _Channel] = {}
        self._readers: dict[Reader, None] = {}
        self._dirty: list[Reader] = []
        self._watchers: list[Callable[[Topic], None]] = []
        self._emptied = asyncio.Event()

    # --- readers -----------------------------------------------------------------------------------------------

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._readers)

    def topic(self, name: str) -> Topic:
        """Return what a stream name stands for. Raises UnknownStream."""
        return parse_stream_name(name, self._find_symbol)

    def join(self, reader: Reader) -> None:
        """Take in a connection."""
        self._readers[reader] = None
        self._emptied.clear()

    def leave(self, reader: Reader, topics: Iterable[Topic]) -> None:
        """Forget a connection and what it read."""
        for topic in topics:
            self.unsubscribe(reader, topic)
        self._readers.pop(reader, None)
        if not self._readers:
            self._emptied.set()

    def subscribe(self, reader: Reader, name: str, topic: Topic) -> None:
        """Let a connection read a topic, under its stream name."""
        channel = self._channels.get(topic)
        if channel is None:
            channel = self._channels[topic] = _Channel(name)
        channel.add(reader)
        for watcher in self._watchers:
            watcher(topic)

    def unsubscribe(self, reader: Reader, topic: Topic) -> None:
        """Take a topic from a connection. Does nothing if it did not read it."""
        channel = self._channels.get(topic)
        if channel is not None:
            channel.remove(reader)
            if not channel.audiences:
                del self._channels[topic]

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
    def is_read(self) -> bool:
        """Whether anybody reads anything."""
        return bool(self._channels)

    def reads(self, topic: Topic) -> bool:
        """Whether anybody reads a topic."""
        return topic in self._channels

    def topics(self, kind: Kind) -> list[Topic]:
        """Return the topics of a kind that are read."""
        return [topic for topic in self._channels if topic.kind is kind]

    def watch(self, watcher: Callable[[Topic], None]) -> None:
        """Call `watcher` with the topic of every subscription to come."""
        self._watchers.append(watcher)

    def publish(self, topic: Topic, build: Build) -> None:
        """Put a message before the readers of a topic. `build` is called only if there are any."""
        channel = self._channels.get(topic)
        if channel is None:
            return
        payloads: dict[TimeUnit, bytes] = {}
        for audience, readers in channel.audiences.items():
            payload = payloads.get(audience.unit)
            if payload is None:
                payload = payloads[audience.unit] = build(audience.unit)
            self._enqueue(text_frame(channel.wrap(payload, audience)), readers)
            self.counters.deliveries += len(readers)
        self.counters.messages += 1

    def enqueue(self, reader: Reader, payload: bytes) -> None:
        """Put one message before one reader, in order with all others."""
        self._enqueue(text_frame(payload), (reader,))

    def _enqueue(self, frame: bytes, readers: Iterable[Reader]) -> None:
        dirty = self._dirty
        if not dirty:
            asyncio.get_running_loop().call_soon(self._flush)
        for reader in readers:
            pending = reader.pending
            if not pending:
                dirty.append(reader)
            pending.append(frame)

    def _flush(self) -> None:
        dirty, self._dirty = self._dirty, []
        for reader in dirty:
            reader.flush()

    # --- the end -----------------------------------------------------------------------------------------------

    async def drain(self, notice_s: float = 0.0) -> None:
        """Announce the shutdown, leave clients `notice_s` to move, then close every connection and wait for the end.

        New connections are refused from the first moment. Takes at most the notice and twice the close timeout.
        """
        self.draining = True
        if not self._readers:
            return
        now_us = self.now_us()
        frames = {
            audience: text_frame(_shutdown_payload(audience, now_us))
            for audience in {reader.audience for reader in self._readers}
        }
        for reader in self._readers:
            self._enqueue(frames[reader.audience], (reader,))
        await asyncio.sleep(notice_s)
        for reader in list(self._readers):
            reader.close(GOING_AWAY, "Server shutdown")
        if self._readers:
            try:
                await asyncio.wait_for(self._emptied.wait(), 2 * self.limits.close_timeout_s)
            except TimeoutError:
                logger.warning("stream_connections_left", connections=len(self._readers))


class _Shutdown(msgspec.Struct):
    e: str
    E: int


def _shutdown_payload(audience: Audience, now_us: int) -> bytes:
    payload = msgspec.json.encode(_Shutdown("serverShutdown", audience.unit.of(now_us)))
    return _Channel(SHUTDOWN_STREAM).wrap(payload, audience)
