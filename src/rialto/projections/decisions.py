"""Decisions on a product's stream: load what was recorded, decide, record; again when someone else was quicker.

A rule is a pure function of what the stream holds. What it decides, an event and what moves, is one command: both
happen or neither. There is no state between.

State: the events of streams decided on lately. They may be behind what others recorded; the core tells, and then they
are read again.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import select

from rialto.contracts.commands import Leg, Record
from rialto.contracts.events import Outcome
from rialto.contracts.rejections import StaleVersion
from rialto.contracts.vocabulary import StreamKey
from rialto.core.errors import CommandRefused, RuntimeBusy
from rialto.core.runtime import Runtime
from rialto.projections import tables
from rialto.projections.history import History
from rialto.projections.pages import Page

ATTEMPTS_MAX: Final = 20
STREAMS_KEPT_MAX: Final = 10_000


class Decision(NamedTuple):
    """What a rule decided: the product's own event, encoded, and what moves with it."""

    payload: bytes
    legs: tuple[Leg, ...] = ()


class Decided(NamedTuple):
    """A decision that is durable, and its outcome."""

    decision: Decision
    outcome: Outcome


Rule = Callable[[Sequence[bytes]], Decision | None]
"""Decides by the events of a stream, oldest first; None where nothing is to be done. Raises the product's refusals."""


class _Payload(msgspec.Struct, frozen=True, array_like=True):
    payload: bytes


class _Sequence(msgspec.Struct, frozen=True, array_like=True):
    sequence: int


class Decisions:
    """Decides on streams. One for all products: streams of different kinds never meet."""

    def __init__(self, runtime: Runtime, history: History, check: Callable[[], None] = lambda: None) -> None:
        """`check` raises where this process must not decide any more; it is asked right before anything is recorded."""
        self.check: Final = check
        self._runtime = runtime
        self._history = history
        self._kept: OrderedDict[StreamKey, tuple[bytes, ...]] = OrderedDict()

    async def events(self, stream: StreamKey) -> tuple[bytes, ...]:
        """Read the events of a stream, oldest first; at least those of everything released before.

        Errors: those of `History`.
        """
        table = tables.stream_records
        found = await self._history.read(
            _Payload,
            Page(
                select(table.c.payload)
                .where(table.c.kind == stream.kind, table.c.id == stream.id)
                .order_by(table.c.version),
                newest_first=False,
            ),
        )
        return tuple(row.payload for row in found)

    async def sequence_of(self, stream: StreamKey, version: int) -> int:
        """Return the sequence number of the command that recorded an event. Precondition: it is there."""
        table = tables.stream_records
        newest = select(table.c.sequence).where(
            table.c.kind == stream.kind, table.c.id == stream.id, table.c.version == version
        )
        (row,) = await self._history.read(_Sequence, Page(newest, newest_first=False))
        return row.sequence

    async def decide(self, stream: StreamKey, rule: Rule) -> Decided | None:
        """Decide and record, all or nothing; None if the rule finds nothing to do.

        Errors: what the rule raises, and what `check` does; `CommandRefused`, of which an insufficient balance is the
        usual one; `RuntimeBusy`, `RuntimeStopped`, and those of `History`. With any of them nothing has changed, except
        with `TimeoutError` in a cluster, where asking for the stream's events tells.
        """
        for attempt in range(ATTEMPTS_MAX):
            events = self._kept.pop(stream, None)
            decision = None if events is None else _by_memory(rule, events)
            if events is None or decision is None:
                # What is remembered may be behind: nothing is refused, nor found done, but by what was just read.
                events = await self.events(stream)
                decision = rule(events)
            if decision is None:
                return None
            self.check()
            try:
                outcome = await self._runtime.submit(Record(stream, len(events), decision.legs, decision.payload))
            except CommandRefused as refused:
                if not isinstance(refused.rejection, StaleVersion):
                    raise
                await asyncio.sleep(0 if attempt == 0 else 0.002 * attempt)
                continue
            self._keep(stream, (*events, decision.payload))
            return Decided(decision, outcome)
        raise RuntimeBusy(f"{ATTEMPTS_MAX} others were quicker on stream {stream.kind} {stream.id}; try again")

    def _keep(self, stream: StreamKey, events: tuple[bytes, ...]) -> None:
        self._kept[stream] = events
        self._kept.move_to_end(stream)
        if len(self._kept) > STREAMS_KEPT_MAX:
            self._kept.popitem(last=False)


def _by_memory(rule: Rule, events: Sequence[bytes]) -> Decision | None:
    """Decide by events that may be behind; None where they lead to no decision, be it by a refusal of the rule."""
    with suppress(Exception):
        return rule(events)
    return None
