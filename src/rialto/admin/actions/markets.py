"""Actions on assets, symbols and their limits. Done twice, they leave what they leave done once."""

from typing import Annotated, Final

from rialto.admin.action import Action, AnyAction, Doing, Refused
from rialto.admin.actions.parameters import Amount, Count, Name, Reason
from rialto.admin.services import Services
from rialto.contracts.commands import (
    ListSymbol,
    PoolSymbols,
    RegisterAsset,
    SetAssetLimit,
    SetExchangeLimits,
    SetReferencePrice,
    SetSymbolStatus,
)
from rialto.contracts.symbol_rules import (
    ExchangeLimits,
    PercentPrice,
    Reference,
    ReferenceMethod,
    SymbolRules,
    SymbolStatus,
    TrailingRange,
)
from rialto.contracts.vocabulary import (
    USUAL_PREVENTION_MODES,
    SelfTradePrevention,
    SymbolSpec,
    commission_of,
)
from rialto.core.catalog import Asset, Symbol
from rialto.identity.operators import Role
from rialto.wire.kinds import Boolean, Choice, Decimal, Names
from rialto.wire.parameters import Parameters

LISTING: Final = frozenset((Role.LISTING,))
RISK: Final = frozenset((Role.RISK,))
NOTHING: Final = "0"
POOL_MAX: Final = 64
NAMES_RANGE: Final = r'^\[("[A-Z0-9]{1,20}"(,"[A-Z0-9]{1,20}")*)\]$'


class AssetParameters(Parameters, frozen=True):
    """Which asset."""

    asset: Name


class SymbolParameters(Parameters, frozen=True):
    """The symbol, its scales and filters. Zero means no such rule."""

    symbol: Name
    base: Name
    quote: Name
    tick: Amount
    price_min: Amount
    price_max: Amount
    lot: Amount
    quantity_min: Amount
    quantity_max: Amount
    maker_rate: Amount
    taker_rate: Amount
    market_lot: Amount = NOTHING
    market_quantity_min: Amount = NOTHING
    market_quantity_max: Amount = NOTHING
    notional_min: Amount = NOTHING
    notional_min_applies_to_market: Annotated[bool, Boolean()] = True
    notional_max: Amount = NOTHING
    notional_max_applies_to_market: Annotated[bool, Boolean()] = False
    open_orders_max: Count = 200
    is_discounted: Annotated[bool, Boolean()] = True
    iceberg_parts_max: Count = 10
    algo_orders_max: Count = 5
    iceberg_orders_max: Count = 0
    order_lists_max: Count = 20
    amendments_max: Count = 10
    position_max: Amount = NOTHING
    average_minutes: Count = 5
    multiplier_up: Annotated[str | None, Decimal()] = None
    multiplier_down: Annotated[str | None, Decimal()] = None
    trailing_min: Count = 0
    trailing_max: Count = 0
    told_reference: Annotated[bool, Boolean()] = False
    """Whether operators tell its reference price; see `set-reference-price`."""


class StatusParameters(Parameters, frozen=True):
    """What may be done on a symbol from now on, and why."""

    symbol: Name
    status: Annotated[SymbolStatus, Choice(SymbolStatus)]
    reason: Reason


class ExchangeLimitParameters(Parameters, frozen=True):
    """What an account may have open on the whole exchange. Zero means no such rule."""

    orders_max: Count
    algo_orders_max: Count
    iceberg_orders_max: Count
    order_lists_max: Count


class AssetLimitParameters(Parameters, frozen=True):
    """What one order may move of an asset; without a limit, anything."""

    asset: Name
    limit: Annotated[str | None, Decimal()] = None


class PoolParameters(Parameters, frozen=True):
    """Which symbols of one base fill each other's routed orders; none for no pool, else at least two."""

    base: Name
    symbols: Annotated[tuple[str, ...], Names(NAMES_RANGE, POOL_MAX)] = ()


class ReferenceParameters(Parameters, frozen=True):
    """The reference price of a symbol whose reference price is told; none without."""

    symbol: Name
    price: Annotated[str | None, Decimal()] = None


async def list_asset(on: Services, _doing: Doing, given: AssetParameters) -> str:
    """List it, once."""
    if on.runtime.catalog.asset_named(given.asset) is None:
        await on.runtime.submit(RegisterAsset(given.asset))
    return f"{given.asset} is listed"


async def list_symbol(on: Services, _doing: Doing, given: SymbolParameters) -> str:
    """List it, once; a symbol of this name with other rules stays as it is."""
    spec = _spec(on, given)
    held = on.runtime.catalog.symbol_named(given.symbol)
    if held is None:
        await on.runtime.submit(ListSymbol(spec))
    elif (held.base.id, held.quote.id) != (spec.base, spec.quote):
        raise Refused(f"{given.symbol} is listed already, of other assets")
    return f"{given.symbol} is listed"


async def set_status(on: Services, _doing: Doing, given: StatusParameters) -> str:
    """Set it."""
    await on.runtime.submit(SetSymbolStatus(symbol_of(on, given.symbol).id, given.status))
    return f"{given.symbol}: {given.status.value}"


async def set_exchange_limits(on: Services, _doing: Doing, given: ExchangeLimitParameters) -> str:
    """Set them."""
    limits = ExchangeLimits(given.orders_max, given.algo_orders_max, given.iceberg_orders_max, given.order_lists_max)
    await on.runtime.submit(SetExchangeLimits(limits))
    return "the limits are set"


async def set_asset_limit(on: Services, _doing: Doing, given: AssetLimitParameters) -> str:
    """Set it."""
    await on.runtime.submit(SetAssetLimit(asset_of(on, given.asset).id, given.limit))
    return f"one order moves {given.limit or 'any amount'} of {given.asset} at most"


async def pool_symbols(on: Services, _doing: Doing, given: PoolParameters) -> str:
    """Pool them."""
    symbols = tuple(symbol_of(on, name).id for name in given.symbols)
    await on.runtime.submit(PoolSymbols(asset_of(on, given.base).id, symbols))
    return f"pool of {given.base}: {', '.join(given.symbols) or 'none'}"


async def set_reference_price(on: Services, _doing: Doing, given: ReferenceParameters) -> str:
    """Tell it."""
    await on.runtime.submit(SetReferencePrice(symbol_of(on, given.symbol).id, given.price))
    return f"the reference price of {given.symbol} is {given.price or 'not told'}"


def asset_of(on: Services, name: str) -> Asset:
    """Find a listed asset. Raises `Refused`."""
    found = on.runtime.catalog.asset_named(name)
    if found is None:
        raise Refused(f"there is no asset {name}; list it first")
    return found


def symbol_of(on: Services, name: str) -> Symbol:
    """Find a listed symbol. Raises `Refused`."""
    found = on.runtime.catalog.symbol_named(name)
    if found is None:
        raise Refused(f"there is no symbol {name}")
    return found


def _spec(on: Services, given: SymbolParameters) -> SymbolSpec:
    percent = None
    if given.multiplier_up is not None and given.multiplier_down is not None:
        factors = given.multiplier_up, given.multiplier_down
        percent = PercentPrice(*factors, *factors, by_side=False)
    trailing = None
    if given.trailing_max:
        span = given.trailing_min, given.trailing_max
        trailing = TrailingRange(*span, *span)
    return SymbolSpec(
        name=given.symbol,
        base=asset_of(on, given.base).id,
        quote=asset_of(on, given.quote).id,
        tick=given.tick,
        price_min=given.price_min,
        price_max=given.price_max,
        lot=given.lot,
        quantity_min=given.quantity_min,
        quantity_max=given.quantity_max,
        market_lot=given.market_lot,
        market_quantity_min=given.market_quantity_min,
        market_quantity_max=given.market_quantity_max,
        notional_min=given.notional_min,
        notional_min_applies_to_market=given.notional_min_applies_to_market,
        notional_max=given.notional_max,
        notional_max_applies_to_market=given.notional_max_applies_to_market,
        open_orders_max=given.open_orders_max,
        prevention_default=SelfTradePrevention.NONE,
        prevention_allowed=USUAL_PREVENTION_MODES,
        commission=commission_of(given.maker_rate, given.taker_rate),
        is_discounted=given.is_discounted,
        rules=SymbolRules(
            average_minutes=given.average_minutes,
            percent_price=percent,
            iceberg_parts_max=given.iceberg_parts_max,
            algo_orders_max=given.algo_orders_max,
            iceberg_orders_max=given.iceberg_orders_max,
            order_lists_max=given.order_lists_max,
            amendments_max=given.amendments_max,
            position_max=given.position_max,
            trailing=trailing,
            reference=Reference(ReferenceMethod.EXTERNAL) if given.told_reference else Reference(),
        ),
    )


MARKET_ACTIONS: Final[tuple[AnyAction, ...]] = (
    Action(
        *("list-asset", "List an asset.", LISTING, AssetParameters, list_asset),
        takes_two=True,
        shows=lambda given: f"list {given.asset}",
    ),
    Action(
        *("list-symbol", "List a symbol.", LISTING, SymbolParameters, list_symbol),
        takes_two=True,
        shows=lambda given: (
            f"list {given.symbol}: {given.base} for {given.quote}, tick {given.tick}, lot {given.lot}, "
            f"fees {given.maker_rate} and {given.taker_rate}"
        ),
    ),
    Action(
        *("set-symbol-status", "Halt or resume a symbol.", LISTING | RISK, StatusParameters, set_status),
        takes_two=False,
        shows=lambda given: f"{given.symbol}: {given.status.value} ({given.reason})",
    ),
    Action(
        *("set-exchange-limits", "Limit what accounts may have open.", RISK, ExchangeLimitParameters),
        set_exchange_limits,
        takes_two=True,
        shows=lambda given: (
            f"open at most: {given.orders_max} orders, {given.algo_orders_max} with a stop, "
            f"{given.iceberg_orders_max} icebergs, {given.order_lists_max} lists"
        ),
    ),
    Action(
        *("set-asset-limit", "Limit what one order moves of an asset.", RISK, AssetLimitParameters, set_asset_limit),
        takes_two=True,
        shows=lambda given: f"one order moves at most {given.limit or 'anything'} of {given.asset}",
    ),
    Action(
        *("pool-symbols", "Let symbols of one base fill each other's routed orders.", LISTING, PoolParameters),
        pool_symbols,
        takes_two=True,
        shows=lambda given: f"pool of {given.base}: {', '.join(given.symbols) or 'none'}",
    ),
    Action(
        *("set-reference-price", "Tell a symbol's reference price.", RISK, ReferenceParameters, set_reference_price),
        takes_two=True,
        shows=lambda given: f"reference price of {given.symbol}: {given.price or 'none'}",
    ),
)
