"""Restoring an exchange from a backup: to its end, to a sequence number or to a time.

    backup checked ─▶ key and target looked at ─▶ <data>.restoring: journal, settings, snapshots, key, people
                   ─▶ replayed ─▶ renamed to <data>

Until the rename nothing has the name that an exchange could be started on. The people's tables are those of the whole
backup, also for an earlier point of the journal: they know everyone that point knows. Projections are not restored: the
first start writes them from the journal.
"""

import re
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from rialto.backup import manifest as layout
from rialto.backup.checking import check_files
from rialto.backup.manifest import DamagedBackup, Manifest, copy_file, created, make_private, sync_directory
from rialto.backup.tables import check_empty, import_tables
from rialto.core import journal
from rialto.core.copies import restore_journal
from rialto.core.journal import Report
from rialto.core.snapshots import kept_snapshots, snapshot_file
from rialto.foundation.configuration import Settings
from rialto.foundation.failures import ExpectedFailure
from rialto.foundation.migrating import migrate
from rialto.foundation.secrets import MasterKey

OnProgress = Callable[[int], object]

ARCHIVE: Final = Path("..") / "archive"
"""Where closed segments go, seen from the journal's directory: the default of an exchange."""

SQLITE_NAME: Final = "rialto.sqlite"


class TargetNotEmpty(ExpectedFailure):
    """There is something where the exchange should be restored to."""


class MasterKeyMissing(ExpectedFailure):
    """The backup was made without the master key, and none, or another one, was given."""


class NothingToRestore(ExpectedFailure):
    """The backup has no command at or before the point that was asked for."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """What to restore, and where to."""

    data: Path
    database_url: str | None = None
    """An empty database; None is SQLite in the data directory."""

    to_sequence: int | None = None
    to_time_us: int | None = None
    master_key: Path | None = None
    """The file of the key, for a backup without it."""


@dataclass(frozen=True)
class Restored:
    """What was restored."""

    manifest: Manifest
    report: Report
    settings_dropped: tuple[str, ...]
    """Settings that would have reached outside the new data directory."""


@dataclass(frozen=True)
class Listeners:
    """Who is told how far each long step is."""

    on_files: OnProgress | None = None
    on_journal: OnProgress | None = None
    on_replay: OnProgress | None = None


def restore(directory: Path, target: Target, listeners: Listeners | None = None) -> Restored:
    """Restore a backup into a directory that is not there yet or is empty.

    Errors: `TargetNotEmpty`, `DatabaseNotEmpty`, `MasterKeyMissing`, `NothingToRestore`, `DamagedBackup`,
    `JournalUnreadable`, OSError, SQLAlchemy's own. After any of them there is no exchange in the data directory; a
    database of the operator's own may then hold the people's tables, and is to be emptied before another try.
    """
    listeners = listeners or Listeners()
    _check_target(target)
    manifest = check_files(directory, listeners.on_files)
    key = _master_key(directory, manifest, target.master_key)
    unfinished = target.data.with_name(f"{target.data.name}.restoring")
    if unfinished.exists():
        shutil.rmtree(unfinished)
    unfinished.mkdir(mode=0o700, parents=True)
    try:
        report = _restore_journal(directory, manifest, unfinished, target, listeners)
        dropped = _restore_settings(directory / manifest.directory / layout.SETTINGS_FILE, unfinished, target)
        _restore_snapshots(directory / manifest.directory / layout.SNAPSHOTS, unfinished, report.sequence)
        if key is not None:
            copy_file(key, unfinished / layout.MASTER_KEY)
        _restore_tables(directory, manifest, unfinished, target)
        make_private(unfinished)
        unfinished.rename(target.data)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    sync_directory(target.data.absolute().parent)
    return Restored(manifest, report, dropped)


def _check_target(target: Target) -> None:
    if target.data.exists() and (not target.data.is_dir() or any(target.data.iterdir())):
        raise TargetNotEmpty(f"{target.data} is there and is not empty; name a directory that is not there yet")
    if target.database_url is not None:
        check_empty(target.database_url)


def _master_key(directory: Path, manifest: Manifest, given: Path | None) -> Path | None:
    """Find the file of the key that the people's secrets are sealed with.

    Errors: `MasterKeyMissing`, `MasterKeyUnusable`.
    """
    if manifest.master_key is None:
        return None
    path = directory / manifest.directory / layout.MASTER_KEY if manifest.has_master_key else given
    if path is None:
        raise MasterKeyMissing(
            f"the backup in {directory} was made without the master key, and without it no secret of an API key opens: "
            "give its file with --master-key"
        )
    if MasterKey.load(path).fingerprint != manifest.master_key:
        raise MasterKeyMissing(
            f"{path} is another key than the one the backup's secrets are sealed with; give that one"
        )
    return path


def _restore_journal(
    directory: Path, manifest: Manifest, unfinished: Path, target: Target, listeners: Listeners
) -> Report:
    place = unfinished / layout.JOURNAL
    place.mkdir(mode=0o700)
    restored = restore_journal(
        directory / manifest.directory / layout.JOURNAL,
        place,
        archive=ARCHIVE,
        to_sequence=target.to_sequence,
        to_time_us=target.to_time_us,
        on_progress=listeners.on_journal,
    )
    if restored.sequence == 0:
        raise NothingToRestore(f"the backup in {directory} has no command at or before that point; name a later one")
    report = journal.verify(place, listeners.on_replay)
    if report.sequence != restored.sequence:
        raise DamagedBackup(f"the restored journal ends at {report.sequence} and not at {restored.sequence}; try again")
    return report


def _restore_settings(source: Path, unfinished: Path, target: Target) -> tuple[str, ...]:
    """Write the settings anew, without those that name the old exchange's database or directories outside its own:
    two exchanges must not write to one place. Return the names of what was left out."""
    text = source.read_text(encoding="utf-8") if source.exists() else ""
    values = tomllib.loads(text)
    paths = [field.name for field in msgspec.structs.fields(Settings) if field.type is Path]
    dropped = [name for name in paths if Path(str(values.get(name, ""))).is_absolute()]
    dropped += ["database_url"] if "database_url" in values else []
    for name in dropped:
        text = re.sub(rf"(?m)^(\s*[\"']?{name}[\"']?\s*=.*)$", r"# not restored: \1", text)
    if target.database_url is not None:
        text = f"database_url = {msgspec.json.encode(target.database_url).decode()}\n{text}"
    kept = {name: value for name, value in values.items() if name not in dropped}
    if {name: value for name, value in tomllib.loads(text).items() if name != "database_url"} != kept:
        raise DamagedBackup(
            f"{source} spells {', '.join(dropped)} in a way that cannot be left out; write each on a line of its own"
        )
    if text:
        with created(unfinished / layout.SETTINGS_FILE) as file:
            file.write(text.encode())
    return tuple(dropped)


def _restore_snapshots(source: Path, unfinished: Path, sequence: int) -> None:
    """Copy those of states that the restored journal comes to; what a snapshot holds is checked where it is used."""
    for held in kept_snapshots(source).sequences:
        if held <= sequence:
            snapshot = snapshot_file(source, held)
            (unfinished / layout.SNAPSHOTS).mkdir(mode=0o700, exist_ok=True)
            copy_file(snapshot, unfinished / layout.SNAPSHOTS / snapshot.name)


def _restore_tables(directory: Path, manifest: Manifest, unfinished: Path, target: Target) -> None:
    url = target.database_url or f"sqlite:///{(unfinished / SQLITE_NAME).absolute()}"
    migrate(url, manifest.schema)
    import_tables(url, directory / manifest.directory / layout.TABLES, manifest.tables)
    migrate(url)
