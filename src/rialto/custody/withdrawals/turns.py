"""One owner's money leaves by one request at a time: what two at once would each find unused, is used by one of them.

In this process a lock sees to it, and where several processes serve the same people, one of PostgreSQL's: each process
holds it on a connection of its own for as long as the request takes. A process that dies gives it back.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from weakref import WeakValueDictionary

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from rialto.core.errors import RuntimeBusy
from rialto.foundation.database import one_at_a_time

CONNECTIONS: Final = 4
"""Owners of this process whose requests are under way at once; further ones wait."""

_LONGEST_WAIT: Final = "SET LOCAL lock_timeout = '10s'"


class Turns:
    """The turns. Belongs to one event loop."""

    def __init__(self, engine: Engine) -> None:
        """`engine` has `CONNECTIONS` for nothing else."""
        self._engine = engine
        self._is_shared = engine.dialect.name == "postgresql"
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, owner: int) -> AsyncIterator[None]:
        """Wait for an owner's turn, and have it. Errors: `RuntimeBusy` where others take too long."""
        lock = self._locks.setdefault(owner, asyncio.Lock())
        async with lock:
            if not self._is_shared:
                yield
                return
            taking = asyncio.ensure_future(asyncio.to_thread(self._take, owner))
            try:
                connection = await asyncio.shield(taking)
            except asyncio.CancelledError:
                taking.add_done_callback(_close_what_was_taken)
                raise
            try:
                yield
            finally:
                await asyncio.shield(asyncio.to_thread(connection.close))

    def _take(self, owner: int) -> Connection:
        try:
            connection = self._engine.connect()
        except NoConnection as error:
            raise RuntimeBusy("too many ask for money to leave; try again") from error
        try:
            connection.execute(text(_LONGEST_WAIT))
            one_at_a_time(connection, f"money of {owner} leaves")
        except BaseException as error:
            connection.close()
            if isinstance(error, OperationalError):
                raise RuntimeBusy(f"another request of owner {owner} takes long; try again") from error
            raise
        return connection


def _close_what_was_taken(taking: "asyncio.Future[Connection]") -> None:
    if not taking.cancelled() and taking.exception() is None:
        taking.result().close()
