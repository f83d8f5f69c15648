"""Operators review cases of verification: who takes one decides it, and two agree to the second level."""

from pathlib import Path

from rialto.identity.operators import Role
from tests.contract.test_operators import operators
from tests.contract.test_verification import show, submit
from tests.person import someone
from tests.whole_exchange import whole_exchange

TAKE, DECIDE = "/admin/v1/actions/take-case", "/admin/v1/actions/decide-case"


async def test_a_person_is_verified_by_the_operator_who_took_the_case(tmp_path: Path) -> None:
    async with (
        whole_exchange(tmp_path) as whole,
        operators(whole, Role.SUPPORT) as (alice, bob),
        someone(whole, "zoe@example.com") as zoe,
    ):
        await zoe.step_up()
        document = await show(zoe)
        await submit(zoe, document["documentId"])
        (case,) = await alice.do("GET", "/admin/v1/verification")
        assert (case["owner"], case["state"]) == (zoe.owner, "submitted")
        decision = {"owner": zoe.owner, "case": case["id"], "decision": "approve"}
        assert (await alice.do("POST", DECIDE, **decision))["status"] == "failed"
        assert (await alice.do("POST", TAKE, case=case["id"]))["status"] == "done"
        assert (await bob.do("POST", TAKE, case=case["id"]))["status"] == "failed"
        assert (await bob.do("POST", DECIDE, **decision))["status"] == "failed"
        done = await alice.do("POST", DECIDE, **decision)
        assert (done["status"], done["result"]) == ("done", f"case {case['id']} is approved")
        person = whole.exchange.parts.identity.people.find(zoe.owner)
        assert person is not None
        assert person.level == 1
        assert await alice.do("GET", "/admin/v1/verification") == []
