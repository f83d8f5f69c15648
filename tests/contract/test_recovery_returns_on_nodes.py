"""Mis-sent deposits that go back through real nodes and the signer's process."""

from pathlib import Path
from typing import Any

import pytest

from rialto.custody.recovery.service import NothingToRecover
from rialto.identity.operators import Role
from tests import ethereum_exchange as ethereum
from tests import litecoin_exchange as litecoin
from tests.contract.test_operators import operators
from tests.contract.test_path_litecoin import SWEEPS
from tests.contract.test_path_litecoin import agreed as explained
from tests.contract.test_recoveries import RECOVERIES
from tests.contract.test_recovery_returns import agreed
from tests.ethereum_exchange import ethereum_exchange, eventually, listed_token
from tests.gateway import Trader
from tests.litecoin_exchange import litecoin_exchange
from tests.nodes import contracts
from tests.nodes.anvil import ETHER, Anvil
from tests.nodes.litecoind import COIN, Litecoind

pytestmark = pytest.mark.timeout(400)

FRIEND = "0x52908400098527886E0F7030069857D2E4169EE7"
LISTED = """
[[networks.ETH.assets]]
asset = "BNB"
decimals = 6
contract = "{other}"
withdrawal_fee = "1.5"
"""
ALLOWED = """
[[networks.ETH.assets]]
asset = "BNB"
contract = "{other}"
payment_max = 1_000_000_000
hour_max = 1_000_000_000
day_max = 1_000_000_000
approval_above = 1_000_000_000
approvals = 0
"""


async def status(trader: Trader) -> str:
    (found,) = await trader.do("GET", RECOVERIES)
    return str(found["status"])


async def test_a_token_that_was_not_listed_goes_back_once_it_is(anvil: Anvil, tmp_path: Path) -> None:
    data, token = tmp_path / "data", listed_token(anvil)
    other = contracts.token(anvil, anvil.accounts[0], 6)
    policy = ethereum.POLICY + ALLOWED.replace("{other}", other)
    async with ethereum_exchange(data, anvil, token, policy=policy) as exchange:
        alice = await exchange.whole.trader("alice")
        exchange.pay_coins(exchange.whole.exchange.families.custody.holdings.adapter("ETH").derive("1/0"), ETHER)
        hers = await exchange.address(alice, "ETH")
        sent = anvil.send(anvil.accounts[0], other, 0, contracts.transfer(hers, 50_000_000))
        anvil.mine(4)

        async def seen() -> int:
            return len(await alice.do("GET", ethereum.DEPOSITS))

        await eventually(seen, 1)
        filed = {"network": "ETH", "txId": sent, "coin": "BNB", "returnAddress": FRIEND}
        id_ = (await alice.do("POST", RECOVERIES, **filed))["id"]
        returns = exchange.whole.exchange.families.custody.returns

        async def why_not() -> str:
            try:
                return await returns.send_back(id_, "olga")
            except NothingToRecover as nothing:
                return str(nothing).rsplit(";", 1)[-1]

        await eventually(why_not, " list it first")
    listed = ethereum.NETWORKS + LISTED.replace("{other}", other)
    async with (
        ethereum_exchange(data, anvil, token, policy=policy, networks=listed) as exchange,
        operators(exchange.whole, Role.FINANCE) as (olga, otto),
    ):
        alice.client = exchange.whole.client
        quote = await olga.do("GET", "/admin/v1/recoveries/quote", recovery=id_)
        stranger = anvil.accounts[0].lower()
        assert (quote["asset"], quote["amount"], quote["fee"]) == ("BNB", "50", "1.5")
        assert [each.lower() for each in quote["senders"]] == [stranger]
        done = await agreed(olga, otto, recovery=id_)
        assert done["status"] == "done", done

        async def mined() -> str:
            anvil.mine()
            return await status(alice)

        await eventually(mined, "returned")
        held = anvil.ask("eth_call", {"to": other, "data": contracts.call("balanceOf(address)", FRIEND)})
        assert int(held, 16) == 48_500_000
        assert set((await exchange.unexplained()).values()) == {0}


async def test_coins_below_the_minimum_go_back(litecoind: Litecoind, tmp_path: Path) -> None:
    (tmp_path / "rialto.toml").write_text(SWEEPS)
    async with (
        litecoin_exchange(tmp_path, litecoind) as exchange,
        operators(exchange.whole, Role.FINANCE) as (olga, otto),
    ):
        alice = await exchange.whole.trader("alice")
        hot = exchange.whole.exchange.families.custody.holdings.adapter("LTC").derive("1/0")
        home = litecoind.new_address()
        sent = litecoind.pay((await exchange.address(alice), 80_000), (hot, COIN))
        litecoind.mine(4)
        filed = {"network": "LTC", "txId": sent, "coin": "LTC", "returnAddress": home}
        id_ = (await alice.do("POST", RECOVERIES, **filed))["id"]

        async def amount() -> Any:
            quote = await olga.send("GET", "/admin/v1/recoveries/quote", recovery=id_)
            return quote.json().get("amount")

        await litecoin.eventually(amount, "0.0008")
        done = await agreed(olga, otto, recovery=id_, fee="0.0004")
        assert done["status"] == "done", done

        async def mined() -> str:
            litecoind.mine()
            return await status(alice)

        await litecoin.eventually(mined, "returned")
        assert str(litecoind.miner("getreceivedbyaddress", home)) == "0.0004"
        await explained(exchange)
