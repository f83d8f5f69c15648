"""What the gateway has done: requests by family and outcome, and how long they took.

The performer notes every request here, whatever it came over. Only additions: a scrape makes metrics of them. Families
and outcomes are few, so the tables stay small whatever clients send.
"""

from time import perf_counter_ns
from typing import Any, Final

import structlog

from rialto.core.errors import CommandRefused, RuntimeBusy
from rialto.foundation.logging import Throttled
from rialto.foundation.metrics import LATENCY_BOUNDS_US, Distribution
from rialto.projections.history import HistoryBusy
from rialto.projections.projector import ProjectionsBehind
from rialto.wire.endpoints import ONLY_WEBSOCKET, Endpoint, Security
from rialto.wire.errors import ApiError

UNKNOWN: Final = "unknown"
"""The family of a request that was refused before it was known what it asks for."""

ANSWERED: Final = "answered"
REFUSED: Final = "refused"
LIMITED: Final = "limited"
BANNED: Final = "banned"
BUSY: Final = "busy"
LATE: Final = "late"
FAILED: Final = "failed"

_log = structlog.stdlib.get_logger(__name__)
_OF_STATUS: Final = {418: BANNED, 429: LIMITED, 503: BUSY}


class Course:
    """One request under way: when it began, and what it asks for once that is known."""

    __slots__ = ("began_ns", "endpoint")

    def __init__(self, began_ns: int) -> None:
        self.began_ns = began_ns
        self.endpoint: Endpoint[Any] | None = None


class FamilyFigures:
    """The requests of one family: how many ended how, and how long they took in microseconds."""

    __slots__ = ("answered", "durations", "failures")

    def __init__(self) -> None:
        self.answered = 0
        self.failures: dict[str, int] = {}
        self.durations = Distribution(LATENCY_BOUNDS_US)


class RequestFigures:
    """Counts of requests."""

    def __init__(self) -> None:
        self.families: Final[dict[str, FamilyFigures]] = {}
        """What became of requests, by family."""
        self.refusals: Final[dict[int, int]] = {}
        """Refusals by the API's error code."""
        self.under_way = 0
        """Requests that have begun and not ended."""
        self._by_endpoint: dict[Endpoint[Any] | None, FamilyFigures] = {}
        self._busy = Throttled(_log.warning, "requests refused as busy")

    def begin(self) -> Course:
        """Note that a request begins."""
        self.under_way += 1
        return Course(perf_counter_ns())

    def note_answer(self, course: Course) -> None:
        """Note that a request was answered."""
        self._end(course).answered += 1

    def note_failure(self, course: Course, failure: BaseException) -> None:
        """Note that a request was refused, or failed."""
        failures = self._end(course).failures
        if isinstance(failure, ApiError):
            self.refusals[failure.code] = self.refusals.get(failure.code, 0) + 1
        elif isinstance(failure, RuntimeBusy | HistoryBusy | ProjectionsBehind):
            self._busy.note(reason=str(failure), under_way=self.under_way)
        outcome = outcome_of(failure)
        failures[outcome] = failures.get(outcome, 0) + 1

    def _end(self, course: Course) -> FamilyFigures:
        self.under_way -= 1
        figures = self._by_endpoint.get(course.endpoint)
        if figures is None:
            family = family_of(course.endpoint)
            figures = self._by_endpoint[course.endpoint] = self.families.setdefault(family, FamilyFigures())
        figures.durations.observe((perf_counter_ns() - course.began_ns) // 1_000)
        return figures


def outcome_of(failure: BaseException) -> str:
    """Return what became of a request that failed so, in one word."""
    if isinstance(failure, ApiError):
        return _OF_STATUS.get(failure.status) or (REFUSED if failure.status < 500 else FAILED)
    if isinstance(failure, CommandRefused):
        return REFUSED
    if isinstance(failure, RuntimeBusy | HistoryBusy | ProjectionsBehind):
        return BUSY
    return LATE if isinstance(failure, TimeoutError) else FAILED


def family_of(endpoint: Endpoint[Any] | None) -> str:
    """Return what kind of call an endpoint is; `unknown` where there is none."""
    if endpoint is None:
        return UNKNOWN
    if endpoint.method == ONLY_WEBSOCKET:
        return "session"
    if endpoint.security is Security.TRADE:
        return "cancel" if endpoint.method == "DELETE" else "order"
    return "account" if endpoint.is_signed else "market"
