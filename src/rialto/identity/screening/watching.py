"""The lists that are screened against: read from their files, and again when one changes.

A file that cannot be read leaves what was read before in force, and is said loudly: in the log, and as a figure. At the
start there is nothing before, and the exchange does not start.

State: the entries of each file and, made of them, what is compared with. Reading blocks: off the event loop. Asking is
for any thread.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from threading import Lock
from typing import Final, NamedTuple

import structlog
from prometheus_client.metrics_core import Metric

from rialto.foundation.metrics import Collect, gauges
from rialto.identity.screening.addresses import AddressHit, AddressScreen
from rialto.identity.screening.entries import Listed, ListUnusable
from rialto.identity.screening.lists import read_list
from rialto.identity.screening.matching import Hit, Screen

_log = structlog.stdlib.get_logger(__name__)

CHUNK_BYTES: Final = 1_048_576


class _Stamp(NamedTuple):
    """By what a file is seen to have changed."""

    modified_ns: int
    size: int
    inode: int


class _File(NamedTuple):
    """What was read of a file."""

    entries: list[Listed]
    digest: str


class _Current(NamedTuple):
    """What is compared with."""

    screen: Screen
    addresses: AddressScreen
    version: str
    entries: int


class WatchLists:
    """The lists in force."""

    def __init__(self, files: Iterable[Path]) -> None:
        """Read every file. Errors: `ListUnusable`, OSError."""
        self._files: Final = tuple(files)
        self._stamps: dict[Path, _Stamp] = {}
        self._read: dict[Path, _File] = {}
        self._reading = Lock()
        self.unreadable: frozenset[Path] = frozenset()
        """Whose newest content could not be read."""
        for file in self._files:
            self._stamps[file] = _stamp(file)
            self._read[file] = _content(file)
        self._current = self._made()

    @property
    def version(self) -> str:
        """What the lists in force are, in short: another for other contents."""
        return self._current.version

    @property
    def entries(self) -> int:
        """How many are on the lists in force."""
        return self._current.entries

    def hits(self, name: str, birth_date: str = "", country: str = "") -> list[Hit]:
        """Return who on the lists may be meant, the likeliest first."""
        return self._current.screen.hits(name, birth_date, country)

    def address_hit(self, address: str) -> AddressHit | None:
        """Tell whose on the lists an address is."""
        return self._current.addresses.hit(address)

    def refresh(self) -> bool:
        """Read what has changed; tell whether the lists in force are others now."""
        with self._reading:
            before = self.version
            changed = [file for file in self._files if self._has_changed(file)]
            if changed:
                self._current = self._made()
            return self.version != before

    def metrics(self) -> Collect:
        """Tell how much is on the lists, and whether one could not be read."""

        def collect() -> Iterable[Metric]:
            now = self._current
            yield gauges("rialto_screening_entries", "Entries on the lists in force.", (), {(): now.entries})
            yield gauges(
                "rialto_screening_addresses", "Addresses on chains on the lists in force.", (), {(): len(now.addresses)}
            )
            yield gauges(
                "rialto_screening_lists_unreadable",
                "Lists whose newest file could not be read: the one before is in force.",
                (),
                {(): len(self.unreadable)},
            )

        return collect

    def _has_changed(self, file: Path) -> bool:
        """Read a file if it is another than before; tell whether it was."""
        try:
            stamp = _stamp(file)
            if stamp == self._stamps.get(file):
                return False
            self._stamps[file] = stamp
            self._read[file] = _content(file)
        except (ListUnusable, OSError) as failure:
            if isinstance(failure, OSError):
                # What could not be read now may be read the next time, unchanged.
                self._stamps.pop(file, None)
            if file not in self.unreadable:
                _log.error("a screening list cannot be read; the one before stays in force", failure=str(failure))
            self.unreadable |= {file}
            return False
        self.unreadable -= {file}
        _log.info("screening list read", file=file.name, entries=len(self._read[file].entries))
        return True

    def _made(self) -> _Current:
        entries = [entry for file in self._files for entry in self._read[file].entries]
        told = " ".join(self._read[file].digest for file in self._files)
        version = hashlib.sha256(told.encode()).hexdigest()
        return _Current(Screen(entries), AddressScreen(entries), version, len(entries))


def _stamp(file: Path) -> _Stamp:
    found = file.stat()
    return _Stamp(found.st_mtime_ns, found.st_size, found.st_ino)


def _content(file: Path) -> _File:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while chunk := content.read(CHUNK_BYTES):
            digest.update(chunk)
    return _File(read_list(file), digest.hexdigest())
