"""The documents of a proof of reserves, as they are published and given to users: JSON, in one place."""

from collections.abc import Mapping
from typing import Any

import msgspec

from rialto.contracts.amounts import text_of
from rialto.custody.reserves.verifier import Sums
from rialto.custody.signing.requests import STATEMENT_BEGINS

VERSION = 1


class HeldAddress(msgspec.Struct, frozen=True, rename="camel"):
    """One address of the exchange, what it held at a block, and the signed statement that it is the exchange's."""

    network: str
    address: str
    purpose: str
    """`hot`, `deposit`, `warm`, `cold` or `insurance`."""
    balances: dict[str, str]
    block_height: int
    block_hash: str
    statement: str = ""
    signature: str = ""
    """Of the statement, as the network's wallets verify it; empty where its key signs nothing but transactions."""


class Publication(msgspec.Struct, frozen=True, rename="camel"):
    """What is published: the root, what is owed, what is held."""

    version: int
    publication: str
    sequence: int
    time: int
    """Of the ledger, in milliseconds."""
    root: str
    levels: int
    liabilities: dict[str, str]
    """Everything owed, the house's own money included; exactly what the tree adds up to."""
    house: dict[str, str]
    custody: dict[str, dict[str, str]]
    """What the ledger says is held, by network."""
    outside: dict[str, str]
    """What the ledger says came in without a chain: money of demonstrations, adjustments."""
    addresses: list[HeldAddress]
    ratios: dict[str, str]
    """What is held on the addresses shown, in hundredths of a percent of what is owed, by asset, rounded down."""


def amounts(sums: Sums) -> dict[str, str]:
    """Spell sums, assets in the order of their names; what is zero is left out."""
    return {name: text_of(units) for name, units in sorted(sums.items()) if units}


def statement(publication: str, root: str, sequence: int) -> str:
    """Word what the keys of the exchange's addresses sign."""
    return (
        f"{STATEMENT_BEGINS} {publication}: the root is {root} at sequence {sequence}. This address is the exchange's."
    )


def proof_document(publication: str, user: str, balances: Sums, leaves: list[dict[str, Any]]) -> dict[str, Any]:
    """Put a user's proof together, as the verifier reads it."""
    return {
        "version": VERSION,
        "publication": publication,
        "user": user,
        "balances": amounts(balances),
        "leaves": leaves,
    }


def ratios(held: Mapping[str, int], owed: Mapping[str, int]) -> dict[str, str]:
    """Say how much of what is owed is held, in percent with two places, rounded down."""
    shares = {name: held.get(name, 0) * 10_000 // units for name, units in sorted(owed.items()) if units > 0}
    return {name: f"{share // 100}.{share % 100:02d}" for name, share in shares.items()}
