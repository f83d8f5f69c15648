"""Moves closed segments of the journal to its archive while the exchange runs.

Looks now and then from where on the journal is needed close at hand, and archives what lies before. The work is done on
a thread of the lowest priority, so that trading is not slowed; what goes wrong is logged and tried again. Owns nothing:
what is archived stands in the journal's own list.
"""

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import structlog

from rialto.core.runtime import Runtime
from rialto.foundation.tasks import end

LOOK_EVERY_S: Final = 60.0
LOWEST_PRIORITY: Final = 19

_log = structlog.stdlib.get_logger(__name__)


class ArchivingJob:
    """Archives what is not needed close at hand, until stopped."""

    def __init__(
        self,
        runtime: Runtime,
        archive: Path,
        archivable_before: Callable[[], int | None],
        *,
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        """`archivable_before` names the command before which no start needs the journal; None means that it needs all.

        A relative `archive` begins at the journal's directory.
        """
        self._runtime = runtime
        self._archive = archive
        self._archivable_before = archivable_before
        self._look_every_s = look_every_s
        self._thread = ThreadPoolExecutor(1, "archive", initializer=_lower_priority)
        self._stopping = threading.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look, on the running loop."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop with the segment in hand, and return when nothing is being archived any more."""
        self._stopping.set()
        await end(self._task)
        await asyncio.to_thread(self._thread.shutdown)

    async def _run(self) -> None:
        while True:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._look)
            await asyncio.sleep(self._look_every_s)

    def _look(self) -> None:
        try:
            archivable_before = self._archivable_before()
            if archivable_before is None:
                return
            archived = 0
            while not self._stopping.is_set() and self._runtime.archive_before(
                self._archive, archivable_before, segments_max=1
            ):
                archived += 1
        # Whatever it is, the exchange goes on: every segment is still in one place or the other.
        except Exception:
            _log.exception("segments not archived; trying again", every_s=self._look_every_s)
            return
        if archived:
            _log.info("segments archived", segments=archived, before_sequence=archivable_before)


def _lower_priority() -> None:
    # Linux has priorities by thread; elsewhere the work is done at that of the process.
    if hasattr(os, "setpriority") and threading.get_native_id() != os.getpid():
        try:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOWEST_PRIORITY)
        except OSError as error:
            _log.info("archiving at usual priority", error=str(error))
