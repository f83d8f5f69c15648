"""The enumerations that commands, events and answers share, in plain English. The wire's spellings live in `wire`."""

from enum import Enum
from typing import Final

import msgspec


class Word(Enum):
    """A word of the field. Hashed by identity, in C: it is a key wherever spellings are looked up."""

    __hash__ = object.__hash__


class Side(Word):
    """Which way an order trades."""

    BUY = "buy"
    SELL = "sell"


class OrderType(Word):
    """How an order finds its price."""

    LIMIT = "limit"
    LIMIT_MAKER = "limit_maker"
    MARKET = "market"


class TimeInForce(Word):
    """How long an order stays."""

    GOOD_TILL_CANCELED = "good_till_canceled"
    IMMEDIATE_OR_CANCEL = "immediate_or_cancel"
    FILL_OR_KILL = "fill_or_kill"


class OrderStatus(Word):
    """Where an order is in its life."""

    NEW = "new"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    EXPIRED_IN_MATCH = "expired_in_match"

    @property
    def is_open(self) -> bool:
        """Whether the order can still trade."""
        return self is OrderStatus.NEW or self is OrderStatus.PARTIALLY_FILLED


class ExpiryReason(Word):
    """Why the exchange ended an order."""

    IMMEDIATE_OR_CANCEL = "immediate_or_cancel"
    FILL_OR_KILL = "fill_or_kill"
    NO_LIQUIDITY = "no_liquidity"
    SELF_TRADE_PREVENTION = "self_trade_prevention"


class SelfTradePrevention(Enum):
    """What happens instead when an order would trade with another of the same account or trade group."""

    NONE = "none"
    EXPIRE_TAKER = "expire_taker"
    EXPIRE_MAKER = "expire_maker"
    EXPIRE_BOTH = "expire_both"
    DECREMENT = "decrement"
    TRANSFER = "transfer"


class AccountClass(Word):
    """What an account is for."""

    SPOT = "spot"
    FUNDING = "funding"
    CROSS_MARGIN = "cross_margin"
    ISOLATED_MARGIN = "isolated_margin"
    USD_MARGINED_FUTURES = "usd_margined_futures"
    COIN_MARGINED_FUTURES = "coin_margined_futures"
    OPTIONS = "options"
    EARN = "earn"
    FEES = "fees"
    INSURANCE = "insurance"
    REWARDS = "rewards"
    TREASURY = "treasury"
    CUSTODY = "custody"
    EXTERNAL = "external"


class PostingReason(Word):
    """Why an amount moved."""

    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"
    ORDER_HOLD = "order_hold"
    ORDER_RELEASE = "order_release"
    TRADE = "trade"
    FEE = "fee"
    TRANSFER = "transfer"
    INTEREST = "interest"
    REWARD = "reward"
    PRODUCT = "product"
    PRODUCT_HOLD = "product_hold"
    PRODUCT_RELEASE = "product_release"
    ADJUSTMENT = "adjustment"


class AccountKind(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The class of an account and what it is limited to: a symbol, a chain, or nothing (0)."""

    account_class: AccountClass
    scope: int = 0


def prevention_modes(*modes: SelfTradePrevention) -> int:
    """Write a set of modes as the core does: one bit each, in order of their definition, the first the lowest."""
    return sum(1 << number for number, mode in enumerate(SelfTradePrevention) if mode in modes)


USUAL_PREVENTION_MODES: Final = prevention_modes(
    SelfTradePrevention.NONE,
    SelfTradePrevention.EXPIRE_TAKER,
    SelfTradePrevention.EXPIRE_MAKER,
    SelfTradePrevention.EXPIRE_BOTH,
    SelfTradePrevention.DECREMENT,
)
"""What a symbol allows unless it is defined otherwise: every mode that moves no money."""


class SymbolSpec(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The definition of a symbol: its assets, scales, filters and commission rates. Zero means no such rule."""

    name: str
    base: int
    quote: int
    tick: str
    price_min: str
    price_max: str
    lot: str
    quantity_min: str
    quantity_max: str
    market_lot: str
    market_quantity_min: str
    market_quantity_max: str
    notional_min: str
    notional_min_applies_to_market: bool
    notional_max: str
    notional_max_applies_to_market: bool
    open_orders_max: int
    prevention_default: SelfTradePrevention
    prevention_allowed: int
    """As `prevention_modes` writes it."""
    maker_fee: str
    taker_fee: str

    @property
    def preventions(self) -> list[SelfTradePrevention]:
        """The modes of self-trade prevention that orders may ask for."""
        return [mode for number, mode in enumerate(SelfTradePrevention) if self.prevention_allowed >> number & 1]


class StreamKey(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An aggregate of a product: its kind and its id within the kind."""

    kind: str
    id: str


class OrderState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Everything about an order that the outside may see."""

    order_id: int
    symbol: int
    account: int
    client_order_id: str
    side: Side
    order_type: OrderType
    time_in_force: TimeInForce
    price: str
    quantity: str
    quote_quantity: str
    executed: str
    executed_quote: str
    self_trade_prevention: SelfTradePrevention
    prevented: str
    prevented_match_id: int
    """The last match that took something from it; 0 for none."""
    status: OrderStatus
    placed_at_us: int
    updated_at_us: int


HOUSE_OWNER: Final = 0
"""The owner of the house's accounts."""

HOUSE_ACCOUNTS: Final = (
    (0, AccountClass.EXTERNAL),
    (1, AccountClass.FEES),
    (2, AccountClass.INSURANCE),
    (3, AccountClass.REWARDS),
    (4, AccountClass.TREASURY),
)
"""The accounts that exist before the first command: id and class."""

EXTERNAL_ACCOUNT: Final = 0
FEES_ACCOUNT: Final = 1
