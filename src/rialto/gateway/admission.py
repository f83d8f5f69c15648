"""Who is served when more is asked than can be done: cancels first, then orders, then reads; the rest is told busy.

Stands between every transport and the performer: HTTP, the WebSocket API and FIX offer each request before anything is
done for it. While there is time, a request starts at once. Otherwise it waits in a line with those of its urgency, and
every turn of the event loop starts a few: that keeps turns short, which bounds how long bytes lie unread.

How long a line may be follows from measured delay, never from a rate someone guessed. Each line measures how long it
takes between two of its starts; a request that would wait too long by that measure is refused as it comes, and one that
did wait too long when its turn comes. A burst may wait for `patience_s`; once a line has not been empty for
`interval_s` it is no burst, and only `target_s` is allowed (as CoDel has it, and the queues of large sites after it).

Requests of one urgency take turns by whose they are (`flow`), so that one who floods makes only himself wait. A line
never takes all: some starts of each turn are kept for those below it.

State: the lines, what is under way, counters. Belongs to the event loop's thread. Reads no clock but the one given, and
is driven by the functions given, so that a test can be the loop. Invariants: every request offered is started or
refused, once; the lines hold at most `waiting_max`; one client's order is its transport's matter, which offers the next
request of a connection only when the one before is decided.
"""

from collections import deque
from collections.abc import Callable, Hashable
from typing import Final, NamedTuple, Protocol

import msgspec

from rialto.wire.endpoints import Urgency

MEASUREMENTS: Final = 4
"""Over about how many measurements the measure goes."""

_CANCEL, _ORDER, _READ = Urgency.CANCEL, Urgency.ORDER, Urgency.READ


class AdmissionRules(msgspec.Struct, frozen=True, kw_only=True):
    """How long requests may wait, and how many may be under way."""

    target_s: float = 0.02
    """How long orders and reads may wait while there is always one waiting."""
    patience_s: float = 0.05
    """How long a request may wait in a burst, and a cancel at any time."""
    interval_s: float = 0.1
    """How long a burst may last."""
    starts_per_turn: int = 16
    """How many requests start in one turn of the loop."""
    orders_per_turn_min: int = 4
    """How many of these are orders, if so many wait, whatever cancels wait."""
    reads_per_turn_min: int = 2
    """How many are reads, if so many wait, whatever else waits."""
    cancels_under_way_max: int = 128
    orders_under_way_max: int = 256
    reads_under_way_max: int = 512
    """How many may be started and not yet answered; reads of history wait for the database, and cost nothing then."""
    waiting_max: int = 4_096
    """How many may wait, of all urgencies."""


class Driver(Protocol):
    """The event loop, as far as it is needed."""

    def call_soon(self, callback: Callable[[], None], /) -> object:
        """Call a function in the next turn."""

    def call_later(self, delay: float, callback: Callable[[], None], /) -> object:
        """Call a function after some seconds."""


class Candidate(Protocol):
    """A request that may be served. None of its methods may raise."""

    def flow(self) -> Hashable:
        """Say whose it is. Asked only when there is no time for all."""

    def start(self) -> None:
        """Begin. When it is answered, or never will be, `Admission.done` must be called."""

    def refuse(self) -> None:
        """Answer that the exchange is busy."""


class AdmissionCounters(msgspec.Struct):
    """What happened since the start, by urgency: cancels, orders, reads."""

    started: list[int] = msgspec.field(default_factory=lambda: [0, 0, 0])
    waited: list[int] = msgspec.field(default_factory=lambda: [0, 0, 0])
    """Of those started, the ones that had to wait."""
    refused: list[int] = msgspec.field(default_factory=lambda: [0, 0, 0])


class _Waiting(NamedTuple):
    since_s: float
    candidate: Candidate


class _Line:
    """What waits of one urgency: a queue for each flow, and the flows take turns."""

    __slots__ = ("count", "filled_at_s", "flows", "gap_s", "left_at_s", "rounds", "under_way", "under_way_max")

    def __init__(self, under_way_max: int) -> None:
        self.flows: dict[Hashable, deque[_Waiting]] = {}
        self.rounds: deque[Hashable] = deque()
        self.count = 0
        self.under_way = 0
        self.under_way_max = under_way_max
        self.gap_s = 0.0
        """The measure: how long it takes from one start out of the line to the next."""
        self.filled_at_s = 0.0
        """Since when there has always been one waiting."""
        self.left_at_s = 0.0
        """When one last left the line, or when the first came into it."""

    def add(self, flow: Hashable, waiting: _Waiting, now_s: float) -> None:
        if not self.count:
            self.filled_at_s = self.left_at_s = now_s
        queue = self.flows.get(flow)
        if queue is None:
            queue = self.flows[flow] = deque()
            self.rounds.append(flow)
        queue.append(waiting)
        self.count += 1

    def take(self) -> _Waiting:
        """Take out the next. Precondition: there is one."""
        flow = self.rounds.popleft()
        queue = self.flows[flow]
        waiting = queue.popleft()
        self.count -= 1
        if queue:
            self.rounds.append(flow)
        else:
            del self.flows[flow]
        return waiting

    def take_older(self, than_s: float) -> list[_Waiting]:
        """Take out all that wait since before a time."""
        old: list[_Waiting] = []
        for flow, queue in list(self.flows.items()):
            while queue and queue[0].since_s < than_s:
                old.append(queue.popleft())
            if not queue:
                del self.flows[flow]
        if old:
            self.count -= len(old)
            self.rounds = deque(flow for flow in self.rounds if flow in self.flows)
        return old

    def wait_s(self, flow: Hashable, still_s: float) -> float:
        """Predict how long one more of a flow would wait, at most: its own before it, and as many of each other.

        `still_s` is for how long nothing could start; the measure must not wait until something does.
        """
        queue = self.flows.get(flow)
        before = len(queue) * len(self.flows) if queue is not None else len(self.flows)
        return min(before, self.count) * max(self.gap_s, still_s)

    def note_left(self, number: int, now_s: float) -> None:
        """Measure."""
        sample_s = (now_s - self.left_at_s) / number
        self.gap_s += (sample_s - self.gap_s) / MEASUREMENTS
        self.left_at_s = now_s


class Admission:
    """Decides what starts when."""

    def __init__(self, rules: AdmissionRules, driver: Driver, now_s: Callable[[], float]) -> None:
        """`now_s` is a clock that goes on within a turn."""
        self.counters: Final = AdmissionCounters()
        self.rules: Final = rules
        self._driver = driver
        self._now_s = now_s
        self._lines: Final = (
            _Line(rules.cancels_under_way_max),
            _Line(rules.orders_under_way_max),
            _Line(rules.reads_under_way_max),
        )
        self._waiting = 0
        self._started_in_turn = 0
        self._is_turn_due = False
        self._is_look_due = False
        self._turned_at_s = 0.0
        """When the turn began that is under way. Precondition: the next is due."""
        self._turn_s = 0.0
        """How long the last turn took."""

    @property
    def waiting(self) -> list[int]:
        """How many wait, by urgency."""
        return [line.count for line in self._lines]

    @property
    def under_way(self) -> list[int]:
        """How many are started and not yet answered, by urgency."""
        return [line.under_way for line in self._lines]

    @property
    def is_busy(self) -> bool:
        """Whether anything waits."""
        return self._waiting > 0

    def now_s(self) -> float:
        """Tell the time that requests wait by."""
        return self._now_s()

    def offer(self, urgency: Urgency, candidate: Candidate, since_s: float | None = None) -> None:
        """Start a request or refuse it, now or later.

        `since_s` is when it came, by `now_s`, if that is not just now.
        """
        line = self._lines[urgency]
        if (
            not self._waiting
            and self._started_in_turn < self.rules.starts_per_turn
            and line.under_way < line.under_way_max
        ):
            self._start(urgency, line, candidate)
            return
        now_s = self._now_s()
        if since_s is None:
            since_s = now_s
        flow = candidate.flow()
        if self._has_room(urgency, line, flow, now_s, since_s):
            line.add(flow, _Waiting(since_s, candidate), now_s)
            self._waiting += 1
            self._schedule()
        else:
            self.counters.refused[urgency] += 1
            candidate.refuse()

    def would_refuse(self, urgency: Urgency, flow: Hashable) -> bool:
        """Tell whether a request that came now would be refused at once; it is counted as refused then."""
        line, now_s = self._lines[urgency], self._now_s()
        if not self._waiting or self._has_room(urgency, line, flow, now_s, now_s):
            return False
        self.counters.refused[urgency] += 1
        return True

    def done(self, urgency: Urgency) -> None:
        """Learn that something started is answered, or never will be."""
        self._lines[urgency].under_way -= 1
        if self._waiting:
            self._schedule()

    @property
    def _patience_s(self) -> float:
        """How long a request may have waited when its turn comes: never less than it takes for its turn to come."""
        return max(self.rules.patience_s, 2 * self._turn_s)

    def _has_room(self, urgency: Urgency, line: _Line, flow: Hashable, now_s: float, since_s: float) -> bool:
        waited_s = now_s - since_s
        if self._waiting >= self.rules.waiting_max or waited_s > self._patience_s:
            return False
        # What can start in the next turn hardly waits, whatever was measured before.
        if line.count < self.rules.starts_per_turn:
            return True
        still_s = 0.0 if self._is_turn_due else now_s - line.left_at_s
        return waited_s + line.wait_s(flow, still_s) <= self._allowed_s(urgency, line, now_s)

    def _allowed_s(self, urgency: Urgency, line: _Line, now_s: float) -> float:
        rules = self.rules
        is_standing = line.count > 0 and now_s - line.filled_at_s > rules.interval_s
        return rules.target_s if is_standing and urgency is not _CANCEL else rules.patience_s

    def _start(self, urgency: Urgency, line: _Line, candidate: Candidate) -> None:
        self._started_in_turn += 1
        if not self._is_turn_due:
            self._await_turn()
        line.under_way += 1
        self.counters.started[urgency] += 1
        candidate.start()

    def _schedule(self) -> None:
        """See to it that what waits is looked at: in the next turn, and for its age if nothing can start."""
        if not self._is_turn_due:
            self._await_turn()
        if not self._is_look_due:
            self._is_look_due = True
            self._driver.call_later(self.rules.target_s, self._look)

    def _await_turn(self) -> None:
        self._is_turn_due = True
        self._turned_at_s = self._now_s()
        self._driver.call_soon(self._turn)

    def _turn(self) -> None:
        """Begin a turn: start what its budget allows."""
        self._is_turn_due = False
        self._started_in_turn = 0
        self._turn_s = self._now_s() - self._turned_at_s
        if not self._waiting:
            return
        rules, (cancels, orders, reads) = self.rules, self._lines
        budget = rules.starts_per_turn
        reads_kept = min(rules.reads_per_turn_min, reads.count)
        orders_kept = min(rules.orders_per_turn_min, orders.count)
        budget -= self._start_waiting(_CANCEL, cancels, budget - orders_kept - reads_kept)
        budget -= self._start_waiting(_ORDER, orders, budget - reads_kept)
        self._start_waiting(_READ, reads, budget)

    def _start_waiting(self, urgency: Urgency, line: _Line, budget: int) -> int:
        """Start the next of a line; return how many. What has waited too long is refused on the way."""
        now_s = self._now_s()
        oldest_s = now_s - self._patience_s
        begun = 0
        while line.count and begun < budget and line.under_way < line.under_way_max:
            waiting = line.take()
            self._waiting -= 1
            if waiting.since_s < oldest_s:
                self.counters.refused[urgency] += 1
                waiting.candidate.refuse()
                continue
            begun += 1
            self.counters.waited[urgency] += 1
            self._start(urgency, line, waiting.candidate)
        if begun:
            line.note_left(begun, now_s)
        return begun

    def _look(self) -> None:
        """Refuse what has waited too long, though nothing starts. When a turn is due, that is for it to do."""
        self._is_look_due = False
        if not self._waiting:
            return
        if self._is_turn_due:
            self._schedule()
            return
        oldest_s = self._now_s() - self._patience_s
        for urgency, line in zip(Urgency, self._lines, strict=True):
            if line.count:
                old = line.take_older(oldest_s)
                self._waiting -= len(old)
                self.counters.refused[urgency] += len(old)
                for waiting in old:
                    waiting.candidate.refuse()
        if self._waiting:
            self._is_look_due = True
            self._driver.call_later(self.rules.target_s, self._look)
