"""Who starts when, with the test as the event loop: turns begin when it says so, and take as long as it says."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple

import pytest

from rialto.gateway.admission import Admission, AdmissionRules
from rialto.wire.endpoints import Urgency

CANCEL, ORDER, READ = Urgency.CANCEL, Urgency.ORDER, Urgency.READ
TURN_S = 0.004
RULES = AdmissionRules(
    target_s=0.02,
    patience_s=0.05,
    interval_s=0.1,
    starts_per_turn=8,
    orders_per_turn_min=2,
    reads_per_turn_min=1,
    cancels_under_way_max=1_000,
    orders_under_way_max=1_000,
    reads_under_way_max=1_000,
    waiting_max=10_000,
)


class Timer(NamedTuple):
    at_s: float
    callback: Callable[[], None]


class Loop:
    """A loop whose time and turns are the test's."""

    def __init__(self) -> None:
        self.time_s = 100.0
        self.soon: list[Callable[[], None]] = []
        self.later: list[Timer] = []

    def now_s(self) -> float:
        return self.time_s

    def call_soon(self, callback: Callable[[], None], /) -> None:
        self.soon.append(callback)

    def call_later(self, delay_s: float, callback: Callable[[], None], /) -> None:
        self.later.append(Timer(self.time_s + delay_s, callback))

    def turn(self, takes_s: float = 0) -> None:
        """Let time pass, and run what is due."""
        self.time_s += takes_s
        due = [each for each in self.later if each.at_s <= self.time_s]
        self.later = [each for each in self.later if each.at_s > self.time_s]
        soon, self.soon = self.soon, []
        for callback in [timer.callback for timer in due] + soon:
            callback()


class Decided(NamedTuple):
    """A request, and how long it had waited when it was decided."""

    urgency: Urgency
    flow: Hashable
    waited_s: float


class Desk:
    """An admission, and what became of the requests offered to it."""

    def __init__(self, rules: AdmissionRules = RULES) -> None:
        self.loop = Loop()
        self.admission = Admission(rules, self.loop, self.loop.now_s)
        self.started: list[Decided] = []
        self.refused: list[Decided] = []
        self.answered = 0

    def offer(self, urgency: Urgency, flow: Hashable = "a", since_s: float | None = None) -> None:
        self.admission.offer(urgency, Offered(self, urgency, flow), since_s)

    def answer(self, up_to: int) -> None:
        """Answer what began first, up to so many."""
        for urgency, _, _ in self.started[self.answered : up_to]:
            self.admission.done(urgency)
        self.answered = max(self.answered, up_to)

    def began(self, urgency: Urgency) -> int:
        return sum(each.urgency is urgency for each in self.started)


class Offered:
    def __init__(self, desk: Desk, urgency: Urgency, flow: Hashable) -> None:
        self.desk = desk
        self.urgency = urgency
        self.whose = flow
        self.came_s = desk.loop.now_s()

    def flow(self) -> Hashable:
        return self.whose

    def start(self) -> None:
        self.desk.started.append(self.decided())

    def refuse(self) -> None:
        self.desk.refused.append(self.decided())

    def decided(self) -> Decided:
        return Decided(self.urgency, self.whose, self.desk.loop.now_s() - self.came_s)


def serve(
    desk: Desk, offers: Callable[[int], Sequence[tuple[Urgency, Hashable]]], *, seconds: int, turn_s: float = TURN_S
) -> None:
    """Run turns of a length; what was started in one is answered in the next."""
    for number in range(int(seconds / turn_s)):
        for urgency, flow in offers(number):
            desk.offer(urgency, flow)
        before = len(desk.started)
        desk.loop.turn(turn_s)
        desk.answer(before)


def test_with_time_for_all_everything_starts_at_once() -> None:
    desk = Desk()
    for _ in range(100):
        for urgency in Urgency:
            desk.offer(urgency)
        assert desk.admission.waiting == [0, 0, 0]
        desk.loop.turn(takes_s=0.001)
    assert len(desk.started) == 300
    assert desk.refused == []
    assert all(waited_s == 0 for _, _, waited_s in desk.started)


def test_a_turn_starts_what_its_budget_allows_and_the_rest_waits() -> None:
    desk = Desk()
    for _ in range(20):
        desk.offer(ORDER)
    assert (len(desk.started), desk.admission.waiting) == (8, [0, 12, 0])
    desk.loop.turn()
    assert (len(desk.started), desk.admission.waiting) == (16, [0, 4, 0])
    desk.loop.turn()
    assert (len(desk.started), desk.admission.waiting) == (20, [0, 0, 0])
    assert desk.admission.counters.waited == [0, 12, 0]


def test_cancels_overtake_waiting_orders_and_orders_reads() -> None:
    desk = Desk()
    for urgency in (READ, ORDER, CANCEL):
        for _ in range(8):
            desk.offer(urgency)
    assert desk.began(READ) == 8
    desk.loop.turn()
    # Some of each turn are kept for those below: two orders here, no read waits.
    assert [desk.began(urgency) for urgency in Urgency] == [6, 2, 8]
    desk.loop.turn()
    assert [desk.began(urgency) for urgency in Urgency] == [8, 8, 8]


def test_a_flood_of_cancels_leaves_a_share_to_orders_and_reads() -> None:
    desk = Desk()
    serve(desk, lambda _: [(CANCEL, "c")] * 20 + [(ORDER, "o")] * 5 + [(READ, "r")] * 5, seconds=1, turn_s=0.01)
    began = [desk.began(urgency) for urgency in Urgency]
    assert began[0] > began[1] > began[2]
    assert began[1] >= 2 * 99
    assert began[2] >= 99


@pytest.mark.parametrize("per_turn", [12, 16, 24, 80, 400])
def test_whatever_is_offered_the_wait_is_bounded_and_nothing_is_wasted(per_turn: int) -> None:
    desk = Desk()
    serve(desk, lambda _: [(ORDER, "a")] * per_turn, seconds=2)
    # Every turn starts as many as it can.
    assert desk.began(ORDER) >= 495 * RULES.starts_per_turn
    waits_s = sorted(waited_s for _, _, waited_s in desk.started[len(desk.started) // 4 :])
    assert waits_s[len(waits_s) * 99 // 100] <= RULES.target_s + 2 * TURN_S
    assert waits_s[-1] <= RULES.patience_s + TURN_S
    # The rest is refused as it comes: not after a wait that comes to nothing.
    late = [waited_s for _, _, waited_s in desk.refused[len(desk.refused) // 4 :] if waited_s > 0]
    assert len(late) <= len(desk.refused) // 100


def test_a_burst_waits_where_a_standing_line_is_refused() -> None:
    desk = Desk()
    serve(desk, lambda number: [(ORDER, "a")] * (64 if number % 25 == 0 else 2), seconds=1)
    assert desk.refused == []
    assert max(waited_s for _, _, waited_s in desk.started) > RULES.target_s


def test_after_the_load_everything_starts_at_once_again() -> None:
    desk = Desk()
    serve(desk, lambda _: [(ORDER, "a")] * 40, seconds=1)
    refused = len(desk.refused)
    serve(desk, lambda _: [(ORDER, "a")] * 4, seconds=1)
    assert len(desk.refused) - refused <= 4 * 10
    began, refused = len(desk.started), len(desk.refused)
    serve(desk, lambda _: [(ORDER, "a")] * 4, seconds=1)
    assert len(desk.refused) == refused
    assert all(waited_s == 0 for _, _, waited_s in desk.started[began:])


def test_one_who_floods_makes_only_himself_wait() -> None:
    desk = Desk()
    quiet = ["b", "c", "d"]
    serve(desk, lambda _: [(ORDER, "flood")] * 100 + [(ORDER, whose) for whose in quiet], seconds=2)
    refused = [flow for _, flow, _ in desk.refused]
    assert set(refused) == {"flood"}
    waits_s = [waited_s for _, flow, waited_s in desk.started if flow in quiet]
    assert max(waits_s) <= 2 * TURN_S


def test_a_thousand_who_ask_a_little_share_what_there_is() -> None:
    desk = Desk()
    serve(desk, lambda number: [(ORDER, (number * 40 + at) % 1_000) for at in range(40)], seconds=2)
    served = [sum(flow == whose for _, flow, _ in desk.started) for whose in range(1_000)]
    assert sum(served) >= 495 * RULES.starts_per_turn
    waits_s = sorted(waited_s for _, _, waited_s in desk.started)
    assert waits_s[len(waits_s) * 99 // 100] <= RULES.patience_s + TURN_S


def rules(**changes: Any) -> AdmissionRules:
    return AdmissionRules(**{**{name: getattr(RULES, name) for name in RULES.__struct_fields__}, **changes})


def test_when_nothing_can_start_what_waits_is_told_so_in_time() -> None:
    desk = Desk(rules(orders_under_way_max=3))
    for _ in range(10):
        desk.offer(ORDER)
    assert (len(desk.started), desk.admission.under_way) == (3, [0, 3, 0])
    for _ in range(8):
        desk.loop.turn(takes_s=0.01)
    assert len(desk.refused) == 7
    assert all(RULES.patience_s <= each.waited_s <= 2 * RULES.patience_s for each in desk.refused)
    # Cancels and reads go on meanwhile.
    desk.offer(CANCEL)
    desk.offer(READ)
    assert [desk.began(urgency) for urgency in Urgency] == [1, 3, 1]


def test_what_is_answered_makes_room() -> None:
    desk = Desk(rules(orders_under_way_max=3))
    for _ in range(5):
        desk.offer(ORDER)
    desk.answer(1)
    desk.loop.turn()
    assert (len(desk.started), desk.admission.waiting[ORDER]) == (4, 1)
    desk.answer(3)
    desk.loop.turn()
    assert (len(desk.started), desk.admission.under_way[ORDER]) == (5, 2)


def test_the_lines_hold_no_more_than_they_may() -> None:
    desk = Desk(rules(waiting_max=5))
    for _ in range(20):
        desk.offer(READ)
    assert (len(desk.started), desk.admission.waiting, len(desk.refused)) == (8, [0, 0, 5], 7)


def test_a_long_turn_does_not_cost_those_who_waited_for_it() -> None:
    desk = Desk()
    for _ in range(12):
        desk.offer(CANCEL)
    desk.loop.turn(takes_s=0.3)
    assert (desk.began(CANCEL), desk.refused) == (12, [])


def test_what_waited_elsewhere_counts_as_waiting() -> None:
    desk = Desk()
    for _ in range(9):
        desk.offer(ORDER)
    desk.offer(ORDER, since_s=desk.loop.now_s() - RULES.patience_s - TURN_S)
    assert len(desk.refused) == 1


def test_refusal_foreseen_is_refusal_told() -> None:
    desk = Desk()
    assert not desk.admission.would_refuse(ORDER, "a")
    serve(desk, lambda _: [(ORDER, "a")] * 40, seconds=1)
    while desk.admission.waiting[ORDER] < 20:
        desk.offer(ORDER, "a")
    foreseen = 0
    for _ in range(100):
        refused = len(desk.refused)
        would = desk.admission.would_refuse(ORDER, "a")
        foreseen += would
        desk.offer(ORDER, "a")
        assert (len(desk.refused) > refused) == would
    assert foreseen > 50
