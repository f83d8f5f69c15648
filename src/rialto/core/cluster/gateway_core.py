"""A gateway's stand-in for the core: commands go to the log, outcomes and answers come from the replicas.

    submit ─▶ COMMANDS ─▶ replicas ─▶ OUTPUTS ─▶ follower (market views) ─┬─▶ drain
    query ──▶ the active replica ─────────────▶ held until views are there ┘

It offers what the embedded core offers, so that one `Runtime` stands on either. A command is sent again, under the same
id, until JetStream has it, and given up as unknown after `GIVE_UP_S`, well within the time in which JetStream knows an
id again: so it is applied once or never. An answer is released behind the outcomes it is true after.

State: what is under way by ticket, and the follower. Used on one event loop.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import msgspec
import structlog
from nats.aio.msg import Msg
from nats.js.api import Header

import rialto_core
from rialto.contracts.events import Outcome
from rialto.core.cluster.connection import CLUSTER_ERRORS, Cluster, bounded
from rialto.core.cluster.log_reader import Entry, LogReader
from rialto.core.cluster.names import (
    ASK_ACTIVE,
    ASK_ANY,
    COMMAND_SUBJECT,
    OUTPUTS,
    QUESTION,
    TICKET,
    TICKET_BITS,
)
from rialto.core.cluster.output_log import frames_of
from rialto.core.errors import ClusterUnreachable, LogUnusable, OutcomeUnknown, RuntimeBusy

SWEEP_EVERY_S: Final = 0.05
SEND_AGAIN_AFTER_S: Final = 0.5
"""How long JetStream may take to say that it has a command, before it is sent again."""

ASK_AGAIN_AFTER_S: Final = 0.3
"""How long the active replica may take to answer, before all are asked."""

GIVE_UP_S: Final = 30.0

_log = structlog.stdlib.get_logger(__name__)


class _Acknowledgement(msgspec.Struct):
    """What JetStream answers to a command."""

    seq: int = 0
    error: dict[str, object] | None = None


_read_acknowledgement = msgspec.json.Decoder(_Acknowledgement).decode


@dataclass(slots=True)
class _UnderWay:
    """A command or a question without an outcome or an answer."""

    message: bytes
    is_command: bool
    begun_s: float
    sent_s: float
    is_logged: bool = False


@dataclass(slots=True)
class _Held:
    """Answers that are true at a sequence number the follower has not reached."""

    sequence: int
    released: bytes = field(repr=False)


class GatewayCore:
    """The cluster, as a gateway's runtime sees it."""

    def __init__(self, cluster: Cluster, run: int, follower: rialto_core.Follower, start: tuple[int, int]) -> None:
        """`run` is a number that no other run of any gateway has; `start` is the sequence number at which the follower
        is, and the sequence number in OUTPUTS from which on it is to be fed."""
        self._cluster = cluster
        self._follower = follower
        self.first_ticket = run << TICKET_BITS
        self.sequence_at_open, first_output = start
        self._sequence = self.sequence_at_open
        self._reader = LogReader(cluster, OUTPUTS, first_output)
        self._under_way: dict[int, _UnderWay] = {}
        self._held: deque[_Held] = deque()
        self._outbox: deque[int] = deque()
        self._is_to_send = asyncio.Event()
        self._is_idle = asyncio.Event()
        self._inbox = cluster.nats.new_inbox()
        self._tasks: list[asyncio.Task[None]] = []
        self._give_up: Callable[[int, Exception], None] = lambda _ticket, _error: None
        self.capacity = 65_536

    async def start(self, give_up: Callable[[int, Exception], None], capacity: int) -> None:
        """Begin to send and to follow. `give_up` is told of every ticket that nothing will come of."""
        self._give_up, self.capacity = give_up, capacity
        await self._cluster.nats.subscribe(
            f"{self._inbox}.*", cb=self._on_reply, pending_msgs_limit=-1, pending_bytes_limit=-1
        )
        for work in (self._send(), self._follow(), self._sweep(), self._cluster.wait_lost()):
            task = asyncio.create_task(work)
            task.add_done_callback(self._on_ended)
            self._tasks.append(task)

    async def stop(self, timeout: float) -> None:
        """Wait for what is under way, `timeout` seconds at most, and stop."""
        self._is_idle.clear()
        if self._under_way:
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout):
                    await self._is_idle.wait()
        for task in self._tasks:
            task.remove_done_callback(self._on_ended)
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- what the embedded core offers, too --------------------------------------------------------------------

    def submit(self, ticket: int, command: bytes, time_us: int | None = None) -> None:
        """Send a command to the log. Errors: `RuntimeBusy`; it was not sent then."""
        assert time_us is None, "the log tells the time"
        self._enter(ticket, TICKET.pack(ticket) + rialto_core.journal_command(command), is_command=True)

    def query(self, ticket: int, query: bytes) -> None:
        """Ask a replica that has applied everything seen here. Errors: `RuntimeBusy`; nothing was asked then."""
        self._enter(ticket, QUESTION.pack(ticket, self._sequence) + query, is_command=False)

    def fileno(self) -> int:
        """Return what is readable when something waits to be drained."""
        return self._follower.fileno()

    def drain(self) -> list[bytes]:
        """Take what was released since the last call, in order."""
        return self._follower.drain()

    def check(self) -> None:
        """Raise `RuntimeStopped` if nothing more will come."""
        self._follower.check()

    def close(self) -> None:
        """Say that nothing more will come."""
        self._follower.fail("closed")

    def views(self) -> rialto_core.Views:
        """Return the market views."""
        return self._follower.views()

    @property
    def under_way(self) -> int:
        """How many commands and questions have no outcome or answer yet."""
        return len(self._under_way)

    def settle(self, outcomes: Sequence[Outcome]) -> None:
        """Note what came of commands: a listener of the runtime."""
        for outcome in outcomes:
            self._under_way.pop(outcome.ticket, None)

    # --- sending -----------------------------------------------------------------------------------------------

    def _enter(self, ticket: int, message: bytes, *, is_command: bool) -> None:
        if len(self._under_way) >= self.capacity:
            raise RuntimeBusy(f"{self.capacity} submissions are under way; try again")
        now_s = time.monotonic()
        self._under_way[ticket] = _UnderWay(message, is_command, now_s, now_s)
        self._outbox.append(ticket)
        self._is_to_send.set()

    async def _send(self) -> None:
        while True:
            await self._is_to_send.wait()
            self._is_to_send.clear()
            while self._outbox:
                ticket = self._outbox.popleft()
                under_way = self._under_way.get(ticket)
                if under_way is not None:
                    await self._send_one(ticket, under_way)

    async def _send_one(self, ticket: int, under_way: _UnderWay) -> None:
        is_again = under_way.sent_s != under_way.begun_s
        under_way.sent_s = time.monotonic()
        reply = f"{self._inbox}.{ticket}"
        try:
            if under_way.is_command:
                headers = {Header.MSG_ID.value: str(ticket)}
                await bounded(self._cluster.nats.publish(COMMAND_SUBJECT, under_way.message, reply, headers))
            else:
                subject = ASK_ANY if is_again else ASK_ACTIVE
                await bounded(self._cluster.nats.publish(subject, under_way.message, reply))
        except CLUSTER_ERRORS as error:
            _log.debug("not sent; it is sent again", ticket=ticket, error=repr(error))

    async def _sweep(self) -> None:
        """Send again what JetStream or a replica has not answered, and give up what takes too long."""
        while True:
            await asyncio.sleep(SWEEP_EVERY_S)
            now_s = time.monotonic()
            for ticket, under_way in list(self._under_way.items()):
                if now_s - under_way.begun_s > GIVE_UP_S:
                    del self._under_way[ticket]
                    self._give_up(ticket, OutcomeUnknown(f"nothing was heard of submission {ticket} in {GIVE_UP_S} s"))
                    continue
                patience = SEND_AGAIN_AFTER_S if under_way.is_command else ASK_AGAIN_AFTER_S
                if not under_way.is_logged and now_s - under_way.sent_s > patience:
                    self._outbox.append(ticket)
            if self._outbox:
                self._is_to_send.set()
            if not self._under_way:
                self._is_idle.set()

    # --- receiving ---------------------------------------------------------------------------------------------

    async def _on_reply(self, message: Msg) -> None:
        ticket = int(message.subject.rpartition(".")[2])
        under_way = self._under_way.get(ticket)
        if under_way is None or not message.data:
            return  # Nobody was there to answer: it is sent again.
        if under_way.is_command:
            acknowledged = _read_acknowledgement(message.data)
            if acknowledged.error is None:
                under_way.is_logged = True
            else:
                _log.warning("a command was not taken; it is sent again", ticket=ticket, error=acknowledged.error)
            return
        sequence, released = QUESTION.unpack_from(message.data)[1], message.data[QUESTION.size :]
        del self._under_way[ticket]
        if sequence <= self._sequence:
            self._follower.answer(released)
        else:
            self._held.append(_Held(sequence, released))

    async def _follow(self) -> None:
        async for entries in self._reader.batches():
            for entry in entries:
                self._take(entry)

    def _take(self, entry: Entry) -> None:
        for frame in frames_of(entry.data):
            self._sequence = self._follower.follow(frame)
            # Answers that are true now go behind what they are true after, and before what follows.
            for held in [held for held in self._held if held.sequence <= self._sequence]:
                self._held.remove(held)
                self._follower.answer(held.released)

    def _on_ended(self, task: "asyncio.Task[None]") -> None:
        """Stop the gateway when following is not possible any more."""
        error = None if task.cancelled() else task.exception()
        if error is not None:
            is_ours = isinstance(error, ClusterUnreachable | LogUnusable | ValueError)
            _log.error("the gateway cannot go on", error=str(error), exc_info=None if is_ours else error)
            self._follower.fail(str(error))
