"""Deposits that were spent and are gone: nothing leaves meanwhile; the house covers what lacks, or it is claimed."""

from pathlib import Path
from typing import Any

from rialto.contracts.commands import Post
from rialto.contracts.vocabulary import INSURANCE_ACCOUNT, AccountClass, PostingReason
from rialto.identity.operators import Role
from rialto.identity.restrictions import Permission
from tests.contract.test_deposits import address, eventually, followed, free
from tests.contract.test_operators import operators
from tests.contract.test_reconciliation import checked
from tests.custody_exchange import Funded, custody_exchange
from tests.gateway import Trader, refusal
from tests.person import Someone
from tests.whole_exchange import ASSETS

ALL = (Permission.READ, Permission.TRADE, Permission.WITHDRAW)
APPLY = "/sapi/v1/capital/withdraw/apply"
OPERATORS, MINE = "/admin/v1/shortfalls", "/account/v1/shortfalls"
MINE_FIELDS = ("coin", "network", "lacking", "isClaimed")


async def spent_and_gone(funded: Funded) -> Trader:
    """Someone who was credited 1,000, bought something for 600, and whose deposit is gone from its chain."""
    alice = await funded.whole.trader("alice", ALL, LTC="1")
    bob = await funded.whole.trader("bob", BTC="1")
    where, _ = await address(alice, "USDT", "ETH")
    made = funded.eth.pay(where, 1_000_000_000, contract="token")
    funded.eth.mine(2)
    await eventually(lambda: free(alice, "USDT"), "1000.00000000")
    await bob.place("SELL", "20000", "0.03")
    await alice.place("BUY", "20000", "0.03")
    funded.eth.reorganise(2, drop=[made], blocks=4)
    await followed(funded, funded.eth)
    await eventually(lambda: lacking(alice), [("USDT", "ETH", "600", False)])
    return alice


async def lacking(trader: Trader) -> list[tuple[Any, ...]]:
    return [tuple(each[name] for name in MINE_FIELDS) for each in await trader.do("GET", MINE)]


async def give(funded: Funded, account: int, amount: str) -> None:
    usdt = ASSETS.index("USDT")
    await funded.whole.exchange.runtime.submit(Post(account, usdt, amount, PostingReason.ADJUSTMENT))


async def agreed(proposer: Someone, approver: Someone, action: str, **what: object) -> Any:
    proposed = await proposer.do("POST", f"/admin/v1/actions/{action}", reason="gone", **what)
    assert proposed["status"] == "pending"
    assert proposed["parameters"]["deposit"] == what["deposit"], "a text, as browsers round such numbers"
    return await approver.do("POST", "/admin/v1/approvals/approve", id=proposed["id"])


async def test_the_insurance_fund_covers_what_lacks(tmp_path: Path) -> None:
    async with (
        custody_exchange(tmp_path) as funded,
        operators(funded.whole, Role.FINANCE) as (olga, otto),
    ):
        alice = await spent_and_gone(funded)
        stopped = await alice.send("POST", APPLY, {"coin": "LTC", "network": "TAG", "address": "tag:x", "amount": "1"})
        assert refusal(stopped)[1] == -4015
        assert "600 USDT is owed" in refusal(stopped)[2]
        (shown,) = await olga.do("GET", OPERATORS)
        assert (shown["owner"], shown["amount"], shown["lacking"]) == (alice.key.owner, "1000.00000000", "600.00000000")
        covering = {"deposit": shown["deposit"], "amount": "400", "source": "INSURANCE"}
        poor = await agreed(olga, otto, "cover-shortfall", **covering)
        assert (poor["status"], "InsufficientBalance" in poor["result"]) == ("failed", True)
        await give(funded, INSURANCE_ACCOUNT, "1000")
        assert (await agreed(olga, otto, "cover-shortfall", **covering))["status"] == "done"
        assert await lacking(alice) == [("USDT", "ETH", "200", False)]
        too_much = await agreed(olga, otto, "cover-shortfall", **covering)
        assert (too_much["status"], "200.00000000 of the deposit is lacking" in too_much["result"]) == ("failed", True)
        rest = {**covering, "amount": "200"}
        assert (await agreed(olga, otto, "cover-shortfall", **rest))["status"] == "done"
        assert (await lacking(alice), await olga.do("GET", OPERATORS)) == ([], [])
        await eventually(lambda: checked(funded, "ETH"), {})
        allowed = await alice.send("POST", APPLY, {"coin": "LTC", "network": "TAG", "address": "tag:x", "amount": "1"})
        assert allowed.status_code == 200, allowed.text


async def test_the_same_approval_covers_once(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        await spent_and_gone(funded)
        await give(funded, INSURANCE_ACCOUNT, "1000")
        shortfalls = funded.whole.exchange.families.custody.shortfalls
        (found,) = await shortfalls.listed()
        for _ in range(2):
            await shortfalls.cover(found.number, INSURANCE_ACCOUNT, 100 * 10**8, "olga:one")
        await shortfalls.cover(found.number, INSURANCE_ACCOUNT, 100 * 10**8, "olga:two")
        assert [each.shortfall for each in await shortfalls.listed()] == ["400.00000000"]


async def test_what_is_claimed_is_taken_as_its_owner_comes_to_have_it_also_after_a_restart(tmp_path: Path) -> None:
    async with (
        custody_exchange(tmp_path) as funded,
        operators(funded.whole, Role.FINANCE) as (olga, otto),
    ):
        alice = await spent_and_gone(funded)
        account = await funded.whole.exchange.runtime.account_of(alice.key.owner, AccountClass.SPOT)
        (shown,) = await olga.do("GET", OPERATORS)
        for _ in range(2):
            claimed = await agreed(olga, otto, "claim-shortfall", deposit=shown["deposit"])
            assert claimed["status"] == "done"
        assert await lacking(alice) == [("USDT", "ETH", "600", True)]
        await give(funded, account, "150")
        await eventually(lambda: lacking(alice), [("USDT", "ETH", "450", True)])
        assert await free(alice, "USDT") == "0.00000000"
    async with custody_exchange(tmp_path, funded.chains) as again:
        alice.client = again.whole.client
        await give(again, account, "500")
        await eventually(lambda: lacking(alice), [])
        await eventually(lambda: free(alice, "USDT"), "50.00000000")
        await eventually(lambda: checked(again, "ETH"), {})
        none = await again.whole.exchange.families.custody.shortfalls.listed()
        assert none == []


async def test_a_claim_ends_with_what_is_owed_and_can_be_made_anew(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        alice = await spent_and_gone(funded)
        shortfalls = funded.whole.exchange.families.custody.shortfalls
        (found,) = await shortfalls.listed()
        await shortfalls.claim(found.number, "olga")
        # It comes back, and is taken away again by a second fork.
        gone = funded.eth.seen[found.transaction_id]
        funded.eth.pool[gone.id] = gone
        funded.eth.mine(3)
        await eventually(lambda: lacking(alice), [])
        await followed(funded, funded.eth)
        funded.eth.reorganise(3, drop=[gone.id], blocks=5)
        await followed(funded, funded.eth)
        await eventually(lambda: lacking(alice), [("USDT", "ETH", "600", False)])
        await shortfalls.claim(found.number, "olga")
        assert await lacking(alice) == [("USDT", "ETH", "600", True)]


async def test_what_was_covered_comes_back_with_the_deposit(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        alice = await spent_and_gone(funded)
        await give(funded, INSURANCE_ACCOUNT, "1000")
        shortfalls = funded.whole.exchange.families.custody.shortfalls
        (found,) = await shortfalls.listed()
        await shortfalls.cover(found.number, INSURANCE_ACCOUNT, 250 * 10**8, "olga:one")
        gone = funded.eth.seen[found.transaction_id]
        funded.eth.pool[gone.id] = gone
        funded.eth.mine(3)
        await eventually(lambda: lacking(alice), [])
        assert await free(alice, "USDT") == "400.00000000"
        await eventually(lambda: checked(funded, "ETH"), {})
