"""What is on the disk: the journal's segments, how much room is left, what the replica wrote.

Read on a thread, for a full or dying disk may take its time. Numbers as they were at that moment.
"""

import shutil
from pathlib import Path
from typing import Final

import msgspec

from rialto.core.replica_status import ReplicaStatus, read_replica_status

_PREFIX: Final = "journal-"
_PLAIN: Final = ".rlj"
_COMPRESSED: Final = ".rlj.zst"


class DiskState(msgspec.Struct, frozen=True):
    """What was found."""

    free_bytes: int
    """Room for the exchange where its data lies."""
    segments: int
    journal_bytes: int
    segment_first_sequence: int
    """The first sequence number of the segment that is being written."""
    segment_bytes: int
    """How large that segment is."""
    replica: ReplicaStatus | None


def read_disk(data_directory: Path, journal: Path) -> DiskState:
    """Look at the disk. Errors: OSError where it cannot be looked at."""
    segments = journal_bytes = newest = newest_bytes = 0
    for path in journal.iterdir():
        name = path.name
        if not name.startswith(_PREFIX) or not name.endswith((_PLAIN, _COMPRESSED)):
            continue
        first = name.removeprefix(_PREFIX).partition(".")[0]
        try:
            size = path.stat().st_size
        except FileNotFoundError:
            continue  # It was compressed or archived just now.
        segments += 1
        journal_bytes += size
        if first.isdigit() and int(first) >= newest:
            newest, newest_bytes = int(first), size
    return DiskState(
        free_bytes=shutil.disk_usage(data_directory).free,
        segments=segments,
        journal_bytes=journal_bytes,
        segment_first_sequence=newest,
        segment_bytes=newest_bytes,
        replica=read_replica_status(data_directory),
    )
