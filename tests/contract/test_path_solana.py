"""From a deposit by memo on Solana to a withdrawal with one, through the whole exchange and the signer's process."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from solders.keypair import Keypair
from solders.pubkey import Pubkey

from rialto.bootstrap.signing import prepare_embedded
from rialto.contracts.commands import Post, RegisterAsset
from rialto.contracts.vocabulary import TREASURY_ACCOUNT, PostingReason
from rialto.custody.signing.derivation import DerivedKeys
from rialto.custody.signing.keys import Curve
from rialto.identity.restrictions import Permission
from tests.founded import settings_in
from tests.gateway import Trader, refusal
from tests.nodes.solana import SolanaNode, solana_node
from tests.whole_exchange import Whole, whole_exchange

SOL = 10**9
SEED = bytes(range(32))
KEYS = DerivedKeys(SEED, {"SOL": "m/44'/501'/0'"})
STRANGER = Keypair.from_seed(b"a stranger".ljust(32))
THEIRS = str(Keypair.from_seed(b"another wallet".ljust(32)).pubkey())
DEPOSIT, HOT = (str(Pubkey.from_bytes(KEYS.public_key(f"SOL/{path}", Curve.ED25519))) for path in ("0/0", "1/0"))
MAY = (Permission.READ, Permission.TRADE, Permission.WITHDRAW)
APPLY = "/sapi/v1/capital/withdraw/apply"
DEPOSITS = "/sapi/v1/capital/deposit/hisrec"
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
POLICY = """
[networks.SOL]
family = "solana"
account = "m/44'/501'/0'"
fee_max = 1_000_000
fee_day_max = 100_000_000
[[networks.SOL.assets]]
asset = "SOL"
payment_max = 3_000_000_000
hour_max = 4_000_000_000
day_max = 4_000_000_000
approval_above = 3_000_000_000
"""


@asynccontextmanager
async def solana_exchange(data: Path) -> AsyncIterator[tuple[Whole, SolanaNode]]:
    """An exchange on a node that makes a block a moment, whose hot address the house has paid something."""
    async with solana_node() as node:
        node.fund(str(STRANGER.pubkey()), 100 * SOL)
        nonces = " ".join(node.make_nonce_account(STRANGER, HOT) for _ in range(2))
        (data / "networks.toml").write_text(
            NETWORKS.format(url=node.url, deposit=DEPOSIT, hot=HOT, nonces=nonces), encoding="utf-8"
        )
        (data / "rialto.toml").write_text("[withdrawals]\nsweep_seconds = 1\n")
        prepare_embedded(settings_in(data), POLICY, SEED)
        limits = {"endpoint_weight_per_owner_max": 100_000_000, "endpoint_weight_per_address_max": 100_000_000}
        async with whole_exchange(data, signer_embedded=True, **limits) as whole:
            await whole.exchange.runtime.submit(RegisterAsset("SOL"))
            asset = whole.exchange.runtime.catalog.asset_named("SOL")
            assert asset is not None
            treasury = Post(TREASURY_ACCOUNT, asset.id, "1", PostingReason.ADJUSTMENT)
            await whole.exchange.runtime.submit(treasury)
            node.pay(STRANGER, HOT, 10 * SOL)
            blocks = asyncio.create_task(_make_blocks(node))
            try:
                yield whole, node
            finally:
                blocks.cancel()


async def _make_blocks(node: SolanaNode) -> None:
    while True:
        await asyncio.sleep(0.05)
        node.produce()


async def eventually(read: Callable[[], Awaitable[Any]], wanted: Any) -> None:
    found = None
    for _ in range(600):
        found = await read()
        if found == wanted:
            return
        await asyncio.sleep(0.05)
    assert found == wanted


async def free(trader: Trader) -> str:
    account = await trader.do("GET", "/api/v3/account")
    return next((each["free"] for each in account["balances"] if each["asset"] == "SOL"), "0")


async def test_by_memo_in_and_by_memo_out(tmp_path: Path) -> None:
    async with solana_exchange(tmp_path) as (whole, node):
        alice, bob = await whole.trader("alice", MAY), await whole.trader("bob", MAY)
        place = await alice.do("GET", "/sapi/v1/capital/deposit/address", coin="SOL", network="SOL")
        other = await bob.do("GET", "/sapi/v1/capital/deposit/address", coin="SOL", network="SOL")
        assert place["address"] == other["address"] == DEPOSIT
        assert place["tag"] != other["tag"]
        node.pay(STRANGER, DEPOSIT, 5 * SOL, place["tag"])
        node.pay(STRANGER, DEPOSIT, 7 * SOL)
        node.pay(STRANGER, DEPOSIT, 9 * SOL, "not a tag of anybody")
        await eventually(lambda: free(alice), "5.00000000")
        assert await free(bob) in ("0", "0.00000000")

        async def deposits() -> list[tuple[str, int]]:
            return [(each["amount"], each["status"]) for each in await alice.do("GET", DEPOSITS)]

        await eventually(deposits, [("5", 1)])
        asked = {"coin": "SOL", "address": THEIRS, "addressTag": "77", "amount": "2.5"}
        answer = await alice.do("POST", APPLY, **asked)

        async def status() -> int:
            (found,) = await alice.do("GET", "/sapi/v1/capital/withdraw/history", idList=answer["id"])
            return int(found["status"])

        await eventually(status, 6)
        assert node.balance(THEIRS) == 2_499_000_000
        assert await free(alice) == "2.50000000"
        refused = await alice.send("POST", APPLY, {**asked, "address": "0x52908400098527886E0F7030069857D2E4169EE7"})
        assert "EVM" in refusal(refused)[2]

        async def left() -> int:
            return node.balance(DEPOSIT)

        await eventually(left, 890_880)  # Swept, but for what an address must hold.

        # The signer's own limit of an hour holds the next one back, whatever the application thinks.
        more = await alice.do("POST", APPLY, **{**asked, "amount": "2"})
        await asyncio.sleep(2)
        (found,) = await alice.do("GET", "/sapi/v1/capital/withdraw/history", idList=more["id"])
        assert found["status"] != 6
        assert node.balance(THEIRS) == 2_499_000_000
