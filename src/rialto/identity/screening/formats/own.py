"""An operator's own list, as CSV.

A file has a head and these columns, of which only the first must be filled: `name`, `aliases` (with `;` between),
`birth_date` (1960-01-31, or 1960), `countries` (two letters of ISO 3166, with `;` between), `reference` (the list's).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rialto.identity.screening.entries import FIELD_LENGTH_MAX, Listed, ListUnusable
from rialto.identity.screening.formats.rows import rows_of

COLUMNS: Final = ("name", "aliases", "birth_date", "countries", "reference")


def read(file: Path) -> Iterator[Listed]:
    """Read a file. Errors: `ListUnusable`, OSError."""
    for where, row in rows_of(file, heads=0):
        if len(row) != len(COLUMNS) or any(len(each) > FIELD_LENGTH_MAX for each in row.values()):
            raise ListUnusable(f"{where}: there must be {len(COLUMNS)} fields of at most {FIELD_LENGTH_MAX} characters")
        if not row["name"].strip():
            raise ListUnusable(f"{where}: the name is missing")
        names = (row["name"].strip(), *_parts(row["aliases"]))
        countries = tuple(each.upper() for each in _parts(row["countries"]))
        dates = (row["birth_date"].strip(),) if row["birth_date"].strip() else ()
        yield Listed(names, dates, countries, row["reference"].strip())


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())
