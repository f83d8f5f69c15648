"""What a unit of gas costs: estimated from the last blocks, and spelled as the two prices of EIP-1559.

A fee rate is what a unit costs in all: the base fee, which the network sets, and the tip. It allows twice the
base fee of now and the tip, so that it stays good while blocks are full; what it does not need, it keeps.
"""

from statistics import median_low
from typing import Any, Final, NamedTuple

from rialto.custody.chains.adapter import FeeLevel, NodeUnavailable, Rejected
from rialto.custody.chains.evm.node import Node, NodeError, number
from rialto.custody.chains.evm.options import EvmOptions

BLOCKS: Final = 20
_PERCENTILES: Final = {FeeLevel.SLOW: 10, FeeLevel.NORMAL: 50, FeeLevel.FAST: 90}


class Prices(NamedTuple):
    """The prices of a transaction, in wei a unit of gas."""

    tip: int
    price: int
    """The most in all, the tip included."""


async def estimated(node: Node, level: FeeLevel, options: EvmOptions) -> int:
    """Estimate what a unit of gas costs in the next block; never more than the cap. Errors: `NodeUnavailable`."""
    history = await node.ask("eth_feeHistory", hex(BLOCKS), "latest", [_PERCENTILES[level]])
    base = number(history["baseFeePerGas"][-1])
    tips = [
        number(rewards[0])
        for rewards, used in zip(history.get("reward") or (), history["gasUsedRatio"], strict=False)
        if used and rewards
    ]
    tip = median_low(tips) if tips else await _suggested_tip(node, base)
    # A block may raise the base fee by an eighth: who is in a hurry pays for that as well.
    ahead = base // 8 if level is FeeLevel.FAST else 0
    return min(base + ahead + max(tip, options.tip_min), options.fee_cap)


async def _suggested_tip(node: Node, base: int) -> int:
    try:
        return number(await node.ask("eth_maxPriorityFeePerGas"))
    except NodeError as error:
        if not error.is_missing_method:
            raise
        return max(0, number(await node.ask("eth_gasPrice")) - base)


async def base_fee(node: Node) -> int:
    """Return the base fee of the newest block. Errors: `NodeUnavailable`."""
    block: dict[str, Any] | None = await node.ask("eth_getBlockByNumber", "latest", False)
    if block is None or "baseFeePerGas" not in block:
        raise NodeUnavailable("the network's blocks state no base fee: it does not know EIP-1559")
    return number(block["baseFeePerGas"])


def prices(fee_rate: int, base: int, options: EvmOptions) -> Prices:
    """Spell a fee rate as prices, within the cap."""
    tip = max(fee_rate - base, options.tip_min)
    price = min(max(2 * base + tip, fee_rate), options.fee_cap)
    return Prices(min(tip, price), price)


def raised(old: Prices, wanted: Prices, options: EvmOptions) -> Prices:
    """Return prices that replace others: both by so much more that nodes take them, and not less than wanted.

    Errors: `Rejected` when that is above the cap.
    """
    found = Prices(*(max(_more(before, options.bump_percent), want) for before, want in zip(old, wanted, strict=True)))
    if found.price > options.fee_cap:
        raise Rejected(
            f"a replacement must offer {found.price} wei a unit of gas, more than the cap of {options.fee_cap}; "
            "raise fee_cap, or wait"
        )
    return found


def _more(value: int, percent: int) -> int:
    return max(value + 1, -(-value * (100 + percent) // 100))
