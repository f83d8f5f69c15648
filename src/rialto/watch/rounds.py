"""The rounds of a watchman: every second a look at disk, journal, projections and replica, and a line where needed.

What is found stands ready for scrapes and checks. A line is written when something changes for the worse or is well
again, not every second that it lasts; a slow sync is worth one each time, at most one a second.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

import msgspec
import structlog

from rialto.foundation.tasks import end
from rialto.watch.disk import DiskState, read_disk
from rialto.watch.health import Check

EVERY_S: Final = 1.0

_log = structlog.stdlib.get_logger(__name__)


class WatchedRuntime(Protocol):
    """The runtime, as far as it is looked at."""

    last_sequence: int

    def take_slowest_sync_us(self) -> int:
        """Return how long the slowest sync since the last call took."""


class WatchedProjector(Protocol):
    """The projections' writer, as far as it is looked at."""

    @property
    def lag(self) -> int:
        """How many outcomes are not written yet."""

    @property
    def watermark(self) -> int:
        """Up to where everything is written."""


class Bounds(msgspec.Struct, frozen=True):
    """When a line is needed."""

    free_bytes_min: int
    """Less room than this on the disk is low."""
    slow_sync_us: int
    """A sync that takes longer is slow."""
    lag_max: int
    """So many unwritten outcomes stop the exchange; half of it is behind."""


class Rounds:
    """Looks around."""

    def __init__(
        self,
        data_directory: Path,
        journal: Path,
        bounds: Bounds,
        runtime: WatchedRuntime,
        projector: WatchedProjector | None,
    ) -> None:
        self.disk: DiskState | None = None
        """What the disk was like at the last look; None while it could not be looked at."""
        self.bounds: Final = bounds
        self._data_directory = data_directory
        self._journal = journal
        self._runtime = runtime
        self._projector = projector
        self._task: asyncio.Task[None] | None = None
        self._is_said: dict[str, bool] = {}
        self._counted: dict[str, tuple[Callable[[], int], int]] = {}

    def say_growth(self, message: str, count: Callable[[], int]) -> None:
        """Write a line, with by how much, every second in which a count of something unwelcome has grown."""
        self._counted[message] = (count, count())

    async def start(self) -> None:
        """Look once, and go on in the background."""
        await self.look()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End."""
        await end(self._task)

    async def look(self) -> None:
        """Look around once."""
        try:
            self.disk = await asyncio.to_thread(read_disk, self._data_directory, self._journal)
        except OSError as error:
            self.disk = None
            self._tell("disk cannot be looked at", wrong=True, say=_log.error, reason=str(error))
        else:
            self._tell("disk cannot be looked at", wrong=False, say=_log.error)
            self._judge_disk(self.disk)
        slowest_us = self._runtime.take_slowest_sync_us()
        if slowest_us > self.bounds.slow_sync_us:
            allowed_ms = self.bounds.slow_sync_us // 1_000
            sequence = self._runtime.last_sequence
            _log.warning("slow sync of the journal", ms=slowest_us // 1_000, allowed_ms=allowed_ms, sequence=sequence)
        for message, (count, before) in self._counted.items():
            after = count()
            self._counted[message] = (count, after)
            if after > before:
                _log.warning(message, count=after - before, sequence=self._runtime.last_sequence)
        if self._projector is not None:
            lag, watermark = self._projector.lag, self._projector.watermark
            is_behind = lag > self.bounds.lag_max // 2
            self._tell("projections behind", wrong=is_behind, say=_log.warning, commands=lag, sequence=watermark)

    def disk_check(self) -> Check:
        """Tell whether there is room to go on."""
        if self.disk is None:
            return Check(False, "the disk cannot be looked at")
        free, least = self.disk.free_bytes, self.bounds.free_bytes_min
        return Check(free >= least, f"{free} bytes free, {least} needed")

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.look()
            except Exception:
                _log.exception("round failed; the next one is in a moment")

    def _judge_disk(self, disk: DiskState) -> None:
        free, least = disk.free_bytes, self.bounds.free_bytes_min
        self._tell(
            "disk space low", wrong=free < least, say=_log.error,
            free_bytes=free, needed_bytes=least, directory=str(self._data_directory),
        )  # fmt: skip
        replica = disk.replica
        if replica is not None:
            self._tell(
                "replica found the state unsound", wrong=not replica.is_sound, say=_log.error,
                sequence=replica.checked_sequence, wrong_is=replica.audit,
            )  # fmt: skip

    def _tell(self, message: str, *, wrong: bool, say: Callable[..., object], **fields: object) -> None:
        """Write a line when something becomes wrong, and when it is well again."""
        if wrong != self._is_said.get(message, False):
            self._is_said[message] = wrong
            if wrong:
                say(message, **fields)
            else:
                _log.info(f"over: {message}", **fields)
