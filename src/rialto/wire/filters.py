"""Filters of symbols, of the exchange and of assets, as exchange information and `myFilters` show them.

The order is the API's own. A rule the symbol does not have (zero) is shown as the zero that disables it, or left out
where the API leaves it out (MAX_NUM_ORDERS, NOTIONAL).
"""

from collections.abc import Callable

import msgspec

from rialto.contracts.symbol_rules import ExchangeLimits
from rialto.contracts.vocabulary import SymbolSpec
from rialto.wire.decimals import ZERO, to_text, to_units


class _Filter(msgspec.Struct, frozen=True, tag_field="filterType", rename="camel"):
    """One filter; `filterType` is its name."""


class PriceFilter(_Filter, frozen=True, tag="PRICE_FILTER"):
    """The rules of a price."""

    min_price: str
    max_price: str
    tick_size: str


class LotSize(_Filter, frozen=True, tag="LOT_SIZE"):
    """The rules of a quantity."""

    min_qty: str
    max_qty: str
    step_size: str


class MarketLotSize(_Filter, frozen=True, tag="MARKET_LOT_SIZE"):
    """The rules of a market order's quantity."""

    min_qty: str
    max_qty: str
    step_size: str


class Notional(_Filter, frozen=True, tag="NOTIONAL"):
    """The rules of price times quantity."""

    min_notional: str
    apply_min_to_market: bool
    max_notional: str
    apply_max_to_market: bool
    avg_price_mins: int


class MaxNumOrders(_Filter, frozen=True, tag="MAX_NUM_ORDERS"):
    """How many open orders an account may have on the symbol."""

    max_num_orders: int


class IcebergParts(_Filter, frozen=True, tag="ICEBERG_PARTS"):
    """Into how many parts an iceberg may be cut."""

    limit: int


class TrailingDelta(_Filter, frozen=True, tag="TRAILING_DELTA"):
    """The range of a trailing delta, by direction."""

    min_trailing_above_delta: int
    max_trailing_above_delta: int
    min_trailing_below_delta: int
    max_trailing_below_delta: int


class PercentPrice(_Filter, frozen=True, tag="PERCENT_PRICE"):
    """How far a price may be from what the market is worth."""

    multiplier_up: str
    multiplier_down: str
    avg_price_mins: int


class PercentPriceBySide(_Filter, frozen=True, tag="PERCENT_PRICE_BY_SIDE"):
    """How far a price may be from what the market is worth, by side."""

    bid_multiplier_up: str
    bid_multiplier_down: str
    ask_multiplier_up: str
    ask_multiplier_down: str
    avg_price_mins: int


class MaxPosition(_Filter, frozen=True, tag="MAX_POSITION"):
    """How much of the base an account may hold and be buying."""

    max_position: str


class MaxNumOrderLists(_Filter, frozen=True, tag="MAX_NUM_ORDER_LISTS"):
    """How many open lists an account may have on the symbol."""

    max_num_order_lists: int


class MaxNumAlgoOrders(_Filter, frozen=True, tag="MAX_NUM_ALGO_ORDERS"):
    """How many open stop-loss and take-profit orders an account may have on the symbol."""

    max_num_algo_orders: int


class MaxNumIcebergOrders(_Filter, frozen=True, tag="MAX_NUM_ICEBERG_ORDERS"):
    """How many open icebergs an account may have on the symbol."""

    max_num_iceberg_orders: int


class MaxNumOrderAmends(_Filter, frozen=True, tag="MAX_NUM_ORDER_AMENDS"):
    """How often an order may be amended."""

    max_num_order_amends: int


class ExchangeMaxNumOrders(_Filter, frozen=True, tag="EXCHANGE_MAX_NUM_ORDERS"):
    """How many open orders an account may have on the exchange."""

    max_num_orders: int


class ExchangeMaxNumAlgoOrders(_Filter, frozen=True, tag="EXCHANGE_MAX_NUM_ALGO_ORDERS"):
    """How many open stop-loss and take-profit orders an account may have on the exchange."""

    max_num_algo_orders: int


class ExchangeMaxNumIcebergOrders(_Filter, frozen=True, tag="EXCHANGE_MAX_NUM_ICEBERG_ORDERS"):
    """How many open icebergs an account may have on the exchange."""

    max_num_iceberg_orders: int


class ExchangeMaxNumOrderLists(_Filter, frozen=True, tag="EXCHANGE_MAX_NUM_ORDER_LISTS"):
    """How many open lists an account may have on the exchange."""

    max_num_order_lists: int


class MaxAsset(_Filter, frozen=True, tag="MAX_ASSET"):
    """How much of an asset one order may move."""

    asset: str
    limit: str


ExchangeFilter = (
    ExchangeMaxNumOrders | ExchangeMaxNumAlgoOrders | ExchangeMaxNumIcebergOrders | ExchangeMaxNumOrderLists
)

SymbolFilter = (
    PriceFilter
    | LotSize
    | IcebergParts
    | MarketLotSize
    | TrailingDelta
    | PercentPrice
    | PercentPriceBySide
    | Notional
    | MaxPosition
    | MaxNumOrders
    | MaxNumOrderLists
    | MaxNumAlgoOrders
    | MaxNumIcebergOrders
    | MaxNumOrderAmends
)

_UNLIMITED_NOTIONAL = to_text(2**63 - 1)


def of_symbol(spec: SymbolSpec) -> list[SymbolFilter]:
    """List the filters of a symbol in the order the API shows them."""
    rules, minutes = spec.rules, spec.rules.average_minutes
    filters: list[SymbolFilter] = [
        PriceFilter(_text(spec.price_min), _text(spec.price_max), _text(spec.tick)),
        LotSize(_text(spec.quantity_min), _text(spec.quantity_max), _text(spec.lot)),
    ]
    if rules.iceberg_parts_max:
        filters.append(IcebergParts(rules.iceberg_parts_max))
    filters.append(
        MarketLotSize(_text(spec.market_quantity_min), _text(spec.market_quantity_max), _text(spec.market_lot))
    )
    if (range_ := rules.trailing) is not None:
        filters.append(TrailingDelta(range_.above_min, range_.above_max, range_.below_min, range_.below_max))
    if (percent := rules.percent_price) is not None:
        bid = (_text(percent.bid_up), _text(percent.bid_down))
        ask = (_text(percent.ask_up), _text(percent.ask_down))
        filters.append(PercentPriceBySide(*bid, *ask, minutes) if percent.by_side else PercentPrice(*bid, minutes))
    minimum, maximum = _text(spec.notional_min), _text(spec.notional_max)
    if minimum != ZERO or maximum != ZERO:
        filters.append(
            Notional(
                min_notional=minimum,
                apply_min_to_market=spec.notional_min_applies_to_market,
                max_notional=maximum if maximum != ZERO else _UNLIMITED_NOTIONAL,
                apply_max_to_market=spec.notional_max_applies_to_market,
                avg_price_mins=minutes,
            )
        )
    if (position := _text(rules.position_max)) != ZERO:
        filters.append(MaxPosition(position))
    counts: list[tuple[int, Callable[[int], SymbolFilter]]] = [
        (spec.open_orders_max, MaxNumOrders),
        (rules.order_lists_max, MaxNumOrderLists),
        (rules.algo_orders_max, MaxNumAlgoOrders),
        (rules.iceberg_orders_max, MaxNumIcebergOrders),
        (rules.amendments_max, MaxNumOrderAmends),
    ]
    filters += [filter_(most) for most, filter_ in counts if most]
    return filters


def of_exchange(limits: ExchangeLimits) -> list[ExchangeFilter]:
    """List the filters of the exchange."""
    counts: list[tuple[int, Callable[[int], ExchangeFilter]]] = [
        (limits.orders_max, ExchangeMaxNumOrders),
        (limits.algo_orders_max, ExchangeMaxNumAlgoOrders),
        (limits.iceberg_orders_max, ExchangeMaxNumIcebergOrders),
        (limits.order_lists_max, ExchangeMaxNumOrderLists),
    ]
    return [filter_(most) for most, filter_ in counts if most]


def of_asset(name: str, limit: str) -> MaxAsset:
    """Return the filter of an asset that has one."""
    return MaxAsset(name, _text(limit))


def _text(decimal: str) -> str:
    """Write a decimal with eight places, however it was stated."""
    return to_text(to_units(decimal))
