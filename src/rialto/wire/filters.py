"""A symbol's filters as exchange information shows them.

The order is the API's own. A rule the symbol does not have (zero) is shown as the zero that disables it, or left out
where the API leaves it out (MAX_NUM_ORDERS, NOTIONAL).
"""

import msgspec

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


SymbolFilter = PriceFilter | LotSize | MarketLotSize | Notional | MaxNumOrders

_UNLIMITED_NOTIONAL = to_text(2**63 - 1)


def of_symbol(spec: SymbolSpec) -> list[SymbolFilter]:
    """List the filters of a symbol in the order the API shows them.

    Market orders are measured against the last price (`avgPriceMins` 0), as the core does it.
    """
    filters: list[SymbolFilter] = [
        PriceFilter(_text(spec.price_min), _text(spec.price_max), _text(spec.tick)),
        LotSize(_text(spec.quantity_min), _text(spec.quantity_max), _text(spec.lot)),
        MarketLotSize(_text(spec.market_quantity_min), _text(spec.market_quantity_max), _text(spec.market_lot)),
    ]
    minimum, maximum = _text(spec.notional_min), _text(spec.notional_max)
    if minimum != ZERO or maximum != ZERO:
        filters.append(
            Notional(
                min_notional=minimum,
                apply_min_to_market=spec.notional_min_applies_to_market,
                max_notional=maximum if maximum != ZERO else _UNLIMITED_NOTIONAL,
                apply_max_to_market=spec.notional_max_applies_to_market,
                avg_price_mins=0,
            )
        )
    if spec.open_orders_max:
        filters.append(MaxNumOrders(spec.open_orders_max))
    return filters


def _text(decimal: str) -> str:
    """Write a decimal with eight places, however it was stated."""
    return to_text(to_units(decimal))
