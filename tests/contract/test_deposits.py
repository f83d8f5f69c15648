"""Deposits from a chain, as their owner sees them: credited once, taken back when they are gone."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from rialto.contracts.amounts import units_of
from rialto.contracts.queries import Balances, BalancesAnswer
from rialto.custody.chains.adapter import Payment
from rialto.identity.restrictions import Permission
from tests.custody_exchange import Funded, custody_exchange
from tests.gateway import Trader, refusal
from tests.model_chain import ModelChain

HISTORY = "/sapi/v1/capital/deposit/hisrec"
ETHER = 10**18


async def address(trader: Trader, coin: str, network: str) -> tuple[str, str]:
    """Return a trader's address and tag."""
    found = await trader.do("GET", "/sapi/v1/capital/deposit/address", coin=coin, network=network)
    return found["address"], found["tag"]


async def free(trader: Trader, asset: str) -> str:
    """What a trader has of an asset."""
    account = await trader.do("GET", "/api/v3/account")
    return next((each["free"] for each in account["balances"] if each["asset"] == asset), "0.00000000")


async def followed(funded: Funded, chain: ModelChain) -> None:
    """Wait until a chain was followed to its tip and settled."""
    follower = funded.whole.exchange.families.custody.followers[chain.network.name]
    await follower.step()


async def eventually(read: Callable[[], Awaitable[Any]], wanted: Any) -> None:
    """Wait until something reads as wanted."""
    for _ in range(200):
        if await read() == wanted:
            return
        await asyncio.sleep(0.1)
    assert await read() == wanted


async def held(funded: Funded, network: str, asset: str) -> int:
    """Minus the custody account of a network, in units."""
    runtime = funded.whole.exchange.runtime
    known = runtime.catalog.asset_named(asset)
    assert known is not None
    answer = await runtime.ask(Balances(funded.whole.exchange.families.custody.accounts.of(network)))
    assert isinstance(answer, BalancesAnswer)
    return -sum(units_of(each.free) for each in answer.balances if each.asset == known.id)


async def test_a_deposit_is_seen_credited_and_unlocked(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        alice = await funded.whole.trader("alice")
        where, _ = await address(alice, "ETH", "ETH")
        made = funded.eth.pay(where, ETHER + 1)
        funded.eth.mine()

        async def told() -> tuple[Any, ...]:
            return tuple((each["status"], each["confirmTimes"]) for each in await alice.do("GET", HISTORY))

        await eventually(told, ((0, "1/2"),))
        assert await free(alice, "ETH") == "0.00000000"
        funded.eth.mine()
        await eventually(told, ((6, "2/2"),))
        assert await free(alice, "ETH") == "1.00000000"
        history = funded.whole.exchange.families.custody.deposit_history
        assert await history.locked_for_withdrawal(alice.key.owner, "ETH") == 10**8
        funded.eth.mine(2)
        await eventually(told, ((1, "2/2"),))
        assert await history.locked_for_withdrawal(alice.key.owner, "ETH") == 0
        (deposit,) = await alice.do("GET", HISTORY, includeSource="true")
        assert deposit["txId"] == made
        assert (deposit["amount"], deposit["coin"], deposit["network"]) == ("1", "ETH", "ETH")
        assert (deposit["address"], deposit["unlockConfirm"], deposit["sourceAddress"]) == (where, 4, "outside")
        assert await held(funded, "ETH", "ETH") == 10**8


async def test_nothing_is_credited_twice_whatever_restarts(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        alice = await funded.whole.trader("alice")
        where, _ = await address(alice, "USDT", "ETH")
        payments = [Payment(where, None, "token", 5_000_000), Payment(where, None, "token", 7_000_000)]
        funded.eth.send("outside", payments)
        funded.eth.mine(2)
        await eventually(lambda: free(alice, "USDT"), "12.00000000")
    funded.eth.mine()
    funded.eth.pay(where, 1_000_000, contract="token")
    funded.eth.mine(2)
    async with custody_exchange(tmp_path, funded.chains) as again:
        alice.client = again.whole.client
        await eventually(lambda: free(alice, "USDT"), "13.00000000")
        # What was seen is forgotten; what is in the journal is not.
        custody = again.whole.exchange.families.custody
        await custody.followers["ETH"].stop()
        from sqlalchemy import delete

        from rialto.custody.deposits.tables import chain_blocks, sightings

        with again.whole.exchange.parts.people.begin() as connection:
            connection.execute(delete(chain_blocks))
            connection.execute(delete(sightings))
        await custody.followers["ETH"].step()
        assert await free(alice, "USDT") == "13.00000000"
        assert len(await alice.do("GET", HISTORY)) == 3
        assert await held(again, "ETH", "USDT") == 13 * 10**8


async def test_a_fork_before_credit_leaves_nothing_and_a_double_spend_neither(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        alice = await funded.whole.trader("alice")
        where, _ = await address(alice, "ETH", "ETH")
        made = funded.eth.pay(where, ETHER)
        funded.eth.mine()
        await followed(funded, funded.eth)
        funded.eth.reorganise(1, drop=[made], blocks=0)
        funded.eth.send("outside", [Payment("eth:elsewhere", None, None, ETHER)], nonce=0)
        funded.eth.mine(4)
        await followed(funded, funded.eth)
        assert await free(alice, "ETH") == "0.00000000"
        await eventually(lambda: alice.do("GET", HISTORY), [])


async def test_a_deposit_that_is_gone_is_taken_back_and_given_again_when_it_returns(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        alice = await funded.whole.trader("alice")
        where, _ = await address(alice, "ETH", "ETH")
        funded.eth.pay(where, ETHER)
        funded.eth.mine(3)
        await eventually(lambda: free(alice, "ETH"), "1.00000000")
        history = funded.whole.exchange.families.custody.deposit_history
        funded.eth.reorganise(3, empty=True, blocks=4)
        await followed(funded, funded.eth)
        await eventually(lambda: free(alice, "ETH"), "0.00000000")
        assert await held(funded, "ETH", "ETH") == 0
        (deposit,) = await alice.do("GET", HISTORY)
        assert deposit["status"] == 2
        funded.eth.mine(2)
        await followed(funded, funded.eth)
        await eventually(lambda: free(alice, "ETH"), "1.00000000")
        assert await history.locked_for_withdrawal(alice.key.owner, "ETH") == 10**8
        assert await held(funded, "ETH", "ETH") == 10**8
        funded.eth.reorganise(2)
        await followed(funded, funded.eth)
        assert await free(alice, "ETH") == "1.00000000", "it only moved to another block"


async def test_what_was_spent_meanwhile_is_a_shortfall_that_can_be_covered(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        alice = await funded.whole.trader("alice")
        bob = await funded.whole.trader("bob", BTC="1")
        where, _ = await address(alice, "USDT", "ETH")
        made = funded.eth.pay(where, 1_000_000_000, contract="token")
        funded.eth.mine(2)
        await eventually(lambda: free(alice, "USDT"), "1000.00000000")
        await bob.place("SELL", "20000", "0.03")
        await alice.place("BUY", "20000", "0.03")
        funded.eth.reorganise(2, drop=[made], blocks=4)
        await followed(funded, funded.eth)
        await eventually(lambda: free(alice, "USDT"), "0.00000000")
        assert await held(funded, "ETH", "USDT") == 600 * 10**8
        deposits = funded.whole.exchange.families.custody.deposits
        assert deposits.figures["shortfalls"] == 1
        (deposit,) = await alice.do("GET", HISTORY)
        assert deposit["status"] == 2


async def test_below_the_minimum_is_kept_until_it_is_enough(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        alice, bob = await funded.whole.trader("alice"), await funded.whole.trader("bob")
        where, _ = await address(alice, "USDT", "ETH")
        others, _ = await address(bob, "USDT", "ETH")
        for amount in (400_000, 500_000):
            funded.eth.pay(where, amount, contract="token")
        funded.eth.pay(others, 900_000, contract="token")
        funded.eth.mine(2)
        await followed(funded, funded.eth)
        assert await free(alice, "USDT") == "0.00000000"
        assert [each["status"] for each in await alice.do("GET", HISTORY)] == [7, 7]
        assert await held(funded, "ETH", "USDT") == 180_000_000, "what is held is on the chain, and in the ledger"
        funded.eth.pay(where, 100_000, contract="token")
        funded.eth.mine(2)
        await followed(funded, funded.eth)
        await eventually(lambda: free(alice, "USDT"), "1.00000000")
        assert await free(bob, "USDT") == "0.00000000"


async def test_unknown_tags_and_assets_are_nobodys_and_house_money_is_the_houses(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        alice = await funded.whole.trader("alice")
        where, tag = await address(alice, "LTC", "TAG")
        ethereum, _ = await address(alice, "ETH", "ETH")
        funded.tag.pay(where, 100, tag=tag)
        funded.tag.pay(where, 200, tag="12")
        funded.tag.pay(where, 300)
        funded.tag.pay(where, 400, tag="\x00" + "9" * 500)
        funded.tag.mine()
        funded.eth.pay(ethereum, 5, contract="something-unlisted")
        funded.eth.pay(funded.eth.derive("1/0"), ETHER)
        funded.eth.mine(2)
        for chain in funded.chains.values():
            await followed(funded, chain)
        await eventually(lambda: free(alice, "LTC"), "0.00000100")
        assert await held(funded, "TAG", "LTC") == 1_000
        assert await held(funded, "ETH", "ETH") == 10**8
        listed = {each["coin"]: each["status"] for each in await alice.do("GET", HISTORY)}
        assert listed == {"LTC": 1, "something-unlisted": 7}
        custody = funded.whole.exchange.families.custody
        answer = await funded.whole.exchange.runtime.ask(Balances(custody.accounts.suspense))
        assert isinstance(answer, BalancesAnswer)
        assert [each.free for each in answer.balances] == ["0.00000900"]


async def test_the_house_moving_its_own_coins_is_no_deposit(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        alice = await funded.whole.trader("alice")
        where, _ = await address(alice, "ETH", "ETH")
        funded.eth.pay(funded.eth.derive("1/0"), ETHER)
        funded.eth.mine(2)
        await followed(funded, funded.eth)
        funded.eth.send(funded.eth.derive("1/0"), [Payment(where, None, None, 10**17)])
        funded.eth.mine(2)
        await followed(funded, funded.eth)
        assert await free(alice, "ETH") == "0.00000000"
        assert await alice.do("GET", HISTORY) == []


async def test_a_node_that_is_down_stops_nothing_else(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        alice = await funded.whole.trader("alice")
        where, tag = await address(alice, "LTC", "TAG")
        funded.eth.is_down = True
        funded.tag.pay(where, 100, tag=tag)
        funded.tag.mine()
        await eventually(lambda: free(alice, "LTC"), "0.00000100")
        custody = funded.whole.exchange.families.custody

        async def failing() -> bool:
            return custody.followers["ETH"].failures > 0

        await eventually(failing, True)
        coins = {each["coin"]: each for each in await alice.do("GET", "/sapi/v1/capital/config/getall")}
        assert coins["ETH"]["networkList"][0]["busy"]
        states = {each["network"]: each for each in (await funded.whole.client.get("/account/v1/networks")).json()}
        assert (states["ETH"]["isBusy"], states["TAG"]["isBusy"]) == (True, False)
        assert states["TAG"]["assets"][0]["depositsOpen"]


async def test_history_is_filtered_paged_and_bounded(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        alice, bob = await funded.whole.trader("alice"), await funded.whole.trader("bob")
        where, tag = await address(alice, "LTC", "TAG")
        made = []
        for amount in range(1, 6):
            made.append(funded.tag.pay(where, amount, tag=tag))
            funded.tag.mine()
            await followed(funded, funded.tag)

        async def amounts(**parameters: Any) -> list[str]:
            return [each["amount"] for each in await alice.do("GET", HISTORY, **parameters)]

        every = ["0.00000005", "0.00000004", "0.00000003", "0.00000002", "0.00000001"]
        await eventually(amounts, every)
        assert await amounts(limit=2, offset=1) == every[1:3]
        assert await amounts(coin="LTC", status=1) == every
        assert await amounts(status=0) == await amounts(status=8) == await amounts(coin="ETH") == []
        assert await amounts(txId=made[2]) == [every[2]]
        assert await bob.do("GET", HISTORY, txId=made[2]) == []
        times = [each["insertTime"] for each in await alice.do("GET", HISTORY)]
        assert await amounts(startTime=times[1], endTime=times[0]) == every[:2]
        long = await alice.send("GET", HISTORY, {"startTime": 1, "endTime": 2 + 90 * 86_400_000})
        assert refusal(long) == (400, -4047, "Time interval must be within 0-90 days")
        backwards = await alice.send("GET", HISTORY, {"startTime": 2, "endTime": 1})
        assert refusal(backwards)[1] == -4047
        wrong = await alice.send("GET", HISTORY, {"status": 5})
        assert refusal(wrong)[1] == -1130


async def test_what_another_sends_here_is_shown_as_internal(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        alice = await funded.whole.trader("alice", (Permission.READ, Permission.WITHDRAW), USDT="100")
        bob = await funded.whole.trader("bob")
        where, _ = await address(bob, "USDT", "ETH")
        funded.eth.pay(where, 10**6, contract="token")
        funded.eth.mine(2)
        await eventually(lambda: free(bob, "USDT"), "1.00000000")
        parameters = {"coin": "USDT", "network": "ETH", "address": where, "amount": "5"}
        await alice.do("POST", "/sapi/v1/capital/withdraw/apply", **parameters)
        await eventually(lambda: free(bob, "USDT"), "5.50000000")
        newest, oldest = await bob.do("GET", HISTORY)
        assert (newest["transferType"], oldest["transferType"]) == (1, 0)
        assert (newest["amount"], newest["status"], newest["txId"][:18]) == ("4.5", 1, "Internal transfer ")
        assert await bob.do("GET", HISTORY, txId=newest["txId"], coin="USDT", status=1) == [newest]
        assert await bob.do("GET", HISTORY, status=0) == []
        assert await alice.do("GET", HISTORY) == []
