"""Leases between processes on one database: taken over when their holder is silent, and never acted on after."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, insert, select

from rialto.foundation.database import Access, open_engine
from rialto.foundation.leases import TRUSTED_FOR_S, UNCHANGED_FOR_S, Lease, LeaseLost, leases

NS = 1_000_000_000


class Clock:
    """One for each process; they need not agree."""

    def __init__(self, now_s: int) -> None:
        self.now_ns = now_s * NS

    def pass_s(self, seconds: int) -> None:
        self.now_ns += seconds * NS

    def __call__(self) -> int:
        return self.now_ns


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    engine = open_engine(migrated_url, Access.DURABLE, connections=2)
    yield engine
    engine.dispose()


def test_one_holds_it_as_long_as_it_is_renewed(engine: Engine) -> None:
    here, there = Clock(5), Clock(1_000_000)
    holder, other = Lease(engine, "jobs", here), Lease(engine, "jobs", there)
    assert holder.take()
    for _ in range(20):
        assert not other.take()
        here.pass_s(2)
        there.pass_s(2)
        assert holder.renew()
    assert holder.is_held
    assert not other.is_held
    assert Lease(engine, "another", there).take(), "leases of other names are others"


def test_a_silent_holder_stops_before_another_takes_over(engine: Engine) -> None:
    here, there = Clock(0), Clock(0)
    holder, other = Lease(engine, "jobs", here), Lease(engine, "jobs", there)
    assert holder.take()
    assert not other.take()
    taken_after = None
    for second in range(1, 30):
        here.pass_s(1)
        there.pass_s(1)
        assert not (holder.is_held and other.take())
        if other.is_held and taken_after is None:
            taken_after = second
        if not other.is_held and other.take():
            taken_after = second
            break
    assert taken_after == UNCHANGED_FOR_S
    assert TRUSTED_FOR_S < UNCHANGED_FOR_S
    with pytest.raises(LeaseLost):
        holder.check()
    assert not holder.renew(), "it was taken over"
    other.check()


def test_a_holder_that_slept_may_go_on_if_nobody_took_over(engine: Engine) -> None:
    here = Clock(0)
    holder = Lease(engine, "jobs", here)
    assert holder.take()
    here.pass_s(100)
    assert not holder.is_held
    assert holder.seconds_left == 0
    assert holder.renew()
    holder.check()
    assert holder.seconds_left == TRUSTED_FOR_S


def test_what_is_let_go_is_taken_at_once_with_another_token(engine: Engine) -> None:
    first, second = Lease(engine, "jobs", Clock(0)), Lease(engine, "jobs", Clock(0))
    assert first.take()
    first.let_go()
    assert not first.is_held
    assert second.take()
    with engine.connect() as connection:
        assert connection.scalar(select(leases.c.token)) == 2
    first.let_go()
    assert second.renew(), "who does not hold it cannot let it go"


def test_of_two_that_take_at_once_one_does(engine: Engine) -> None:
    clock = Clock(0)
    both = [Lease(engine, "jobs", clock) for _ in range(2)]
    assert [each.take() for each in both] == [True, False]
    late = [Lease(engine, "jobs", clock) for _ in range(2)]
    assert [each.take() for each in late] == [False, False]
    clock.pass_s(UNCHANGED_FOR_S)
    assert [each.take() for each in late] == [True, False]


def test_a_transaction_of_one_who_was_deposed_fails(engine: Engine) -> None:
    clock = Clock(0)
    old, new = Lease(engine, "jobs", clock), Lease(engine, "jobs", clock)
    assert old.take()
    with engine.begin() as connection:
        old.fence(connection)
    assert not new.take()
    clock.pass_s(UNCHANGED_FOR_S)
    assert new.take()
    row = {"name": "written by the old one", "holder": "", "token": 0, "renewals": 0}
    with pytest.raises(LeaseLost, match="taken over"), engine.begin() as connection:
        connection.execute(insert(leases).values(row))
        old.fence(connection)
    with engine.begin() as connection:
        new.fence(connection)
        assert connection.scalar(select(leases.c.token).where(leases.c.name == row["name"])) is None
    with pytest.raises(LeaseLost), engine.begin() as connection:
        Lease(engine, "jobs", clock).fence(connection)
