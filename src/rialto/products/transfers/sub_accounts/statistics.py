"""How much sub-accounts traded lately, day by day, valued in bitcoin and dollars at today's prices.

Futures and margin are not traded yet. Sums are exact: SQL adds whole units and their fractions apart, because amounts
are text where the database has no exact decimals.
"""

from collections import defaultdict
from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, Text, cast, func, literal_column, select

from rialto.contracts.vocabulary import AccountClass, AccountKind
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.identity.sub_accounts import SUB_ACCOUNTS_PER_MASTER_MAX
from rialto.products.transfers.accounts import Accounts
from rialto.products.transfers.parameters import Email
from rialto.products.transfers.sub_accounts.declaring import reads
from rialto.products.transfers.sub_accounts.members import Members
from rialto.products.transfers.sub_accounts.parameters import figure
from rialto.products.transfers.worth import BITCOIN, DOLLAR, Worth
from rialto.projections import tables
from rialto.projections.history import History
from rialto.projections.pages import Page
from rialto.wire.decimals import plain_of
from rialto.wire.endpoints import Endpoint
from rialto.wire.parameters import Parameters

DAYS: Final = 30
DAY_US: Final = 86_400_000_000
_ONE: Final = 10**8


class StatisticsParameters(Parameters, frozen=True):
    """Of which sub-account; of all without one."""

    email: Email | None = None


class TradedDay(msgspec.Struct, frozen=True, rename="camel"):
    """What a sub-account traded on a day that it traded, in JSON numbers."""

    user_id: int
    btc: msgspec.Raw
    btc_futures: int
    btc_margin: int
    busd: msgspec.Raw
    busd_futures: int
    busd_margin: int
    date: int


class Statistics(msgspec.Struct, frozen=True, rename="camel"):
    """What was traded in thirty days, in all and by day."""

    recent30_btc_total: str
    recent30_btc_futures_total: str
    recent30_btc_margin_total: str
    recent30_busd_total: str
    recent30_busd_futures_total: str
    recent30_busd_margin_total: str
    trade_info_vos: list[TradedDay]


class _Turnover(msgspec.Struct, frozen=True, array_like=True):
    day: int
    symbol: int
    whole: int
    fraction: int

    @property
    def units(self) -> int:
        return self.whole * _ONE + self.fraction


STATISTICS: Final = reads(
    "/sapi/v1/sub-account/transaction-statistics",
    "Show how much sub-accounts traded in the last thirty days.",
    StatisticsParameters,
    Statistics,
    60,
)

STATISTICS_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (STATISTICS,)


class TradeStatistics:
    """Adds up what sub-accounts traded."""

    def __init__(self, runtime: Runtime, history: History, members: Members, accounts: Accounts, worth: Worth) -> None:
        self._runtime = runtime
        self._history = history
        self._members = members
        self._accounts = accounts
        self._worth = worth

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(STATISTICS, self.statistics)]

    async def statistics(self, call: Call, parameters: StatisticsParameters) -> Statistics:
        """Show what was traded. Raises `ApiError` -4006 and -5021 for who may not ask."""
        if parameters.email is not None:
            found = [await self._members.member(call, parameters.email)]
        else:
            parent = await self._members.master(call)
            sub_accounts = self._members.sub_accounts
            found = await self._members.read(lambda: sub_accounts.of_parent(parent, limit=SUB_ACCOUNTS_PER_MASTER_MAX))
        today = self._runtime.now_us() // DAY_US
        days, bitcoin, dollars = [], 0, 0
        for member in found:
            for day, (in_bitcoin, in_dollars) in sorted((await self._traded(member.owner, today)).items()):
                bitcoin += in_bitcoin
                dollars += in_dollars
                date = call.time(day * DAY_US)
                days.append(TradedDay(member.owner, figure(in_bitcoin), 0, 0, figure(in_dollars), 0, 0, date))
        return Statistics(plain_of(bitcoin), "0", "0", plain_of(dollars), "0", "0", days)

    async def _traded(self, owner: int, today: int) -> dict[int, tuple[int, int]]:
        """Return what an owner traded in spot by day, in bitcoin and in dollars."""
        account = await self._accounts.find(owner, AccountKind(AccountClass.SPOT))
        if account is None:
            return {}
        sums: defaultdict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
        symbols = [symbol.id for symbol in self._runtime.catalog.symbols]
        for each in await self._history.read(_Turnover, _turnover_page(account, symbols, (today - DAYS + 1) * DAY_US)):
            quote = self._runtime.catalog.symbol(each.symbol).quote.id
            bitcoin, dollars = sums[each.day]
            sums[each.day] = (
                bitcoin + self._worth.of(quote, each.units, BITCOIN),
                dollars + self._worth.of(quote, each.units, DOLLAR),
            )
        return sums


def _turnover_page(account: int, symbols: list[int], from_us: int) -> Page:
    """Select what an account's trades came to, by day and symbol; every symbol named, for the index's sake."""
    c = tables.fills.c
    text = cast(c.quote_quantity, Text)
    whole = func.sum(cast(func.substr(text, 1, func.length(text) - 9), BigInteger))
    fraction = func.sum(cast(func.substr(text, func.length(text) - 7, 8), BigInteger))
    day = (c.traded_at_us.op("/")(literal_column(str(DAY_US)))).label("day")
    statement = (
        select(day, c.symbol, cast(whole, BigInteger), cast(fraction, BigInteger))
        .where(c.account == account, c.symbol.in_(symbols), c.traded_at_us >= from_us)
        .group_by(day, c.symbol)
    )
    return Page(statement, newest_first=False)
