"""What every command shares: the application, the common options, settings, failures, progress, the event loop."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn, TypeVar

import typer
import uvloop
from sqlalchemy.exc import SQLAlchemyError

from rialto.admin.asking import ActionRefused, NotRunning
from rialto.backup.manifest import DamagedBackup
from rialto.backup.restoring import MasterKeyMissing, NothingToRestore, TargetNotEmpty
from rialto.backup.tables import DatabaseNotEmpty, UndeclaredTable
from rialto.backup.writing import BackupUnderWay, NotABackup
from rialto.bootstrap import NoExchange
from rialto.core.cluster.checkpoints import StatesDiffer
from rialto.core.errors import ClusterUnreachable, JournalUnreadable, LogUnusable, ReplicaDiverged, SnapshotFailed
from rialto.demo.definition import InvalidDefinition
from rialto.demo.demo_keys import DemoKeyUnavailable
from rialto.demo.founding import FoundingRefused
from rialto.foundation import logging
from rialto.foundation.configuration import InvalidConfiguration, Settings, read_settings
from rialto.foundation.database import InvalidDatabaseUrl, NewerDatabase
from rialto.foundation.secrets import BrokenSeal, MasterKeyUnusable
from rialto.gateway.server import PortUnavailable
from rialto.identity.api_keys import InvalidApiKey, NoSuchApiKey, TooManyApiKeys
from rialto.identity.restrictions import InvalidRestriction
from rialto.identity.signatures import InvalidPublicKey
from rialto.projections.projector import ProjectionsAhead
from rialto.replay.instruments import UnreplayableRecording
from rialto.replay.recorder import InvalidStream, RecordingExists, ServerUnreachable
from rialto.replay.recording import DamagedLine, RecordingUnreadable
from rialto.replay.session import JournalNotEmpty

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A digital-asset exchange anyone can run.",
)

EXPECTED_FAILURES: Final = (
    ActionRefused,
    BackupUnderWay,
    BrokenSeal,
    ClusterUnreachable,
    DamagedBackup,
    DamagedLine,
    DatabaseNotEmpty,
    DemoKeyUnavailable,
    FoundingRefused,
    InvalidApiKey,
    InvalidConfiguration,
    InvalidDatabaseUrl,
    InvalidDefinition,
    InvalidPublicKey,
    InvalidRestriction,
    InvalidStream,
    JournalNotEmpty,
    JournalUnreadable,
    LogUnusable,
    MasterKeyMissing,
    MasterKeyUnusable,
    NewerDatabase,
    NoExchange,
    NoSuchApiKey,
    NotABackup,
    NotRunning,
    NothingToRestore,
    OSError,
    PortUnavailable,
    ProjectionsAhead,
    RecordingExists,
    RecordingUnreadable,
    ReplicaDiverged,
    SQLAlchemyError,
    ServerUnreachable,
    SnapshotFailed,
    StatesDiffer,
    TargetNotEmpty,
    TooManyApiKeys,
    UndeclaredTable,
    UnreplayableRecording,
)
"""What an operator can put right; said without a traceback."""

PROGRESS_PERIOD_S: Final = 0.5
EXIT_INTERRUPTED: Final = 130

Data = Annotated[Path | None, typer.Option("--data", help="Where everything is kept.", show_default="data")]
DatabaseUrl = Annotated[
    str | None, typer.Option("--database-url", help="sqlite:///file or postgresql://user:password@host/name.")
]
LogLevel = Annotated[str | None, typer.Option("--log-level", help="debug, info, warning or error.")]

T = TypeVar("T")


def fail(message: str) -> NoReturn:
    """Say what is wrong and exit."""
    print(f"rialto: {message}", file=sys.stderr)
    raise SystemExit(1)


def settings_of(**arguments: object) -> Settings:
    """Read the settings and set up the log."""
    settings = read_settings(os.environ, arguments)
    logging.configure(settings.log_level)
    return settings


class Progress:
    """Says how far something is, at most twice a second, and only when it takes long enough to wonder."""

    def __init__(self, what: str, of_what: str = "commands") -> None:
        self._what = what
        self._of_what = of_what
        self._started = self._said = time.monotonic()

    def __call__(self, count: int) -> None:
        """Note how far it is."""
        now = time.monotonic()
        if count and now - self._said >= PROGRESS_PERIOD_S:
            self._said = now
            print(f"{self._what}: {count:,} {self._of_what} in {now - self._started:.1f} s", file=sys.stderr)


def run_until_stopped(serving: Callable[[asyncio.Event], Coroutine[Any, Any, T]]) -> T:
    """Run on a fast event loop; the first SIGINT or SIGTERM asks to stop, the second insists."""

    async def with_signals() -> T:
        stop = asyncio.Event()

        def on_signal() -> None:
            if stop.is_set():
                raise SystemExit(EXIT_INTERRUPTED)
            stop.set()

        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, on_signal)
        return await serving(stop)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(with_signals())
