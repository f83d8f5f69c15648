"""Mis-sent deposits that go back on chain: shown before, agreed by two, paid once, and never lost on the way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from rialto.bootstrap.families import withdrawals
from rialto.contracts.commands import Post
from rialto.contracts.vocabulary import TREASURY_ACCOUNT, PostingReason
from rialto.custody.signing.requests import Refusal, SigningRefused
from rialto.identity.operators import Role
from tests.contract.test_deposits import ETHER, address, eventually, followed, free
from tests.contract.test_operators import operators, refused
from tests.contract.test_reconciliation import checked
from tests.contract.test_recoveries import RECOVERIES
from tests.custody_bench import Fate, TestSigner
from tests.custody_exchange import Funded, custody_exchange
from tests.gateway import Trader, refusal
from tests.person import Someone
from tests.whole_exchange import ASSETS

APPROVE = "/admin/v1/approvals/approve"
RETURN = "/admin/v1/actions/return-recovery"
QUOTE = "/admin/v1/recoveries/quote"


@asynccontextmanager
async def paying(data: Path, monkeypatch: pytest.MonkeyPatch, chains: Any = None) -> AsyncIterator[tuple[Funded, Any]]:
    """An exchange that pays, whose hot address has something that is the house's."""
    signer = TestSigner(Fate())
    monkeypatch.setattr(withdrawals, "SIGNERS", [lambda _parts: signer])
    async with custody_exchange(data, chains) as funded:
        if chains is None:
            funded.eth.pay(funded.eth.derive("1/0"), 5 * ETHER)
            funded.eth.mine(2)
            await funded.whole.exchange.runtime.submit(
                Post(TREASURY_ACCOUNT, ASSETS.index("USDT"), "1", PostingReason.ADJUSTMENT)
            )
            await followed(funded, funded.eth)
        yield funded, signer


async def mis_sent(funded: Funded, trader: Trader, amount: int = ETHER // 200, **filing: object) -> str:
    """Send less than the minimum, ask for it back, and return the request's id."""
    where, _ = await address(trader, "ETH", "ETH")
    made = funded.eth.pay(where, amount)
    funded.eth.mine(4)
    await followed(funded, funded.eth)
    filed = {"network": "ETH", "txId": made, "coin": "ETH", **filing}
    return str((await trader.do("POST", RECOVERIES, **filed))["id"])


async def agreed(proposer: Someone, approver: Someone, **what: object) -> Any:
    """Propose sending back, and have another operator agree."""
    proposed = await proposer.do("POST", RETURN, **what)
    assert proposed["status"] == "pending"
    assert await refused(await proposer.send("POST", APPROVE, id=proposed["id"])) == (403, -42006)
    return await approver.do("POST", APPROVE, id=proposed["id"])


async def until(funded: Funded, trader: Trader, status: str) -> Any:
    """Let the chain grow until the only request of a trader is so far."""
    found = None
    for _ in range(300):
        funded.eth.mine()
        (found,) = await trader.do("GET", RECOVERIES)
        if found["status"] == status:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(f"not {status}: {found}")


async def test_what_was_mis_sent_goes_back_once_for_what_was_said_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        paying(tmp_path, monkeypatch) as (funded, signer),
        operators(funded.whole, Role.FINANCE) as (olga, otto),
    ):
        alice = await funded.whole.trader("alice")
        id_ = await mis_sent(funded, alice, returnAddress="ETH:alices-own")
        (filed,) = await alice.do("GET", RECOVERIES)
        assert (filed["returnAddress"], filed["returnFee"], filed["status"]) == ("eth:alices-own", "0.001", "filed")
        quote = await olga.do("GET", QUOTE, recovery=id_)
        assert (quote["asset"], quote["amount"], quote["fee"]) == ("ETH", "0.005", "0.001")
        assert (quote["senders"], quote["address"]) == (["outside"], "eth:alices-own")
        done = await agreed(olga, otto, recovery=id_)
        assert done["status"] == "done", done
        returning = await until(funded, alice, "returned")
        assert (returning["amount"], returning["fee"]) == ("0.004", "0.001")
        assert funded.eth.balance("eth:alices-own") == 4 * ETHER // 1_000
        (shown,) = await alice.do("GET", "/sapi/v1/capital/withdraw/history", idList=returning["withdrawalId"])
        assert (shown["status"], shown["amount"], shown["address"]) == (6, "0.00400000", "eth:alices-own")
        again = await agreed(olga, otto, recovery=id_, address="eth:elsewhere")
        assert again["status"] == "done", "what is agreed again is what was done"
        funded.eth.mine(5)
        assert funded.eth.balance("eth:elsewhere") == 0
        assert len(signer.signed) == 1
        settled = await olga.do("POST", "/admin/v1/actions/settle-recovery", recovery=id_)
        assert settled["status"] in ("failed", "pending")
        assert await free(alice, "ETH") == "0.00000000"
        await eventually(lambda: checked(funded, "ETH"), {})


async def test_where_it_cannot_go_is_said_beforehand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with (
        paying(tmp_path, monkeypatch) as (funded, _),
        operators(funded.whole, Role.FINANCE) as (olga, otto),
    ):
        alice = await funded.whole.trader("alice")
        wrong = {"network": "ETH", "txId": "t0", "coin": "ETH", "returnAddress": "btc:alices"}
        assert refusal(await alice.send("POST", RECOVERIES, wrong))[1] == -4007
        assert await refused(await olga.send("GET", QUOTE, recovery="0" * 32)) == (400, -42025)
        id_ = await mis_sent(funded, alice)
        for asked, why in (
            ({}, "name one"),
            ({"address": "btc:alices"}, "it is one of BTC"),
            ({"address": "eth:alices", "addressTag": "7"}, "no tag of ETH"),
            ({"address": funded.eth.derive("1/0")}, "an address of this exchange"),
            ({"address": funded.eth.derive("2/0")}, "an address of this exchange"),
            ({"address": "eth:alices", "fee": "0.005"}, "no more than the fee"),
        ):
            done = await agreed(olga, otto, recovery=id_, **asked)
            assert (done["status"], why in done["result"]) == ("failed", True), done
        (filed,) = await alice.do("GET", RECOVERIES)
        assert filed["status"] == "filed"
        where, _tag = await address(alice, "ETH", "ETH")
        made = funded.eth.pay(where, ETHER // 300)
        funded.eth.mine(2)
        await followed(funded, funded.eth)
        shallow = (await alice.do("POST", RECOVERIES, network="ETH", txId=made, coin="ETH"))["id"]
        done = await agreed(olga, otto, recovery=shallow, address="eth:alices")
        assert (done["status"], "wait until it is 4" in done["result"]) == ("failed", True), done


async def test_what_the_signer_will_not_send_comes_free_for_its_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        paying(tmp_path, monkeypatch) as (funded, signer),
        operators(funded.whole, Role.FINANCE) as (olga, otto),
    ):
        alice = await funded.whole.trader("alice")
        signer.refusals = [SigningRefused(Refusal.DESTINATION, "the policy of the test")]
        id_ = await mis_sent(funded, alice)
        assert (await agreed(olga, otto, recovery=id_, address="eth:alices"))["status"] == "done"

        async def waiting() -> list[str]:
            return [each["refusal"] for each in await olga.do("GET", "/admin/v1/withdrawals")]

        await eventually(waiting, ["destination"])
        (found,) = await alice.do("GET", RECOVERIES)
        assert found["status"] == "returning"
        refusing = {"id": found["withdrawalId"], "reason": "it cannot be paid there"}
        assert (await olga.do("POST", "/admin/v1/actions/refuse-withdrawal", **refusing))["status"] == "done"
        (found,) = await alice.do("GET", RECOVERIES)
        assert (found["status"], found["amount"], found["fee"]) == ("settled", "0.005", "0")
        assert await free(alice, "ETH") == "0.00500000"
        await eventually(lambda: checked(funded, "ETH"), {})


async def test_what_was_settled_and_not_asked_for_yet_is_sent_after_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with paying(tmp_path, monkeypatch) as (funded, _):
        alice = await funded.whole.trader("alice")
        id_ = await mis_sent(funded, alice)
        returns = funded.whole.exchange.families.custody.returns
        # The process dies between the two records.
        with monkeypatch.context() as dying:
            dying.setattr(returns, "_request", _dies)
            with pytest.raises(_Died):
                await returns.send_back(id_, "olga", address="eth:alices")
        assert await free(alice, "ETH") == "0.00000000"
    async with paying(tmp_path, monkeypatch, funded.chains) as (again, _signer):
        alice.client = again.whole.client
        returns = again.whole.exchange.families.custody.returns
        first = await returns.send_back(id_, "olga", address="eth:alices")
        assert await returns.send_back(id_, "olga", address="eth:others") == first
        await until(again, alice, "returned")
        assert (again.eth.balance("eth:alices"), again.eth.balance("eth:others")) == (4 * ETHER // 1_000, 0)
        await eventually(lambda: checked(again, "ETH"), {})


class _Died(BaseException):
    pass


async def _dies(*_arguments: object) -> str:
    raise _Died
