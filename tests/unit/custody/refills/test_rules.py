"""What may follow what in a stream of refills."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rialto.custody.payouts.model import Outcome
from rialto.custody.refills import rules
from rialto.custody.refills.model import (
    Approved,
    Canceled,
    Direction,
    Ended,
    Lapsed,
    NoSuchRefill,
    Proposed,
    State,
    read_id,
    refills_of,
    stream_of,
)
from rialto.custody.refills.rules import RefillRefused, Rule

PROPOSED = Proposed("LTC", "LTC", Direction.REFILL, "warm", "5", "1", "10", "", 7)
AGREED = Approved("one", "ada", "ben", 8)
PAID, NOTHING = Ended(Outcome.PAID, "tx", "", 9), Ended(Outcome.DISSOLVED, None, "why", 9)


def after(*made: Rule) -> list[bytes]:
    events: list[bytes] = []
    for rule in made:
        decided = rule(events)
        assert decided is not None
        events.append(decided.payload)
    return events


def state(events: Sequence[bytes]) -> State:
    return refills_of(events)[-1].state


def test_one_refill_of_an_asset_is_open_at_a_time() -> None:
    events = after(rules.propose(PROPOSED))
    assert rules.propose(PROPOSED)(events) is None
    events = after(rules.propose(PROPOSED), rules.approve(1, AGREED))
    assert rules.propose(PROPOSED)(events) is None
    for over in (rules.end(1, PAID), rules.end(1, NOTHING), rules.cancel(1, Canceled("ada", "", 9))):
        ended = after(rules.propose(PROPOSED), rules.approve(1, AGREED), over, rules.propose(PROPOSED))
        assert [each.id for each in refills_of(ended)] == ["LTC-LTC-1", "LTC-LTC-2"]
        assert refills_of(ended)[0].payout != refills_of(ended)[1].payout


def test_what_is_approved_does_not_lapse_and_is_approved_once() -> None:
    events = after(rules.propose(PROPOSED), rules.approve(1, AGREED))
    assert rules.lapse(1, Lapsed(9))(events) is None
    assert rules.approve(1, AGREED)(events) is None
    with pytest.raises(RefillRefused, match="approved already"):
        rules.approve(1, Approved("another", "ada", "ben", 9))(events)
    lapsed = after(rules.propose(PROPOSED), rules.lapse(1, Lapsed(9)))
    assert state(lapsed) is State.LAPSED
    with pytest.raises(RefillRefused, match="lapsed already"):
        rules.approve(1, AGREED)(lapsed)
    with pytest.raises(RefillRefused, match="lapsed already"):
        rules.cancel(1, Canceled("ada", "", 9))(lapsed)


def test_what_was_canceled_stays_so_unless_something_moved() -> None:
    canceled = after(rules.propose(PROPOSED), rules.approve(1, AGREED), rules.cancel(1, Canceled("ada", "", 9)))
    assert rules.cancel(1, Canceled("ben", "", 9))(canceled) is None
    assert rules.end(1, NOTHING)(canceled) is None
    moved = rules.end(1, PAID)(canceled)
    assert moved is not None
    assert state([*canceled, moved.payload]) is State.DONE


@pytest.mark.parametrize("text", ["", "LTC", "LTC-LTC", "LTC-LTC-", "LTC-LTC-x", "LTC-LTC-9999999999", "-LTC-1"])
def test_ids_that_are_none(text: str) -> None:
    with pytest.raises(NoSuchRefill):
        read_id(text)


def test_an_id_names_its_stream() -> None:
    assert read_id("ETH-USDT-12") == (stream_of("ETH", "USDT"), 12)
    with pytest.raises(NoSuchRefill):
        rules.refill_of(after(rules.propose(PROPOSED)), 2)


STEPS = st.sampled_from(("propose", "lapse", "approve", "cancel", "paid", "nothing"))


@given(st.lists(STEPS, max_size=40))
def test_whatever_is_tried_at_most_one_is_open_and_what_is_over_stays_over(steps: list[str]) -> None:
    events: list[bytes] = []
    for step in steps:
        before = refills_of(events)
        number = max(1, len(before))
        rule = {
            "propose": rules.propose(PROPOSED),
            "lapse": rules.lapse(number, Lapsed(9)),
            "approve": rules.approve(number, AGREED),
            "cancel": rules.cancel(number, Canceled("ada", "", 9)),
            "paid": rules.end(number, PAID),
            "nothing": rules.end(number, NOTHING),
        }[step]
        try:
            decided = rule(events)
        except (RefillRefused, NoSuchRefill):
            continue
        if decided is not None:
            events.append(decided.payload)
        found = refills_of(events)
        assert sum(each.state.is_open for each in found) <= 1
        kept = (State.DONE, State.FAILED, State.LAPSED)
        for was, now in zip(before, found, strict=False):
            assert was.state not in kept or now.state is was.state
