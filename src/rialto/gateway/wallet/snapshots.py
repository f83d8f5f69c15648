"""Daily snapshots: what an account held at the end of each day, exactly, whenever it is asked.

Read from the projection that keeps the last balance of each day. A day that touched nothing ended as the one before.
"""

from collections.abc import Sequence
from enum import Enum
from typing import Annotated, Any, Final

import msgspec
from sqlalchemy import select

from rialto.contracts.amounts import text_of, units_of
from rialto.contracts.rejections import NoSuchAccountOfOwner
from rialto.contracts.vocabulary import AccountClass
from rialto.core.errors import CommandRefused
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.wallet.holdings import Holdings
from rialto.gateway.wallet.parameters import DAY_US, EndTime, StartTime, check_days
from rialto.projections.history import History
from rialto.projections.pages import Page
from rialto.projections.records import DailyBalance
from rialto.projections.tables import daily_balances
from rialto.wire.endpoints import Budget, Endpoint, Security
from rialto.wire.errors import ErrorCode
from rialto.wire.kinds import Choice, Integer
from rialto.wire.parameters import Parameters

DAYS_MAX: Final = 30
DAYS_DEFAULT: Final = 7
AGO_DAYS_MAX: Final = 31


class SnapshotKind(Enum):
    """Which accounts."""

    SPOT = "SPOT"
    MARGIN = "MARGIN"
    FUTURES = "FUTURES"


_CLASSES: Final = {
    SnapshotKind.SPOT: AccountClass.SPOT,
    SnapshotKind.MARGIN: AccountClass.CROSS_MARGIN,
    SnapshotKind.FUTURES: AccountClass.USD_MARGINED_FUTURES,
}


class SnapshotParameters(Parameters, frozen=True):
    """Which accounts, from when to when, how many days."""

    type: Annotated[SnapshotKind, Choice(SnapshotKind)]
    start_time: StartTime | None = None
    end_time: EndTime | None = None
    limit: Annotated[int, Integer(7, DAYS_MAX)] = DAYS_DEFAULT

    def check(self) -> None:
        """Refuse ranges longer than is kept."""
        check_days(self.start_time, self.end_time, DAYS_MAX, ErrorCode.OPTIONAL_PARAMS_BAD_COMBO.error())


class SpotBalance(msgspec.Struct, frozen=True):
    """What was held of an asset."""

    asset: str
    free: str
    locked: str


class SpotSnapshot(msgspec.Struct, frozen=True, rename="camel"):
    """A spot account at the end of a day."""

    total_asset_of_btc: str
    balances: list[SpotBalance]


class MarginAsset(msgspec.Struct, frozen=True, rename="camel"):
    """What was held and owed of an asset."""

    asset: str
    borrowed: str
    free: str
    interest: str
    locked: str
    net_asset: str


class MarginSnapshot(msgspec.Struct, frozen=True, rename="camel"):
    """A margin account at the end of a day."""

    margin_level: str
    total_asset_of_btc: str
    total_liability_of_btc: str
    total_net_asset_of_btc: str
    user_assets: list[MarginAsset]


class FuturesAsset(msgspec.Struct, frozen=True, rename="camel"):
    """What was held of an asset."""

    asset: str
    margin_balance: str
    wallet_balance: str


class FuturesSnapshot(msgspec.Struct, frozen=True):
    """A futures account at the end of a day."""

    assets: list[FuturesAsset]
    position: list[msgspec.Raw]


class Snapshot(msgspec.Struct, frozen=True, rename="camel"):
    """An account at the end of a day, whose last second is `update_time`."""

    type: str
    update_time: int
    data: SpotSnapshot | MarginSnapshot | FuturesSnapshot


class Snapshots(msgspec.Struct, frozen=True, rename="camel"):
    """Days, newest last."""

    code: int
    msg: str
    snapshot_vos: list[Snapshot]


ACCOUNT_SNAPSHOT: Final = Endpoint(
    "GET",
    "/sapi/v1/accountSnapshot",
    summary="Show what the account held at the end of days.",
    parameters=SnapshotParameters,
    response=msgspec.Raw,
    weight=2_400,
    security=Security.USER_DATA,
    budget=Budget.ADDRESS,
)


class AccountSnapshots:
    """Shows accounts at the end of days."""

    def __init__(self, runtime: Runtime, history: History, holdings: Holdings) -> None:
        self._runtime = runtime
        self._history = history
        self._holdings = holdings

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(ACCOUNT_SNAPSHOT, self.snapshots)]

    async def snapshots(self, call: Call, parameters: SnapshotParameters) -> Snapshots:
        """Show the days asked for, or the newest: only days that have ended, and only since the account exists."""
        return await self.of_owner(call.owner, parameters)

    async def of_owner(self, owner: int, parameters: SnapshotParameters) -> Snapshots:
        """Show the days of an owner's account."""
        try:
            account = await self._runtime.account_of(owner, _CLASSES[parameters.type])
        except CommandRefused as refused:
            if isinstance(refused.rejection, NoSuchAccountOfOwner):
                return Snapshots(200, "", [])
            raise
        today = self._runtime.now_us() // DAY_US
        last = today - 1 if parameters.end_time is None else min(today - 1, (parameters.end_time + 1) // DAY_US - 1)
        first = last - parameters.limit + 1
        if parameters.start_time is not None:
            first = max(first, -(-parameters.start_time // DAY_US))
        first = max(first, today - AGO_DAYS_MAX)
        rows = await self._history.read(DailyBalance, _page(account, last))
        days = [(day, _at(rows, day)) for day in range(first, last + 1)]
        return Snapshots(200, "", [self._snapshot(parameters.type, day, held) for day, held in days if held])

    def _snapshot(self, kind: SnapshotKind, day: int, held: Sequence[DailyBalance]) -> Snapshot:
        data: SpotSnapshot | MarginSnapshot | FuturesSnapshot
        names = [self._runtime.catalog.asset(each.asset).name for each in held]
        totals = [units_of(each.free) + units_of(each.locked) for each in held]
        worth = text_of(sum(self._holdings.value(each.asset, units) for each, units in zip(held, totals, strict=True)))
        named = list(zip(names, held, totals, strict=True))
        if kind is SnapshotKind.SPOT:
            data = SpotSnapshot(worth, [SpotBalance(name, each.free, each.locked) for name, each, _ in named])
        elif kind is SnapshotKind.MARGIN:
            nothing = text_of(0)
            assets = [
                MarginAsset(name, nothing, each.free, nothing, each.locked, text_of(units))
                for name, each, units in named
            ]
            data = MarginSnapshot("999.00000000", worth, nothing, worth, assets)
        else:
            data = FuturesSnapshot([FuturesAsset(name, text_of(units), text_of(units)) for name, _, units in named], [])
        return Snapshot(kind.value.lower(), (day + 1) * DAY_US // 1_000 - 1_000, data)


def _page(account: int, last: int) -> Page:
    """Select what the account held from its first day to the last one asked for."""
    table = daily_balances.c
    return Page(
        select(*table).where(table.account == account, table.day <= last).order_by(table.asset, table.day),
        newest_first=False,
    )


def _at(rows: Sequence[DailyBalance], day: int) -> list[DailyBalance]:
    """Return what was held at the end of a day: for each asset the newest row up to it."""
    newest = {row.asset: row for row in rows if row.day <= day}
    return list(newest.values())
