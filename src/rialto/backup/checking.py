"""Checking a backup: every file against its hash, and the journal against every state hash recorded in it."""

from collections.abc import Callable
from pathlib import Path

from rialto.backup import manifest as layout
from rialto.backup.manifest import DamagedBackup, Manifest, described, read_manifest
from rialto.core import journal
from rialto.core.journal import Report

OnProgress = Callable[[int], object]


def check_files(directory: Path, on_progress: OnProgress | None = None) -> Manifest:
    """Compare every file with the hash in the manifest; tell how many bytes were read.

    Errors: `DamagedBackup`, naming the first file that is missing or another one.
    """
    manifest = read_manifest(directory)
    done = 0
    for file in manifest.files:
        if not (directory / file.path).is_file():
            raise DamagedBackup(f"{directory / file.path} is missing; use another copy of this backup")
        found = described(directory, Path(file.path))
        if found != file:
            raise DamagedBackup(
                f"{directory / file.path} is damaged: {found.size} bytes with blake3 {found.blake3} where "
                f"{file.size} with {file.blake3} were written; use another copy of this backup"
            )
        done += file.size
        if on_progress is not None:
            on_progress(done)
    return manifest


def check(
    directory: Path, on_files: OnProgress | None = None, on_replay: OnProgress | None = None
) -> tuple[Manifest, Report]:
    """Check every file, replay the journal, compare every state hash recorded in it, and recount the end.

    Errors: `DamagedBackup`, `JournalUnreadable`.
    """
    manifest = check_files(directory, on_files)
    report = journal.verify(directory / manifest.directory / layout.JOURNAL, on_replay)
    if report.sequence != manifest.sequence:
        raise DamagedBackup(
            f"the journal in {directory} ends at command {report.sequence}, where {layout.NAME} says "
            f"{manifest.sequence}; use another copy of this backup"
        )
    return manifest, report
