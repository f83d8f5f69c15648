"""The adapter: one chain of this family, asked over one node."""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec

from rialto.custody.chains.adapter import (
    Block,
    Deposit,
    FeeLevel,
    HotAddress,
    InsufficientHoldings,
    InvalidAddress,
    NodeUnavailable,
    Payment,
    Rejected,
    ScannedBlock,
    Signed,
    TransactionStatus,
    Unsigned,
)
from rialto.custody.chains.bitcoin import addresses as spelling
from rialto.custody.chains.bitcoin import building, psbt
from rialto.custody.chains.bitcoin import node as rpc
from rialto.custody.chains.bitcoin.blocks import BlockTransaction, FullBlock, Header, payments
from rialto.custody.chains.bitcoin.building import Frame, Rates, Weighed
from rialto.custody.chains.bitcoin.derivation import CHAIN_DEPOSITS, CHAIN_HOT, place
from rialto.custody.chains.bitcoin.holdings import Holdings
from rialto.custody.chains.bitcoin.node import Node, NodeError
from rialto.custody.chains.bitcoin.parameters import COINBASE_MATURITY
from rialto.custody.chains.bitcoin.reading import BitcoinReader
from rialto.custody.chains.bitcoin.selection import Coin
from rialto.custody.chains.bitcoin.settings import AdapterSettings
from rialto.custody.chains.bitcoin.tracing import Tracing
from rialto.custody.chains.bitcoin.watching import Watching, units
from rialto.custody.chains.network import ChainAsset, Network

HOT_ADDRESSES: Final = 20
"""Hot addresses that are recognised as ours in transactions that are bumped."""
BLOCKS_BEHIND_MAX: Final = 2
"""How far a node may be behind the headers it knows before it is taken to be synchronising."""
_TARGET_BLOCKS: Final = {FeeLevel.SLOW: 24, FeeLevel.NORMAL: 6, FeeLevel.FAST: 2}
_FALLBACK_SHARE: Final = {FeeLevel.SLOW: Decimal("0.5"), FeeLevel.NORMAL: Decimal(1), FeeLevel.FAST: Decimal(2)}
_BLOCKS_KEPT: Final = 8
_PAY_LATER: Final = ("min fee not met", "mempool full", "too-long-mempool-chain", "non-final", "premature-spend")


class _ChainInfo(msgspec.Struct, frozen=True):
    blocks: int
    headers: int
    bestblockhash: str
    initialblockdownload: bool


class _Estimate(msgspec.Struct, frozen=True):
    feerate: Decimal | None = None


class _PoolInfo(msgspec.Struct, frozen=True):
    mempoolminfee: Decimal
    minrelaytxfee: Decimal


class _NetworkInfo(msgspec.Struct, frozen=True):
    incrementalfee: Decimal


class BitcoinAdapter:
    """A `ChainAdapter`."""

    def __init__(self, network: Network, settings: AdapterSettings) -> None:
        self.network: Network = network
        self.parameters: Final = settings.parameters
        self.key: Final = settings.key
        self.reader: Final = BitcoinReader(network.name, settings.parameters)
        self._options: Final = settings.options
        self._node: Final = Node(settings)
        self._watching: Final = Watching(self._node, settings.key, settings.options.lookahead, settings.options.born_at)
        self._holdings: Final = Holdings(self._node, self._watching)
        self._tracing: Final = Tracing(self._node, self._watching)
        self._frame: Final = Frame(network.name, settings.parameters)
        self._blocks: OrderedDict[str, FullBlock] = OrderedDict()
        self._is_right_chain = False
        self._hot: dict[str, str] = {}

    async def close(self) -> None:
        """Close the connections to the node."""
        await self._watching.close()
        await self._node.close()

    def derive(self, path: str) -> str:
        """Return the address at a path below the account. Errors: `ValueError`."""
        chain, index = place(path)
        if chain == CHAIN_DEPOSITS:
            self._watching.given_out(index)
        return self.key.address(path)

    def watch(self, address: str) -> None:
        """Have the node watch an address of ours that is not below the account, such as another tier's."""
        self._watching.include(address)

    def canonical(self, address: str, tag: str | None, contract: str | None = None) -> str:  # noqa: ARG002 - interface
        """Return an address as we compare it. Errors: `InvalidAddress`."""
        if tag:
            raise InvalidAddress(f"{self.parameters.title} has no tags; leave the tag {tag!r} out")
        return spelling.canonical(address, self.parameters)

    async def holder(self, address: str, tag: str | None, contract: str | None) -> str:  # noqa: ARG002 - interface
        """Return the address: whatever it is paid, it holds."""
        return address

    async def tip(self) -> Block:
        """Return the newest block of the best chain. Errors: `NodeUnavailable`, also while it synchronises."""
        info = await self._ask(_ChainInfo, "getblockchaininfo")
        if not self._is_right_chain:
            await self._check_chain()
        if info.initialblockdownload or info.headers - info.blocks > BLOCKS_BEHIND_MAX:
            raise NodeUnavailable(f"the node is still synchronising: it is at {info.blocks} of {info.headers} blocks")
        return await self._header(info.bestblockhash)

    async def block(self, height: int) -> Block | None:
        """Return the block at a height; None above the tip."""
        try:
            name = await self._node.ask(str, "getblockhash", height)
        except NodeError as error:
            if error.code == rpc.OUT_OF_RANGE:
                return None
            raise NodeUnavailable(f"the node cannot tell of block {height}: {error}") from error
        return await self._header(name)

    async def scan(self, height: int, addresses: Collection[str]) -> ScannedBlock:
        """Find every payment to some addresses in a block, and what a miner was paid that can be spent from it on."""
        if not isinstance(addresses, (set, frozenset, Mapping)):
            addresses = frozenset(addresses)
        await self._watching.ensure(count=len(addresses))
        block = await self._full_block(await self._ask(str, "getblockhash", height))
        found = await asyncio.to_thread(block.payments, addresses, self.parameters)
        paying = {each.transaction for each in found}
        spends = {each.txid: each.spends for each in block.tx if each.txid in paying}
        senders = await self._holdings.senders(spends, self.parameters)
        found = [msgspec.structs.replace(each, senders=senders[each.transaction]) for each in found]
        return ScannedBlock(block.block, tuple(await self._matured(block, addresses) + found))

    async def status(self, transaction: str, spends: Collection[str] = ()) -> TransactionStatus:
        """Tell what the node knows of a transaction, by the wallet that watches ours; of others, while they wait."""
        if spends:
            self._tracing.remember(transaction, tuple(spends))
        return await self._tracing.status(transaction)

    async def fee_rate(self, level: FeeLevel) -> int:
        """Estimate satoshi a virtual kilobyte: never below what the node relays, never above the operator's cap."""
        estimate = await self._ask(_Estimate, "estimatesmartfee", _TARGET_BLOCKS[level])
        fallback = int(self._options.fee_rate_fallback * _FALLBACK_SHARE[level])
        rate = fallback if estimate.feerate is None else units(estimate.feerate)
        return min(max(rate, (await self._rates(rate)).relay), self._options.fee_rate_max)

    async def build(
        self, payments: Sequence[Payment], sources: Sequence[HotAddress], fee_rate: int, avoid: Collection[str]
    ) -> Unsigned:
        """Build one transaction for many payments, of coins that are in blocks; change returns to the first source.

        Errors: `InsufficientHoldings`, `InvalidAddress`, also for an amount that nodes would not relay.
        """
        self._check_rate(fee_rate)
        if not sources:
            raise InsufficientHoldings("no hot address was given to pay from")
        coins = await self._holdings.coins(sources, avoid)
        while True:
            draft, spent = building.draft_payment(self._frame, payments, coins, sources[0].address, fee_rate)
            parents = await self._holdings.parents(spent)
            unsigned = self._frame.unsigned(draft, [_source(each) for each in spent], payments, parents)
            if len(unsigned.body) <= building.BODY_BYTES_MAX:
                return unsigned
            # A coin may come from a transaction so large that it cannot go along: then others pay.
            worst = max(spent, key=lambda each: len(parents[each.transaction]))
            coins = [each for each in coins if each.transaction != worst.transaction]

    async def bump(self, unsigned: Unsigned, fee_rate: int) -> Unsigned:
        """Replace a transaction by a dearer one (BIP-125) where the chain does; else build a child that pays for it.

        Neither spends any other coin. Errors: `InsufficientHoldings`, `Rejected`.
        """
        self._check_rate(fee_rate)
        draft = self._read(unsigned)
        rates, waits = await self._rates(fee_rate), await self._weighed(psbt.identity(draft))
        ours = self._hot_addresses()
        number = building.own_output(unsigned, draft, ours, self.parameters)
        if not self.parameters.is_replaceable:
            source = None if number is None else self._source_of(draft.outputs[number].script, unsigned, ours)
            child = building.child(self._frame, draft, number, source, rates, waits)
            assert source is not None, "a child spends what is ours"
            stripped = psbt.parent_of(psbt.unsigned_bytes(draft))
            return self._frame.unsigned(child, [source], (), dict([stripped]))
        replacement = building.replacement(draft, number, rates, waits, self.parameters)
        again = unsigned.payments
        if len(replacement.outputs) == 1 and len(draft.outputs) == 1:
            again = (msgspec.structs.replace(unsigned.payments[0], amount=replacement.outputs[0].amount),)
        parents = psbt.parents(unsigned.body)
        return self._frame.unsigned(replacement, unsigned.sources, again, parents, replaces=psbt.identity(draft))

    async def sweep(
        self,
        sources: Sequence[HotAddress],
        assets: Sequence[ChainAsset],
        destination: str,
        gas_source: HotAddress,  # noqa: ARG002
        fee_rate: int,
        avoid: Collection[str],
    ) -> list[Unsigned]:
        """Collect what deposit addresses hold into one address; coins pay for themselves, none is funded first."""
        self._check_rate(fee_rate)
        if all(each.contract is not None for each in assets):
            return []
        coins = await self._holdings.coins(sources, avoid)
        parents = await self._holdings.parents(coins)
        sizes = {name: len(each) for name, each in parents.items()}
        found = []
        for draft, spent in building.draft_sweeps(self._frame, coins, sizes, destination, fee_rate):
            payment = Payment(self.canonical(destination, None), None, None, draft.outputs[0].amount)
            some = {each.transaction: parents[each.transaction] for each in spent}
            found.append(self._frame.unsigned(draft, [_source(each) for each in spent], (payment,), some))
        return found

    async def coins(self, sources: Sequence[HotAddress], avoid: Collection[str]) -> list[Coin]:
        """List what addresses can spend, such as the warm tier's, whose transactions are not built here."""
        return await self._holdings.coins(sources, avoid)

    async def parents(self, coins: Sequence[Coin]) -> Mapping[str, bytes]:
        """Fetch the transactions that coins come from, as a PSBT takes them along."""
        return await self._holdings.parents(coins)

    def combine(self, unsigned: Unsigned, signatures: Sequence[bytes]) -> Signed:
        """Put one signature (r and s, 64 bytes) to each input, and check every script. Errors: `Rejected`."""
        draft = self._read(unsigned)
        if not len(signatures) == len(draft.inputs) == len(unsigned.sources):
            raise Rejected(f"{len(draft.inputs)} inputs need as many signatures, not {len(signatures)}")
        try:
            keys = [self.key.public_key(each.path) for each in unsigned.sources]
            witnesses = [
                psbt.key_witness(each, digest, key, signature)
                for each, digest, key, signature in zip(
                    draft.inputs, psbt.digests(draft), keys, signatures, strict=True
                )
            ]
        except (psbt.Unclear, ValueError) as error:
            raise Rejected(str(error)) from error
        transaction = psbt.identity(draft)
        self._tracing.remember(transaction, [each.outpoint for each in draft.inputs])
        return Signed(transaction, psbt.finish(draft, witnesses))

    async def broadcast(self, signed: Signed) -> None:
        """Hand a transaction to the node. Errors: `Rejected`; `NodeUnavailable` where it may be taken later."""
        self._tracing.remember_raw(signed.transaction, signed.raw)
        await self._watching.ensure()
        try:
            await self._node.ask(str, "sendrawtransaction", signed.raw.hex(), 0)
        except NodeError as error:
            if error.code == rpc.IN_CHAIN or "already" in error.message or "txn-same-nonwitness" in error.message:
                return
            if any(each in error.message for each in _PAY_LATER):
                raise NodeUnavailable(f"the node does not take the transaction now: {error.message}") from error
            if error.code in rpc.REFUSED and await self._tracing.is_confirmed(signed.transaction):
                return
            raise Rejected(error.message) from error

    async def balances(self, addresses: Collection[str], assets: Sequence[ChainAsset]) -> Mapping[tuple[str, str], int]:
        """Return what addresses hold in blocks; what waiting transactions spend or pay does not count yet."""
        coin = next((each for each in assets if each.contract is None), None)
        if coin is None:
            return {}
        held = await self._holdings.confirmed(addresses)
        return {(address, coin.asset): amount for address, amount in held.items()}

    async def _ask(self, kind: type[Any], method: str, *parameters: Any) -> Any:
        try:
            return await self._node.ask(kind, method, *parameters)
        except NodeError as error:
            raise NodeUnavailable(f"the node cannot answer {method}: {error}") from error

    async def _header(self, name: str) -> Block:
        header: Header = await self._ask(Header, "getblockheader", name)
        return header.block

    async def _check_chain(self) -> None:
        first = await self._ask(str, "getblockhash", 0)
        if first != self.parameters.genesis:
            raise NodeUnavailable(f"the node is not one of {self.parameters.title}: its first block is {first}")
        self._is_right_chain = True

    async def _full_block(self, name: str) -> FullBlock:
        block = self._blocks.get(name)
        if block is None:
            block = await self._ask(FullBlock, "getblock", name, 2)
            self._blocks[name] = block
            if len(self._blocks) > _BLOCKS_KEPT:
                self._blocks.popitem(last=False)
        return block

    async def _matured(self, block: FullBlock, addresses: Collection[str]) -> list[Deposit]:
        """Find what a miner was paid that can be spent from the next block on."""
        height = block.height - COINBASE_MATURITY
        if height <= 0:
            return []
        name = await self._ask(str, "getblockhash", height)
        listed = await self._ask(_Listing, "getblock", name, 1)
        coinbase = await self._ask(BlockTransaction, "getrawtransaction", listed.tx[0], True, name)
        return payments(coinbase, addresses, self.parameters)

    async def _rates(self, wanted: int) -> Rates:
        pool = await self._ask(_PoolInfo, "getmempoolinfo")
        network = await self._ask(_NetworkInfo, "getnetworkinfo")
        floor = max(units(pool.mempoolminfee), units(pool.minrelaytxfee), units(network.incrementalfee))
        return Rates(wanted, floor)

    async def _weighed(self, transaction: str) -> Weighed | None:
        try:
            entry = await self._node.ask(_PoolEntry, "getmempoolentry", transaction)
        except NodeError as error:
            if error.code == rpc.NOT_FOUND:
                return None
            raise NodeUnavailable(f"the node cannot tell of {transaction}: {error}") from error
        return Weighed(entry.ancestorsize, units(entry.fees.ancestor), units(entry.fees.descendant))

    def _check_rate(self, rate: int) -> None:
        if not 0 < rate <= self._options.fee_rate_max:
            raise Rejected(f"{rate} satoshi a virtual kilobyte is not between 1 and {self._options.fee_rate_max}")

    def _read(self, unsigned: Unsigned) -> psbt.Draft:
        try:
            draft = psbt.read(unsigned.body)
        except psbt.Unclear as error:
            raise Rejected(str(error)) from error
        scripts = [spelling.script_of(each.address, self.parameters) for each in unsigned.sources]
        if [each.script for each in draft.inputs] != scripts:
            raise Rejected("what is spent is not what the sources hold")
        return draft

    def _hot_addresses(self) -> dict[str, str]:
        if not self._hot:
            paths = [f"{CHAIN_HOT}/{index}" for index in range(HOT_ADDRESSES)]
            self._hot = {self.key.address(path): path for path in paths}
        return self._hot

    def _source_of(self, script: bytes, unsigned: Unsigned, ours: Mapping[str, str]) -> HotAddress | None:
        address = spelling.address_of(script, self.parameters)
        known = {each.address: each.path for each in unsigned.sources} | dict(ours)
        return HotAddress(address, known[address]) if address in known else None


class _Listing(msgspec.Struct, frozen=True):
    tx: list[str]


class _PoolFees(msgspec.Struct, frozen=True):
    ancestor: Decimal
    descendant: Decimal


class _PoolEntry(msgspec.Struct, frozen=True):
    ancestorsize: int
    fees: _PoolFees


def _source(coin: Coin) -> HotAddress:
    return HotAddress(coin.address, coin.path)
