"""What a new order list may say: the parameters of a leg, declared once, under each list's names for them."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, ClassVar, Final, NamedTuple, cast

import msgspec

from rialto.contracts.commands import NewOrder, PlaceOrderList
from rialto.contracts.vocabulary import Contingency, PegPrice, SelfTradePrevention, Side, TimeInForce
from rialto.gateway.spot import order_rules
from rialto.gateway.spot.client_order_ids import ClientOrderIds
from rialto.gateway.spot.parameters import ClientOrderId, Identifier, StrategyType, SymbolName, TrailingDelta
from rialto.wire import errors
from rialto.wire.errors import ErrorCode
from rialto.wire.kinds import Choice, Decimal, Integer
from rialto.wire.parameters import Parameters
from rialto.wire.vocabulary import (
    PEG_PRICES,
    SELF_TRADE_PREVENTIONS,
    SIDES,
    TIMES_IN_FORCE,
    OrderTypeName,
    PegOffsetType,
    ResponseType,
)

ListSide = Annotated[Side, Choice(SIDES, ErrorCode.INVALID_SIDE.error)]
Quantity = Annotated[str, Decimal("Invalid quantity.")]
Price = Annotated[str, Decimal("Invalid price.")]
AnyType = Annotated[OrderTypeName, Choice(OrderTypeName, ErrorCode.INVALID_ORDER_TYPE.error)]
WorkingType = Annotated[
    OrderTypeName,
    Choice(
        {name.value: name for name in (OrderTypeName.LIMIT, OrderTypeName.LIMIT_MAKER)},
        ErrorCode.INVALID_ORDER_TYPE.error,
    ),
]
Patience = Annotated[TimeInForce, Choice(TIMES_IN_FORCE, ErrorCode.INVALID_TIF.error)]
Prevention = Annotated[SelfTradePrevention, Choice(SELF_TRADE_PREVENTIONS)]

UNPAIRABLE: Final = (OrderTypeName.LIMIT, OrderTypeName.MARKET)
"""The types that cannot be one of two orders of which one ends the other."""


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """One order of a list, as its request describes it."""

    place: "LegPlace"
    side: Side
    type: OrderTypeName
    quantity: str | None = None
    client_order_id: str | None = None
    price: str | None = None
    stop_price: str | None = None
    trailing_delta: int | None = None
    iceberg_qty: str | None = None
    time_in_force: TimeInForce | None = None
    strategy_id: int | None = None
    strategy_type: int | None = None
    peg_price_type: PegPrice | None = None
    peg_offset_type: PegOffsetType | None = None
    peg_offset_value: int | None = None

    quote_order_qty: ClassVar[str | None] = None

    @property
    def gets_quantity_from_list(self) -> bool:
        """Whether another order of the list pays for it."""
        return self.place.quantity is None

    def named(self, parameter: str) -> str:
        """Return what the request calls a parameter of the leg."""
        return f"{self.place.prefix}{parameter[0].upper()}{parameter[1:]}" if self.place.prefix else parameter

    def check(self) -> None:
        """Refuse what does not make an order of its type and place. Raises `ApiError`."""
        if self.place.is_of_pair and self.type in UNPAIRABLE:
            raise ErrorCode.OCO_ORDER_TYPE_REJECTED.error()
        order_rules.check(self)
        has_iceberg = self.iceberg_qty is not None and self.iceberg_qty.strip("0.")
        is_patient = self.time_in_force in (None, TimeInForce.GOOD_TILL_CANCELED)
        if self.place.is_of_pair and has_iceberg and not is_patient:
            raise ErrorCode.OCO_ICEBERGQTY_TIMEINFORCE.error(self.named("icebergQty"))

    def order(self, client_order_id: str, mode: SelfTradePrevention | None) -> NewOrder:
        """Write the leg in the core's words. Precondition: checked."""
        return order_rules.new_order(self, client_order_id, mode)


class LegPlace(NamedTuple):
    """Where in a list an order stands: how its parameters begin, and which hold its side and quantity.

    `quantity` is None where another order of the list pays for it.
    """

    prefix: str
    side: str
    quantity: str | None
    is_of_pair: bool = False


class OrderListParameters(Parameters, frozen=True):
    """What every kind of list may say."""

    symbol: SymbolName
    list_client_order_id: ClientOrderId | None = None
    new_order_resp_type: Annotated[ResponseType, Choice(ResponseType)] | None = None
    self_trade_prevention_mode: Prevention | None = None

    contingency: ClassVar[Contingency]
    one_pays_the_other: ClassVar[bool] = False
    places: ClassVar[tuple[LegPlace, ...]] = ()

    def legs(self) -> Sequence[Leg]:
        """List the orders in the order the core takes them."""
        return [_leg(self, place) for place in self.places]

    def check(self) -> None:
        """Refuse legs that are no orders of their type."""
        for leg in self.legs():
            leg.check()

    @property
    def response_type(self) -> ResponseType:
        """How much the reply says of each order."""
        return self.new_order_resp_type or ResponseType.RESULT

    def command(self, account: int, symbol: int, names: ClientOrderIds) -> PlaceOrderList:
        """Write the list in the core's words; orders without an id get one. Precondition: checked."""
        mode = self.self_trade_prevention_mode
        return PlaceOrderList(
            account,
            symbol,
            self.list_client_order_id or names.draw(),
            self.contingency,
            self.one_pays_the_other,
            tuple(leg.order(leg.client_order_id or names.draw(), mode) for leg in self.legs()),
        )


_LEG_FIELDS: Final[tuple[tuple[str, Any], ...]] = (
    ("client_order_id", ClientOrderId),
    ("price", Price),
    ("stop_price", Annotated[str, Decimal()]),
    ("trailing_delta", TrailingDelta),
    ("iceberg_qty", Annotated[str, Decimal()]),
    ("time_in_force", Patience),
    ("strategy_id", Identifier),
    ("strategy_type", StrategyType),
    ("peg_price_type", Annotated[PegPrice, Choice(PEG_PRICES, ErrorCode.INVALID_PEG_PRICE_TYPE.error)]),
    ("peg_offset_type", Annotated[PegOffsetType, Choice(PegOffsetType, ErrorCode.INVALID_PEG_OFFSET_TYPE.error)]),
    ("peg_offset_value", Annotated[int, Integer(1, 100)]),
)
"""What a leg may say beside its type, side and quantity."""

_WORKING_LACKS: Final = ("stop_price", "trailing_delta")
"""What a working order cannot say: it works at once."""


def _leg(parameters: OrderListParameters, place: LegPlace) -> Leg:
    prefix = _snake(place.prefix)
    said = {name: getattr(parameters, f"{prefix}_{name}", None) for name, _ in _LEG_FIELDS}
    return Leg(
        place=place,
        side=getattr(parameters, place.side),
        type=getattr(parameters, f"{prefix}_type"),
        quantity=None if place.quantity is None else getattr(parameters, place.quantity),
        **said,
    )


def _snake(prefix: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in prefix)


def _fields(place: LegPlace) -> Iterator[tuple[Any, ...]]:
    """Declare the parameters of a leg, without its side and quantity."""
    prefix = _snake(place.prefix)
    is_working = place is WORKING
    yield f"{prefix}_type", WorkingType if is_working else AnyType
    for name, kind in _LEG_FIELDS:
        if not (is_working and name in _WORKING_LACKS):
            yield f"{prefix}_{name}", kind | None, None


def _declare(
    name: str, contingency: Contingency, places: tuple[LegPlace, ...], *, one_pays_the_other: bool = False
) -> type[OrderListParameters]:
    """Make the parameters of a kind of list."""
    shared = dict.fromkeys(name for place in places for name in (place.side, place.quantity) if name is not None)
    kinds = {name: ListSide if name.endswith("side") else Quantity for name in shared}
    fields = [*kinds.items(), *(field for place in places for field in _fields(place))]
    struct = msgspec.defstruct(
        name,
        fields,
        bases=(OrderListParameters,),
        module=__name__,
        namespace={
            "__doc__": "The parameters of a list.",
            "contingency": contingency,
            "one_pays_the_other": one_pays_the_other,
            "places": places,
        },
        frozen=True,
        kw_only=True,
        rename="camel",
    )
    return cast(type[OrderListParameters], struct)


WORKING: Final = LegPlace("working", "working_side", "working_quantity")
_PENDING: Final = LegPlace("pending", "pending_side", "pending_quantity")
_PENDING_ABOVE: Final = LegPlace("pendingAbove", "pending_side", "pending_quantity", is_of_pair=True)
_PENDING_BELOW: Final = LegPlace("pendingBelow", "pending_side", "pending_quantity", is_of_pair=True)

OcoParameters: Final = _declare(
    "OcoParameters",
    Contingency.ONE_CANCELS_THE_OTHER,
    (
        LegPlace("above", "side", "quantity", is_of_pair=True),
        LegPlace("below", "side", "quantity", is_of_pair=True),
    ),
)
OtoParameters: Final = _declare("OtoParameters", Contingency.ONE_TRIGGERS_THE_OTHER, (WORKING, _PENDING))
OtocoParameters: Final = _declare(
    "OtocoParameters", Contingency.ONE_TRIGGERS_ONE_CANCELS_THE_OTHER, (WORKING, _PENDING_ABOVE, _PENDING_BELOW)
)
OpoParameters: Final = _declare(
    "OpoParameters",
    Contingency.ONE_TRIGGERS_THE_OTHER,
    (WORKING, _PENDING._replace(quantity=None)),
    one_pays_the_other=True,
)
OpocoParameters: Final = _declare(
    "OpocoParameters",
    Contingency.ONE_TRIGGERS_ONE_CANCELS_THE_OTHER,
    (WORKING, _PENDING_ABOVE._replace(quantity=None), _PENDING_BELOW._replace(quantity=None)),
    one_pays_the_other=True,
)

_PLAIN: Final = LegPlace("", "side", "quantity", is_of_pair=True)
_STOP: Final = LegPlace("stop", "side", "quantity", is_of_pair=True)


class FormerOcoParameters(OrderListParameters, frozen=True, kw_only=True):
    """An OCO under its former names: a limit order and a stop order."""

    side: ListSide
    quantity: Quantity
    limit_client_order_id: ClientOrderId | None = None
    price: Price
    limit_strategy_id: Identifier | None = None
    limit_strategy_type: StrategyType | None = None
    limit_iceberg_qty: Annotated[str, Decimal()] | None = None
    trailing_delta: TrailingDelta | None = None
    stop_client_order_id: ClientOrderId | None = None
    stop_price: Annotated[str, Decimal()]
    stop_strategy_id: Identifier | None = None
    stop_strategy_type: StrategyType | None = None
    stop_limit_price: Price | None = None
    stop_iceberg_qty: Annotated[str, Decimal()] | None = None
    stop_limit_time_in_force: Patience | None = None

    contingency: ClassVar[Contingency] = Contingency.ONE_CANCELS_THE_OTHER

    def check(self) -> None:
        """Refuse a limit without a time in force, or the other way, then what makes no order."""
        if self.stop_limit_price is not None and self.stop_limit_time_in_force is None:
            raise errors.mandatory("stopLimitTimeInForce")
        if self.stop_limit_price is None and self.stop_limit_time_in_force is not None:
            raise errors.not_required("stopLimitTimeInForce")
        super().check()

    def legs(self) -> Sequence[Leg]:
        """List the order above, then the one below: a seller's limit is above, a buyer's below."""
        limit = Leg(
            place=_PLAIN,
            side=self.side,
            type=OrderTypeName.LIMIT_MAKER,
            quantity=self.quantity,
            client_order_id=self.limit_client_order_id,
            price=self.price,
            iceberg_qty=self.limit_iceberg_qty,
            strategy_id=self.limit_strategy_id,
            strategy_type=self.limit_strategy_type,
        )
        stop = Leg(
            place=_STOP,
            side=self.side,
            type=OrderTypeName.STOP_LOSS if self.stop_limit_price is None else OrderTypeName.STOP_LOSS_LIMIT,
            quantity=self.quantity,
            client_order_id=self.stop_client_order_id,
            price=self.stop_limit_price,
            stop_price=self.stop_price,
            trailing_delta=self.trailing_delta,
            iceberg_qty=self.stop_iceberg_qty,
            time_in_force=self.stop_limit_time_in_force,
            strategy_id=self.stop_strategy_id,
            strategy_type=self.stop_strategy_type,
        )
        return (limit, stop) if self.side is Side.SELL else (stop, limit)
