"""What became of a transaction: waiting, in a block, unknown, or excluded by another that is in a block.

The watching wallet tells of every transaction that touches our addresses, and of conflicts between them. Of a
transaction that never reached this node it knows nothing; what we signed or sent ourselves is remembered by what it
spends, and then the chain is asked who spent that.
"""

from collections import OrderedDict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec

from rialto.custody.chains.adapter import NodeUnavailable, TransactionState, TransactionStatus
from rialto.custody.chains.bitcoin import node as rpc
from rialto.custody.chains.bitcoin import raw
from rialto.custody.chains.bitcoin.blocks import Header
from rialto.custody.chains.bitcoin.node import Node, NodeError
from rialto.custody.chains.bitcoin.watching import WalletTransaction, Watching, units

REMEMBERED_MAX: Final = 10_000
"""Transactions of ours of which is remembered what they spend."""


class _Anyone(msgspec.Struct, frozen=True):
    """A transaction that need not concern us: waiting, or found by an index where the node has one."""

    txid: str
    blockhash: str | None = None
    confirmations: int = 0


class Tracing:
    """Asks the node and its watching wallet. Errors of every coroutine: `NodeUnavailable`."""

    def __init__(self, node: Node, watching: Watching) -> None:
        self._node = node
        self._watching = watching
        self._spends: OrderedDict[str, tuple[str, ...]] = OrderedDict()

    def remember(self, transaction: str, spends: Sequence[str]) -> None:
        """Keep what a transaction of ours spends."""
        self._spends[transaction] = tuple(spends)
        if len(self._spends) > REMEMBERED_MAX:
            self._spends.popitem(last=False)

    def remember_raw(self, transaction: str, body: bytes) -> None:
        """Keep what a signed transaction spends, if it reads as one."""
        try:
            self.remember(transaction, raw.read(body).spends)
        except raw.Malformed:
            return

    async def status(self, transaction: str) -> TransactionStatus:
        """Tell what the node knows. Of a conflict, `confirmations` are those of what excludes it."""
        ours = await self._watching.transaction(transaction)
        if ours is None:
            return await self._of_anyone(transaction)
        if ours.confirmations > 0 and ours.blockhash is not None:
            return await self._confirmed(ours.blockhash, ours.confirmations, _fee(ours))
        if ours.confirmations < 0:
            return TransactionStatus(TransactionState.CONFLICTED, -ours.confirmations)
        if await self._is_in_pool(transaction):
            return TransactionStatus(TransactionState.PENDING)
        return await self._excluded(raw.read(bytes.fromhex(ours.hex)).spends, transaction)

    async def is_confirmed(self, transaction: str) -> bool:
        """Tell whether a transaction is in a block."""
        return (await self.status(transaction)).state is TransactionState.CONFIRMED

    async def _of_anyone(self, transaction: str) -> TransactionStatus:
        try:
            found = await self._node.ask(_Anyone, "getrawtransaction", transaction, True)
        except NodeError as error:
            if error.code not in (rpc.NOT_FOUND, rpc.OUT_OF_RANGE):
                raise NodeUnavailable(f"the node cannot tell of {transaction}: {error}") from error
            return await self._excluded(self._spends.get(transaction, ()), transaction)
        if found.blockhash is None or found.confirmations <= 0:
            return TransactionStatus(TransactionState.PENDING)
        return await self._confirmed(found.blockhash, found.confirmations, None)

    async def _confirmed(self, block: str, confirmations: int, fee: int | None) -> TransactionStatus:
        try:
            header = await self._node.ask(Header, "getblockheader", block)
        except NodeError as error:
            raise NodeUnavailable(f"the node cannot tell of block {block}: {error}") from error
        return TransactionStatus(TransactionState.CONFIRMED, confirmations, header.block, fee)

    async def _is_in_pool(self, transaction: str) -> bool:
        try:
            await self._node.ask(dict[str, Any], "getmempoolentry", transaction)
        except NodeError as error:
            if error.code == rpc.NOT_FOUND:
                return False
            raise NodeUnavailable(f"the node cannot tell of {transaction}: {error}") from error
        return True

    async def _excluded(self, spends: Sequence[str], transaction: str) -> TransactionStatus:
        """Look for a transaction in a block that spends what this one does."""
        for outpoint in spends:
            made, number = outpoint.split(":")
            parent = await self._watching.transaction(made)
            if parent is None:
                continue
            if parent.confirmations < 0:
                return TransactionStatus(TransactionState.CONFLICTED, -parent.confirmations)
            if parent.confirmations == 0 or parent.blockhash is None or await self._is_unspent(made, int(number)):
                continue
            depth = await self._depth_of_spender(outpoint, parent.blockhash, transaction)
            if depth:
                return TransactionStatus(TransactionState.CONFLICTED, depth)
        return TransactionStatus(TransactionState.UNKNOWN)

    async def _is_unspent(self, transaction: str, number: int) -> bool:
        try:
            kind: Any = dict[str, Any] | None
            return await self._node.ask(kind, "gettxout", transaction, number, False) is not None
        except NodeError as error:
            raise NodeUnavailable(f"the node cannot tell of an output: {error}") from error

    async def _depth_of_spender(self, outpoint: str, block: str, transaction: str) -> int:
        """Find how deep in the chain what spends an output is; 0 where the wallet does not know it."""
        try:
            header = await self._node.ask(Header, "getblockheader", block)
        except NodeError as error:
            raise NodeUnavailable(f"the node cannot tell of block {block}: {error}") from error
        candidates = await self._watching.since(header.previousblockhash)
        for name, each in (await self._watching.transactions(candidates)).items():
            if name != transaction and outpoint in raw.read(bytes.fromhex(each.hex)).spends:
                return each.confirmations
        return 0


def _fee(transaction: WalletTransaction) -> int | None:
    return None if transaction.fee is None else units(Decimal(0) - transaction.fee)
