"""Backups and archives of an exchange, wherever its settings say its parts lie."""

import os
from functools import partial
from pathlib import Path

from rialto.backup.writing import BackedUp, OnProgress, Sources, back_up
from rialto.bootstrap.directories import journal_directory, master_key_path, snapshot_directory
from rialto.bootstrap.people import NoExchange
from rialto.core.archiving import ArchivingJob
from rialto.core.copies import Archived, check_archive, list_archive
from rialto.core.runtime import Runtime
from rialto.core.snapshots import kept_snapshots
from rialto.foundation.clock import SystemClock
from rialto.foundation.configuration import FILE_NAME, Settings


def archive_directory(settings: Settings) -> Path:
    """Return where closed segments go, seen from the journal's directory, so that both may be moved together."""
    if settings.archive_directory.is_absolute():
        return settings.archive_directory
    journal = journal_directory(settings.data_directory)
    return Path(os.path.relpath(settings.data_directory, journal)) / settings.archive_directory


def archiving_job(settings: Settings, runtime: Runtime) -> ArchivingJob:
    """Make what archives the journal while an exchange runs."""
    return ArchivingJob(runtime, archive_directory(settings), partial(archivable_before, settings))


def archivable_before(settings: Settings) -> int | None:
    """Return before which command no start needs the journal close at hand; None means that all of it is needed."""
    return kept_snapshots(snapshot_directory(settings.data_directory)).retain_from


def back_up_exchange(
    settings: Settings, directory: Path, *, with_master_key: bool, on_progress: OnProgress | None = None
) -> BackedUp:
    """Bring a backup of an exchange up to date, or make it; the exchange may be running.

    Errors: `NoExchange`, and those of `back_up`.
    """
    sources = Sources(
        journal=_existing_journal(settings),
        snapshots=snapshot_directory(settings.data_directory),
        settings_file=settings.data_directory / FILE_NAME,
        master_key=master_key_path(settings),
        database_url=settings.database_url,
    )
    now_us = SystemClock().now_us()
    return back_up(sources, directory, with_master_key=with_master_key, now_us=now_us, on_progress=on_progress)


def list_archived(settings: Settings) -> list[Archived]:
    """List the archived segments of an exchange. Errors: `NoExchange`, `JournalUnreadable`."""
    return list_archive(_existing_journal(settings))


def check_archived(settings: Settings, on_progress: OnProgress | None = None) -> list[Archived]:
    """Check every archived segment of an exchange, running or not.

    Errors: `NoExchange`, `JournalUnreadable`.
    """
    return check_archive(_existing_journal(settings), on_progress)


def _existing_journal(settings: Settings) -> Path:
    journal = journal_directory(settings.data_directory)
    if not journal.is_dir():
        raise NoExchange(f"there is no exchange in {settings.data_directory}; name its data directory with --data")
    return journal
