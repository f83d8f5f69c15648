"""Reads a stream from a sequence number on, without a gap, for as long as there is a cluster.

JetStream pushes to a consumer that lives in one node's memory. When that node is gone, nothing says so: a consumer that
is silent longer than its heartbeat allows is replaced by another one, which begins where this one ended. So is one that
skipped something. Each begins where the stream still holds what was read last, and not something else. A stream that
cannot be read for long is said, again and again. State: the next sequence number, and the last message.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, NamedTuple, NoReturn

import structlog
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from rialto.core.cluster.connection import CLUSTER_ERRORS, RETRY_S, Cluster, bounded
from rialto.core.errors import LogUnusable

HEARTBEAT_S: Final = 0.25
SILENCE_MAX_S: Final = 1.0
STALLED_AFTER_S: Final = 1.0
"""How long a consumer may have nothing to give, before it is seen whether the stream has."""

TRIES_UNSAID: Final = 8
"""How often in a row a stream may be unreadable, before each further time is said."""

ABANDONED_AFTER_S: Final = 10.0
SHORT_FOR_S: Final = 20.0
"""How long a stream may end before what was read of it: who has just become its leader may not have applied its log."""

SHORT_FIELDS: Final = 9
"""A message's reply subject: `$JS ACK stream consumer deliveries sequence consumer-sequence time waiting`, and two more
in front of the stream where the server says its domain and account."""

_log = structlog.stdlib.get_logger(__name__)


class Entry(NamedTuple):
    """A message of a stream."""

    sequence: int
    time_us: int
    data: bytes


class _NotThereYet(Exception):
    """The stream ends before what was read."""


class LogReader:
    """Reads one stream."""

    def __init__(self, cluster: Cluster, stream: str, next_sequence: int, short_for_s: float = SHORT_FOR_S) -> None:
        """Begin at a sequence number of the stream. One that ends before it may do so for a while."""
        self._short_for_s = short_for_s
        self._cluster = cluster
        self._stream = stream
        self.next_sequence = next_sequence
        self._last: Entry | None = None
        self._short_since_s: float | None = None

    async def batches(self) -> AsyncIterator[list[Entry]]:
        """Yield what there is and what comes, in lists, in order. Never ends.

        Errors: `LogUnusable` when the stream does not hold the next message, or ends before it.
        """
        failures = 0
        while True:
            try:
                await bounded(self._check_reach())
                failures = 0
                async with self._subscribed() as arrivals:
                    moved_s = time.monotonic()
                    while (entries := await self._arrived(arrivals)) is not None:
                        if entries:
                            moved_s = time.monotonic()
                            yield entries
                        elif time.monotonic() - moved_s > STALLED_AFTER_S:
                            if await self._is_stalled():
                                break
                            moved_s = time.monotonic()
            except (_NotThereYet, *CLUSTER_ERRORS) as error:
                failures += 1
                say = _log.debug if failures <= TRIES_UNSAID else _log.warning
                say("stream not readable now", stream=self._stream, at=self.next_sequence - 1, error=repr(error))
            await asyncio.sleep(RETRY_S)

    async def _is_stalled(self) -> bool:
        """Tell whether the stream has what follows while the consumer only says that it lives."""
        last_sequence = (await bounded(self._cluster.streams.stream_info(self._stream))).state.last_seq
        is_stalled = last_sequence >= self.next_sequence
        if is_stalled:
            _log.warning("stalled", stream=self._stream, at=self.next_sequence - 1, ends_at=last_sequence)
        return is_stalled

    async def _check_reach(self) -> None:
        """Make sure that the stream holds what was read, still, and what follows.

        Errors: `LogUnusable`; `_NotThereYet`, when the stream ends early and may be no more than behind.
        """
        state = (await self._cluster.streams.stream_info(self._stream)).state
        if state.messages and self.next_sequence < state.first_seq:
            raise LogUnusable(
                f"{self._stream} begins at {state.first_seq}, but {self.next_sequence} is needed here; "
                "see docs/runbooks/replace-a-node.md"
            )
        if self.next_sequence > state.last_seq + 1:
            self._note_short(state.last_seq)
        self._short_since_s = None
        if self._last is not None and self._last.sequence >= state.first_seq:
            there = await self._cluster.streams.get_msg(self._stream, self._last.sequence)
            if (there.data or b"") != self._last.data:
                raise LogUnusable(
                    f"{self._stream} holds another message at {self._last.sequence} than was read here: it has lost "
                    "its end and was written on; see docs/runbooks/replace-a-node.md"
                )

    def _note_short(self, last_sequence: int) -> NoReturn:
        """Wait for a leader that is behind its own log for a moment after it was elected; then believe it."""
        now_s = time.monotonic()
        self._short_since_s = self._short_since_s or now_s
        if now_s - self._short_since_s < self._short_for_s:
            raise _NotThereYet
        raise LogUnusable(
            f"{self._stream} ends at {last_sequence}, but {self.next_sequence - 1} was seen here: the stream has "
            "lost its end; see docs/runbooks/replace-a-node.md"
        )

    @asynccontextmanager
    async def _subscribed(self) -> AsyncIterator["_Arrivals"]:
        arrivals = _Arrivals()
        client = self._cluster.nats
        inbox = client.new_inbox()
        subscription = await bounded(
            client.subscribe(inbox, cb=arrivals.add, pending_msgs_limit=-1, pending_bytes_limit=-1)
        )
        try:
            await bounded(self._cluster.streams.add_consumer(self._stream, self._consumer(inbox)))
            yield arrivals
        finally:
            try:
                await bounded(subscription.unsubscribe())
            except CLUSTER_ERRORS:
                _log.debug("not unsubscribed", stream=self._stream)

    def _consumer(self, inbox: str) -> ConsumerConfig:
        return ConsumerConfig(
            deliver_subject=inbox,
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=self.next_sequence,
            ack_policy=AckPolicy.NONE,
            max_deliver=1,
            flow_control=True,
            idle_heartbeat=HEARTBEAT_S,
            inactive_threshold=ABANDONED_AFTER_S,
            num_replicas=1,
            mem_storage=True,
        )

    async def _arrived(self, arrivals: "_Arrivals") -> list[Entry] | None:
        """Wait for messages and return those that follow; None when another consumer is needed."""
        try:
            async with asyncio.timeout(SILENCE_MAX_S):
                await arrivals.wait()
        except TimeoutError:
            return None
        entries: list[Entry] = []
        for message in arrivals.take():
            if message.headers and "Status" in message.headers:
                # Flow control: what came before it has been taken.
                reply = message.reply or message.headers.get("Nats-Consumer-Stalled")
                if reply:
                    await bounded(self._cluster.nats.publish(reply))
                continue
            fields = message.reply.split(".")
            position = 5 if len(fields) == SHORT_FIELDS else 7
            sequence, time_ns = int(fields[position]), int(fields[position + 2])
            if sequence > self.next_sequence:
                return entries or None
            if sequence == self.next_sequence:
                self.next_sequence += 1
                self._last = Entry(sequence, time_ns // 1000, message.data)
                entries.append(self._last)
        return entries


class _Arrivals:
    """Messages as they come."""

    def __init__(self) -> None:
        self._messages: deque[Msg] = deque()
        self._is_any = asyncio.Event()

    async def add(self, message: Msg) -> None:
        self._messages.append(message)
        self._is_any.set()

    async def wait(self) -> None:
        await self._is_any.wait()

    def take(self) -> list[Msg]:
        self._is_any.clear()
        messages = list(self._messages)
        self._messages.clear()
        return messages
