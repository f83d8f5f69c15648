"""A core replica: applies the log, and while it is the active one, writes outputs and answers questions.

    COMMANDS ─▶ core thread ─▶ own journal ─▶ told ─┬─▶ OUTPUTS           (active only)
                                                    ├─▶ projections       (active only)
                                                    └─▶ CHECKPOINTS       (always)

The standby does all that the active one does but write, so that it can go on from where OUTPUTS ends within one write.
Its steps to become active: take the lease, write the new epoch to OUTPUTS (from then on the server refuses the old
one), begin to project, write and answer. A deposed replica learns it from the server's refusal or the lost lease, and
is a standby again.

Whatever works here either goes on or ends `run`, and so the process: nothing may stand still unseen.

State: how far the log was fed; the epoch while active. Used on one event loop.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import structlog

import rialto_core
from rialto.contracts.events import Outcome
from rialto.core.cluster.checkpoints import Checkpoint, Checkpoints
from rialto.core.cluster.connection import CLUSTER_ERRORS, Cluster
from rialto.core.cluster.lease import Lease
from rialto.core.cluster.log_reader import Entry, LogReader
from rialto.core.cluster.log_watch import LogWatch
from rialto.core.cluster.names import COMMANDS, TICKET, TICKET_BITS
from rialto.core.cluster.output_log import Deposed, OutputLog
from rialto.core.cluster.questions import Questions
from rialto.core.errors import RuntimeBusy
from rialto.core.runtime import Runtime
from rialto.foundation.clock import SystemClock

TICK_S: Final = 0.25
"""How often the lease is renewed, or looked at."""

END_WITHIN_S: Final = 5.0
STEP_DOWN_WITHIN_S: Final = 20.0

FULL_PAUSE_S: Final = 0.001
NO_TICKET: Final = 0
STOPPING: Final = "stopping"
NO_OUTCOMES: Final = 1 << 62
"""A sequence number beyond all."""

_log = structlog.stdlib.get_logger(__name__)


class Projecting(Protocol):
    """What an active replica does besides: see `rialto.bootstrap.replica`."""

    async def begin(self) -> None:
        """Begin to write projections from their watermark on."""

    async def end(self, *, is_deposed: bool) -> None:
        """Stop writing them; who was deposed at once."""

    async def forget_written(self) -> None:
        """Let go of outcomes that somebody has written: called now and then on a standby."""


class OpenReplica(NamedTuple):
    """The journal of a replica, opened."""

    journal: Path
    core: rialto_core.Runtime
    runtime: Runtime


class Replica:
    """One core of a cluster."""

    def __init__(self, cluster: Cluster, opened: OpenReplica, name: str, projecting: Projecting) -> None:
        """Stand around a core whose runtime was started."""
        self.name = name
        self._cluster = cluster
        self._journal, core, runtime = opened
        self._core = core
        self._runtime = runtime
        self._projecting = projecting
        self._lease = Lease(cluster, name)
        self.checkpoints = Checkpoints(cluster)
        self.log = LogWatch(cluster, lambda: runtime.last_sequence)
        self._outputs = OutputLog(cluster)
        self._questions = Questions(cluster, core, runtime)
        self._reader = LogReader(cluster, COMMANDS, core.sequence_at_open + 1)
        self._stated: asyncio.Queue[Checkpoint] = asyncio.Queue()
        self._writing: asyncio.Task[None] | None = None
        self._stepping_down: asyncio.Task[None] | None = None
        self._failed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.epoch: int | None = None
        """The epoch, while this replica is active."""

    @property
    def epoch_seen(self) -> int:
        """The epoch of whoever writes outputs, as last read here; 0 before anybody did."""
        return self._outputs.position.epoch

    async def run(self) -> str:
        """Work until something makes it impossible, and say what.

        Errors: `ClusterUnreachable`, when the connection is of no use any more; `LogUnusable`, `StatesDiffer`.
        """
        self._runtime.subscribe(self._take_outcomes, vital=True)
        await self._questions.listen()
        endless: list[Awaitable[Any]] = [
            self._feed(),
            self._stand_by_or_lead(),
            self._state_checkpoints(),
            self.checkpoints.watch(),
            self.log.watch(),
            self._cluster.wait_lost(),
            self._runtime.wait_stopped(),
            self._failed,
        ]
        tasks = [asyncio.ensure_future(work) for work in endless]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            ended = next(iter(done))
            # Said before anything is put in order, for that may take long.
            _log.error("the replica cannot go on", replica=self.name, error=repr(ended.exception() or ended.result()))
            return str(ended.result())
        finally:
            await self._wind_up(tasks)

    async def _wind_up(self, tasks: Sequence["asyncio.Future[Any]"]) -> None:
        """End in bounded time: the client of NATS takes a cancellation for itself when it comes at a bad moment."""
        for task in tasks:
            task.cancel()
        ended, left = await asyncio.wait(tasks, timeout=END_WITHIN_S)
        for task in ended:
            if not task.cancelled():
                task.exception()
        if left:
            _log.warning("not ended in time", tasks=[repr(task) for task in left])
        with suppress(*CLUSTER_ERRORS):
            async with asyncio.timeout(STEP_DOWN_WITHIN_S):
                await self._step_down(STOPPING)
                await self._lease.release()

    # --- the log -----------------------------------------------------------------------------------------------

    async def _feed(self) -> None:
        async for entries in self._reader.batches():
            for entry in entries:
                await self._submit(entry)

    async def _submit(self, entry: Entry) -> None:
        """Give one message to the core, as soon as it has room."""
        ticket = _ticket_of(entry)
        message = entry.data[TICKET.size :]
        while True:
            try:
                why = self._core.submit_ordered(ticket, entry.sequence, entry.time_us, message)
            except RuntimeBusy:
                await asyncio.sleep(FULL_PAUSE_S)
                continue
            if why is not None:
                _log.error("no command in the log; its number is used up", sequence=entry.sequence, reason=why)
            return

    def _take_outcomes(self, _outcomes: Sequence[Outcome]) -> None:
        told, checkpoints = self._core.take_told()
        self._outputs.add(told)
        for sequence, state_hash in checkpoints:
            self._stated.put_nowait(Checkpoint(self.name, sequence, state_hash))

    async def _state_checkpoints(self) -> None:
        while True:
            await self.checkpoints.state(await self._stated.get())

    # --- the lease ---------------------------------------------------------------------------------------------

    async def _stand_by_or_lead(self) -> None:
        while True:
            try:
                if self.epoch is None:
                    await self._stand_by()
                elif not await self._lease.renew():
                    await self._step_down("the lease was taken by another replica")
            except Deposed as deposed:
                await self._step_down(str(deposed))
            except CLUSTER_ERRORS as error:
                self._lease.forget_seen()
                _log.debug("lease not known now", error=repr(error))
            await asyncio.sleep(TICK_S)

    async def _stand_by(self) -> None:
        await self._outputs.refresh()
        await self._projecting.forget_written()
        if self._runtime.last_sequence < self._outputs.position.last:
            return  # Not before everything is applied that was told already.
        await self._tell_again()
        epoch = await self._lease.take()
        if epoch is None:
            return
        await self._outputs.begin(epoch)
        await self._projecting.begin()
        await self._questions.lead()
        self.epoch = epoch
        self._writing = asyncio.create_task(self._write(epoch))
        self._writing.add_done_callback(self._on_ended)
        _log.info("active", replica=self.name, epoch=epoch, sequence=self._runtime.last_sequence)

    async def _tell_again(self) -> None:
        """Make outcomes anew that nobody told: those between the end of OUTPUTS and this replica's start."""
        first = self._outputs.position.last + 1
        last = self._core.sequence_at_open
        if first > last or self._outputs.keeps(first):
            return
        _log.info("telling again what nobody told", first=first, last=last)
        tickets: list[int] = []
        async for entries in LogReader(self._cluster, COMMANDS, first).batches():
            tickets += [_ticket_of(entry) for entry in entries]
            if len(tickets) > last - first:
                break
        told = await asyncio.to_thread(rialto_core.tell_again, self._journal, first, tickets)
        self._outputs.add_before(told)

    async def _write(self, epoch: int) -> None:
        while True:
            try:
                await self._outputs.write_next(epoch)
            except Deposed as deposed:
                # Not from in here, since stepping down waits for this task.
                self._stepping_down = asyncio.create_task(self._step_down(str(deposed)))
                self._stepping_down.add_done_callback(self._on_ended)
                return
            except CLUSTER_ERRORS as error:
                _log.warning("outputs not written; trying again", error=repr(error))
                await asyncio.sleep(TICK_S)
                with suppress(Deposed, *CLUSTER_ERRORS):
                    await self._outputs.resume(epoch)

    def _on_ended(self, task: "asyncio.Task[None]") -> None:
        """End `run` with what ended a task beside it."""
        error = None if task.cancelled() else task.exception()
        if error is not None and not self._failed.done():
            self._failed.set_exception(error)

    async def _step_down(self, reason: str) -> None:
        writing, self._writing = self._writing, None
        if self.epoch is None:
            return
        _log.warning("not active any more", replica=self.name, epoch=self.epoch, reason=reason)
        self.epoch = None
        if reason != STOPPING:
            self._lease.lose()
        if writing is not None:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
        await self._questions.follow()
        await self._projecting.end(is_deposed=reason != STOPPING)


def _ticket_of(entry: Entry) -> int:
    """Return the ticket in front of a command; none if no gateway can have given it: lower ones are a core's own."""
    is_whole = len(entry.data) >= TICKET.size
    ticket: int = TICKET.unpack_from(entry.data)[0] if is_whole else NO_TICKET
    return ticket if ticket >> TICKET_BITS else NO_TICKET


def open_replica(
    directory: Path,
    *,
    checkpoint_commands: int,
    queue_capacity: int,
    segment_bytes_max: int = 64 << 20,
    snapshots: Path | None = None,
    on_progress: Callable[[int], object] | None = None,
) -> OpenReplica:
    """Open the journal of a replica and come to its state; blocks for as long as the replay takes.

    Errors: `JournalUnreadable`.
    """
    runtime = Runtime.open(
        directory,
        outcomes_from=NO_OUTCOMES,
        on_outcomes=lambda _outcomes: None,
        on_progress=on_progress,
        queue_capacity=queue_capacity,
        checkpoint_commands=checkpoint_commands,
        segment_bytes_max=segment_bytes_max,
        snapshots=snapshots,
        clock=SystemClock(),
    )
    runtime.compiled.start_telling()
    return OpenReplica(directory, runtime.compiled, runtime)
