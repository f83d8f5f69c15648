"""What a block credits to some addresses: coins by its calls, tokens by its logs as far as balances bear them out.

A token's log is only what the token says. What is credited is the difference between what an address held before the
block and after it: the logs of an address share in it by their amounts, and never get more than they say together. So
a token that keeps a fee is credited after the fee, and one that lies is credited nothing.

The node must have the state of the block and of the one before: nodes keep it for some time (Geth 128 blocks), archive
nodes for ever. A block whose state is gone cannot be scanned, and says so; nothing is guessed.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Coroutine, Iterable, Sequence
from typing import Any, Final, NamedTuple, TypeVar

import structlog

from rialto.custody.chains.adapter import Deposit, NodeUnavailable, ScannedBlock
from rialto.custody.chains.evm import tokens, traces
from rialto.custody.chains.evm.addresses import checksum
from rialto.custody.chains.evm.blocks import FullBlock, Transaction, read_full
from rialto.custody.chains.evm.node import Ask, Node, NodeError, number
from rialto.custody.chains.evm.options import GWEI, EvmOptions
from rialto.custody.chains.network import Network

GAS_OF_A_LISTED_BALANCE: Final = 2_000_000
GAS_OF_ANY_BALANCE: Final = 200_000
"""What a contract nobody chose may spend of the node's time."""

Answer = TypeVar("Answer")

_log = structlog.stdlib.get_logger(__name__)


class _Claim(NamedTuple):
    position: int
    place: int
    """Of the log in its transaction: the one in the block would change when the transaction comes into another."""
    log: tokens.TransferLog


class Scanner:
    """Scans blocks of one network. Remembers only which traces the node has."""

    def __init__(self, node: Node, network: Network, options: EvmOptions) -> None:
        self._node = node
        self._network = network
        self._traces = options.traces
        self._unlisted_max = options.unlisted_per_block_max
        self._listed = {each.contract for each in network.assets if each.contract is not None}

    async def scan(self, height: int, addresses: Collection[str]) -> ScannedBlock:
        """Find every credit. Errors: `NodeUnavailable`, `NodeError`."""
        full = await read_full(self._node, height)
        if not addresses:
            return ScannedBlock(full.block, ())
        found = await self._coins(full, addresses) + await self._tokens(full, addresses)
        found.sort(key=lambda each: each[0])
        return ScannedBlock(full.block, tuple(deposit for _, deposit in found))

    async def _coins(self, full: FullBlock, addresses: Collection[str]) -> list[tuple[int, Deposit]]:
        paid = await self._paid(full) if full.transactions else []
        if paid is None:
            return await self._coins_by_balance(full, addresses)
        found = [
            (each.position, _coin(full.transactions[each.position].id, each.place, each.to, each.amount, each.sender))
            for each in paid
            if each.to in addresses and each.sender != each.to
        ]
        for payout in full.withdrawals:
            address, amount = checksum(payout["address"]), number(payout["amount"]) * GWEI
            if address in addresses and amount:
                index = f"withdrawal:{number(payout['index'])}"
                found.append((len(full.transactions), _coin(full.block.hash, index, address, amount)))
        return found

    async def _paid(self, full: FullBlock) -> list[traces.Paid] | None:
        ids = [each.id for each in full.transactions]
        if self._traces in ("auto", "debug"):
            method, parameters = traces.debug_ask(full.block.hash)
            asking = self._node.ask_reading(traces.decode_debug, method, *parameters)
            told = await self._traced(method, asking)
            if told is not None:
                return await asyncio.to_thread(traces.read_debug, told, ids)
        if self._traces in ("auto", "parity"):
            method, parameters = traces.parity_ask(full.block.height)
            answer = await self._traced(method, self._node.ask(method, *parameters))
            if answer is not None:
                return await asyncio.to_thread(traces.read_parity, answer, full.block.hash, ids)
        return None

    async def _traced(self, method: str, asking: Coroutine[Any, Any, Answer | None]) -> Answer | None:
        try:
            answer = await asking
        except NodeError as error:
            # Only a node that has no traces is asked less; one that fails to trace is asked again.
            if error.is_missing_method and self._traces == "auto":
                return None
            raise
        if answer is None:
            raise NodeUnavailable(f"the node answers {method} with nothing")
        return answer

    async def _coins_by_balance(self, full: FullBlock, addresses: Collection[str]) -> list[tuple[int, Deposit]]:
        """Find coins without traces: plain transfers by themselves, what else an address has more as of the block."""
        found, accounted = [], dict.fromkeys(addresses, 0)
        for position, each in enumerate(full.transactions):
            moved = each.value if each.succeeded else 0
            if each.sender in accounted:
                accounted[each.sender] -= each.fee + moved
            if each.to in accounted and moved:
                accounted[each.to] += moved
                if each.sender != each.to:
                    found.append((position, _coin(each.id, traces.ROOT, each.to, moved, each.sender)))
        asks = [("eth_getBalance", [each, at]) for each in accounted for at in _before_and_after(full)]
        held = [number(each) for each in await self._node.ask_all(asks)]
        for (address, known), before, after in zip(accounted.items(), held[::2], held[1::2], strict=True):
            if after - before > known:
                deposit = _coin(full.block.hash, f"balance:{address}", address, after - before - known)
                found.append((len(full.transactions), deposit))
        return found

    async def _tokens(self, full: FullBlock, addresses: Collection[str]) -> list[tuple[int, Deposit]]:
        claims = self._claims(full, addresses)
        asks: list[Ask] = []
        for contract, holder in claims:
            gas = GAS_OF_A_LISTED_BALANCE if contract in self._listed else GAS_OF_ANY_BALANCE
            call = tokens.balance_call(contract, holder, gas)
            asks += [("eth_call", [call, at]) for at in _before_and_after(full)]
        held = await self._node.ask_each(asks)
        found: list[tuple[int, Deposit]] = []
        for (key, logs), before, after in zip(claims.items(), held[::2], held[1::2], strict=True):
            received = self._received(full, *key, before, after)
            shares = apportioned(received, [each.log.amount for each in logs])
            for claim, amount in zip(logs, shares, strict=True):
                if amount:
                    transaction = full.transactions[claim.position].id
                    deposit = _token(transaction, claim, amount)
                    found.append((claim.position, deposit))
        return found

    def _claims(self, full: FullBlock, addresses: Collection[str]) -> dict[tuple[str, str], list[_Claim]]:
        claims: dict[tuple[str, str], list[_Claim]] = defaultdict(list)
        unlisted = 0
        for position, transaction in enumerate(full.transactions):
            for index, raw in enumerate(transaction.logs):
                log = tokens.read_log(raw)
                if log is None or log.to not in addresses or log.sender == log.to or not log.amount:
                    continue
                if log.contract not in self._listed:
                    unlisted += 1
                    if unlisted > self._unlisted_max:
                        continue
                claims[log.contract, log.to].append(_Claim(position, index, log))
        if unlisted > self._unlisted_max:
            _log.warning(
                "transfers of unlisted tokens left out",
                network=self._network.name,
                height=full.block.height,
                left_out=unlisted - self._unlisted_max,
            )
        return claims

    def _received(self, full: FullBlock, contract: str, holder: str, before: Any, after: Any) -> int:
        """Return what an address has more of a token, and what it sent itself in the block."""
        refused = next((each for each in (before, after) if isinstance(each, NodeError)), None)
        if refused is not None:
            if contract in self._listed and not refused.is_revert:
                raise refused
            _log.warning("a token tells no balance", network=self._network.name, contract=contract, address=holder)
            return 0
        held_before = tokens.read_balance(before)
        sent = sum(_sent(full.transactions, contract, holder))
        return max(0, tokens.read_balance(after) - held_before + sent)


def _sent(transactions: Iterable[Transaction], contract: str, holder: str) -> Iterable[int]:
    # Only what its own key signed: nobody else can move what an address of ours holds.
    for each in transactions:
        if each.sender == holder and each.to == contract and each.succeeded:
            move = tokens.read_transfer(each.data)
            if move is not None and move.to != holder:
                yield move.amount


def apportioned(received: int, claims: Sequence[int]) -> list[int]:
    """Share what was received among claims, by their amounts and never more than they claim; the shares add up."""
    total, given, claimed = sum(claims), 0, 0
    received = min(received, total)
    shares = []
    for claim in claims:
        claimed += claim
        share = received * claimed // total - given
        given += share
        shares.append(share)
    return shares


def _before_and_after(full: FullBlock) -> list[dict[str, str]]:
    return [{"blockHash": full.block.parent}, {"blockHash": full.block.hash}]


def _coin(transaction: str, index: str, address: str, amount: int, sender: str | None = None) -> Deposit:
    return Deposit(transaction, index, address, None, None, amount, () if sender is None else (sender,))


def _token(transaction: str, claim: _Claim, amount: int) -> Deposit:
    return Deposit(
        transaction, f"log:{claim.place}", claim.log.to, None, claim.log.contract, amount, (claim.log.sender,)
    )
