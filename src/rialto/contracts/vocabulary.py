"""The enumerations that commands, events and answers share, in plain English. The wire's spellings live in `wire`."""

from collections.abc import Sequence
from enum import Enum
from typing import Final

import msgspec

from rialto.contracts.symbol_rules import SymbolRules
from rialto.contracts.word import NOTHING, Word


class Side(Word):
    """Which way an order trades."""

    BUY = "buy"
    SELL = "sell"


class OrderType(Word):
    """How an order finds its price."""

    LIMIT = "limit"
    LIMIT_MAKER = "limit_maker"
    MARKET = "market"
    STOP_LOSS = "stop_loss"
    STOP_LOSS_LIMIT = "stop_loss_limit"
    TAKE_PROFIT = "take_profit"
    TAKE_PROFIT_LIMIT = "take_profit_limit"

    @property
    def is_contingent(self) -> bool:
        """Whether the order waits for the market to reach a price."""
        return self not in (OrderType.LIMIT, OrderType.LIMIT_MAKER, OrderType.MARKET)

    @property
    def has_limit(self) -> bool:
        """Whether the order has a limit."""
        return self not in (OrderType.MARKET, OrderType.STOP_LOSS, OrderType.TAKE_PROFIT)


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
    PENDING_NEW = "pending_new"

    @property
    def is_open(self) -> bool:
        """Whether the order can still trade."""
        return self in (OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED, OrderStatus.PENDING_NEW)


class ExpiryReason(Word):
    """Why the exchange ended an order."""

    IMMEDIATE_OR_CANCEL = "immediate_or_cancel"
    FILL_OR_KILL = "fill_or_kill"
    NO_LIQUIDITY = "no_liquidity"
    SELF_TRADE_PREVENTION = "self_trade_prevention"
    OTHER_ORDER_OF_LIST = "other_order_of_list"
    WORKING_ORDER_OF_LIST = "working_order_of_list"
    REJECTED = "rejected"
    PRICE_RANGE = "price_range"


class WorkingFloor(Word):
    """Where the last thing happened to an order that smart order routing may fill."""

    EXCHANGE = "exchange"
    SMART_ORDER_ROUTING = "smart_order_routing"


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


class Rates(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Commission rates of one kind; an order pays that of its part in a trade and that of its side together."""

    maker: str = NOTHING
    taker: str = NOTHING
    buyer: str = NOTHING
    seller: str = NOTHING


class Commission(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The three kinds of commission; only the standard one is reduced for who pays in the discount asset."""

    standard: Rates = Rates()
    special: Rates = Rates()
    tax: Rates = Rates()


def commission_of(maker: str, taker: str) -> Commission:
    """Only a standard commission, by part."""
    return Commission(Rates(maker, taker))


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
    commission: Commission
    is_discounted: bool
    rules: SymbolRules = SymbolRules()

    @property
    def preventions(self) -> list[SelfTradePrevention]:
        """The modes of self-trade prevention that orders may ask for."""
        return [mode for number, mode in enumerate(SelfTradePrevention) if self.prevention_allowed >> number & 1]


class StreamKey(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An aggregate of a product: its kind and its id within the kind."""

    kind: str
    id: str


class PegPrice(Word):
    """Which side of the book a pegged order looks at."""

    PRIMARY = "primary"
    MARKET = "market"


class Peg(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A limit taken from the book when the order enters it, so many levels behind the best one."""

    price: PegPrice
    offset: int | None = None


class OrderTerms(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What an order may ask for beyond price and quantity."""

    stop_price: str | None = None
    trailing_delta: int | None = None
    iceberg_quantity: str | None = None
    peg: Peg | None = None
    strategy_id: int | None = None
    strategy_type: int | None = None


class Contingency(Word):
    """How the orders of a list depend on each other, and in which order they are given."""

    ONE_CANCELS_THE_OTHER = "one_cancels_the_other"
    ONE_TRIGGERS_THE_OTHER = "one_triggers_the_other"
    ONE_TRIGGERS_ONE_CANCELS_THE_OTHER = "one_triggers_one_cancels_the_other"


class OrderListState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Everything about an order list that the outside may see."""

    list_id: int
    symbol: int
    account: int
    client_order_id: str
    contingency: Contingency
    one_pays_the_other: bool
    orders: tuple[int, int, int | None]
    client_order_ids: tuple[str, str, str | None]
    """What their owner calls them, in the same order."""
    placed_at_us: int

    @property
    def members(self) -> Sequence[tuple[int, str]]:
        """Its orders as they were given: id and owner's name."""
        pairs = zip(self.orders, self.client_order_ids, strict=True)
        return [(order_id, name) for order_id, name in pairs if order_id is not None and name is not None]


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
    working_at_us: int
    """When it started to work; 0 until then."""
    list_id: int | None = None
    terms: OrderTerms | None = None
    trailing_since_us: int = 0
    """When a trailing order started to follow the market; 0 until then."""
    pegged_price: str = NOTHING
    """The limit a pegged order took from the book; zero until then."""
    working_floor: WorkingFloor | None = None
    """Where the last thing happened to it, if it was sent to smart order routing."""
    expiry_reason: ExpiryReason | None = None
    """Why the exchange ended it, if it did."""


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
INSURANCE_ACCOUNT: Final = 2
REWARDS_ACCOUNT: Final = 3
TREASURY_ACCOUNT: Final = 4
