"""What may be recorded of refills, by what was recorded before. Pure: no clock, no I/O.

Every rule answers None where what it would record stands there already: asking twice changes nothing.
"""

from collections.abc import Callable, Sequence

from rialto.custody.refills.model import (
    Approved,
    Canceled,
    Ended,
    Lapsed,
    NoSuchRefill,
    Proposed,
    Refill,
    State,
    encode,
    refills_of,
)
from rialto.foundation.failures import ExpectedFailure
from rialto.projections.decisions import Decision

Rule = Callable[[Sequence[bytes]], Decision | None]


class RefillRefused(ExpectedFailure):
    """What cannot be done with a refill; the message says why, for operators."""


def propose(event: Proposed) -> Rule:
    """Propose to move something, unless a refill of the asset is open."""

    def rule(events: Sequence[bytes]) -> Decision | None:
        found = refills_of(events)
        return None if found and found[-1].state.is_open else Decision(encode(event))

    return rule


def lapse(number: int, event: Lapsed) -> Rule:
    """Record that a proposal is not wanted any more; what was agreed to stays."""

    def rule(events: Sequence[bytes]) -> Decision | None:
        found = refill_of(events, number)
        return Decision(encode(event)) if found.state is State.PROPOSED else None

    return rule


def approve(number: int, event: Approved) -> Rule:
    """Agree. Errors: `RefillRefused`, `NoSuchRefill`."""

    def rule(events: Sequence[bytes]) -> Decision | None:
        found = refill_of(events, number)
        if found.approved is not None and found.approved.by == event.by:
            return None
        if found.state is not State.PROPOSED:
            raise RefillRefused(f"the refill is {found.state.value} already")
        return Decision(encode(event))

    return rule


def cancel(number: int, event: Canceled) -> Rule:
    """Take it back. Errors: `RefillRefused`, `NoSuchRefill`."""

    def rule(events: Sequence[bytes]) -> Decision | None:
        found = refill_of(events, number)
        if found.state is State.CANCELED:
            return None
        if not found.state.is_open:
            raise RefillRefused(f"the refill is {found.state.value} already")
        return Decision(encode(event))

    return rule


def end(number: int, event: Ended) -> Rule:
    """Record what came of it, once. One that was canceled stays so unless something moved all the same."""

    def rule(events: Sequence[bytes]) -> Decision | None:
        found = refill_of(events, number)
        was_canceled = found.state is State.CANCELED and event.transaction is not None
        is_newest = len(refills_of(events)) == number
        return Decision(encode(event)) if is_newest and (found.state is State.APPROVED or was_canceled) else None

    return rule


def refill_of(events: Sequence[bytes], number: int) -> Refill:
    """Find a refill among those of its stream. Errors: `NoSuchRefill`."""
    found = refills_of(events)
    if not 0 < number <= len(found):
        raise NoSuchRefill("there is no such refill")
    return found[number - 1]
