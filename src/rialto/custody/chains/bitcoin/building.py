"""From coins and payments to transactions to be signed: what `build`, `bump` and `sweep` decide, without a node.

What is left of coins returns to the hot address that pays, so that whoever knows our addresses knows all we hold.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from rialto.custody.chains.adapter import HotAddress, InsufficientHoldings, InvalidAddress, Payment, Rejected, Unsigned
from rialto.custody.chains.bitcoin import psbt
from rialto.custody.chains.bitcoin.addresses import address_of, script_of
from rialto.custody.chains.bitcoin.parameters import Parameters
from rialto.custody.chains.bitcoin.psbt import Draft, Input, Output
from rialto.custody.chains.bitcoin.selection import INPUTS_MAX, Coin, Target, select
from rialto.custody.chains.bitcoin.sizes import (
    KEY_INPUT_WEIGHT,
    KEY_OUTPUT_SIZE,
    dust_below,
    fee_at,
    multisig_input_weight,
    output_size,
    virtual_size,
)
from rialto.custody.chains.network import Family

PAYMENTS_MAX: Final = 500
_INPUT_BYTES: Final = 100
"""What an input takes beside the transaction it comes from."""
WARM_KEYS: Final = 3
WARM_THRESHOLD: Final = 2
"""How many of the warm tier's keys must sign."""
BODY_BYTES_MAX: Final = 48 * 1024
"""What is built stays below this: it is recorded, and goes to the signer with the transactions it spends from."""
PARENT_BYTES_MAX: Final = 32 * 1024
"""What those may have together."""


class Frame(msgspec.Struct, frozen=True):
    """What every transaction of a network has in common."""

    network: str
    parameters: Parameters

    def input_of(self, coin: Coin, inner: bytes | None = None) -> Input:
        """Spend a coin of ours; `inner` is the script of several keys that holds it."""
        is_replaceable = self.parameters.is_replaceable
        sequence = psbt.SEQUENCE_REPLACEABLE if is_replaceable else psbt.SEQUENCE_FINAL
        return Input(coin.outpoint, coin.amount, script_of(coin.address, self.parameters), inner, sequence)

    def unsigned(
        self,
        draft: Draft,
        sources: Sequence[HotAddress],
        payments: Sequence[Payment],
        parents: Mapping[str, bytes],
        replaces: str | None = None,
    ) -> Unsigned:
        """Wrap a draft for the signer. Precondition: one source for each input, in order.

        Where one coin alone is spent, a transaction too large to go along is left out: an amount that is not true then
        only makes the signature void.
        """
        if len(draft.inputs) == 1 and sum(map(len, parents.values())) > PARENT_BYTES_MAX:
            parents = {}
        return Unsigned(
            network=self.network,
            family=Family.BITCOIN.value,
            body=psbt.write(draft, parents),
            sources=tuple(sources),
            payments=tuple(payments),
            fee_max=draft.fee,
            spends=tuple(each.outpoint for each in draft.inputs),
            replaces=replaces,
        )


class Weighed(msgspec.Struct, frozen=True):
    """What of a transaction and all it depends on still waits, as the node reckons it."""

    size: int
    fee: int
    descendants_fee: int = 0
    """Of the transaction and all that depend on it: what a replacement must pay at least."""


class Rates(msgspec.Struct, frozen=True):
    """Satoshi a virtual kilobyte."""

    wanted: int
    relay: int
    """What the node asks at least, and for replacing more than was paid before."""


def checked_outputs(payments: Sequence[Payment], parameters: Parameters) -> list[Output]:
    """Return what payments become. Errors: `InvalidAddress`, also for an amount that nodes would not relay."""
    if not 0 < len(payments) <= PAYMENTS_MAX:
        raise Rejected(f"a transaction makes from 1 to {PAYMENTS_MAX} payments, not {len(payments)}")
    outputs = []
    for each in payments:
        if each.contract is not None or each.tag:
            raise InvalidAddress(f"{parameters.title} has neither tags nor contracts; give an address alone")
        script = script_of(each.destination, parameters)
        least = dust_below(script, parameters.dust_relay_rate)
        if each.amount < least:
            raise InvalidAddress(
                f"{each.amount} to {each.destination} is too little to be relayed; pay {least} or more"
            )
        outputs.append(Output(script, each.amount))
    return outputs


def draft_payment(
    frame: Frame,
    payments: Sequence[Payment],
    coins: Sequence[Coin],
    change_to: str,
    rate: int,
    inner: Mapping[str, bytes] | None = None,
) -> tuple[Draft, list[Coin]]:
    """Choose coins for payments; what remains returns to an address of ours.

    `inner` holds the scripts of addresses of two of three keys. Errors: those of `build`.
    """
    parameters = frame.parameters
    outputs = checked_outputs(payments, parameters)
    change_script = script_of(change_to, parameters)
    target = Target(
        amount=sum(each.amount for each in outputs),
        output_sizes=tuple(output_size(each.script) for each in outputs),
        rate=rate,
        dust=dust_below(change_script, parameters.dust_relay_rate),
        wants_change=not parameters.is_replaceable,
        input_weight=KEY_INPUT_WEIGHT if inner is None else multisig_input_weight(WARM_KEYS, WARM_THRESHOLD),
        change_size=output_size(change_script),
    )
    chosen = select(coins, target)
    if chosen.change:
        # Where among the outputs the change stands tells nobody which it is.
        place = int(chosen.coins[0].outpoint[:8], 16) % (len(outputs) + 1)
        outputs.insert(place, Output(change_script, chosen.change))
    spent = sorted(chosen.coins, key=lambda each: each.outpoint)
    inputs = tuple(frame.input_of(each, (inner or {}).get(each.address)) for each in spent)
    return Draft(inputs, tuple(outputs)), spent


def draft_sweeps(
    frame: Frame, coins: Sequence[Coin], parent_sizes: Mapping[str, int], destination: str, rate: int
) -> list[tuple[Draft, list[Coin]]]:
    """Collect coins into one address, in as many transactions as it takes; what costs more than it brings stays."""
    script = script_of(destination, frame.parameters)
    input_fee = fee_at(rate, -(-KEY_INPUT_WEIGHT // 4))
    found = []
    for some in _portions([each for each in coins if each.amount > input_fee], parent_sizes):
        size = virtual_size([KEY_INPUT_WEIGHT] * len(some), [output_size(script)])
        left = sum(each.amount for each in some) - fee_at(rate, size)
        if left >= dust_below(script, frame.parameters.dust_relay_rate):
            found.append((Draft(tuple(frame.input_of(each) for each in some), (Output(script, left),)), some))
    return found


def _portions(coins: Sequence[Coin], parent_sizes: Mapping[str, int]) -> list[list[Coin]]:
    """Divide coins so that no transaction spends too many, or carries too much of where they come from."""
    portions: list[list[Coin]] = []
    room = 0
    for coin in sorted(coins, key=lambda each: each.outpoint):
        needed = parent_sizes[coin.transaction] + _INPUT_BYTES
        if not portions or len(portions[-1]) == INPUTS_MAX or needed > room:
            portions.append([])
            room = PARENT_BYTES_MAX
        portions[-1].append(coin)
        room -= needed
    return portions


def own_output(unsigned: Unsigned, draft: Draft, ours: Mapping[str, str], parameters: Parameters) -> int | None:
    """Find the output that returns to us: the change of a payment, or the end of a sweep; `ours` are hot addresses."""
    own = ours.keys() | {each.address for each in unsigned.sources}
    paid = {each.destination for each in unsigned.payments}
    addresses = [address_of(each.script, parameters) for each in draft.outputs]
    mine = [index for index, each in enumerate(addresses) if each in own]
    change = [index for index in mine if addresses[index] not in paid]
    # What a withdrawal pays to an address of ours is not ours to lower; a sweep pays nothing else.
    return max(
        change or (mine if len(addresses) == 1 else []), key=lambda each: draft.outputs[each].amount, default=None
    )


def size_of(draft: Draft) -> int:
    """Return the virtual size of a draft once it is signed by single keys."""
    return virtual_size([KEY_INPUT_WEIGHT] * len(draft.inputs), [output_size(each.script) for each in draft.outputs])


def replacement(draft: Draft, change: int | None, rates: Rates, waits: Weighed | None, parameters: Parameters) -> Draft:
    """Pay the same again at a higher price, out of what would have returned to us (BIP-125).

    The price is at least what the first and all that depends on it pay, and the node's increment for its own size.
    Errors: `InsufficientHoldings`, `Rejected` when the price is not higher.
    """
    size, rate, relay_rate = size_of(draft), rates.wanted, rates.relay
    if rate * size <= draft.fee * 1_000:
        raise Rejected(f"the transaction pays {draft.fee * 1_000 // size} already, which is not below {rate}")
    replaced = max(draft.fee, waits.descendants_fee if waits is not None else 0)
    fee = max(fee_at(rate, size), replaced + fee_at(relay_rate, size))
    if change is None:
        raise InsufficientHoldings("nothing of the transaction returns to us, so it cannot pay a higher price")
    left = draft.outputs[change].amount - (fee - draft.fee)
    outputs = list(draft.outputs)
    if left >= dust_below(outputs[change].script, parameters.dust_relay_rate):
        outputs[change] = Output(outputs[change].script, left)
    elif left >= 0 and len(outputs) > 1:
        del outputs[change]
    else:
        raise InsufficientHoldings(f"what returns to us, {draft.outputs[change].amount}, does not pay {fee}")
    return Draft(draft.inputs, tuple(outputs), draft.lock_time)


def child(
    frame: Frame, draft: Draft, number: int | None, source: HotAddress | None, rates: Rates, waits: Weighed | None
) -> Draft:
    """Spend what returns to us, and to the same address, so dearly that a miner takes both (child pays for parent).

    Errors: `InsufficientHoldings`, `Rejected` when the price is not higher.
    """
    parent = waits if waits is not None else Weighed(size_of(draft), draft.fee)
    if number is None or source is None:
        raise InsufficientHoldings("nothing of the transaction returns to us, so nothing can pay for it")
    if rates.wanted * parent.size <= parent.fee * 1_000:
        raise Rejected(
            f"the transaction pays {parent.fee * 1_000 // parent.size} already, which is not below {rates.wanted}"
        )
    made = draft.outputs[number]
    own = virtual_size([KEY_INPUT_WEIGHT], [KEY_OUTPUT_SIZE])
    fee = max(fee_at(rates.wanted, parent.size + own) - parent.fee, fee_at(rates.relay, own))
    left = made.amount - fee
    if left < dust_below(made.script, frame.parameters.dust_relay_rate):
        raise InsufficientHoldings(f"what returns to us, {made.amount}, does not pay {fee}")
    coin = Coin(made.amount, f"{psbt.identity(draft)}:{number}", source.address, source.path)
    return Draft((frame.input_of(coin),), (Output(made.script, left),))
