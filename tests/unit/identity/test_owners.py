"""Owners are numbered from 1, for ever, under unique names; the house is number 0."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from rialto.foundation.database import Access, open_engine
from rialto.identity.owners import InvalidOwnerName, Owner, OwnerKind, OwnerNameTaken, Owners
from rialto.identity.tables import owners as owners_table


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    engine = open_engine(migrated_url, Access.DURABLE)
    yield engine
    engine.dispose()


def test_the_house_is_there_from_the_start(engine: Engine) -> None:
    house = Owner(id=0, name="house", kind=OwnerKind.HOUSE, created_at_us=0)
    assert Owners(engine).find(0) == Owners(engine).find_named("house") == house


def test_people_are_numbered_in_order(engine: Engine) -> None:
    owners = Owners(engine)
    alice, bob = owners.create("alice", 10), owners.create("bob", 20)
    assert alice == Owner(id=1, name="alice", kind=OwnerKind.PERSON, created_at_us=10)
    assert bob.id == 2
    assert Owners(engine).find(1) == owners.find_named("alice") == alice
    assert owners.find(3) is None
    assert owners.find_named("Alice") is None


def test_a_number_is_never_given_out_twice(engine: Engine) -> None:
    owners = Owners(engine)
    last = owners.create("leaving", 1)
    with engine.begin() as connection:
        connection.execute(owners_table.delete().where(owners_table.c.id == last.id))
    assert owners.create("coming", 2).id > last.id


def test_a_name_is_taken_once(engine: Engine) -> None:
    owners = Owners(engine)
    owners.create("alice", 10)
    with pytest.raises(OwnerNameTaken, match="'alice' exists; choose another"):
        owners.create("alice", 20)
    with pytest.raises(OwnerNameTaken):
        owners.create("house", 20)


@pytest.mark.parametrize("name", ["", "a" * 65, "line\nbreak", " alice", "\0"])
def test_other_names_are_refused(engine: Engine, name: str) -> None:
    with pytest.raises(InvalidOwnerName, match="give 1 to 64 printable characters"):
        Owners(engine).create(name, 10)
