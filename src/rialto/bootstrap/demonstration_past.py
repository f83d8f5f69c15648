"""The past of a demonstration, lived before the exchange opens.

It is lived in a journal of its own beside the exchange's, on a clock that begins in the past and is moved by what
trades. When that journal is whole and closed it takes the place of the exchange's, which is still empty: by a rename,
so that there is all of a past or nothing. The exchange then opens on it as after any stop, writes the projections from
it, and goes on by the machine's clock.
"""

import asyncio
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from rialto.backup.manifest import sync_directory
from rialto.bootstrap.directories import journal_directory
from rialto.bootstrap.people import open_api_keys, open_master_key
from rialto.bootstrap.preparing import prepare_data_directory
from rialto.bootstrap.product_projections import PRODUCT_PROJECTIONS
from rialto.demo.definition import read_definition
from rialto.demo.founding import found
from rialto.demo.past import PAST_US, PastRuntime, live
from rialto.foundation.clock import SettableClock, SystemClock
from rialto.foundation.configuration import Settings
from rialto.foundation.database import Access, open_engine
from rialto.foundation.failures import ExpectedFailure
from rialto.identity.owners import Owners
from rialto.projections.writer import Writer

UNFINISHED: Final = "journal.past"
NO_OUTCOMES: Final = 1 << 62
"""A sequence number beyond all."""


class BeingFounded(ExpectedFailure):
    """Another process gives the same exchange its past."""


async def live_past(settings: Settings, seed: int, on_progress: Callable[[int], object]) -> int:
    """Found a demonstration some time ago and let its markets live until now; return how many trades they have seen.

    Does nothing where there is an exchange already, and returns 0. `on_progress` is told of the number of trades; what
    it raises ends this, and leaves no past. Errors: `BeingFounded`, `FoundingRefused`, `JournalUnreadable`.
    """
    await asyncio.to_thread(prepare_data_directory, settings)
    directory = journal_directory(settings.data_directory)
    with _alone(directory):
        if any(directory.iterdir()) or _projected(settings):
            return 0
        unfinished = directory.with_name(UNFINISHED)
        if unfinished.exists():  # Whoever began it did not come to the end.
            shutil.rmtree(unfinished)
        unfinished.mkdir(mode=0o700)
        people = open_engine(settings.database_url, Access.DURABLE)
        try:
            trades = await _lived(settings, unfinished, people, seed, on_progress)
        except BaseException:
            shutil.rmtree(unfinished)
            raise
        finally:
            people.dispose()
        unfinished.rename(directory)
        sync_directory(directory.parent)
        return trades


async def _lived(
    settings: Settings, directory: Path, people: Engine, seed: int, on_progress: Callable[[int], object]
) -> int:
    machine = SystemClock()
    clock, definition = SettableClock(machine.now_us() - PAST_US), read_definition()
    runtime = await asyncio.to_thread(
        lambda: PastRuntime.open(
            directory,
            outcomes_from=NO_OUTCOMES,
            on_outcomes=lambda _outcomes: None,
            checkpoint_commands=settings.checkpoint_commands,
            segment_bytes_max=settings.segment_bytes_max,
            clock=clock,
        )
    )
    try:
        await runtime.start()
        api_keys = open_api_keys(settings, people, open_master_key(settings))
        # People and keys are made now: their times are the machine's.
        founded = await found(runtime, definition, Owners(people), api_keys, machine)
        return await live(runtime, clock, definition, founded.house, seed, on_progress)
    finally:
        await runtime.close()


def _projected(settings: Settings) -> int:
    """Tell up to where the projections are written: were there more than nothing, the journal would have been lost."""
    projections = open_engine(settings.database_url, Access.REBUILDABLE)
    try:
        return Writer(projections, PRODUCT_PROJECTIONS).watermark
    finally:
        projections.dispose()


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Hold a directory against whoever else would found here. Errors: `BeingFounded`."""
    held = os.open(directory, os.O_RDONLY)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BeingFounded(f"another process founds an exchange in {directory.parent}; wait for it") from None
        yield
    finally:
        os.close(held)
