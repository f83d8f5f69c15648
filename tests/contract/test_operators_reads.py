"""What operators look at: found, a page at a time, by who has the role, and never without a line in the log."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest

from rialto.admin.action import Refused
from rialto.admin.reads import READ_ENDPOINTS
from rialto.contracts.commands import Post
from rialto.contracts.vocabulary import TREASURY_ACCOUNT, PostingReason
from rialto.custody.signing.channel import ACCESS_KEY_BYTES
from rialto.identity.behaviour import Entry
from rialto.identity.operators import Role
from tests.contract.test_deposits import address, followed
from tests.contract.test_every_call_is_guarded import UNLIMITED
from tests.contract.test_operator_commands import operator as command
from tests.contract.test_operators import operator, operators, refused, sample_of
from tests.contract.test_operators_every_action import Logged
from tests.contract.test_operators_money import RULES
from tests.contract.test_reconciliation import checked
from tests.contract.test_verification import PNG, show, submit
from tests.contract.test_withdrawals import APPLY, MAY, exchange
from tests.custody_exchange import custody_exchange
from tests.operations_page import looks_by_role
from tests.person import Someone, someone
from tests.whole_exchange import ASSETS, Whole, whole_exchange

OF_PEOPLE = {
    *("people", "people/access", "people/ledger", "people/statement", "deposits", "withdrawals/search"),
    *("lawful-requests", "lawful-requests/piece", "legal-holds"),
}


async def test_every_look_is_for_its_roles_and_of_people_it_is_written_down(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path, **UNLIMITED) as whole, AsyncExitStack() as stack:
        by_role = {
            role: await stack.enter_async_context(operator(whole, f"{role.value}@example.com", [role])) for role in Role
        }
        logged = Logged(whole)
        who = looks_by_role()
        for endpoint in READ_ENDPOINTS:
            what = endpoint.path.removeprefix("/admin/v1/")
            sample = sample_of(endpoint)
            for role, person in by_role.items():
                response = await person.send("GET", endpoint.path, **sample)
                if role not in who[what]:
                    assert await refused(response) == (403, -42001), (what, role)
                    logged.expect(person, what, "denied")
                    continue
                # Of what there is not, it is said that there is not.
                assert response.status_code == 200 or -42_999 < response.json()["code"] < -42_000, response.text
                entries = logged.new()
                assert entries or what not in OF_PEOPLE, (what, role)
                assert all(each.actor == f"operator-{person.owner}" for each in entries)


async def pages(who: Someone, path: str, **sought: object) -> list[Any]:
    """Read a list to its end, two rows at a time."""
    rows: list[Any] = []
    while True:
        before = {"before": rows[-1]["cursor"]} if rows else {}
        page = await who.do("GET", f"/admin/v1/{path}", limit=2, **sought, **before)
        rows += page
        if len(page) < 2:
            return rows


async def test_deposits_are_found_by_whatever_is_known_of_them(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded, operators(funded.whole, Role.SUPPORT, count=1) as (alice,):
        ann, bob = await funded.whole.trader("ann"), await funded.whole.trader("bob")
        where, _ = await address(ann, "ETH", "ETH")
        theirs, _ = await address(bob, "ETH", "ETH")
        made = [funded.eth.pay(to, 10**18) for to in (where, where, where, theirs)]
        funded.eth.mine(2)
        await followed(funded, funded.eth)
        why = {"reason": "a letter"}
        of_ann = await pages(alice, "deposits", owner=ann.key.owner, **why)
        assert {each["transaction"] for each in of_ann} == set(made[:3])
        assert len(of_ann) == 3
        assert {each["amount"] for each in of_ann} == {"1.00000000"}
        (found,) = await pages(alice, "deposits", transaction=made[3], **why)
        assert (found["owner"], found["address"], found["asset"]) == (bob.key.owner, theirs, "ETH")
        assert [each["cursor"] for each in await pages(alice, "deposits", address=where, **why)] == [
            each["cursor"] for each in of_ann
        ]
        state = found["state"]
        assert len(await pages(alice, "deposits", state=state, **why)) == 4
        assert await pages(alice, "deposits", state="wrong", **why) == []
        path = "/admin/v1/deposits"
        assert await refused(await alice.send("GET", path, **why)) == (400, -42007)
        assert await refused(await alice.send("GET", path, owner=1)) == (400, -1102)
        wrong = {"owner": 1, **why, "before": "99999999999999999999-x"}
        assert await refused(await alice.send("GET", path, **wrong)) == (400, -1100)
        wrong["before"] = "9999999999999999999-x"
        assert await refused(await alice.send("GET", path, **wrong)) == (400, -1100)
        looks = entries(funded.whole, "operator:look-deposits")
        assert f"{made[3]}: a letter" in [each.detail for each in looks]
        assert await alice.do("GET", "/admin/v1/withdrawals/search", owner=ann.key.owner, **why) == []


async def test_withdrawals_are_found_by_whatever_is_known_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        exchange(tmp_path, monkeypatch, withdrawals=RULES) as (whole, _),
        operators(whole, Role.FINANCE, count=1) as (alice,),
    ):
        ann, bob = await whole.trader("ann", MAY, LTC="10"), await whole.trader("bob", MAY, LTC="10")
        asked = {"coin": "LTC", "address": "ltc:theirs", "amount": "3"}
        made = [(await who.do("POST", APPLY, **asked))["id"] for who in (ann, ann, ann, bob)]
        why = {"reason": "a letter"}
        of_ann = await pages(alice, "withdrawals/search", owner=ann.key.owner, **why)
        assert [each["id"] for each in of_ann] == [made[2], made[1], made[0]]
        assert {each["address"] for each in of_ann} == {"ltc:theirs"}
        everyone = await pages(alice, "withdrawals/search", address="ltc:theirs", state="review", **why)
        assert {each["id"] for each in everyone} == set(made)
        assert await pages(alice, "withdrawals/search", transaction="none", **why) == []
        assert len({each.detail for each in entries(whole, "operator:look-withdrawals")}) == 3


def entries(whole: Whole, action: str) -> list[Entry]:
    return whole.exchange.parts.identity.behaviour.search(action=action)


async def test_a_persons_ledger_and_what_everybody_holds(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, operators(whole, Role.FINANCE, count=1) as (alice,):
        seller, buyer = await whole.trader("seller", BTC="2"), await whole.trader("buyer", USDT="5000")
        await seller.place("SELL", "1000", "1")
        await buyer.place("BUY", "1000", "1")
        await whole.exchange.runtime.submit(Post(TREASURY_ACCOUNT, ASSETS.index("BTC"), "3", PostingReason.DEPOSIT))
        rows = await pages(alice, "people/ledger", owner=buyer.key.owner, reason="a question")
        assert {(each["asset"], each["amount"]) for each in rows} == {
            ("USDT", "5000.00000000"), ("USDT", "-1000.00000000"), ("BTC", "1.00000000"), ("BTC", "-0.00100000"),
        }  # fmt: skip
        assert (rows[-1]["balance"], rows[-1]["account"], rows[-1]["reason"]) == ("5000.00000000", "spot", "deposit")
        for odd in ("5-x", f"5-{'9' * 60}"):
            about = {"owner": buyer.key.owner, "reason": "a question", "before": odd}
            assert await refused(await alice.send("GET", "/admin/v1/people/ledger", **about)) == (400, -1130)
        totals = {each["asset"]: each for each in await alice.do("GET", "/admin/v1/totals")}
        btc = totals["BTC"]
        assert (btc["owners"], btc["house"], btc["outside"]) == ("1.99900000", "3.00100000", "5.00000000")
        assert {each.detail for each in entries(whole, "operator:look-ledger")} == {"a question"}


async def test_sessions_and_devices_without_what_opens_them(tmp_path: Path) -> None:
    async with (
        whole_exchange(tmp_path) as whole,
        operators(whole, Role.SECURITY, count=1) as (alice,),
        someone(whole, "zoe@example.com") as zoe,
    ):
        path, about = "/admin/v1/people/access", {"owner": zoe.owner, "reason": "a theft"}
        text = (await alice.send("GET", path, **about)).text
        (session,) = msgspec.json.decode(text)["sessions"]
        assert (session["client"], session["address"]) == (zoe.session.client, "127.0.0.1")
        assert not any(secret in text for secret in (zoe.session.id, zoe.session.csrf, zoe.session.device))
        nobody = await alice.send("GET", path, owner=999_999, reason="a theft")
        assert await refused(nobody) == (400, -42008)
        assert [(each.owner, each.detail) for each in entries(whole, "operator:look-access")][1:] == [
            (zoe.owner, "a theft")
        ]


async def test_the_log_is_searched_by_time_and_proposals_by_what_they_are(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, operators(whole, *Role) as (alice, bob):
        halt = {"symbol": "BTCUSDT", "status": "halt", "reason": "a test"}
        for _ in range(3):
            await alice.do("POST", "/admin/v1/actions/set-symbol-status", **halt)
        await bob.do("POST", "/admin/v1/actions/list-asset", asset="DOGE")
        log = await alice.do("GET", "/admin/v1/log", action="operator:set-symbol-status")
        assert len(log) == 6
        first, last = log[-1]["time"], log[0]["time"]
        within = await alice.do("GET", "/admin/v1/log", action="operator:set-symbol-status", startTime=last)
        assert 0 < len(within) <= 6
        assert all(each["time"] >= last for each in within)
        assert await alice.do("GET", "/admin/v1/log", endTime=first - 3_600_000) == []
        history = await pages(alice, "approvals", action="set-symbol-status")
        assert [each["status"] for each in history] == ["done"] * 3
        assert len({each["id"] for each in history}) == 3
        (theirs,) = await pages(alice, "approvals", operator=bob.owner, status="pending")
        assert theirs["action"] == "list-asset"
        for wrong in ({"action": "no-such"}, {"limit": 501}):
            assert await refused(await alice.send("GET", "/admin/v1/approvals", **wrong)) == (400, -1130)


async def test_documents_are_shown_to_who_has_the_case_and_each_look_is_written_down(tmp_path: Path) -> None:
    async with (
        whole_exchange(tmp_path) as whole,
        operators(whole, Role.SUPPORT) as (alice, bob),
        someone(whole, "zoe@example.com") as zoe,
    ):
        await zoe.step_up()
        document = (await show(zoe))["documentId"]
        await submit(zoe, document)
        (case,) = await alice.do("GET", "/admin/v1/verification")
        about = {"case": case["id"], "reason": "the first look"}
        assert await refused(await alice.send("GET", "/admin/v1/verification/case", **about)) == (400, -42012)
        await alice.do("POST", "/admin/v1/actions/take-case", case=case["id"])
        stated = await alice.do("GET", "/admin/v1/verification/case", **about)
        assert (stated["lastName"], stated["documents"][0]["id"]) == ("Ångström", document)
        path = "/admin/v1/verification/document"
        shown = await alice.send("GET", path, **about, document=document)
        assert shown.content == PNG
        assert shown.headers["content-disposition"] == f'attachment; filename="case-{case["id"]}-identity.png"'
        assert (shown.headers["content-type"], shown.headers["x-content-type-options"]) == ("image/png", "nosniff")
        assert "sandbox" in shown.headers["content-security-policy"]
        assert shown.headers["cache-control"] == "no-store"
        assert await refused(await bob.send("GET", path, **about, document=document)) == (400, -42012)
        assert await refused(await alice.send("GET", path, **about, document="0" * 32)) == (400, -42012)
        alice.session.stepped_up_until_us = 0
        assert await refused(await alice.send("GET", path, **about, document=document)) == (403, -41201)
        looks = [(each.owner, each.detail) for each in entries(whole, "operator:look-case")]
        assert (zoe.owner, f"case {case['id']} document {document}: the first look") in looks
        assert (zoe.owner, f"case {case['id']} stated: the first look") in looks


async def test_alerts_say_what_needs_somebody(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded, operators(funded.whole, Role.RISK, count=1) as (alice,):
        ann = await funded.whole.trader("ann")
        where, _ = await address(ann, "ETH", "ETH")
        funded.eth.pay(where, 10**18)
        funded.eth.mine(2)
        await followed(funded, funded.eth)
        health = {each["name"]: each["ok"] for each in await alice.do("GET", "/admin/v1/health")}
        assert health["core"]
        assert health["conservation"]
        assert [each for each in await alice.do("GET", "/admin/v1/alerts") if each["kind"] != "chain"] == []
        # Money that nobody has booked: payouts of the asset stop, and somebody must look.
        assert await checked(funded, "ETH") == {}
        funded.eth.send(where, [], fee_rate=10**9)
        funded.eth.mine(2)
        assert await checked(funded, "ETH") != {}
        wrong = [each for each in await alice.do("GET", "/admin/v1/alerts") if each["kind"] == "reconciliation"]
        assert [each["subject"] for each in wrong] == ["ETH on ETH"]


async def test_a_signer_that_does_not_answer_is_an_alert(tmp_path: Path) -> None:
    key = tmp_path / "signer.key"
    key.write_text("ab" * ACCESS_KEY_BYTES, encoding="ascii")
    key.chmod(0o600)
    where = {"signer_socket": Path("nobody.sock"), "signer_key": Path("signer.key")}
    async with whole_exchange(tmp_path, **where) as whole, operators(whole, Role.RISK, count=1) as (alice,):
        found = [each for each in await alice.do("GET", "/admin/v1/alerts") if each["kind"] == "signer"]
        assert len(found) == 1
        assert "cannot be asked" in found[0]["detail"]


async def test_who_sits_at_the_machine_looks_at_the_same(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path))
    async with whole_exchange(tmp_path) as whole, someone(whole, "zoe@example.com") as zoe:
        code, said = await command(tmp_path, "look", "people", f"owner={zoe.owner}", *data)
        assert (code, msgspec.json.decode(said)["email"]) == (0, "zoe@example.com")
        assert "people/ledger" in (await command(tmp_path, "look"))[1]
        look = whole.exchange.families.operators.back_office.look
        assert any(each["name"] == "core" for each in msgspec.json.decode(await look("health", {})))
        for at, given in (("no-such", {}), ("people", {}), ("people/ledger", {"owner": "1"})):
            with pytest.raises(Refused):
                await look(at, given)
        (entry,) = await asyncio.to_thread(whole.exchange.parts.identity.behaviour.search, action="operator:look")
        assert (entry.owner, entry.actor) == (zoe.owner, "machine")
