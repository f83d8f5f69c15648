"""Watches that a replica follows the log: how far it is behind, and that it does not stand still while the log goes on.

The reader replaces a consumer that stalls; this is the look from the other end, over everything between the log and the
last outcome that is durable here. Whatever makes a replica stand still, known or not, ends its process, so that it is
started anew or missed: a replica that only seems to follow would be found out when it is needed.

State: where the log ended when last seen, and for how many looks nothing has moved.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final, NoReturn

import structlog

from rialto.core.cluster.connection import CLUSTER_ERRORS, Cluster, bounded
from rialto.core.cluster.names import COMMANDS
from rialto.core.errors import LogUnusable

LOOK_EVERY_S: Final = 1.0
LOOKS_STILL_MAX: Final = 20
"""How many looks in a row may find a replica behind where it was before. Counted and not timed, so that whoever was
paused himself gets as many again."""

_log = structlog.stdlib.get_logger(__name__)


class LogWatch:
    """One replica's distance from the end of the log."""

    def __init__(self, cluster: Cluster, position: Callable[[], int]) -> None:
        """`position` is the last command of the log that is applied and durable here."""
        self._cluster = cluster
        self._position = position
        self._seen_s: float | None = None
        self._still = 0
        self._position_before = position()
        self.ends_at: int | None = None
        """The last command in the log, when it was last seen; None before the first look."""

    @property
    def lag(self) -> int | None:
        """How many commands are in the log and not applied here, or None before the first look."""
        return None if self.ends_at is None else max(0, self.ends_at - self._position())

    @property
    def age_us(self) -> int | None:
        """How long ago the end of the log was seen, in microseconds, or None before the first look."""
        return None if self._seen_s is None else int((time.monotonic() - self._seen_s) * 1_000_000)

    async def watch(self, look_every_s: float = LOOK_EVERY_S) -> NoReturn:
        """Look again and again. Errors: `LogUnusable`, when this replica stands still while the log goes on."""
        while True:
            await asyncio.sleep(look_every_s)
            try:
                state = (await bounded(self._cluster.streams.stream_info(COMMANDS))).state
            except CLUSTER_ERRORS as error:
                _log.debug("end of the log not seen", error=repr(error))
                continue
            self.ends_at, self._seen_s = state.last_seq, time.monotonic()
            self._judge(self._position())

    def _judge(self, position: int) -> None:
        assert self.ends_at is not None
        is_still = position == self._position_before < self.ends_at
        self._still = self._still + 1 if is_still else 0
        self._position_before = position
        if self._still >= LOOKS_STILL_MAX:
            raise LogUnusable(
                f"this replica stands still at {position} while {COMMANDS} ends at {self.ends_at}, and nothing said "
                "why; it ends, so that it is started again"
            )
