"""What a backup holds: `backup.json`, one line of facts and one line with their hash.

The first line names every other file with its size and hash. So whoever believes the manifest, which the second line
checks, can check everything.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from rialto.core.copies import file_hash
from rialto.foundation.failures import ExpectedFailure

NAME: Final = "backup.json"
LOCK_NAME: Final = "backup.lock"
SEGMENTS: Final = Path("segments")
JOURNAL: Final = Path("journal")
TABLES: Final = Path("tables")
SNAPSHOTS: Final = Path("snapshots")
SETTINGS_FILE: Final = Path("rialto.toml")
MASTER_KEY: Final = Path("master.key")

VERSION: Final = 1
KIND: Final = "rialto backup"


class DamagedBackup(ExpectedFailure):
    """A backup is not what was written, or there is none. The message names the file and what to do."""


class BackedUpFile(msgspec.Struct, frozen=True):
    """One file."""

    path: str
    """Relative to the backup's directory."""

    size: int
    """In bytes."""

    blake3: str


class BackedUpTable(msgspec.Struct, frozen=True):
    """One table of the database."""

    name: str
    rows: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the newest run of a backup left."""

    kind: str = KIND
    version: int = VERSION
    rialto: str
    """The version of the program that wrote it."""

    run: int
    """How many times it was written."""

    made_at_us: int
    """When this run began, in microseconds since the Unix epoch."""

    sequence: int
    """The last command in it."""

    time_us: int
    """The time of that command."""

    chain: str
    """The chain hash of the journal at its end."""

    schema: str
    """The revision of the database's schema."""

    tables: tuple[BackedUpTable, ...]
    """The tables, each after those it refers to."""

    master_key: str | None
    """The fingerprint of the key that secrets are sealed with; None when there was none."""

    files: tuple[BackedUpFile, ...]

    @property
    def directory(self) -> Path:
        """Where this run's own files lie, relative to the backup's directory."""
        return run_directory(self.run)

    @property
    def has_master_key(self) -> bool:
        """Tell whether the key lies in the backup."""
        path = str(self.directory / MASTER_KEY)
        return any(file.path == path for file in self.files)


class _Foot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sha256: str
    """Of the line before."""


class _Kind(msgspec.Struct, frozen=True):
    """The part of a manifest that every version of it has."""

    kind: str
    version: int


def _hash(facts: bytes) -> str:
    return hashlib.sha256(facts).hexdigest()


def run_directory(run: int) -> Path:
    """Name the directory of a run."""
    return Path(f"run-{run:08}")


def described(directory: Path, path: Path) -> BackedUpFile:
    """Describe a file of a backup."""
    size, blake3 = file_hash(directory / path)
    return BackedUpFile(path.as_posix(), size, blake3)


def read_manifest(directory: Path) -> Manifest:
    """Read what a backup holds.

    Errors: `DamagedBackup`, also when there is none.
    """
    path = directory / NAME
    try:
        text = path.read_bytes()
    except FileNotFoundError as error:
        raise DamagedBackup(
            f"there is no whole backup in {directory}: {path} is missing; make one, or name another"
        ) from error
    facts, _, foot = text.partition(b"\n")
    try:
        stated = msgspec.json.decode(foot, type=_Foot).sha256
        if stated != _hash(facts):
            raise DamagedBackup(f"{path} is damaged: its hash is not {stated}; use another copy of this backup")
        kind = msgspec.json.decode(facts, type=_Kind)
        if (kind.kind, kind.version) != (KIND, VERSION):
            raise DamagedBackup(
                f"{path} is of kind {kind.kind!r}, version {kind.version}; this release reads {KIND!r}, "
                f"version {VERSION}: use the release that wrote it"
            )
        return msgspec.json.decode(facts, type=Manifest)
    except msgspec.MsgspecError as error:
        raise DamagedBackup(f"{path} is damaged: {error}; use another copy of this backup") from error


def write_manifest(directory: Path, manifest: Manifest) -> None:
    """Replace what a backup is said to hold, durably and all at once."""
    facts = msgspec.json.encode(manifest)
    unfinished = directory / f"{NAME}.tmp"
    with created(unfinished) as file:
        file.write(facts + b"\n" + msgspec.json.encode(_Foot(_hash(facts))) + b"\n")
    unfinished.replace(directory / NAME)
    sync_directory(directory)


@contextmanager
def created(path: Path) -> Iterator[BinaryIO]:
    """Create a file, or empty it, that its owner alone can read; have it on the disk at the end."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def copy_file(source: Path, target: Path) -> None:
    """Copy a file to one that its owner alone can read, and have that on the disk."""
    with source.open("rb") as read, created(target) as written:
        shutil.copyfileobj(read, written, 1 << 20)


def sync_directory(directory: Path) -> None:
    """Have the names in a directory on the disk."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_private(directory: Path) -> None:
    """Let the owner alone read everything in a directory, and have its names on the disk."""
    for path in (*directory.rglob("*"), directory):
        path.chmod(0o700 if path.is_dir() else 0o600)
        if path.is_dir():
            sync_directory(path)
