"""People: one address is one person, and who is frozen may not act, whichever process froze them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from rialto.foundation.database import Access, open_engine
from rialto.identity.people import EmailTaken, FrozenBy, InvalidEmail, LockReason, NoSuchPerson, People, PersonStatus

NOW_US = 1_700_000_000_000_000


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    engine = open_engine(migrated_url, Access.DURABLE)
    yield engine
    engine.dispose()


def test_a_person_is_found_by_number_and_by_address_however_it_is_spelt(engine: Engine) -> None:
    people = People(engine)
    alice = people.register("Alice@Example.com", NOW_US)
    assert (alice.status, alice.level, alice.parent) == (PersonStatus.ACTIVE, 0, None)
    assert people.find(alice.owner) == alice
    assert people.find_by_email(" alice@EXAMPLE.COM ".strip()) == alice
    assert people.find_by_email("bob@example.com") is None
    assert people.find_by_email("no address") is None


def test_an_address_belongs_to_one_person(engine: Engine) -> None:
    people = People(engine)
    people.register("alice@example.com", NOW_US)
    with pytest.raises(EmailTaken):
        people.register("ALICE@example.com", NOW_US)


@pytest.mark.parametrize("email", ["", "alice", "a@b@c.com", "alice@example.com\r\nBcc: eve@example.com", "x" * 300])
def test_what_is_no_address_is_refused(engine: Engine, email: str) -> None:
    with pytest.raises(InvalidEmail):
        People(engine).register(email, NOW_US)


def test_a_longer_lock_of_withdrawals_stays(engine: Engine) -> None:
    people = People(engine)
    owner = people.register("alice@example.com", NOW_US).owner
    people.lock_withdrawals(owner, 200, LockReason.PASSWORD_CHANGED)
    people.lock_withdrawals(owner, 100, LockReason.FACTOR_CHANGED)
    alice = people.find(owner)
    assert alice is not None
    assert (alice.withdrawals_locked_until_us, alice.lock_reason) == (200, LockReason.PASSWORD_CHANGED)
    with pytest.raises(NoSuchPerson):
        people.lock_withdrawals(owner + 1, 100, LockReason.FACTOR_CHANGED)


def test_who_is_frozen_may_not_act_until_unfrozen(engine: Engine) -> None:
    people, elsewhere = People(engine), People(engine)
    owner = people.register("alice@example.com", NOW_US).owner
    told: list[int] = []
    elsewhere.when_inactive(told.append)
    people.freeze(owner, NOW_US)
    assert not people.is_active(owner)
    assert elsewhere.is_active(owner)
    elsewhere.refresh()
    assert not elsewhere.is_active(owner)
    assert told == [owner]
    assert not People(engine).is_active(owner)
    people.unfreeze(owner, NOW_US)
    elsewhere.refresh()
    assert people.is_active(owner)
    assert elsewhere.is_active(owner)
    assert told == [owner]


def test_only_operators_undo_what_operators_did(engine: Engine) -> None:
    people = People(engine)
    owner = people.register("alice@example.com", NOW_US).owner
    assert people.freeze(owner, NOW_US, FrozenBy.OWNER)
    assert people.unfreeze(owner, NOW_US, FrozenBy.OWNER)
    people.freeze(owner, NOW_US, FrozenBy.OWNER)
    people.freeze(owner, NOW_US)
    people.freeze(owner, NOW_US, FrozenBy.OWNER)
    assert people.is_frozen_by(owner, FrozenBy.OPERATOR)
    assert not people.unfreeze(owner, NOW_US, FrozenBy.OWNER)
    assert people.unfreeze(owner, NOW_US)


def test_who_is_closed_stays_closed(engine: Engine) -> None:
    people = People(engine)
    owner = people.register("alice@example.com", NOW_US).owner
    people.close(owner, NOW_US)
    assert not people.freeze(owner, NOW_US)
    assert not people.unfreeze(owner, NOW_US)
    person = people.find(owner)
    assert person is not None
    assert person.status is PersonStatus.CLOSED
    assert not people.is_active(owner)
    with pytest.raises(NoSuchPerson):
        people.freeze(owner + 1, NOW_US)
