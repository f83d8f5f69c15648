"""The rules of a symbol beyond its scales, and what may be done on it."""

from typing import Final

import msgspec

from rialto.contracts.word import NOTHING, Word


class Feature(Word):
    """What a symbol may allow, in order of the bits of `SymbolRules.features`."""

    MARKET = "market"
    QUOTE_ORDER_QUANTITY = "quote_order_quantity"
    STOP_LOSS = "stop_loss"
    STOP_LOSS_LIMIT = "stop_loss_limit"
    TAKE_PROFIT = "take_profit"
    TAKE_PROFIT_LIMIT = "take_profit_limit"
    ICEBERG = "iceberg"
    TRAILING = "trailing"
    PEG = "peg"
    OCO = "oco"
    OTO = "oto"
    OPO = "opo"
    CANCEL_REPLACE = "cancel_replace"
    AMEND = "amend"


EVERY_FEATURE: Final = (1 << len(Feature)) - 1


class PercentPrice(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How far a limit may be from what the market is worth, as factors."""

    bid_up: str
    bid_down: str
    ask_up: str
    ask_down: str
    by_side: bool


class TrailingRange(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The least and the most a trailing delta may be, in hundredths of a percent."""

    above_min: int
    above_max: int
    below_min: int
    below_max: int


class PriceRange(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How far from the reference price an incoming order may trade, as factors."""

    bid_up: str | None = None
    bid_down: str | None = None
    ask_up: str | None = None
    ask_down: str | None = None


class ReferenceMethod(Word):
    """Where a symbol's reference price comes from."""

    NONE = "none"
    ARITHMETIC_MEAN = "arithmetic_mean"
    EXTERNAL = "external"


class Reference(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How a symbol's reference price is found."""

    method: ReferenceMethod = ReferenceMethod.NONE
    bucket_width_ms: int = 0
    bucket_count: int = 0
    calculation_id: int = 0


class SymbolRules(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The rules of a symbol beyond its scales. Zero and absence mean no such rule."""

    features: int = EVERY_FEATURE
    average_minutes: int = 0
    percent_price: PercentPrice | None = None
    iceberg_parts_max: int = 0
    algo_orders_max: int = 0
    iceberg_orders_max: int = 0
    order_lists_max: int = 0
    amendments_max: int = 0
    position_max: str = NOTHING
    trailing: TrailingRange | None = None
    price_range: PriceRange | None = None
    reference: Reference = Reference()

    def allows(self, feature: Feature) -> bool:
        """Tell whether something is allowed."""
        return bool(self.features >> list(Feature).index(feature) & 1)


class SymbolStatus(Word):
    """What may be done on a symbol."""

    TRADING = "trading"
    HALT = "halt"
    BREAK = "break"
    END_OF_DAY = "end_of_day"
    CANCEL_ONLY = "cancel_only"


class ExchangeLimits(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What an account may have open on the whole exchange. Zero means no such rule."""

    orders_max: int = 0
    algo_orders_max: int = 0
    iceberg_orders_max: int = 0
    order_lists_max: int = 0
