"""What became of requests is counted by family and outcome, and being too busy is said."""

import pytest
from structlog.testing import capture_logs

from rialto.contracts.rejections import UnknownAccount
from rialto.core.errors import CommandRefused, RuntimeBusy, RuntimeStopped
from rialto.gateway.figures import RequestFigures, family_of, outcome_of
from rialto.gateway.spot import orders
from rialto.projections.projector import ProjectionsBehind
from rialto.wire.endpoints import Endpoint
from rialto.wire.errors import ApiError, ErrorCode


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (ErrorCode.UNKNOWN_ORDER_COMPOSITION.error(), "refused"),
        (ApiError(-1003, "wait", 429), "limited"),
        (ApiError(-1003, "banned", 418), "banned"),
        (ErrorCode.SERVER_BUSY.error(), "busy"),
        (RuntimeBusy("full"), "busy"),
        (ProjectionsBehind("late"), "busy"),
        (CommandRefused(UnknownAccount(1), 1, 1), "refused"),
        (TimeoutError(), "late"),
        (RuntimeStopped("closed"), "failed"),
        (ZeroDivisionError(), "failed"),
    ],
)
def test_how_a_request_ended(failure: Exception, expected: str) -> None:
    assert outcome_of(failure) == expected


def test_requests_are_counted_by_family() -> None:
    figures = RequestFigures()
    declared = [held for held in vars(orders).values() if isinstance(held, Endpoint)]
    for endpoint in declared:
        course = figures.begin()
        course.endpoint = endpoint
        assert figures.under_way == 1
        figures.note_answer(course)
    assert sum(held.answered for held in figures.families.values()) == len(declared)
    assert sum(held.durations.count for held in figures.families.values()) == len(declared)
    assert family_of(None) == "unknown"
    assert figures.families["order"].answered > 0
    assert figures.under_way == 0


def test_a_refusal_is_counted_by_its_code() -> None:
    figures = RequestFigures()
    figures.note_failure(figures.begin(), ErrorCode.UNKNOWN_ORDER_COMPOSITION.error())
    assert figures.refusals == {-1014: 1}
    assert figures.families["unknown"].failures == {"refused": 1}


def test_being_too_busy_is_said_with_the_reason() -> None:
    figures = RequestFigures()
    with capture_logs() as lines:
        figures.note_failure(figures.begin(), RuntimeBusy("the core's queue is full (9 submissions are under way)"))
        figures.note_failure(figures.begin(), RuntimeBusy("again"))
    (line,) = lines
    assert (line["event"], line["count"]) == ("requests refused as busy", 1)
    assert line["reason"] == "the core's queue is full (9 submissions are under way)"
