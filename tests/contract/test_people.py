"""The course of a person's account over HTTP, as a browser takes it: sign-up, sessions, changes, freezing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from rialto.foundation.clock import SystemClock
from rialto.gateway.people.desk import STRANGERS_MAILS_DUE_MAX
from rialto.identity.mail import Mailer
from rialto.identity.people import LockReason
from rialto.identity.restrictions import Permission
from tests.browser import PASSWORD, Browser
from tests.gateway import Trader
from tests.whole_exchange import Whole, whole_exchange

EMAIL = "alice@example.com"
OTHER_PASSWORD = "nine loud Windmills"
ORDER = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.001",
    "price": "20000",
}


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole_exchange(tmp_path) as whole:
        yield whole


def browser(whole: Whole, client: str = "Firefox") -> Browser:
    return Browser(str(whole.client.base_url), client)


async def test_a_stranger_becomes_a_person_with_accounts(whole: Whole) -> None:
    async with browser(whole) as alice:
        assert await alice.post("sign-up", email=" Alice@Example.com".strip()) == {"status": "MAIL_SENT"}
        code = await alice.code("Alice@example.com")
        session = await alice.post("sign-up/confirm", email="alice@EXAMPLE.com", code=code, password=PASSWORD)
        assert session["email"] == "Alice@example.com"
        account = await alice.get("/api/v3/account")
        assert account["canTrade"] is True
        assert (await alice.get("session"))["userId"] == session["userId"]
        person = whole.exchange.parts.identity.people.find(session["userId"])
        assert person is not None
        assert (person.level, person.parent) == (0, None)


async def test_a_session_does_what_a_key_does_and_ends_with_logout(whole: Whole) -> None:
    async with browser(whole) as alice:
        await alice.sign_up(EMAIL)
        refused = await alice.send("POST", "/api/v3/order", **ORDER)
        assert (refused.status_code, refused.json()["code"]) == (400, -2010)
        assert await alice.post("logout") == {"sessionsEnded": 1}
        assert await alice.refused("GET", "/api/v3/account") == (401, -2014)
        assert await alice.refused("GET", "session") == (401, -41007)
        await alice.log_in(EMAIL)
        await alice.get("/api/v3/account")


async def test_sessions_survive_a_restart_and_end_everywhere(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, browser(whole) as alice:
        await alice.sign_up(EMAIL)
        cookies, csrf = dict(alice.http.cookies), alice.csrf
    async with whole_exchange(tmp_path) as whole, browser(whole) as alice, browser(whole, "phone") as phone:
        alice.http.cookies.update(cookies)
        alice.csrf = csrf
        await phone.log_in(EMAIL)
        listed = await alice.get("sessions")
        assert [(line["client"], line["isCurrent"]) for line in listed] == [("Firefox", True), ("phone", False)]
        assert await phone.post("logout-everywhere") == {"sessionsEnded": 2}
        assert await alice.refused("GET", "session") == (401, -41007)


async def test_one_session_is_ended_from_another(whole: Whole) -> None:
    async with browser(whole) as alice, browser(whole, "phone") as phone, browser(whole) as bob:
        await alice.sign_up(EMAIL)
        await phone.log_in(EMAIL)
        await bob.sign_up("bob@example.com")
        other = next(line for line in await alice.get("sessions") if not line["isCurrent"])
        assert await bob.refused("DELETE", "sessions", sessionId=other["sessionId"]) == (400, -41013)
        await phone.get("session")
        ended = await alice.send("DELETE", "sessions", sessionId=other["sessionId"])
        assert ended.status_code == 200
        assert await phone.refused("GET", "session") == (401, -41007)


async def test_a_new_device_is_told_of_and_a_known_one_not(whole: Whole) -> None:
    async with browser(whole) as alice, browser(whole, "phone") as phone:
        await alice.sign_up(EMAIL)
        await alice.post("logout")
        await alice.log_in(EMAIL)
        assert all("new device" not in mail["subject"] for mail in await alice.mails(EMAIL))
        await phone.log_in(EMAIL)
        newest = (await alice.mails(EMAIL))[0]
        assert newest["subject"] == "Login from a new device"
        assert "Client: phone" in newest["body"]
        devices = await alice.get("devices")
        assert {line["client"] for line in devices} == {"Firefox", "phone"}
        forgotten = next(line for line in devices if line["client"] == "phone")
        assert (await alice.send("DELETE", "devices", deviceId=forgotten["deviceId"])).status_code == 200
        assert await phone.refused("GET", "session") == (401, -41007)
        assert await alice.refused("DELETE", "devices", deviceId=forgotten["deviceId"]) == (400, -41014)


async def test_a_password_is_changed_other_sessions_end_and_withdrawals_are_locked(whole: Whole) -> None:
    async with browser(whole) as alice, browser(whole, "phone") as phone:
        session = await alice.sign_up(EMAIL)
        await phone.log_in(EMAIL)
        wrong = await alice.refused("POST", "password", password="wrong one", newPassword=OTHER_PASSWORD)
        assert wrong == (401, -41003)
        await alice.post("password", password=PASSWORD, newPassword=OTHER_PASSWORD)
        await alice.get("session")
        assert await phone.refused("GET", "session") == (401, -41007)
        assert await phone.refused("POST", "login", email=EMAIL, password=PASSWORD) == (401, -41003)
        await phone.log_in(EMAIL, OTHER_PASSWORD)
        person = whole.exchange.parts.identity.people.find(session["userId"])
        assert person is not None
        assert person.lock_reason is LockReason.PASSWORD_CHANGED
        assert person.withdrawals_locked_until_us > whole.exchange.parts.wall_clock_us() + 86_000_000_000
        assert "Your password was changed" in [mail["subject"] for mail in await alice.mails(EMAIL)]


async def test_a_forgotten_password_is_reset_by_mail(whole: Whole) -> None:
    async with browser(whole) as alice, browser(whole) as elsewhere:
        await alice.sign_up(EMAIL)
        await elsewhere.post("password/forgotten", email=EMAIL)
        token = await elsewhere.token(EMAIL, "reset")
        await elsewhere.post("password/reset", token=token, password=OTHER_PASSWORD)
        assert await alice.refused("GET", "session") == (401, -41007)
        await alice.log_in(EMAIL, OTHER_PASSWORD)
        again = await elsewhere.refused("POST", "password/reset", token=token, password=PASSWORD)
        assert again == (400, -41006)


async def test_one_link_freezes_and_a_reset_by_mail_unfreezes(whole: Whole) -> None:
    async with browser(whole) as alice, browser(whole, "thief") as thief, browser(whole) as anyone:
        session = await alice.sign_up(EMAIL)
        keys, now_us = whole.exchange.api_keys, whole.exchange.parts.wall_clock_us()
        key, secret = keys.create(session["userId"], "bot", [Permission.READ], now_us)
        bot = Trader(whole.client, key, secret)
        assert (await bot.send("GET", "/api/v3/account")).status_code == 200
        await thief.log_in(EMAIL)
        link = await anyone.token(EMAIL, "freeze")
        await anyone.post("freeze", token=link)
        assert await thief.refused("GET", "session") == (401, -41007)
        assert await alice.refused("GET", "session") == (401, -41007)
        assert (await bot.send("GET", "/api/v3/account")).json()["code"] == -2015
        assert await thief.refused("POST", "login", email=EMAIL, password=PASSWORD) == (403, -41010)
        assert await anyone.refused("POST", "freeze", token=link) == (400, -41006)
        await anyone.post("password/forgotten", email=EMAIL)
        await anyone.post("password/reset", token=await anyone.token(EMAIL, "reset"), password=OTHER_PASSWORD)
        await alice.log_in(EMAIL, OTHER_PASSWORD)
        assert (await bot.send("GET", "/api/v3/account")).status_code == 200


async def test_whom_an_operator_froze_no_mail_unfreezes(whole: Whole) -> None:
    async with browser(whole) as alice:
        session = await alice.sign_up(EMAIL)
        identity = whole.exchange.parts.identity
        identity.people.freeze(session["userId"], 1)
        await alice.post("password/forgotten", email=EMAIL)
        token = await alice.token(EMAIL, "reset")
        assert await alice.refused("POST", "password/reset", token=token, password=OTHER_PASSWORD) == (403, -41010)
        identity.people.close(session["userId"], 2)
        assert await alice.refused("POST", "login", email=EMAIL, password=PASSWORD) == (403, -41018)


async def test_an_address_is_changed_by_codes_to_both(whole: Whole) -> None:
    new = "alice@example.org"
    async with browser(whole) as alice, browser(whole, "phone") as phone:
        await alice.sign_up(EMAIL)
        await phone.log_in(EMAIL)
        assert await alice.refused("POST", "email", email=EMAIL, password=PASSWORD) == (400, -41017)
        await alice.post("email", email=new, password=PASSWORD)
        codes = {"oldCode": await alice.code(EMAIL), "newCode": await alice.code(new)}
        wrong = f"{(int(codes['oldCode']) + 1) % 1_000_000:06}"
        assert await alice.refused("POST", "email/confirm", email=new, **{**codes, "oldCode": wrong}) == (400, -41006)
        assert await alice.post("email/confirm", email=new, **codes) == {"email": new}
        assert await phone.refused("GET", "session") == (401, -41007)
        assert await phone.refused("POST", "login", email=EMAIL, password=PASSWORD) == (401, -41003)
        await phone.log_in(new)


async def test_every_mail_begins_with_the_anti_phishing_code(whole: Whole) -> None:
    async with browser(whole) as alice, browser(whole, "phone") as phone:
        await alice.sign_up(EMAIL)
        await alice.post("anti-phishing-code", code="blue heron")
        await phone.log_in(EMAIL)
        assert (await alice.mails(EMAIL))[0]["body"].startswith("Your anti-phishing code: blue heron\n")


async def test_all_of_it_is_in_the_behaviour_log_for_its_owner_alone(whole: Whole) -> None:
    async with browser(whole) as alice, browser(whole) as bob:
        await alice.sign_up(EMAIL)
        await bob.sign_up("bob@example.com")
        await alice.refused("POST", "login", email=EMAIL, password="wrong one")
        await alice.post("logout")
        await alice.log_in(EMAIL)
        entries = await alice.get("behaviour")
        assert [(entry["action"], entry["result"]) for entry in entries] == [
            ("login", "done"),
            ("logout", "done"),
            ("login", "refused"),
            ("login", "done"),
            ("sign-up-confirmed", "done"),
        ]
        assert {(entry["address"], entry["client"]) for entry in entries} == {("127.0.0.1", "Firefox")}
        assert [entry["action"] for entry in await alice.get("logins", limit=2)] == ["login", "login"]
        older = await alice.get("behaviour", beforeId=entries[0]["id"], limit=1)
        assert [entry["action"] for entry in older] == ["logout"]
        assert whole.exchange.parts.identity.behaviour.verify() >= 8


@pytest.mark.parametrize(
    ("password", "complaint"),
    [("short", "characters"), ("alice@example.com", "address"), ("password1234", "common"), ("x" * 129, "128")],
)
async def test_weak_passwords_are_refused_with_the_reason(whole: Whole, password: str, complaint: str) -> None:
    async with browser(whole) as alice:
        await alice.post("sign-up", email=EMAIL)
        token = await alice.token(EMAIL, "sign-up")
        response = await alice.send("POST", "sign-up/confirm", token=token, password=password)
        assert (response.status_code, response.json()["code"]) == (400, -41005)
        assert complaint in response.json()["msg"]
        assert password not in response.json()["msg"]
        await alice.post("sign-up/confirm", token=token, password=PASSWORD)


async def test_strangers_are_told_to_come_later_while_mail_piles_up(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, browser(whole) as alice:
        await alice.sign_up(EMAIL)
        people = whole.exchange.parts.identity.people
        mailer = Mailer(people.engine, SystemClock().now_us, has_server=True)
        with people.engine.begin() as connection:
            for number in range(STRANGERS_MAILS_DUE_MAX):
                mailer.send(f"person-{number}@example.com", "no-account", {"link": "http://x"}, connection)
    async with silent_mail_server() as port:
        mail = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none"}
        async with whole_exchange(tmp_path, **mail) as whole, browser(whole) as alice:
            for asked in ("sign-up", "password/forgotten"):
                answer = await alice.send("POST", f"/account/v1/{asked}", email="bob@example.com")
                assert (answer.status_code, answer.json()["code"]) == (503, -41001)
                assert answer.headers["retry-after"] == "5"
            await alice.log_in(EMAIL)
            await alice.post("step-up", password=PASSWORD)
            await alice.post("password", password=PASSWORD, newPassword=OTHER_PASSWORD)


@asynccontextmanager
async def silent_mail_server() -> AsyncIterator[int]:
    """A mail server that takes connections and says nothing."""
    quiet: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _reader, writer: quiet.append(writer), "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        for writer in quiet:
            writer.close()
