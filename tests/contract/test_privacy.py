"""What people agreed to, and copies of what is known of them, asked for over HTTP by them and by others."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from rialto.contracts.commands import OpenAccount, Post
from rialto.contracts.vocabulary import AccountClass, AccountKind, PostingReason
from rialto.identity.privacy.tables import exports
from rialto.identity.resealing import reseal
from rialto.identity.restrictions import Permission
from tests.contract.test_verification import PNG, show, submit
from tests.exports import PATH, exported, fetched, ready_export, unpacked
from tests.person import PASSWORD, Someone, someone
from tests.plain_http import plain_client
from tests.whole_exchange import ASSETS, Whole, whole_exchange

PRIVACY = "/account/v1/privacy"
DOCUMENTS = """
[[privacy.documents]]
name = "terms"
version = "2"
title = "Terms of use"
url = "https://exchange.example/terms/2"

[[privacy.documents]]
name = "news"
version = "1"
title = "News by mail"
url = "https://exchange.example/news"
required = false
"""


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    (tmp_path / "rialto.toml").write_text(DOCUMENTS, encoding="utf-8")
    async with whole_exchange(tmp_path) as whole:
        yield whole


def refused(response: httpx.Response) -> tuple[int, int]:
    """The status and code a request was refused with."""
    return response.status_code, response.json()["code"]


async def sign_up(whole: Whole, email: str, **more: str) -> httpx.Response:
    """Sign up with the code that was mailed."""
    response = await whole.client.post("/account/v1/sign-up", data={"email": email})
    assert response.status_code == 200, response.text
    box = await whole.client.get("/account/v1/mailbox", params={"to": email})
    code = box.json()[0]["body"].split("enter the code ")[1][:6]
    form = {"email": email, "code": code, "password": PASSWORD, **more}
    return await whole.client.post("/account/v1/sign-up/confirm", data=form)


async def test_nobody_signs_up_without_accepting_what_is_required(whole: Whole) -> None:
    shown = (await whole.client.get(f"{PRIVACY}/documents")).json()
    assert [(each["document"], each["version"], each["isRequired"]) for each in shown] == [
        ("terms", "2", True),
        ("news", "1", False),
    ]
    assert refused(await sign_up(whole, "zoe@example.com")) == (400, -41401)
    assert refused(await sign_up(whole, "zoe@example.com", accept="news:1")) == (400, -41401)
    assert refused(await sign_up(whole, "zoe@example.com", accept="terms:1")) == (400, -41402)
    assert refused(await sign_up(whole, "zoe@example.com", accept="terms")) == (400, -1100)
    signed_up = await sign_up(whole, "zoe@example.com", accept="terms:2,news:1")
    assert signed_up.status_code == 200, signed_up.text
    said = whole.exchange.families.privacy.consents.of_owner(signed_up.json()["userId"])
    assert sorted((each.document, each.version, each.is_given, each.address) for each in said) == [
        ("news", "1", True, "127.0.0.1"),
        ("terms", "2", True, "127.0.0.1"),
    ]


async def test_what_is_not_required_is_taken_back_and_everything_is_remembered(whole: Whole) -> None:
    async with someone(whole) as alice:
        consents = f"{PRIVACY}/consents"
        assert await alice.do("GET", consents) == []
        await alice.do("POST", consents, document="news", version="1")
        await alice.do("POST", consents, document="news", version="1")
        await alice.do("POST", consents, document="terms", version="2")
        await alice.do("POST", f"{consents}/withdraw", document="news")
        said = await alice.do("POST", f"{consents}/withdraw", document="news")
        assert [(each["document"], each["isGiven"]) for each in said] == [
            ("news", False),
            ("terms", True),
            ("news", True),
        ]
        assert refused(await alice.send("POST", f"{consents}/withdraw", document="terms")) == (400, -41403)
        assert refused(await alice.send("POST", consents, document="terms", version="1")) == (400, -41402)
        assert refused(await alice.send("POST", f"{consents}/withdraw", document="none")) == (400, -41402)


async def funded(whole: Whole, person: Someone, amount: str) -> int:
    runtime = whole.exchange.runtime
    outcome = await runtime.submit(OpenAccount(person.owner, AccountKind(AccountClass.SPOT)))
    account: Any = outcome.events[0]
    await runtime.submit(Post(account.account, ASSETS.index("USDT"), amount, PostingReason.DEPOSIT))
    return int(account.account)


async def ordered(person: Someone, price: str = "10.00") -> Any:
    form = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "1.000"}
    return await person.do("POST", "/api/v3/order", price=price, **form)


async def test_a_person_gets_a_copy_of_everything_and_no_secret(whole: Whole) -> None:
    async with someone(whole) as alice, someone(whole, "bob@example.com") as bob:
        account = await funded(whole, alice, "1000")
        await alice.with_app()
        order = await ordered(alice)
        document = await show(alice)
        await submit(alice, document["documentId"])
        api_key, secret = whole.exchange.parts.api_keys.create(alice.owner, "bot", [Permission.READ], 1)
        files = await exported_with_factor(alice)
        assert secret not in str(files)
        own = f"account-{alice.owner}"
        assert files[f"{own}/profile.json"]["people"][0]["email"] == "alice@example.com"
        assert files[f"{own}/orders.json"]["orders"][0]["order_id"] == order["orderId"]
        (entry,) = files[f"{own}/ledger.json"]["ledger_entries"]
        assert (entry["account"], entry["amount"], entry["reason"]) == (account, "1000.00000000", "deposit")
        (case,) = files[f"{own}/verification.json"]["verification_cases"]
        assert case["stated"]["last_name"] == "Ångström"
        assert files[f"{own}/documents/{document['documentId']}.png"] == PNG
        assert files[f"{own}/factors.json"]["authenticator_apps"][0].keys() == {
            "owner", "created_at_us", "confirmed_at_us",
        }  # fmt: skip
        assert files[f"{own}/api-keys.json"]["api_keys"][0]["key"] == api_key.key
        assert "export-asked" in {each["action"] for each in files[f"{own}/activity.json"]["behaviour"]}
        assert files["names.json"]["assets"][str(ASSETS.index("USDT"))] == "USDT"
        assert not [name for name in files if name.startswith(f"account-{bob.owner}/")]
        assert "bob@example.com" not in str(files)


async def exported_with_factor(person: Someone) -> dict[str, Any]:
    """Who has just set an app up has shown it."""
    await person.do("POST", PATH)
    return unpacked(await fetched(person, await ready_export(person)))


async def test_nobody_else_gets_it_and_nobody_gets_it_late(whole: Whole, tmp_path: Path) -> None:
    async with someone(whole) as alice, someone(whole, "mallory@example.com") as mallory:
        assert refused(await alice.send("POST", PATH)) == (403, -41201)
        await alice.step_up()
        await alice.do("POST", PATH)
        export = await ready_export(alice)
        piece = {"exportId": export["exportId"], "number": 0}
        assert (await alice.do("GET", f"{PATH}/piece", **piece))["data"]
        assert refused(await mallory.send("GET", f"{PATH}/piece", **piece)) == (403, -41201)
        await mallory.step_up()
        assert refused(await mallory.send("GET", f"{PATH}/piece", **piece)) == (400, -41404)
        assert refused(await mallory.send("GET", f"{PATH}/piece", exportId="0" * 32, number=0)) == (400, -41404)
        assert refused(await mallory.send("GET", f"{PATH}/piece", exportId="../../x", number=0)) == (400, -1100)
        assert await mallory.do("GET", PATH) == []
        assert refused(await alice.send("GET", f"{PATH}/piece", **{**piece, "number": 99})) == (400, -41404)
        (file,) = (tmp_path / "exports").glob("*.sealed")
        kept = file.read_bytes()
        assert b"alice@example.com" not in kept
        assert not kept.startswith(b"PK")
        with whole.exchange.parts.people.begin() as connection:
            connection.execute(update(exports).values(expires_at_us=1))
        assert refused(await alice.send("GET", f"{PATH}/piece", **piece)) == (409, -41405)
        await whole.exchange.families.privacy.jobs.destroy_exports()
        assert not file.exists()
        assert (await alice.do("GET", PATH))[0]["state"] == "gone"
        for _ in range(2):
            await alice.do("POST", PATH)
        assert refused(await alice.send("POST", PATH)) == (429, -41406)


async def test_an_export_that_a_stop_cut_off_is_made_by_the_next_start(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        await whole.exchange.families.privacy.jobs.stop()
        await alice.step_up()
        asked = await alice.do("POST", PATH)
        (tmp_path / "exports" / f"{asked['exportId']}.part").write_bytes(b"torn")
        token, session = alice.client.cookies, alice.session
    async with whole_exchange(tmp_path) as whole:
        url = f"http://127.0.0.1:{whole.exchange.port}"
        async with plain_client(url, headers=alice.client.headers) as client:
            client.cookies = token
            again = Someone(whole, client, session)
            files = unpacked(await fetched(again, await ready_export(again)))
            assert files[f"account-{alice.owner}/profile.json"]["people"]
            parts = whole.exchange.parts
            await asyncio.to_thread(reseal, parts.people, parts.master_key)
            assert unpacked(await fetched(again, await ready_export(again))) == files
        assert not list((tmp_path / "exports").glob("*.part"))


async def test_a_master_gets_what_concerns_the_sub_accounts_as_well(whole: Whole) -> None:
    async with someone(whole) as alice:
        subs = whole.exchange.families.transfers.sub_accounts
        sub = subs.create(alice.owner, "grid", whole.exchange.parts.wall_clock_us())
        files = await exported(alice)
        assert files[f"account-{alice.owner}/sub-accounts.json"]["sub_accounts"][0]["owner"] == sub.owner
        assert files[f"account-{sub.owner}/profile.json"]["people"][0]["parent"] == alice.owner


async def test_what_is_kept_is_told_to_anybody(whole: Whole) -> None:
    told = (await whole.client.get("/account/v1/privacy/retention")).json()
    assert "sessions" in told["withAccount"]
    assert "verification" in told["byLaw"]
    assert "orders" in told["inBooks"]
    assert (told["lawYears"], told["closingDays"], told["exportHours"]) == (5, 30, 72)
