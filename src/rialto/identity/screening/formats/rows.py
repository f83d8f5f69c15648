"""Rows of a CSV file, one at a time, by the names in its head."""

import csv
from collections.abc import Iterator
from pathlib import Path

from rialto.identity.screening.entries import ListUnusable


def rows_of(file: Path, heads: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each row and where it stands; `heads` lines come before the names. Errors: `ListUnusable`, OSError."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for _ in range(heads):
            lines.readline()
        rows = csv.reader(lines, strict=True)
        try:
            names = next(rows, [])
            for row in rows:
                where = f"{file}, line {rows.line_num + heads}"
                if len(row) != len(names):
                    raise ListUnusable(f"{where}: there are {len(row)} fields, and {len(names)} names in the head")
                yield where, dict(zip(names, row, strict=True))
        except (csv.Error, UnicodeDecodeError) as error:
            raise ListUnusable(f"{file}, line {rows.line_num + heads}: {error}") from error
