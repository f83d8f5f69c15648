"""Reading journals that this process does not write: verifying them and replaying their outcomes."""

import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec

import rialto_core
from rialto.contracts.events import Outcome
from rialto_core import Report

__all__ = ["Report", "has_closed_segment", "replayed_outcomes", "verify"]

_outcomes = msgspec.msgpack.Decoder(list[Outcome])

LISTS_AHEAD_MAX: Final = 4
"""How many lists of outcomes the replay may be ahead of their reader."""

JOIN_TIMEOUT: Final = 0.01
"""Seconds between looks at a replay that was told to end."""


def has_closed_segment(directory: Path) -> bool:
    """Tell whether a journal has a segment that nobody writes to any more. Errors: `JournalUnreadable`."""
    return (rialto_core.newest_segment(directory) or 1) > 1


def verify(
    directory: Path, on_progress: Callable[[int], object] | None = None, snapshots: Path | None = None
) -> Report:
    """Replay a journal, check every recorded state hash, and recount everything at its end. Reads only.

    With `snapshots`, only what follows the newest sound one is replayed and checked.

    Errors: `JournalUnreadable`.
    """
    return rialto_core.verify(directory, snapshots=snapshots, on_progress=on_progress)


def replayed_outcomes(directory: Path, outcomes_from: int = 1) -> Iterator[list[Outcome]]:
    """Replay a journal on a thread and yield its outcomes in lists, in order.

    Errors: `JournalUnreadable`, after the lists before the damage.
    """
    lists: queue.Queue[bytes | BaseException | None] = queue.Queue(LISTS_AHEAD_MAX)
    is_abandoned = threading.Event()

    def hand_over(encoded: bytes) -> None:
        if is_abandoned.is_set():
            raise InterruptedError("nobody reads on")
        lists.put(encoded)

    def run() -> None:
        try:
            rialto_core.replay(directory, outcomes_from=outcomes_from, on_outcomes=hand_over)
        except BaseException as error:
            lists.put(error)
        else:
            lists.put(None)

    thread = threading.Thread(target=run, name="replay", daemon=True)
    thread.start()
    try:
        while (item := lists.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield _outcomes.decode(item)
    finally:
        is_abandoned.set()
        while thread.is_alive():
            while not lists.empty():
                lists.get_nowait()
            thread.join(JOIN_TIMEOUT)
