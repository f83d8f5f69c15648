"""Operators over HTTP, in sessions of their own: roles, second factors, four eyes, once and no more, and the log."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from rialto.admin.proposals import Status, Wanted
from rialto.admin.reads import READ_ENDPOINTS
from rialto.admin.routes import DESK_ENDPOINTS
from rialto.contracts.commands import OpenAccount, Post
from rialto.contracts.vocabulary import (
    TREASURY_ACCOUNT,
    AccountClass,
    AccountKind,
    PostingReason,
)
from rialto.identity.operator_tables import operator_actions
from rialto.identity.operators import Role
from rialto.wire.endpoints import Endpoint
from tests.contract.test_every_call_is_guarded import parameters_of
from tests.person import Someone, someone
from tests.whole_exchange import ASSETS, Whole, whole_exchange

USDT = ASSETS.index("USDT")


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole_exchange(tmp_path) as whole:
        yield whole


@asynccontextmanager
async def operators(whole: Whole, *roles: Role, count: int = 2) -> AsyncIterator[list[Someone]]:
    """People with the roles, an authenticator app each, who have just shown it."""
    async with AsyncExitStack() as stack:
        named = [operator(whole, f"operator{number}@example.com", roles) for number in range(count)]
        yield [await stack.enter_async_context(each) for each in named]


@asynccontextmanager
async def operator(whole: Whole, email: str, roles: Iterable[Role]) -> AsyncIterator[Someone]:
    """Somebody with the roles and an authenticator app, who has just shown it."""
    async with someone(whole, email) as person:
        await person.with_app()
        whole.exchange.parts.identity.operators.name(person.owner, roles, 1)
        yield person


async def agreed(maker: Someone, checker: Someone, action: str, **given: object) -> Any:
    """Have one propose and the other approve, and return what was done."""
    proposed = await maker.do("POST", f"/admin/v1/actions/{action}", **given)
    done = await checker.do("POST", "/admin/v1/approvals/approve", id=proposed["id"])
    assert done["status"] == "done", done
    return done


async def refused(response: httpx.Response) -> tuple[int, int]:
    return response.status_code, response.json()["code"]


async def customer(whole: Whole) -> int:
    """An owner with an empty spot account; the treasury has something to give."""
    parts = whole.exchange.parts
    owner = parts.owners.create("customer", 1).id
    await parts.runtime.submit(OpenAccount(owner, AccountKind(AccountClass.SPOT)))
    await parts.runtime.submit(Post(TREASURY_ACCOUNT, USDT, "2000", PostingReason.DEPOSIT))
    return owner


async def free_usdt(whole: Whole, owner: int) -> int:
    held = await whole.exchange.families.wallet.holdings.of(owner, AccountClass.SPOT) or []
    return sum(each.free for each in held if each.name == "USDT")


def adjustment(owner: int) -> dict[str, Any]:
    return {"owner": owner, "asset": "USDT", "direction": "GIVE", "amount": "25", "reason": "a lost deposit"}


async def test_two_agree_and_money_moves_once(whole: Whole) -> None:
    owner = await customer(whole)
    async with operators(whole, Role.FINANCE, count=3) as (alice, bob, carol):
        proposed = await alice.do("POST", "/admin/v1/actions/adjust-balance", **adjustment(owner))
        assert (proposed["status"], proposed["proposer"]) == ("pending", alice.owner)
        assert "GIVE 25 USDT" in proposed["shown"]
        approve = "/admin/v1/approvals/approve"
        assert await refused(await alice.send("POST", approve, id=proposed["id"])) == (403, -42006)
        assert await free_usdt(whole, owner) == 0
        answers = await asyncio.gather(*(each.send("POST", approve, id=proposed["id"]) for each in (bob, carol)))
        assert sorted(each.status_code for each in answers) == [200, 409]
        lost = next(each for each in answers if each.status_code == 409)
        assert await refused(lost) == (409, -42005)
        assert await free_usdt(whole, owner) == 25_00000000
        (done,) = await alice.do("GET", "/admin/v1/approvals", status="done")
        assert done["id"] == proposed["id"]
        assert done["approver"] in (bob.owner, carol.owner)
    entries = whole.exchange.parts.identity.behaviour.search(action="operator:adjust-balance")
    assert [each.result for each in entries] == ["done", "approved", "proposed"]
    assert {each.owner for each in entries} == {owner}
    assert whole.exchange.parts.identity.behaviour.of_owner(owner) == []


async def test_what_was_approved_before_a_crash_is_performed_once_after_it(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        owner = await customer(whole)
        async with operators(whole, Role.FINANCE) as (alice, bob):
            proposals = whole.exchange.families.operators.proposals
            ids = []
            for _ in range(2):
                proposed = await alice.do("POST", "/admin/v1/actions/adjust-balance", **adjustment(owner))
                ids.append(proposed["id"])
            # One was moved before its result was written; of the other, only the approval was.
            await bob.do("POST", "/admin/v1/approvals/approve", id=ids[0])
            now_us = whole.exchange.parts.wall_clock_us()
            proposals.decide(ids[1], bob.owner, Status.APPROVED, "", now_us, lambda _connection, _proposal: None)
            forget_the_result(whole, ids[0])
    async with whole_exchange(tmp_path) as whole:
        desk = whole.exchange.families.operators.desk
        async with asyncio.timeout(60):
            while True:
                if not await desk.listed(Wanted(Status.APPROVED)):
                    break
                await asyncio.sleep(0)
        assert {each.id for each in await desk.listed(Wanted(Status.DONE))} == set(ids)
        assert await free_usdt(whole, owner) == 50_00000000


def forget_the_result(whole: Whole, id_: str) -> None:
    with whole.exchange.parts.people.begin() as connection:
        statement = update(operator_actions).where(operator_actions.c.id == id_)
        connection.execute(statement.values(status="approved", result="", ended_at_us=None))


async def test_a_role_a_factor_and_a_fresh_proof(whole: Whole) -> None:
    halt = {"symbol": "BTCUSDT", "status": "halt", "reason": "a test"}
    path = "/admin/v1/actions/set-symbol-status"
    async with someone(whole, "risk@example.com") as risk:
        assert await refused(await risk.send("POST", path, **halt)) == (401, -2015)
        whole.exchange.parts.identity.operators.name(risk.owner, [Role.SUPPORT], 1)
        assert await refused(await risk.send("POST", path, **halt)) == (403, -42001)
        whole.exchange.parts.identity.operators.name(risk.owner, [Role.RISK], 1)
        assert await refused(await risk.send("POST", path, **halt)) == (403, -42002)
        await risk.with_app()
        done = await risk.do("POST", path, **halt)
        assert (done["status"], done["result"]) == ("done", "BTCUSDT: halt")
        assert await refused(await risk.send("GET", "/admin/v1/log")) == (403, -42001)
        failed = await risk.do("POST", path, **{**halt, "symbol": "NOSUCH"})
        assert (failed["status"], failed["result"]) == ("failed", "there is no symbol NOSUCH")
        proposal = {"id": "0" * 32}
        assert await refused(await risk.send("POST", "/admin/v1/approvals/approve", **proposal)) == (400, -42004)
        assert await refused(await risk.send("GET", "/admin/v1/people", owner="999999")) == (400, -42008)
        assert await refused(await risk.send("GET", "/admin/v1/people")) == (400, -42007)


async def test_who_acts_is_told_the_result_also_when_it_is_performed_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rialto.admin.desk.RETRIED_EVERY_S", 0)
    async with whole_exchange(tmp_path) as whole, operators(whole, Role.RISK, count=1) as (alice,):
        halt = {"symbol": "BTCUSDT", "status": "halt", "reason": "a test"}
        desk = whole.exchange.families.operators.desk
        impatient = [asyncio.create_task(desk.perform_waiting()) for _ in range(8)]
        for _ in range(40):
            done = await alice.do("POST", "/admin/v1/actions/set-symbol-status", **halt)
            assert (done["status"], done["result"]) == ("done", "BTCUSDT: halt")
        for each in impatient:
            each.cancel()


async def test_who_has_not_shown_a_factor_lately_decides_nothing(whole: Whole) -> None:
    async with someone(whole, "late@example.com") as late:
        await late.with_app()
        whole.exchange.parts.identity.operators.name(late.owner, [Role.RISK], 1)
        late.session.stepped_up_until_us = 0
        given = {"owner": 1, "reason": "x"}
        response = await late.send("POST", "/admin/v1/actions/freeze-person", **given)
        assert await refused(response) == (403, -41201)


async def test_operators_are_let_in_from_their_networks_alone(tmp_path: Path) -> None:
    async with (
        whole_exchange(tmp_path, operator_networks="10.0.0.0/8") as whole,
        operators(whole, Role.SECURITY, count=1) as (alice,),
    ):
        assert await refused(await alice.send("GET", "/admin/v1/operators")) == (403, -42003)


async def test_listing_an_asset_and_a_symbol(whole: Whole) -> None:
    async with operators(whole, Role.LISTING) as (alice, bob):
        for action, given in (
            ("list-asset", {"asset": "DOGE"}),
            ("list-symbol", {
                "symbol": "DOGEUSDT", "base": "DOGE", "quote": "USDT", "tick": "0.0001", "priceMin": "0.0001",
                "priceMax": "1000", "lot": "1", "quantityMin": "1", "quantityMax": "1000000", "makerRate": "0.001",
                "takerRate": "0.001",
            }),
        ):  # fmt: skip
            proposed = await alice.do("POST", f"/admin/v1/actions/{action}", **given)
            done = await bob.do("POST", "/admin/v1/approvals/approve", id=proposed["id"])
            assert done["status"] == "done", done
    assert whole.exchange.runtime.catalog.symbol_named("DOGEUSDT") is not None


async def test_freezing_refusing_and_looking(whole: Whole) -> None:
    async with (
        operators(whole, Role.SECURITY) as (alice, bob),
        someone(whole, "mallory@example.com") as mallory,
    ):
        await alice.do("POST", "/admin/v1/actions/freeze-person", owner=mallory.owner, reason="a stolen phone")
        shown = await bob.do("GET", "/admin/v1/people", email="Mallory@example.com")
        assert (shown["status"], shown["email"]) == ("frozen", "mallory@example.com")
        proposed = await alice.do("POST", "/admin/v1/actions/unfreeze-person", owner=mallory.owner, reason="found")
        gone = await bob.do("POST", "/admin/v1/approvals/refuse", id=proposed["id"], reason="not yet")
        assert (gone["status"], gone["result"]) == ("refused", "not yet")
        assert not whole.exchange.parts.identity.people.is_active(mallory.owner)
        log = await alice.do("GET", "/admin/v1/log", owner=mallory.owner)
        assert [each["action"] for each in log[:2]] == ["operator:unfreeze-person"] * 2
        assert (await alice.do("GET", "/admin/v1/log/verify"))["entries"] > 0
        for path in ("withdrawals", "recoveries", "reconciliation"):
            assert await alice.do("GET", f"/admin/v1/{path}") == []
        assert len(await alice.do("GET", "/admin/v1/operators")) == 2
        with whole.exchange.parts.people.begin() as connection:
            connection.exec_driver_sql("UPDATE behaviour SET result = 'done' WHERE number = 1")
            connection.exec_driver_sql("UPDATE behaviour SET at_us = 0 WHERE number = 1")
        broken = await alice.send("GET", "/admin/v1/log/verify")
        assert await refused(broken) == (500, -42010)


async def test_proposals_do_not_pile_up(whole: Whole, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rialto.admin.proposals.PENDING_MAX", 1)
    async with operators(whole, Role.SECURITY) as (alice, bob), someone(whole, "mallory@example.com") as mallory:
        await bob.do("POST", "/admin/v1/actions/freeze-person", owner=mallory.owner, reason="a stolen phone")
        unfreeze: dict[str, Any] = {"owner": mallory.owner, "reason": "found"}
        await alice.do("POST", "/admin/v1/actions/unfreeze-person", **unfreeze)
        again = await alice.send("POST", "/admin/v1/actions/unfreeze-person", **unfreeze)
        assert await refused(again) == (429, -42009)


def sample_of(endpoint: Endpoint[Any]) -> dict[str, str]:
    """Parameters the call takes: those that it must have, and a person's number where it takes one."""
    owner = {"owner": "1"} if "owner" in endpoint.reader.names else {}
    return parameters_of(endpoint) | owner


async def test_no_call_is_open_to_people_without_a_role(whole: Whole) -> None:
    async with someone(whole) as alice:
        for endpoint in (*DESK_ENDPOINTS, *READ_ENDPOINTS):
            given = sample_of(endpoint)
            response = await alice.send(endpoint.method, endpoint.path, **given)
            assert await refused(response) == (401, -2015), (endpoint, response.text)
            response = await whole.client.request(endpoint.method, endpoint.path, params=given)
            assert response.status_code in (400, 401), endpoint
