"""`rialto run`: the exchange, until it is told to stop."""

import asyncio
import gc
import resource
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Annotated, Any, Final

import structlog
import typer

import rialto
from rialto import bootstrap
from rialto.cli.application import Data, DatabaseUrl, LogLevel, Progress, app, fail, run_until_stopped, settings_of
from rialto.cli.demonstration import key_lines
from rialto.core.errors import JournalUnreadable
from rialto.foundation.configuration import Settings

if TYPE_CHECKING:
    from rialto.bootstrap import Demonstration, Exchange

_log = structlog.stdlib.get_logger(__name__)

GARBAGE_THRESHOLD: Final = 10_000
"""After how many new objects the collector looks at the young ones."""


@app.command()
def run(
    demo: Annotated[bool, typer.Option("--demo", help="Found a demonstration exchange and keep it moving.")] = False,
    seed: Annotated[int, typer.Option(help="What the demonstration's prices wander by.")] = 1,
    past: Annotated[bool, typer.Option(help="Let the markets of a new demonstration have traded for two days.")] = True,
    host: Annotated[str | None, typer.Option(help="The address to listen on.", show_default="127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.", show_default="8000")] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    log_level: LogLevel = None,
) -> None:
    """Run the exchange until it is told to stop."""
    settings = settings_of(host=host, port=port, data_directory=data, database_url=database_url, log_level=log_level)
    demo_seed = seed if demo else None
    reason = run_until_stopped(lambda stop: _serve_embedded(settings, stop, demo_seed, has_past=demo and past))
    if reason is not None:
        _log.error("stopped by itself", reason=reason)
        fail(reason)


class StoppedWhileStarting(Exception):
    """A start was given up because the exchange was told to stop."""


async def _serve_embedded(
    settings: Settings, stop: asyncio.Event, demo_seed: int | None, *, has_past: bool
) -> str | None:
    """Run a whole exchange; a start that is given up because it was told to stop is no failure."""

    def until_stopped(said: Progress) -> Callable[[int], None]:
        def progress(count: int) -> None:
            if stop.is_set():
                raise StoppedWhileStarting
            said(count)

        return progress

    try:
        if demo_seed is not None and has_past:
            progress = until_stopped(Progress("Living the markets' past", "trades"))
            trades = await bootstrap.live_past(settings, demo_seed, progress)
            if trades:
                print(f"the markets have a past of two days: {trades:,} trades", flush=True)
        progress = until_stopped(Progress("Replaying the journal"))
        return await serve_exchange(bootstrap.running_exchange(settings, progress), stop, demo_seed)
    except StoppedWhileStarting:
        _log.info("stopped while starting")
        return None
    except JournalUnreadable as error:
        # The core tells of an exception in a listener by its name.
        if StoppedWhileStarting.__name__ not in str(error):
            raise
        _log.info("stopped while starting")
        return None


async def serve_exchange(
    running: "AbstractAsyncContextManager[Exchange]", stop: asyncio.Event, demo_seed: int | None
) -> str | None:
    """Run an exchange, or a gateway to one; return why it stopped by itself, or nothing when it was told to."""
    async with running as exchange:
        _spare_what_stays()
        _open_files_as_may_be()
        if demo_seed is None:
            _say_open(exchange)
            return await first_of(stop, exchange.runtime.wait_stopped())
        async with bootstrap.demonstrating(exchange, demo_seed) as demonstration:
            _say_demonstration(demonstration)
            _say_open(exchange)
            return await first_of(stop, exchange.runtime.wait_stopped())


def _spare_what_stays() -> None:
    """Take what there is from the start out of the garbage collector's sight: to look at it all holds up every request
    for a tenth of a second, again and again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD)


def _open_files_as_may_be() -> None:
    """Let there be as many sockets as the system allows: the limit that a shell hands down is often a thousand."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _say_open(exchange: "Exchange") -> None:
    host = exchange.settings.host
    address = f"[{host}]" if ":" in host else host
    for kind, port in exchange.fix_ports.items():
        print(f"FIX {kind.value} on tcp://{address}:{port}")
    print(f"Rialto {rialto.__version__} is open on http://{address}:{exchange.port}", flush=True)


def _say_demonstration(demonstration: "Demonstration") -> None:
    print(f"{len(demonstration.symbols)} symbols: {' '.join(demonstration.symbols)}")
    for key in demonstration.keys:
        print(key.name, *key_lines(key), sep="\n  ")
    if demonstration.card_pages is not None:
        print(f"cards are taken by a stand-in on {demonstration.card_pages}: try 4242 4242 4242 4242")


async def first_of(stop: asyncio.Event, ending: Coroutine[Any, Any, str]) -> str | None:
    """Wait until told to stop, or until something ended by itself: then return why."""
    told, ended = asyncio.create_task(stop.wait()), asyncio.create_task(ending)
    try:
        await asyncio.wait((told, ended), return_when=asyncio.FIRST_COMPLETED)
        return ended.result() if ended.done() else None
    finally:
        told.cancel()
        ended.cancel()
        # Whatever is canceled may have something to put in order before its surroundings go.
        await asyncio.gather(told, ended, return_exceptions=True)
