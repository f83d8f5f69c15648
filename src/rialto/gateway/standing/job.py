"""Looks at the ratios every half minute and locks whoever breaks the rules."""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog
from sqlalchemy import Engine, select

from rialto.core.catalog import Catalog
from rialto.foundation.tasks import end
from rialto.gateway.standing.locks import TradingLocks
from rialto.gateway.standing.ratios import Indicator, Ratios
from rialto.projections.tables import accounts

LOOKED_EVERY_S: Final = 30.0

_log = structlog.stdlib.get_logger(__name__)


class StandingJob:
    """The job. Who has no API key is no API trader, and is left alone."""

    def __init__(
        self,
        ratios: Ratios,
        locks: TradingLocks,
        engine: Engine,
        catalog: Catalog,
        has_keys: Callable[[int], bool],
        now_us: Callable[[], int],
    ) -> None:
        """`engine` reads whose accounts are."""
        self._ratios = ratios
        self._locks = locks
        self._engine = engine
        self._catalog = catalog
        self._has_keys = has_keys
        self._now_us = now_us
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look from now on."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Look no more."""
        await end(self._task)

    async def look(self) -> None:
        """Look once."""
        await asyncio.to_thread(self._locks.refresh)
        for account, symbol, indicator in self._ratios.triggered():
            owner = await asyncio.to_thread(self._owner_of, account)
            if owner is None:
                continue  # The account has not reached SQL yet: the next look finds it there.
            if self._has_keys(owner) and not self._locks.is_locked(owner, self._now_us()):
                await self._lock(owner, symbol, indicator)
            self._ratios.forget(account, symbol)

    async def _lock(self, owner: int, symbol: int, indicator: Indicator) -> None:
        name = self._catalog.symbol(symbol).name
        made = await asyncio.to_thread(self._locks.lock, owner, indicator.name, name, self._now_us())
        _log.warning(
            "trading over the API locked",
            owner=owner,
            symbol=name,
            indicator=indicator.name,
            orders=indicator.orders,
            until_us=made.until_us,
        )

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOKED_EVERY_S)
            try:
                await self.look()
            except Exception:
                _log.exception("ratios of API trading not looked at")

    def _owner_of(self, account: int) -> int | None:
        with self._engine.connect() as connection:
            owner: int | None = connection.scalar(select(accounts.c.owner).where(accounts.c.account == account))
        return owner
