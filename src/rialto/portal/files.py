"""A file of the collection while it is written: a zip of one CSV, and beside it the sum it can be checked by.

Written under a hidden name, made durable, and renamed when whole, the sum last: whoever sees a name sees all of it,
however the process ends. The same rows give the same bytes. Errors: OSError.
"""

import hashlib
import os
import zipfile
from pathlib import Path
from typing import Final

from rialto.portal.layout import CHECKSUM

BUFFER_CHARACTERS: Final = 1 << 16
_DATE: Final = (1980, 1, 1, 0, 0, 0)
"""The date of every member: the earliest there can be, so that bytes do not depend on when they were written."""


class CsvZip:
    """One file. Its folder is made when it is created; nothing is seen of it before `publish`."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._temporary = path.with_name(f".{path.name}.part")
        self._zip = zipfile.ZipFile(self._temporary, "w", zipfile.ZIP_DEFLATED)
        member = zipfile.ZipInfo(f"{path.stem}.csv", _DATE)
        member.compress_type = zipfile.ZIP_DEFLATED
        member.external_attr = 0o644 << 16
        self._member = self._zip.open(member, "w", force_zip64=True)
        self._lines: list[str] = []
        self._characters = 0
        self.has_rows = False

    def write(self, line: str) -> None:
        """Add a line, its end included."""
        self._lines.append(line)
        self._characters += len(line)
        if self._characters >= BUFFER_CHARACTERS:
            self._flush()

    def publish(self) -> bool:
        """Show the file if it has lines; tell whether it does. One that is there already, of the same name, stays."""
        self._flush()
        self._close()
        if not self.has_rows or is_published(self._path):
            self._temporary.unlink()
            return self.has_rows
        with self._temporary.open("rb") as written:
            os.fsync(written.fileno())
            digest = hashlib.file_digest(written, "sha256").hexdigest()
        sum_path = checksum_path(self._path)
        hidden_sum = sum_path.with_name(f".{sum_path.name}.part")
        with hidden_sum.open("w", encoding="ascii") as sums:
            sums.write(f"{digest}  {self._path.name}\n")
            sums.flush()
            os.fsync(sums.fileno())
        self._temporary.replace(self._path)
        hidden_sum.replace(sum_path)
        return True

    def discard(self) -> None:
        """Leave nothing behind."""
        self._lines.clear()
        try:
            self._close()
        finally:
            self._temporary.unlink(missing_ok=True)

    def _flush(self) -> None:
        if self._lines:
            self.has_rows = True
            self._member.write("".join(self._lines).encode("ascii"))
            self._lines.clear()
            self._characters = 0

    def _close(self) -> None:
        self._member.close()
        self._zip.close()


def checksum_path(path: Path) -> Path:
    """Return where the sum of a file lies."""
    return path.with_name(path.name + CHECKSUM)


def is_published(path: Path) -> bool:
    """Tell whether a file is there, whole, with its sum."""
    return checksum_path(path).is_file() and path.is_file()
