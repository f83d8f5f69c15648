"""What works once, asked for by many at the same moment: one gets it, on SQLite and on PostgreSQL."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path

import httpx
import pytest

from rialto.identity.api_keys import KEYS_PER_OWNER_MAX
from rialto.identity.email_proofs import ATTEMPTS_MAX
from rialto.identity.restrictions import Permission
from tests.browser import PASSWORD, Browser
from tests.person import PASSWORD as PERSONS_PASSWORD
from tests.person import Someone, someone
from tests.plain_http import plain_client
from tests.soft_passkey import SoftPasskey
from tests.whole_exchange import Whole, whole_exchange

EMAIL = "alice@example.com"
AT_ONCE = 6
ORIGIN = "http://exchange.example"
FACTORS = "/account/v1/factors"


@pytest.fixture
async def whole(tmp_path: Path, empty_url: str) -> AsyncIterator[Whole]:
    async with whole_exchange(
        tmp_path, database_url=empty_url, public_url=ORIGIN, sign_ups_per_hour_max=1_000
    ) as whole:
        yield whole


def browser(whole: Whole) -> Browser:
    return Browser(str(whole.client.base_url))


async def codes(send: Callable[[], Awaitable[httpx.Response]], times: int = AT_ONCE) -> Counter[int]:
    """Send the same so many times at the same moment; count the answers."""
    return counted(await asyncio.gather(*(send() for _ in range(times))))


def counted(answers: Iterable[httpx.Response]) -> Counter[int]:
    """Count answers: 200, or the code of the refusal."""
    return Counter(each.status_code if each.status_code == 200 else each.json()["code"] for each in answers)


async def test_a_link_signs_up_one_of_many(whole: Whole) -> None:
    async with browser(whole) as alice:
        await alice.post("sign-up", email=EMAIL)
        token = await alice.token(EMAIL, "sign-up")

        async def confirm() -> httpx.Response:
            async with browser(whole) as other:
                return await other.send("POST", "sign-up/confirm", token=token, password=PASSWORD)

        assert await codes(confirm) == {200: 1, -41006: AT_ONCE - 1}


async def test_of_mails_asked_for_at_once_one_counts(whole: Whole) -> None:
    async with browser(whole) as alice:
        assert await codes(lambda: alice.send("POST", "sign-up", email=EMAIL), 4) == {200: 4}
        mailed = [mail["body"].split("enter the code ")[1][:6] for mail in await alice.mails(EMAIL)]
        tried = [
            await alice.send("POST", "sign-up/confirm", email=EMAIL, code=code, password=PASSWORD) for code in mailed
        ]
        assert sorted(each.status_code for each in tried) == [200, 400, 400, 400], [each.text for each in tried]


async def test_a_link_resets_a_password_once(whole: Whole) -> None:
    async with browser(whole) as alice:
        await alice.sign_up(EMAIL)
        await alice.post("password/forgotten", email=EMAIL)
        token = await alice.token(EMAIL, "reset")
        reset = {"token": token, "password": "another Quiet lantern"}
        assert await codes(lambda: alice.send("POST", "password/reset", **reset)) == {200: 1, -41006: AT_ONCE - 1}


async def test_a_link_freezes_once(whole: Whole) -> None:
    async with browser(whole) as alice:
        await alice.sign_up(EMAIL)
        await alice.post("password", password=PASSWORD, newPassword="another Quiet lantern")
        token = await alice.token(EMAIL, "freeze")
        assert await codes(lambda: alice.send("POST", "freeze", token=token)) == {200: 1, -41006: AT_ONCE - 1}


async def test_an_address_is_changed_once(whole: Whole) -> None:
    async with browser(whole) as alice:
        await alice.sign_up(EMAIL)
        new = "alice@elsewhere.example"
        await alice.post("email", email=new, password=PASSWORD)
        sent = {"email": new, "oldCode": await alice.code(EMAIL), "newCode": await alice.code(new)}
        answered = await codes(lambda: alice.send("POST", "email/confirm", **sent), ATTEMPTS_MAX)
        assert answered[200] == 1
        assert set(answered) <= {200, -41006, -41007}


async def test_guesses_at_once_are_no_more_than_guesses_in_turn(whole: Whole) -> None:
    async with browser(whole) as alice:
        await alice.post("sign-up", email=EMAIL)
        code = await alice.code(EMAIL)
        wrong = f"{(int(code) + 1) % 1_000_000:06}"
        guess = {"email": EMAIL, "password": PASSWORD}
        assert await codes(lambda: alice.send("POST", "sign-up/confirm", **guess, code=wrong), 5) == {-41006: 5}
        assert await alice.refused("POST", "sign-up/confirm", **guess, code=code) == (400, -41006)


async def sessions(whole: Whole, alice: Someone, count: int) -> list[Someone]:
    """More sessions of someone, on the same device."""
    parts = whole.exchange.parts
    opened = []
    for _ in range(count):
        session, token = parts.identity.sessions.open(
            alice.owner, alice.session.device, alice.session.client, "127.0.0.1", parts.wall_clock_us()
        )
        client = plain_client(alice.client.base_url)
        client.headers["user-agent"] = alice.session.client
        client.cookies.set("rialto_session", token, domain="127.0.0.1", path="/")
        client.cookies.set("rialto_device", "device-of-tests", domain="127.0.0.1", path="/")
        opened.append(Someone(whole, client, session))
    return opened


async def test_a_code_or_an_answer_steps_one_session_up(whole: Whole) -> None:
    async with someone(whole) as alice:
        secret, recovery = await alice.with_app()
        passkey = SoftPasskey(ORIGIN)
        asked = await alice.do("POST", f"{FACTORS}/passkeys/options")
        made = {"challenge": asked["challenge"], "credential": passkey.create(asked["passkeyOptions"])}
        await alice.do("POST", f"{FACTORS}/passkeys", **made, label="laptop")
        others = await sessions(whole, alice, AT_ONCE)
        begun = await alice.do("POST", f"{FACTORS}/challenge")
        shown = {"challenge": begun["challenge"], "credential": passkey.answer(begun["passkeyOptions"])}
        for proof in (
            {"kind": "RECOVERY_CODE", "code": recovery[0]},
            {"kind": "PASSKEY", **shown},
            {"kind": "TOTP", "code": alice.code(secret)},
        ):
            answers = await asyncio.gather(*(each.send("POST", "/account/v1/step-up", **proof) for each in others))
            answered = counted(answers)
            assert answered[200] == 1, proof
            assert set(answered) <= {200, -41202, -41203}
        for each in others:
            await each.client.aclose()


async def test_an_app_is_confirmed_once(whole: Whole) -> None:
    async with someone(whole) as alice:
        await alice.step_up()
        setup = await alice.do("POST", f"{FACTORS}/totp")
        code = alice.code(setup["secret"])
        answered = await codes(lambda: alice.send("POST", f"{FACTORS}/totp/confirm", code=code), 4)
        assert answered[200] == 1


async def test_no_more_keys_than_may_be(whole: Whole) -> None:
    async with someone(whole) as alice:
        await alice.step_up()
        keys = whole.exchange.parts.api_keys
        for number in range(KEYS_PER_OWNER_MAX - 1):
            keys.create(alice.owner, f"held {number}", [Permission.READ], 1)
        form = {"label": "one more", "permissions": "read"}
        answered = await codes(lambda: alice.send("POST", "/account/v1/keys", **form))
        assert answered[200] == 1
        assert len(keys.of_owner(alice.owner)) == KEYS_PER_OWNER_MAX


async def test_no_login_by_an_old_password_outlives_the_new_one(whole: Whole) -> None:
    async with browser(whole) as alice, browser(whole) as thief:
        owner = (await alice.sign_up(EMAIL))["userId"]
        await alice.post("password/forgotten", email=EMAIL)
        reset = {"token": await alice.token(EMAIL, "reset"), "password": "another Quiet lantern"}
        logins = [thief.send("POST", "login", email=EMAIL, password=PASSWORD) for _ in range(4)]
        *_, done = await asyncio.gather(*logins, alice.send("POST", "password/reset", **reset))
        assert done.status_code == 200
        parts = whole.exchange.parts
        assert parts.identity.sessions.of_owner(owner, parts.wall_clock_us()) == []


async def test_half_a_login_by_an_old_password_is_worth_nothing_after_it(whole: Whole) -> None:
    async with someone(whole, EMAIL) as alice, browser(whole) as thief:
        _, recovery = await alice.with_app()
        half = await thief.post("login", email=EMAIL, password=PERSONS_PASSWORD)
        await thief.post("password/forgotten", email=EMAIL)
        await thief.post("password/reset", token=await thief.token(EMAIL, "reset"), password="another Quiet lantern")
        shown = {"ticket": half["ticket"], "factor": "RECOVERY_CODE", "factorCode": recovery[0]}
        assert await thief.refused("POST", "login/factor", **shown) == (401, -41011)


async def test_requests_at_once_are_given_one_new_token(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        alice.session.rotated_at_us = 0
        answers = await asyncio.gather(*(alice.send("GET", "/account/v1/session") for _ in range(AT_ONCE)))
        assert [each.status_code for each in answers] == [200] * AT_ONCE
        assert len([each for each in answers if "set-cookie" in each.headers]) == 1
