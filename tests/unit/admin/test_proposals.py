"""Proposals in either database: of many at once, no more is moved alone than may be; each is decided once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, Engine

from rialto.admin.agreements import Agreement
from rialto.admin.proposals import DAY_US, Asked, NotPending, Proposal, Proposals, Status, Wanted
from rialto.foundation.database import Access, open_engine
from rialto.identity.behaviour import BehaviourLog

NOW_US = 1_700_000_000_000_000
ALICE, BOB = 5, 6
BELOW = 100
AT_ONCE = 12


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    engine = open_engine(migrated_url, Access.DURABLE, connections=4)
    yield engine
    engine.dispose()


class Desk:
    """Proposals with the log beside them, as the desk writes both."""

    def __init__(self, engine: Engine) -> None:
        self.proposals = Proposals(engine)
        self.log = BehaviourLog(engine)

    def note(self, connection: Connection, proposal: Proposal) -> None:
        self.log.note(None, "tests", "operator:test", "", "", "proposed", proposal.id, NOW_US, connection)

    def add(self, worth: int, now_us: int = NOW_US, proposer: int = ALICE) -> Proposal:
        def agreement(moved: int) -> Agreement:
            return Agreement.ONE if moved + worth < BELOW else Agreement.TWO

        return self.proposals.add(Asked("test", "{}", "a test", proposer, worth, now_us), self.note, agreement)


def test_of_many_at_once_no_more_is_moved_alone_than_may_be(engine: Engine) -> None:
    desk = Desk(engine)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        added = list(threads.map(desk.add, [30] * AT_ONCE))
    assert [each.agreement for each in added].count(Agreement.ONE) == 3
    assert {each.status for each in added if each.agreement is Agreement.TWO} == {Status.PENDING}
    assert desk.log.verify() == AT_ONCE
    # Another operator has an allowance of their own, and a day later there is a new one.
    assert desk.add(30, proposer=BOB).agreement is Agreement.ONE
    assert desk.add(30, NOW_US + DAY_US).agreement is Agreement.ONE


def test_each_is_decided_once_and_listed_in_its_place(engine: Engine) -> None:
    desk = Desk(engine)
    added = [desk.add(200, NOW_US + number // 2) for number in range(5)]

    def decide(by: int) -> bool:
        try:
            desk.proposals.decide(added[0].id, by, Status.APPROVED, "", NOW_US + 9, desk.note)
        except NotPending:
            return False
        return True

    with ThreadPoolExecutor(AT_ONCE) as threads:
        assert list(threads.map(decide, range(10, 10 + AT_ONCE))).count(True) == 1
    seen: list[Proposal] = []
    while page := desk.proposals.listed(
        Wanted(limit=2, before=(seen[-1].proposed_at_us, seen[-1].id) if seen else None), NOW_US + 9
    ):
        seen += page
    assert [each.id for each in seen] == [
        each.id for each in sorted(added, key=lambda each: (each.proposed_at_us, each.id), reverse=True)
    ]
    assert len(desk.proposals.listed(Wanted(Status.PENDING, operator=ALICE), NOW_US + 9)) == 4
    assert desk.proposals.listed(Wanted(Status.PENDING, action="another"), NOW_US + 9) == []
    assert len(desk.proposals.listed(Wanted(Status.EXPIRED), NOW_US + 2 * DAY_US)) == 4
