"""Execution rules and reference prices: how far from which price orders may trade.

The page "Price Range Execution Rule" says what they do; the core holds orders to them and finds the prices.
"""

from typing import Any, Final

import msgspec

from rialto.contracts import queries
from rialto.contracts.queries import ReferencePriceAnswer
from rialto.contracts.symbol_rules import ReferenceMethod
from rialto.core.catalog import Symbol
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.spot.parameters import (
    Status,
    SymbolName,
    SymbolSelection,
    find_symbol,
    find_symbol_of_status,
    select_symbols,
)
from rialto.wire import errors
from rialto.wire.decimals import shortened
from rialto.wire.endpoints import Endpoint
from rialto.wire.errors import ErrorCode
from rialto.wire.parameters import Parameters
from rialto.wire.vocabulary import REFERENCE_METHOD_NAMES

MULTIPLIER_PLACES: Final = 4
"""How many places a multiplier is shown with, if it needs no more."""


class ExecutionRulesParameters(SymbolSelection, frozen=True):
    """One symbol, several, those of a status, or all."""

    def check(self) -> None:
        """Refuse more than one way of selecting symbols."""
        if sum(each is not None for each in (self.symbol, self.symbols, self.symbol_status)) > 1:
            raise errors.bad_combination()


class PriceRangeRule(msgspec.Struct, frozen=True, tag_field="ruleType", tag="PRICE_RANGE", rename="camel"):
    """How far from the reference price orders may trade, by side and direction; where nothing is said, they may."""

    bid_limit_mult_up: str | msgspec.UnsetType = msgspec.UNSET
    bid_limit_mult_down: str | msgspec.UnsetType = msgspec.UNSET
    ask_limit_mult_up: str | msgspec.UnsetType = msgspec.UNSET
    ask_limit_mult_down: str | msgspec.UnsetType = msgspec.UNSET


class RulesOfSymbol(msgspec.Struct, frozen=True):
    """A symbol and its rules, if it has any."""

    symbol: str
    rules: list[PriceRangeRule]


class ExecutionRules(msgspec.Struct, frozen=True, rename="camel"):
    """The rules of symbols."""

    symbol_rules: list[RulesOfSymbol]


class ReferencePriceParameters(Parameters, frozen=True):
    """Of which symbol."""

    symbol: SymbolName


class CalculationParameters(Parameters, frozen=True):
    """Of which symbol, and the status it must have."""

    symbol: SymbolName
    symbol_status: Status | None = None


class ReferencePrice(msgspec.Struct, frozen=True, rename="camel"):
    """A reference price, or that there is none at the moment, and when that was so."""

    symbol: str
    reference_price: str | None
    timestamp: int


class CalculatedMean(msgspec.Struct, frozen=True, rename="camel"):
    """A reference price that the exchange finds as a mean of trades."""

    symbol: str
    calculation_type: str
    bucket_count: int
    bucket_width_ms: int


class CalculatedElsewhere(msgspec.Struct, frozen=True, rename="camel"):
    """A reference price that the exchange is told."""

    symbol: str
    calculation_type: str
    external_calculation_id: int


def _rules_weight(parameters: ExecutionRulesParameters) -> int:
    if parameters.symbol is not None:
        return 2
    return 40 if parameters.symbols is None else min(40, 2 * len(parameters.symbols))


EXECUTION_RULES: Final = Endpoint(
    "GET",
    "/api/v3/executionRules",
    summary="List the execution rules of symbols.",
    parameters=ExecutionRulesParameters,
    response=ExecutionRules,
    sbe_message="ExecutionRulesResponse",
    weight=_rules_weight,
    weight_when_refused=2,
    websocket_method="executionRules",
    is_from_memory=True,
)
REFERENCE_PRICE: Final = Endpoint(
    "GET",
    "/api/v3/referencePrice",
    summary="Show the reference price of a symbol.",
    parameters=ReferencePriceParameters,
    response=ReferencePrice,
    sbe_message="ReferencePriceResponse",
    weight=2,
    websocket_method="referencePrice",
)
REFERENCE_PRICE_CALCULATION: Final = Endpoint(
    "GET",
    "/api/v3/referencePrice/calculation",
    summary="Tell how the reference price of a symbol is found.",
    parameters=CalculationParameters,
    response=(CalculatedMean, CalculatedElsewhere),
    sbe_message="ReferencePriceCalculationResponse",
    weight=2,
    websocket_method="referencePrice.calculation",
    is_from_memory=True,
)


class ExecutionRulesAndPrices:
    """Shows execution rules and reference prices."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(EXECUTION_RULES, self.execution_rules),
            Route(REFERENCE_PRICE, self.reference_price),
            Route(REFERENCE_PRICE_CALCULATION, self.calculation),
        ]

    def execution_rules(self, _call: Call, parameters: ExecutionRulesParameters) -> ExecutionRules:
        """List the rules of the symbols selected, whether they have any or not."""
        catalog = self._runtime.catalog
        if parameters.symbol is not None:
            return ExecutionRules([_rules(find_symbol(catalog, parameters.symbol))])
        return ExecutionRules([_rules(symbol) for symbol in select_symbols(catalog, parameters)])

    async def reference_price(self, call: Call, parameters: ReferencePriceParameters) -> ReferencePrice:
        """Show a reference price. Raises `ApiError` -2043 if there never was one."""
        symbol = find_symbol(self._runtime.catalog, parameters.symbol)
        answer = await self._runtime.ask(queries.ReferencePrice(symbol.id, self._runtime.now_us()))
        assert isinstance(answer, ReferencePriceAnswer)
        if answer.price is None and not self._ever_had_price(symbol, answer):
            raise ErrorCode.NO_REFERENCE_PRICE.error()
        return ReferencePrice(symbol.name, answer.price, call.time(answer.since_us))

    def calculation(self, _call: Call, parameters: CalculationParameters) -> CalculatedMean | CalculatedElsewhere:
        """Tell how a reference price is found. Raises `ApiError` -2043 if there is none."""
        symbol = find_symbol_of_status(self._runtime.catalog, parameters.symbol, parameters.symbol_status)
        reference = symbol.spec.rules.reference
        name = REFERENCE_METHOD_NAMES.get(reference.method)
        if name is None:
            raise ErrorCode.NO_REFERENCE_PRICE.error()
        if reference.method is ReferenceMethod.EXTERNAL:
            return CalculatedElsewhere(symbol.name, name, reference.calculation_id)
        return CalculatedMean(symbol.name, name, reference.bucket_count, reference.bucket_width_ms)

    def _ever_had_price(self, symbol: Symbol, answer: ReferencePriceAnswer) -> bool:
        """Tell whether a price that is absent now was ever there: told, or found as a mean since the first trade."""
        match symbol.spec.rules.reference.method:
            case ReferenceMethod.EXTERNAL:
                return answer.since_us > 0
            case ReferenceMethod.ARITHMETIC_MEAN:
                return bool(self._runtime.market.trades(symbol.id, 1))
        return False


def _rules(symbol: Symbol) -> RulesOfSymbol:
    range_ = symbol.spec.rules.price_range
    if range_ is None:
        return RulesOfSymbol(symbol.name, [])
    multipliers = (range_.bid_up, range_.bid_down, range_.ask_up, range_.ask_down)
    shown = [msgspec.UNSET if each is None else shortened(each, MULTIPLIER_PLACES) for each in multipliers]
    return RulesOfSymbol(symbol.name, [PriceRangeRule(*shown)])
