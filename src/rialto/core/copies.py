"""Copies of a journal: archives of its closed segments, backups, and journals restored from them.

What these functions promise, and why a copy never holds what was not durable, stands with the crate `journal`.
"""

from collections.abc import Callable
from pathlib import Path

import rialto_core
from rialto_core import Archived, Copied

__all__ = ["Archived", "Copied", "check_archive", "copy_journal", "file_hash", "list_archive", "restore_journal"]

OnProgress = Callable[[int], object]


def check_archive(journal: Path, on_progress: OnProgress | None = None) -> list[Archived]:
    """Check every archived segment of a journal by its hash and its frames, and return them.

    Errors: `JournalUnreadable`, also when files are not where they were put; it names them.
    """
    return rialto_core.check_archive(journal, on_progress=on_progress)


def list_archive(journal: Path) -> list[Archived]:
    """Return the archived segments of a journal without looking at their files. Errors: `JournalUnreadable`."""
    return rialto_core.list_archive(journal)


def copy_journal(
    journal: Path,
    copy: Path,
    *,
    segments: Path,
    earlier: Path | None,
    acknowledged: int,
    on_progress: OnProgress | None = None,
) -> Copied:
    """Copy what is durable of a journal, beside whoever writes it, to a directory without one.

    Closed segments go to `segments`, which many copies share; a relative path begins at `copy`. Those that the whole
    copy `earlier` has are not copied again. Commands up to `acknowledged` are known to be durable. Errors:
    `JournalUnreadable`, also when the earlier copy is of another journal.
    """
    return rialto_core.copy_journal(
        journal, copy, segments=segments, earlier=earlier, acknowledged=acknowledged, on_progress=on_progress
    )


def restore_journal(
    copy: Path,
    journal: Path,
    *,
    archive: Path,
    to_sequence: int | None = None,
    to_time_us: int | None = None,
    on_progress: OnProgress | None = None,
) -> Copied:
    """Write the journal that a copy holds to an empty directory: to its end, to a sequence number or to a time.

    `archive` is where its closed segments go; a relative path begins at `journal`. Errors: `JournalUnreadable`, also
    when the copy ends before the sequence number.
    """
    return rialto_core.restore_journal(
        copy, journal, archive=archive, to_sequence=to_sequence, to_time_us=to_time_us, on_progress=on_progress
    )


def file_hash(file: Path) -> tuple[int, str]:
    """Return the size of a file and its blake3 hash. Errors: `JournalUnreadable` when it cannot be read."""
    return rialto_core.file_hash(file)
