"""Blocks of Solana, and the credits in them.

A slot without a block is spelled as an empty one, so that every height has a block and each names the one before it as
its parent. A credit is the difference of an address's balance over a transaction, whatever moved it; its tag is the
transaction's memo if there is just one, since nothing says which of several belongs to which payment. Of a token an
address has what all accounts hold that are its own, the associated one or not: so what a token keeps of a transfer is
not credited, nor what moves from one of its accounts to another.
"""

import base64
import binascii
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple

import msgspec
import structlog
from solders.transaction import VersionedTransaction

from rialto.custody.chains.adapter import Block, Deposit, NodeUnavailable, ScannedBlock
from rialto.custody.chains.network import Network
from rialto.custody.chains.solana.addresses import MEMO_PROGRAM, MEMO_PROGRAM_OLD
from rialto.custody.chains.solana.node import Node, NodeError
from rialto.custody.chains.solana.options import SolanaOptions

SKIPPED: Final = (-32007, -32009)
"""The slot has no block and never will."""
NOT_YET: Final = (-32004, -32014)
SKIPPED_MAX: Final = 1_000
"""How many slots in a row may have no block before the node is thought to be wrong."""
TAG_LENGTH_MAX: Final = 128
_MEMOS: Final = (MEMO_PROGRAM, MEMO_PROGRAM_OLD)

_log = structlog.stdlib.get_logger(__name__)


class _Inner(msgspec.Struct, rename="camel"):
    instructions: list[dict[str, Any]] = []


class _Loaded(msgspec.Struct, rename="camel"):
    writable: list[str] = []
    readonly: list[str] = []


class _TokenAmount(msgspec.Struct):
    amount: str
    decimals: int


class _TokenBalance(msgspec.Struct, rename="camel"):
    account_index: int
    mint: str
    owner: str
    ui_token_amount: _TokenAmount


class _Meta(msgspec.Struct, rename="camel"):
    err: Any
    pre_balances: list[int]
    post_balances: list[int]
    pre_token_balances: list[_TokenBalance] | None = None
    post_token_balances: list[_TokenBalance] | None = None
    inner_instructions: list[_Inner] | None = None
    loaded_addresses: _Loaded | None = None


class _Transaction(msgspec.Struct, rename="camel"):
    transaction: tuple[str, str]
    meta: _Meta


class RawBlock(msgspec.Struct, rename="camel"):
    """A block as the node gives it."""

    blockhash: str
    previous_blockhash: str
    parent_slot: int
    block_time: int | None = None
    transactions: list[_Transaction] = []


class Blocks:
    """Reads blocks."""

    def __init__(self, node: Node, network: Network, options: SolanaOptions) -> None:
        self._node = node
        self._network = network
        self._commitment = options.commitment
        self._unlisted_max = options.unlisted_per_block_max
        self._decimals = {asset.contract: asset.decimals for asset in network.assets if asset.contract is not None}

    async def tip(self) -> int:
        """Return the newest slot. Errors: `NodeError`, `NodeUnavailable`."""
        slot: int = await self._node.ask("getSlot", {"commitment": self._commitment})
        return slot

    async def raw(self, slot: int, *, is_full: bool) -> RawBlock | None:
        """Return the block of a slot; None where it has none, or none yet. Errors: `NodeUnavailable`, `NodeError`."""
        options = {
            "commitment": self._commitment,
            "encoding": "base64",
            "transactionDetails": "full" if is_full else "none",
            "maxSupportedTransactionVersion": 0,
            "rewards": False,
        }
        try:
            answer = await self._node.ask("getBlock", slot, options)
        except NodeError as error:
            if error.code in (*SKIPPED, *NOT_YET):
                return None
            raise
        if answer is None:
            return None
        try:
            return msgspec.convert(answer, RawBlock)
        except msgspec.ValidationError as error:
            raise NodeUnavailable(f"the node gives a block that cannot be read: {error}") from error

    async def block(self, slot: int) -> Block:
        """Return the block of a slot at or below the tip, or the empty one in its place. Errors: as `raw`."""
        return await self._spelled(slot, await self.raw(slot, is_full=False))

    async def scan(self, slot: int, addresses: Collection[str]) -> ScannedBlock:
        """Find the credits in a slot. Errors: as `raw`."""
        raw = await self.raw(slot, is_full=True)
        block = await self._spelled(slot, raw)
        if raw is None:
            return ScannedBlock(block, ())
        wanted = frozenset(addresses)
        found = [credit for each in raw.transactions for credit in credits_of(each, wanted, self._decimals)]
        return ScannedBlock(block, tuple(self._bounded(block, found)))

    def _bounded(self, block: Block, found: list[Deposit]) -> list[Deposit]:
        """Leave out what strangers give away in numbers: tokens that are not listed."""
        kept, unlisted = [], 0
        for each in found:
            unlisted += each.contract is not None and each.contract not in self._decimals
            if each.contract is None or each.contract in self._decimals or unlisted <= self._unlisted_max:
                kept.append(each)
        if len(kept) < len(found):
            _log.warning(
                "credits of unlisted tokens left out",
                network=self._network.name,
                height=block.height,
                left_out=len(found) - len(kept),
            )
        return kept

    async def _spelled(self, slot: int, raw: RawBlock | None) -> Block:
        if raw is not None:
            gap = slot - 1 - raw.parent_slot
            return Block(slot, raw.blockhash, _in_gap(raw.previous_blockhash, gap), (raw.block_time or 0) * 1_000_000)
        for gap in range(1, min(SKIPPED_MAX, slot) + 1):
            before = await self.raw(slot - gap, is_full=False)
            if before is not None:
                hash_ = _in_gap(before.blockhash, gap)
                return Block(slot, hash_, _in_gap(before.blockhash, gap - 1), (before.block_time or 0) * 1_000_000)
        raise NodeUnavailable(f"the node has no block in {SKIPPED_MAX} slots below {slot}")


class _Credit(NamedTuple):
    place: str
    address: str
    mint: str | None
    amount: int
    senders: tuple[str, ...]


def credits_of(transaction: _Transaction, addresses: Collection[str], decimals: Mapping[str, int]) -> list[Deposit]:
    """Find what a transaction brought to some addresses. `decimals` are those of the tokens listed, by mint."""
    meta = transaction.meta
    if meta.err is not None:
        return []
    try:
        read = VersionedTransaction.from_bytes(base64.b64decode(transaction.transaction[0], validate=True))
    except (ValueError, binascii.Error) as error:
        raise NodeUnavailable("the node gives a transaction that cannot be read") from error
    loaded = meta.loaded_addresses or _Loaded()
    keys = [*map(str, read.message.account_keys), *loaded.writable, *loaded.readonly]
    if not len(keys) == len(meta.pre_balances) == len(meta.post_balances):
        raise NodeUnavailable(f"the node gives balances of {len(meta.pre_balances)} accounts for {len(keys)}")
    changes = zip(keys, meta.pre_balances, meta.post_balances, strict=True)
    credited = [
        _Credit(str(index), key, None, after - before, (keys[0],))
        for index, (key, before, after) in enumerate(changes)
        if key in addresses and after > before
    ]
    credited += _tokens(meta, keys[0], addresses, decimals)
    if not credited:
        return []
    tag = _memo(read, meta, keys)
    id_ = str(read.signatures[0])
    return [Deposit(id_, each.place, each.address, tag, each.mint, each.amount, each.senders) for each in credited]


def _tokens(meta: _Meta, payer: str, addresses: Collection[str], decimals: Mapping[str, int]) -> list[_Credit]:
    """Find the tokens that addresses have more of. Errors: `NodeUnavailable` for one listed with other decimals."""
    before, after = meta.pre_token_balances, meta.post_token_balances
    if decimals and (before is None or after is None):
        raise NodeUnavailable("the node does not say who holds tokens; it must keep their balances with transactions")
    changes: defaultdict[tuple[str, str], int] = defaultdict(int)
    for each in before or ():
        changes[each.mint, each.owner] -= int(each.ui_token_amount.amount)
    places: dict[tuple[str, str], int] = {}
    for each in after or ():
        key = (each.mint, each.owner)
        changes[key] += int(each.ui_token_amount.amount)
        places[key] = min(each.account_index, places.get(key, each.account_index))
        listed = decimals.get(each.mint)
        if each.owner in addresses and listed not in (None, each.ui_token_amount.decimals):
            raise NodeUnavailable(
                f"{each.mint} has {each.ui_token_amount.decimals} decimals, and networks.toml says {listed}"
            )
    found = []
    for (mint, owner), amount in changes.items():
        if owner not in addresses or amount <= 0:
            continue
        givers = sorted(other for (token, other), change in changes.items() if token == mint and change < 0)
        senders = (payer, *(other for other in givers if other != payer))
        found.append(_Credit(f"token:{places[mint, owner]}", owner, mint, amount, senders))
    return sorted(found, key=lambda each: each.place)


def _memo(read: VersionedTransaction, meta: _Meta, keys: list[str]) -> str | None:
    """Return the one memo of a transaction, made inside calls of programs included."""
    programs = {str(program) for program in _MEMOS}
    found = [
        bytes(each.data)
        for each in read.message.instructions
        if each.program_id_index < len(keys) and keys[each.program_id_index] in programs
    ]
    for inner in meta.inner_instructions or []:
        for call in inner.instructions:
            index = call.get("programIdIndex")
            if isinstance(index, int) and 0 <= index < len(keys) and keys[index] in programs:
                found.append(_base58(str(call.get("data", ""))))
    if len(found) != 1:
        return None
    try:
        memo = found[0].decode().strip()
    except UnicodeDecodeError:
        return None
    return memo if memo and len(memo) <= TAG_LENGTH_MAX and memo.isprintable() else None


def _base58(text: str) -> bytes:
    from embit import base58

    try:
        decoded: bytes = base58.decode(text)
    except Exception:
        return b""
    return decoded


def _in_gap(blockhash: str, gap: int) -> str:
    """Spell the hash of the empty block so many slots after a block."""
    return f"{blockhash}+{gap}" if gap else blockhash
