"""The runtime on the event loop, embedded or a cluster's: submit and await, listen, ask.

Stands between everything that asks and the compiled core. Owns the futures of what is under way. What the core has
released is drained when its pipe becomes readable, decoded once, handed to the listeners in order, and only then
resolves the futures of those who asked: whoever sees a reply can rely on the listeners having seen its events.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Final, Protocol, Self

import msgspec
import structlog

import rialto_core
from rialto.contracts.commands import CancelAllOrders, CancelOrder, CancelOrderList, Command, SetSymbolStatus
from rialto.contracts.events import CommandRejected, Outcome, Released
from rialto.contracts.queries import Account, AccountAnswer, Answer, CatalogAnswer, Query, RefusedAnswer
from rialto.contracts.queries import Catalog as AskCatalog
from rialto.contracts.vocabulary import AccountClass, AccountKind
from rialto.core.catalog import Catalog
from rialto.core.errors import CommandRefused, RuntimeBusy, RuntimeStopped
from rialto.core.market import MarketViews
from rialto.foundation.clock import Clock, SystemClock

Listener = Callable[[Sequence[Outcome]], None]

origin: Final[ContextVar[object]] = ContextVar("origin", default=None)
"""What submits commands in this context, for listeners that tell their own from others': see `origin_of`."""

ACCOUNTS_CACHED_MAX: Final = 1_000_000
"""How many accounts of owners are remembered; then the memory starts over."""

RESERVE_SHARE: Final = 16
"""One part in so many of the queue is kept for commands that take away from the books."""

RELIEVING: Final = (CancelOrder, CancelAllOrders, CancelOrderList, SetSymbolStatus)
"""Commands that are taken when others are refused as busy: what ends a risk must go on for longest."""

_log = structlog.stdlib.get_logger(__name__)
_released = msgspec.msgpack.Decoder(list[Released])
_outcomes = msgspec.msgpack.Decoder(list[Outcome])
_encode = msgspec.msgpack.Encoder().encode


class Core(Protocol):
    """What a runtime stands on: the compiled core itself, or a gateway's stand-in for the cores of a cluster."""

    def submit(self, ticket: int, command: bytes, time_us: int | None = None) -> None: ...
    def query(self, ticket: int, query: bytes) -> None: ...
    def fileno(self) -> int: ...
    def drain(self) -> list[bytes]: ...
    def check(self) -> None: ...
    def close(self) -> None: ...
    def views(self) -> rialto_core.Views: ...

    @property
    def sequence_at_open(self) -> int: ...

    @property
    def under_way(self) -> int: ...


class Runtime:
    """A running core with its journal. Opened anywhere, then started on the event loop it serves."""

    def __init__(self, core: Core, clock: Clock, queue_capacity: int = 65_536, last_ticket: int = 0) -> None:
        """Stand on a core that has room for so many submissions. Tickets begin behind `last_ticket`."""
        self._core = core
        self._usual_max = queue_capacity - queue_capacity // RESERVE_SHARE
        self._clock = clock
        self._listeners: list[tuple[Listener, bool]] = []
        self._is_shedding: Callable[[], bool] = lambda: False
        self._is_shedding_all: Callable[[], bool] = lambda: False
        self.refused_busy = 0
        """How many commands were refused as busy before they came to the core's queue."""
        self._futures: dict[int, asyncio.Future[Any]] = {}
        self._commands: dict[int, tuple[Command, object]] = {}
        self._last_ticket = last_ticket
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped: asyncio.Future[str] | None = None
        self._accounts: dict[tuple[int, AccountClass], int] = {}
        self.last_sequence = core.sequence_at_open
        """The sequence number of the last command whose outcome the listeners have seen."""
        self.catalog = Catalog()
        self.market = MarketViews(core.views(), clock)

    @classmethod
    def open(
        cls,
        directory: Path,
        *,
        outcomes_from: int,
        on_outcomes: Callable[[list[Outcome]], object],
        on_progress: Callable[[int], object] | None = None,
        queue_capacity: int = 65_536,
        checkpoint_commands: int = 20_000,
        segment_bytes_max: int = 67_108_864,
        snapshots: Path | None = None,
        clock: Clock | None = None,
    ) -> Self:
        """Open a journal and come to its state; blocks for as long as the replay takes.

        It takes the newest sound snapshot in `snapshots` that is of a command before `outcomes_from`, and replays what
        follows it; a bad one is passed over with a warning.

        Outcomes from sequence number `outcomes_from` on are handed to `on_outcomes` in lists before this returns. With
        a `clock`, commands are submitted with their time, and the clock tells what time it is; without one, both are
        the machine's. Errors: `JournalUnreadable`.
        """
        core = rialto_core.Runtime.open(
            directory,
            outcomes_from=outcomes_from,
            on_outcomes=lambda encoded: on_outcomes(_outcomes.decode(encoded)),
            on_progress=on_progress,
            queue_capacity=queue_capacity,
            checkpoint_commands=checkpoint_commands,
            segment_bytes_max=segment_bytes_max,
            snapshots=snapshots,
            given_time=clock is not None,
        )
        for reason in core.passed_over:
            _log.warning("snapshot passed over", reason=reason)
        _log.info("state", sequence=core.sequence_at_open, snapshot=core.begun_with, replayed=core.replayed)
        if core.cut_tail is not None:
            _log.warning("journal tail cut", detail=core.cut_tail)
        return cls(core, clock or SystemClock(), queue_capacity)

    async def start(self) -> None:
        """Attach to the running event loop and load the catalogue."""
        self._loop = asyncio.get_running_loop()
        self._stopped = self._loop.create_future()
        self._loop.add_reader(self._core.fileno(), self._on_readable)
        early: list[Outcome] = []
        self._listeners.insert(0, (early.extend, True))
        sequence, answer = await self.inquire(AskCatalog())
        assert isinstance(answer, CatalogAnswer)
        self.catalog.load(answer)
        self.catalog.accept(outcome for outcome in early if outcome.sequence > sequence)
        self._listeners[0] = (self.catalog.accept, True)

    def subscribe(self, listener: Listener, *, vital: bool = False) -> None:
        """Call a listener with every list of outcomes, on the loop, in order.

        A listener must not raise. If one does, it is logged; a vital one stops the exchange, because what is derived
        from events would no longer be true.
        """
        self._listeners.append((listener, vital))

    def shed_when(self, is_shedding: Callable[[], bool], is_shedding_all: Callable[[], bool] = lambda: False) -> None:
        """Refuse commands as busy while a condition holds; those that are `RELIEVING` only while another does."""
        self._is_shedding = is_shedding
        self._is_shedding_all = is_shedding_all

    def now_us(self) -> int:
        """Tell the exchange's time in microseconds since the Unix epoch."""
        return self._clock.now_us()

    def enqueue(self, command: Command, time_us: int | None = None) -> "asyncio.Future[Outcome]":
        """Submit a command without waiting; the future brings its outcome, a refusal as its only event.

        Commands enter the journal in the order of these calls, so that a source with many commands to make can have
        many under way. `time_us` is given if and only if the runtime has a clock of its own. Errors: `RuntimeBusy`,
        `RuntimeStopped`; nothing was submitted then.
        """
        if isinstance(command, RELIEVING):
            is_busy = self._is_shedding_all()
        else:
            is_busy = self._is_shedding() or len(self._futures) >= self._usual_max
        if is_busy:
            self.refused_busy += 1
            raise RuntimeBusy(
                f"{len(self._futures)} commands are under way or projections are too far behind; try again"
            )
        future = self._new_future()
        try:
            self._core.submit(self._last_ticket, _encode({type(command).__name__: command}), time_us)
        except BaseException:
            del self._futures[self._last_ticket]
            raise
        self._commands[self._last_ticket] = (command, origin.get())
        return future

    async def submit(self, command: Command, time_us: int | None = None) -> Outcome:
        """Submit a command and wait until its outcome is durable.

        `time_us` is given if and only if the runtime has a clock of its own. Errors: `CommandRefused`, `RuntimeBusy`,
        `RuntimeStopped`. A caller that is canceled while waiting does not take the command back.
        """
        outcome = await self.enqueue(command, time_us)
        if outcome.events and isinstance(outcome.events[0], CommandRejected):
            raise CommandRefused(outcome.events[0].rejection, outcome.sequence, outcome.time_us)
        return outcome

    def command_of(self, outcome: Outcome) -> Command | None:
        """Return the command that led to an outcome, or None if it was not submitted here.

        Precondition: listeners are being told of the outcome; it is forgotten afterwards.
        """
        submitted = self._commands.get(outcome.ticket)
        return None if submitted is None else submitted[0]

    def origin_of(self, outcome: Outcome) -> object:
        """Return what `origin` was where the command was submitted that led to an outcome.

        Precondition: that of `command_of`.
        """
        submitted = self._commands.get(outcome.ticket)
        return None if submitted is None else submitted[1]

    def inquire(self, query: Query) -> "asyncio.Future[tuple[int, Answer]]":
        """Ask without waiting; the future brings the answer and the sequence number as of which it is true.

        It is resolved before the outcomes of whatever is submitted later. Errors: `RuntimeBusy`, `RuntimeStopped`;
        nothing was asked then.
        """
        future = self._new_future()
        try:
            self._core.query(self._last_ticket, _encode({type(query).__name__: query}))
        except BaseException:
            del self._futures[self._last_ticket]
            raise
        return future

    async def ask(self, query: Query) -> Answer:
        """Ask about the live state, as it is after everything submitted before.

        Errors: `CommandRefused` when the query names what does not exist, `RuntimeBusy`, `RuntimeStopped`.
        """
        sequence, answer = await self.inquire(query)
        if isinstance(answer, RefusedAnswer):
            raise CommandRefused(answer.rejection, sequence, self.now_us())
        return answer

    async def account_of(self, owner: int, account_class: AccountClass) -> int:
        """Return the account of an owner without scope. Errors: `CommandRefused` when there is none."""
        key = (owner, account_class)
        account = self._accounts.get(key)
        if account is None:
            answer = await self.ask(Account(owner, AccountKind(account_class)))
            assert isinstance(answer, AccountAnswer)
            account = answer.account
            if len(self._accounts) >= ACCOUNTS_CACHED_MAX:
                self._accounts.clear()
            self._accounts[key] = account
        return account

    def give_up(self, ticket: int, error: Exception) -> None:
        """Tell whoever waits for a submission that nothing will come of it here."""
        future = self._futures.pop(ticket, None)
        self._commands.pop(ticket, None)
        if future is not None and not future.done():
            future.set_exception(error)

    @property
    def compiled(self) -> rialto_core.Runtime:
        """The compiled core with its journal: a gateway of a cluster has none."""
        assert isinstance(self._core, rialto_core.Runtime), "a gateway of a cluster has no journal"
        return self._core

    def archive_before(self, archive: Path, sequence: int, *, segments_max: int) -> int:
        """Move closed segments whose commands all come before a sequence number to an archive; return how many.

        The oldest first, at most `segments_max` of them. A relative directory begins at the journal's. Takes long: not
        for the loop. Does nothing once the runtime is closed. Errors: `JournalUnreadable`; nothing is lost then, and
        another call tries again.
        """
        return self.compiled.archive_before(archive, sequence, segments_max=segments_max)

    def sync_figures(self) -> tuple[list[int], list[int], int, int]:
        """Return how the journal's syncs went since it was opened.

        Upper bounds in microseconds, how many took at most as long as each and, last, longer than all; how long all
        took together in microseconds; how many bytes were written.
        """
        return self.compiled.sync_figures()

    def take_slowest_sync_us(self) -> int:
        """Return how long the slowest sync since the last call took, in microseconds; 0 if there was none."""
        return self.compiled.take_slowest_sync_us()

    @property
    def under_way(self) -> int:
        """How many commands and queries were submitted and not yet answered for."""
        return self._core.under_way

    @property
    def stop_reason(self) -> str | None:
        """Why the core has stopped, or None while it runs."""
        return self._stopped.result() if self._stopped is not None and self._stopped.done() else None

    async def wait_stopped(self) -> str:
        """Wait until the core stops, for whatever reason, and return the reason."""
        assert self._stopped is not None, "the runtime was not started"
        return await asyncio.shield(self._stopped)

    def release(self) -> None:
        """Close a runtime that was opened and never started."""
        assert self._loop is None, "the runtime was started"
        self._core.close()

    async def close(self) -> None:
        """Finish what was submitted, make it durable, hand it on, and stop."""
        await asyncio.to_thread(self._core.close)
        if self._loop is not None:
            self._loop.remove_reader(self._core.fileno())
        self._drain()
        self._stop("closed")

    def _new_future(self) -> "asyncio.Future[Any]":
        assert self._loop is not None, "the runtime was not started"
        if self._stopped is not None and self._stopped.done():
            raise RuntimeStopped(f"the core has stopped: {self._stopped.result()}")
        self._last_ticket += 1
        future = self._futures[self._last_ticket] = self._loop.create_future()
        return future

    def _on_readable(self) -> None:
        try:
            self._drain()
            self._core.check()
        except RuntimeStopped as error:
            self._stop(str(error))
        except Exception as error:
            # What was drained is gone: who listens would go on with a gap.
            _log.exception("what the core released was not handed out")
            self._stop(f"what the core released was not handed out: {error!r}")

    def _drain(self) -> None:
        for encoded in self._core.drain():
            self._hand_out(_released.decode(encoded))

    def _hand_out(self, released: Sequence[Released]) -> None:
        outcomes = [item for item in released if isinstance(item, Outcome)]
        if outcomes:
            self.last_sequence = outcomes[-1].sequence
            for listener, vital in self._listeners:
                self._call(listener, vital, outcomes)
        for item in released:
            future = self._futures.pop(item.ticket, None)
            self._commands.pop(item.ticket, None)
            if future is not None and not future.done():
                future.set_result(item if isinstance(item, Outcome) else (item.sequence, item.answer))

    def _call(self, listener: Listener, vital: bool, outcomes: Sequence[Outcome]) -> None:
        try:
            listener(outcomes)
        except Exception as error:
            _log.exception("listener failed", listener=repr(listener), sequence=outcomes[0].sequence, vital=vital)
            if vital:
                self._stop(f"a vital listener failed: {error}")

    def _stop(self, reason: str) -> None:
        if self._stopped is None or self._stopped.done():
            return
        self._stopped.set_result(reason)
        if self._loop is not None:
            self._loop.remove_reader(self._core.fileno())
        for future in self._futures.values():
            if not future.done():
                future.set_exception(RuntimeStopped(f"the core has stopped: {reason}"))
        self._futures.clear()
        self._commands.clear()
