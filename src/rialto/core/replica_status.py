"""What the replica says of itself: a small file in the data directory, renamed into place whole.

The replica replays closed segments beside the live engine, compares its state with every recorded hash, recounts
everything and takes snapshots. It writes this file; nothing else is exchanged. No file, or one that is not to be read,
means that nothing is known, and then no figure is shown.
"""

from pathlib import Path
from typing import Final

import msgspec

FILE_NAME: Final = "replica.json"
SOUND: Final = "ok"


class ReplicaStatus(msgspec.Struct, frozen=True):
    """How far the replica is, and what it found. Times are microseconds since the Unix epoch."""

    sequence: int = 0
    """The last command it has applied."""
    time_us: int = 0
    """The time of that command."""
    checked_sequence: int = 0
    """Where its state hash was last compared with the live engine's, and was equal."""
    state_hash: str = ""
    """That hash, in hexadecimal."""
    audit: str = SOUND
    """What recounting everything found there: `ok`, or what is wrong."""
    snapshot_sequence: int = 0
    """The newest snapshot; 0 for none."""
    updated_at_us: int = 0
    """When this was written."""

    @property
    def is_sound(self) -> bool:
        """Whether money and obligations were as they must be."""
        return self.audit == SOUND

    @property
    def hash_number(self) -> int:
        """The hash's first 48 bits: a figure that can be compared exactly."""
        return int(self.state_hash[:12] or "0", 16)


def read_replica_status(data_directory: Path) -> ReplicaStatus | None:
    """Read what the replica said last, if anything."""
    try:
        return msgspec.json.decode((data_directory / FILE_NAME).read_bytes(), type=ReplicaStatus)
    except (OSError, msgspec.DecodeError):
        return None


def write_replica_status(data_directory: Path, status: ReplicaStatus) -> None:
    """Say how far the replica is. Errors: OSError."""
    path = data_directory / FILE_NAME
    unfinished = path.with_suffix(".json.tmp")
    unfinished.write_bytes(msgspec.json.encode(status))
    unfinished.replace(path)
