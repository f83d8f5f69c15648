"""Someone who comes to be on a list: locked, told so without the reason, and let go or frozen by operators."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from rialto.identity.operators import Role
from rialto.identity.verification.model import Decision
from tests.contract.test_deposits import eventually
from tests.contract.test_operators import operators
from tests.contract.test_verification import cases_of, show, submit
from tests.gateway import refusal
from tests.person import PASSWORD, Someone, someone
from tests.whole_exchange import Whole, whole_exchange

HEAD = "name,aliases,birth_date,countries,reference\n"
ZOE = "Zoe Angstrom,,1990,SE,L-7\n"
SETTINGS = '[verification]\nwatch_lists = ["list.csv"]\nwatch_seconds = 1\n'
QUEUE, CASE = "/admin/v1/screening", "/admin/v1/screening/case"
CLEAR, CONFIRM = "/admin/v1/actions/clear-hit", "/admin/v1/actions/confirm-hit"
APPROVE = "/admin/v1/approvals/approve"
ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "1", "price": "100"}
WITHDRAW = {"coin": "LTC", "address": "ltc:theirs", "amount": "1"}


def listed(data: Path, text: str) -> None:
    """Replace the list as an operator does: whole."""
    (data / "new.csv").write_text(HEAD + text, encoding="utf-8")
    (data / "new.csv").rename(data / "list.csv")


@pytest_asyncio.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    listed(tmp_path, "")
    (tmp_path / "rialto.toml").write_text(SETTINGS, encoding="utf-8")
    async with whole_exchange(tmp_path) as whole:
        yield whole


async def verified(whole: Whole, person: Someone) -> None:
    """Verify someone to the first level."""
    cases, now_us = cases_of(whole), whole.exchange.parts.wall_clock_us()
    await person.step_up()
    number = (await submit(person, (await show(person))["documentId"]))["case"]["caseId"]
    cases.take(number, "olga", now_us)
    cases.decide(number, "olga", Decision.APPROVE, "", now_us)


async def notice(person: Someone) -> Any:
    return (await person.do("GET", "/account/v1/session"))["notice"]


async def test_a_new_hit_locks_until_two_clear_it(whole: Whole, tmp_path: Path) -> None:
    async with someone(whole, "zoe@example.com") as zoe, operators(whole, Role.RISK) as (olga, otto):
        await verified(whole, zoe)
        assert await notice(zoe) is None
        assert "disabled" not in (await zoe.send("POST", "/api/v3/order", **ORDER)).text
        listed(tmp_path, ZOE)

        async def code() -> Any:
            told = await notice(zoe)
            return None if told is None else told["code"]

        await eventually(code, -41304)
        assert "list" not in (await notice(zoe))["msg"]
        refused = await zoe.send("POST", "/api/v3/order", **ORDER)
        assert refusal(refused) == (400, -2010, "This action is disabled on this account.")
        assert refusal(await zoe.send("POST", "/sapi/v1/capital/withdraw/apply", **WITHDRAW))[1] == -4015
        login = await zoe.send("POST", "/account/v1/login", email="zoe@example.com", password=PASSWORD)
        assert login.json()["session"]["notice"]["code"] == -41304
        entries = whole.exchange.parts.identity.behaviour.of_owner(zoe.owner)
        assert [each for each in entries if "screening" in each.action] == []
        (hit,) = await olga.do("GET", QUEUE)
        assert (hit["owner"], hit["reference"], hit["listedName"]) == (zoe.owner, "L-7", "Zoe Angstrom")
        detail = await olga.do("GET", CASE, case=hit["case"], reason="It waits.")
        assert detail["stated"] == {"name": "Zoë Ångström", "birthDate": "1990-02-28", "country": "SE"}
        log = whole.exchange.parts.identity.behaviour.search(owner=zoe.owner, action="operator:look-hit")
        assert [each.actor for each in log] == [f"operator-{olga.owner}"]
        assert refusal(await olga.send("GET", CASE, case=99, reason="None."))[1] == -42012
        proposed = await olga.do("POST", CLEAR, case=hit["case"], reason="Another birth place.")
        assert refusal(await olga.send("POST", APPROVE, id=proposed["id"]))[1] == -42006
        assert await code() == -41304
        assert (await otto.do("POST", APPROVE, id=proposed["id"]))["status"] == "done"
        assert await olga.do("GET", QUEUE) == []


async def test_who_is_confirmed_is_frozen(whole: Whole, tmp_path: Path) -> None:
    async with someone(whole, "zoe@example.com") as zoe, operators(whole, Role.RISK) as (olga, _):
        await verified(whole, zoe)
        listed(tmp_path, ZOE)
        await eventually(lambda: _count(olga), 1)
        (hit,) = await olga.do("GET", QUEUE)
        done = await olga.do("POST", CONFIRM, case=hit["case"], reason="It is her.")
        assert done["status"] == "done"
        assert (await zoe.send("GET", "/account/v1/session")).status_code == 401
        login = await zoe.send("POST", "/account/v1/login", email="zoe@example.com", password=PASSWORD)
        assert refusal(login)[1] == -41010


async def test_whom_two_approved_although_they_may_be_listed_is_not_raised_again(tmp_path: Path) -> None:
    listed(tmp_path, ZOE)
    (tmp_path / "rialto.toml").write_text(SETTINGS, encoding="utf-8")
    async with whole_exchange(tmp_path) as whole, someone(whole, "zoe@example.com") as zoe:
        cases, now_us = cases_of(whole), whole.exchange.parts.wall_clock_us()
        await zoe.step_up()
        number = (await submit(zoe, (await show(zoe))["documentId"]))["case"]["caseId"]
        for operator in ("olga", "otto"):
            cases.take(number, operator, now_us)
            cases.decide(number, operator, Decision.APPROVE, "", now_us)
    # Started again, with another list: everyone is screened anew.
    listed(tmp_path, ZOE + "Erika Mustermann,,,,L-8\n")
    async with whole_exchange(tmp_path) as whole:
        rescreening = whole.exchange.families.rescreening

        async def is_done() -> bool:
            return not rescreening.step(whole.exchange.parts.wall_clock_us())

        await eventually(is_done, True)
        assert whole.exchange.families.verification.screening.waiting() == []


async def _count(operator: Someone) -> int:
    return len(await operator.do("GET", QUEUE))
