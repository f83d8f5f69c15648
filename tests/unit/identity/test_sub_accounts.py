"""Sub-accounts: who is whose, and what a master can do to them."""

from collections.abc import Iterator

import pytest

from rialto.foundation.database import Access, open_engine
from rialto.identity import sub_accounts as module
from rialto.identity.mail import Mailer
from rialto.identity.owners import Owners
from rialto.identity.people import People
from rialto.identity.sub_accounts import (
    FrozenByOther,
    InvalidSubAccountName,
    NotAMaster,
    SubAccounts,
    TooManySubAccounts,
)

NOW = 1_700_000_000_000_000


@pytest.fixture
def people(migrated_url: str) -> Iterator[People]:
    engine = open_engine(migrated_url, Access.DURABLE, connections=2)
    yield People(engine)
    engine.dispose()


@pytest.fixture
def sub_accounts(people: People) -> SubAccounts:
    return SubAccounts(people)


@pytest.fixture
def master(people: People) -> int:
    return people.register("master@example.com", NOW).owner


def test_a_sub_account_is_a_person_with_a_parent(people: People, sub_accounts: SubAccounts, master: int) -> None:
    made = sub_accounts.create(master, "Desk1", NOW, remark="the first")
    assert made.email.startswith("desk1_virtual@")
    assert made.email.endswith("noemail.com")
    assert (made.parent, made.is_managed, made.is_active, made.remark) == (master, False, True, "the first")
    person = people.find(made.owner)
    assert person is not None
    assert (person.parent, person.email) == (master, made.email)
    assert sub_accounts.find(made.owner) == sub_accounts.find_by_email(made.email.upper()) == made
    assert sub_accounts.parent_of(made.owner) == master
    assert sub_accounts.parent_of(master) is None
    assert sub_accounts.find_by_email("master@example.com") is None
    assert sub_accounts.find_by_email("no address") is None
    again = sub_accounts.create(master, "Desk1", NOW)
    assert again.email != made.email


@pytest.mark.parametrize("name", ["", "a b", "a" * 21, "x@y", "ü", "a\n", "a_virtual"])
def test_a_name_that_makes_no_address_is_refused(sub_accounts: SubAccounts, master: int, name: str) -> None:
    with pytest.raises(InvalidSubAccountName):
        sub_accounts.create(master, name, NOW)


def test_a_family_has_two_generations(sub_accounts: SubAccounts, master: int) -> None:
    child = sub_accounts.create(master, "a", NOW)
    with pytest.raises(NotAMaster):
        sub_accounts.create(child.owner, "b", NOW)
    with pytest.raises(NotAMaster):
        sub_accounts.create(master, "b", NOW, investor=child.owner)
    assert sub_accounts.count_of_parent(master) == 1


def test_a_master_has_so_many_at_most(sub_accounts: SubAccounts, master: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SUB_ACCOUNTS_PER_MASTER_MAX", 2)
    for name in ("a", "b"):
        sub_accounts.create(master, name, NOW)
    with pytest.raises(TooManySubAccounts):
        sub_accounts.create(master, "c", NOW)


def test_lists_are_of_one_master_and_one_investor(people: People, sub_accounts: SubAccounts, master: int) -> None:
    other = people.register("other@example.com", NOW).owner
    made = [sub_accounts.create(master, name, NOW) for name in ("a", "b", "c")]
    managed = sub_accounts.create(other, "d", NOW, investor=master)
    assert managed.email.endswith("managedsub.com")
    assert sub_accounts.of_parent(master, limit=9) == made
    assert sub_accounts.of_parent(master, skip=1, limit=1) == made[1:2]
    assert sub_accounts.of_parent(master, email=made[2].email, limit=9) == made[2:]
    assert sub_accounts.of_parent(master, email=managed.email, limit=9) == []
    assert sub_accounts.of_parent(master, email="?", limit=9) == []
    assert sub_accounts.of_investor(master, limit=9) == [managed]
    assert (sub_accounts.count_of_parent(master), sub_accounts.count_of_investor(master)) == (3, 1)
    sub_accounts.freeze(made[0].owner, NOW)
    assert [each.owner for each in sub_accounts.of_parent(master, is_frozen=True, limit=9)] == [made[0].owner]
    assert sub_accounts.of_parent(master, is_frozen=False, limit=9) == made[1:]


def test_a_master_unfreezes_only_what_it_froze(people: People, sub_accounts: SubAccounts, master: int) -> None:
    made = sub_accounts.create(master, "a", NOW)
    sub_accounts.freeze(made.owner, NOW)
    assert not people.is_active(made.owner)
    sub_accounts.freeze(made.owner, NOW + 1)
    sub_accounts.unfreeze(made.owner, NOW)
    assert people.is_active(made.owner)
    sub_accounts.unfreeze(made.owner, NOW)
    people.freeze(made.owner, NOW)
    with pytest.raises(FrozenByOther):
        sub_accounts.unfreeze(made.owner, NOW)
    assert not people.is_active(made.owner)


def test_what_both_froze_both_must_unfreeze(people: People, sub_accounts: SubAccounts, master: int) -> None:
    made = sub_accounts.create(master, "a", NOW)
    sub_accounts.freeze(made.owner, NOW)
    people.freeze(made.owner, NOW)
    assert not people.unfreeze(made.owner, NOW), "its master froze it"
    sub_accounts.unfreeze(made.owner, NOW)
    assert people.is_active(made.owner)
    people.freeze(made.owner, NOW)
    sub_accounts.freeze(made.owner, NOW)
    with pytest.raises(FrozenByOther):
        sub_accounts.unfreeze(made.owner, NOW)
    assert people.unfreeze(made.owner, NOW)
    people.close(made.owner, NOW)
    sub_accounts.freeze(made.owner, NOW)
    with pytest.raises(FrozenByOther):
        sub_accounts.unfreeze(made.owner, NOW)


def test_sub_accounts_rest_while_their_master_does(people: People, sub_accounts: SubAccounts, master: int) -> None:
    made, frozen = (sub_accounts.create(master, name, NOW) for name in ("a", "b"))
    sub_accounts.freeze(frozen.owner, NOW)
    told: list[int] = []
    people.when_inactive(told.append)
    people.freeze(master, NOW)
    assert not any(people.is_active(owner) for owner in (master, made.owner, frozen.owner))
    assert sorted(told) == [master, made.owner]
    again = People(people.engine)
    assert not again.is_active(made.owner)
    people.unfreeze(master, NOW)
    assert [people.is_active(owner) for owner in (master, made.owner, frozen.owner)] == [True, True, False]


def test_no_mail_goes_to_an_address_that_the_exchange_made_up(
    people: People, sub_accounts: SubAccounts, master: int
) -> None:
    mailer = Mailer(people.engine, lambda: NOW, has_server=False)
    made = sub_accounts.create(master, "a", NOW)
    values = {"link": "https://exchange.example/x", "code": "123456", "minutes": 15}
    for to in (made.owner, made.email, made.email.upper(), "master@example.com"):
        mailer.send(to, "reset-password", values)
    assert [each.to_address for each in mailer.local_mailbox()] == ["master@example.com"]


def test_what_is_allowed_stays_allowed(sub_accounts: SubAccounts, master: int) -> None:
    made = sub_accounts.create(master, "a", NOW)
    assert (made.has_futures, made.has_options) == (False, False)
    sub_accounts.allow_futures(made.owner, NOW)
    sub_accounts.allow_options(made.owner, NOW)
    sub_accounts.allow_futures(made.owner, NOW + 1)
    found = sub_accounts.find(made.owner)
    assert found is not None
    assert (found.has_futures, found.has_options) == (True, True)


def test_owners_are_called_by_their_address_or_else_their_name(
    people: People, sub_accounts: SubAccounts, master: int
) -> None:
    named = Owners(people.engine).create("desk", NOW).id
    assert sub_accounts.emails_of({master, named, 999}) == {master: "master@example.com", named: "desk"}
