"""A whole exchange on a real EVM node, with the real signer as a process of its own."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rialto.bootstrap.signing import prepare_embedded
from rialto.contracts.commands import ListSymbol, Post
from rialto.contracts.vocabulary import TREASURY_ACCOUNT, PostingReason
from rialto.custody.chains.evm.addresses import AccountKey
from rialto.custody.chains.tiers import HOME_PATH
from rialto.custody.signing.derivation import DerivedKeys
from tests.exchange import spec
from tests.founded import settings_in
from tests.gateway import Trader
from tests.nodes import contracts
from tests.nodes.anvil import Anvil
from tests.whole_exchange import ASSETS, Whole, whole_exchange

SEED = hashlib.sha256(b"a whole exchange on ethereum").digest()
ACCOUNT = "m/44'/60'/0'"
SWEEPS = '[withdrawals]\nvaluations = {ETH = "2000", USDT = "1"}\nsweep_seconds = 1\nbump_after_seconds = 5\n'
NETWORKS = """
[networks.ETH]
scope = 1
family = "evm"
title = "Ethereum (ERC20)"
node = "{url}"
xpub = "{xpub}"
confirmations = 2
unlock_confirmations = 4
poll_milliseconds = 50

[networks.ETH.options]
chain_id = {chain}

[[networks.ETH.assets]]
asset = "ETH"
decimals = 18
deposit_min = "0.001"
withdrawal_min = "0.01"
withdrawal_fee = "0.005"

[[networks.ETH.assets]]
asset = "USDT"
decimals = 6
contract = "{token}"
deposit_min = "1"
withdrawal_min = "10"
withdrawal_fee = "3"
"""
POLICY = """
[networks.ETH]
family = "evm"
chain = "{chain}"
account = "{account}"
fee_max = 100_000_000_000_000_000
fee_day_max = 10_000_000_000_000_000_000

[[networks.ETH.assets]]
asset = "ETH"
payment_max = 100_000_000_000_000_000_000
hour_max = 100_000_000_000_000_000_000
day_max = 100_000_000_000_000_000_000
approval_above = 100_000_000_000_000_000_000
approvals = 0

[[networks.ETH.assets]]
asset = "USDT"
contract = "{token}"
payment_max = 1_000_000_000_000
hour_max = 1_000_000_000_000
day_max = 1_000_000_000_000
approval_above = 1_000_000_000_000
approvals = 0
"""
ADDRESS = "/sapi/v1/capital/deposit/address"
DEPOSITS = "/sapi/v1/capital/deposit/hisrec"
WITHDRAWALS = "/sapi/v1/capital/withdraw/history"
APPLY = "/sapi/v1/capital/withdraw/apply"


@dataclass(frozen=True)
class OnEthereum:
    """The exchange and its node. The node's first account is a stranger with coins and all tokens."""

    whole: Whole
    node: Anvil
    token: str

    async def address(self, trader: Trader, coin: str) -> str:
        """Where a trader deposits."""
        found = await trader.do("GET", ADDRESS, coin=coin, network="ETH")
        return str(found["address"])

    def pay_coins(self, address: str, amount: int) -> str:
        return self.node.send(self.node.accounts[0], address, amount)

    def pay_tokens(self, address: str, amount: int) -> str:
        return self.node.send(self.node.accounts[0], self.token, 0, contracts.transfer(address, amount))

    def tokens_of(self, address: str) -> int:
        held = self.node.ask("eth_call", {"to": self.token, "data": contracts.call("balanceOf(address)", address)})
        return int(held, 16)

    async def deposits(self, trader: Trader) -> list[tuple[str, str, int]]:
        """A trader's deposits: coin, amount and status, the newest first."""
        return [(each["coin"], each["amount"], each["status"]) for each in await trader.do("GET", DEPOSITS)]

    async def withdrawal(self, trader: Trader, id_: str) -> Any:
        (found,) = await trader.do("GET", WITHDRAWALS, idList=id_)
        return found

    async def free(self, trader: Trader, asset: str) -> str:
        account = await trader.do("GET", "/api/v3/account")
        return next((each["free"] for each in account["balances"] if each["asset"] == asset), "0.00000000")

    async def unexplained(self) -> dict[tuple[str, str], int]:
        """What the chain holds that the ledger cannot explain, by asset."""
        reconciliation = self.whole.exchange.families.custody.reconciliation

        async def could_be_done() -> bool:
            return await reconciliation.check("ETH")

        await eventually(could_be_done, True)
        return reconciliation.differences

    def waiting(self) -> set[str]:
        """What the node has not mined yet, but for the stranger's."""
        pool = self.node.ask("txpool_content")
        senders = {**pool["pending"], **pool["queued"]}
        strangers = {each.lower() for each in self.node.accounts}
        return {
            each["hash"]
            for sender, made in senders.items()
            if sender.lower() not in strangers
            for each in made.values()
        }

    async def paid_out(self, trader: Trader, id_: str) -> Any:
        """Mine until a withdrawal is over; return it."""

        async def status() -> int:
            self.node.mine()
            return int((await self.withdrawal(trader, id_))["status"])

        await eventually(status, 6)
        return await self.withdrawal(trader, id_)


async def eventually(read: Callable[[], Awaitable[Any]], wanted: Any) -> None:
    """Wait until something reads as wanted, for as long as it may take on a busy machine."""
    found = None
    for _ in range(1_000):
        found = await read()
        if found == wanted:
            return
        await asyncio.sleep(0.05)
    assert found == wanted


def listed_token(node: Anvil) -> str:
    """Put the token on the chain that the exchange lists."""
    return contracts.token(node, node.accounts[0], 6)


@asynccontextmanager
async def ethereum_exchange(
    data: Path,
    node: Anvil,
    token: str,
    *,
    policy: str = POLICY,
    networks: str = NETWORKS,
    cold: str = "",
    rules: str = "",
    **settings: object,
) -> AsyncIterator[OnEthereum]:
    """Run an exchange on a directory; on one that was used before, it goes on from there.

    `cold` is the extended public key of a cold tier; `rules` are more settings of withdrawals.
    """
    data.mkdir(parents=True, exist_ok=True)
    xpub = DerivedKeys(SEED, {"ETH": ACCOUNT}).account_key("ETH")
    described = networks.format(url=node.url, xpub=xpub, chain=node.chain_id, token=token)
    allowed = policy.format(chain=node.chain_id, account=ACCOUNT, token=token)
    if cold:
        described += f'\n[[networks.ETH.tiers]]\nname = "cold"\nkeys = ["{cold}"]\n'
        allowed = allowed.replace("fee_max =", f'own = ["{AccountKey(cold).address(HOME_PATH)}"]\nfee_max =', 1)
    (data / "networks.toml").write_text(described)
    (data / "rialto.toml").write_text(SWEEPS + rules + ("refill_seconds = 1\n" if cold else ""))
    prepare_embedded(settings_in(data), allowed, SEED)
    usual = {"endpoint_weight_per_owner_max": 100_000_000, "signer_embedded": True}
    async with whole_exchange(data, **{**usual, **settings}) as whole:
        runtime = whole.exchange.runtime
        if runtime.catalog.symbol_named("ETHUSDT") is None:
            await runtime.submit(ListSymbol(spec(name="ETHUSDT", base=ASSETS.index("ETH"))))
            await runtime.submit(Post(TREASURY_ACCOUNT, ASSETS.index("ETH"), "1", PostingReason.ADJUSTMENT))
        yield OnEthereum(whole, node, token)
