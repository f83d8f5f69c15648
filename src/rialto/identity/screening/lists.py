"""Lists of people nobody may deal with, read from files whose publisher is told by how they begin.

Read are the lists of the US Treasury (SDN.XML), the United Nations and the European Union (XML), the United Kingdom
(CSV), and an operator's own (CSV). Entries come one at a time; files are bounded.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from rialto.identity.screening.entries import ENTRIES_MAX, FILE_BYTES_MAX, Listed, ListUnusable, checked
from rialto.identity.screening.formats import eu, ofac, own, uk, un
from rialto.identity.screening.formats.xml_records import root_name

Reader = Callable[[Path], Iterator[Listed]]

BEGINNING_BYTES: Final = 1_024
_XML: Final[dict[str, Reader]] = {ofac.ROOT: ofac.read, un.ROOT: un.read, eu.ROOT: eu.read}


def read_list(file: Path) -> list[Listed]:
    """Read a file. Errors: `ListUnusable`, OSError."""
    size = file.stat().st_size
    if size > FILE_BYTES_MAX:
        raise ListUnusable(f"{file} has {size:,} bytes; at most {FILE_BYTES_MAX:,} are read")
    reader = _reader(file)
    found: list[Listed] = []
    for entry in reader(file):
        found.append(checked(entry, str(file)))
        if len(found) > ENTRIES_MAX:
            raise ListUnusable(f"{file} has more than {ENTRIES_MAX} entries")
    if not found and reader is not own.read:
        # A publisher's list is never empty: what would be believed is that nobody is on it any more.
        raise ListUnusable(f"{file} has no entries")
    return found


def _reader(file: Path) -> Reader:
    with file.open("rb") as content:
        beginning = content.read(BEGINNING_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()
    if beginning.startswith(b"<"):
        name = root_name(file)
        if name not in _XML:
            raise ListUnusable(f"{file}: no list begins with <{name}>; {', '.join(_XML)} are known")
        return _XML[name]
    if beginning.startswith(uk.FIRST_LINE.encode()):
        return uk.read
    head = beginning.split(b"\n", 1)[0].strip().decode("utf-8", "replace")
    if head != ",".join(own.COLUMNS):
        raise ListUnusable(f"{file}: it begins as no list does; the head of one's own is {','.join(own.COLUMNS)}")
    return own.read
