"""Questions of gateways, answered by a replica: about live state, and for market views to begin with.

An answer is never older than what the asker has seen: a replica that is behind waits, a bounded time, and says nothing
if it does not get there, so that another one can. The active replica is asked first, for it has applied whatever any
client was told of.
"""

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
import structlog
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

import rialto_core
from rialto.contracts.events import Answered
from rialto.contracts.queries import Query
from rialto.core.cluster.connection import CLUSTER_ERRORS, RETRY_S, Cluster, bounded
from rialto.core.cluster.names import ASK_ACTIVE, ASK_ANY, ASK_VIEWS, QUESTION, VIEWS_PART
from rialto.core.errors import ClusterUnreachable, RuntimeBusy, RuntimeStopped
from rialto.core.runtime import Runtime

CATCH_UP_S: Final = 2.0
LOOK_EVERY_S: Final = 0.001
ANSWERING_MAX: Final = 10_000
PART_BYTES: Final = 512 << 10
VIEWS_TIMEOUT_S: Final = 10.0
OPEN_TIMEOUT_S: Final = 60.0

_log = structlog.stdlib.get_logger(__name__)
_encode = msgspec.msgpack.Encoder().encode


def _decode(encoded: bytes) -> Query:
    """Read a question as the core's clients spell it: its name and its fields."""
    [(name, fields)] = msgspec.msgpack.decode(encoded).items()
    query: Query = msgspec.convert(fields, _QUERIES[name])
    return query


_QUERIES: Final = {kind.__name__: kind for kind in Query.__args__}


class Questions:
    """One replica's answers."""

    def __init__(self, cluster: Cluster, core: rialto_core.Runtime, runtime: Runtime) -> None:
        self._nats = cluster.nats
        self._core = core
        self._runtime = runtime
        self._leading: Subscription | None = None
        self._answering: set[asyncio.Task[None]] = set()

    async def listen(self) -> None:
        """Answer what every replica answers."""
        await bounded(self._nats.subscribe(ASK_ANY, cb=self._answerer(self._answer)))
        await bounded(self._nats.subscribe(ASK_VIEWS, queue="replicas", cb=self._answerer(self._send_views)))

    async def lead(self) -> None:
        """Answer what the active replica answers, too."""
        self._leading = await bounded(self._nats.subscribe(ASK_ACTIVE, cb=self._answerer(self._answer)))

    async def follow(self) -> None:
        """Leave that to another one."""
        leading, self._leading = self._leading, None
        if leading is not None:
            try:
                await bounded(leading.unsubscribe())
            except CLUSTER_ERRORS:
                _log.debug("not unsubscribed")

    def _answerer(self, answer: Callable[[Msg], Awaitable[None]]) -> Callable[[Msg], Awaitable[None]]:
        async def begin(question: Msg) -> None:
            if len(self._answering) >= ANSWERING_MAX:
                return  # The asker asks again.
            task = asyncio.create_task(self._finish(answer, question))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

        return begin

    async def _finish(self, answer: Callable[[Msg], Awaitable[None]], question: Msg) -> None:
        try:
            await answer(question)
        except (RuntimeBusy, RuntimeStopped, TimeoutError, *CLUSTER_ERRORS) as error:
            _log.debug("question not answered; the asker asks again", error=repr(error))
        except Exception:
            _log.exception("question not answered")

    async def _answer(self, question: Msg) -> None:
        ticket, least = QUESTION.unpack_from(question.data)
        await self._catch_up(least)
        sequence, answer = await self._runtime.inquire(_decode(question.data[QUESTION.size :]))
        released = _encode([Answered(ticket, sequence, answer)])
        await self._nats.publish(question.reply, QUESTION.pack(ticket, sequence) + released)

    async def _send_views(self, question: Msg) -> None:
        await self._catch_up(QUESTION.unpack_from(question.data)[1])
        sequence, snapshot = await asyncio.to_thread(self._core.snapshot_views)
        packed = await asyncio.to_thread(zlib.compress, snapshot, 1)
        parts = [packed[start : start + PART_BYTES] for start in range(0, len(packed), PART_BYTES)]
        for number, part in enumerate(parts):
            await self._nats.publish(question.reply, VIEWS_PART.pack(sequence, number, len(parts)) + part)

    async def _catch_up(self, least: int) -> None:
        for _ in range(round(CATCH_UP_S / LOOK_EVERY_S)):
            if self._runtime.last_sequence >= least:
                return
            await asyncio.sleep(LOOK_EVERY_S)
        raise TimeoutError(f"{least} is not applied here yet")


async def ask_views(cluster: Cluster, least: int) -> tuple[int, bytes]:
    """Ask the replicas for market views that are true at a sequence number not below `least`.

    Errors: `ClusterUnreachable` when no replica answers.
    """
    deadline = asyncio.get_running_loop().time() + OPEN_TIMEOUT_S
    while True:
        inbox = cluster.nats.new_inbox()
        replies = await cluster.nats.subscribe(inbox)
        try:
            await cluster.nats.publish(ASK_VIEWS, QUESTION.pack(0, least), inbox)
            parts: dict[int, bytes] = {}
            while True:
                reply = await replies.next_msg(VIEWS_TIMEOUT_S)
                if not reply.data:
                    raise TimeoutError("no replica is there")
                sequence, number, count = VIEWS_PART.unpack_from(reply.data)
                parts[number] = reply.data[VIEWS_PART.size :]
                if len(parts) == count:
                    return sequence, zlib.decompress(b"".join(parts[number] for number in range(count)))
        except CLUSTER_ERRORS as error:
            if asyncio.get_running_loop().time() > deadline:
                raise ClusterUnreachable(f"no core replica gives its market views ({error!r}); start one") from error
            await asyncio.sleep(RETRY_S)
        finally:
            await replies.unsubscribe()
