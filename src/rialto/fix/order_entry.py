"""Order entry: messages that place, cancel and change orders, as requests of the routes that REST has for them.

Owned by a session. What becomes of orders is told by the reports of the account, to every session of it; this session
alone is told what was refused.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import msgspec

from rialto.fix.account_feed import AccountFeed, AccountReports
from rialto.fix.dictionary import Dictionary, Values
from rialto.fix.execution_reports import EXECUTION_REPORT, LIST_STATUS
from rialto.fix.order_lists import list_parameters, tag_of_list
from rialto.fix.orders import order_parameters, side_of, tag_of_order, word_of
from rialto.fix.refusals import needless
from rialto.fix.requests import Asked, Entrance, Requests
from rialto.fix.session import Session
from rialto.fix.times import to_text
from rialto.fix.validation import Body, Message
from rialto.gateway.limits import LimitUse
from rialto.gateway.router import Route, Router
from rialto.gateway.spot.order_changes import FAILURE, Failure
from rialto.gateway.spot.order_list_replies import CanceledOrderList
from rialto.gateway.spot.order_parameters import CancelAllParameters
from rialto.gateway.spot.orders import CANCEL_ALL
from rialto.gateway.spot.parameters import ClientOrderId
from rialto.wire.decimals import ZERO
from rialto.wire.endpoints import Endpoint
from rialto.wire.errors import ApiError

CANCEL_REJECT: Final = "9"
MASS_CANCEL_REPORT: Final = "r"
AMEND_REJECT: Final = "XAR"

_CANCEL_FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "symbol": "Symbol",
        "orderId": "OrderID",
        "origClientOrderId": "OrigClOrdID",
        "newClientOrderId": "ClOrdID",
        "orderListId": "ListID",
        "listClientOrderId": "OrigClListID",
        "cancelRestrictions": "CancelRestrictions",
        "newQty": "OrderQty",
    }
)
_REPLACE_FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cancelOrderId": "OrderID",
        "cancelOrigClientOrderId": "OrigClOrdID",
        "cancelNewClientOrderId": "CancelClOrdID",
        "cancelRestrictions": "CancelRestrictions",
        "cancelReplaceMode": "OrderCancelRequestAndNewOrderSingleMode",
        "orderRateLimitExceededMode": "OrderRateLimitExceededMode",
    }
)
"""The fields that parameters of REST come from, which are not an order's own."""


class MassCancelParameters(CancelAllParameters, frozen=True, kw_only=True):
    """On which symbol to cancel, and what the cancellation is called."""

    new_client_order_id: ClientOrderId

    @property
    def cancel_id(self) -> str | None:
        """What the cancellation is called."""
        return self.new_client_order_id


class _Half(msgspec.Struct, rename="camel"):
    """What a refused replacement says of its halves."""

    cancel_result: str
    new_order_result: str
    cancel_response: Any = None
    new_order_response: Any = None


class OrderRoutes:
    """Turns messages into requests of routes. Shared by all sessions."""

    def __init__(self, router: Router, dictionary: Dictionary) -> None:
        self._router = router
        self._dictionary = dictionary
        cancel_all = router.find(CANCEL_ALL.method, CANCEL_ALL.path)
        self._mass_cancel: Route[Any] = Route(
            Endpoint(
                CANCEL_ALL.method,
                CANCEL_ALL.path,
                summary=CANCEL_ALL.summary,
                parameters=MassCancelParameters,
                response=CANCEL_ALL.responses,
                weight=CANCEL_ALL.weight,
                security=CANCEL_ALL.security,
                is_free_when_successful=CANCEL_ALL.is_free_when_successful,
            ),
            cancel_all.handler,
        )
        self._readers: Final[Mapping[str, Callable[[Message], Asked]]] = {
            "D": self._new_order,
            "E": self._new_list,
            "F": self._cancel,
            "q": self._cancel_all,
            "XAK": self._amend,
            "XCN": self._replace,
        }

    def read(self, message: Message) -> Asked:
        """Return what a message asks for. Raises `Rejected`."""
        return self._readers[message.type](message)

    def _order(self, message: Body) -> dict[str, str]:
        pairs = order_parameters(message, self._dictionary)
        pairs["symbol"] = message.values["Symbol"]
        pairs["side"] = side_of(message, self._dictionary)
        pairs["newClientOrderId"] = message.values["ClOrdID"]
        return pairs

    def _tag_of(self, fields: Mapping[str, str], parameter: str) -> int | None:
        field = fields.get(parameter)
        if field is None:
            return tag_of_order(self._dictionary, parameter)
        return self._dictionary.field(field).tag

    def _asked(self, method: str, path: str, pairs: dict[str, str], fields: Mapping[str, str], *names: str) -> Asked:
        return Asked(self._router.find(method, path), pairs, frozenset(names), partial(self._tag_of, fields))

    def _new_order(self, message: Message) -> Asked:
        path = "/api/v3/sor/order" if message.get("SOR") == "Y" else "/api/v3/order"
        pairs = self._order(message)
        if path.startswith("/api/v3/sor"):
            known = self._router.find("POST", path).endpoint.reader.names
            for parameter in pairs:
                if parameter not in known:
                    tag = tag_of_order(self._dictionary, parameter)
                    assert tag is not None, "every parameter of an order comes from a field"
                    raise needless(tag)
        return self._asked("POST", path, pairs, {}, message.values["ClOrdID"])

    def _new_list(self, message: Message) -> Asked:
        path, pairs = list_parameters(message, self._dictionary)
        names = frozenset(order.values["ClOrdID"] for order in message.entries("NoOrders"))
        return Asked(self._router.find("POST", path), pairs, names, partial(tag_of_list, self._dictionary))

    def _cancel(self, message: Message) -> Asked:
        is_of_list = message.get("ListID") is not None or message.get("OrigClListID") is not None
        is_of_order = message.get("OrderID") is not None or message.get("OrigClOrdID") is not None
        if is_of_list and (is_of_order or message.get("CancelRestrictions") is not None):
            fields = ("OrderID", "OrigClOrdID", "CancelRestrictions")
            raise needless(next(self._dictionary.field(name).tag for name in fields if message.get(name) is not None))
        path = "/api/v3/orderList" if is_of_list else "/api/v3/order"
        return self._asked("DELETE", path, self._pairs(message, _CANCEL_FIELDS), _CANCEL_FIELDS)

    def _cancel_all(self, message: Message) -> Asked:
        pairs = {"symbol": message.values["Symbol"], "newClientOrderId": message.values["ClOrdID"]}
        return Asked(self._mass_cancel, pairs, frozenset(), partial(self._tag_of, _CANCEL_FIELDS))

    def _amend(self, message: Message) -> Asked:
        pairs = self._pairs(message, _CANCEL_FIELDS)
        return self._asked("PUT", "/api/v3/order/amend/keepPriority", pairs, _CANCEL_FIELDS)

    def _replace(self, message: Message) -> Asked:
        pairs = self._order(message) | self._pairs(message, _REPLACE_FIELDS)
        return self._asked("POST", "/api/v3/order/cancelReplace", pairs, _REPLACE_FIELDS, message.values["ClOrdID"])

    def _pairs(self, message: Message, fields: Mapping[str, str]) -> dict[str, str]:
        said = ((parameter, word_of(message, self._dictionary, name)) for parameter, name in fields.items())
        return {parameter: word for parameter, word in said if word is not None}


class OrderEntry:
    """One session of order entry."""

    def __init__(
        self,
        session: Session,
        routes: OrderRoutes,
        entrance: Entrance,
        reports: AccountReports,
        *,
        order_limits: Callable[[int], Awaitable[list[LimitUse]]],
        requests_under_way_max: int,
        now_us: Callable[[], int],
    ) -> None:
        """`order_limits` tells what an owner has used of the limits of orders. Errors: those of `AccountReports`."""
        self._session = session
        self._routes = routes
        self._dictionary = session.service.dictionary
        self._order_limits = order_limits
        self._now_us = now_us
        self._requests = Requests(session, entrance, self, requests_under_way_max)
        self._feed = AccountFeed(session, reports, only_acknowledgements=session.logon.only_acknowledgements)

    async def take(self, message: Message) -> None:
        """Begin what a message asks for."""
        await self._requests.take(message, self._routes.read(message))

    async def limits(self) -> list[Values]:
        """Return what the account has used of its limits of orders."""
        code = self._dictionary.code
        return [
            {
                "LimitType": code("LimitType", "ORDER_LIMIT"),
                "LimitCount": use.count,
                "LimitMax": use.limit,
                "LimitResetInterval": use.interval_num,
                "LimitResetIntervalResolution": code("LimitResetIntervalResolution", use.interval),
            }
            for use in await self._order_limits(self._session.logon.key.owner)
        ]

    async def finish(self) -> None:
        """Return when every request is answered."""
        await self._requests.finish()

    def end(self) -> None:
        """Listen to the account no more. What is under way is finished, and nobody is told."""
        self._feed.end()

    # --- answers -----------------------------------------------------------------------------------------------

    def done(self, message: Message, answer: object) -> None:
        """Tell how many orders a mass cancel took back; the reports tell the rest."""
        if message.type == "q":
            assert isinstance(answer, list)
            count = sum(len(each.order_reports) if isinstance(each, CanceledOrderList) else 1 for each in answer)
            self._mass_cancel_report(message, "CANCEL_SYMBOL_ORDERS", {"TotalAffectedOrders": count})

    def refused(self, message: Message, error: ApiError) -> None:
        """Tell that a request was refused, in the message that there is for it."""
        match message.type:
            case "D":
                self._order_refused(message, error.code, error.message)
            case "E":
                self._list_refused(message, error)
            case "F":
                self._cancel_refused(message, error.code, error.message, message.values["ClOrdID"])
            case "XCN":
                self._replacement_refused(message, error)
            case "XAK":
                self._send_back(AMEND_REJECT, message, {"ErrorCode": error.code, "Text": error.message})
            case _:
                reason = self._dictionary.code("MassCancelRejectReason", "OTHER")
                refusal = {"MassCancelRejectReason": reason, "ErrorCode": error.code, "Text": error.message}
                self._mass_cancel_report(message, "CANCEL_REQUEST_REJECTED", refusal)

    def _send_back(self, message_type: str, message: Message, values: dict[str, object]) -> None:
        """Send a message that repeats what it shares with a request."""
        shared = self._dictionary.messages[message_type].by_tag.values()
        repeated = {member.name: message.values[member.name] for member in shared if member.name in message.values}
        self._session.send(message_type, repeated | values)

    def _order_refused(self, message: Message, code: int, text: str) -> None:
        self._send_back(
            EXECUTION_REPORT,
            message,
            {
                "OrderID": None,
                "OrigClOrdID": None,
                "TransactTime": to_text(self._now_us()),
                "ExecType": self._dictionary.code("ExecType", "REJECTED"),
                "OrdStatus": self._dictionary.code("OrdStatus", "REJECTED"),
                "CumQty": ZERO,
                "LastQty": ZERO,
                "OrdRejReason": self._dictionary.code("OrdRejReason", "OTHER"),
                "ErrorCode": code,
                "Text": text,
            },
        )

    def _list_refused(self, message: Message, error: ApiError) -> None:
        code = self._dictionary.code
        orders = [
            {
                "ClOrdID": order.values["ClOrdID"],
                "Symbol": order.values["Symbol"],
                "OrdRejReason": code("OrdRejReason", "OTHER"),
                "ErrorCode": error.code,
                "Text": error.message,
            }
            for order in message.entries("NoOrders")
        ]
        self._send_back(
            LIST_STATUS,
            message,
            {
                "ListStatusType": code("ListStatusType", "RESPONSE"),
                "ListOrderStatus": code("ListOrderStatus", "REJECT"),
                "ListRejectReason": code("ListRejectReason", "OTHER"),
                "TransactTime": to_text(self._now_us()),
                "NoOrders": orders,
            },
        )

    def _cancel_refused(self, message: Message, code: int, text: str, cancel_id: str) -> None:
        told = {
            "ClOrdID": cancel_id,
            "CxlRejResponseTo": self._dictionary.code("CxlRejResponseTo", "ORDER_CANCEL_REQUEST"),
            "ErrorCode": code,
            "Text": text,
        }
        self._send_back(CANCEL_REJECT, message, told)

    def _replacement_refused(self, message: Message, error: ApiError) -> None:
        """Tell which halves of a replacement failed; one that was done is reported."""
        if error.data is None:
            self._order_refused(message, error.code, error.message)
            return
        halves = msgspec.json.decode(error.data, type=_Half)
        if halves.cancel_result == FAILURE:
            failure = msgspec.convert(halves.cancel_response, Failure)
            cancel_id = message.get("CancelClOrdID") or message.values["ClOrdID"]
            self._cancel_refused(message, failure.code, failure.msg, cancel_id)
        if halves.new_order_result == FAILURE:
            failure = msgspec.convert(halves.new_order_response, Failure)
            self._order_refused(message, failure.code, failure.msg)

    def _mass_cancel_report(self, message: Message, response: str, values: Mapping[str, object]) -> None:
        told = {"MassCancelResponse": self._dictionary.code("MassCancelResponse", response)}
        self._send_back(MASS_CANCEL_REPORT, message, told | dict(values))
