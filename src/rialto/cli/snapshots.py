"""`rialto snapshot`: the state as a file, so that the next start need not replay everything."""

import time
from typing import Annotated

import typer

from rialto import bootstrap
from rialto.cli.application import Data, LogLevel, Progress, app, fail, settings_of
from rialto.core.snapshots import kept_snapshots, take_snapshot


@app.command()
def snapshot(
    data: Data = None,
    list_only: Annotated[bool, typer.Option("--list", help="Only say which snapshots there are.")] = False,
    log_level: LogLevel = None,
) -> None:
    """Write a snapshot now. Beside a running exchange it is of the last closed segment of its journal."""
    settings = settings_of(data_directory=data, log_level=log_level)
    journal = bootstrap.journal_directory(settings.data_directory)
    snapshots = bootstrap.snapshot_directory(settings.data_directory)
    if not journal.is_dir():
        fail(f"there is no journal in {settings.data_directory}; name the data directory of an exchange")
    started = time.monotonic()
    written = None if list_only else take_snapshot(journal, snapshots, Progress("Replaying the journal"))
    if written is not None:
        of_what = "the last closed segment" if written.is_beside_live else "the end of the journal"
        print(
            f"wrote {written.path}: {written.bytes:,} bytes in {time.monotonic() - started:.1f} s, "
            f"of command {written.sequence:,}, {of_what}"
        )
    elif not list_only:
        print("nothing to write: there is no command that the newest snapshot does not have")
    kept = kept_snapshots(snapshots)
    for sequence in kept.sequences:
        print(f"kept: snapshot of command {sequence:,}")
    if kept.retain_from is not None:
        print(f"the journal before command {kept.retain_from:,} is not needed to start")
