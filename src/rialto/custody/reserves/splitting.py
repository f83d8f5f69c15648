"""Leaves from balances: each owner's holdings split into several, in an order that tells nothing.

A path shows the leaf beside one's own. Were a leaf a whole balance, that would be somebody's, without a name; so each
is only a part, of a size drawn at random, and all parts are shuffled. What is drawn comes from one secret seed, so that
the same tree can be made again.

Invariants: the parts of an owner add up to exactly what they hold, and none is negative.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from rialto.custody.reserves.verifier import Sums, leaf_hash, user_hash

PARTS: Final = 4
"""Leaves of one owner."""

_SCALE_BITS: Final = 64


class Leaf(NamedTuple):
    """One leaf: whose it is, what only its owner is told, and what it holds."""

    user: str
    nonce: bytes
    sums: Sums
    hash: bytes


def leaves_of(liabilities: Mapping[str, Sums], seed: bytes) -> list[Leaf]:
    """Split what every user holds, and put all parts into the order of the tree."""
    made = (leaf for user, sums in liabilities.items() for leaf in _parts(user, sums, seed))
    return sorted(made, key=lambda leaf: hmac.digest(seed, b"order" + leaf.hash, hashlib.sha256))


def _parts(user: str, sums: Sums, seed: bytes) -> Iterator[Leaf]:
    left = dict(sums)
    for part in range(PARTS):
        is_last = part == PARTS - 1
        own = dict(left) if is_last else dict(_drawn(user, left, part, seed))
        left = {name: amount - own.get(name, 0) for name, amount in left.items()}
        nonce = hmac.digest(seed, b"nonce" + f"{user}/{part}".encode(), hashlib.sha256)
        held = {name: amount for name, amount in own.items() if amount}
        yield Leaf(user, nonce, held, leaf_hash(user_hash(user, nonce), held))


def _drawn(user: str, left: Mapping[str, int], part: int, seed: bytes) -> Iterable[tuple[str, int]]:
    for name, amount in left.items():
        drawn = hmac.digest(seed, b"share" + f"{user}/{part}/{name}".encode(), hashlib.sha256)
        yield name, amount * int.from_bytes(drawn[: _SCALE_BITS // 8], "big") >> _SCALE_BITS
