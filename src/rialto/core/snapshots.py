"""Snapshots of the core's state: taking one now, and which are kept."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import rialto_core
from rialto_core import Snapshot

__all__ = ["KeptSnapshots", "Snapshot", "kept_snapshots", "snapshot_file", "take_snapshot"]

_FILE_NAME: Final = "snapshot-{:020}.rls"
"""As the core names them."""


class KeptSnapshots(NamedTuple):
    """The snapshots there are."""

    sequences: tuple[int, ...]
    """Of which commands, newest first."""
    retain_from: int | None
    """From which command on the journal is needed beside them, should the newest be bad: the last in the older of two,
    which is proved by its place in the journal. None while there are fewer than two; then all of it is."""


def kept_snapshots(directory: Path) -> KeptSnapshots:
    """Look which snapshots there are. Errors: `SnapshotFailed`."""
    sequences, retain_from = rialto_core.snapshots_in(directory)
    return KeptSnapshots(tuple(sequences), retain_from)


def snapshot_file(directory: Path, sequence: int) -> Path:
    """Return where the snapshot of a command is."""
    return directory / _FILE_NAME.format(sequence)


def take_snapshot(
    journal: Path, snapshots: Path, on_progress: Callable[[int], object] | None = None
) -> Snapshot | None:
    """Write a snapshot now, or return None where the newest is of the same point.

    Of the end of a journal that nobody writes; beside a running exchange, of the last segment that is closed.

    Errors: `JournalUnreadable`, `ReplicaDiverged`, `SnapshotFailed`.
    """
    return rialto_core.take_snapshot(journal, snapshots, on_progress=on_progress)
