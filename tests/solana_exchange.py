"""A whole exchange on a node of Solana that makes a block a moment, with the real signer as a process of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from solders.pubkey import Pubkey

from rialto.bootstrap.signing import prepare_embedded
from rialto.contracts.commands import Post, RegisterAsset
from rialto.contracts.vocabulary import TREASURY_ACCOUNT, PostingReason
from rialto.custody.signing.derivation import DerivedKeys
from rialto.custody.signing.keys import Curve
from tests.founded import settings_in
from tests.gateway import Trader
from tests.nodes.solana import SolanaNode
from tests.solana_chain import SOL, STRANGER
from tests.whole_exchange import Whole, whole_exchange

SEED = bytes(range(32))
KEYS = DerivedKeys(SEED, {"SOL": "m/44'/501'/0'"})
DEPOSIT, HOT = (str(Pubkey.from_bytes(KEYS.public_key(f"SOL/{path}", Curve.ED25519))) for path in ("0/0", "1/0"))
ADDRESS = "/sapi/v1/capital/deposit/address"
APPLY = "/sapi/v1/capital/withdraw/apply"
DEPOSITS = "/sapi/v1/capital/deposit/hisrec"
WITHDRAWALS = "/sapi/v1/capital/withdraw/history"
NETWORKS = """
[networks.SOL]
scope = 9
family = "solana"
title = "Solana"
node = "{url}"
xpub = "0/0={deposit} 1/0={hot}"
confirmations = 1
unlock_confirmations = 2
poll_milliseconds = 20
is_tagged = true
tag_pattern = "[0-9]{{1,20}}"

[networks.SOL.options]
nonce_accounts = "{nonces}"

[[networks.SOL.assets]]
asset = "SOL"
decimals = 9
withdrawal_min = "0.01"
withdrawal_fee = "0.001"
"""
TOKEN = """
[[networks.SOL.assets]]
asset = "{name}"
decimals = {decimals}
contract = "{mint}"
withdrawal_min = "2"
withdrawal_fee = "0.5"
"""
POLICY = """
[networks.SOL]
family = "solana"
account = "m/44'/501'/0'"
fee_max = 5_000_000
fee_day_max = 100_000_000
[[networks.SOL.assets]]
asset = "SOL"
payment_max = 3_000_000_000
hour_max = 4_000_000_000
day_max = 4_000_000_000
approval_above = 3_000_000_000
"""
TOKEN_POLICY = """
[[networks.SOL.assets]]
asset = "{name}"
contract = "{mint}"
payment_max = 1_000_000_000_000
hour_max = 1_000_000_000_000
day_max = 1_000_000_000_000
approval_above = 1_000_000_000_000
"""


@dataclass(frozen=True)
class Listed:
    """A token that the exchange lists."""

    name: str
    decimals: int
    mint: str


@dataclass(frozen=True)
class OnSolana:
    """The exchange and its node."""

    whole: Whole
    node: SolanaNode

    async def place(self, trader: Trader, coin: str) -> tuple[str, str]:
        """Where a trader deposits, and by which memo."""
        found = await trader.do("GET", ADDRESS, coin=coin, network="SOL")
        return str(found["address"]), str(found["tag"])

    async def free(self, trader: Trader, coin: str = "SOL") -> str:
        """What a trader may use."""
        account = await trader.do("GET", "/api/v3/account")
        return next((each["free"] for each in account["balances"] if each["asset"] == coin), "0.00000000")

    async def deposits(self, trader: Trader) -> list[tuple[str, str, int]]:
        """A trader's deposits: coin, amount and status, the newest first."""
        return [(each["coin"], each["amount"], each["status"]) for each in await trader.do("GET", DEPOSITS)]

    async def withdrawal(self, trader: Trader, id_: str) -> Any:
        """What a trader is told of a withdrawal."""
        (found,) = await trader.do("GET", WITHDRAWALS, idList=id_)
        return found

    async def becomes(self, trader: Trader, id_: str, status: int) -> Any:
        """Wait for a withdrawal to have a status; return it."""

        async def now() -> int:
            return int((await self.withdrawal(trader, id_))["status"])

        await eventually(now, status)
        return await self.withdrawal(trader, id_)

    async def differences(self) -> dict[str, int]:
        """What the chain holds that the ledger cannot explain, by asset, once they could be compared."""
        reconciliation = self.whole.exchange.families.custody.reconciliation

        async def could_be_done() -> bool:
            return await reconciliation.check("SOL")

        await eventually(could_be_done, True)
        return {asset: each for (_, asset), each in reconciliation.differences.items() if each}


async def eventually(read: Callable[[], Awaitable[Any]], wanted: Any) -> None:
    """Wait until something reads as wanted, for as long as it may take on a busy machine."""
    found = None
    for _ in range(1_000):
        found = await read()
        if found == wanted:
            return
        await asyncio.sleep(0.05)
    assert found == wanted


@asynccontextmanager
async def solana_exchange(data: Path, node: SolanaNode, *tokens: Listed, rules: str = "") -> AsyncIterator[OnSolana]:
    """Run an exchange whose hot address the house has paid something; on a directory that was used, it goes on."""
    is_new = not (data / "networks.toml").exists()
    if is_new:
        node.fund(str(STRANGER.pubkey()), 100 * SOL)
        nonces = " ".join(node.make_nonce_account(STRANGER, HOT) for _ in range(4))
        described = NETWORKS.format(url=node.url, deposit=DEPOSIT, hot=HOT, nonces=nonces)
        allowed = POLICY
        for each in tokens:
            described += TOKEN.format(name=each.name, decimals=each.decimals, mint=each.mint)
            allowed += TOKEN_POLICY.format(name=each.name, mint=each.mint)
        (data / "networks.toml").write_text(described, encoding="utf-8")
        (data / "rialto.toml").write_text(f"[withdrawals]\nsweep_seconds = 1\n{rules}")
        prepare_embedded(settings_in(data), allowed, SEED)
    limits = {"endpoint_weight_per_owner_max": 100_000_000, "endpoint_weight_per_address_max": 100_000_000}
    async with whole_exchange(data, signer_embedded=True, **limits) as whole:
        if is_new:
            await whole.exchange.runtime.submit(RegisterAsset("SOL"))
            asset = whole.exchange.runtime.catalog.asset_named("SOL")
            assert asset is not None
            treasury = Post(TREASURY_ACCOUNT, asset.id, "1", PostingReason.ADJUSTMENT)
            await whole.exchange.runtime.submit(treasury)
            node.pay(STRANGER, HOT, 10 * SOL)
        blocks = asyncio.create_task(_make_blocks(node))
        try:
            yield OnSolana(whole, node)
        finally:
            blocks.cancel()


async def _make_blocks(node: SolanaNode) -> None:
    while True:
        await asyncio.sleep(0.05)
        node.produce()
