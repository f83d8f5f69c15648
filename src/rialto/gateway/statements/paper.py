"""A statement as it is printed: every text of it, in a language, in the order it stands. Pure.

Amounts are those of the statement as JSON, digit for digit. The template is given texts alone, as data: nothing that
somebody wrote is ever part of its source.
"""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from rialto.contracts.amounts import units_of
from rialto.gateway.statements.sums import Book, Line, Place, lines_of, reference_of, totals_of
from rialto.gateway.statements.words import ACCOUNTS, REASONS, Words
from rialto.wire.decimals import plain_of

RIGHT_TO_LEFT: Final = frozenset(("ar", "fa", "he", "ur"))
_SECOND_US: Final = 1_000_000


class Order(msgspec.Struct, frozen=True):
    """What is to be printed."""

    language: str
    words: Words
    issuer: str
    """Who makes the statement: the exchange's name."""
    address: str
    """Lines that stand below it."""
    fonts: str
    """The operator's folder of fonts; empty if there is none."""
    name: str
    """Of whom it is, as verified; empty if they are not."""
    email: str
    """Their address; empty if they have none here."""
    called: str
    """What the title calls them."""
    owner: int
    made_at_us: int
    book: Book


def free_texts(order: Order) -> list[str]:
    """Return what people and operators wrote, which may have any character."""
    return [
        order.issuer,
        order.address.replace("\n", ""),
        order.name,
        order.email,
        order.called,
        *order.book.assets.values(),
    ]


def paper_of(order: Order, shown: Any, families: list[str], *, has_missing: bool) -> dict[str, Any]:
    """Lay out what is printed; `shown` writes a free text as it can be printed."""
    words, book = order.words, order.book
    lines, entries = lines_of(book), _entries(words, book)
    title = words["wallet.statementOf"].replace("{email}", shown(order.called))
    facts = [
        *([(words["common.name"], shown(order.name))] if order.name else []),
        *([(words["account.email"], shown(order.email))] if order.email else []),
        (words["security.userId"], str(order.owner)),
    ]
    language, _, region = order.language.partition("-")
    notes = [words["wallet.statementNote"], words["wallet.statementProof"]]
    if has_missing:
        notes.append(words["wallet.statementGlyphs"])
    return {
        "language": language,
        "region": region if len(region) == 2 else None,
        "rightToLeft": order.language in RIGHT_TO_LEFT,
        "fonts": families,
        "issuer": shown(order.issuer),
        "address": [shown(each) for each in order.address.splitlines()],
        "title": title,
        "madeAt": _parts(order.made_at_us),
        "made": f"{_second(order.made_at_us)} (UTC)",
        "period": {"from": _millisecond(book.start_us), "to": _millisecond(book.end_us)},
        "facts": facts,
        "reference": reference_of(order.owner, book),
        "page": words["common.pageOf"],
        "notes": notes,
        "nothing": words["wallet.nothingInPeriod"],
        "words": {key.partition(".")[2]: words[key] for key in _HEADS},
        "totals": [(shown(name), *sums) for name, *sums in totals_of(book, lines)],
        "lines": [_line(words, book, each, entries[each.place], shown) for each in lines],
    }


_HEADS: Final = (
    "common.amount", "common.time", "wallet.account", "wallet.allMovements", "wallet.balanceAfter", "wallet.closing",
    "wallet.coin", "wallet.fromDayToDay", "wallet.holding", "wallet.movement", "wallet.opening", "wallet.overview",
    "wallet.period", "wallet.statementMade", "wallet.statementReference", "wallet.times",
)  # fmt: skip


def _line(words: Words, book: Book, line: Line, entries: list[str], shown: Any) -> dict[str, Any]:
    name = book.classes()[line.place[0]]
    return {
        "asset": shown(book.assets[line.place[1]]),
        "account": words[ACCOUNTS[name]] if name in ACCOUNTS else name,
        "opening": plain_of(line.opening),
        "closing": plain_of(line.closing),
        "movements": [(_reason(words, why), plain_of(units), str(count)) for why, units, count in line.movements],
        "entries": entries,
    }


def _entries(words: Words, book: Book) -> defaultdict[Place, list[str]]:
    """Return the movements of each place: time, reason, amount and what was held after it, four texts each."""
    found: defaultdict[Place, list[str]] = defaultdict(list)
    for each in book.entries:
        row = (plain_of(units_of(each.amount)), plain_of(units_of(each.balance)))
        found[each.account, each.asset] += (_second(each.posted_at_us), _reason(words, each.reason), *row)
    return found


def _reason(words: Words, reason: str) -> str:
    return words[REASONS[reason]] if reason in REASONS else reason


def day_of(time_us: int) -> str:
    """Return the day of a time, in UTC."""
    return _second(time_us).partition(" ")[0]


def _second(time_us: int) -> str:
    return datetime.fromtimestamp(time_us // _SECOND_US, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _millisecond(time_us: int) -> str:
    return f"{_second(time_us)}.{time_us % _SECOND_US // 1_000:03d}"


def _parts(time_us: int) -> list[int]:
    return list(datetime.fromtimestamp(time_us // _SECOND_US, UTC).timetuple()[:6])
