"""Changing orders: replacing one by another, and making one smaller in its place."""

from typing import Annotated, Any, Final

import msgspec

from rialto.contracts.commands import (
    AmendOrder,
    CancelOrder,
    CancelRestriction,
    OrderReference,
    ReplaceMode,
    ReplaceOrder,
)
from rialto.contracts.events import OrderAmended, OrderCanceled, OrderPlaced, Outcome, PartRefused, ReplacePart
from rialto.contracts.executions import execution_id
from rialto.contracts.vocabulary import AccountClass, OrderState
from rialto.core.errors import CommandRefused
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.order_counts import OrderCounts
from rialto.gateway.router import Route
from rialto.gateway.spot.client_order_ids import ClientOrderIds
from rialto.gateway.spot.counted import admit_counted, submit_counted
from rialto.gateway.spot.order_parameters import NewOrderParameters
from rialto.gateway.spot.order_replies import (
    CanceledOrder,
    NewOrderReply,
    PlacedConditions,
    canceled_order,
    conditions,
    new_order,
    working_time,
)
from rialto.gateway.spot.parameters import ClientOrderId, Identifier, SymbolName, find_symbol
from rialto.wire import errors, refusals
from rialto.wire.endpoints import Endpoint, Security, Urgency
from rialto.wire.errors import ApiError, ErrorCode
from rialto.wire.kinds import Choice, Decimal
from rialto.wire.orders import list_id
from rialto.wire.parameters import Parameters
from rialto.wire.vocabulary import (
    CANCEL_RESTRICTIONS,
    ORDER_TYPE_NAMES,
    REPLACE_MODES,
    SELF_TRADE_PREVENTION_NAMES,
    SIDE_NAMES,
    STATUS_NAMES,
    TIME_IN_FORCE_NAMES,
    RateLimitExceededMode,
)

SUCCESS: Final = "SUCCESS"
FAILURE: Final = "FAILURE"
NOT_ATTEMPTED: Final = "NOT_ATTEMPTED"


class ReplaceParameters(NewOrderParameters, frozen=True, kw_only=True):
    """A new order, and which one goes for it."""

    cancel_replace_mode: Annotated[ReplaceMode, Choice(REPLACE_MODES)]
    cancel_new_client_order_id: ClientOrderId | None = None
    cancel_orig_client_order_id: ClientOrderId | None = None
    cancel_order_id: Identifier | None = None
    cancel_restrictions: (
        Annotated[CancelRestriction, Choice(CANCEL_RESTRICTIONS, ErrorCode.INVALID_CANCEL_RESTRICTIONS.error)] | None
    ) = None
    order_rate_limit_exceeded_mode: Annotated[RateLimitExceededMode, Choice(RateLimitExceededMode)] | None = None

    def check(self) -> None:
        """Refuse a replacement of nothing, then what is wrong with the new order."""
        if self.cancel_order_id is None and self.cancel_orig_client_order_id is None:
            raise errors.one_of("cancelOrigClientOrderId", "cancelOrderId")
        super().check()


class AmendParameters(Parameters, frozen=True, kw_only=True):
    """Which order becomes how small."""

    symbol: SymbolName
    order_id: Identifier | None = None
    orig_client_order_id: ClientOrderId | None = None
    new_client_order_id: ClientOrderId | None = None
    new_qty: Annotated[str, Decimal("Invalid quantity.")]

    def check(self) -> None:
        """Refuse an amendment of nothing."""
        if self.order_id is None and self.orig_client_order_id is None:
            raise errors.one_of("origClientOrderId", "orderId")


class Failure(msgspec.Struct, frozen=True):
    """Why a half of a replacement failed."""

    code: int
    msg: str


class Replacement(msgspec.Struct, frozen=True, rename="camel"):
    """What became of the two halves of a replacement."""

    cancel_result: str
    new_order_result: str
    cancel_response: Any
    """A `CanceledOrder`, a `Failure` or nothing."""
    new_order_response: Any
    """The reply to a new order, a `Failure` or nothing."""


class AmendedOrder(PlacedConditions, frozen=True, rename="camel", omit_defaults=True):
    """An order after it became smaller."""

    symbol: str
    order_id: int
    order_list_id: int
    orig_client_order_id: str
    client_order_id: str
    price: str
    qty: str
    executed_qty: str
    prevented_qty: str
    quote_order_qty: str
    cumulative_quote_qty: str
    status: str
    time_in_force: str
    type: str
    side: str
    working_time: int
    self_trade_prevention_mode: str


class Amendment(msgspec.Struct, frozen=True, rename="camel"):
    """The reply to an amendment."""

    transact_time: int
    execution_id: int
    amended_order: AmendedOrder


REPLACE_ORDER: Final = Endpoint(
    "POST",
    "/api/v3/order/cancelReplace",
    summary="Cancel an open order and place another on the same symbol.",
    parameters=ReplaceParameters,
    response=Replacement,
    sbe_message="CancelReplaceOrderResponse",
    weight=1,
    security=Security.TRADE,
    websocket_method="order.cancelReplace",
    is_free_when_successful=True,
    refused_with=(409,),
)
AMEND_ORDER: Final = Endpoint(
    "PUT",
    "/api/v3/order/amend/keepPriority",
    summary="Make an open order smaller in its place.",
    parameters=AmendParameters,
    response=Amendment,
    sbe_message="OrderAmendKeepPriorityResponse",
    weight=4,
    security=Security.TRADE,
    websocket_method="order.amend.keepPriority",
    urgency=Urgency.CANCEL,
)


class OrderChanges:
    """Submits replacements and amendments to the core."""

    def __init__(self, runtime: Runtime, counts: OrderCounts) -> None:
        self._runtime = runtime
        self._counts = counts
        self._client_order_ids = ClientOrderIds()

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(REPLACE_ORDER, self.replace), Route(AMEND_ORDER, self.amend)]

    async def replace(self, call: Call, parameters: ReplaceParameters) -> Replacement:
        """Cancel an order and place another. Raises `ApiError` -2021 or -2022 with both halves where one failed."""
        account = await self._runtime.account_of(call.owner, AccountClass.SPOT)
        symbol = find_symbol(self._runtime.catalog, parameters.symbol)
        command = ReplaceOrder(
            account,
            symbol.id,
            OrderReference(parameters.cancel_order_id, parameters.cancel_orig_client_order_id),
            parameters.cancel_restrictions,
            parameters.cancel_new_client_order_id or self._client_order_ids.draw(),
            parameters.cancel_replace_mode,
            parameters.new_order(parameters.new_client_order_id or self._client_order_ids.draw()),
        )
        try:
            admit_counted(call, self._runtime, self._counts, account)
        except ApiError as excess:
            if parameters.order_rate_limit_exceeded_mode is not RateLimitExceededMode.CANCEL_ONLY:
                raise
            raise await self._cancel_only(call, parameters, command, excess) from excess
        outcome = await submit_counted(call, self._runtime, self._counts, command)
        return self._replacement(call, parameters, outcome)

    async def _cancel_only(
        self, call: Call, parameters: ReplaceParameters, command: ReplaceOrder, excess: ApiError
    ) -> ApiError:
        """Cancel all the same when no new order may be placed. Returns the error that tells of both.

        Where the new order had been tried whatever becomes of the cancel, its excess is a failure like any other;
        else it is what the status tells of.
        """
        cancel = CancelOrder(command.account, command.symbol, command.cancel, command.restriction, command.cancel_id)
        is_tried_anyway = parameters.cancel_replace_mode is ReplaceMode.ALLOW_FAILURE
        canceled: CanceledOrder | Failure | None
        placed: Failure | None = _failure(excess)
        call.check_window()
        try:
            canceled = self._canceled(call, parameters, await self._runtime.submit(cancel))
        except CommandRefused as refused:
            canceled = _failure(refusals.of_cancel(refused.rejection))
            placed = placed if is_tried_anyway else None
        status = None if is_tried_anyway else excess.status
        return _failed(Replacement(_result(canceled), _result(placed), canceled, placed), status, excess)

    def _replacement(self, call: Call, parameters: ReplaceParameters, outcome: Outcome) -> Replacement:
        refused = {event.part: event.rejection for event in outcome.events if isinstance(event, PartRefused)}
        canceled, placed = self._canceled(call, parameters, outcome), self._placed(call, parameters, outcome)
        if ReplacePart.CANCELLATION in refused:
            canceled = _failure(refusals.of_cancel(refused[ReplacePart.CANCELLATION]))
        if ReplacePart.PLACEMENT in refused:
            placed = _failure(refusals.of_new_order(refused[ReplacePart.PLACEMENT]))
        replacement = Replacement(_result(canceled), _result(placed), canceled, placed)
        if replacement.new_order_result == replacement.cancel_result == SUCCESS:
            return replacement
        raise _failed(replacement)

    def _canceled(self, call: Call, parameters: ReplaceParameters, outcome: Outcome) -> CanceledOrder | Failure | None:
        """Write the order that was named: with one of a list, the others went too."""
        for event in outcome.events:
            if isinstance(event, OrderCanceled) and _is_named(event.order, parameters):
                cancel_id = event.cancel_id or ""
                return canceled_order(call, self._runtime.catalog, event.order, cancel_id, outcome.time_us)
        return None

    def _placed(self, call: Call, parameters: ReplaceParameters, outcome: Outcome) -> NewOrderReply | Failure | None:
        if not any(isinstance(event, OrderPlaced) for event in outcome.events):
            return None
        return new_order(call, self._runtime.catalog, outcome, parameters.response_type)

    async def amend(self, call: Call, parameters: AmendParameters) -> Amendment:
        """Make an order smaller."""
        account = await self._runtime.account_of(call.owner, AccountClass.SPOT)
        symbol = find_symbol(self._runtime.catalog, parameters.symbol)
        reference = OrderReference(parameters.order_id, parameters.orig_client_order_id)
        name = parameters.new_client_order_id or self._client_order_ids.draw()
        call.check_window()
        try:
            outcome = await self._runtime.submit(AmendOrder(account, symbol.id, reference, name, parameters.new_qty))
        except CommandRefused as refused:
            raise refusals.of_amendment(refused.rejection) from refused
        position, amended = next(
            (position, event) for position, event in enumerate(outcome.events) if isinstance(event, OrderAmended)
        )
        order = self._amended(call, amended)
        return Amendment(call.time(outcome.time_us), execution_id(outcome.sequence, position), order)

    def _amended(self, call: Call, amended: OrderAmended) -> AmendedOrder:
        order = amended.order
        return AmendedOrder(
            self._runtime.catalog.symbol(order.symbol).name,
            order.order_id,
            list_id(order),
            amended.previous_client_order_id,
            order.client_order_id,
            order.price,
            order.quantity,
            order.executed,
            order.prevented,
            order.quote_quantity,
            order.executed_quote,
            STATUS_NAMES[order.status],
            TIME_IN_FORCE_NAMES[order.time_in_force],
            ORDER_TYPE_NAMES[order.order_type],
            SIDE_NAMES[order.side],
            working_time(call, order),
            SELF_TRADE_PREVENTION_NAMES[order.self_trade_prevention],
            **conditions(call, order),
        )


def _failed(replacement: Replacement, status: int | None = None, excess: ApiError | None = None) -> ApiError:
    """Return the error of a replacement of which a half failed, or both."""
    has_half = SUCCESS in (replacement.cancel_result, replacement.new_order_result)
    code = ErrorCode.CANCEL_REPLACE_PARTIALLY_FAILED if has_half else ErrorCode.CANCEL_REPLACE_FAILED
    error = code.error()
    data = msgspec.json.encode(replacement)
    return ApiError(error.code, error.message, status or error.status, excess.retry_after_s if excess else None, data)


def _is_named(order: OrderState, parameters: ReplaceParameters) -> bool:
    if parameters.cancel_order_id is not None:
        return order.order_id == parameters.cancel_order_id
    return order.client_order_id == parameters.cancel_orig_client_order_id


def _failure(error: ApiError) -> Failure:
    return Failure(error.code, error.message)


def _result(half: object) -> str:
    if half is None:
        return NOT_ATTEMPTED
    return FAILURE if isinstance(half, Failure) else SUCCESS
