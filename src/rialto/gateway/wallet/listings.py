"""What is announced of symbols and assets, and done when its time comes: openings, delistings, names and tags.

Operators schedule; a job looks every second and sets the symbol's status, so that what was announced happens whether or
not somebody is there. A symbol that is delisted takes no orders any more, and lets those that are open be canceled.

State: the tables of schedules, names and tags. Blocking: off the loop.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Final, NamedTuple

import structlog
from sqlalchemy import Engine, delete, insert, select, update

from rialto.contracts.commands import SetSymbolStatus
from rialto.contracts.symbol_rules import SymbolStatus
from rialto.core.runtime import Runtime
from rialto.foundation.failures import ExpectedFailure
from rialto.foundation.tasks import end
from rialto.gateway.wallet.tables import (
    NAME_LENGTH_MAX,
    TAG_LENGTH_MAX,
    asset_names,
    asset_tags,
    market_schedule,
)

LOOK_EVERY_S: Final = 1.0
TAGS_MAX: Final = 20

_log = structlog.stdlib.get_logger(__name__)


class Change(Enum):
    """What is to become of a symbol."""

    OPEN = "open"
    DELIST = "delist"


_STATUSES: Final = {Change.OPEN: SymbolStatus.TRADING, Change.DELIST: SymbolStatus.CANCEL_ONLY}


class InvalidListing(ExpectedFailure):
    """A schedule, a name or a tag that cannot be. The message says why."""


class Scheduled(NamedTuple):
    """A change of symbols at one time."""

    at_us: int
    symbols: tuple[str, ...]


class AssetNotes(NamedTuple):
    """What is said of an asset."""

    name: str
    tags: tuple[str, ...]


class Listings:
    """Keeps what is announced."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def schedule(self, symbol: str, change: Change, at_us: int, now_us: int) -> None:
        """Announce a change of a symbol; one that is announced already is moved. Errors: `InvalidListing`.

        What was announced for this very time stays as it is, done or to come.
        """
        if self._time_of(symbol, change) == at_us:
            return
        if at_us <= now_us:
            raise InvalidListing(f"the time for {symbol} has passed already; give one to come")
        self.unschedule(symbol, change)
        with self._engine.begin() as connection:
            connection.execute(insert(market_schedule).values(symbol=symbol, change=change.value, at_us=at_us))

    def unschedule(self, symbol: str, change: Change) -> None:
        """Take an announcement back."""
        table = market_schedule.c
        with self._engine.begin() as connection:
            connection.execute(delete(market_schedule).where(table.symbol == symbol, table.change == change.value))

    def _time_of(self, symbol: str, change: Change) -> int | None:
        table = market_schedule.c
        statement = select(table.at_us).where(table.symbol == symbol, table.change == change.value)
        with self._engine.connect() as connection:
            return connection.scalar(statement)

    def scheduled(self, change: Change) -> list[Scheduled]:
        """List announcements of a kind that are still to come, by time."""
        table = market_schedule.c
        statement = select(table.at_us, table.symbol).where(table.change == change.value, table.done_at_us.is_(None))
        by_time: defaultdict[int, list[str]] = defaultdict(list)
        with self._engine.connect() as connection:
            for at_us, symbol in connection.execute(statement):
                by_time[at_us].append(symbol)
        return [Scheduled(at_us, tuple(sorted(symbols))) for at_us, symbols in sorted(by_time.items())]

    def due(self, now_us: int) -> list[tuple[str, Change]]:
        """List what should have happened by now and has not."""
        table = market_schedule.c
        statement = select(table.symbol, table.change).where(table.at_us <= now_us, table.done_at_us.is_(None))
        with self._engine.connect() as connection:
            return [(symbol, Change(change)) for symbol, change in connection.execute(statement.order_by(table.at_us))]

    def note_done(self, symbol: str, change: Change, now_us: int) -> None:
        """Note that an announced change has happened."""
        table = market_schedule.c
        statement = update(market_schedule).where(table.symbol == symbol, table.change == change.value)
        with self._engine.begin() as connection:
            connection.execute(statement.values(done_at_us=now_us))

    def describe(self, asset: str, name: str, tags: Iterable[str]) -> None:
        """Say what an asset is called in full, and what it is filed under. Errors: `InvalidListing`."""
        filed = sorted(set(tags))
        for text, most in ((name, NAME_LENGTH_MAX), *((tag, TAG_LENGTH_MAX) for tag in filed)):
            if not 1 <= len(text) <= most or not text.isprintable():
                raise InvalidListing(
                    f"{text[:80]!r} is neither a name nor a tag: give 1 to {most} printable characters"
                )
        if len(filed) > TAGS_MAX:
            raise InvalidListing(f"{len(filed)} tags; an asset has at most {TAGS_MAX}")
        with self._engine.begin() as connection:
            for table in (asset_names, asset_tags):
                connection.execute(delete(table).where(table.c.asset == asset))
            connection.execute(insert(asset_names).values(asset=asset, name=name))
            if filed:
                connection.execute(insert(asset_tags), [{"asset": asset, "tag": tag} for tag in filed])

    def notes(self) -> dict[str, AssetNotes]:
        """Return what is said of assets, by their short names."""
        with self._engine.connect() as connection:
            names = {row.asset: row.name for row in connection.execute(select(asset_names))}
            tags: defaultdict[str, list[str]] = defaultdict(list)
            for asset, tag in connection.execute(select(asset_tags).order_by(asset_tags.c.tag)):
                tags[asset].append(tag)
        return {asset: AssetNotes(name, tuple(tags[asset])) for asset, name in names.items()}


class ScheduleJob:
    """Does what was announced, when its time comes."""

    def __init__(self, listings: Listings, runtime: Runtime, now_us: Callable[[], int]) -> None:
        self._listings = listings
        self._runtime = runtime
        self._now_us = now_us
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, on the running loop."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End; what is due is done when the exchange runs again."""
        await end(self._task)

    async def do_due(self) -> None:
        """Do what is due."""
        now_us = self._now_us()
        for name, change in await asyncio.to_thread(self._listings.due, now_us):
            symbol = self._runtime.catalog.symbol_named(name)
            if symbol is not None and symbol.status is not _STATUSES[change]:
                await self._runtime.submit(SetSymbolStatus(symbol.id, _STATUSES[change]))
                _log.warning("market changed as announced", symbol=name, change=change.value)
            await asyncio.to_thread(self._listings.note_done, name, change, now_us)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.do_due()
            except Exception:
                _log.exception("announced changes of markets not made; trying again")
