"""Airdrops and rewards: by who held what, paid once, seen by who got them."""

from pathlib import Path
from typing import Any

import pytest

from rialto.bootstrap.families.wallet import WalletFamily, open_wallet
from rialto.contracts.commands import Post
from rialto.contracts.queries import Balances, BalancesAnswer
from rialto.contracts.vocabulary import REWARDS_ACCOUNT, AccountClass, PostingReason
from rialto.products.distributions.rules import DistributionRefused, shares_of
from rialto.projections import decisions
from tests.gateway import Trader, refusal
from tests.whole_exchange import ASSETS, Whole, whole_exchange

ONE = 100_000_000
DAY_US = 86_400_000_000
BTC, BNB = ASSETS.index("BTC"), ASSETS.index("BNB")
DIVIDENDS = "/sapi/v1/asset/assetDividend"


async def settled(whole: Whole) -> WalletFamily:
    parts = whole.exchange.parts
    await parts.projected.wait_for(parts.runtime.last_sequence, 10)
    return open_wallet(parts)


async def holders(whole: Whole) -> tuple[Trader, Trader]:
    """One who holds 3 BTC, one of them in an order, and one who holds 1."""
    alice = await whole.trader("alice", BTC="3")
    bob = await whole.trader("bob", BTC="1", USDT="10")
    await alice.place("SELL", "30000", "1")
    await whole.exchange.runtime.submit(Post(REWARDS_ACCOUNT, BNB, "8", PostingReason.ADJUSTMENT))
    return alice, bob


async def bnb_of(trader: Trader) -> str:
    held: list[Any] = await trader.do("POST", "/sapi/v3/asset/getUserAsset", asset="BNB")
    return str(held[0]["free"]) if held else "0"


async def test_holders_are_paid_by_what_they_held(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice, bob = await holders(whole)
        family = await settled(whole)
        today = whole.exchange.runtime.now_us() // DAY_US
        held = family.holders.at_end_of(today, BTC)
        assert held == {alice.key.owner: 3 * ONE, bob.key.owner: ONE}
        service = family.distributions
        state = await service.plan("2026-11", "BNB for holders", BNB, shares_of(held, 8 * ONE, 0), "ann")
        assert (state.plan is not None and state.plan.total, len(await service.shares("2026-11"))) == (8 * ONE, 2)
        with pytest.raises(DistributionRefused, match="somebody else"):
            await service.approve("2026-11", "ann")
        await service.approve("2026-11", "bea")
        await service.pay("2026-11")
        await service.pay("2026-11")
        assert [await bnb_of(trader) for trader in (alice, bob)] == ["6", "2"]
        answer = await alice.do("GET", DIVIDENDS)
        (row,) = answer["rows"]
        assert (row["asset"], row["amount"], row["enInfo"], row["direction"]) == (
            "BNB",
            "6.00000000",
            "BNB for holders",
            1,
        )
        assert answer["total"] == 1
        assert (await bob.do("GET", DIVIDENDS, asset="BTC"))["rows"] == []
    async with whole_exchange(tmp_path) as whole:
        alice.client = whole.client
        assert (await alice.do("GET", DIVIDENDS))["rows"] == [row]
        await (await settled(whole)).distributions.pay("2026-11")
        assert await bnb_of(alice) == "6"
        with pytest.raises(DistributionRefused, match="it is paid already"):
            await (await settled(whole)).distributions.plan("2026-11", "again", BNB, {1: 1}, "ann")


async def test_a_house_that_holds_too_little_pays_the_rest_later(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice, bob = await holders(whole)
        service = (await settled(whole)).distributions
        await service.plan("a", "fork", BNB, {alice.key.owner: 9 * ONE, bob.key.owner: ONE, 999: ONE}, "ann")
        assert [share.owner for share in await service.shares("a")] == [alice.key.owner, bob.key.owner]
        await service.approve("a", "bea")
        with pytest.raises(DistributionRefused, match="holds too little"):
            await service.pay("a")
        await whole.exchange.runtime.submit(Post(REWARDS_ACCOUNT, BNB, "2", PostingReason.ADJUSTMENT))
        await service.pay("a")
        assert [await bnb_of(trader) for trader in (alice, bob)] == ["9", "1"]


async def test_a_death_between_batches_pays_nobody_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with whole_exchange(tmp_path) as whole:
        await whole.exchange.runtime.submit(Post(REWARDS_ACCOUNT, BNB, "250", PostingReason.ADJUSTMENT))
        owners = [(await whole.trader(f"holder{number}")).key.owner for number in range(250)]
        service = (await settled(whole)).distributions
        await service.plan("many", "for all", BNB, dict.fromkeys(owners, ONE), "ann")
        await service.approve("many", "bea")
        decide, calls = decisions.Decisions.decide, 0

        async def dying(self: Any, *arguments: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == 3:
                raise RuntimeError("the process dies here")
            return await decide(self, *arguments)

        with monkeypatch.context() as patched:
            patched.setattr(decisions.Decisions, "decide", dying)
            with pytest.raises(RuntimeError, match="dies here"):
                await service.pay("many")
    async with whole_exchange(tmp_path) as whole:
        state = await (await settled(whole)).distributions.pay("many")
        assert state.paid == 250
        runtime = whole.exchange.runtime

        for owner in owners:
            answer = await runtime.ask(Balances(await runtime.account_of(owner, AccountClass.SPOT)))
            assert isinstance(answer, BalancesAnswer)
            assert [balance.free for balance in answer.balances] == ["1.00000000"]


async def test_time_counts_where_holders_are_weighed_by_it(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice, bob = await holders(whole)
        family = await settled(whole)
        now_us = whole.exchange.runtime.now_us()
        weights = family.holders.over(now_us - DAY_US, now_us + DAY_US, BTC)
        ratio = weights[alice.key.owner] * 1_000 // weights[bob.key.owner]
        assert 2_990 <= ratio <= 3_010  # Held since the same moment, as good as.
        assert family.holders.over(now_us - 2 * DAY_US, now_us - DAY_US, BTC) == {}


async def test_what_is_no_question_is_refused(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice = await whole.trader("alice")
        half_year = {"startTime": 1_700_000_000_000, "endTime": 1_700_000_000_000 + 181 * DAY_US // 1_000}
        assert refusal(await alice.send("GET", DIVIDENDS, half_year))[1] == -4047
        assert refusal(await alice.send("GET", DIVIDENDS, {"asset": "NONE"}))[1] == -4018
