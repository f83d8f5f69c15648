"""The watermark, as readers of history need it: something that can be waited for.

The sequence number up to which projections are written stands in SQL, and whoever writes them knows it first. Who reads
history in another process looks it up there.
"""

import asyncio
import time
from typing import Final, Protocol

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from rialto.projections import tables
from rialto.projections.projector import ProjectionsBehind

LOOK_EVERY_S: Final = 0.01


class Watermark(Protocol):
    """Tells when projections have reached a sequence number."""

    async def wait_for(self, sequence: int, timeout: float) -> None:
        """Wait until everything up to a sequence number is written, `timeout` seconds at most.

        Errors: `ProjectionsBehind`, `ProjectionsStopped`.
        """


class WrittenElsewhere:
    """The watermark of projections that another process writes.

    State: the watermark as last read. One look at the database serves everybody who waits.
    """

    def __init__(self, engine: Engine) -> None:
        """`engine` may read."""
        self._engine = engine
        self._written = 0
        self._looking: asyncio.Task[None] | None = None

    @property
    def watermark(self) -> int:
        """The sequence number up to which everything was written when last looked at."""
        return self._written

    async def wait_for(self, sequence: int, timeout: float) -> None:
        """Wait until everything up to a sequence number is written, `timeout` seconds at most.

        Errors: `ProjectionsBehind`, also when the database cannot be read.
        """
        deadline = time.monotonic() + timeout
        while self._written < sequence:
            if time.monotonic() > deadline:
                raise ProjectionsBehind(
                    f"history is written up to {self._written}, {sequence} was needed within {timeout} s; try again"
                )
            try:
                await self.look()
            except SQLAlchemyError as error:
                raise ProjectionsBehind("the watermark of history cannot be read now; try again") from error
            if self._written < sequence:
                await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Read the watermark. Errors: SQLAlchemy's own."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(asyncio.to_thread(self._read))
        await asyncio.shield(self._looking)

    def _read(self) -> None:
        with self._engine.connect() as connection:
            self._written = connection.scalar(select(tables.watermark.c.sequence)) or 0
