"""Deposits on real nodes: credited once, through forks shallow and deep and through double spends, to the last unit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from rialto.custody.networks.configuration import FILE_NAME
from rialto.projections.projector import ProjectionsBehind
from tests.contract.test_deposits import HISTORY, address, eventually, free
from tests.nodes import contracts, evm
from tests.nodes.anvil import Anvil
from tests.nodes.bitcoin_account import Account
from tests.nodes.litecoind import Litecoind
from tests.whole_exchange import Whole, whole_exchange

LITECOIN = """
[networks.LTC]
scope = 2
family = "bitcoin"
title = "Litecoin"
node = "{url}"
xpub = "{xpub}"
confirmations = 2
unlock_confirmations = 4
start_height = {start}
poll_milliseconds = 100
options = {{ chain = "litecoin-regtest", cookie_file = "{cookie}", lookahead = 50 }}

[[networks.LTC.assets]]
asset = "LTC"
decimals = 8
deposit_min = "0.001"
"""

ETHEREUM = """
[networks.ETH]
scope = 1
family = "evm"
title = "Ethereum (ERC20)"
node = "{url}"
xpub = "{xpub}"
confirmations = 3
unlock_confirmations = 6
start_height = {start}
poll_milliseconds = 100
options = {{ chain_id = {chain} }}

[[networks.ETH.assets]]
asset = "ETH"
decimals = 18

[[networks.ETH.assets]]
asset = "USDT"
decimals = 6
contract = "{token}"
"""


@asynccontextmanager
async def exchange(data: Path, networks: str) -> AsyncIterator[Whole]:
    """Run an exchange on networks."""
    (data / FILE_NAME).write_text(networks)
    async with whole_exchange(data) as whole:
        yield whole


async def reconciled(whole: Whole, network: str) -> None:
    """Follow a chain to its tip and hold all of it against the ledger."""
    custody = whole.exchange.families.custody
    for _ in range(30):
        with suppress(ProjectionsBehind):  # The machine is busy: the next round goes on, as in earnest.
            await custody.followers[network].step()
            break
    else:
        raise AssertionError(f"{network} was not followed in thirty rounds")
    assert await custody.reconciliation.check(network)
    assert not {key: each for key, each in custody.reconciliation.differences.items() if each}


async def told(trader: Any) -> list[tuple[int, str, str]]:
    """What a trader is told of deposits."""
    return [(each["status"], each["confirmTimes"], each["amount"]) for each in await trader.do("GET", HISTORY)]


@pytest.mark.timeout(300)
async def test_litecoin(tmp_path: Path, litecoind: Litecoind) -> None:
    node, data = litecoind, tmp_path / "data"
    data.mkdir()
    account = Account("deposits")
    values = {"url": node.url, "xpub": account.xpub, "cookie": node.cookie_file, "start": node.height()}
    async with exchange(data, LITECOIN.format(**values)) as whole:
        alice, bob = await whole.trader("alice"), await whole.trader("bob")
        (where, _), (others, _) = await address(alice, "LTC", "LTC"), await address(bob, "LTC", "LTC")
        source = node.unspent()
        node.miner("lockunspent", False, [{"txid": source[0], "vout": source[1]}])
        rest = source[2] - 150_000_000 - 25_000_001 - 10_000
        paying = node.paying(source[:2], (where, 150_000_000), (others, 25_000_001), (node.new_address(), rest))
        made = node.ask("sendrawtransaction", paying)
        node.mine()
        await reconciled(whole, "LTC")
        await eventually(lambda: told(alice), [(0, "1/2", "1.5")])
        node.mine()
        await reconciled(whole, "LTC")
        await eventually(lambda: free(alice, "LTC"), "1.50000000")
        await eventually(lambda: free(bob, "LTC"), "0.25000001")

        # A shallow fork: the same transaction, a block later.
        node.invalidate(node.hash_at(node.height() - 1))
        assert made in node.pool()
        node.mine_with()
        node.mine(2)
        await reconciled(whole, "LTC")
        assert await free(alice, "LTC") == "1.50000000"
        await eventually(lambda: told(alice), [(6, "2/2", "1.5")])

        # A deep one, in which the coins went elsewhere.
        node.invalidate(node.hash_at(node.height() - 1))
        elsewhere = node.paying(source[:2], (node.new_address(), source[2] - 50_000))
        node.mine_with(elsewhere)
        node.mine(4)
        assert made not in node.pool()
        await reconciled(whole, "LTC")
        await eventually(lambda: free(alice, "LTC"), "0.00000000")
        await eventually(lambda: told(alice), [(2, "0/2", "1.5")])
        node.pay((where, 30_000_000))
        node.mine(4)
        await reconciled(whole, "LTC")
        await eventually(lambda: free(alice, "LTC"), "0.30000000")
    async with exchange(data, LITECOIN.format(**values)) as again:
        alice.client = again.client
        await reconciled(again, "LTC")
        assert await free(alice, "LTC") == "0.30000000"


@pytest.mark.timeout(300)
async def test_ethereum(tmp_path: Path, anvil: Anvil) -> None:
    node, data = anvil, tmp_path / "data"
    data.mkdir()
    sender = node.accounts[0]
    token = contracts.token(node, sender, decimals=6)
    values = {"url": node.url, "xpub": evm.XPUB, "chain": node.chain_id, "token": token, "start": node.height()}
    async with exchange(data, ETHEREUM.format(**values)) as whole:
        alice, bob = await whole.trader("alice"), await whole.trader("bob")
        (where, _), (others, _) = await address(alice, "ETH", "ETH"), await address(bob, "ETH", "ETH")
        node.mine(2)
        node.send(sender, where, 10**18 + 5)
        node.send(sender, token, data=contracts.transfer(others, 7_500_000))
        node.mine(2)
        await reconciled(whole, "ETH")
        await eventually(lambda: told(alice), [(0, "2/3", "1.000000000000000005")])
        node.mine(2)
        await reconciled(whole, "ETH")
        await eventually(lambda: free(alice, "ETH"), "1.00000000")
        await eventually(lambda: free(bob, "USDT"), "7.50000000")

        node.reorganise(4)
        assert node.balance(where) == 0
        node.mine(4)
        await reconciled(whole, "ETH")
        assert whole.exchange.families.custody.deposits.figures["reversed"] == 2
        await eventually(lambda: free(alice, "ETH"), "0.00000000")
        await eventually(lambda: free(bob, "USDT"), "0.00000000")
        node.send(sender, where, 2 * 10**18)
        node.mine(3)
        await reconciled(whole, "ETH")
        await eventually(lambda: free(alice, "ETH"), "2.00000000")
