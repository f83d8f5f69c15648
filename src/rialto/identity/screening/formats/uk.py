"""The UK Sanctions List of the Foreign, Commonwealth and Development Office, as its CSV file lays it out.

Its first line is the day of the report, its second the head. An entry has a row for each name and address; the rows of
one entry need not stand together. Ships are left out.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rialto.identity.screening.entries import ENTRIES_MAX, Listed, ListUnusable, unique
from rialto.identity.screening.formats import dates
from rialto.identity.screening.formats.countries import country_codes
from rialto.identity.screening.formats.rows import rows_of

FIRST_LINE: Final = "Report Date:"

_ID: Final = "Unique ID"
_NAMES: Final = ("Name 1", "Name 2", "Name 3", "Name 4", "Name 5", "Name 6")
_FOREIGN: Final = "Name non-latin script"
_STRENGTH: Final = "Alias strength"
_KIND: Final = "Designation Type"
_BORN: Final = "D.O.B"
_NATIONS: Final = "Nationality(/ies)"
_NEEDED: Final = frozenset((_ID, *_NAMES, _FOREIGN, _STRENGTH, _KIND, _BORN, _NATIONS))


class _Gathered:
    """What the rows of one entry say."""

    __slots__ = ("born", "nations", "strong", "weak")

    def __init__(self) -> None:
        self.strong: dict[str, None] = {}
        self.weak: dict[str, None] = {}
        self.born: dict[str, None] = {}
        self.nations: dict[str, None] = {}


def read(file: Path) -> Iterator[Listed]:
    """Read a file. Errors: `ListUnusable`, OSError."""
    found: defaultdict[str, _Gathered] = defaultdict(_Gathered)
    for where, row in rows_of(file, heads=1):
        missing = _NEEDED - row.keys()
        if missing:
            raise ListUnusable(f"{where}: there are no columns {', '.join(sorted(missing))}")
        if row[_KIND] == "Ship":
            continue
        _gather(found[row[_ID]], row)
        if len(found) > ENTRIES_MAX:
            raise ListUnusable(f"{where}: there are more than {ENTRIES_MAX} entries")
    for id_, each in found.items():
        names, weak = unique(list(each.strong)), unique(list(each.weak))
        yield Listed(names, tuple(each.born), country_codes(list(each.nations)), f"UK {id_}", weak)


def _gather(entry: _Gathered, row: dict[str, str]) -> None:
    is_weak = row[_STRENGTH].strip().lower().startswith("low")
    name = " ".join(row[part] for part in _NAMES)
    (entry.weak if is_weak else entry.strong)[name] = None
    entry.strong[row[_FOREIGN]] = None
    entry.born.update(dict.fromkeys(dates.slashed(row[_BORN])))
    entry.nations[row[_NATIONS]] = None
