"""Which coins pay: pure, and the same for the same coins in any order.

A set that pays exactly, without change, is looked for first (branch and bound, as the nodes' own wallets do); else the
largest coins pay and the rest returns. Every coin counts for what is left of it after its own fee, so a coin that costs
more than it brings is never spent.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from rialto.custody.chains.adapter import InsufficientHoldings
from rialto.custody.chains.bitcoin.sizes import KEY_INPUT_WEIGHT, KEY_OUTPUT_SIZE, fee_at, virtual_size

INPUTS_MAX: Final = 500
"""Inputs of one transaction: it stays below what nodes relay, and a signer answers soon."""
_STEPS_MAX: Final = 20_000


class Coin(msgspec.Struct, frozen=True, order=True):
    """An output that can be spent."""

    amount: int
    outpoint: str
    """`transaction:number`."""
    address: str
    path: str

    @property
    def transaction(self) -> str:
        """The id of the transaction that made it."""
        return self.outpoint.split(":")[0]

    @property
    def number(self) -> int:
        """Which output of the transaction it is."""
        return int(self.outpoint.split(":")[1])


class Selection(msgspec.Struct, frozen=True):
    """What pays: `sum(coins) = payments + change + fee`."""

    coins: tuple[Coin, ...]
    fee: int
    change: int
    """0 where nothing returns; never dust."""
    size: int
    """The virtual size that the fee pays for, change included."""


class Target(msgspec.Struct, frozen=True):
    """What is to be paid, and what is not worth having."""

    amount: int
    output_sizes: tuple[int, ...]
    rate: int
    """Satoshi a virtual kilobyte."""
    dust: int
    """The least change that nodes relay."""
    wants_change: bool
    """Whether change must remain, for the chain bumps by spending it."""
    input_weight: int = KEY_INPUT_WEIGHT
    change_size: int = KEY_OUTPUT_SIZE

    @property
    def input_fee(self) -> int:
        """What spending one coin costs."""
        return fee_at(self.rate, -(-self.input_weight // 4))


def select(coins: Sequence[Coin], target: Target) -> Selection:
    """Choose what pays. Errors: `InsufficientHoldings`."""
    worthy = sorted((each for each in coins if each.amount > target.input_fee), reverse=True)
    if not target.wants_change:
        exact = _exact(worthy, target)
        if exact is not None:
            return exact
    return _largest(worthy, target)


def settle(coins: Sequence[Coin], target: Target) -> Selection | None:
    """Say what paying with exactly these coins costs and leaves; None when they do not suffice."""
    total = sum(each.amount for each in coins)
    inputs = [target.input_weight] * len(coins)
    with_change = virtual_size(inputs, [*target.output_sizes, target.change_size])
    fee = fee_at(target.rate, with_change)
    change = total - target.amount - fee
    if change >= max(target.dust, target.input_fee):
        return Selection(tuple(coins), fee, change, with_change)
    size = virtual_size(inputs, target.output_sizes)
    if target.wants_change or total - target.amount < fee_at(target.rate, size):
        return None
    return Selection(tuple(coins), total - target.amount, 0, size)


def _largest(coins: Sequence[Coin], target: Target) -> Selection:
    """Let the fewest coins pay, and of these not more than is needed. Precondition: the largest come first."""
    total = 0
    for count, coin in enumerate(coins[:INPUTS_MAX], start=1):
        total += coin.amount
        if total < target.amount or settle(coins[:count], target) is None:
            continue
        # The last may be more than is needed: the smallest that suffices in its place keeps the large one whole.
        others = [*coins[: count - 1]]
        low, high = count - 1, len(coins) - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (low, middle - 1) if settle([*others, coins[middle]], target) is None else (middle, high)
        found = settle([*others, coins[low]], target)
        assert found is not None, "what was chosen pays"
        return found
    if target.wants_change:
        return _largest(coins, msgspec.structs.replace(target, wants_change=False))
    pieces = f", in the {INPUTS_MAX} largest of {len(coins)} pieces" if len(coins) > INPUTS_MAX else ""
    raise InsufficientHoldings(
        f"the addresses that pay can spend {total}{pieces}, which does not pay {target.amount} and the fee"
    )


def _exact(coins: Sequence[Coin], target: Target) -> Selection | None:
    """Look for coins that pay so exactly that what remains is worth less than making and spending change."""
    values = [each.amount - target.input_fee for each in coins]
    base = fee_at(target.rate, virtual_size([], target.output_sizes))
    least = target.amount + base
    change_cost = fee_at(target.rate, target.change_size) + target.input_fee
    rest = [0] * (len(values) + 1)
    for index in range(len(values) - 1, -1, -1):
        rest[index] = rest[index + 1] + values[index]
    chosen: list[int] = []
    best: Selection | None = None
    value, index = 0, 0
    for _ in range(_STEPS_MAX):
        hopeless = value + rest[index] < least or value > least + change_cost or len(chosen) >= INPUTS_MAX
        if least <= value <= least + change_cost:
            found = settle([coins[each] for each in chosen], target)
            if found is not None and found.change == 0 and (best is None or found.fee < best.fee):
                best = found
        if hopeless or value >= least or index == len(values):
            if not chosen:
                break
            last = chosen.pop()
            value -= values[last]
            index = last + 1
        else:
            chosen.append(index)
            value += values[index]
            index += 1
    return best
