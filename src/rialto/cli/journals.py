"""`rialto verify`, `rebuild` and `publish-history`: what a journal holds, and everything derived from it."""

import time
from pathlib import Path
from typing import Annotated

import typer

from rialto import bootstrap
from rialto.cli.application import Data, DatabaseUrl, LogLevel, Progress, app, fail, settings_of
from rialto.core import journal


@app.command()
def verify(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A data directory, or a journal itself.")] = Path(
        "data"
    ),
    quick: Annotated[
        bool, typer.Option("--quick", help="Begin with the newest sound snapshot instead of the first command.")
    ] = False,
) -> None:
    """Replay a journal, check conservation and every recorded state hash, and print what it holds."""
    inner = bootstrap.journal_directory(directory)
    journal_directory = inner if inner.is_dir() else directory
    if not journal_directory.is_dir():
        fail(f"there is no directory {directory}; name the data directory of an exchange")
    snapshots = bootstrap.snapshot_directory(journal_directory.parent) if quick else None
    report = journal.verify(journal_directory, Progress("Verifying"), snapshots)
    if quick:
        begun = (
            "no sound snapshot: everything" if report.snapshot is None else f"the commands after {report.snapshot:,}"
        )
        print(f"verified     {begun}")
    print(f"commands     {report.sequence:>16,}  ({report.refused:,} refused)")
    for name, count in report.counts:
        print(f"{name:<12} {count:>16,}")
    print(f"state hashes {report.checkpoints:>16,}  recorded, all equal to the replayed ones")
    print(f"state hash   {report.state_hash}")
    print("sound: every frame and hash is whole, every asset sums to zero, everything locked is owed")


@app.command()
def rebuild(data: Data = None, database_url: DatabaseUrl = None, log_level: LogLevel = None) -> None:
    """Write orders, fills, ledger and candles anew from the journal. The exchange must not be running."""
    settings = settings_of(data_directory=data, database_url=database_url, log_level=log_level)
    started = time.monotonic()
    sequence = bootstrap.rebuild_projections(settings, Progress("Rebuilding"))
    print(f"rebuilt from {sequence:,} commands in {time.monotonic() - started:.1f} s")


@app.command()
def publish_history(data: Data = None, database_url: DatabaseUrl = None, log_level: LogLevel = None) -> None:
    """Write the files of historical market data that are missing. The exchange must not be running."""
    settings = settings_of(data_directory=data, database_url=database_url, log_level=log_level)
    started = time.monotonic()
    published = bootstrap.publish_history(
        settings, Progress("Publishing", "files"), Progress("Replaying the journal", "commands")
    )
    directory = bootstrap.portal_directory(settings)
    print(
        f"wrote {published.files:,} files of {published.trades:,} trades into {directory} "
        f"in {time.monotonic() - started:.1f} s"
    )
