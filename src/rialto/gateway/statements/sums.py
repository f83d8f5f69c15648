"""Adds a statement up: `opening + movements = closing`, asserted, in whole numbers of 1e-8. Pure.

A statement adds up because the ledger does. Locked amounts belong to the account and move nothing.
"""

import hashlib
from collections import defaultdict
from typing import Final

import msgspec

from rialto.contracts.amounts import units_of
from rialto.wire.decimals import plain_of

Place = tuple[int, int]
"""An account and an asset."""

REFERENCE_DIGITS: Final = 32
_FORM: Final = "rialto-statement-1"


class Held(msgspec.Struct, frozen=True, array_like=True):
    """What an account held of an asset."""

    account: int
    asset: int
    balance: str


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """One movement, and what was held after it."""

    account: int
    asset: int
    amount: str
    balance: str
    reason: str
    posted_at_us: int


class Account(msgspec.Struct, frozen=True, array_like=True):
    """An account of a person's, and of what class it is."""

    account: int
    name: str


class Book(msgspec.Struct, frozen=True, array_like=True):
    """What a statement is made of: a period, both ends included, and what the ledger says of it."""

    start_us: int
    end_us: int
    accounts: list[Account]
    assets: dict[int, str]
    """The names of all that are spoken of."""
    opening: list[Held]
    entries: list[Entry]
    """In the order they were posted."""
    closing: list[Held]

    def classes(self) -> dict[int, str]:
        """Return of what class each account is."""
        return {each.account: each.name for each in self.accounts}


class Line(msgspec.Struct, frozen=True):
    """An asset in an account, in units: what was held, what moved it by reason and how often, what was held then."""

    place: Place
    opening: int
    closing: int
    movements: list[tuple[str, int, int]]


def lines_of(book: Book) -> list[Line]:
    """Add up each asset of each account, by account and name. What was neither held nor moved is left out."""
    before, after = _by_place(book.opening), _by_place(book.closing)
    reasons: defaultdict[Place, defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for each in book.entries:
        reasons[each.account, each.asset][each.reason].append(units_of(each.amount))
    lines = []
    for place in sorted({*before, *after, *reasons}, key=lambda place: (place[0], book.assets[place[1]])):
        moved = reasons[place]
        opening, closing = before.get(place, 0), after.get(place, 0)
        assert opening + sum(map(sum, moved.values())) == closing, "a statement adds up as the ledger does"
        if opening or closing or moved:
            movements = [(why, sum(units), len(units)) for why, units in sorted(moved.items())]
            lines.append(Line(place, opening, closing, movements))
    return lines


def totals_of(book: Book, lines: list[Line]) -> list[tuple[str, str, str, str]]:
    """Add up each asset over all accounts: its name, what was held, what moved, what was held then."""
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for each in lines:
        both = sums[book.assets[each.place[1]]]
        both[0] += each.opening
        both[1] += each.closing
    return [
        (name, plain_of(before), plain_of(after - before), plain_of(after))
        for name, (before, after) in sorted(sums.items())
    ]


def reference_of(owner: int, book: Book) -> str:
    """Return the digits that only this content has, whenever and in whatever language it is printed."""
    held = [sorted((each.account, each.asset, each.balance) for each in held) for held in (book.opening, book.closing)]
    names = sorted(book.assets.items())
    content = (_FORM, owner, book.start_us, book.end_us, book.accounts, names, book.entries, held)
    return hashlib.sha256(msgspec.json.encode(content)).hexdigest()[:REFERENCE_DIGITS]


def _by_place(held: list[Held]) -> dict[Place, int]:
    return {(each.account, each.asset): units_of(each.balance) for each in held}
