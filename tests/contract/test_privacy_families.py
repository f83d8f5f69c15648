"""Masters whose accounts are closed: their sub-accounts are emptied first, and end with them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rialto.contracts.commands import OpenAccount, Post
from rialto.contracts.events import AccountOpened
from rialto.contracts.vocabulary import AccountClass, AccountKind, PostingReason
from rialto.identity.people import FrozenBy, PersonStatus
from rialto.identity.privacy.declaration import Kept
from rialto.identity.restrictions import Permission
from rialto.identity.sub_accounts import NotAMaster
from tests.contract.test_privacy import refused
from tests.contract.test_privacy_closing import AT_ONCE, CLOSING, YEARS_LATER_US, ask, assert_nowhere, looked, rows_of
from tests.person import PASSWORD, Someone, someone
from tests.whole_exchange import ASSETS, Whole, whole_exchange

USDT = ASSETS.index("USDT")


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    (tmp_path / "rialto.toml").write_text(AT_ONCE, encoding="utf-8")
    async with whole_exchange(tmp_path) as whole:
        yield whole


async def sub_account(whole: Whole, master: Someone, name: str, investor: int | None = None) -> tuple[int, int]:
    """Make a sub-account; return its owner and its spot account."""
    made = whole.exchange.families.transfers.sub_accounts.create(master.owner, name, 1, investor=investor)
    outcome = await whole.exchange.runtime.submit(OpenAccount(made.owner, AccountKind(AccountClass.SPOT)))
    opened = outcome.events[0]
    assert isinstance(opened, AccountOpened)
    return made.owner, opened.account


async def post(whole: Whole, account: int, amount: str) -> None:
    await whole.exchange.runtime.submit(Post(account, USDT, amount, PostingReason.ADJUSTMENT))


async def in_the_way(person: Someone) -> list[str]:
    obstacles: list[str] = (await person.do("GET", CLOSING))["obstacles"]
    return obstacles


async def test_a_family_is_closed_once_all_of_it_is_empty(whole: Whole) -> None:
    parts = whole.exchange.parts
    people, keys = parts.identity.people, parts.api_keys
    async with someone(whole) as alice, someone(whole, "bob@example.com") as bob:
        (first, account), (second, _) = [await sub_account(whole, alice, name) for name in ("grid", "slow")]
        other, _ = await sub_account(whole, bob, "other")
        whole.exchange.families.transfers.sub_accounts.freeze(second, 1)
        key, _ = keys.create(first, "grid's bot", [Permission.READ], 1)
        address = people.find(first)
        assert address is not None
        await post(whole, account, "5")
        await alice.step_up()
        response = await alice.send("POST", CLOSING, password=PASSWORD)
        assert refused(response) == (409, -41407)
        assert "a sub-account of yours holds money" in response.json()["msg"]
        assert "empty it first" in response.json()["msg"]
        assert await in_the_way(alice) == ["SUB_ACCOUNTS"]
        await post(whole, account, "-5")
        assert await in_the_way(alice) == []
        await ask(alice)
        await looked(whole)
        closed = [people.find(each) for each in (alice.owner, first, second)]
        assert [each.status for each in closed if each] == [PersonStatus.CLOSED] * 3
        assert all(each.email.endswith("@closed.invalid") for each in closed if each)
        assert keys.find(key.key) is None
        assert people.is_active(other)
        assert people.is_active(bob.owner)
        with parts.people.connect() as connection:
            assert_nowhere(connection, address.email)
            assert_nowhere(connection, "grid's bot")
            assert rows_of(connection, first, Kept.ACCOUNT) == {}
            assert rows_of(connection, first, Kept.BOOKS).keys() >= {"accounts", "ledger_entries", "sub_accounts"}
        due = whole.exchange.families.privacy.closings.destroyable(parts.wall_clock_us() + YEARS_LATER_US)
        assert {each.owner for each in due} == {alice.owner, first, second}
        assert parts.identity.behaviour.verify() > 0
        with pytest.raises(NotAMaster):
            whole.exchange.families.transfers.sub_accounts.create(alice.owner, "late", 1)


async def test_what_comes_to_a_sub_account_meanwhile_keeps_the_family_as_it_was(whole: Whole) -> None:
    people = whole.exchange.parts.identity.people
    async with someone(whole) as alice:
        (first, account), (second, _) = [await sub_account(whole, alice, name) for name in ("grid", "slow")]
        whole.exchange.families.transfers.sub_accounts.freeze(second, 1)
        await ask(alice)
        await post(whole, account, "5")
        await looked(whole)
        shown = await alice.do("GET", CLOSING)
        assert (shown["state"], shown["obstacles"]) == ("ACCEPTED_FOR_REVIEW", ["SUB_ACCOUNTS"])
        assert people.is_active(first)
        assert people.is_frozen_by(second, FrozenBy.MASTER)
        await post(whole, account, "-5")
        await looked(whole)
        assert refused(await alice.send("GET", CLOSING)) == (401, -41007)


async def test_a_sub_account_that_an_operator_froze_or_an_authority_holds_keeps_the_family(whole: Whole) -> None:
    people, family = whole.exchange.parts.identity.people, whole.exchange.families.privacy
    async with someone(whole) as alice:
        first, _ = await sub_account(whole, alice, "grid")
        people.freeze(first, 1)
        assert await in_the_way(alice) == ["SUB_ACCOUNTS"]
        people.unfreeze(first, 1)
        family.holds.set(first, "case 7", "a" * 32, 1)
        await ask(alice)
        await looked(whole)
        assert (await alice.do("GET", CLOSING))["state"] == "ACCEPTED_FOR_REVIEW"
        family.holds.lift(first, "case 7", "b" * 32, 2)
        await looked(whole)
        found = people.find(first)
        assert found is not None
        assert found.status is PersonStatus.CLOSED


async def test_a_hold_on_a_master_keeps_what_is_of_their_sub_accounts(whole: Whole) -> None:
    family, parts = whole.exchange.families.privacy, whole.exchange.parts
    async with someone(whole) as alice:
        await sub_account(whole, alice, "grid")
        await ask(alice)
        await looked(whole)
        later_us = parts.wall_clock_us() + YEARS_LATER_US
        assert len(family.closings.destroyable(later_us)) == 2
        family.holds.set(alice.owner, "case 8", "c" * 32, 1)
        assert family.closings.destroyable(later_us) == []


async def test_an_investor_goes_once_nothing_of_theirs_is_managed_and_the_managed_account_stays(whole: Whole) -> None:
    people = whole.exchange.parts.identity.people
    async with someone(whole) as alice, someone(whole, "bob@example.com") as bob:
        managed, account = await sub_account(whole, bob, "team", investor=alice.owner)
        await post(whole, account, "5")
        assert await in_the_way(alice) == ["SUB_ACCOUNTS"]
        assert await in_the_way(bob) == ["SUB_ACCOUNTS"]
        await post(whole, account, "-5")
        await ask(alice)
        await looked(whole)
        assert not people.is_active(alice.owner)
        assert people.is_active(managed)
        assert await in_the_way(bob) == []
