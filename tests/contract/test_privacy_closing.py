"""Accounts that are closed for good: asked for, refused, taken back, done, held by an authority; what stays whole."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, select, update

from rialto import bootstrap
from rialto.backup.tables import ALL_TABLES
from rialto.contracts.commands import Post
from rialto.contracts.vocabulary import PostingReason
from rialto.identity.api_keys import ApiKey
from rialto.identity.operators import Role
from rialto.identity.privacy.classified import PERSONAL
from rialto.identity.privacy.declaration import Kept
from rialto.identity.privacy.schema import Schema
from rialto.identity.privacy.tables import closings
from rialto.identity.restrictions import Permission
from tests.contract.test_privacy import PRIVACY, funded, ordered, refused
from tests.contract.test_verification import show, submit
from tests.person import CLIENT, PASSWORD, Someone, someone
from tests.whole_exchange import ASSETS, Whole, whole_exchange

CLOSING = f"{PRIVACY}/closing"
AT_ONCE = "[privacy]\nclosing_days = 0\nretention_years = 5\n"
YEARS_LATER_US = 6 * 366 * 86_400_000_000


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    (tmp_path / "rialto.toml").write_text(AT_ONCE, encoding="utf-8")
    async with whole_exchange(tmp_path) as whole:
        yield whole


async def ask(person: Someone) -> Any:
    await person.step_up()
    return await person.do("POST", CLOSING, password=PASSWORD)


async def looked(whole: Whole) -> None:
    """Have everything done that is to be done now."""
    await whole.exchange.families.privacy.jobs.look()


async def lived(whole: Whole, alice: Someone) -> ApiKey:
    """Leave traces everywhere: an order, a document, a key, a consent, mail; and nothing open."""
    account = await funded(whole, alice, "1000")
    order = await ordered(alice)
    await alice.do("DELETE", "/api/v3/order", symbol="BTCUSDT", orderId=order["orderId"])
    usdt = ASSETS.index("USDT")
    await whole.exchange.runtime.submit(Post(account, usdt, "-1000", PostingReason.WITHDRAWAL))
    await alice.step_up()
    await submit(alice, (await show(alice))["documentId"])
    key, _ = whole.exchange.parts.api_keys.create(alice.owner, "alice's bot", [Permission.READ], 1)
    return key


def rows_of(connection: Connection, owner: int, kept: Kept) -> dict[str, int]:
    """How many rows of which tables are an owner's."""
    schema = Schema(ALL_TABLES)
    found = {
        each.table: len(connection.execute(select(schema.table(each)).where(schema.of_owner(each, owner))).all())
        for each in PERSONAL
        if each.kept is kept
    }
    return {table: rows for table, rows in found.items() if rows}


async def test_an_account_is_closed_and_its_persons_name_is_gone(whole: Whole, tmp_path: Path) -> None:
    parts = whole.exchange.parts
    async with someone(whole) as alice, someone(whole, "bob@example.com") as bob:
        key = await lived(whole, alice)
        assert (await ask(alice))["state"] == "ACCEPTED_FOR_REVIEW"
        await looked(whole)
        assert refused(await alice.send("GET", CLOSING)) == (401, -41007)
        assert parts.api_keys.find(key.key) is None
        login = {"email": "alice@example.com", "password": PASSWORD}
        response = await whole.client.post("/account/v1/login", data=login)
        assert refused(response) == (401, -41003)
        person = parts.identity.people.find(alice.owner)
        assert person is not None
        assert person.email.endswith("@closed.invalid")
        assert await bob.do("GET", CLOSING) == {"state": "NONE", "asked": None, "due": None, "obstacles": []}
        with parts.people.connect() as connection:
            assert rows_of(connection, alice.owner, Kept.ACCOUNT) == {}
            assert rows_of(connection, alice.owner, Kept.LAW).keys() >= {"verification_cases", "verification_keys"}
            assert rows_of(connection, alice.owner, Kept.BOOKS).keys() >= {"orders", "ledger_entries", "accounts"}
            assert_nowhere(connection, "alice@example.com", but=frozenset(("mail",)))
            assert_nowhere(connection, "alice's bot")
        told = parts.identity.mailer.local_mailbox(to="alice@example.com")
        assert [mail.template for mail in told] == ["account-closed"]
        assert parts.identity.behaviour.verify() > 0
        assert [each.action for each in parts.identity.behaviour.of_owner(alice.owner)] == ["account-closed"]
        again = parts.identity.people.register("alice@example.com", 1)
        assert again.owner != alice.owner
    await destroyed_after_years(whole, alice.owner)


async def destroyed_after_years(whole: Whole, owner: int) -> None:
    parts, family = whole.exchange.parts, whole.exchange.families.privacy
    now_us = parts.wall_clock_us()
    assert family.closings.destroyable(now_us) == []
    (closing,) = family.closings.destroyable(now_us + YEARS_LATER_US)
    # Another gateway may find it under way, and has to leave it.
    family.closings.put_off(closing)
    parts.identity.people.refresh()
    assert not parts.identity.people.is_active(owner)
    assert family.closings.destroy(closing, now_us + YEARS_LATER_US)
    assert not family.closings.destroy(closing, now_us + YEARS_LATER_US)
    with parts.people.connect() as connection:
        assert rows_of(connection, owner, Kept.LAW) == {}
        assert rows_of(connection, owner, Kept.BOOKS).keys() >= {"orders", "ledger_entries", "accounts"}


def assert_nowhere(connection: Connection, text: str, but: frozenset[str] = frozenset()) -> None:
    """Make sure that no table but some has a text anywhere."""
    found = {
        name
        for name, table in ALL_TABLES.items()
        for row in connection.execute(select(table)).all()
        if text in str(tuple(row))
    }
    assert found - but == set()


async def test_the_books_are_whole_after_it_and_projections_are_rebuilt(tmp_path: Path) -> None:
    (tmp_path / "rialto.toml").write_text(AT_ONCE, encoding="utf-8")
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        await lived(whole, alice)
        await ask(alice)
        await looked(whole)
        settings, owner = whole.exchange.settings, alice.owner
    await asyncio.to_thread(bootstrap.rebuild_projections, settings)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "rialto", "verify", str(bootstrap.journal_directory(tmp_path))),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said = await process.communicate()
    assert process.returncode == 0, said
    async with whole_exchange(tmp_path) as whole:
        with whole.exchange.parts.people.connect() as connection:
            assert rows_of(connection, owner, Kept.BOOKS).keys() >= {"orders", "ledger_entries", "accounts"}
            assert rows_of(connection, owner, Kept.ACCOUNT) == {}
        assert not whole.exchange.parts.identity.people.is_active(owner)


async def test_what_is_owed_or_open_keeps_an_account(whole: Whole) -> None:
    parts = whole.exchange.parts
    async with someone(whole) as alice:
        account = await funded(whole, alice, "10")
        assert refused(await alice.send("POST", CLOSING, password=PASSWORD)) == (403, -41201)
        await alice.step_up()
        assert refused(await alice.send("POST", CLOSING, password="not the password")) == (401, -41003)
        await ordered(alice, "10.00")
        response = await alice.send("POST", CLOSING, password=PASSWORD)
        assert refused(response) == (409, -41407)
        assert "there is money in your accounts; orders are open" in response.json()["msg"]
        assert refused(await alice.send("POST", f"{CLOSING}/cancel")) == (400, -41408)
        # What comes in between asking and the time it is due holds it up: the orders are taken back, the money stays.
        with parts.people.begin() as connection:
            values = {"owner": alice.owner, "state": "asked", "asked_at_us": 1, "due_at_us": 1}
            connection.execute(closings.insert().values(values))
        await looked(whole)
        shown = await alice.do("GET", CLOSING)
        assert (shown["state"], shown["obstacles"]) == ("ACCEPTED_FOR_REVIEW", ["MONEY"])
        assert await alice.do("GET", "/api/v3/openOrders") == []
        usdt = ASSETS.index("USDT")
        await whole.exchange.runtime.submit(Post(account, usdt, "-10", PostingReason.WITHDRAWAL))
        await looked(whole)
        assert refused(await alice.send("GET", CLOSING)) == (401, -41007)


async def test_operators_keep_theirs(whole: Whole) -> None:
    async with someone(whole, "olga@example.com") as olga:
        await olga.step_up()
        whole.exchange.parts.identity.operators.name(olga.owner, [Role.SUPPORT], 1)
        assert refused(await olga.send("POST", CLOSING, password=PASSWORD)) == (409, -41407)


async def test_a_person_takes_it_back_within_the_time_also_after_a_restart(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        asked = await ask(alice)
        assert asked["due"] - asked["asked"] == 30 * 86_400_000
        assert refused(await alice.send("POST", CLOSING, password=PASSWORD)) == (409, -41409)
    async with whole_exchange(tmp_path) as whole:
        await looked(whole)
        login = {"email": "alice@example.com", "password": PASSWORD}
        url = f"http://127.0.0.1:{whole.exchange.port}"
        async with httpx.AsyncClient(
            base_url=url, trust_env=False, timeout=30, headers={"user-agent": CLIENT}
        ) as client:
            session = (await client.post("/account/v1/login", data=login)).json()["session"]
            headers = {"x-csrf-token": session["csrfToken"]}
            assert (await client.get(CLOSING)).json()["state"] == "ACCEPTED_FOR_REVIEW"
            response = await client.post(f"{CLOSING}/cancel", headers=headers)
            assert response.json()["state"] == "NONE"
        with whole.exchange.parts.people.begin() as connection:
            connection.execute(update(closings).values(due_at_us=1))
        await looked(whole)
        assert whole.exchange.parts.identity.people.is_active(alice.owner)
        templates = [mail.template for mail in whole.exchange.parts.identity.mailer.local_mailbox()]
        assert {"closing-asked", "closing-canceled"} <= set(templates)


async def test_a_stop_between_the_steps_is_gone_on_with(tmp_path: Path) -> None:
    (tmp_path / "rialto.toml").write_text(AT_ONCE, encoding="utf-8")
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        await whole.exchange.families.privacy.jobs.stop()
        await lived(whole, alice)
        await ask(alice)
        whole.exchange.parts.identity.people.close(alice.owner, 1)
    async with whole_exchange(tmp_path) as whole:
        await looked(whole)
        person = whole.exchange.parts.identity.people.find(alice.owner)
        assert person is not None
        assert person.email.endswith("@closed.invalid")


async def test_who_is_held_is_told_what_everyone_is_told_and_nothing_goes(whole: Whole) -> None:
    parts, family = whole.exchange.parts, whole.exchange.families.privacy
    async with someone(whole) as alice, someone(whole, "bob@example.com") as bob:
        family.holds.set(alice.owner, "case 7", "a" * 32, 1)
        answers = [await ask(alice), await ask(bob)]
        assert [each.keys() for each in answers] == [answers[0].keys()] * 2
        assert {each["state"] for each in answers} == {"ACCEPTED_FOR_REVIEW"}
        await looked(whole)
        assert (await alice.do("GET", CLOSING))["state"] == "ACCEPTED_FOR_REVIEW"
        assert refused(await bob.send("GET", CLOSING)) == (401, -41007)
        held = family.closings.of_owner(alice.owner)
        assert held is not None
        assert not family.closings.finish(held, parts.wall_clock_us())
        shown = str(await alice.do("GET", "/account/v1/behaviour"))
        assert "hold" not in shown
        family.holds.lift(alice.owner, "case 7", "b" * 32, 2)
        await looked(whole)
        assert refused(await alice.send("GET", CLOSING)) == (401, -41007)
