"""Reference rates of fiat money: what one euro is in each, of which day, and who says so.

A table comes with the package (`reference.csv`), so that there is an answer without a network: the reference rates of
the European Central Bank where it has them, fixed rates against the dollar, and for the rest those of an open list
(currency-api, CC0). What a source that the operator names says of a later day takes its place, currency by currency.
"""

import csv
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Final, NamedTuple

from lxml import etree

PACKAGED: Final = Path(__file__).with_name("reference.csv")
EURO: Final = "EUR"
NAMED: Final = "NAMED"
CURRENCIES_MAX: Final = 200
"""How many currencies a source may name."""

_CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)
_RATE: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?", re.ASCII)


class RatesUnusable(Exception):
    """What a source answers is no table of rates. The message says what is wrong."""


class Reference(NamedTuple):
    """What one euro is in a currency: on which day, and by whom."""

    per_euro: Fraction
    day_us: int
    source: str


References = Mapping[str, Reference]


def packaged() -> References:
    """Read the table of the package."""
    with PACKAGED.open(encoding="ascii", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {row["currency"]: Reference(Fraction(row["per_euro"]), _day_us(row["day"]), row["source"]) for row in rows}
    newest_us = max(each.day_us for each in found.values())
    return {**found, EURO: Reference(Fraction(1), newest_us, "ECB")}


def read_central_bank(content: bytes) -> References:
    """Read the daily file of the European Central Bank, or one of the same form. Errors: `RatesUnusable`.

    The day holds for all currencies of the file: `<Cube time="…"><Cube currency="…" rate="…"/>…`.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise RatesUnusable(f"it is no XML: {error}") from error
    days = root.xpath("//*[local-name()='Cube'][@time]")
    if len(days) != 1:
        raise RatesUnusable(f"it has the rates of {len(days)} days and not of one")
    try:
        day_us = _day_us(days[0].get("time", ""))
    except ValueError as error:
        raise RatesUnusable(f"it has no day that can be read: {error}") from error
    found = {EURO: Reference(Fraction(1), day_us, NAMED)}
    for line in list(days[0])[:CURRENCIES_MAX]:
        currency, rate = line.get("currency", ""), line.get("rate", "")
        if not _CURRENCY.fullmatch(currency) or not _RATE.fullmatch(rate) or not Fraction(rate):
            raise RatesUnusable(f"it says that a euro is {rate[:40]!r} in {currency[:40]!r}")
        found[currency] = Reference(Fraction(rate), day_us, NAMED)
    if len(found) == 1:
        raise RatesUnusable("it has no rates")
    return found


def newest(first: References, second: References) -> References:
    """Put two tables together: of each currency the rate of the later day, of one day the second's."""
    later = {name: each for name, each in second.items() if name not in first or each.day_us >= first[name].day_us}
    return {**first, **later}


def _day_us(day: str) -> int:
    return int(datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()) * 1_000_000
