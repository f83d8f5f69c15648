"""What one was given: `assetDividend`."""

from typing import Annotated, Any, Final

import msgspec
from sqlalchemy import select

from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.wallet.parameters import AssetName, EndTime, StartTime, check_days, find_asset
from rialto.products.distributions.tables import dividends
from rialto.projections.history import History
from rialto.projections.pages import Page
from rialto.wire.endpoints import Budget, Endpoint, Security
from rialto.wire.kinds import Integer
from rialto.wire.parameters import Parameters
from rialto.wire.wallet_errors import WalletError

DAYS_MAX: Final = 180
ROWS_MAX: Final = 500
BATCH_PLACES: Final = 1_000
"""A share's id is its command's sequence number and its place in the batch."""


class DividendParameters(Parameters, frozen=True):
    """Of which asset, from when to when, how many."""

    asset: AssetName | None = None
    start_time: StartTime | None = None
    end_time: EndTime | None = None
    limit: Annotated[int, Integer(1, ROWS_MAX, clamp=True)] = 20

    def check(self) -> None:
        """Refuse ranges longer than half a year."""
        check_days(self.start_time, self.end_time, DAYS_MAX, WalletError.INTERVAL_TOO_LONG.error())


class Dividend(msgspec.Struct, frozen=True, rename="camel"):
    """Something one was given."""

    id: int
    amount: str
    asset: str
    div_time: int
    en_info: str
    tran_id: int
    direction: int


class Dividends(msgspec.Struct, frozen=True):
    """The newest of them, newest first."""

    rows: list[Dividend]
    total: int


class _Row(msgspec.Struct, frozen=True, array_like=True):
    sequence: int
    position: int
    asset: int
    amount: str
    name: str
    paid_at_us: int


ASSET_DIVIDEND: Final = Endpoint(
    "GET",
    "/sapi/v1/asset/assetDividend",
    summary="List airdrops, rewards and other things one was given.",
    parameters=DividendParameters,
    response=Dividends,
    weight=10,
    security=Security.USER_DATA,
    budget=Budget.ADDRESS,
)
DISTRIBUTION_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (ASSET_DIVIDEND,)


class DividendRoutes:
    """Lists what owners were given."""

    def __init__(self, runtime: Runtime, history: History) -> None:
        self._runtime = runtime
        self._history = history

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(ASSET_DIVIDEND, self.dividends)]

    async def dividends(self, call: Call, parameters: DividendParameters) -> Dividends:
        """List what the caller was given, newest first."""
        table, catalog = dividends.c, self._runtime.catalog
        conditions = [table.owner == call.owner]
        if parameters.asset is not None:
            conditions.append(table.asset == find_asset(catalog, parameters.asset).id)
        if parameters.start_time is not None:
            conditions.append(table.paid_at_us >= parameters.start_time)
        if parameters.end_time is not None:
            conditions.append(table.paid_at_us <= parameters.end_time)
        columns = (table.sequence, table.position, table.asset, table.amount, table.name, table.paid_at_us)
        newest = select(*columns).where(*conditions).order_by(table.sequence.desc(), table.position.desc())
        rows = await self._history.read(_Row, Page(newest.limit(parameters.limit), newest_first=False))
        shown = [
            Dividend(
                row.sequence * BATCH_PLACES + row.position,
                row.amount,
                catalog.asset(row.asset).name,
                call.time(row.paid_at_us),
                row.name,
                row.sequence,
                1,
            )
            for row in rows
        ]
        return Dividends(shown, len(shown))
