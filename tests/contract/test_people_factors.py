"""Logins with a second factor and by passkey alone, over HTTP: half a login opens nothing."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pyotp
import pytest

from tests.browser import PASSWORD, Browser
from tests.gateway import until
from tests.soft_passkey import SoftPasskey
from tests.whole_exchange import Whole, whole_exchange

EMAIL = "alice@example.com"
ORIGIN = "http://exchange.example"
OTHER_PASSWORD = "nine loud Windmills"


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole_exchange(tmp_path, public_url=ORIGIN) as whole:
        yield whole


def browser(whole: Whole, client: str = "Firefox") -> Browser:
    return Browser(str(whole.client.base_url), client)


async def with_app(alice: Browser) -> tuple[str, list[str]]:
    """Set up an authenticator app; return its secret and the recovery codes."""
    await alice.sign_up(EMAIL)
    await alice.post("step-up", password=PASSWORD)
    secret = (await alice.post("factors/totp"))["secret"]
    # The code of the interval before, so that those of now are left for the tests; early enough to be taken.
    await until(lambda: time.time() % 30 < 25)
    code = pyotp.TOTP(secret).at(int(time.time()) - 30)
    return secret, (await alice.post("factors/totp/confirm", code=code))["recoveryCodes"]


async def with_passkey(alice: Browser) -> SoftPasskey:
    await alice.sign_up(EMAIL)
    await alice.post("step-up", password=PASSWORD)
    passkey = SoftPasskey(ORIGIN)
    asked = await alice.post("factors/passkeys/options")
    credential = passkey.create(asked["passkeyOptions"])
    await alice.post("factors/passkeys", challenge=asked["challenge"], credential=credential, label="laptop")
    return passkey


def answered(passkey: SoftPasskey, asked: dict[str, Any]) -> dict[str, str]:
    return {"challenge": asked["challenge"], "credential": passkey.answer(asked["passkeyOptions"])}


async def test_a_login_is_complete_with_the_second_factor_only(whole: Whole) -> None:
    async with browser(whole) as alice, browser(whole, "phone") as phone:
        secret, _ = await with_app(alice)
        half = await phone.log_in(EMAIL)
        assert (half["status"], half["session"]) == ("SECOND_FACTOR", None)
        assert half["challenge"]["kinds"] == ["RECOVERY_CODE", "TOTP"]
        assert not phone.http.cookies
        assert await phone.refused("GET", "session") == (401, -41007)
        ticket = {"ticket": half["ticket"]}
        assert await phone.refused("POST", "login/factor", **ticket) == (401, -41012)
        code = {"factor": "TOTP", "factorCode": pyotp.TOTP(secret).now()}
        async with browser(whole, "thief") as thief:
            assert await thief.refused("POST", "login/factor", **ticket, **code) == (401, -41011)
        whole_login = await phone.post("login/factor", **ticket, **code)
        assert whole_login["status"] == "COMPLETE"
        await phone.get("session")
        # Neither the ticket nor the code serves again.
        assert await phone.refused("POST", "login/factor", **ticket, **code) == (401, -41011)
        again = await alice.log_in(EMAIL)
        assert await alice.refused("POST", "login/factor", ticket=again["ticket"], **code) == (401, -41012)
        assert ("login", "refused") in [(each["action"], each["result"]) for each in await phone.get("logins")]


async def test_a_second_factor_cannot_be_guessed(whole: Whole) -> None:
    async with browser(whole) as alice, browser(whole, "thief") as thief:
        _, codes = await with_app(alice)
        half = await thief.log_in(EMAIL)
        for number in range(5):
            guess = {"factor": "RECOVERY_CODE", "factorCode": f"guess-{number}"}
            status, code = await thief.refused("POST", "login/factor", ticket=half["ticket"], **guess)
            assert (status, code) in ((401, -41012), (429, -41002))
        right = {"factor": "RECOVERY_CODE", "factorCode": codes[0]}
        assert await thief.refused("POST", "login/factor", ticket=half["ticket"], **right) == (401, -41011)


async def test_safety_is_changed_with_the_second_factor_only(whole: Whole) -> None:
    async with browser(whole) as alice:
        secret, codes = await with_app(alice)
        await alice.post("logout")
        half = await alice.log_in(EMAIL)
        app = {"factor": "TOTP", "factorCode": pyotp.TOTP(secret).now()}
        await alice.post("login/factor", ticket=half["ticket"], **app)
        change = {"password": PASSWORD, "newPassword": OTHER_PASSWORD}
        assert await alice.refused("POST", "password", **change) == (403, -41201)
        await alice.post("step-up", kind="RECOVERY_CODE", code=codes[0])
        await alice.post("password", **change)


async def test_a_frozen_account_with_a_factor_needs_it_to_be_reset(whole: Whole) -> None:
    async with browser(whole) as alice, browser(whole, "phone") as phone:
        _, codes = await with_app(alice)
        half = await phone.log_in(EMAIL)
        await phone.post("login/factor", ticket=half["ticket"], factor="RECOVERY_CODE", factorCode=codes[0])
        await phone.post("freeze", token=await phone.token(EMAIL, "freeze"))
        await phone.post("password/forgotten", email=EMAIL)
        reset = {"token": await phone.token(EMAIL, "reset"), "password": OTHER_PASSWORD}
        assert await phone.refused("POST", "password/reset", **reset) == (401, -41012)
        await phone.post("password/reset", **reset, factor="RECOVERY_CODE", factorCode=codes[1])
        assert (await phone.log_in(EMAIL, OTHER_PASSWORD))["status"] == "SECOND_FACTOR"


async def test_a_passkey_alone_logs_in_once_for_each_challenge(whole: Whole) -> None:
    async with browser(whole) as alice, browser(whole, "phone") as phone, browser(whole, "thief") as thief:
        passkey = await with_passkey(alice)
        answer = answered(passkey, await phone.post("login/passkey/begin"))
        assert (await phone.post("login/passkey", **answer))["status"] == "COMPLETE"
        assert (await phone.get("session"))["email"] == EMAIL
        assert await thief.refused("POST", "login/passkey", **answer) == (401, -41012)
        stranger = SoftPasskey("https://evil.example")
        stranger.device = passkey.device
        phished = answered(stranger, await thief.post("login/passkey/begin"))
        assert await thief.refused("POST", "login/passkey", **phished) == (401, -41012)


async def test_a_passkey_is_a_second_factor_too(whole: Whole) -> None:
    async with browser(whole) as alice, browser(whole, "phone") as phone:
        passkey = await with_passkey(alice)
        half = await phone.log_in(EMAIL)
        proof = {"factor": "PASSKEY", **answered(passkey, half["challenge"])}
        assert (await phone.post("login/factor", ticket=half["ticket"], **proof))["status"] == "COMPLETE"
