"""Every declared action over HTTP: who proposes it, who agrees, what is refused, and what is written down of it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio
from sqlalchemy import update

from rialto.admin.action import AnyAction
from rialto.admin.actions import ACTIONS
from rialto.admin.routes import PROPOSE
from rialto.identity.behaviour import Entry
from rialto.identity.operator_tables import operator_actions
from rialto.identity.operators import Role
from tests.contract.test_every_call_is_guarded import UNLIMITED, parameters_of
from tests.contract.test_operators import operator, operators, refused
from tests.person import CLIENT, Someone
from tests.whole_exchange import Whole, whole_exchange

APPROVE = "/admin/v1/approvals/approve"
KNOWN = {"owner": "999999", "asset": "USDT", "symbol": "BTCUSDT"}
BY_TWO = [each for each in ACTIONS.values() if each.agreed_by != "one"]


@pytest_asyncio.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole_exchange(tmp_path, **UNLIMITED) as running:
        yield running


def sample_of(action: AnyAction) -> dict[str, str]:
    """Parameters that are well formed, about a person who is not there."""
    given = parameters_of(PROPOSE[action.name])
    return {name: KNOWN.get(name, value) for name, value in given.items()}


class Logged:
    """The log of operators, read on from where it was read last."""

    def __init__(self, whole: Whole) -> None:
        self._behaviour = whole.exchange.parts.identity.behaviour
        self._read_to = 0
        self.new()

    def new(self) -> list[Entry]:
        """Return what was written since, the oldest first."""
        found = self._behaviour.search(limit=100)
        entries = [each for each in reversed(found) if each.number > self._read_to]
        self._read_to = max((each.number for each in found), default=0)
        return entries

    def expect(self, who: Someone, what: str, *results: str) -> list[Entry]:
        """Make sure that these are the results of the new entries, of whom, of what and from where."""
        entries = self.new()
        assert [each.result for each in entries] == list(results), (what, entries)
        for each in entries:
            assert (each.actor, each.action) == (f"operator-{who.owner}", f"operator:{what}")
            assert (each.address, each.client) == ("127.0.0.1", CLIENT)
        return entries


async def propose(who: Someone, action: AnyAction) -> httpx.Response:
    return await who.send("POST", action.path, **sample_of(action))


async def test_who_has_a_role_of_the_action_proposes_it_and_nobody_else(whole: Whole) -> None:
    logged = Logged(whole)
    async with AsyncExitStack() as stack:
        by_role = {
            role: await stack.enter_async_context(operator(whole, f"{role.value}@example.com", [role])) for role in Role
        }
        logged.new()
        for action in ACTIONS.values():
            assert action.roles, action.name
            for role, person in by_role.items():
                response = await propose(person, action)
                if role not in action.roles:
                    assert await refused(response) == (403, -42001), (action.name, role)
                    (entry,) = logged.expect(person, action.name, "denied")
                    assert "-42001" in entry.detail
                    continue
                assert response.status_code == 200, (action.name, response.text)
                status = response.json()["status"]
                if action.agreed_by == "one":
                    assert status in ("done", "failed"), response.text
                    logged.expect(person, action.name, "proposed", status)
                else:
                    assert status == "pending"
                    logged.expect(person, action.name, "proposed")
    assert whole.exchange.parts.identity.behaviour.verify() > len(ACTIONS)


async def test_nobody_proposes_without_a_fresh_proof_of_who_they_are(whole: Whole) -> None:
    async with operators(whole, *Role, count=1) as (late,):
        late.session.stepped_up_until_us = 0
        logged = Logged(whole)
        for action in ACTIONS.values():
            assert await refused(await propose(late, action)) == (403, -41201), action.name
            logged.expect(late, action.name, "denied")


WRONG: dict[str, tuple[str, int]] = {"integer": ("x", -1100), "boolean": ("maybe", -1130), "string": ("\x07", -1100)}


def wrong_of(schema: dict[str, object]) -> tuple[str, int]:
    """Something of the wrong form, and the code it is refused with."""
    return ("nonsense", -1130) if "enum" in schema or "examples" in schema else WRONG[str(schema["type"])]


async def test_what_is_malformed_is_refused_and_nothing_is_proposed(whole: Whole) -> None:
    async with operators(whole, *Role, count=1) as (alice,):
        logged = Logged(whole)
        for name, action in ACTIONS.items():
            sample = sample_of(action)

            async def refusal(given: dict[str, str], path: str = action.path) -> tuple[int, int]:
                return await refused(await alice.send("POST", path, **given))

            assert await refusal({**sample, "unheardOf": "1"}) == (400, -1104), name
            for each in PROPOSE[name].reader.parameters:
                others = {other: text for other, text in sample.items() if other != each.name}
                wrong, code = wrong_of(each.kind.schema())
                assert await refusal({**others, each.name: wrong}) == (400, code), (name, each.name)
                assert await refusal({**others, each.name: ""}) == (400, -1105), (name, each.name)
                if each.is_required:
                    assert await refusal(others) == (400, -1102), (name, each.name)
        assert await alice.do("GET", "/admin/v1/approvals") == []
        assert logged.new() == []


async def test_two_agree_once_and_in_time(whole: Whole) -> None:
    async with AsyncExitStack() as stack:

        async def named(name: str, *roles: Role) -> Someone:
            return await stack.enter_async_context(operator(whole, f"{name}@example.com", roles))

        maker, checker, late = [await named(name, *Role) for name in ("maker", "checker", "late")]
        late.session.stepped_up_until_us = 0
        other = await named("other")
        logged = Logged(whole)
        for action in BY_TWO:
            whole.exchange.parts.identity.operators.name(other.owner, set(Role) - action.roles, 1)
            id_ = (await propose(maker, action)).json()["id"]
            logged.expect(maker, action.name, "proposed")
            for who, code in ((maker, -42006), (late, -41201), (other, -42001)):
                assert await refused(await who.send("POST", APPROVE, id=id_)) == (403, code), action.name
                (entry,) = logged.expect(who, "approvals/approve", "denied")
                assert str(code) in entry.detail
            done = await checker.do("POST", APPROVE, id=id_)
            assert done["status"] in ("done", "failed"), done
            logged.expect(checker, action.name, "approved", done["status"])
            assert await refused(await checker.send("POST", APPROVE, id=id_)) == (409, -42005)
            (entry,) = logged.expect(checker, "approvals/approve", "denied")
            assert id_ in entry.detail
            await too_late(whole, maker, checker, action)
            logged.new()


async def too_late(whole: Whole, maker: Someone, checker: Someone, action: AnyAction) -> None:
    """What has waited for a day cannot be approved any more."""
    proposed: dict[str, Any] = (await propose(maker, action)).json()
    with whole.exchange.parts.people.begin() as connection:
        is_it = operator_actions.c.id == proposed["id"]
        connection.execute(update(operator_actions).where(is_it).values(expires_at_us=1))
    response = await checker.send("POST", APPROVE, id=proposed["id"])
    assert await refused(response) == (409, -42005)
    assert "expired" in response.text
