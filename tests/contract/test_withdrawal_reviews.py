"""Operators who review withdrawals: two of them where two must, never the one who asked, and each decision once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import update

from rialto.foundation.settings.withdrawals import WithdrawalSettings
from rialto.identity.operators import Role
from rialto.identity.people_tables import people as people_table
from rialto.identity.restrictions import Permission
from tests.contract.test_operators import operators
from tests.contract.test_withdrawals import HISTORY, exchange, settled, withdraw
from tests.contract.test_withdrawals_people import apply, funded
from tests.gateway import Trader
from tests.model_chain import ModelChain
from tests.person import CLIENT, Someone
from tests.plain_http import plain_client
from tests.whole_exchange import Whole

RULES = WithdrawalSettings(valuations={"LTC": "100"}, one_approval_from=50, two_approvals_from=200)
MAY = (Permission.READ, Permission.WITHDRAW)
WAITING = "/admin/v1/withdrawals"


async def approve(operator: Someone, id_: str) -> tuple[str, str]:
    done = await operator.do("POST", "/admin/v1/actions/approve-withdrawal", withdrawal=id_)
    return done["status"], done["result"]


async def refuse(operator: Someone, id_: str) -> tuple[str, str]:
    done = await operator.do("POST", "/admin/v1/actions/refuse-withdrawal", id=id_, reason="not there")
    return done["status"], done["result"]


async def agreed(operator: Someone, id_: str) -> list[str] | None:
    """Who agreed to a withdrawal that waits; None for one that does not."""
    return next((each["agreed"] for each in await operator.do("GET", WAITING) if each["id"] == id_), None)


async def status(trader: Trader, id_: str) -> int:
    (found,) = await trader.do("GET", HISTORY, idList=id_)
    return int(found["status"])


async def balance(trader: Trader) -> tuple[str, str]:
    account = await trader.do("GET", "/api/v3/account")
    (held,) = [each for each in account["balances"] if each["asset"] == "LTC"]
    return held["free"], held["locked"]


@asynccontextmanager
async def reviewing(
    data: Path, monkeypatch: pytest.MonkeyPatch, count: int = 3
) -> AsyncIterator[tuple[Whole, ModelChain, list[Someone], Trader]]:
    """An exchange, operators who review, and a trader with ten coins."""
    async with exchange(data, monkeypatch, withdrawals=RULES) as (whole, chain):
        trader = await whole.trader("trader", MAY, LTC="10")
        async with operators(whole, Role.RISK, count=count) as made:
            yield whole, chain, made, trader


async def a_customer_too(whole: Whole, operator: Someone) -> None:
    """Let an operator withdraw, as if the day after their app was set up had passed."""
    await funded(whole, operator)
    with whole.exchange.parts.people.begin() as connection:
        mine = people_table.c.owner == operator.owner
        connection.execute(update(people_table).where(mine).values(withdrawals_locked_until_us=0))


async def test_one_who_refuses_outweighs_those_who_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with reviewing(tmp_path, monkeypatch) as (_, chain, (alice, bob, carol), trader):
        id_ = (await withdraw(trader, "3"))["id"]
        assert (await approve(alice, id_))[0] == "done"
        assert await refuse(bob, id_) == ("done", "the withdrawal is refused")
        assert (await approve(carol, id_))[0] == "failed"
        assert (await refuse(carol, id_)) == ("done", "the withdrawal is refused")
        assert await status(trader, id_) == 3
        assert await balance(trader) == ("10.00000000", "0.00000000")
        # Also after all have agreed, as long as nothing is being paid.
        held = (await withdraw(trader, "3"))["id"]
        shut = {"network": "LTC", "asset": "LTC", "depositsOpen": "true", "reason": "x"}
        await alice.do("POST", "/admin/v1/actions/switch-asset", **shut, withdrawalsOpen="false")
        assert [(await approve(each, held))[0] for each in (alice, bob)] == ["done", "done"]
        assert await status(trader, held) == 4
        assert (await refuse(carol, held))[0] == "done"
        await alice.do("POST", "/admin/v1/actions/switch-asset", **shut, withdrawalsOpen="true")
        assert await balance(trader) == ("10.00000000", "0.00000000")
        chain.mine(3)
        assert chain.balance("ltc:theirs") == 0


async def test_nobody_agrees_to_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with reviewing(tmp_path, monkeypatch) as (whole, chain, (alice, bob, _), _trader):
        await a_customer_too(whole, alice)
        id_ = (await apply(alice, amount="1.5")).json()["id"]
        assert await approve(alice, id_) == ("failed", "it is your own withdrawal: another operator must agree to it")
        assert await agreed(alice, id_) == []
        assert (await approve(bob, id_))[0] == "done"
        for _ in range(400):
            chain.mine()
            (found,) = await alice.do("GET", HISTORY, idList=id_)
            if found["status"] == 6:
                break
        assert chain.balance("ltc:theirs") == 1_49950000


async def test_a_decision_that_comes_late_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with reviewing(tmp_path, monkeypatch) as (whole, chain, (alice, bob, carol), trader):
        await a_customer_too(whole, carol)
        taken_back = (await apply(carol, amount="3")).json()["id"]
        assert (await approve(alice, taken_back))[0] == "done"
        await carol.do("DELETE", "/account/v1/withdrawals", withdrawalId=taken_back)
        assert [(await approve(bob, taken_back))[0], (await refuse(bob, taken_back))[0]] == ["failed", "failed"]
        (found,) = await carol.do("GET", HISTORY, idList=taken_back)
        assert found["status"] == 1
        paid = (await withdraw(trader, "1"))["id"]
        assert (await approve(alice, paid))[0] == "done"
        await settled(trader, chain, paid)
        assert [(await approve(bob, paid))[0], (await refuse(bob, paid))[0]] == ["failed", "failed"]
        assert await status(trader, paid) == 6
        assert chain.balance("ltc:theirs") == 99950000
        assert await balance(trader) == ("9.00000000", "0.00000000")
        assert (await approve(bob, "0" * 32))[0] == "failed"


async def test_the_first_approval_outlives_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with reviewing(tmp_path, monkeypatch, 2) as (_, _chain, people, trader):
        id_ = (await withdraw(trader, "3"))["id"]
        assert (await approve(people[0], id_))[0] == "done"
    async with AsyncExitStack() as stack:
        whole, chain = await stack.enter_async_context(exchange(tmp_path, monkeypatch, withdrawals=RULES))
        trader.client = whole.client
        alice, bob = [await returned(stack, whole, each) for each in people]
        assert await agreed(bob, id_) == [f"operator-{alice.owner}"]
        assert (await approve(alice, id_))[0] == "done"
        assert await agreed(bob, id_) == [f"operator-{alice.owner}"]
        assert await approve(bob, id_) == ("done", "the withdrawal is approved")
        await settled(trader, chain, id_)
        assert chain.balance("ltc:theirs") == 2_99950000


async def returned(stack: AsyncExitStack, whole: Whole, person: Someone) -> Someone:
    """Somebody whose browser still has its session, at the exchange that runs now."""
    url = f"http://127.0.0.1:{whole.exchange.port}"
    again = plain_client(url, cookies=person.client.cookies, headers={"user-agent": CLIENT})
    client = await stack.enter_async_context(again)
    return Someone(whole, client, person.session)


async def test_decisions_at_once_are_each_taken_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with reviewing(tmp_path, monkeypatch) as (_, chain, (alice, bob, carol), trader):
        both = (await withdraw(trader, "3"))["id"]
        results = await asyncio.gather(approve(alice, both), approve(bob, both), approve(alice, both))
        assert [result[0] for result in results] == ["done", "done", "done"]
        await settled(trader, chain, both)
        assert chain.balance("ltc:theirs") == 2_99950000
        for _ in range(5):
            id_ = (await withdraw(trader, "1", address="ltc:disputed"))["id"]
            agreed_, refused, also = await asyncio.gather(approve(alice, id_), refuse(bob, id_), refuse(carol, id_))
            before = chain.balance("ltc:disputed")
            over = await settled(trader, chain, id_)
            assert over["status"] == (3 if "done" in (refused[0], also[0]) else 6)
            assert agreed_[0] == "done" or over["status"] == 3
            assert chain.balance("ltc:disputed") - before == (0 if over["status"] == 3 else 99950000)
        free, locked = await balance(trader)
        assert locked == "0.00000000"
        assert free == f"{7 - chain.balance('ltc:disputed') // 99950000}.00000000"
