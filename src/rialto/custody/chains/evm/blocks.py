"""Blocks as the node tells them, checked for being of one piece."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from rialto.custody.chains.adapter import Block, NodeUnavailable
from rialto.custody.chains.evm.addresses import checksum
from rialto.custody.chains.evm.node import Node, NodeError, number

MICROSECONDS = 1_000_000


class Transaction(msgspec.Struct, frozen=True):
    """A transaction of a block and what became of it."""

    id: str
    sender: str
    to: str | None
    value: int
    data: bytes
    succeeded: bool
    fee: int
    logs: tuple[Mapping[str, Any], ...]


class FullBlock(msgspec.Struct, frozen=True):
    """A block with everything in it but the calls inside its transactions."""

    block: Block
    transactions: tuple[Transaction, ...]
    withdrawals: tuple[Mapping[str, Any], ...]
    """What the network itself paid out, to those who validate it."""


def read_block(answer: Mapping[str, Any]) -> Block:
    """Read a block's place in the chain."""
    return Block(
        number(answer["number"]), answer["hash"], answer["parentHash"], number(answer["timestamp"]) * MICROSECONDS
    )


async def read_full(node: Node, height: int) -> FullBlock:
    """Read a block whole. Errors: `NodeUnavailable`, also when the chain changes meanwhile."""
    answer = await node.ask("eth_getBlockByNumber", hex(height), True)
    if answer is None:
        raise NodeUnavailable(f"the node has no block {height}")
    block = read_block(answer)
    receipts = await _receipts(node, block, [each["hash"] for each in answer["transactions"]])
    transactions = tuple(
        _transaction(each, receipt) for each, receipt in zip(answer["transactions"], receipts, strict=True)
    )
    return FullBlock(block, transactions, tuple(answer.get("withdrawals") or ()))


async def _receipts(node: Node, block: Block, transactions: Sequence[str]) -> list[Mapping[str, Any]]:
    if not transactions:
        return []
    try:
        receipts = await node.ask("eth_getBlockReceipts", block.hash)
    except NodeError as error:
        if not error.is_missing_method:
            raise
        receipts = await node.ask_all([("eth_getTransactionReceipt", [each]) for each in transactions])
    told = [(each or {}).get("transactionHash") for each in receipts or ()]
    if told != list(transactions) or any(each["blockHash"] != block.hash for each in receipts):
        raise NodeUnavailable(f"the receipts are not those of the block {block.hash}: the chain is changing")
    found: list[Mapping[str, Any]] = receipts
    return found


def _transaction(answer: Mapping[str, Any], receipt: Mapping[str, Any]) -> Transaction:
    return Transaction(
        answer["hash"],
        checksum(answer["from"]),
        None if answer["to"] is None else checksum(answer["to"]),
        number(answer["value"]),
        bytes.fromhex(answer["input"].removeprefix("0x")),
        number(receipt["status"]) == 1,
        fee_of(receipt),
        tuple(receipt["logs"]),
    )


def fee_of(receipt: Mapping[str, Any]) -> int:
    """Return what a transaction cost, with what some networks charge for the chain below them."""
    fee = number(receipt["gasUsed"]) * number(receipt["effectiveGasPrice"])
    return fee + (number(receipt["l1Fee"]) if receipt.get("l1Fee") else 0)
