"""What has been kept for long enough goes, of who is held nothing, and the log's chain holds from where it begins."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, create_engine, delete, insert, select, update

from rialto.backup.tables import ALL_TABLES
from rialto.foundation.database import Access, open_engine
from rialto.foundation.settings.privacy import PrivacySettings
from rialto.identity.behaviour import FIRST_CHAIN, BehaviourLog, BrokenChain
from rialto.identity.people import People
from rialto.identity.people_tables import behaviour, behaviour_head, devices, mail
from rialto.identity.privacy.holds import HoldRefused, Holds
from rialto.identity.privacy.retention import Retention
from rialto.identity.privacy.schema import Schema

DAY_US = 86_400_000_000
NOW_US = 20_000 * DAY_US
SETTINGS = PrivacySettings(log_days=10, device_days=10, mail_days=10)


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    engine = open_engine(migrated_url, Access.DURABLE)
    yield engine
    engine.dispose()


def retention(engine: Engine) -> Retention:
    return Retention(engine, Schema(ALL_TABLES), BehaviourLog(engine), SETTINGS)


def note(log: BehaviourLog, owner: int | None, days_ago: int, what: str = "login") -> None:
    log.note(owner, "self", what, "10.0.0.1", "client", "done", "", NOW_US - days_ago * DAY_US)


def seen(connection: Connection, owner: int, days_ago: int) -> None:
    at_us = NOW_US - days_ago * DAY_US
    row = {"device": f"{days_ago}", "client": "", "address": "", "place": "", "first_seen_at_us": at_us}
    connection.execute(insert(devices).values(owner=owner, last_seen_at_us=at_us, **row))


def mailed(connection: Connection, to: str) -> None:
    row = {"template": "", "subject": "", "next_attempt_at_us": 0, "attempts": 0, "state": "kept"}
    connection.execute(insert(mail).values(to_address=to, queued_at_us=NOW_US - 11 * DAY_US, **row))


def test_what_is_old_goes_and_what_is_held_stays(engine: Engine) -> None:
    people, holds, log = People(engine), Holds(engine), BehaviourLog(engine)
    alice, bob = (people.register(f"{name}@example.com", 1).owner for name in ("Alice", "bob"))
    holds.set(bob, "case 7", "a" * 32, 1)
    for owner in (alice, bob):
        for days in (1, 11):
            note(log, owner, days)
    with engine.begin() as connection:
        for owner in (alice, bob):
            for days in (1, 11):
                seen(connection, owner, days)
        for to in ("Alice@example.com", "BOB@example.com", "stranger@example.com"):
            mailed(connection, to)
    assert retention(engine).run(NOW_US) == {"devices": 1, "mail": 2}
    with engine.connect() as connection:
        left = connection.execute(select(devices.c.owner, devices.c.device)).all()
        assert {tuple(row) for row in left} == {(alice, "1"), (bob, "1"), (bob, "11")}
        assert list(connection.scalars(select(mail.c.to_address))) == ["BOB@example.com"]
    assert [each.owner for each in log.search(owner=bob)] == [bob, bob]
    holds.lift(bob, "case 7", "b" * 32, 2)
    assert retention(engine).run(NOW_US)["devices"] == 1
    assert log.verify() == 4


def test_the_log_is_cut_off_at_its_beginning_and_holds_from_there(engine: Engine) -> None:
    log = BehaviourLog(engine)
    for owner, days in ((1, 30), (2, 20), (None, 15), (1, 5), (2, 1)):
        note(log, owner, days)
    assert retention(engine).run(NOW_US) == {"behaviour": 3}
    assert log.verify() == 5
    assert [each.number for each in log.search()] == [5, 4]
    note(log, 3, 0)
    assert log.verify() == 6
    assert retention(engine).run(NOW_US) == {}
    assert retention(engine).run(NOW_US + 100 * DAY_US) == {"behaviour": 3}
    assert log.verify() == 6
    note(log, 3, 0)
    assert log.verify() == 7


@pytest.mark.parametrize("number", [3, 4])
def test_what_is_altered_after_the_cut_is_found(engine: Engine, number: int) -> None:
    log = BehaviourLog(engine)
    for days in (30, 20, 5, 1):
        note(log, 1, days)
    retention(engine).run(NOW_US)
    with engine.begin() as connection:
        connection.execute(delete(behaviour).where(behaviour.c.number == number))
    with pytest.raises(BrokenChain):
        log.verify()


def test_a_cut_that_nobody_made_is_found(engine: Engine) -> None:
    log = BehaviourLog(engine)
    for days in (3, 2, 1):
        note(log, 1, days)
    with engine.begin() as connection:
        connection.execute(delete(behaviour).where(behaviour.c.number == 1))
    with pytest.raises(BrokenChain):
        log.verify()
    with engine.begin() as connection:
        connection.execute(update(behaviour_head).values(pruned=1))
    with pytest.raises(BrokenChain):
        log.verify()


@given(
    entries=st.lists(st.tuples(st.integers(1, 3), st.booleans()), max_size=12),
    held=st.sets(st.integers(1, 3)),
)
def test_held_entries_are_always_whole_and_the_chain_holds(entries: list[tuple[int, bool]], held: set[int]) -> None:
    engine = create_engine("sqlite://")
    behaviour.metadata.create_all(engine, [behaviour, behaviour_head])
    with engine.begin() as connection:
        connection.execute(insert(behaviour_head).values(id=1, number=0, chain=FIRST_CHAIN))
    log = BehaviourLog(engine)
    # Time only goes on.
    entries = sorted(entries, key=lambda entry: not entry[1])
    for owner, is_old in entries:
        note(log, owner, 30 if is_old else 1)
    with engine.begin() as connection:
        log.prune(NOW_US - 10 * DAY_US, held, connection)
    assert log.verify() == len(entries)
    told = [(each.owner, each.address) for each in reversed(log.search()) if each.address]
    assert told == [(owner, "10.0.0.1") for owner, is_old in entries if not is_old or owner in held]
    engine.dispose()


def test_holds_are_set_and_lifted_once(engine: Engine) -> None:
    holds, owner = Holds(engine), People(engine).register("alice@example.com", 1).owner
    for _ in range(2):
        holds.set(owner, "case 7", "a" * 32, 1)
    holds.set(owner, "case 8", "b" * 32, 1)
    with pytest.raises(HoldRefused):
        holds.set(owner, "case 7", "c" * 32, 1)
    with pytest.raises(HoldRefused):
        holds.set(999, "case 7", "d" * 32, 1)
    for _ in range(2):
        holds.lift(owner, "case 7", "e" * 32, 2)
    with pytest.raises(HoldRefused):
        holds.lift(owner, "case 7", "f" * 32, 2)
    assert [each.reference for each in holds.standing()] == ["case 8"]
