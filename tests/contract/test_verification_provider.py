"""A provider that verifies people, over HTTP: believed by its signature, asked what happened, and done without."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from rialto.foundation.configuration import InvalidConfiguration
from rialto.identity.verification.model import Decision
from tests.contract.test_deposits import eventually
from tests.contract.test_verification import PATH, cases_of, show, submit
from tests.gateway import refusal
from tests.identity_provider import KEY, SECRET, WEBHOOK, IdentityProvider, identity_provider, send_message
from tests.person import Someone, someone
from tests.whole_exchange import Whole, whole_exchange

SECRETS = {"verification_provider_key": KEY, "verification_provider_secret": SECRET}


@asynccontextmanager
async def with_provider(data: Path, provider: IdentityProvider) -> AsyncIterator[Whole]:
    settings = (
        f'[verification]\nprovider_url = "{provider.url}"\nprovider_name = "acme"\nprovider_poll_seconds = 86400\n'
    )
    (data / "rialto.toml").write_text(settings, encoding="utf-8")
    async with whole_exchange(data, **SECRETS) as whole:
        yield whole


async def handed_in(person: Someone, level: int = 1, **changes: object) -> int:
    """Hand a case in; return its number."""
    await person.step_up()
    kind = "identity" if level == 1 else "address"
    submitted = await submit(person, (await show(person, kind=kind))["documentId"], level=level, **changes)
    return int(submitted["case"]["caseId"])


async def state(person: Someone) -> Any:
    return (await person.do("GET", PATH))["case"]["state"]


async def link(person: Someone) -> Any:
    return (await person.do("GET", PATH))["case"]["continueAt"]


async def test_the_provider_verifies_and_is_believed_by_its_signature(tmp_path: Path) -> None:
    async with (
        identity_provider() as provider,
        with_provider(tmp_path, provider) as whole,
        someone(whole) as alice,
        someone(whole, "bob@example.com") as bob,
    ):
        await handed_in(alice, firstName="Alice")
        await handed_in(bob, firstName="Bob")

        async def has_links() -> bool:
            return bool(await link(alice)) and bool(await link(bob))

        await eventually(has_links, True)
        of_alice, of_bob = provider.check_of("Alice"), provider.check_of("Bob")
        assert await link(alice) == f"https://provider.example/{of_alice.removeprefix('check-')}"
        provider.say(of_alice, "approved")
        other = "whsec_" + "b3RoZXIgc2VjcmV0IG9mIG5vYm9keSBhdCBhbGwhIQ=="
        for refused in (
            await send_message(whole.client, of_alice, secret=other),
            await send_message(whole.client, of_alice, late_s=301),
            await send_message(whole.client, of_alice, late_s=-302),
            await send_message(whole.client, of_alice, webhook_id="another"),
            await send_message(whole.client, of_alice, webhook_signature=""),
            await whole.client.post(WEBHOOK, content=b"{}"),
            await whole.client.post(WEBHOOK, content=b"x" * 10_000),
        ):
            assert refusal(refused)[:2] == (401, -41305)
        assert await state(alice) == "submitted"
        assert (await send_message(whole.client, of_alice)).status_code == 200
        await eventually(lambda: state(alice), "approved")
        assert ((await alice.do("GET", PATH))["level"], await link(alice)) == (1, None)
        # The same message again is taken and does nothing.
        provider.say(of_bob, "refused", "The picture is of somebody else.\n")
        assert (await send_message(whole.client, of_bob, "msg-1")).status_code == 200
        asked = provider.asked
        assert (await send_message(whole.client, of_bob, "msg-2")).status_code == 200
        await eventually(lambda: state(bob), "refused")
        assert provider.asked > asked
        assert (await bob.do("GET", PATH))["case"]["reason"] == "The picture is of somebody else. "
        log = whole.exchange.parts.identity.behaviour.of_owner(alice.owner)
        assert "provider:acme" in {each.actor for each in log}


async def test_where_two_must_agree_the_provider_is_one(tmp_path: Path) -> None:
    async with identity_provider() as provider, with_provider(tmp_path, provider) as whole:
        cases, now_us = cases_of(whole), whole.exchange.parts.wall_clock_us()
        async with someone(whole) as alice:
            whole.exchange.parts.identity.people.set_level(alice.owner, 1, now_us)
            number = await handed_in(alice, level=2, firstName="Alice")

            async def is_running() -> bool:
                return bool(await link(alice))

            await eventually(is_running, True)
            check = provider.check_of("Alice")
            provider.say(check, "approved")
            await send_message(whole.client, check)

            async def agreed() -> str | None:
                latest = cases.latest(alice.owner)
                return None if latest is None else latest.agreed_by

            await eventually(agreed, "provider:acme")
            assert (await alice.do("GET", PATH))["level"] == 1
            cases.take(number, "olga", now_us)
            cases.decide(number, "olga", Decision.APPROVE, "", now_us)
            assert (await alice.do("GET", PATH))["level"] == 2


async def test_people_decide_where_the_provider_does_not(tmp_path: Path) -> None:
    async with identity_provider() as provider:
        provider.is_down = True
        async with with_provider(tmp_path, provider) as whole, someone(whole) as alice:
            cases, now_us = cases_of(whole), whole.exchange.parts.wall_clock_us()
            number = await handed_in(alice, firstName="Alice")

            async def is_asked() -> bool:
                return provider.asked > 0

            await eventually(is_asked, True)
            assert await state(alice) == "submitted"
            cases.take(number, "olga", now_us)
            cases.decide(number, "olga", Decision.APPROVE, "", now_us)
            assert await state(alice) == "approved"
        provider.is_down = False
        # Started again it asks no more about what people decided, and goes on with what they did not.
        async with with_provider(tmp_path, provider) as whole, someone(whole, "bob@example.com") as bob:
            await handed_in(bob, firstName="Bob")

            async def is_running() -> bool:
                return bool(await link(bob))

            await eventually(is_running, True)
        async with with_provider(tmp_path, provider) as whole, someone(whole, "carol@example.com") as carol:
            assert {each["firstName"] for each in provider.checks.values()} == {"Bob"}
            check = provider.check_of("Bob")
            provider.say(check, "review")
            await send_message(whole.client, check)
            await handed_in(carol, firstName="Carol")

            async def has_begun() -> int:
                return len(provider.checks)

            await eventually(has_begun, 2)
            assert {case.state.value for case in cases_of(whole).waiting()} == {"submitted"}


async def test_without_a_provider_nobody_is_believed(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        assert refusal(await send_message(whole.client, "check-1"))[:2] == (401, -41305)


async def test_a_provider_without_its_secrets_is_none(tmp_path: Path) -> None:
    (tmp_path / "rialto.toml").write_text(
        '[verification]\nprovider_url = "https://provider.example"\n', encoding="utf-8"
    )
    with pytest.raises(InvalidConfiguration, match="verification_provider_key"):
        async with whole_exchange(tmp_path):
            pass
