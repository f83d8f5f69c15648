"""People secure their accounts: factors, step-up and keys over a browser's session, and those who try to get around."""

import time
from pathlib import Path
from typing import Any

import pytest

from rialto.identity.people import LockReason
from rialto.identity.restrictions import Permission
from tests.gateway import Trader, refusal
from tests.person import Someone, someone
from tests.soft_passkey import SoftPasskey
from tests.whole_exchange import Whole, whole_exchange

ORIGIN = "http://exchange.example"
FACTORS = "/account/v1/factors"
KEYS = "/account/v1/keys"
STEP_UP = "/account/v1/step-up"
ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "1"}


async def refused(person: Someone, method: str, path: str, **form: object) -> tuple[int, int]:
    return refusal(await person.send(method, path, **form))[:2]


async def with_passkey(person: Someone, label: str = "laptop") -> tuple[SoftPasskey, dict[str, Any]]:
    passkey = SoftPasskey(ORIGIN)
    asked = await person.do("POST", f"{FACTORS}/passkeys/options")
    credential = passkey.create(asked["passkeyOptions"])
    added = await person.do(
        "POST", f"{FACTORS}/passkeys", challenge=asked["challenge"], credential=credential, label=label
    )
    return passkey, added


async def answer(person: Someone, passkey: SoftPasskey) -> dict[str, str]:
    asked = await person.do("POST", f"{FACTORS}/challenge")
    return {
        "kind": "PASSKEY",
        "challenge": asked["challenge"],
        "credential": passkey.answer(asked["passkeyOptions"]),
    }


def actions(whole: Whole, person: Someone) -> list[tuple[str, str]]:
    return [(entry.action, entry.result) for entry in whole.exchange.parts.identity.behaviour.of_owner(person.owner)]


async def test_nothing_is_changed_without_a_step_up(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        for method, path, form in (
            ("POST", f"{FACTORS}/totp", {}),
            ("POST", f"{FACTORS}/totp/confirm", {"code": "123456"}),
            ("POST", f"{FACTORS}/passkeys/options", {}),
            ("POST", f"{FACTORS}/passkeys", {"challenge": "x" * 43, "credential": "{}"}),
            ("POST", f"{FACTORS}/recovery-codes", {}),
            ("POST", KEYS, {"label": "bot"}),
            ("PUT", KEYS, {"apiKey": "x" * 64}),
        ):
            assert await refused(alice, method, path, **form) == (403, -41201), path
        assert await refused(alice, "POST", STEP_UP, password="wrong password") == (401, -41207)
        token = alice.client.cookies["rialto_session"]
        await alice.step_up()
        assert alice.client.cookies["rialto_session"] != token, "the token is replaced"
        await alice.do("POST", f"{FACTORS}/totp")
        assert actions(whole, alice) == [("step-up", "done"), ("step-up", "refused")]


async def test_guessing_the_password_is_made_to_wait(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        for _ in range(5):
            assert await refused(alice, "POST", STEP_UP, password="wrong password") == (401, -41207)
        waiting = await alice.send("POST", STEP_UP, password="wrong password")
        assert refusal(waiting)[:2] == (429, -41203)
        assert 1 <= int(waiting.headers["retry-after"]) <= 30


async def test_an_authenticator_app_from_the_first_code_to_its_end(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        people = whole.exchange.parts.identity.people
        secret, codes = await alice.with_app()
        assert len(codes) == 10
        await alice.do("POST", STEP_UP, kind="RECOVERY_CODE", code=codes[9])
        assert await refused(alice, "POST", f"{FACTORS}/totp") == (400, -41204), "there is one already"
        person = people.find(alice.owner)
        assert person is not None
        assert person.lock_reason is LockReason.FACTOR_CHANGED
        locked_for_us = person.withdrawals_locked_until_us - whole.exchange.parts.wall_clock_us()
        assert 86_390_000_000 < locked_for_us <= 86_400_000_000
        held = await alice.do("GET", FACTORS)
        assert (held["passkeys"], held["recoveryCodesLeft"]) == ([], 9)
        assert await refused(alice, "POST", STEP_UP, password="whatever it is") == (400, -41206)
        code = alice.code(secret)
        await alice.do("POST", STEP_UP, kind="TOTP", code=code)
        assert await refused(alice, "POST", STEP_UP, kind="TOTP", code=code) == (401, -41202)
        assert await refused(alice, "DELETE", f"{FACTORS}/totp", kind="TOTP", code="000000") == (401, -41202)
        assert await alice.do("DELETE", f"{FACTORS}/totp", kind="RECOVERY_CODE", code=codes[0]) == {}
        assert (await alice.do("GET", FACTORS))["authenticatorSince"] is None
        assert await refused(alice, "DELETE", f"{FACTORS}/totp", kind="RECOVERY_CODE", code=codes[1]) == (400, -41205)
        assert [action for action, result in actions(whole, alice) if result == "done"][:2] == [
            "factor-removed",
            "step-up",
        ]


async def test_a_code_is_refused_a_second_time_after_a_restart(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        secret, _ = await alice.with_app()
        code = alice.code(secret)
        await alice.do("POST", STEP_UP, kind="TOTP", code=code)
        cookies, session = alice.client.cookies, alice.session
    async with whole_exchange(tmp_path) as whole:
        whole.client.cookies.update(cookies)
        whole.client.headers["user-agent"] = "Mozilla/5.0 (tests)"
        again = Someone(whole, whole.client, session)
        assert await refused(again, "POST", STEP_UP, kind="TOTP", code=code) == (401, -41202)


async def test_passkeys_are_added_shown_and_removed(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path, public_url=ORIGIN) as whole, someone(whole) as alice:
        await alice.step_up()
        laptop, added = await with_passkey(alice)
        assert len(added["recoveryCodes"]) == 10
        phone, second = await with_passkey(alice, "phone")
        assert second["recoveryCodes"] == []
        assert [each["label"] for each in (await alice.do("GET", FACTORS))["passkeys"]] == ["laptop", "phone"]
        proof = await answer(alice, laptop)
        await alice.do("POST", STEP_UP, **proof)
        assert await refused(alice, "POST", STEP_UP, **proof) == (401, -41202)
        laptop_id = added["passkey"]["id"]
        own = await answer(alice, laptop)
        assert await refused(alice, "DELETE", f"{FACTORS}/passkeys", passkey=laptop_id, **own) == (401, -41202)
        await alice.do("DELETE", f"{FACTORS}/passkeys", passkey=laptop_id, **await answer(alice, phone))
        assert [each["label"] for each in (await alice.do("GET", FACTORS))["passkeys"]] == ["phone"]


async def test_nobody_changes_anothers_factors(tmp_path: Path) -> None:
    async with (
        whole_exchange(tmp_path, public_url=ORIGIN) as whole,
        someone(whole) as alice,
        someone(whole, "bob@example.com") as bob,
    ):
        await alice.step_up()
        passkey, added = await with_passkey(alice)
        await bob.step_up()
        _, codes = await bob.with_app()
        stolen = {"passkey": added["passkey"]["id"], "kind": "RECOVERY_CODE", "code": codes[0]}
        assert await refused(bob, "DELETE", f"{FACTORS}/passkeys", **stolen) == (400, -41205)
        assert await refused(bob, "POST", STEP_UP, **await answer(alice, passkey)) == (401, -41202)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"kind": "TOTP"},
        {"kind": "TOTP", "code": "1", "challenge": "x" * 43},
        {"kind": "PASSKEY", "code": "1"},
        {"kind": "TOTP", "code": "1", "password": "both of them"},
    ],
)
async def test_an_incomplete_proof_is_refused(tmp_path: Path, form: dict[str, str]) -> None:
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        assert await refused(alice, "POST", STEP_UP, **form) == (400, -41208)


async def test_secrets_in_an_address_are_refused(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        sent = await alice.client.post(
            STEP_UP, params={"password": "in the address"}, headers={"x-csrf-token": alice.session.csrf}
        )
        assert refusal(sent)[:2] == (400, -41016)


async def test_a_key_from_its_making_to_its_end(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path, unrestricted_key_trade_days=90) as whole, someone(whole) as alice:
        await alice.step_up()
        made = await alice.do("POST", KEYS, label="bot", permissions='["read","trade"]')
        key, secret = made["key"], made["secretKey"]
        assert (key["type"], key["state"], key["permissions"]) == ("HMAC", "ACTIVE", ["read", "trade"])
        assert (key["addresses"], key["symbols"], key["expiresAt"]) == ([], [], None)
        assert key["tradesUntil"] - key["createdAt"] == 90 * 86_400_000
        assert len(secret) == 64
        listed = await alice.send("GET", KEYS)
        assert listed.json() == [key]
        assert secret not in listed.text
        held = whole.exchange.api_keys.find(key["apiKey"])
        assert held is not None
        trader = Trader(whole.client, held, secret)
        assert (await trader.do("GET", "/sapi/v1/account/apiRestrictions"))["enableSpotAndMarginTrading"] is True
        changed = await alice.do("PUT", KEYS, apiKey=key["apiKey"], permissions="read", addresses="192.0.2.0/24")
        assert (changed["addresses"], changed["permissions"], changed["label"]) == (["192.0.2.0/24"], ["read"], "bot")
        assert refusal(await trader.send("GET", "/sapi/v1/account/status"))[:2] == (401, -2015)
        await alice.do("PUT", KEYS, apiKey=key["apiKey"], addresses="*")
        await trader.do("GET", "/sapi/v1/account/status")
        await alice.do("DELETE", KEYS, apiKey=key["apiKey"])
        assert refusal(await trader.send("GET", "/sapi/v1/account/status"))[:2] == (401, -2015)
        assert await alice.do("GET", KEYS) == []
        assert [action for action, _ in actions(whole, alice)] == [
            "key-revoked",
            "key-changed",
            "key-changed",
            "key-created",
            "step-up",
        ]


async def test_a_key_expires(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        await alice.step_up()
        soon_ms = time.time_ns() // 1_000_000 + 2_000
        made = await alice.do("POST", KEYS, label="bot", expiresAt=soon_ms)
        held = whole.exchange.api_keys.find(made["key"]["apiKey"])
        assert held is not None
        trader = Trader(whole.client, held, made["secretKey"])
        while time.time_ns() // 1_000_000 < soon_ms:
            await trader.send("GET", "/sapi/v1/account/status")
        assert refusal(await trader.send("GET", "/sapi/v1/account/status"))[:2] == (401, -2015)
        ((shown),) = await alice.do("GET", KEYS)
        assert shown["state"] == "EXPIRED"
        renewed = await alice.do("PUT", KEYS, apiKey=made["key"]["apiKey"], expiresAt=0)
        assert (renewed["state"], renewed["expiresAt"]) == ("ACTIVE", None)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"permissions": "withdraw"}, -41209),
        ({"permissions": "withdraw", "addresses": "0.0.0.0/0"}, -41209),
        ({"addresses": "999.1.1.1"}, -41209),
        ({"addresses": "not an address"}, -1100),
        ({"publicKey": "no key at all"}, -41209),
        ({"permissions": "everything"}, -1130),
        ({"expiresAt": "1600000000000"}, -41209),
        ({"owner": "1"}, -1104),
    ],
)
async def test_keys_that_cannot_be_made(tmp_path: Path, form: dict[str, str], code: int) -> None:
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        await alice.step_up()
        assert (await refused(alice, "POST", KEYS, label="bot", **form))[1] == code
        assert await alice.do("GET", KEYS) == []


async def test_nobody_changes_anothers_key(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice, someone(whole, "bob@example.com") as bob:
        await alice.step_up()
        key = (await alice.do("POST", KEYS, label="bot"))["key"]
        await bob.step_up()
        assert await refused(bob, "PUT", KEYS, apiKey=key["apiKey"], permissions="trade") == (400, -41210)
        assert await refused(bob, "DELETE", KEYS, apiKey=key["apiKey"]) == (400, -41210)
        assert await bob.do("GET", KEYS) == []
        assert await alice.do("GET", KEYS) == [key]


async def test_no_key_opens_what_is_for_sessions(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        trader = await whole.trader("bot")
        for method, path in (("GET", FACTORS), ("GET", KEYS), ("POST", KEYS), ("POST", STEP_UP), ("DELETE", KEYS)):
            form = {"label": "x"} if method == "POST" and path == KEYS else {}
            form = {"password": "x"} if path == STEP_UP else form
            form = {"apiKey": "x"} if method == "DELETE" else form
            assert refusal(await trader.send(method, path, form))[1] in (-2015, -41007), path


async def test_money_leaves_a_session_only_after_a_step_up(tmp_path: Path) -> None:
    path, form = "/sapi/v1/capital/withdraw/apply", {"coin": "BTC", "address": "x", "amount": "1"}
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        assert await refused(alice, "POST", path, **form) == (403, -41201)
        await alice.step_up()
        assert (await refused(alice, "POST", path, **form))[1] != -41201
        alice.session.stepped_up_until_us = whole.exchange.parts.wall_clock_us()
        assert await refused(alice, "POST", path, **form) == (403, -41201)


@pytest.mark.parametrize(
    ("method", "path", "form", "needed"),
    [
        ("GET", "/sapi/v1/account/status", {}, Permission.READ),
        ("POST", "/api/v3/order/test", dict(ORDER), Permission.TRADE),
        (
            "POST",
            "/sapi/v1/asset/transfer",
            {"type": "MAIN_FUNDING", "asset": "BTC", "amount": "1"},
            Permission.TRANSFER,
        ),
        (
            "POST",
            "/sapi/v1/capital/withdraw/apply",
            {"coin": "BTC", "address": "x", "amount": "1"},
            Permission.WITHDRAW,
        ),
    ],
)
async def test_a_key_does_only_what_it_is_permitted(
    tmp_path: Path, method: str, path: str, form: dict[str, str], needed: Permission
) -> None:
    async with whole_exchange(tmp_path) as whole:
        one = await whole.trader("one", [needed], BTC="5")
        others = await whole.trader("others", set(Permission) - {needed}, BTC="5")
        assert refusal(await others.send(method, path, form))[:2] == (401, -2015)
        allowed = await one.send(method, path, form)
        assert allowed.status_code == 200 or refusal(allowed)[1] != -2015


async def test_a_signature_is_refused_once_its_window_has_passed(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice = await whole.trader("alice")
        old_ms = time.time_ns() // 1_000_000 - 5_001
        query = f"timestamp={old_ms}"
        url = f"/sapi/v1/account/status?{query}&signature={alice.sign(query)}"
        replayed = await whole.client.get(url, headers={"X-MBX-APIKEY": alice.key.key})
        assert refusal(replayed)[:2] == (400, -1021)
        bob = await whole.trader("bob")
        query = f"timestamp={old_ms + 5_000}"
        url = f"/sapi/v1/account/status?{query}&signature={alice.sign(query)}"
        stolen = await whole.client.get(url, headers={"X-MBX-APIKEY": bob.key.key})
        assert refusal(stolen)[:2] == (400, -1022)
