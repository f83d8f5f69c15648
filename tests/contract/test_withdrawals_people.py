"""Withdrawals of people in a browser: step-up, codes by mail, limits, locks, and the list of addresses they allow."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from rialto.contracts.commands import OpenAccount, Post
from rialto.contracts.events import AccountOpened
from rialto.contracts.vocabulary import AccountClass, AccountKind, PostingReason
from rialto.identity.people import LockReason
from tests.contract.test_withdrawals import APPLY, HISTORY, exchange
from tests.gateway import refusal
from tests.person import Someone, someone
from tests.whole_exchange import ASSETS, Whole

VALUED = "[withdrawals]\n[withdrawals.valuations]\nLTC = '100'\n"
DAY_US = 86_400_000_000


async def funded(whole: Whole, alice: Someone, level: int = 1) -> None:
    """Give someone ten litecoins and a level of verification."""
    runtime = whole.exchange.runtime
    opened = (await runtime.submit(OpenAccount(alice.owner, AccountKind(AccountClass.SPOT)))).events[0]
    assert isinstance(opened, AccountOpened)
    await runtime.submit(Post(opened.account, ASSETS.index("LTC"), "1000", PostingReason.DEPOSIT))
    people = whole.exchange.parts.identity.people
    people.set_level(alice.owner, level, whole.exchange.parts.wall_clock_us())


async def apply(alice: Someone, **changes: object) -> httpx.Response:
    """Ask for a withdrawal."""
    return await alice.send("POST", APPLY, **{"coin": "LTC", "address": "ltc:theirs", "amount": "1", **changes})


async def status(alice: Someone, id_: str) -> int:
    """Where a withdrawal is."""
    (found,) = await alice.do("GET", HISTORY, idList=id_)
    number: int = found["status"]
    return number


def mailed(whole: Whole, template: str) -> list[str]:
    """The mails that were sent on an occasion, the newest first."""
    mails = whole.exchange.parts.identity.mailer.local_mailbox()
    return [mail.body for mail in mails if mail.template == template]


def code_in(body: str) -> str:
    return body.split("Enter the code ")[1].split(" ", maxsplit=1)[0]


async def test_without_a_factor_the_code_that_is_mailed_confirms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rialto.toml").write_text(VALUED, encoding="utf-8")
    async with exchange(tmp_path, monkeypatch) as (whole, chain), someone(whole) as alice:
        await funded(whole, alice)
        assert refusal(await apply(alice))[1] == -41201
        await alice.step_up()
        id_ = (await apply(alice)).json()["id"]
        assert await status(alice, id_) == 0
        (body,) = mailed(whole, "confirm-withdrawal")
        code = code_in(body)
        wrong = "0" * len(code) if code != "0" * len(code) else "1" * len(code)
        for attempt in (wrong, wrong):
            response = await alice.send("POST", "/account/v1/withdrawals/confirm", withdrawalId=id_, code=attempt)
            assert refusal(response)[1] == -41006
        async with someone(whole, "bob@example.com") as bob:
            response = await bob.send("POST", "/account/v1/withdrawals/confirm", withdrawalId=id_, code=code)
            assert refusal(response)[1] == -41006
            assert refusal(await bob.send("DELETE", "/account/v1/withdrawals", withdrawalId=id_))[1] == -4029
        await alice.do("POST", "/account/v1/withdrawals/confirm", withdrawalId=id_, code=code)
        assert await status(alice, id_) == 4
        again = await alice.send("POST", "/account/v1/withdrawals/confirm", withdrawalId=id_, code=code)
        assert refusal(again)[1] == -41006
        for _ in range(300):
            chain.mine()
            if await status(alice, id_) == 6:
                break
        assert await status(alice, id_) == 6
        assert refusal(await alice.send("DELETE", "/account/v1/withdrawals", withdrawalId=id_))[1] == -4031


async def test_what_waits_can_be_taken_back_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rialto.toml").write_text(VALUED, encoding="utf-8")
    async with exchange(tmp_path, monkeypatch) as (whole, _), someone(whole) as alice:
        await funded(whole, alice)
        await alice.step_up()
        id_ = (await apply(alice)).json()["id"]
        await alice.do("DELETE", "/account/v1/withdrawals", withdrawalId=id_)
        assert await status(alice, id_) == 1
        assert refusal(await alice.send("DELETE", "/account/v1/withdrawals", withdrawalId=id_))[1] == -4031
        account = await alice.do("GET", "/api/v3/account")
        assert [(each["free"], each["locked"]) for each in account["balances"] if each["asset"] == "LTC"] == [
            ("1000.00000000", "0.00000000")
        ]


async def test_limits_and_locks_are_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rialto.toml").write_text(VALUED, encoding="utf-8")
    async with exchange(tmp_path, monkeypatch) as (whole, _), someone(whole) as alice:
        parts = whole.exchange.parts
        people, now_us = parts.identity.people, parts.wall_clock_us()
        await funded(whole, alice, level=0)
        await alice.step_up()
        assert refusal(await apply(alice))[1:] == (-4015, "Withdraw is limited. Verify who you are first.")
        people.set_level(alice.owner, 1, now_us)
        assert refusal(await apply(alice, amount="501"))[1] == -4023
        first = (await apply(alice, amount="400")).json()["id"]
        assert refusal(await apply(alice, amount="101"))[1] == -4023
        quota = await alice.do("GET", "/sapi/v1/capital/withdraw/quota")
        assert quota == {"wdQuota": "50000", "usedWdQuota": "40000"}
        await alice.do("DELETE", "/account/v1/withdrawals", withdrawalId=first)
        assert (await apply(alice, amount="101")).status_code == 200
        for reason, code in ((LockReason.PASSWORD_CHANGED, -4016), (LockReason.FACTOR_CHANGED, -4017)):
            people.lock_withdrawals(alice.owner, now_us + DAY_US, reason)
            assert refusal(await apply(alice))[1] == code


async def test_only_listed_addresses_are_paid_and_only_after_a_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rialto.toml").write_text(VALUED, encoding="utf-8")
    async with exchange(tmp_path, monkeypatch) as (whole, _), someone(whole) as alice:
        await funded(whole, alice)
        path = "/account/v1/allow-list"
        assert refusal(await alice.send("PUT", path, enabled="true"))[1] == -41201
        await alice.step_up()
        await alice.do("PUT", path, enabled="true")
        assert refusal(await apply(alice))[1] == -4035
        entry = await alice.do("POST", path, network="LTC", address="LTC:theirs", name="mine")
        assert (entry["address"], entry["usableFrom"] - entry["addedAt"]) == ("ltc:theirs", 86_400_000)
        assert refusal(await apply(alice)) == (400, -4036, "The new address needs to be withdrawn in 24 hours.")
        assert refusal(await alice.send("POST", path, network="LTC", address="ltc:theirs"))[1] == -4033
        assert refusal(await alice.send("POST", path, network="LTC", address="btc:theirs"))[1] == -4007
        assert refusal(await alice.send("POST", path, network="XYZ", address="x"))[1] == -4018
        listed = await alice.do("GET", "/sapi/v1/capital/withdraw/address/list")
        assert [(each["address"], each["whiteStatus"]) for each in listed] == [("ltc:theirs", True)]
        shown: dict[str, Any] = await alice.do("GET", path)
        assert (shown["enabled"], shown["addresses"]) == (True, [entry])
        async with someone(whole, "bob@example.com") as bob:
            await bob.step_up()
            assert refusal(await bob.send("DELETE", path, id=entry["id"]))[1] == -4033
            assert (await bob.do("GET", path))["addresses"] == []
        await alice.do("DELETE", path, id=entry["id"])
        await alice.do("PUT", path, enabled="false")
        assert refusal(await apply(alice))[1] == -4015
        assert len(mailed(whole, "allow-list-changed")) == 4
