"""The command line: `rialto run | replay | record | verify | rebuild | demo-key`.

Reads arguments, calls what does the work, and says in plain words what came of it. Exit code 0 means done, 1 that
something is wrong and said on standard error, 2 that the arguments are.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn

import structlog
import typer
import uvloop
from sqlalchemy.exc import SQLAlchemyError

import rialto
from rialto import bootstrap
from rialto.core import journal
from rialto.core.errors import JournalUnreadable
from rialto.foundation import logging
from rialto.foundation.configuration import InvalidConfiguration, Settings, read_settings
from rialto.foundation.database import InvalidDatabaseUrl, NewerDatabase
from rialto.foundation.secrets import BrokenSeal, MasterKeyUnusable
from rialto.gateway.server import PortUnavailable
from rialto.projections.projector import ProjectionsAhead

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A digital-asset exchange anyone can run.",
)

EXPECTED_FAILURES = (
    BrokenSeal,
    InvalidConfiguration,
    InvalidDatabaseUrl,
    JournalUnreadable,
    MasterKeyUnusable,
    NewerDatabase,
    PortUnavailable,
    SQLAlchemyError,
    ProjectionsAhead,
)
"""What an operator can put right; said without a traceback."""

Data = Annotated[Path | None, typer.Option("--data", help="Where everything is kept.", show_default="data")]
DatabaseUrl = Annotated[
    str | None, typer.Option("--database-url", help="sqlite:///file or postgresql://user:password@host/name.")
]
LogLevel = Annotated[str | None, typer.Option("--log-level", help="debug, info, warning or error.")]


def main() -> None:
    """Run the command line. What it writes is its owner's alone to read."""
    os.umask(0o077)
    try:
        app()
    except EXPECTED_FAILURES as failure:
        fail(str(failure))


def fail(message: str) -> NoReturn:
    """Say what is wrong and exit."""
    print(f"rialto: {message}", file=sys.stderr)
    raise SystemExit(1)


def settings_of(**arguments: object) -> Settings:
    """Read the settings and set up the log."""
    settings = read_settings(os.environ, arguments)
    logging.configure(settings.log_level)
    return settings


class ReplayProgress:
    """Says how far a replay is, at most twice a second, and only when it takes long enough to wonder."""

    PERIOD_S = 0.5

    def __init__(self, what: str) -> None:
        self._what = what
        self._started = self._said = time.monotonic()

    def __call__(self, sequence: int) -> None:
        """Note the sequence number reached."""
        now = time.monotonic()
        if now - self._said >= self.PERIOD_S:
            self._said = now
            print(f"{self._what}: {sequence:,} commands in {now - self._started:.1f} s", file=sys.stderr)


@app.command()
def run(
    demo: Annotated[bool, typer.Option("--demo", help="Found a demonstration exchange and keep it moving.")] = False,
    host: Annotated[str | None, typer.Option(help="The address to listen on.", show_default="127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.", show_default="8000")] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    log_level: LogLevel = None,
) -> None:
    """Run the exchange until it is told to stop."""
    settings = settings_of(host=host, port=port, data_directory=data, database_url=database_url, log_level=log_level)
    reason = run_until_stopped(lambda stop: serve(settings, stop, demo=demo))
    if reason is not None:
        fail(reason)


async def serve(settings: Settings, stop: asyncio.Event, *, demo: bool) -> str | None:
    """Run an exchange; return why it stopped by itself, or nothing when it was told to."""
    async with bootstrap.running_exchange(settings, ReplayProgress("Replaying the journal")) as exchange:
        address = f"[{settings.host}]" if ":" in settings.host else settings.host
        if demo:
            pass
        print(f"Rialto {rialto.__version__} is open on http://{address}:{exchange.port}", flush=True)
        return await first_of(stop, exchange.runtime.wait_stopped())


async def first_of(stop: asyncio.Event, ending: Coroutine[Any, Any, str]) -> str | None:
    """Wait until told to stop, or until something ended by itself: then return why."""
    told, ended = asyncio.create_task(stop.wait()), asyncio.create_task(ending)
    try:
        await asyncio.wait((told, ended), return_when=asyncio.FIRST_COMPLETED)
        return ended.result() if ended.done() else None
    finally:
        told.cancel()
        ended.cancel()


def run_until_stopped(serving: Callable[[asyncio.Event], Coroutine[Any, Any, str | None]]) -> str | None:
    """Run on a fast event loop; the first SIGINT or SIGTERM asks to stop, the second insists."""

    async def with_signals() -> str | None:
        stop = asyncio.Event()

        def on_signal() -> None:
            if stop.is_set():
                raise SystemExit(130)
            stop.set()

        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, on_signal)
        return await serving(stop)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(with_signals())


@app.command()
def verify(
    data: Annotated[Path, typer.Argument(help="A data directory, or a journal directory itself.")] = Path("data"),
) -> None:
    """Replay a journal, check conservation and every recorded state hash, and print what it holds."""
    directory = data / "journal" if (data / "journal").is_dir() else data
    if not directory.is_dir():
        fail(f"there is no directory {directory}; name the data directory of an exchange")
    report = journal.verify(directory, ReplayProgress("Verifying"))
    print(f"commands     {report.sequence:>16,}  ({report.refused:,} refused)")
    for name, count in report.counts:
        print(f"{name:<12} {count:>16,}")
    print(f"checkpoints  {report.checkpoints:>16,}  (recorded state hashes, all equal to the replayed ones)")
    print(f"state hash   {report.state_hash}")
    print("sound: every frame and hash is whole, every asset sums to zero, everything locked is owed")


@app.command()
def rebuild(data: Data = None, database_url: DatabaseUrl = None, log_level: LogLevel = None) -> None:
    """Write orders, fills, ledger and candles anew from the journal. The exchange must not be running."""
    settings = settings_of(data_directory=data, database_url=database_url, log_level=log_level)
    started = time.monotonic()
    sequence = bootstrap.rebuild_projections(settings, ReplayProgress("Rebuilding"))
    structlog.get_logger(__name__).debug("rebuilt", sequence=sequence)
    print(f"rebuilt from {sequence:,} commands in {time.monotonic() - started:.1f} s")
