"""An adapter of Solana on its real runtime, with keys of ours, for tests of what it builds and reads."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from solders.keypair import Keypair

from rialto.custody.chains.adapter import HotAddress, Payment, Signed, Unsigned
from rialto.custody.chains.network import ChainAsset, Family, Network
from rialto.custody.chains.solana import open_adapter
from rialto.custody.chains.solana.adapter import SolanaAdapter
from rialto.custody.chains.solana.reading import SolanaReader
from rialto.custody.networks.configuration import Node
from rialto.custody.signing.derivation import DerivedKeys
from rialto.custody.signing.keys import Curve
from tests.nodes.solana import SolanaNode, solana_node

SOL = 10**9
STRANGER = Keypair.from_seed(b"a stranger".ljust(32))
CUSTOMER = str(Keypair.from_seed(b"a customer".ljust(32)).pubkey())
NETWORK = Network(
    name="SOL",
    scope=3,
    family=Family.SOLANA,
    title="Solana",
    assets=(ChainAsset("SOL", 9),),
    confirmations=1,
    unlock_confirmations=1,
    tag_pattern="[0-9]{1,12}",
)
KEYS = DerivedKeys(bytes(32), {"SOL": "m/44'/501'/0'"})
READER = SolanaReader("SOL")


def ours(path: str) -> HotAddress:
    """One of our addresses."""
    return HotAddress(READER.address(path, KEYS.public_key(f"SOL/{path}", Curve.ED25519)), path)


DEPOSIT, HOT = ours("0/0"), ours("1/0")
OWN = f"0/0={DEPOSIT.address} 1/0={HOT.address}"


@asynccontextmanager
async def chain(
    nonces: int = 2, lamports: int = 10 * SOL, network: Network = NETWORK, **options: str | int
) -> AsyncIterator[tuple[SolanaNode, SolanaAdapter]]:
    """A node whose hot address has so much, and an adapter on it."""
    async with solana_node() as node:
        node.fund(str(STRANGER.pubkey()), 100 * SOL)
        if lamports:
            node.fund(HOT.address, lamports)
        accounts = [node.make_nonce_account(STRANGER, HOT.address) for _ in range(nonces)]
        adapter = open_adapter(network, Node(node.url, OWN, {"nonce_accounts": " ".join(accounts), **options}))
        try:
            yield node, adapter
        finally:
            await adapter.close()


def signed(adapter: SolanaAdapter, unsigned: Unsigned) -> Signed:
    """Sign with our keys, whatever it does."""
    made = [KEYS.sign(f"SOL/{each.path}", Curve.ED25519, unsigned.body) for each in unsigned.sources]
    return adapter.combine(unsigned, made)


def pay(amount: int = SOL, tag: str | None = None, to: str = CUSTOMER, contract: str | None = None) -> Payment:
    """A payment, to a customer if nobody else is named."""
    return Payment(to, tag, contract, amount)
