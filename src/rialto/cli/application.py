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

from rialto.foundation import logging
from rialto.foundation.configuration import Settings, read_settings
from rialto.foundation.failures import ExpectedFailure

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A digital-asset exchange anyone can run.",
)

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


def is_expected(failure: Exception) -> bool:
    """Tell whether an operator can put it right; it is said without a traceback then."""
    # Looked up when something has failed: importing them takes longer than many a command.
    from sqlalchemy.exc import SQLAlchemyError

    from rialto.core.errors import JournalUnreadable, ReplicaDiverged, SnapshotFailed

    told = (ExpectedFailure, OSError, SQLAlchemyError, JournalUnreadable, ReplicaDiverged, SnapshotFailed)
    return isinstance(failure, told)


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
