"""The adapter of an EVM network: Ethereum, BNB Smart Chain and others, by configuration.

It remembers nothing that matters: which blocks it was told of last, so that a node which falls behind is noticed, and
which ids it gave to what it built. What is left out on purpose: rewards and withdrawals of validators in their own
right, and chains whose transactions are not those of EIP-1559.
"""

from collections import OrderedDict
from collections.abc import Collection, Coroutine, Mapping, Sequence
from typing import Any, Final, TypeVar

from rialto.custody.chains.adapter import (
    Block,
    FeeLevel,
    HotAddress,
    NodeUnavailable,
    Payment,
    Rejected,
    ScannedBlock,
    Signed,
    TransactionState,
    TransactionStatus,
    Unsigned,
)
from rialto.custody.chains.evm import addresses, fees, holdings
from rialto.custody.chains.evm.blocks import fee_of, read_block
from rialto.custody.chains.evm.building import Builder
from rialto.custody.chains.evm.node import Node, NodeError, number
from rialto.custody.chains.evm.options import EvmOptions
from rialto.custody.chains.evm.reading import payment_of
from rialto.custody.chains.evm.scanning import Scanner
from rialto.custody.chains.evm.transactions import Unspelled, read_body, signer_of, spent, transaction_id
from rialto.custody.chains.network import ChainAsset, Family, Network
from rialto.custody.signing.effects import Unreadable

REMEMBERED_MAX: Final = 10_000
_KNOWN_ALREADY: Final = ("already known", "known transaction", "already imported", "already_exists", "already exists")
_NOT_NOW: Final = (
    "txpool is full",
    "transaction pool is full",
    "insufficient funds",
    "queue",
    "limit reached",
    "rate limit",
)

Answer = TypeVar("Answer")


class EvmAdapter:
    """One EVM network behind the interface of all chains."""

    def __init__(self, network: Network, url: str, xpub: str, options: EvmOptions) -> None:
        """Connect to nothing yet. Errors: `ValueError` for a key that is no extended public key."""
        self.network: Network = network
        self._key = addresses.AccountKey(xpub)
        self._options = options
        self._node = Node(url, timeout_s=options.timeout_seconds, batch_length_max=options.batch_length_max)
        self._scanner = Scanner(self._node, network, options)
        self._builder = Builder(self._node, network, options)
        contracts = {each.contract for each in network.assets if each.contract is not None}
        own = {addresses.checksum(each.strip()) for each in options.own_contracts.split(",") if each.strip()}
        self._refused = frozenset(contracts | own)
        self._is_checked = False
        self._tip: Block | None = None
        self._hashes: OrderedDict[int, str] = OrderedDict()
        self._ids: OrderedDict[bytes, str] = OrderedDict()

    async def close(self) -> None:
        """Close the connections to the node."""
        self._is_checked = False
        await self._node.close()

    def derive(self, path: str) -> str:
        """Return the address at a path, spelled by EIP-55. Errors: `ValueError`."""
        return self._key.address(path)

    def canonical(self, address: str, tag: str | None, contract: str | None = None) -> str:  # noqa: ARG002 - interface
        """Spell an address by EIP-55. Errors: `InvalidAddress`."""
        return addresses.canonical(address, tag, self._refused, self.network.title)

    async def holder(self, address: str, tag: str | None, contract: str | None) -> str:  # noqa: ARG002 - interface
        """Return the address: whatever it is paid, it holds."""
        return address

    async def tip(self) -> Block:
        """Return the newest block that counts: the newest, or the newest that is safe or final, as configured.

        A tip may be lower than the last only when the chain was reorganised. One that merely falls back, as a node does
        that is behind another under the same address, is `NodeUnavailable`.
        """
        return await self._asked(self._read_tip())

    async def _read_tip(self) -> Block:
        answers = await self._node.ask_all([("eth_syncing", []), ("eth_getBlockByNumber", [self._options.head, False])])
        if answers[0]:
            raise NodeUnavailable(f"the node of {self.network.name} is still synchronising")
        if answers[1] is None:
            raise NodeUnavailable(f"the node of {self.network.name} has no {self._options.head} block yet")
        block = read_block(answers[1])
        if self._tip is not None and block.height < self._tip.height:
            known = self._hashes.get(block.height)
            if known is None or known == block.hash:
                raise NodeUnavailable(
                    f"the node of {self.network.name} went back from block {self._tip.height} to {block.height} "
                    "although the chain did not change: it is behind"
                )
        self._tip = block
        self._remember(block)
        return block

    async def block(self, height: int) -> Block | None:
        """Return the block at a height; None above the tip."""
        answer = await self._asked(self._node.ask("eth_getBlockByNumber", hex(height), False))
        if answer is None:
            return None
        block = read_block(answer)
        self._remember(block)
        return block

    async def scan(self, height: int, addresses: Collection[str]) -> ScannedBlock:
        """Find every credit in a block. Precondition: there is one, and the node has its state."""
        scanned = await self._asked(self._scanner.scan(height, addresses))
        self._remember(scanned.block)
        return scanned

    async def status(self, transaction: str, spends: Collection[str] = ()) -> TransactionStatus:
        """Tell what the node knows of a transaction, or of a block's own payouts by the block's hash."""
        return await self._asked(self._status(transaction, spends))

    async def _status(self, transaction: str, spends: Collection[str]) -> TransactionStatus:
        head, known, receipt = await self._node.ask_all(
            [
                ("eth_getBlockByNumber", [self._options.head, False]),
                ("eth_getTransactionByHash", [transaction]),
                ("eth_getTransactionReceipt", [transaction]),
            ]
        )
        if head is None:
            raise NodeUnavailable(f"the node of {self.network.name} has no {self._options.head} block yet")
        top = number(head["number"])
        if receipt is not None:
            height = number(receipt["blockNumber"])
            if height > top:
                return TransactionStatus(TransactionState.PENDING)
            state = TransactionState.CONFIRMED if number(receipt["status"]) == 1 else TransactionState.FAILED
            block = await self._node.ask("eth_getBlockByNumber", hex(height), False)
            if block is None or block["hash"] != receipt["blockHash"]:
                raise NodeUnavailable(f"the chain changes while {transaction} is looked up")
            return TransactionStatus(state, top - height + 1, read_block(block), fee_of(receipt))
        if known is not None:
            spends = {*spends, spent(addresses.checksum(known["from"]), number(known["nonce"]))}
        depth = await self._depth_of_conflict(spends, top)
        if depth:
            return TransactionStatus(TransactionState.CONFLICTED, depth)
        if known is not None:
            return TransactionStatus(TransactionState.PENDING)
        return await self._status_of_block(transaction, top)

    async def _status_of_block(self, block_hash: str, top: int) -> TransactionStatus:
        answer = await self._node.ask("eth_getBlockByHash", block_hash, False)
        height = 0 if answer is None else number(answer["number"])
        if answer is None or height > top:
            return TransactionStatus(TransactionState.UNKNOWN)
        best = await self._node.ask("eth_getBlockByNumber", hex(height), False)
        if best is None or best["hash"] != block_hash:
            return TransactionStatus(TransactionState.UNKNOWN)
        return TransactionStatus(TransactionState.CONFIRMED, top - height + 1, read_block(answer), 0)

    async def _depth_of_conflict(self, spends: Collection[str], top: int) -> int:
        """Return how deep the transaction is that used a nonce instead, at most `unlock_confirmations`; 0 for none."""
        deepest = 0
        for each in spends:
            address, _, nonce = each.rpartition(":")
            low, high = 0, min(self.network.unlock_confirmations, top + 1)
            if not await self._is_used(address, int(nonce), top):
                continue
            low = 1
            while low < high:
                middle = (low + high + 1) // 2
                if await self._is_used(address, int(nonce), top - middle + 1):
                    low = middle
                else:
                    high = middle - 1
            deepest = max(deepest, low)
        return deepest

    async def _is_used(self, address: str, nonce: int, height: int) -> bool:
        return number(await self._node.ask("eth_getTransactionCount", address, hex(height))) > nonce

    async def fee_rate(self, level: FeeLevel) -> int:
        """Estimate what a unit of gas costs now, in wei, base fee and tip together."""
        return await self._asked(fees.estimated(self._node, level, self._options))

    async def build(
        self, payments: Sequence[Payment], sources: Sequence[HotAddress], fee_rate: int, avoid: Collection[str]
    ) -> Unsigned:
        """Build a transaction that makes one payment. Errors: `InsufficientHoldings`, `InvalidAddress`."""
        if len(payments) != 1:
            raise ValueError(f"a transaction of {self.network.name} makes one payment, not {len(payments)}")
        [payment] = payments
        if payment.amount <= 0:
            raise ValueError(f"a payment of {payment.amount} pays nothing")
        destination = self.canonical(payment.destination, payment.tag)
        contract = None if payment.contract is None else addresses.checksum(payment.contract)
        exact = Payment(destination, None, contract, payment.amount)
        return await self._asked(self._builder.build(exact, sources, fee_rate, avoid))

    async def bump(self, unsigned: Unsigned, fee_rate: int) -> Unsigned:
        """Build the same payment again with the same nonce at a higher price."""
        built = await self._asked(self._builder.bump(unsigned, fee_rate))
        return Unsigned(
            built.network,
            built.family,
            built.body,
            built.sources,
            built.payments,
            built.fee_max,
            built.spends,
            replaces=self._ids.get(unsigned.body),
        )

    async def sweep(
        self,
        sources: Sequence[HotAddress],
        assets: Sequence[ChainAsset],
        destination: str,
        gas_source: HotAddress,
        fee_rate: int,
        avoid: Collection[str],
    ) -> list[Unsigned]:
        """Build what collects addresses into one: see `Builder.sweep`."""
        exact = self.canonical(destination, None)
        return await self._asked(self._builder.sweep(sources, assets, exact, gas_source, fee_rate, avoid))

    def combine(self, unsigned: Unsigned, signatures: Sequence[bytes]) -> Signed:
        """Put the signature (65 bytes: r, s, recovery id) in its place.

        Errors: `Rejected` when the transaction is not what it says it is, or another key signed it.
        """
        try:
            call = read_body(unsigned.body)
            payment = payment_of(call)
        except (Unspelled, Unreadable) as error:
            raise Rejected(f"this was never to be signed: {error}") from error
        if len(unsigned.sources) != 1 or len(signatures) != 1:
            raise Rejected(f"a transaction has one source and one signature, not {len(signatures)}")
        source = unsigned.sources[0].address
        stated = (unsigned.network, unsigned.payments, unsigned.fee_max, unsigned.spends)
        if call.chain != self._options.chain_id or stated != (
            self.network.name,
            (payment,),
            call.fee_max,
            (spent(source, call.nonce),),
        ):
            raise Rejected("the transaction is not what was to be signed")
        try:
            signer = signer_of(call.digest(), signatures[0])
        except Unspelled as error:
            raise Rejected(str(error)) from error
        if signer != source:
            raise Rejected(f"the transaction is to be signed by {source}; it was signed by {signer}")
        raw = call.signed(signatures[0])
        signed = Signed(transaction_id(raw), raw)
        self._ids[unsigned.body] = signed.transaction
        _trim(self._ids)
        return signed

    async def broadcast(self, signed: Signed) -> None:
        """Hand a transaction to the network. Errors: `Rejected`; `NodeUnavailable` for what may pass later."""
        try:
            await self._asked(self._broadcast(signed))
        except NodeError as error:
            raise Rejected(str(error)) from error

    async def _broadcast(self, signed: Signed) -> None:
        try:
            await self._node.ask("eth_sendRawTransaction", "0x" + signed.raw.hex())
        except NodeError as error:
            known = await self._node.ask("eth_getTransactionByHash", signed.transaction)
            if known is not None or any(words in error.words for words in _KNOWN_ALREADY):
                return
            if any(words in error.words for words in _NOT_NOW):
                raise NodeUnavailable(f"the node does not take the transaction now: {error}") from error
            raise Rejected(str(error)) from error

    async def balances(self, addresses: Collection[str], assets: Sequence[ChainAsset]) -> Mapping[tuple[str, str], int]:
        """Return what addresses hold as of one block, by (address, asset name)."""
        return await self._asked(self._balances(addresses, assets))

    async def _balances(self, holders: Collection[str], assets: Sequence[ChainAsset]) -> Mapping[tuple[str, str], int]:
        head = await self._node.ask("eth_getBlockByNumber", self._options.head, False)
        return await holdings.balances(self._node, {"blockHash": head["hash"]}, holders, assets)

    async def _asked(self, asking: Coroutine[Any, Any, Answer]) -> Answer:
        """Ask a node that is known to be on the right network; what it refuses is `NodeUnavailable`."""
        try:
            await self._check()
            return await asking
        except NodeError as error:
            raise NodeUnavailable(f"the node of {self.network.name} refuses: {error}") from error
        except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
            raise NodeUnavailable(f"the node of {self.network.name} answers nonsense: {error!r}") from error
        except NodeUnavailable:
            # Another may answer in its place next time.
            self._is_checked = False
            raise
        finally:
            asking.close()

    async def _check(self) -> None:
        if self._is_checked:
            return
        chain = number(await self._node.ask("eth_chainId"))
        if chain != self._options.chain_id:
            raise NodeUnavailable(
                f"the node of {self.network.name} is on chain {chain}, not on {self._options.chain_id}; "
                "give the network a node of its own"
            )
        self._is_checked = True

    def _remember(self, block: Block) -> None:
        self._hashes[block.height] = block.hash
        self._hashes[block.height - 1] = block.parent
        _trim(self._hashes)


def _trim(remembered: OrderedDict[Any, Any]) -> None:
    while len(remembered) > REMEMBERED_MAX:
        remembered.popitem(last=False)


def open_evm_adapter(network: Network, url: str, xpub: str, options: EvmOptions) -> EvmAdapter:
    """Make an adapter. Errors: `ValueError`, for contracts not spelled by EIP-55 or an xpub that is none."""
    assert network.family is Family.EVM
    for asset in network.assets:
        contract = asset.contract
        if contract is not None and addresses.canonical(contract, None, (), network.title) != contract:
            raise ValueError(f"the contract of {asset.asset} is {contract}; spell it {addresses.checksum(contract)}")
    return EvmAdapter(network, url, xpub, options)
