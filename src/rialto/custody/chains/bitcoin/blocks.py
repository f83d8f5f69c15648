"""Blocks as the node tells them, and what in them is paid to whom.

What a miner was paid counts in the block where it can be spent, not where it was made. The HogEx that ends a block of
Litecoin's is left out, as is what it pays: it comes out of confidential transactions, which are not taken here.
"""

from collections.abc import Collection
from decimal import Decimal

import msgspec

from rialto.custody.chains.adapter import Block, Deposit
from rialto.custody.chains.bitcoin.addresses import address_of
from rialto.custody.chains.bitcoin.parameters import Parameters
from rialto.custody.chains.bitcoin.watching import units

HOGEX_SCRIPT = "witness_mweb_hogaddr"


class _Script(msgspec.Struct, frozen=True):
    hex: str
    type: str = ""


class _Input(msgspec.Struct, frozen=True):
    coinbase: str | None = None
    txid: str = ""
    vout: int = 0


class _Output(msgspec.Struct, frozen=True, rename={"script": "scriptPubKey"}):
    value: Decimal = Decimal(0)
    n: int = 0
    script: _Script | None = None


class BlockTransaction(msgspec.Struct, frozen=True):
    """A transaction in a block."""

    txid: str
    vin: list[_Input]
    vout: list[_Output]

    @property
    def spends(self) -> list[str]:
        """The outpoints it spends."""
        return [f"{each.txid}:{each.vout}" for each in self.vin]

    @property
    def is_coinbase(self) -> bool:
        """Whether it pays the miner."""
        return bool(self.vin) and self.vin[0].coinbase is not None

    @property
    def looks_like_hogex(self) -> bool:
        """Whether it pays a HogEx's script first; it is one if it also ends its block."""
        first = self.vout[0].script if self.vout else None
        return first is not None and first.type == HOGEX_SCRIPT


class Header(msgspec.Struct, frozen=True):
    """A block's place."""

    hash: str
    height: int
    time: int
    previousblockhash: str = ""

    @property
    def block(self) -> Block:
        """The place as the interface tells it."""
        return Block(self.height, self.hash, self.previousblockhash, self.time * 1_000_000)


class _Extension(msgspec.Struct, frozen=True):
    """The confidential part of a block; that there is one is all we ask."""


class FullBlock(Header, frozen=True):
    """A block with everything in it."""

    tx: list[BlockTransaction] = []
    mweb: _Extension | None = None

    def payments(self, addresses: Collection[str], parameters: Parameters) -> list[Deposit]:
        """Find what the block pays some addresses, beside what it pays its miner."""
        found: list[Deposit] = []
        for transaction in self.tx:
            is_hogex = self.mweb is not None and transaction is self.tx[-1] and transaction.looks_like_hogex
            if not is_hogex and not transaction.is_coinbase:
                found.extend(payments(transaction, addresses, parameters))
        return found


def payments(transaction: BlockTransaction, addresses: Collection[str], parameters: Parameters) -> list[Deposit]:
    """Find what a transaction pays some addresses, output by output."""
    found = []
    for output in transaction.vout:
        if output.script is None or not output.value:
            continue
        address = address_of(bytes.fromhex(output.script.hex), parameters)
        if address is not None and address in addresses:
            found.append(Deposit(transaction.txid, str(output.n), address, None, None, units(output.value)))
    return found
