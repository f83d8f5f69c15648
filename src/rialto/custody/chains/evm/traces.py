"""Coins that move inside transactions: the calls of a block, as two kinds of nodes tell them, read into one form.

The place of a call is its path through the calls that led to it: `call` for the transaction itself, `call:0.2` for the
third call of its first. Both kinds of nodes give the same places, so that a change of node changes no deposit's index.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from rialto.custody.chains.adapter import NodeUnavailable
from rialto.custody.chains.evm import deep_json
from rialto.custody.chains.evm.addresses import checksum
from rialto.custody.chains.evm.node import Ask, Reply, number

ROOT: Final = "call"
# A delegated call repeats the value of the call it is made in, and CALLCODE pays itself: neither moves a coin.
_MOVING_CALLS: Final = frozenset({"CALL", "CREATE", "CREATE2", "SELFDESTRUCT"})


class Paid(NamedTuple):
    """A coin that moved."""

    position: int
    """Of the transaction in its block."""
    place: str
    sender: str
    to: str
    amount: int


def debug_ask(block_hash: str) -> Ask:
    """Ask for the calls of a block as Geth tells them."""
    return "debug_traceBlockByHash", [block_hash, {"tracer": "callTracer", "timeout": "60s"}]


def parity_ask(height: int) -> Ask:
    """Ask for the calls of a block as OpenEthereum told them."""
    return "trace_block", [hex(height)]


class Frame(msgspec.Struct):
    """A call, and the calls made in it."""

    type: str
    sender: str = msgspec.field(name="from")
    to: str | None = None
    value: str | None = None
    error: str | None = None
    calls: list["Frame"] = []


class Trace(msgspec.Struct, rename="camel"):
    """A transaction's calls."""

    result: Frame | None = None
    tx_hash: str | None = None


_DEBUG: Final = msgspec.json.Decoder(Reply[list[Trace]])


def decode_debug(body: bytes) -> Reply[list[Trace]]:
    """Decode a reply; what a call was given and gave back, by far the most of it, is passed over."""
    try:
        return _DEBUG.decode(body)
    except msgspec.DecodeError as error:
        raise NodeUnavailable(f"the node's traces do not read: {error}") from error
    except RecursionError:
        pass
    try:
        found: Reply[list[Trace]] = msgspec.convert(deep_json.parsed(body, _made), Reply[list[Trace]])
    except (ValueError, TypeError) as error:
        raise NodeUnavailable(f"the node's traces do not read: {error}") from error
    return found


def _made(found: dict[str, Any]) -> Any:
    if "type" in found and "from" in found:
        to, value, error = (found.get(name) for name in ("to", "value", "error"))
        return Frame(
            type=found["type"], sender=found["from"], to=to, value=value, error=error, calls=found.get("calls", [])
        )
    return Trace(found["result"], found.get("txHash")) if isinstance(found.get("result"), Frame) else found


def read_debug(answer: Sequence[Trace], transactions: Sequence[str]) -> list[Paid]:
    """Read what moved, in the order of the block. Errors: `NodeUnavailable` when it is not this block's."""
    if len(answer) != len(transactions):
        raise NodeUnavailable("the node traces another number of transactions than the block has")
    paid: list[Paid] = []
    for position, (trace, transaction) in enumerate(zip(answer, transactions, strict=True)):
        if trace.tx_hash is not None and trace.tx_hash != transaction:
            raise NodeUnavailable("the node traces other transactions than the block has")
        if trace.result is None:
            raise NodeUnavailable(f"the node cannot trace the transaction {transaction}")
        paid += [Paid(position, *each) for each in _moves(trace.result)]
    return paid


def _moves(root: Frame) -> Iterator[tuple[str, str, str, int]]:
    # Without recursion: contracts nest calls deeper than Python does.
    waiting: list[tuple[Frame, tuple[int, ...]]] = [(root, ())]
    while waiting:
        frame, path = waiting.pop()
        if frame.error:
            continue  # with everything that it called
        amount = number(frame.value) if frame.value else 0
        if amount and frame.type in _MOVING_CALLS and frame.to:
            yield _place(path), checksum(frame.sender), checksum(frame.to), amount
        waiting += [(frame.calls[index], (*path, index)) for index in reversed(range(len(frame.calls)))]


def read_parity(answer: Sequence[Mapping[str, Any]], block_hash: str, transactions: Sequence[str]) -> list[Paid]:
    """Read what moved, in the order of the block. Errors: `NodeUnavailable` when it is not this block's."""
    positions = {transaction: position for position, transaction in enumerate(transactions)}
    failed: set[tuple[int, tuple[int, ...]]] = set()
    traced: set[int] = set()
    paid: list[Paid] = []
    for trace in answer:
        if trace["blockHash"] != block_hash:
            raise NodeUnavailable("the node traces another block than was asked for")
        if trace["type"] == "reward":
            continue
        position, path = positions[trace["transactionHash"]], tuple(trace["traceAddress"])
        traced.add(position)
        # Callers come before what they call: whoever is called by what failed counts as failed itself.
        if trace.get("error") or (path and (position, path[:-1]) in failed):
            failed.add((position, path))
            continue
        move = _parity_move(trace)
        if move is not None:
            paid.append(Paid(position, _place(path), *move))
    if len(traced) != len(transactions):
        raise NodeUnavailable("the node traces another number of transactions than the block has")
    return paid


def _parity_move(trace: Mapping[str, Any]) -> tuple[str, str, int] | None:
    action = trace["action"]
    match trace["type"]:
        case "call" if action["callType"] == "call":
            sender, to, value = action["from"], action["to"], action["value"]
        case "create":
            sender, to, value = action["from"], trace["result"]["address"], action["value"]
        case "suicide":
            sender, to, value = action["address"], action["refundAddress"], action["balance"]
        case _:
            return None
    amount = number(value)
    return (checksum(sender), checksum(to), amount) if amount else None


def _place(path: Sequence[int]) -> str:
    return f"{ROOT}:{'.'.join(map(str, path))}" if path else ROOT
