"""The snapshots of an exchange, as files: which there are, and of which commands. What is in them, the core knows."""

from pathlib import Path
from typing import Final

PREFIX: Final = "snapshot-"
SUFFIX: Final = ".rls"


def snapshots_in(directory: Path) -> list[Path]:
    """List the snapshots in a directory, newest first; it need not be there."""
    return sorted((path for path in directory.glob(f"{PREFIX}*{SUFFIX}") if path.is_file()), reverse=True)


def sequence_of(snapshot: Path) -> int:
    """Read from a snapshot's name after which command it holds the state."""
    return int(snapshot.name.removeprefix(PREFIX).removesuffix(SUFFIX))


def older_snapshot(directory: Path) -> int | None:
    """Return after which command the older of the two newest snapshots is: should the newest be found bad, a start goes
    on from there. None while there are fewer than two."""
    newest = snapshots_in(directory)[:2]
    return sequence_of(newest[1]) if len(newest) == 2 else None
