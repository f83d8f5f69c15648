"""`rialto backup`, `restore` and `archive`: copies of an exchange, and the part of its journal that is put away."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rialto import bootstrap
from rialto.cli.application import Data, DatabaseUrl, LogLevel, Progress, app, settings_of

if TYPE_CHECKING:
    from rialto.backup.manifest import Manifest

Directory = Annotated[Path, typer.Argument(metavar="DIRECTORY", help="The backup.")]

MICROSECONDS_PER_MILLISECOND = 1_000


@app.command()
def backup(
    directory: Directory,
    check_only: Annotated[
        bool, typer.Option("--check", help="Check a backup instead: every hash, and the journal by replaying it.")
    ] = False,
    with_master_key: Annotated[
        bool, typer.Option("--with-master-key", help="Put the key that opens people's secrets into the backup too.")
    ] = False,
    data: Data = None,
    database_url: DatabaseUrl = None,
    log_level: LogLevel = None,
) -> None:
    """Back an exchange up, running or not; a further run into the same directory copies only what is new."""
    if check_only:
        _check(directory)
        return
    settings = settings_of(data_directory=data, database_url=database_url, log_level=log_level)
    started = time.monotonic()
    done = bootstrap.back_up_exchange(
        settings, directory, with_master_key=with_master_key, on_progress=Progress("Copying the journal")
    )
    manifest = done.manifest
    print(f"backed up    {manifest.sequence:>16,}  commands, to {_time(manifest.time_us)}")
    _print_tables(manifest)
    print(f"new          {done.bytes_written:>16,}  bytes, {done.segments_stored:,} closed segments among them")
    print(f"chain hash   {manifest.chain}")
    if with_master_key:
        print("The master key is in this backup: whoever has it has every secret. Guard it like the exchange itself.")
    elif manifest.master_key is not None:
        key = bootstrap.master_key_path(settings)
        print(f"The master key is NOT in this backup. Keep a copy of {key} somewhere else: without it no secret of an")
        print("API key opens again; whoever has both has every secret.")
    print(f"run {manifest.run} of {directory} is whole, in {time.monotonic() - started:.1f} s")


def _check(directory: Path) -> None:
    from rialto.backup.checking import check

    manifest, report = check(directory, Progress("Reading", "bytes"), Progress("Replaying the journal"))
    print(f"commands     {report.sequence:>16,}  to {_time(report.time_us)}")
    _print_tables(manifest)
    print(f"files        {len(manifest.files):>16,}  of {sum(file.size for file in manifest.files):,} bytes, all whole")
    print(f"state hashes {report.checkpoints:>16,}  recorded, all equal to the replayed ones")
    print(f"state hash   {report.state_hash}")
    print(f"sound: run {manifest.run}, made {_time(manifest.made_at_us)} by Rialto {manifest.rialto}")


@app.command("restore")
def restore_exchange(
    directory: Directory,
    data: Annotated[Path, typer.Option("--data", help="Where to; must not be there yet, or be empty.")],
    to_sequence: Annotated[
        int | None, typer.Option("--to-sequence", min=1, help="The last command to restore.", show_default="all")
    ] = None,
    to_time: Annotated[
        str | None,
        typer.Option("--to-time", help="Restore what came until then: ISO 8601, or milliseconds since 1970."),
    ] = None,
    master_key: Annotated[
        Path | None, typer.Option("--master-key", help="The file of the key, for a backup made without it.")
    ] = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Restore an exchange from a backup, up to its end or an earlier point. Start it with rialto run --data."""
    from rialto.backup.restoring import Listeners, Target, restore

    if to_sequence is not None and to_time is not None:
        raise typer.BadParameter("give --to-sequence or --to-time, not both")
    started = time.monotonic()
    target = Target(
        data=data,
        database_url=database_url,
        to_sequence=to_sequence,
        to_time_us=None if to_time is None else time_us_of(to_time),
        master_key=master_key,
    )
    restored = restore(
        directory,
        target,
        Listeners(
            Progress("Checking", "bytes"), Progress("Copying the journal"), Progress("Replaying the restored journal")
        ),
    )
    report, manifest = restored.report, restored.manifest
    print(f"restored     {report.sequence:>16,}  of {manifest.sequence:,} commands, to {_time(report.time_us)}")
    _print_tables(manifest)
    print(f"state hash   {report.state_hash}")
    for name in restored.settings_dropped:
        print(f"left out     {name} of rialto.toml, which names a place of the old exchange")
    if report.sequence < manifest.sequence:
        print(f"People and keys are those of {_time(manifest.made_at_us)}, when the backup was made.")
    print(f"done in {time.monotonic() - started:.1f} s; history is written when it starts: rialto run --data {data}")


@app.command()
def archive(
    check_only: Annotated[
        bool, typer.Option("--check", help="Read every file, and check its hash and every frame in it.")
    ] = False,
    data: Data = None,
    log_level: LogLevel = None,
) -> None:
    """List what of the journal is archived, and where; a running exchange archives by itself."""
    settings = settings_of(data_directory=data, log_level=log_level)
    if check_only:
        archived = bootstrap.check_archived(settings, Progress("Checking the archive"))
    else:
        archived = bootstrap.list_archived(settings)
    for segment in archived:
        print(
            f"{segment.first_sequence:>14,} to {segment.last_sequence:>14,}  {_time(segment.first_time_us)}  "
            f"{segment.size:>12,} bytes  {os.path.normpath(segment.file)}"
        )
    whole = "all whole" if check_only else "not checked"
    print(f"{len(archived):,} segments of {sum(segment.size for segment in archived):,} bytes, {whole}")


def time_us_of(text: str) -> int:
    """Read a time: milliseconds since 1970, which mean that whole millisecond, or ISO 8601, in UTC unless it says.

    Errors: `BadParameter`.
    """
    if text.isdecimal():
        return (int(text) + 1) * MICROSECONDS_PER_MILLISECOND - 1
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no time; give 2026-01-31T12:00:00Z or 1769860800000") from error
    since = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _time(time_us: int) -> str:
    seconds, microseconds = divmod(time_us, 1_000_000)
    moment = datetime.fromtimestamp(seconds, UTC).replace(microsecond=microseconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _print_tables(manifest: "Manifest") -> None:
    for table in manifest.tables:
        print(f"{table.name:<12} {table.rows:>16,}")
