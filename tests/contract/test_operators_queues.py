"""What operators are told before they ask for anything of a person's: how much waits where, what can be proposed."""

from pathlib import Path

from rialto.admin.actions import ACTIONS
from rialto.identity.operators import Role
from tests.contract.test_operators import operator
from tests.contract.test_operators_every_action import Logged
from tests.contract.test_verification import show, submit
from tests.person import someone
from tests.whole_exchange import whole_exchange

QUEUES = "/admin/v1/queues"


async def test_queues_are_counted_for_who_may_see_them_and_nothing_is_noted(tmp_path: Path) -> None:
    async with (
        whole_exchange(tmp_path) as whole,
        operator(whole, "sue@example.com", [Role.SUPPORT]) as sue,
        operator(whole, "lee@example.com", [Role.LISTING]) as lee,
        someone(whole, "zoe@example.com") as zoe,
    ):
        await zoe.step_up()
        await submit(zoe, (await show(zoe))["documentId"])
        logged = Logged(whole)
        found = {each["name"]: each for each in await sue.do("GET", QUEUES)}
        assert (found["verification"]["count"], found["withdrawals"]["count"]) == (1, 0)
        (case,) = await sue.do("GET", "/admin/v1/verification")
        assert found["verification"]["oldestAt"] == case["submittedAt"]
        assert found["withdrawals"]["oldestAt"] is None
        assert "suspended" not in found
        assert [each["name"] for each in await lee.do("GET", QUEUES)] == ["differences"]
        assert logged.new() == []


async def test_every_action_is_told_as_it_is_declared(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, operator(whole, "lee@example.com", [Role.LISTING]) as lee:
        told = {each["name"]: each for each in await lee.do("GET", "/admin/v1/actions")}
        assert list(told) == list(ACTIONS)
        adjusting = told["adjust-balance"]
        assert (adjusting["roles"], adjusting["agreedBy"]) == (["finance"], "by worth")
        direction = next(each for each in adjusting["parameters"] if each["name"] == "direction")
        assert (direction["kind"], direction["words"], direction["isRequired"]) == ("choice", ["GIVE", "TAKE"], True)
        (roles,) = (each for each in told["set-roles"]["parameters"] if each["name"] == "roles")
        assert (roles["kind"], roles["words"]) == ("words", [*(role.value for role in Role), "NONE"])
        fee = next(each for each in told["settle-recovery"]["parameters"] if each["name"] == "fee")
        assert (fee["kind"], fee["default"], fee["isRequired"]) == ("decimal", "0", False)


async def test_a_session_tells_what_its_person_may_act_on(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, someone(whole) as ann:
        assert (await ann.do("GET", "/account/v1/session"))["roles"] == []
        whole.exchange.parts.identity.operators.name(ann.owner, [Role.RISK, Role.FINANCE], 1)
        assert (await ann.do("GET", "/account/v1/session"))["roles"] == ["finance", "risk"]
