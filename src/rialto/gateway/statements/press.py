"""Has statements printed elsewhere: one at a time, a few waiting, one of each person.

The process is started for each and killed when nobody waits for it any more. Its input and output pass through the
event loop as bytes; nothing is computed here.
"""

import asyncio
import sys
from asyncio.subprocess import PIPE
from contextlib import suppress
from typing import Final

import msgspec
import structlog

from rialto.gateway.statements.paper import Order

WAITING_MAX: Final = 8
"""How many people's statements are being printed or wait for it."""

_log = structlog.stdlib.get_logger(__name__)


class PressBusy(Exception):
    """As many statements wait to be printed as may, or one of this person's does already."""


class PressFailed(Exception):
    """The process that prints did not print."""


class Press:
    """Prints. Belongs to one event loop."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(1)
        self._owners: set[int] = set()

    async def print(self, order: Order) -> bytes:
        """Print a statement. Errors: `PressBusy`, `PressFailed`."""
        if order.owner in self._owners or len(self._owners) >= WAITING_MAX:
            raise PressBusy(f"{len(self._owners)} statements are being printed or wait for it")
        self._owners.add(order.owner)
        try:
            async with self._turn:
                return await _print(msgspec.json.encode(order))
        finally:
            self._owners.discard(order.owner)


async def _print(order: bytes) -> bytes:
    program = (sys.executable, "-m", "rialto.gateway.statements.printing")
    process = await asyncio.create_subprocess_exec(*program, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    try:
        made, complaints = await process.communicate(order)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    if process.returncode != 0:
        _log.error("a statement was not printed", status=process.returncode, why=complaints.decode(errors="replace"))
        raise PressFailed(f"the process that prints ended with {process.returncode}")
    return made
