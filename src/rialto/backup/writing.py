"""Taking a backup, beside a running exchange or of a stopped one.

    journal, as far as it is durable  ─▶  what only SQL knows  ─▶  settings, key, newest snapshot  ─▶  backup.json

The order matters: the journal refers to people by numbers that SQL gave out. Read after the journal, SQL knows everyone
the journal speaks of, and the next number it gives out is new to it. Read before, it might give one out twice.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy import select

import rialto
from rialto.backup import manifest as layout
from rialto.backup.manifest import (
    Manifest,
    copy_file,
    described,
    make_private,
    read_manifest,
    run_directory,
    sync_directory,
)
from rialto.backup.tables import export_tables
from rialto.core.copies import copy_journal
from rialto.core.snapshots import kept_snapshots, snapshot_file
from rialto.foundation.database import Access, open_engine
from rialto.foundation.failures import ExpectedFailure
from rialto.foundation.secrets import MasterKey, MasterKeyUnusable
from rialto.projections.tables import watermark

OnProgress = Callable[[int], object]

_log = structlog.stdlib.get_logger(__name__)


class NotABackup(ExpectedFailure):
    """The directory holds something else than a backup."""


class BackupUnderWay(ExpectedFailure):
    """Another process writes to the backup."""


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Where what is backed up lies."""

    journal: Path
    snapshots: Path
    settings_file: Path
    master_key: Path
    database_url: str


@dataclass(frozen=True)
class BackedUp:
    """What a run did."""

    manifest: Manifest
    segments_stored: int
    """How many closed segments were new."""

    bytes_written: int
    """The size of everything that was new."""


def back_up(
    sources: Sources, directory: Path, *, with_master_key: bool, now_us: int, on_progress: OnProgress | None = None
) -> BackedUp:
    """Bring a backup up to date, or make it.

    Errors: `NotABackup`, `BackupUnderWay`, `DamagedBackup`, `JournalUnreadable`, `UndeclaredTable`, OSError,
    SQLAlchemy's own. After any of them, what the directory held is there still.
    """
    with _claimed(directory):
        earlier = _earlier(directory)
        _clear(directory, earlier)
        run = 1 if earlier is None else earlier.run + 1
        (directory / run_directory(run)).mkdir(mode=0o700)
        try:
            done = _write(sources, directory, run, earlier, with_master_key, now_us, on_progress)
        except BaseException:
            # Whole segments stay, and the next run takes them over.
            shutil.rmtree(directory / run_directory(run), ignore_errors=True)
            raise
        _clear(directory, done.manifest)
        listed = {file.path for file in done.manifest.files}
        for path in (directory / layout.SEGMENTS).iterdir():
            if (layout.SEGMENTS / path.name).as_posix() not in listed:
                path.unlink()
        return done


@contextmanager
def _claimed(directory: Path) -> Iterator[None]:
    """Make the directory, for its owner alone, and keep other backups out of it."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    ours = {layout.NAME, f"{layout.NAME}.tmp", layout.LOCK_NAME, layout.SEGMENTS.name}
    foreign = sorted(path.name for path in directory.iterdir() if path.name not in ours and not _is_run(path))
    if foreign:
        raise NotABackup(f"{directory} holds {foreign[0]}, which is no part of a backup; name an empty directory")
    directory.chmod(0o700)
    descriptor = os.open(directory / layout.LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupUnderWay(f"another process writes to {directory}; wait for it to end") from error
        yield
    finally:
        os.close(descriptor)


def _is_run(path: Path) -> bool:
    number = path.name.removeprefix("run-")
    return number.isdecimal() and path.name == run_directory(int(number)).name


def _earlier(directory: Path) -> Manifest | None:
    if (directory / layout.NAME).exists():
        return read_manifest(directory)
    return None


def _clear(directory: Path, whole: Manifest | None) -> None:
    """Remove every run but the whole one: what was interrupted, and what there is a newer one of."""
    kept = None if whole is None else whole.directory.name
    for path in directory.iterdir():
        if _is_run(path) and path.name != kept:
            shutil.rmtree(path)


def _write(
    sources: Sources,
    directory: Path,
    run: int,
    earlier: Manifest | None,
    with_master_key: bool,
    now_us: int,
    on_progress: OnProgress | None,
) -> BackedUp:
    place = run_directory(run)
    segments = directory / layout.SEGMENTS
    for made in (directory / place / layout.JOURNAL, directory / place / layout.TABLES, segments):
        made.mkdir(mode=0o700, exist_ok=True)
    copied = copy_journal(
        sources.journal,
        directory / place / layout.JOURNAL,
        segments=Path("..") / ".." / layout.SEGMENTS,
        earlier=None if earlier is None else directory / earlier.directory / layout.JOURNAL,
        acknowledged=_watermark(sources.database_url),
        on_progress=on_progress,
    )
    with _key_kept(sources.master_key) as fingerprint:
        schema, tables = export_tables(sources.database_url, directory / place / layout.TABLES)
        if with_master_key:
            copy_file(sources.master_key, directory / place / layout.MASTER_KEY)
    if sources.settings_file.exists():
        copy_file(sources.settings_file, directory / place / layout.SETTINGS_FILE)
    _copy_newest_snapshot(sources.snapshots, directory / place / layout.SNAPSHOTS, copied.sequence)
    listed = {file.path: file for file in (() if earlier is None else earlier.files)}
    segments_kept = len(copied.segments) - copied.segments_stored
    every_segment = [layout.SEGMENTS / path.name for path in copied.segments]
    known = [listed[path.as_posix()] for path in every_segment[:segments_kept]]
    new_segments = [described(directory, path) for path in every_segment[segments_kept:]]
    own = [described(directory, path) for path in _files_below(directory, place)]
    for kept in (directory / place, segments):
        make_private(kept)
    sync_directory(directory)
    manifest = Manifest(
        rialto=rialto.__version__,
        run=run,
        made_at_us=now_us,
        sequence=copied.sequence,
        time_us=copied.time_us,
        chain=copied.chain,
        schema=schema,
        tables=tables,
        master_key=fingerprint,
        files=(*known, *new_segments, *own),
    )
    layout.write_manifest(directory, manifest)
    return BackedUp(manifest, copied.segments_stored, sum(file.size for file in (*new_segments, *own)))


@contextmanager
def _key_kept(path: Path) -> Iterator[str | None]:
    """Keep the master key from being changed; yield its fingerprint, or None when there is no key."""
    if not path.exists():
        yield None
        return
    key = MasterKey.load(path)
    with key.sealing():
        if key.is_changing:
            raise MasterKeyUnusable(
                f"a change of {path} was begun and not finished, so that secrets are sealed under two keys; finish it "
                "with rialto keys reseal, then back up"
            )
        yield key.fingerprint


def _files_below(directory: Path, place: Path) -> list[Path]:
    """List the files of a run, relative to the backup's directory."""
    return sorted(path.relative_to(directory) for path in (directory / place).rglob("*") if path.is_file())


def _watermark(database_url: str) -> int:
    """Read up to where outcomes are in SQL: they got there after they were durable."""
    engine = open_engine(database_url, Access.READ_ONLY)
    try:
        with engine.connect() as connection:
            return connection.scalar(select(watermark.c.sequence)) or 0
    finally:
        engine.dispose()


def _copy_newest_snapshot(source: Path, target: Path, sequence: int) -> None:
    """Copy the newest snapshot of a state that the backup reaches. A snapshot only shortens a start: where it goes
    while it is copied, because a newer one came, the backup does without."""
    target.mkdir(mode=0o700)
    for held in kept_snapshots(source).sequences:
        if held > sequence:
            continue
        snapshot = snapshot_file(source, held)
        try:
            copy_file(snapshot, target / snapshot.name)
        except FileNotFoundError:
            (target / snapshot.name).unlink(missing_ok=True)
            _log.info("snapshot went while it was copied", file=str(snapshot))
            continue
        return
