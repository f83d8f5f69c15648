"""Exchange information: limits, symbols and their rules.

Each symbol is written once and kept as bytes, and so are the list of all, the exchange filters and the pools of smart
order routing, until the catalogue changes. Accounts and symbols of this exchange have one permission, SPOT.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any, Final

import msgspec

from rialto.contracts.symbol_rules import Feature, SymbolRules
from rialto.core.catalog import Catalog, Symbol
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.limits import RateLimit, RateLimits
from rialto.gateway.router import Route
from rialto.gateway.spot.parameters import SymbolSelection, find_symbol, select_symbols
from rialto.wire import errors
from rialto.wire.decimals import PLACES
from rialto.wire.endpoints import Endpoint
from rialto.wire.filters import ExchangeFilter, SymbolFilter, of_exchange, of_symbol
from rialto.wire.kinds import Boolean, WordOrWords
from rialto.wire.vocabulary import (
    ORDER_TYPES,
    PERMISSIONS,
    SELF_TRADE_PREVENTION_NAMES,
    SYMBOL_STATUS_NAMES,
    OrderTypeName,
)

_encode = msgspec.json.Encoder().encode

_LISTED_BY_DEFAULT: Final = frozenset(("SPOT", "MARGIN", "LEVERAGED"))
_PERMISSION: Final = "SPOT"


class ExchangeInfoParameters(SymbolSelection, frozen=True):
    """Which symbols."""

    permissions: Annotated[frozenset[str], WordOrWords(PERMISSIONS)] | None = None
    show_permission_sets: Annotated[bool, Boolean()] = True

    def check(self) -> None:
        """Refuse more than one way of selecting symbols."""
        super().check()
        is_named = self.symbol is not None or self.symbols is not None
        if is_named and (self.permissions is not None or self.symbol_status is not None):
            raise errors.bad_combination()


class SymbolInfo(msgspec.Struct, frozen=True, rename="camel"):
    """What a symbol is and what may be done with it."""

    symbol: str
    status: str
    base_asset: str
    base_asset_precision: int
    quote_asset: str
    quote_precision: int
    quote_asset_precision: int
    base_commission_precision: int
    quote_commission_precision: int
    order_types: list[str]
    iceberg_allowed: bool
    oco_allowed: bool
    oto_allowed: bool
    opo_allowed: bool
    quote_order_qty_market_allowed: bool
    allow_trailing_stop: bool
    cancel_replace_allowed: bool
    amend_allowed: bool
    peg_instructions_allowed: bool
    is_spot_trading_allowed: bool
    is_margin_trading_allowed: bool
    filters: list[SymbolFilter]
    permissions: list[str]
    permission_sets: list[list[str]]
    default_self_trade_prevention_mode: str
    allowed_self_trade_prevention_modes: list[str]


class RoutedPool(msgspec.Struct, frozen=True, rename="camel"):
    """Symbols of one base from whose books smart order routing fills orders."""

    base_asset: str
    symbols: list[str]


class ExchangeInfoAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """The rules of the exchange. `sors` is there if smart order routing is."""

    timezone: str
    server_time: int
    rate_limits: list[RateLimit]
    exchange_filters: list[ExchangeFilter]
    symbols: list[SymbolInfo]
    sors: list[RoutedPool] | msgspec.UnsetType = msgspec.UNSET


EXCHANGE_INFO: Final = Endpoint(
    "GET",
    "/api/v3/exchangeInfo",
    summary="Show the rules of the exchange and of its symbols.",
    parameters=ExchangeInfoParameters,
    response=ExchangeInfoAnswer,
    sbe_message="ExchangeInfoResponse",
    weight=20,
    websocket_method="exchangeInfo",
    is_from_memory=True,
)


class ExchangeInfo:
    """Writes exchange information."""

    def __init__(self, runtime: Runtime, limits: RateLimits) -> None:
        self._runtime = runtime
        self._limits = _encode(limits.shown())
        self._version = -1
        self._written: dict[tuple[int, bool], bytes] = {}
        self._joined: dict[bool, bytes] = {}
        self._filters = self._pools = b""

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(EXCHANGE_INFO, self.exchange_info)]

    def exchange_info(self, call: Call, parameters: ExchangeInfoParameters) -> bytes:
        """Show the rules, of the symbols selected."""
        catalog = self._runtime.catalog
        self._forget_outdated(catalog)
        shows_sets = parameters.show_permission_sets
        if parameters.symbol is not None:
            symbols = self._join([find_symbol(catalog, parameters.symbol)], shows_sets)
        elif parameters.symbols is not None or parameters.symbol_status is not None or not _is_permitted(parameters):
            chosen = select_symbols(catalog, parameters) if _is_permitted(parameters) else ()
            symbols = self._join(chosen, shows_sets)
        else:
            symbols = self._join_all(shows_sets)
        now = call.time(self._runtime.now_us())
        form = b'{"timezone":"UTC","serverTime":%d,"rateLimits":%b,"exchangeFilters":%b,"symbols":[%b]%b}'
        return form % (now, self._limits, self._filters, symbols, self._pools)

    def _join_all(self, shows_sets: bool) -> bytes:
        joined = self._joined.get(shows_sets)
        if joined is None:
            joined = self._joined[shows_sets] = self._join(self._runtime.catalog.symbols, shows_sets)
        return joined

    def _join(self, symbols: Sequence[Symbol], shows_sets: bool) -> bytes:
        return b",".join([self._write(symbol, shows_sets) for symbol in symbols])

    def _write(self, symbol: Symbol, shows_sets: bool) -> bytes:
        written = self._written.get((symbol.id, shows_sets))
        if written is None:
            written = self._written[symbol.id, shows_sets] = _encode(_info(symbol, shows_sets))
        return written

    def _forget_outdated(self, catalog: Catalog) -> None:
        if catalog.version == self._version:
            return
        self._version = catalog.version
        self._written.clear()
        self._joined.clear()
        self._filters = _encode(of_exchange(catalog.limits))
        pools = [RoutedPool(base.name, [symbol.name for symbol in symbols]) for base, symbols in catalog.pools]
        self._pools = b',"sors":%b' % _encode(pools) if pools else b""


def _is_permitted(parameters: ExchangeInfoParameters) -> bool:
    """Tell whether symbols of this exchange, all of one permission, are among those selected."""
    permissions = parameters.permissions if parameters.permissions is not None else _LISTED_BY_DEFAULT
    return _PERMISSION in permissions


_FEATURES: Final[Mapping[OrderTypeName, Feature]] = MappingProxyType(
    {
        OrderTypeName.MARKET: Feature.MARKET,
        OrderTypeName.STOP_LOSS: Feature.STOP_LOSS,
        OrderTypeName.STOP_LOSS_LIMIT: Feature.STOP_LOSS_LIMIT,
        OrderTypeName.TAKE_PROFIT: Feature.TAKE_PROFIT,
        OrderTypeName.TAKE_PROFIT_LIMIT: Feature.TAKE_PROFIT_LIMIT,
    }
)


def _takes(rules: SymbolRules, order_type: OrderTypeName) -> bool:
    feature = _FEATURES.get(order_type)
    return feature is None or rules.allows(feature)


def _info(symbol: Symbol, shows_sets: bool) -> SymbolInfo:
    rules = symbol.spec.rules
    return SymbolInfo(
        symbol=symbol.name,
        status=SYMBOL_STATUS_NAMES[symbol.status],
        base_asset=symbol.base.name,
        base_asset_precision=PLACES,
        quote_asset=symbol.quote.name,
        quote_precision=PLACES,
        quote_asset_precision=PLACES,
        base_commission_precision=PLACES,
        quote_commission_precision=PLACES,
        order_types=[name.value for name in ORDER_TYPES if _takes(rules, name)],
        iceberg_allowed=rules.allows(Feature.ICEBERG),
        oco_allowed=rules.allows(Feature.OCO),
        oto_allowed=rules.allows(Feature.OTO),
        opo_allowed=rules.allows(Feature.OPO),
        quote_order_qty_market_allowed=rules.allows(Feature.QUOTE_ORDER_QUANTITY),
        allow_trailing_stop=rules.allows(Feature.TRAILING),
        cancel_replace_allowed=rules.allows(Feature.CANCEL_REPLACE),
        amend_allowed=rules.allows(Feature.AMEND),
        peg_instructions_allowed=rules.allows(Feature.PEG),
        is_spot_trading_allowed=True,
        is_margin_trading_allowed=False,
        filters=of_symbol(symbol.spec),
        permissions=[],
        permission_sets=[[_PERMISSION]] if shows_sets else [],
        default_self_trade_prevention_mode=SELF_TRADE_PREVENTION_NAMES[symbol.spec.prevention_default],
        allowed_self_trade_prevention_modes=[SELF_TRADE_PREVENTION_NAMES[mode] for mode in symbol.spec.preventions],
    )
