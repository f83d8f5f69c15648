"""The behaviour log: whoever changes, removes, cuts off or inserts an entry is found out; erasing breaks nothing."""

from collections.abc import Iterator

import pytest
import sqlalchemy
from sqlalchemy import Engine

from rialto.foundation.database import Access, open_engine
from rialto.identity.behaviour import BehaviourLog, BrokenChain


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    engine = open_engine(migrated_url, Access.DURABLE)
    yield engine
    engine.dispose()


def filled(engine: Engine) -> BehaviourLog:
    log = BehaviourLog(engine)
    for number, owner in enumerate((1, 2, 1, 1, None)):
        log.note(owner, "self", f"action-{number}", "192.0.2.1", "tests", "done", f"detail {number}", 1_000 + number)
    return log


def test_entries_are_read_by_their_owner_newest_first(engine: Engine) -> None:
    log = filled(engine)
    assert [entry.action for entry in log.of_owner(1)] == ["action-3", "action-2", "action-0"]
    assert [entry.action for entry in log.of_owner(1, before=4, limit=1)] == ["action-2"]
    assert [entry.number for entry in log.of_owner(1, actions=("action-0",))] == [1]
    assert log.verify() == 5


@pytest.mark.parametrize(
    "alteration",
    [
        "UPDATE behaviour SET result = 'refused' WHERE number = 3",
        "UPDATE behaviour SET at_us = 0 WHERE number = 1",
        "DELETE FROM behaviour WHERE number = 2",
        "DELETE FROM behaviour WHERE number = 5",
        "UPDATE behaviour SET number = 6 WHERE number = 5",
        "UPDATE behaviour SET salt = digest, detail = 'x' WHERE number = 4",
        "UPDATE behaviour SET erased = true, detail = 'invented' WHERE number = 4",
    ],
)
def test_any_alteration_is_found(engine: Engine, alteration: str) -> None:
    log = filled(engine)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text(alteration))
    with pytest.raises(BrokenChain, match="behaviour log"):
        log.verify()


def test_erasing_leaves_the_chain_whole(engine: Engine) -> None:
    log = filled(engine)
    with engine.begin() as connection:
        assert log.erase(1, connection) == 3
    assert log.of_owner(1) == []
    assert [entry.detail for entry in log.of_owner(2)] == ["detail 1"]
    assert log.verify() == 5


def test_what_strangers_send_stays_on_one_line(engine: Engine) -> None:
    log = BehaviourLog(engine)
    log.note(1, "self", "login", "::1", "evil\r\nclient" + "x" * 1_000, "done", "", 1)
    entry = log.of_owner(1)[0]
    assert entry.client.startswith("evil??client")
    assert len(entry.client) == 255
    assert log.verify() == 1
