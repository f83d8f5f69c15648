"""Stating where one's money comes from: asked for at a level, sealed, seen by who reviews the case."""

from pathlib import Path

from rialto.identity.operators import Role
from tests.contract.test_operators import operators
from tests.contract.test_verification import PATH, refused, show, submit
from tests.gateway import refusal
from tests.person import someone
from tests.whole_exchange import whole_exchange

FUNDS = f"{PATH}/source-of-funds"
STATED = {
    "occupation": "Keeper of a lighthouse",
    "source": "employment",
    "wealthSource": "inheritance",
    "details": "The lighthouse was an aunt's.",
    "expectedDeposits": 2_000,
    "expectedTrades": 10_000,
}


async def test_a_level_takes_a_statement(tmp_path: Path) -> None:
    (tmp_path / "rialto.toml").write_text("[verification]\nsource_of_funds_from_level = 2\n", encoding="utf-8")
    async with (
        whole_exchange(tmp_path) as whole,
        someone(whole) as alice,
        operators(whole, Role.RISK, count=1) as (olga,),
    ):
        whole.exchange.parts.identity.people.set_level(alice.owner, 1, 1)
        document = (await show(alice, kind="address"))["documentId"]
        assert refusal(await alice.send("POST", FUNDS, **STATED))[1] == -41201
        await alice.step_up()
        assert await refused(alice, document, level=2) == -41303
        assert refusal(await alice.send("POST", FUNDS, **{**STATED, "source": "luck"}))[0] == 400
        assert refusal(await alice.send("POST", FUNDS, **{**STATED, "expectedTrades": -1}))[0] == 400
        assert refusal(await alice.send("POST", FUNDS, **{**STATED, "details": "x" * 501}))[0] == 400
        assert await refused(alice, document, level=2) == -41303
        await alice.do("POST", FUNDS, **{**STATED, "occupation": "Sailor"})
        assert (await alice.do("POST", FUNDS, **STATED))["given"] > 0
        assert (await alice.do("GET", PATH))["fundsGiven"] > 0
        number = (await submit(alice, document, level=2))["case"]["caseId"]
        await olga.do("POST", "/admin/v1/actions/take-case", case=number)
        seen = await olga.do("GET", "/admin/v1/verification/case", case=number, reason="A review.")
        assert seen["funds"] == STATED
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("rialto.sqlite*"))
    assert b"lighthouse" not in kept
    # It is there after a restart.
    async with whole_exchange(tmp_path) as whole:
        funds = whole.exchange.families.verification.cases.funds.of_owner(alice.owner)
        assert funds is not None
        assert funds.occupation == STATED["occupation"]


async def test_it_is_asked_for_nowhere_by_itself(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        await alice.step_up()
        document = (await show(alice))["documentId"]
        assert (await submit(alice, document))["case"]["state"] == "submitted"
