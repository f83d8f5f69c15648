"""Announcements and maintenance in either database."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from rialto.custody.figures import read_waiting
from rialto.foundation.database import Access, open_engine
from rialto.gateway.wallet.notices import Category, Maintenance, NoSuchAnnouncement, Notices
from rialto.identity.figures import read_people
from rialto.products.distributions.holders import Holders

NOW_US = 1_700_000_000_000_000


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    engine = open_engine(migrated_url, Access.DURABLE)
    yield engine
    engine.dispose()


def test_what_is_asked_for_twice_is_announced_once(engine: Engine) -> None:
    notices = Notices(engine)
    numbers = [notices.announce(who, Category.NEWS, f"By {who}", "Text", NOW_US) for who in ("a", "b", "a", "c")]
    assert numbers == [1, 2, 1, 3]
    for _ in range(2):
        notices.withdraw(2, NOW_US)
    assert [each.id for each in notices.published(None, 10)] == [3, 1]
    assert [each.id for each in notices.published(3, 10)] == [1]
    with pytest.raises(NoSuchAnnouncement, match="there is no announcement 9"):
        notices.withdraw(9, NOW_US)


def test_maintenance_is_what_was_said_last(engine: Engine) -> None:
    notices = Notices(engine)
    assert not notices.is_under_maintenance()
    for is_on in (True, True, False):
        notices.switch_maintenance(Maintenance(is_on, "operator-1", "a disk", NOW_US))
        assert notices.is_under_maintenance() is is_on


def test_figures_are_read_from_either_database(engine: Engine) -> None:
    assert read_people(engine) == ({}, {}, None)
    assert read_waiting(engine) == (0, 0)
    assert Holders(engine).totals() == {}
