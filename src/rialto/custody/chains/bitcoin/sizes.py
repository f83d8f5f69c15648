"""What transactions weigh, as if every signature were as long as it can be: so a fee is never below its rate.

Weights are BIP-141's: four a byte, one a byte of witness; a virtual byte is four, rounded up once for the whole.
"""

from collections.abc import Sequence
from typing import Final

SIGNATURE_MAX: Final = 72
"""DER, with the byte that says what is signed; s is in the lower half of the range."""
KEY_INPUT_WEIGHT: Final = 4 * 41 + 1 + (1 + SIGNATURE_MAX) + (1 + 33)
"""An input that spends P2WPKH."""
KEY_OUTPUT_SIZE: Final = 8 + 1 + 22
_FRAME_WEIGHT: Final = 4 * (4 + 4) + 2
_SPENDING_SIZE: Final = 67
"""What spending a witness output adds, as nodes reckon dust."""
_SPENDING_SIZE_OLD: Final = 148


def multisig_input_weight(keys: int, threshold: int) -> int:
    """Weigh an input that spends so many of so many keys (P2WSH)."""
    script = 3 + 34 * keys
    return 4 * 41 + 1 + 1 + threshold * (1 + SIGNATURE_MAX) + 1 + script


def output_size(script: bytes) -> int:
    """Return the bytes of an output."""
    return 8 + compact_size(len(script)) + len(script)


def compact_size(number: int) -> int:
    """Return the bytes of a count, as transactions spell them."""
    return 1 if number < 0xFD else 3 if number <= 0xFFFF else 5


def virtual_size(inputs: Sequence[int], outputs: Sequence[int]) -> int:
    """Return the virtual bytes of a transaction with inputs of these weights and outputs of these sizes."""
    counts = compact_size(len(inputs)) + compact_size(len(outputs))
    return -(-(_FRAME_WEIGHT + 4 * (counts + sum(outputs)) + sum(inputs)) // 4)


def fee_at(rate: int, size: int) -> int:
    """Return what so many virtual bytes cost at satoshi a virtual kilobyte, rounded up."""
    return -(-rate * size // 1_000)


def dust_below(script: bytes, relay_rate: int) -> int:
    """Return the least amount of an output that nodes relay."""
    is_witness = len(script) > 1 and (script[0] == 0 or 0x51 <= script[0] <= 0x60)
    return (output_size(script) + (_SPENDING_SIZE if is_witness else _SPENDING_SIZE_OLD)) * relay_rate // 1_000
