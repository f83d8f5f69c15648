"""Locks of trading over the API: who is shut out, since when, until when, for what.

Owns the table `trading_locks` and, in memory, until when each owner is locked, so that asking costs no I/O. A further
lock within a day lasts twice as long as the one before. Writing blocks: off the event loop.
"""

from collections.abc import Callable
from typing import Final

import msgspec
from sqlalchemy import Engine, func, insert, select

from rialto.gateway.standing.ratios import TradingRules
from rialto.gateway.standing.tables import trading_locks

DAY_US: Final = 86_400_000_000


class TradingLock(msgspec.Struct, frozen=True):
    """One lock. Times are in microseconds."""

    owner: int
    locked_at_us: int
    until_us: int
    indicator: str
    symbol: str


class TradingLocks:
    """Everyone's locks."""

    def __init__(self, engine: Engine, rules: TradingRules) -> None:
        self._engine = engine
        self._rules = rules
        self._newest: dict[int, TradingLock] = {}
        self.refresh()

    def is_locked(self, owner: int, now_us: int) -> bool:
        """Tell whether an owner may place no orders over the API."""
        newest = self._newest.get(owner)
        return newest is not None and now_us < newest.until_us

    def locks_now(self, now_us: Callable[[], int]) -> Callable[[int], bool]:
        """Return what tells whether an owner is locked now, and looks at the clock for those only who ever were."""
        return lambda owner: owner in self._newest and self.is_locked(owner, now_us())

    def newest(self, owner: int) -> TradingLock | None:
        """Return an owner's last lock, over or not; None for who had none."""
        return self._newest.get(owner)

    def lock(self, owner: int, indicator: str, symbol: str, now_us: int) -> TradingLock:
        """Shut an owner out from now on."""
        earlier = select(func.count()).where(
            trading_locks.c.owner == owner, trading_locks.c.locked_at_us > now_us - DAY_US
        )
        with self._engine.begin() as connection:
            doublings = min(connection.scalar(earlier) or 0, 32)
            lasts_us = min(self._rules.lock_us_max, self._rules.lock_us_min << doublings)
            made = TradingLock(owner, now_us, now_us + lasts_us, indicator, symbol)
            connection.execute(insert(trading_locks).values(msgspec.structs.asdict(made)))
        self._newest = {**self._newest, owner: made}
        return made

    def refresh(self) -> None:
        """Take over the locks there are, of whatever process."""
        last = select(trading_locks.c.owner, func.max(trading_locks.c.locked_at_us).label("at")).group_by(
            trading_locks.c.owner
        )
        newest = last.subquery()
        columns = tuple(trading_locks.c[field] for field in TradingLock.__struct_fields__)
        statement = select(*columns).join(
            newest, (trading_locks.c.owner == newest.c.owner) & (trading_locks.c.locked_at_us == newest.c.at)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(statement).all()
        self._newest = {row.owner: TradingLock(*row) for row in rows}
