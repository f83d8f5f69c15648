"""A replay from beginning to end: a fresh journal, the recording, and whether it came out as it went in.

Opens an exchange of its own on the recording's time, replays into it, closes it, verifies its journal, and reports.
Each part can be had on its own: `replayer` replays into an exchange that is already running.
"""

import asyncio
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from rialto.contracts.market import Candle
from rialto.contracts.queries import StateHash, StateHashAnswer
from rialto.core import journal
from rialto.core.runtime import Runtime
from rialto.foundation.clock import SettableClock
from rialto.foundation.failures import ExpectedFailure
from rialto.replay.comparison import INTERVAL, VIEWED_MAX, Comparison, Differences
from rialto.replay.instruments import infer
from rialto.replay.listing import Owners
from rialto.replay.recording import OnDamage, Recording
from rialto.replay.replayer import Counts, OnProgress, Replayer

OWNERS: Final = Owners(maker=1, taker=2)
"""Whose accounts trade in an exchange that a replay has to itself."""

GARBAGE_THRESHOLD: Final = 200_000
"""After how many more objects made than freed the collector looks."""


class JournalNotEmpty(ExpectedFailure):
    """The directory for the replay's journal holds something already."""


class ReplayReport(msgspec.Struct, frozen=True):
    """What a replay did, and whether what came out is what went in."""

    counts: Counts
    trades: Differences
    candles: Differences
    state_hash: str
    verified: journal.Report

    @property
    def is_equal(self) -> bool:
        """Whether trades and candles are as recorded, nothing was refused, and the journal replays to its state."""
        return (
            self.trades.different == 0
            and self.candles.different == 0
            and self.counts.refused == 0
            and self.trades.compared == self.counts.trades
            and self.verified.state_hash == self.state_hash
        )


async def replay(
    path: Path,
    journal_directory: Path,
    *,
    speed: Fraction | None = None,
    on_damage: OnDamage = OnDamage.SKIP,
    on_progress: OnProgress | None = None,
    on_lines_read: Callable[[int], object] | None = None,
) -> ReplayReport:
    """Replay a recording into a journal of its own and compare what came out with what went in.

    The directory must be new or empty. `on_lines_read` is told of the first reading, on a thread, `on_progress` of the
    replay. Errors: `RecordingUnreadable`, `UnreplayableRecording`, `JournalNotEmpty`, `JournalUnreadable`,
    `DamagedLine` unless damage is skipped.
    """
    recording = Recording(path)
    claim_directory(journal_directory)
    content = await asyncio.to_thread(infer, recording, on_damage, on_lines_read)
    clock, comparison = SettableClock(content.started_at_us), Comparison()
    opening = partial(Runtime.open, journal_directory, outcomes_from=1, on_outcomes=_ignore, clock=clock)
    runtime = await asyncio.to_thread(opening)
    try:
        await runtime.start()
        runtime.subscribe(comparison.accept)
        replayer = Replayer(
            recording,
            content,
            runtime,
            clock=clock,
            owners=OWNERS,
            on_damage=on_damage,
            speed=speed,
            comparison=comparison,
            on_progress=on_progress,
        )
        with _rare_collections():
            counts = await replayer.run()
        comparison.finish(replayer.symbols, partial(_newest_candles, runtime), clock.now_us())
        state = await runtime.ask(StateHash())
        assert isinstance(state, StateHashAnswer)
    finally:
        await runtime.close()
    verified = await asyncio.to_thread(journal.verify, journal_directory)
    return ReplayReport(counts, comparison.trades, comparison.candles, state.hash, verified)


def claim_directory(directory: Path) -> None:
    """Make the directory of a replay's journal. Errors: `JournalNotEmpty`, and those of the file system."""
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise JournalNotEmpty(
            f"{directory} is not an empty directory, and a replay needs a journal of its own; name a new directory"
        )
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Look for cyclic garbage less often: commands, futures and outcomes make none, and looking takes a fifth more."""
    thresholds = gc.get_threshold()
    gc.set_threshold(GARBAGE_THRESHOLD)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)


def _newest_candles(runtime: Runtime, symbol: int) -> list[Candle]:
    return runtime.market.candles(symbol, INTERVAL, start_us=None, end_us=None, limit=VIEWED_MAX)


def _ignore(_outcomes: object) -> None:
    """Take nothing: a new journal has no outcomes."""
