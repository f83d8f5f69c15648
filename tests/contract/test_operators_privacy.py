"""Requests by authorities and legal holds: two operators agree, no more is told than asked for, all is logged."""

import asyncio
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import update

from rialto.identity.operators import Role
from rialto.identity.privacy.tables import exports
from tests.contract.test_operators import operators
from tests.contract.test_privacy import funded, ordered, refused
from tests.exports import WAIT_S, exported, fetched, unpacked
from tests.person import Someone, someone
from tests.whole_exchange import whole_exchange

ANSWER = "/admin/v1/actions/answer-lawful-request"
REQUESTS = "/admin/v1/lawful-requests"
PIECE = f"{REQUESTS}/piece"
ABOUT = {"authority": "Court of Uppsala", "reference": "B 12-26", "legalBasis": "Criminal code 3"}


async def agreed(first: Someone, second: Someone, path: str, **form: object) -> Any:
    """Have something proposed by one and approved by the other."""
    proposed = await first.do("POST", path, **form)
    assert proposed["status"] == "pending", proposed
    return await second.do("POST", "/admin/v1/approvals/approve", id=proposed["id"])


async def answered(operator: Someone) -> Any:
    """Wait until the newest request's export is made."""
    async with asyncio.timeout(WAIT_S):
        while True:
            newest = (await operator.do("GET", REQUESTS))[0]
            if newest["export"]["state"] == "ready":
                return newest
            await asyncio.sleep(0.05)


async def test_two_agree_and_an_authority_gets_what_it_asked_for(tmp_path: Path) -> None:
    async with (
        whole_exchange(tmp_path) as whole,
        operators(whole, Role.SECURITY) as (olga, otto),
        someone(whole) as alice,
        someone(whole, "bob@example.com") as bob,
    ):
        for person in (alice, bob):
            await funded(whole, person, "100")
            await ordered(person)
        scope = {"owners": str(alice.owner), "topics": "orders,profile"}
        done = await agreed(olga, otto, ANSWER, **ABOUT, **scope)
        assert done["status"] == "done", done
        request = await answered(olga)
        assert (request["registeredBy"], request["approvedBy"]) == (f"operator-{olga.owner}", f"operator-{otto.owner}")
        files = unpacked(await fetched(olga, request["export"], PIECE))
        own = f"account-{alice.owner}"
        assert set(files) == {f"{own}/orders.json", f"{own}/profile.json", "names.json", "manifest.json"}
        assert len(files[f"{own}/orders.json"]["orders"]) == 1
        await exported_without_a_trace(alice)
        log = await olga.do("GET", "/admin/v1/log", action="operator:lawful-export")
        assert {each["actor"] for each in log} == {f"operator-{olga.owner}"}
        piece = {"exportId": request["export"]["exportId"], "number": 0}
        assert refused(await alice.send("GET", PIECE, **piece)) == (401, -2015)
        assert refused(await alice.send("GET", "/account/v1/privacy/exports/piece", **piece)) == (400, -41404)
        assert refused(await olga.send("GET", PIECE, exportId="nothing", number=0)) == (400, -42012)
        with whole.exchange.parts.people.begin() as connection:
            connection.execute(update(exports).values(expires_at_us=1))
        assert refused(await olga.send("GET", PIECE, **piece)) == (409, -42022)


async def exported_without_a_trace(person: Someone) -> None:
    """Who asks for a copy of their own data does not learn of the request."""
    text = str(await exported(person))
    assert "operator:" not in text
    assert ABOUT["reference"] not in text


async def test_only_the_period_is_told_and_only_of_people_there_are(tmp_path: Path) -> None:
    async with (
        whole_exchange(tmp_path) as whole,
        operators(whole, Role.RISK) as (olga, otto),
        someone(whole) as alice,
    ):
        await funded(whole, alice, "100")
        await ordered(alice)
        now_ms = whole.exchange.parts.wall_clock_us() // 1_000
        scope = {"owners": str(alice.owner), "topics": "orders,ledger"}
        past = {"startTime": now_ms - 7_200_000, "endTime": now_ms - 3_600_000}
        await agreed(olga, otto, ANSWER, **ABOUT, **scope, **past)
        files = unpacked(await fetched(olga, (await answered(olga))["export"], PIECE))
        own = f"account-{alice.owner}"
        assert files[f"{own}/orders.json"]["orders"] == []
        assert files[f"{own}/ledger.json"]["ledger_entries"] == []
        for wrong in (
            {"owners": "999999"},
            {"topics": "gossip"},
            {"startTime": now_ms, "endTime": now_ms - 1},
        ):
            failed = await agreed(olga, otto, ANSWER, **{**ABOUT, **scope, **wrong})
            assert failed["status"] == "failed", failed
        assert refused(await olga.send("POST", ANSWER, **{**ABOUT, **scope, "owners": "1;2"})) == (400, -1100)


async def test_holds_are_set_and_lifted_by_two(tmp_path: Path) -> None:
    async with (
        whole_exchange(tmp_path) as whole,
        operators(whole, Role.SECURITY) as (olga, otto),
        someone(whole) as alice,
    ):
        hold: dict[str, object] = {"owner": alice.owner, "reference": "B 12-26"}
        assert (await agreed(olga, otto, "/admin/v1/actions/set-legal-hold", **hold))["status"] == "done"
        assert (await agreed(olga, otto, "/admin/v1/actions/set-legal-hold", **hold))["status"] == "failed"
        (shown,) = await olga.do("GET", "/admin/v1/legal-holds")
        assert (shown["owner"], shown["reference"]) == (alice.owner, "B 12-26")
        await exported_without_a_trace(alice)
        assert (await agreed(otto, olga, "/admin/v1/actions/lift-legal-hold", **hold))["status"] == "done"
        assert await olga.do("GET", "/admin/v1/legal-holds") == []
        assert (await agreed(otto, olga, "/admin/v1/actions/lift-legal-hold", **hold))["status"] == "failed"


async def test_the_machine_fetches_what_two_have_agreed_to(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path))
    async with (
        whole_exchange(tmp_path) as whole,
        operators(whole, Role.SECURITY, count=1) as (olga,),
        someone(whole) as alice,
    ):
        parameters = [f"{name}={value}" for name, value in ABOUT.items()]
        proposed = await rialto("propose", "answer-lawful-request", *parameters, f"owners={alice.owner}", *data)
        await olga.do("POST", "/admin/v1/approvals/approve", id=proposed.split()[0])
        export = (await answered(olga))["export"]["exportId"]
        assert export in await rialto("look", "lawful-requests", *data)
        await rialto("fetch-export", export, str(tmp_path / "answer.zip"), *data)
        files = unpacked((tmp_path / "answer.zip").read_bytes())
        assert files[f"account-{alice.owner}/profile.json"]["people"][0]["email"] == "alice@example.com"
        assert (tmp_path / "answer.zip").stat().st_mode & 0o077 == 0
        log = whole.exchange.parts.identity.behaviour.search(action="operator:lawful-export")
        assert {each.actor for each in log} == {"machine"}


async def rialto(*arguments: str) -> str:
    """Say something to the command line that succeeds, and return what it says."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "rialto", "operator", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()
