"""An account of the Bitcoin family for tests: the adapter on a node, and the private keys that it never sees."""

import hashlib
from collections.abc import Sequence
from typing import Any

from embit import bip32
from embit.util import secp256k1

from rialto.custody.chains.adapter import FeeLevel, HotAddress, Payment, Signed, Unsigned
from rialto.custody.chains.bitcoin import open_adapter
from rialto.custody.chains.bitcoin.adapter import BitcoinAdapter
from rialto.custody.chains.bitcoin.derivation import AccountKey
from rialto.custody.chains.bitcoin.parameters import CHAINS
from rialto.custody.chains.network import ChainAsset, Family, Network
from tests.nodes.litecoind import Litecoind

COIN = ChainAsset("LTC", 8)
NETWORK = Network("LTC", 2, Family.BITCOIN, "Litecoin", (COIN,), 2, 4)
RATE = 20_000


class NodeOptions:
    """What configuration says of a node."""

    def __init__(self, url: str, xpub: str, **options: str | int | bool) -> None:
        self.url = url
        self.xpub = xpub
        self.options = options


class Account:
    """Keys below `m/84'/1'/0'` of a seed, on a chain."""

    def __init__(self, seed: str = "rialto", chain: str = "litecoin-regtest") -> None:
        root = bip32.HDKey.from_seed(hashlib.sha256(seed.encode()).digest())
        self.account = root.derive("m/84h/1h/0h")
        self.chain = chain
        self.xpub: str = self.account.to_public().to_base58(CHAINS[chain].key_versions[0])

    def private(self, path: str) -> Any:
        return self.account.derive([int(each) for each in path.split("/")])

    def public_key(self, path: str) -> bytes:
        return bytes(self.private(path).to_public().sec())

    def address(self, path: str) -> str:
        return AccountKey(self.xpub, CHAINS[self.chain]).address(path)

    def sign(self, path: str, digest: bytes) -> bytes:
        """Sign a digest: r and s."""
        der = self.private(path).sign(digest).serialize()
        return bytes(secp256k1.ecdsa_signature_serialize_compact(secp256k1.ecdsa_signature_parse_der(der)))


class Wallet:
    """An adapter on a node with the keys to sign what it builds."""

    def __init__(self, node: Litecoind, account: Account, **options: str | int | bool) -> None:
        self.node = node
        self.account = account
        settings: dict[str, str | int | bool] = {
            "chain": account.chain,
            "cookie_file": str(node.cookie_file),
            "lookahead": 50,
        }
        settings.update(options)
        self.adapter: BitcoinAdapter = open_adapter(NETWORK, NodeOptions(node.url, account.xpub, **settings))

    def hot(self, index: int = 0) -> HotAddress:
        return HotAddress(self.adapter.derive(f"1/{index}"), f"1/{index}")

    def deposit(self, index: int) -> HotAddress:
        return HotAddress(self.adapter.derive(f"0/{index}"), f"0/{index}")

    async def fund(self, *amounts: int) -> None:
        """Put coins on the first hot address, in a block."""
        for amount in amounts:
            self.node.pay((self.hot().address, amount))
        self.node.mine()

    async def build(self, *amounts: int, rate: int = RATE, avoid: Sequence[str] = ()) -> Unsigned:
        """Build payments of these amounts to the miner."""
        payments = [payment(self.node.new_address(), amount) for amount in amounts]
        return await self.adapter.build(payments, [self.hot()], rate, avoid)

    def sign(self, unsigned: Unsigned) -> Signed:
        effects = self.adapter.reader.read(unsigned)
        signatures = [
            self.account.sign(source.path, digest)
            for source, digest in zip(unsigned.sources, effects.digests, strict=True)
        ]
        keys = [self.account.public_key(each.path) for each in unsigned.sources]
        return self.adapter.combine(unsigned, self.adapter.reader.place(unsigned, keys, signatures))

    async def send(self, unsigned: Unsigned) -> Signed:
        signed = self.sign(unsigned)
        await self.adapter.broadcast(signed)
        return signed

    async def balance(self, *addresses: HotAddress) -> int:
        held = await self.adapter.balances([each.address for each in addresses], NETWORK.assets)
        return sum(held.values())

    async def rate(self) -> int:
        return await self.adapter.fee_rate(FeeLevel.NORMAL)


def payment(address: str, amount: int) -> Payment:
    return Payment(address, None, None, amount)
