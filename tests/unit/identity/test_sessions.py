"""Sessions: only their own device opens them, tokens are replaced, and what is over stays over."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy
from sqlalchemy import Engine

from rialto.foundation.database import Access, open_engine
from rialto.identity.owners import Owners
from rialto.identity.people import People
from rialto.identity.people_tables import sessions as table
from rialto.identity.sessions import SESSIONS_PER_OWNER_MAX, LoginOvertaken, SessionRules, Sessions, hash_of

NOW_US = 1_700_000_000_000_000
RULES = SessionRules(idle_us=1_000, absolute_us=5_000, rotated_every_us=500, overlap_us=100)
DEVICE = hash_of("device")


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    engine = open_engine(migrated_url, Access.DURABLE)
    Owners(engine).create("alice", 1)
    Owners(engine).create("bob", 1)
    yield engine
    engine.dispose()


def test_a_session_is_found_by_its_token_also_after_a_restart(engine: Engine) -> None:
    sessions = Sessions(engine, RULES)
    session, token = sessions.open(1, DEVICE, "Firefox", "192.0.2.1", NOW_US)
    assert sessions.find(token, DEVICE, "Firefox", NOW_US) is session
    again = Sessions(engine, RULES).find(token, DEVICE, "Firefox", NOW_US)
    assert again is not None
    assert (again.owner, again.csrf, again.key.owner) == (1, session.csrf, 1)
    assert sessions.find(session.id, DEVICE, "Firefox", NOW_US) is None
    assert sessions.find(session.token_hash, DEVICE, "Firefox", NOW_US) is None


def test_the_database_holds_no_token(engine: Engine) -> None:
    _, token = Sessions(engine, RULES).open(1, DEVICE, "Firefox", "192.0.2.1", NOW_US)
    with engine.connect() as connection:
        assert token not in repr(connection.execute(sqlalchemy.select(table)).all())


@pytest.mark.parametrize(("device", "client"), [(hash_of("other"), "Firefox"), (DEVICE, "curl")])
def test_a_token_on_another_device_ends_the_session(engine: Engine, device: str, client: str) -> None:
    sessions = Sessions(engine, RULES)
    session, token = sessions.open(1, DEVICE, "Firefox", "192.0.2.1", NOW_US)
    assert sessions.find(token, device, client, NOW_US) is None
    assert sessions.find(token, DEVICE, "Firefox", NOW_US) is None
    assert sessions.flush(NOW_US) == [session]
    assert Sessions(engine, RULES).of_owner(1, NOW_US) == []


def test_sessions_end_without_use_and_in_any_case(engine: Engine) -> None:
    sessions = Sessions(engine, RULES)
    session, token = sessions.open(1, DEVICE, "Firefox", "192.0.2.1", NOW_US)
    assert sessions.find(token, DEVICE, "Firefox", NOW_US + RULES.idle_us + 1) is None
    session.seen_at_us = NOW_US + 4_900
    assert sessions.find(token, DEVICE, "Firefox", NOW_US + 4_950) is session
    assert sessions.find(token, DEVICE, "Firefox", NOW_US + 5_001) is None


def test_the_token_before_is_accepted_for_a_moment(engine: Engine) -> None:
    sessions = Sessions(engine, RULES)
    session, first = sessions.open(1, DEVICE, "Firefox", "192.0.2.1", NOW_US)
    assert not sessions.is_rotation_due(session, NOW_US + 500)
    assert sessions.is_rotation_due(session, NOW_US + 501)
    second = sessions.rotate(session, NOW_US + 501)
    assert second is not None
    assert sessions.find(first, DEVICE, "Firefox", NOW_US + 601) is session
    assert sessions.find(second, DEVICE, "Firefox", NOW_US + 602) is session
    third = sessions.rotate(session, NOW_US + 603)
    assert sessions.find(first, DEVICE, "Firefox", NOW_US + 603) is None
    reopened = Sessions(engine, RULES)
    for token in (second, third):
        assert token is not None
        assert reopened.find(token, DEVICE, "Firefox", NOW_US + 604) is not None


def test_a_token_that_was_replaced_ends_the_session_when_it_comes_again(engine: Engine) -> None:
    sessions = Sessions(engine, RULES)
    session, first = sessions.open(1, DEVICE, "Firefox", "192.0.2.1", NOW_US)
    second = sessions.rotate(session, NOW_US + 501)
    assert second is not None
    assert sessions.find(first, DEVICE, "Firefox", NOW_US + 602) is None
    assert sessions.find(second, DEVICE, "Firefox", NOW_US + 602) is None
    assert sessions.flush(NOW_US + 602) == [session]


def test_a_token_is_replaced_once_however_many_find_it_old(engine: Engine) -> None:
    sessions = Sessions(engine, RULES)
    session, _ = sessions.open(1, DEVICE, "Firefox", "192.0.2.1", NOW_US)
    assert sessions.rotate_if_due(session, NOW_US + 500) is None
    assert sessions.rotate_if_due(session, NOW_US + 501) is not None
    assert sessions.rotate_if_due(session, NOW_US + 502) is None


def test_no_login_that_began_before_all_sessions_ended_succeeds_after_it(engine: Engine) -> None:
    here, there = Sessions(engine, RULES, is_shared=True), Sessions(engine, RULES, is_shared=True)
    people = People(engine)
    ann, ben = (people.register(f"{name}@example.com", NOW_US) for name in ("ann", "ben"))
    here.open(ann.owner, DEVICE, "Firefox", "192.0.2.1", NOW_US, since=ann.endings)
    there.end_all(ann.owner)
    for sessions in (here, there):
        with pytest.raises(LoginOvertaken):
            sessions.open(ann.owner, DEVICE, "Firefox", "192.0.2.1", NOW_US, since=ann.endings)
        assert sessions.of_owner(ann.owner, NOW_US) == []
        sessions.open(ben.owner, DEVICE, "Firefox", "192.0.2.1", NOW_US, since=ben.endings)
    again = people.find(ann.owner)
    assert again is not None
    here.open(ann.owner, DEVICE, "Firefox", "192.0.2.1", NOW_US, since=again.endings)


def test_of_a_login_and_an_ending_at_once_no_session_is_left_that_knew_nothing_of_the_ending(engine: Engine) -> None:
    here, there = Sessions(engine, RULES, is_shared=True), Sessions(engine, RULES, is_shared=True)
    people = People(engine)
    ann = people.register("ann@example.com", NOW_US)

    def log_in(began_with: int) -> bool:
        try:
            here.open(ann.owner, DEVICE, "Firefox", "192.0.2.1", NOW_US, since=began_with)
        except LoginOvertaken:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        for _ in range(20):
            known = people.find(ann.owner)
            assert known is not None
            login, ending = threads.submit(log_in, known.endings), threads.submit(there.end_all, ann.owner)
            assert ending.result() == login.result()
            assert Sessions(engine, RULES).of_owner(ann.owner, NOW_US) == []


def test_the_token_before_a_step_up_is_worth_nothing_after_it(engine: Engine) -> None:
    sessions = Sessions(engine, RULES)
    session, first = sessions.open(1, DEVICE, "Firefox", "192.0.2.1", NOW_US)
    second = sessions.rotate(session, NOW_US + 1)
    assert second is not None
    third = sessions.rotate(session, NOW_US + 2, stepped_up_until_us=NOW_US + 900)
    assert third is not None
    for each in (sessions, Sessions(engine, RULES)):
        assert [each.find(token, DEVICE, "Firefox", NOW_US + 2) for token in (first, second)] == [None, None]
        found = each.find(third, DEVICE, "Firefox", NOW_US + 2)
        assert found is not None
        assert found.stepped_up_until_us == NOW_US + 900


def test_what_was_ended_stays_ended(engine: Engine) -> None:
    sessions = Sessions(engine, RULES)
    first, token = sessions.open(1, DEVICE, "Firefox", "192.0.2.1", NOW_US)
    second, _ = sessions.open(1, DEVICE, "Firefox", "192.0.2.1", NOW_US)
    other, _ = sessions.open(2, DEVICE, "Firefox", "192.0.2.1", NOW_US)
    assert sessions.end_all(1, apart_from=second) == 1
    assert sessions.find(token, DEVICE, "Firefox", NOW_US) is None
    assert sessions.by_id(first.id, NOW_US) is None
    assert sessions.rotate(first, NOW_US) is None
    assert sessions.of_owner(1, NOW_US) == [second]
    assert [each.id for each in Sessions(engine, RULES).of_owner(2, NOW_US)] == [other.id]


def test_of_too_many_sessions_the_one_used_longest_ago_ends(engine: Engine) -> None:
    sessions = Sessions(engine, SessionRules())
    opened = [
        sessions.open(1, DEVICE, "Firefox", "192.0.2.1", NOW_US + number)[0]
        for number in range(SESSIONS_PER_OWNER_MAX + 1)
    ]
    assert opened[0] not in sessions.of_owner(1, NOW_US + 100)
    assert len(sessions.of_owner(1, NOW_US + 100)) == SESSIONS_PER_OWNER_MAX
    assert len(Sessions(engine, SessionRules()).of_owner(1, NOW_US + 100)) == SESSIONS_PER_OWNER_MAX


def test_last_use_survives_a_restart(engine: Engine) -> None:
    sessions = Sessions(engine, SessionRules())
    _, token = sessions.open(1, DEVICE, "Firefox", "192.0.2.1", NOW_US)
    sessions.find(token, DEVICE, "Firefox", NOW_US + 5_000_000)
    assert sessions.flush(NOW_US + 6_000_000) == []
    assert Sessions(engine, SessionRules()).of_owner(1, NOW_US)[0].seen_at_us == NOW_US + 5_000_000
