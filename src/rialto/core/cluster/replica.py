"""A core replica: applies the log, and while it is the active one, writes outputs and answers questions.

    COMMANDS ─▶ core thread ─▶ own journal ─▶ told ─┬─▶ OUTPUTS           (active only)
                                                    ├─▶ projections       (active only)
                                                    └─▶ CHECKPOINTS       (always)

The standby does all that the active one does but write, so that it can go on from where OUTPUTS ends within one write.
Its steps to become active: take the lease, write the new epoch to OUTPUTS (from then on the server refuses the old
one), begin to project, write and answer. A deposed replica learns it from the server's refusal or the lost lease, and
is a standby again.

State: how far the log was fed; the epoch while active. Used on one event loop.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Protocol

import structlog

import rialto_core
from rialto.contracts.events import Outcome
from rialto.core.cluster.checkpoints import Checkpoint, Checkpoints
from rialto.core.cluster.connection import CLUSTER_ERRORS, Cluster
from rialto.core.cluster.lease import Lease
from rialto.core.cluster.log_reader import Entry, LogReader
from rialto.core.cluster.names import COMMANDS, TICKET
from rialto.core.cluster.output_log import Deposed, OutputLog
from rialto.core.cluster.questions import Questions
from rialto.core.errors import RuntimeBusy
from rialto.core.runtime import Runtime
from rialto.foundation.clock import SystemClock

TICK_S: Final = 0.25
"""How often the lease is renewed, or looked at."""

FULL_PAUSE_S: Final = 0.001
NO_TICKET: Final = 0
NO_OUTCOMES: Final = 1 << 62
"""A sequence number beyond all."""

_log = structlog.stdlib.get_logger(__name__)


class Projecting(Protocol):
    """What an active replica does besides: see `rialto.bootstrap.replica`."""

    async def begin(self) -> None:
        """Begin to write projections from their watermark on."""

    async def end(self) -> None:
        """Stop writing them."""

    async def forget_written(self) -> None:
        """Let go of outcomes that somebody has written: called now and then on a standby."""


class Replica:
    """One core of a cluster."""

    def __init__(
        self, cluster: Cluster, core: rialto_core.Runtime, runtime: Runtime, name: str, projecting: Projecting
    ) -> None:
        """Stand around a core that was opened on given times and tells; `runtime` is its own, started."""
        self.name = name
        self._core = core
        self._runtime = runtime
        self._projecting = projecting
        self._lease = Lease(cluster, name)
        self._checkpoints = Checkpoints(cluster)
        self._outputs = OutputLog(cluster)
        self._questions = Questions(cluster, core, runtime)
        self._reader = LogReader(cluster, COMMANDS, core.sequence_at_open + 1)
        self._stated: asyncio.Queue[Checkpoint] = asyncio.Queue()
        self._writing: asyncio.Task[None] | None = None
        self._stepping_down: asyncio.Task[None] | None = None
        self.epoch: int | None = None
        """The epoch, while this replica is active."""

    async def run(self) -> str:
        """Work until something makes it impossible, and say what.

        Errors: `LogUnusable`, `StatesDiffer`.
        """
        self._runtime.subscribe(self._take_outcomes, vital=True)
        await self._questions.listen()
        endless: list[Awaitable[Any]] = [
            self._feed(),
            self._stand_by_or_lead(),
            self._state_checkpoints(),
            self._checkpoints.watch(),
            self._runtime.wait_stopped(),
        ]
        tasks = [asyncio.ensure_future(work) for work in endless]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return str(next(iter(done)).result())
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._step_down("stopping")
            with suppress(*CLUSTER_ERRORS):
                await self._lease.release()

    # --- the log -----------------------------------------------------------------------------------------------

    async def _feed(self) -> None:
        async for entries in self._reader.batches():
            for entry in entries:
                await self._submit(entry)

    async def _submit(self, entry: Entry) -> None:
        """Give one message to the core, as soon as it has room."""
        is_whole = len(entry.data) >= TICKET.size
        ticket = TICKET.unpack_from(entry.data)[0] if is_whole else NO_TICKET
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
            await self._checkpoints.state(await self._stated.get())

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
        epoch = await self._lease.take()
        if epoch is None:
            return
        await self._outputs.begin(epoch)
        await self._projecting.begin()
        await self._questions.lead()
        self.epoch = epoch
        self._writing = asyncio.create_task(self._write(epoch))
        _log.info("active", replica=self.name, epoch=epoch, sequence=self._runtime.last_sequence)

    async def _write(self, epoch: int) -> None:
        while True:
            try:
                await self._outputs.write_next(epoch)
            except Deposed as deposed:
                # Not from in here, since stepping down waits for this task.
                self._stepping_down = asyncio.create_task(self._step_down(str(deposed)))
                return
            except CLUSTER_ERRORS as error:
                _log.warning("outputs not written; trying again", error=repr(error))
                await asyncio.sleep(TICK_S)
                with suppress(Deposed, *CLUSTER_ERRORS):
                    await self._outputs.resume(epoch)

    async def _step_down(self, reason: str) -> None:
        writing, self._writing = self._writing, None
        if self.epoch is None:
            return
        _log.warning("not active any more", replica=self.name, epoch=self.epoch, reason=reason)
        self.epoch = None
        if reason != "stopping":
            self._lease.lose()
        if writing is not None:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
        await self._questions.follow()
        await self._projecting.end()


def open_replica(
    directory: Path,
    *,
    checkpoint_commands: int,
    queue_capacity: int,
    on_progress: Callable[[int], object] | None = None,
) -> tuple[rialto_core.Runtime, Runtime]:
    """Open the journal of a replica and come to its state; blocks for as long as the replay takes.

    Errors: `JournalUnreadable`.
    """
    core = rialto_core.Runtime.open(
        directory,
        outcomes_from=NO_OUTCOMES,
        on_outcomes=lambda _encoded: None,
        on_progress=on_progress,
        queue_capacity=queue_capacity,
        checkpoint_commands=checkpoint_commands,
        given_time=True,
    )
    if core.cut_tail is not None:
        _log.warning("journal tail cut; the log has it still", detail=core.cut_tail)
    core.start_telling()
    return core, Runtime(core, SystemClock())
