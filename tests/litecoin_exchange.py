"""A whole exchange on a real Litecoin node, with the real signer as a process of its own."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rialto.bootstrap.signing import prepare_embedded
from rialto.contracts.amounts import units_of
from rialto.contracts.commands import ListSymbol, Post
from rialto.contracts.queries import Balances, BalancesAnswer
from rialto.contracts.vocabulary import TREASURY_ACCOUNT, PostingReason
from rialto.custody.chains.bitcoin.parameters import LITECOIN_REGTEST
from rialto.custody.chains.bitcoin.warm import WarmTier
from rialto.custody.chains.tiers import HOME_PATH
from rialto.custody.signing.derivation import DerivedKeys
from tests.exchange import spec
from tests.founded import settings_in
from tests.gateway import Trader
from tests.nodes.litecoind import Litecoind
from tests.whole_exchange import ASSETS, Whole, whole_exchange

SEED = hashlib.sha256(b"a whole exchange on litecoin").digest()
ACCOUNT = "m/84'/1'/0'"
NETWORKS = """
[networks.LTC]
scope = 2
family = "bitcoin"
title = "Litecoin"
node = "{url}"
xpub = "{xpub}"
confirmations = 2
unlock_confirmations = 4
poll_milliseconds = 50

[networks.LTC.options]
chain = "litecoin-regtest"
cookie_file = "{cookie}"
lookahead = 50

[[networks.LTC.assets]]
asset = "LTC"
decimals = 8
deposit_min = "0.001"
withdrawal_min = "0.002"
withdrawal_fee = "0.0005"
"""
POLICY = f"""
[networks.LTC]
family = "bitcoin"
chain = "litecoin-regtest"
account = "{ACCOUNT}"
fee_max = 1_000_000
fee_day_max = 50_000_000

[[networks.LTC.assets]]
asset = "LTC"
payment_max = 10_000_000_000
hour_max = 20_000_000_000
day_max = 100_000_000_000
approval_above = 5_000_000_000
approvals = 0
"""
UNLIMITED: dict[str, object] = {
    "endpoint_weight_per_owner_max": 100_000_000,
    "endpoint_weight_per_address_max": 100_000_000,
}
ADDRESS = "/sapi/v1/capital/deposit/address"
DEPOSITS = "/sapi/v1/capital/deposit/hisrec"
WITHDRAWALS = "/sapi/v1/capital/withdraw/history"
APPLY = "/sapi/v1/capital/withdraw/apply"


@dataclass(frozen=True)
class OnLitecoin:
    """The exchange and its node."""

    whole: Whole
    node: Litecoind

    async def address(self, trader: Trader) -> str:
        """Where a trader deposits."""
        found = await trader.do("GET", ADDRESS, coin="LTC", network="LTC")
        return str(found["address"])

    async def deposits(self, trader: Trader) -> list[tuple[str, int]]:
        """A trader's deposits: amount and status, the newest first."""
        return [(each["amount"], each["status"]) for each in await trader.do("GET", DEPOSITS)]

    async def withdrawal(self, trader: Trader, id_: str) -> Any:
        (found,) = await trader.do("GET", WITHDRAWALS, idList=id_)
        return found

    async def held(self) -> tuple[int, int]:
        """What the ledger says is on the chain, and what is there on addresses of ours."""
        custody = self.whole.exchange.families.custody
        answer = await self.whole.exchange.runtime.ask(Balances(custody.accounts.of("LTC")))
        assert isinstance(answer, BalancesAnswer)
        ledger = -sum(units_of(each.free) for each in answer.balances if each.asset == ASSETS.index("LTC"))
        adapter = custody.holdings.adapter("LTC")
        chain = await adapter.balances(custody.addresses.watched("LTC"), adapter.network.assets)
        return ledger, sum(chain.values())

    async def free(self, trader: Trader, asset: str) -> str:
        account = await trader.do("GET", "/api/v3/account")
        return next((each["free"] for each in account["balances"] if each["asset"] == asset), "0.00000000")


async def eventually(read: Any, wanted: Any) -> None:
    """Wait until something reads as wanted, for as long as it may take on a busy machine."""
    found = None
    for _ in range(250):
        found = await read()
        if found == wanted:
            return
        await asyncio.sleep(0.2)
    assert found == wanted


@asynccontextmanager
async def litecoin_exchange(
    data: Path, node: Litecoind, *, warm: tuple[str, ...] = (), **settings: object
) -> AsyncIterator[OnLitecoin]:
    """Run an exchange on a directory; on one that was used before, it goes on from there.

    `warm` holds the extended public keys of a warm tier's keepers.
    """
    data.mkdir(parents=True, exist_ok=True)
    xpub = DerivedKeys(SEED, {"LTC": ACCOUNT}).account_key("LTC")
    networks, policy = NETWORKS.format(url=node.url, xpub=xpub, cookie=node.cookie_file), POLICY
    if warm:
        networks += f'\n[[networks.LTC.tiers]]\nname = "warm"\nkeys = {list(warm)}\n'
        home = WarmTier("LTC", LITECOIN_REGTEST, warm).address(HOME_PATH).address
        policy = policy.replace("fee_max =", f'own = ["{home}"]\nfee_max =', 1)
    (data / "networks.toml").write_text(networks)
    prepare_embedded(settings_in(data), policy, SEED)
    async with whole_exchange(data, signer_embedded=True, **(UNLIMITED | settings)) as whole:
        runtime = whole.exchange.runtime
        if runtime.catalog.symbol_named("LTCUSDT") is None:
            await runtime.submit(ListSymbol(spec(name="LTCUSDT", base=ASSETS.index("LTC"))))
            await runtime.submit(Post(TREASURY_ACCOUNT, ASSETS.index("LTC"), "1", PostingReason.ADJUSTMENT))
        yield OnLitecoin(whole, node)
