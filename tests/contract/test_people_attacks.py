"""What strangers try with accounts, over HTTP: each is refused, and tells them nothing."""

import asyncio
import io
import logging as logging_of_libraries
import re
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy

from rialto.foundation import logging
from tests.browser import PASSWORD, Browser
from tests.whole_exchange import Whole, whole_exchange

EMAIL = "alice@example.com"
NOBODY = "nobody@example.com"
OTHER_PASSWORD = "nine loud Windmills"
ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quoteOrderQty": "10"}


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole_exchange(tmp_path) as whole:
        yield whole


def browser(whole: Whole, client: str = "Firefox") -> Browser:
    return Browser(str(whole.client.base_url), client)


def told(response: httpx.Response) -> tuple[int, Any, set[str]]:
    return response.status_code, response.json(), set(response.headers)


async def test_a_session_prepared_for_another_is_of_no_use(whole: Whole) -> None:
    async with browser(whole) as mallory, browser(whole) as alice:
        await mallory.sign_up("mallory@example.com")
        await alice.sign_up(EMAIL)
        await alice.post("logout")
        alice.http.cookies = httpx.Cookies(mallory.http.cookies)
        await alice.log_in(EMAIL)
        for cookie in ("rialto_session", "rialto_device"):
            assert alice.http.cookies[cookie] != mallory.http.cookies[cookie]
        assert await mallory.refused("GET", "session") == (401, -41007)
        assert (await alice.get("session"))["email"] == EMAIL


async def test_a_token_of_ones_own_choice_is_never_taken_over(whole: Whole) -> None:
    async with browser(whole) as alice:
        alice.http.cookies.set("rialto_session", "chosen")
        alice.http.cookies.set("rialto_device", "chosen")
        await alice.sign_up(EMAIL)
        sent = [cookie.value for cookie in alice.http.cookies.jar if cookie.domain]
        assert "chosen" not in sent


async def test_a_stolen_token_ends_the_session_on_another_device(whole: Whole) -> None:
    async with browser(whole) as alice, browser(whole, "curl") as thief:
        await alice.sign_up(EMAIL)
        thief.http.cookies = httpx.Cookies(alice.http.cookies)
        assert await thief.refused("GET", "session") == (401, -41007)
        assert await alice.refused("GET", "session") == (401, -41007)


async def test_cookies_are_kept_from_scripts_and_other_sites(whole: Whole) -> None:
    async with browser(whole) as alice:
        await alice.sign_up(EMAIL)
        response = await alice.send("POST", "login", email=EMAIL, password=PASSWORD)
        cookies = response.headers.get_list("set-cookie")
        assert len(cookies) == 1
        assert cookies[0].endswith("; Path=/; HttpOnly; SameSite=Strict")


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, -41008),
        ({"x-csrf-token": "guessed"}, -41008),
        ({"origin": "https://evil.example"}, -41009),
        ({"origin": "null"}, -41009),
        ({"sec-fetch-site": "cross-site"}, -41009),
    ],
)
async def test_other_sites_pages_change_nothing(whole: Whole, headers: dict[str, str], code: int) -> None:
    async with browser(whole) as alice:
        await alice.sign_up(EMAIL)
        for path in ("/api/v3/order", "/account/v1/logout-everywhere"):
            parameters = ORDER if "order" in path else {}
            response = await alice.http.post(path, data=parameters, headers=headers)
            assert (response.status_code, response.json()["code"]) == (403, code)
        await alice.get("session")


async def test_an_address_that_turns_the_text_beside_it_is_none(whole: Whole) -> None:
    async with browser(whole) as alice:
        for turning in ("\u202e", "\u2066"):
            email = f"alice{turning}@example.com"
            assert await alice.refused("POST", "sign-up", email=email) == (400, -1100)
            assert await alice.refused("POST", "login", email=email, password=PASSWORD) == (400, -1100)


async def test_other_sites_pages_log_nobody_in(whole: Whole) -> None:
    async with browser(whole) as alice:
        await alice.sign_up(EMAIL)
        alice.http.headers["origin"] = "https://evil.example"
        for path, parameters in (
            ("login", {"email": EMAIL, "password": PASSWORD}),
            ("sign-up", {"email": NOBODY}),
            ("password/forgotten", {"email": EMAIL}),
            ("password/reset", {"token": "x", "password": PASSWORD}),
            ("freeze", {"token": "x"}),
        ):
            assert await alice.refused("POST", path, **parameters) == (403, -41009)


@pytest.mark.parametrize(
    ("path", "parameters"),
    [("sign-up", {}), ("password/forgotten", {}), ("login", {"password": "a wrong one"})],
)
async def test_nobody_learns_whether_an_address_has_an_account(
    whole: Whole, path: str, parameters: dict[str, str]
) -> None:
    async with browser(whole) as alice, browser(whole) as stranger:
        await alice.sign_up(EMAIL)
        statements: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            # Other threads have work of their own.
            if threading.current_thread().name.startswith("clerk"):
                statements.append(re.sub(r"\s+", " ", statement))

        sqlalchemy.event.listen(whole.exchange.parts.people, "before_cursor_execute", note)
        answers, work = [], []
        for email in (EMAIL, NOBODY):
            statements.clear()
            answers.append(told(await stranger.send("POST", path, email=email, **parameters)))
            work.append(list(statements))
        assert answers[0] == answers[1]
        assert work[0] == work[1] != []


async def test_a_link_works_once(whole: Whole) -> None:
    async with browser(whole) as alice, browser(whole) as mallory:
        await alice.post("sign-up", email=EMAIL)
        token = await alice.token(EMAIL, "sign-up")
        both = await asyncio.gather(
            alice.send("POST", "sign-up/confirm", token=token, password=PASSWORD),
            mallory.send("POST", "sign-up/confirm", token=token, password=OTHER_PASSWORD),
        )
        assert sorted(response.status_code for response in both) == [200, 400]
        assert await mallory.refused("POST", "sign-up/confirm", token=token, password=PASSWORD) == (400, -41006)
        # Nor does a link do for anything but its purpose.
        await mallory.post("password/forgotten", email=EMAIL)
        reset = await mallory.token(EMAIL, "reset")
        assert await mallory.refused("POST", "sign-up/confirm", token=reset, password=PASSWORD) == (400, -41006)
        assert await mallory.refused("POST", "freeze", token=reset) == (400, -41006)


async def test_a_code_cannot_be_guessed(whole: Whole) -> None:
    async with browser(whole) as alice:
        await alice.post("sign-up", email=EMAIL)
        code = await alice.code(EMAIL)
        for number in range(1, 6):
            wrong = f"{(int(code) + number) % 1_000_000:06}"
            refused = await alice.refused("POST", "sign-up/confirm", email=EMAIL, code=wrong, password=PASSWORD)
            assert refused == (400, -41006)
        right = await alice.refused("POST", "sign-up/confirm", email=EMAIL, code=code, password=PASSWORD)
        assert right == (400, -41006)


async def test_links_and_codes_cannot_be_tried_for_ever(whole: Whole) -> None:
    async with browser(whole) as mallory:
        refusals = [await mallory.refused("POST", "freeze", token=f"guess{number}") for number in range(61)]
        assert refusals == [(400, -41006)] * 60 + [(429, -41002)]


async def test_guessing_a_password_takes_longer_and_longer_but_locks_nobody_out(whole: Whole) -> None:
    async with browser(whole) as alice, browser(whole, "guesser") as mallory:
        await alice.sign_up(EMAIL)
        await alice.post("logout")
        for number in range(5):
            guess = {"email": EMAIL, "password": f"guess {number}"}
            assert await mallory.refused("POST", "login", **guess) == (401, -41003)
        response = await mallory.send("POST", "login", email=EMAIL.upper(), password=PASSWORD)
        assert (response.status_code, response.json()["code"]) == (429, -41002)
        assert int(response.headers["retry-after"]) >= 1
        # Her own device is known, and waits for nobody else's guesses.
        await alice.log_in(EMAIL)


async def test_spelling_an_address_otherwise_gains_no_guesses(whole: Whole) -> None:
    async with browser(whole) as alice, browser(whole, "guesser") as mallory:
        await alice.sign_up(EMAIL)
        for spelt in (
            EMAIL,
            "ALICE@example.com",
            "alice@\uff45xample.com",
            "alice@EXAMPLE.com",
            "alice@e\uff58ample.com",
        ):
            assert await mallory.refused("POST", "login", email=spelt, password="a guess") == (401, -41003)
        assert await mallory.refused("POST", "login", email="alice@ex\uff41mple.com", password="a guess") == (
            429,
            -41002,
        )


async def test_one_address_cannot_guess_at_many_accounts(whole: Whole) -> None:
    async with browser(whole) as mallory:
        guesses = [
            await mallory.refused("POST", "login", email=f"user{number}@example.com", password="a guess")
            for number in range(21)
        ]
        assert guesses == [(401, -41003)] * 20 + [(429, -41002)]


async def test_a_stranger_cannot_flood_a_mailbox(whole: Whole) -> None:
    async with browser(whole) as mallory:
        for _ in range(8):
            assert await mallory.post("sign-up", email=NOBODY) == {"status": "MAIL_SENT"}
        assert len(await mallory.mails(NOBODY)) == 5


async def test_one_address_cannot_have_mail_sent_without_end(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path, sign_ups_per_hour_max=3) as whole, browser(whole) as mallory:
        for number in range(3):
            await mallory.post("sign-up", email=f"user{number}@example.com")
        assert await mallory.refused("POST", "sign-up", email="user3@example.com") == (429, -41002)
        assert await mallory.refused("POST", "password/forgotten", email=EMAIL) == (429, -41002)


@pytest.mark.parametrize(
    "email",
    ["alice@example.com\r\nBcc: eve@example.com", "alice@example.com,eve@example.com", "alice", "@", "a b@c.de"],
)
async def test_an_address_adds_no_recipient_and_no_header(whole: Whole, email: str) -> None:
    async with browser(whole) as mallory:
        status, code = await mallory.refused("POST", "sign-up", email=email)
        assert (status, code) in ((400, -41004), (400, -1100))
        assert await mallory.get("mailbox") == []


async def test_links_lead_to_this_exchange_whatever_a_request_says(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path, public_url="https://exchange.example") as whole, browser(whole) as mallory:
        evil = {"host": "evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
        response = await mallory.http.post("/account/v1/sign-up", data={"email": EMAIL}, headers=evil)
        assert response.status_code == 200
        links = re.findall(r"https?://\S+", (await mallory.mails(EMAIL))[0]["body"])
        assert links
        assert all(link.startswith("https://exchange.example/account/sign-up#token=") for link in links)
        # There is nowhere to be sent to: no parameter says where to go on.
        refused = await mallory.refused("POST", "sign-up", email=NOBODY, redirect="https://evil.example")
        assert refused == (400, -1101)


async def test_nobody_gives_themselves_what_was_not_asked(whole: Whole) -> None:
    async with browser(whole) as mallory:
        await mallory.post("sign-up", email=EMAIL)
        token = await mallory.token(EMAIL, "sign-up")
        for name, value in (("level", "3"), ("owner", "1"), ("status", "active"), ("permissions", "withdraw")):
            more = {name: value}
            refused = await mallory.refused("POST", "sign-up/confirm", token=token, password=PASSWORD, **more)
            assert refused[1] in (-1101, -1104)
        session = await mallory.post("sign-up/confirm", token=token, password=PASSWORD)
        assert session["level"] == 0


async def test_secrets_are_not_taken_from_an_address(whole: Whole) -> None:
    async with browser(whole) as alice:
        response = await alice.http.post(f"/account/v1/login?email={EMAIL}&password={PASSWORD}")
        assert (response.status_code, response.json()["code"]) == (400, -41016)


async def test_an_api_key_opens_no_account_pages(whole: Whole) -> None:
    trader = await whole.trader("bot")
    for method, path in (("GET", "session"), ("GET", "behaviour"), ("POST", "logout-everywhere")):
        response = await trader.send(method, f"/account/v1/{path}")
        assert (response.status_code, response.json()["code"]) == (401, -2015)


async def test_a_sessions_id_is_no_key(whole: Whole) -> None:
    async with browser(whole) as alice:
        session = await alice.sign_up(EMAIL)
        signed = {"timestamp": "1700000000000", "signature": "0" * 64}
        headers = {"x-mbx-apikey": session["sessionId"]}
        response = await whole.client.get("/api/v3/account", params=signed, headers=headers)
        assert response.json()["code"] in (-1021, -1022)


async def test_the_mailbox_is_for_this_machine_alone(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path / "a") as whole, browser(whole) as alice:
        response = await alice.http.get("/account/v1/mailbox", headers={"host": "rebound.example"})
        assert (response.status_code, response.json()["code"]) == (403, -41009)
    async with whole_exchange(tmp_path / "b", smtp_host="127.0.0.1", smtp_port=1) as whole, browser(whole) as alice:
        assert await alice.refused("GET", "mailbox") == (404, -41015)
    async with whole_exchange(tmp_path / "c", host="0.0.0.0") as whole, browser(whole) as alice:
        assert await alice.refused("GET", "mailbox") == (404, -41015)


async def test_too_many_at_once_are_told_to_try_again(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path, password_hashes_waiting_max=1) as whole, browser(whole) as crowd:
        logins = (crowd.send("POST", "login", email=f"user{n}@example.com", password="a guess") for n in range(16))
        answers = await asyncio.gather(*logins)
        codes = [response.json()["code"] for response in answers]
        assert set(codes) == {-41001, -41003}
        refused = answers[codes.index(-41001)]
        assert refused.status_code == 503
        assert int(refused.headers["retry-after"]) > 0
        assert "try again in" in refused.json()["msg"]


async def test_a_second_step_needs_the_first(whole: Whole) -> None:
    async with browser(whole) as mallory:
        refused = await mallory.refused("POST", "login/factor", ticket="guess", factor="TOTP", factorCode="123456")
        assert refused == (401, -41011)


async def test_no_secret_is_in_any_log(tmp_path: Path) -> None:
    lines = io.StringIO()
    logging.configure("debug", lines)
    for client in ("httpx", "httpcore"):  # What the browser says of itself is not the exchange's.
        logging_of_libraries.getLogger(client).setLevel("WARNING")
    secrets = [PASSWORD, OTHER_PASSWORD]
    async with whole_exchange(tmp_path) as whole, browser(whole) as alice:
        await alice.sign_up(EMAIL)
        secrets += [alice.csrf, *alice.http.cookies.values(), await alice.token(EMAIL, "sign-up")]
        await alice.refused("POST", "login", email=EMAIL, password=OTHER_PASSWORD)
        await alice.post("password", password=PASSWORD, newPassword=OTHER_PASSWORD)
        secrets += [*alice.http.cookies.values(), await alice.token(EMAIL, "freeze")]
        await alice.post("password/forgotten", email=EMAIL)
        secrets += [await alice.token(EMAIL, "reset"), await alice.code(EMAIL)]
        await alice.refused("POST", "password/reset", token=secrets[-2], password="weak")
        for kept in (tmp_path / "rialto.sqlite", tmp_path / "rialto.sqlite-wal"):
            stored = kept.read_bytes() if kept.exists() else b""
            assert all(secret.encode() not in stored for secret in (PASSWORD, OTHER_PASSWORD))
        entries = str(await alice.get("behaviour"))
    text = lines.getvalue() + entries
    assert "open" in text
    assert [secret for secret in secrets if secret in text] == []
