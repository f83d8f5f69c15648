"""Sessions of several gateways on one database: what one does to a session is so at the other with the next request."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from rialto.foundation.database import Access, open_engine
from rialto.identity.browser_session import BrowserSession
from rialto.identity.people import People
from rialto.identity.sessions import SessionRules, Sessions, hash_of

RULES = SessionRules()
DEVICE, CLIENT, ADDRESS, NOW_US = hash_of("device"), "Mozilla", "127.0.0.1", 1_700_000_000_000_000
MINUTE_US = 60_000_000


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    engine = open_engine(migrated_url, Access.DURABLE, connections=4)
    yield engine
    engine.dispose()


@pytest.fixture
def owner(engine: Engine) -> int:
    return People(engine).register("alice@example.com", NOW_US).owner


@pytest.fixture
def gateways(engine: Engine) -> tuple[Sessions, Sessions]:
    return Sessions(engine, RULES, is_shared=True), Sessions(engine, RULES, is_shared=True)


def asked(at: Sessions, token: str, now_us: int = NOW_US) -> BrowserSession | None:
    """The session of a request, as a gateway finds it."""
    at.take_over(token, DEVICE, CLIENT, now_us)
    return at.find(token, DEVICE, CLIENT, now_us)


def test_a_session_opened_at_one_is_found_at_the_other(gateways: tuple[Sessions, Sessions], owner: int) -> None:
    here, there = gateways
    opened, token = here.open(owner, DEVICE, CLIENT, ADDRESS, NOW_US)
    found = asked(there, token)
    assert found is not None
    assert (found.id, found.owner, found.csrf) == (opened.id, owner, opened.csrf)
    assert [each.id for each in there.of_owner(owner, NOW_US)] == [opened.id]
    assert asked(there, "another token") is None


def test_a_session_ended_at_one_is_over_at_the_other_at_once(gateways: tuple[Sessions, Sessions], owner: int) -> None:
    here, there = gateways
    tokens = [here.open(owner, DEVICE, CLIENT, ADDRESS, NOW_US)[1] for _ in range(3)]
    held = [asked(there, token) for token in tokens]
    assert None not in held
    first = here.find(tokens[0], DEVICE, CLIENT, NOW_US)
    assert first is not None
    here.end([first])
    assert asked(there, tokens[0]) is None
    assert there.end_all(owner) == 2
    assert [asked(here, token) for token in tokens] == [None] * 3
    assert all(each is not None and each.is_over for each in held)


def test_a_token_replaced_at_one_is_known_at_the_other(gateways: tuple[Sessions, Sessions], owner: int) -> None:
    here, there = gateways
    opened, first = here.open(owner, DEVICE, CLIENT, ADDRESS, NOW_US)
    seen = asked(there, first)
    assert seen is not None
    later = NOW_US + MINUTE_US
    second = there.rotate(seen, later)
    assert second is not None
    assert asked(here, second, later) is opened
    assert asked(here, first, later) is opened, "for requests that were on their way"
    assert asked(here, first, later + RULES.overlap_us + 1) is None, "somebody else has a copy"
    assert asked(there, second, later + RULES.overlap_us + 1) is None


def test_who_steps_up_at_one_has_at_the_other_and_the_token_before_is_dead(
    gateways: tuple[Sessions, Sessions], owner: int
) -> None:
    here, there = gateways
    opened, first = here.open(owner, DEVICE, CLIENT, ADDRESS, NOW_US)
    seen = asked(there, first)
    assert seen is not None
    until_us = NOW_US + 5 * MINUTE_US
    second = there.rotate(seen, NOW_US, stepped_up_until_us=until_us)
    assert second is not None
    assert asked(here, first) is None
    assert asked(here, second) is opened
    assert opened.stepped_up_until_us == until_us


def test_of_two_gateways_that_replace_a_token_at_once_one_does(gateways: tuple[Sessions, Sessions], owner: int) -> None:
    here, there = gateways
    opened, token = here.open(owner, DEVICE, CLIENT, ADDRESS, NOW_US)
    seen = asked(there, token)
    assert seen is not None
    late = NOW_US + RULES.rotated_every_us + 1
    second = here.rotate_if_due(opened, late)
    assert second is not None
    assert there.rotate_if_due(seen, late) is None, "the browser gets the other's"
    assert not seen.is_over
    # Who steps up must have a token that only they know.
    third = there.rotate(seen, late, stepped_up_until_us=late + MINUTE_US)
    assert third is not None
    assert asked(here, second, late) is None
    assert asked(here, third, late) is opened


def test_what_is_used_at_one_does_not_end_at_the_other_for_want_of_use(
    gateways: tuple[Sessions, Sessions], owner: int
) -> None:
    here, there = gateways
    opened, token = here.open(owner, DEVICE, CLIENT, ADDRESS, NOW_US)
    assert asked(there, token) is not None
    used_us = NOW_US + RULES.idle_us - MINUTE_US
    assert asked(here, token, used_us) is opened
    assert here.flush(used_us) == []
    late = NOW_US + RULES.idle_us + MINUTE_US
    assert there.flush(late) == []
    assert asked(there, token, late) is not None
    assert len(there.flush(late + RULES.idle_us + 1)) == 1
    assert asked(here, token, late) is None


def test_what_nobody_asks_for_is_taken_over_in_time(gateways: tuple[Sessions, Sessions], owner: int) -> None:
    here, there = gateways
    opened, token = here.open(owner, DEVICE, CLIENT, ADDRESS, NOW_US)
    there.refresh()
    held = there.by_id(opened.id, NOW_US)
    assert held is not None
    rotated = here.rotate(opened, NOW_US + 1)
    there.refresh()
    assert held.token_hash == hash_of(rotated or "")
    assert there.find(token, DEVICE, CLIENT, NOW_US + 1) is held
    here.end([opened])
    there.refresh()
    assert there.by_id(opened.id, NOW_US) is None
    assert held.is_over


def test_a_stolen_token_on_another_device_ends_the_session_everywhere(
    gateways: tuple[Sessions, Sessions], owner: int
) -> None:
    here, there = gateways
    opened, token = here.open(owner, DEVICE, CLIENT, ADDRESS, NOW_US)
    there.take_over(token, hash_of("a thief's"), CLIENT, NOW_US)
    assert there.find(token, hash_of("a thief's"), CLIENT, NOW_US) is None
    assert asked(here, token) is None
    assert opened.is_over
