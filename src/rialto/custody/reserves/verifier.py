"""The verifier of a proof of reserves: one file, Python's standard library, nothing of the exchange.

A user has a proof: their own leaves, each with the path to the root. The exchange published a root with the sums of
everything it owes. The verifier recomputes the root from the leaves and checks on the way that

- every leaf names the user (by a hash over their id and a nonce only they were given),
- no amount, of a leaf or of any node beside the path, is negative or absurdly large: a negative balance hidden anywhere
  would let the exchange state a smaller total, and a sum that wraps round would too,
- the sums of a node are exactly those of its two children, up to the sums published,
- all leaves are different places of one tree of the published size.

What it cannot check: that other users look too. The more who check, the fewer can have been left out.

Encoding (version 1). Integers are big-endian. `sums` of a node: the number of assets (2 bytes), then for each, in the
byte order of their names: length of the name (1 byte), the name in UTF-8, the amount in units of 1e-8 (16 bytes).
Assets whose sum is zero are left out.

    user  = SHA-256("rialto reserves user 1"  || id in decimal, in ASCII || 0x00 || nonce (32 bytes))
    leaf  = SHA-256("rialto reserves leaf 1"  || user (32 bytes) || sums)
    node  = SHA-256("rialto reserves node 1"  || left hash || left sums || right hash || right sums)
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

AMOUNT_MAX = 2**96
"""Above what anything can be: nine decimal orders above all units of the most numerous asset there is."""
LEVELS_MAX = 48
ASSETS_MAX = 10_000
LEAVES_MAX = 256

Sums = Mapping[str, int]


class Unproven(Exception):
    """A proof that does not prove what it should. The message says what is wrong, in words for its owner."""


class Proven(NamedTuple):
    """What a proof proves: that these amounts of its owner are part of the totals published."""

    user: str
    balances: dict[str, int]
    totals: dict[str, int]
    leaves: int


def encode_sums(sums: Sums) -> bytes:
    """Spell the sums of a leaf or node. Raises `Unproven` for an amount that must not be."""
    present = {name: amount for name, amount in sums.items() if amount != 0}
    if len(present) > ASSETS_MAX:
        raise Unproven(f"{len(present)} assets in one place of the tree, more than there can be")
    parts = [len(present).to_bytes(2, "big")]
    for name, amount in sorted(present.items(), key=lambda item: item[0].encode()):
        if amount < 0:
            raise Unproven(f"a negative amount of {name} is hidden in the tree: the total is made to look smaller")
        if amount >= AMOUNT_MAX:
            raise Unproven(f"an impossible amount of {name} stands in the tree")
        spelled = name.encode()
        if not 1 <= len(spelled) <= 255:
            raise Unproven("an asset without a proper name stands in the tree")
        parts.append(bytes([len(spelled)]) + spelled + amount.to_bytes(16, "big"))
    return b"".join(parts)


def add_sums(left: Sums, right: Sums) -> dict[str, int]:
    """Add up what two nodes hold; assets in the order of their names."""
    names = sorted({*left, *right}, key=str.encode)
    return {name: total for name in names if (total := left.get(name, 0) + right.get(name, 0)) != 0}


def user_hash(user: str, nonce: bytes) -> bytes:
    """Hash a user's id with the nonce of one leaf."""
    return hashlib.sha256(b"rialto reserves user 1" + user.encode("ascii") + b"\0" + nonce).digest()


def leaf_hash(user: bytes, sums: Sums) -> bytes:
    """Hash a leaf."""
    return hashlib.sha256(b"rialto reserves leaf 1" + user + encode_sums(sums)).digest()


def node_hash(left: bytes, left_sums: Sums, right: bytes, right_sums: Sums) -> bytes:
    """Hash a node over both children and what they hold."""
    return hashlib.sha256(
        b"rialto reserves node 1" + left + encode_sums(left_sums) + right + encode_sums(right_sums)
    ).digest()


def check(proof: Mapping[str, Any], publication: Mapping[str, Any]) -> Proven:
    """Check a proof against what was published. Both are the JSON documents, decoded.

    Errors: `Unproven`.
    """
    try:
        return _check(proof, publication)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unproven(f"the file is not a proof of this kind, or was damaged: {error!r}") from error


def _check(proof: Mapping[str, Any], publication: Mapping[str, Any]) -> Proven:
    if proof["version"] != 1 or publication["version"] != 1:
        raise Unproven("this verifier knows version 1; use the one of the exchange's newer release")
    if proof["publication"] != publication["publication"]:
        raise Unproven(
            f"the proof belongs to {proof['publication']}, the published totals are those of "
            f"{publication['publication']}"
        )
    root, levels = _hash(publication["root"]), int(publication["levels"])
    totals = _sums(publication["liabilities"])
    if not 0 <= levels <= LEVELS_MAX:
        raise Unproven("the published tree has an impossible size")
    user, leaves = str(proof["user"]), list(proof["leaves"])
    if not 1 <= len(leaves) <= LEAVES_MAX:
        raise Unproven("the proof has no leaves, or too many to be one user's")
    balances: dict[str, int] = {}
    places: set[int] = set()
    for leaf in leaves:
        place = int(leaf["place"])
        if place in places or not 0 <= place < 2**levels:
            raise Unproven("the same leaf is shown twice, or one outside the tree")
        places.add(place)
        own = _sums(leaf["balances"])
        _climb(user_hash(user, _hash(leaf["nonce"])), own, place, leaf["path"], levels, root, totals)
        balances = add_sums(balances, own)
    stated = _sums(proof["balances"])
    if balances != stated:
        raise Unproven(f"the leaves add up to {_spelled(balances)}, the proof states {_spelled(stated)}")
    return Proven(user, balances, totals, len(leaves))


def _climb(
    user: bytes, own: dict[str, int], place: int, path: Iterable[Any], levels: int, root: bytes, totals: Sums
) -> None:
    """Recompute the root from one leaf."""
    reached, sums = leaf_hash(user, own), own
    steps = list(path)
    if len(steps) != levels:
        raise Unproven(f"a path of {len(steps)} steps in a tree of {levels} levels: it does not reach the root")
    for step in steps:
        beside, beside_sums = _hash(step["hash"]), _sums(step["sums"])
        if place % 2 == 0:
            reached = node_hash(reached, sums, beside, beside_sums)
        else:
            reached = node_hash(beside, beside_sums, reached, sums)
        sums = add_sums(sums, beside_sums)
        place //= 2
    if reached != root:
        raise Unproven("the leaf is not in the published tree: hashing it up to the root gives another root")
    if sums != totals:
        raise Unproven(f"the tree holds {_spelled(sums)}, published is {_spelled(totals)}")


def _hash(text: str) -> bytes:
    value = bytes.fromhex(text)
    if len(value) != 32:
        raise ValueError(f"{text[:80]!r} has not 32 bytes")
    return value


def _sums(stated: Mapping[str, str]) -> dict[str, int]:
    """Read amounts: decimal text with eight places, by asset."""
    read = {name: _units(text) for name, text in stated.items()}
    encode_sums(read)
    return add_sums(read, {})


def _units(text: str) -> int:
    whole, point, places = text.partition(".")
    digits = whole.removeprefix("-") + places
    if point != "." or len(places) != 8 or not digits.isascii() or not digits.isdigit():
        raise ValueError(f"{text[:80]!r} is no amount with eight decimal places")
    return -int(digits) if text.startswith("-") else int(digits)


def _spelled(sums: Sums) -> str:
    return ", ".join(f"{amount // 10**8}.{amount % 10**8:08d} {name}" for name, amount in sums.items()) or "nothing"


def main(arguments: list[str]) -> int:
    """Check a proof file against a publication file; say what was found; 0 if it is proven."""
    if len(arguments) != 2:
        print("usage: verifier.py PROOF.json PUBLICATION.json", file=sys.stderr)  # noqa: T201
        return 2
    try:
        proof, publication = (json.loads(Path(name).read_text("utf-8")) for name in arguments)
        proven = check(proof, publication)
    except (OSError, ValueError) as error:
        print(f"cannot be read: {error}", file=sys.stderr)  # noqa: T201
        return 2
    except Unproven as unproven:
        print(f"NOT PROVEN: {unproven}")  # noqa: T201
        return 1
    print(  # noqa: T201
        f"PROVEN: {_spelled(proven.balances)} of user {proven.user} are part of the {_spelled(proven.totals)} that "
        f"the exchange states to owe at sequence {publication['sequence']}."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
