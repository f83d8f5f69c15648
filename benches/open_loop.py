"""An open loop: requests leave at their planned times, whatever became of those before.

Latency counts from the planned time, so that what a slow server holds back is counted and not left out. Every request
is made beforehand; a process with its own event loop sends them over many connections, one request at a time on each,
and looks only at the status of an answer. When all connections are in use, requests wait, and their latency tells.
"""

import asyncio
import multiprocessing
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import cast

import uvloop

from benches.http_load import HEAD_END, LENGTH

CONNECTIONS = 768
PROCESSES = 2
LEAD_S = 0.3
"""How long after the last process is ready the first request leaves."""
TAIL_S = 12.0
"""How long answers are waited for after the last request."""
TICK_S = 0.001
UNANSWERED = 0


@dataclass(frozen=True, slots=True)
class Shot:
    """One request: what kind it is, when it leaves after the begin, and its bytes."""

    kind: str
    at_s: float
    request: bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of a shot: its status (`UNANSWERED` without one), its latency and how late it left."""

    kind: str
    at_s: float
    status: int
    latency_s: float
    late_s: float


@dataclass(slots=True)
class _Round:
    """All there is to know while the shots of one process leave."""

    shots: Sequence[Shot]
    began_s: float
    seen: list[Seen] = field(default_factory=list)
    free: list["_Gun"] = field(default_factory=list)
    due: deque[Shot] = field(default_factory=deque)
    answered: asyncio.Event = field(default_factory=asyncio.Event)


class _Gun(asyncio.Protocol):
    """One connection."""

    def __init__(self, state: _Round) -> None:
        self._state = state
        self._shot: Shot | None = None
        self._sent_s = 0.0
        self._received = b""
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._state.free.append(self)

    def fire(self, shot: Shot) -> None:
        self._shot = shot
        self._sent_s = time.monotonic()
        self.transport.write(shot.request)

    def data_received(self, data: bytes) -> None:
        received = self._received + data if self._received else data
        head_end = received.find(HEAD_END)
        if head_end >= 0:
            at = received.index(LENGTH) + len(LENGTH)
            if len(received) >= head_end + len(HEAD_END) + int(received[at : received.index(b"\r", at)]):
                self._received = b""
                self._note(int(received[9:12]))
                return
        self._received = received

    def connection_lost(self, _failure: Exception | None) -> None:
        if self in self._state.free:
            self._state.free.remove(self)
        if self._shot is not None:
            self._note(UNANSWERED, is_lost=True)

    def _note(self, status: int, *, is_lost: bool = False) -> None:
        shot, state = self._shot, self._state
        if shot is None:
            return
        planned_s = state.began_s + shot.at_s
        now_s = time.monotonic()
        state.seen.append(Seen(shot.kind, shot.at_s, status, now_s - planned_s, self._sent_s - planned_s))
        if len(state.seen) == len(state.shots):
            state.answered.set()
        self._shot = None
        if is_lost:
            return
        if state.due:
            self.fire(state.due.popleft())
        else:
            state.free.append(self)


def fire_all(host: str, port: int, shots: Sequence[Shot]) -> list[Seen]:
    """Send every shot at its time, from several processes; return what became of each."""
    began_s = time.monotonic() + LEAD_S + 1.0
    context = multiprocessing.get_context("fork")
    with context.Pool(PROCESSES) as pool:
        parts = [(host, port, shots[part::PROCESSES], began_s) for part in range(PROCESSES)]
        return [seen for part in pool.starmap(_fire_part, parts) for seen in part]


def _fire_part(host: str, port: int, shots: Sequence[Shot], began_s: float) -> list[Seen]:
    return uvloop.run(_fire(host, port, shots, began_s))


async def _fire(host: str, port: int, shots: Sequence[Shot], began_s: float) -> list[Seen]:
    loop = asyncio.get_running_loop()
    state = _Round(shots, began_s)
    for _ in range(CONNECTIONS // PROCESSES):
        await loop.create_connection(lambda: _Gun(state), host, port)
    guns = list(state.free)
    position = 0
    while position < len(shots):
        now_s = time.monotonic() - began_s
        while position < len(shots) and shots[position].at_s <= now_s:
            if state.free:
                state.free.pop().fire(shots[position])
            else:
                state.due.append(shots[position])
            position += 1
        await asyncio.sleep(TICK_S)
    with suppress(TimeoutError):
        await asyncio.wait_for(state.answered.wait(), TAIL_S)
    for gun in guns:
        gun.transport.abort()
    return state.seen
