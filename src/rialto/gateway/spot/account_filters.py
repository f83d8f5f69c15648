"""The filters that concern an account's orders on a symbol: the exchange's, the symbol's and those of its assets."""

from typing import Any, Final

import msgspec

from rialto.contracts.vocabulary import AccountClass
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.spot.parameters import SymbolName, find_symbol
from rialto.wire import filters
from rialto.wire.endpoints import Endpoint, Security
from rialto.wire.filters import ExchangeFilter, MaxAsset, SymbolFilter
from rialto.wire.parameters import Parameters


class FiltersParameters(Parameters, frozen=True):
    """On which symbol."""

    symbol: SymbolName


class AccountFilters(msgspec.Struct, frozen=True, rename="camel"):
    """Filters, by what they belong to."""

    exchange_filters: list[ExchangeFilter]
    symbol_filters: list[SymbolFilter]
    asset_filters: list[MaxAsset]


MY_FILTERS: Final = Endpoint(
    "GET",
    "/api/v3/myFilters",
    summary="List the filters that the account's orders on a symbol must pass.",
    parameters=FiltersParameters,
    response=AccountFilters,
    sbe_message="MyFiltersResponse",
    weight=40,
    security=Security.USER_DATA,
    websocket_method="myFilters",
)


class FiltersOfAccount:
    """Lists filters. They are the same for every account; one without a spot account is refused all the same."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(MY_FILTERS, self.my_filters)]

    async def my_filters(self, call: Call, parameters: FiltersParameters) -> AccountFilters:
        """List the filters of the exchange, the symbol and its assets."""
        await self._runtime.account_of(call.owner, AccountClass.SPOT)
        catalog = self._runtime.catalog
        symbol = find_symbol(catalog, parameters.symbol)
        limits = ((asset.name, catalog.asset_limit(asset.id)) for asset in (symbol.base, symbol.quote))
        return AccountFilters(
            filters.of_exchange(catalog.limits),
            filters.of_symbol(symbol.spec),
            [filters.of_asset(name, limit) for name, limit in limits if limit is not None],
        )
