"""What only the WebSocket API offers: logging on, the session's status, subscriptions to user data streams."""

from typing import Annotated, Any, Final

from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.websocket.session import SessionStatus, SubscriptionId
from rialto.identity.restrictions import Permission
from rialto.identity.signatures import KeyType
from rialto.wire.endpoints import ONLY_WEBSOCKET, Endpoint, Security
from rialto.wire.errors import ErrorCode
from rialto.wire.kinds import Integer, Text
from rialto.wire.parameters import NoParameters, Parameters

API_KEY_RANGE: Final = "^[A-Za-z0-9]{1,128}$"
SESSION_WEIGHT: Final = 2


class KeyParameters(Parameters, frozen=True):
    """The key a request is signed with, which must be named even where the session has one."""

    api_key: Annotated[str, Text(API_KEY_RANGE)]


class UnsubscribeParameters(Parameters, frozen=True):
    """Which subscription to end; without, all."""

    subscription_id: Annotated[int | None, Integer()] = None


def _declare(
    name: str,
    summary: str,
    response: Any,
    sbe_message: str,
    *,
    parameters: type[Parameters] = NoParameters,
    security: Security = Security.NONE,
) -> Endpoint[Any]:
    return Endpoint(
        ONLY_WEBSOCKET,
        name,
        websocket_method=name,
        summary=summary,
        parameters=parameters,
        response=response,
        sbe_message=sbe_message,
        weight=SESSION_WEIGHT,
        security=security,
    )


LOG_ON: Final = _declare(
    "session.logon",
    "Let an Ed25519 key stand for the requests of this session that name none.",
    SessionStatus,
    "WebSocketSessionLogonResponse",
    parameters=KeyParameters,
    security=Security.SIGNED,
)
STATUS: Final = _declare(
    "session.status",
    "Which key this session has, and since when.",
    SessionStatus,
    "WebSocketSessionStatusResponse",
)
LOG_OUT: Final = _declare(
    "session.logout", "Forget this session's key.", SessionStatus, "WebSocketSessionLogoutResponse"
)  # fmt: skip
SUBSCRIPTIONS: Final = _declare(
    "session.subscriptions",
    "List this session's subscriptions.",
    list[SubscriptionId],
    "WebSocketSessionSubscriptionsResponse",
)
SUBSCRIBE: Final = _declare(
    "userDataStream.subscribe",
    "Receive the events of the session's account.",
    SubscriptionId,
    "UserDataStreamSubscribeResponse",
)
SUBSCRIBE_SIGNED: Final = _declare(
    "userDataStream.subscribe.signature",
    "Receive the events of the account of the key that signs this request, or of the session's.",
    SubscriptionId,
    "UserDataStreamSubscribeResponse",
    security=Security.USER_STREAM,
)
UNSUBSCRIBE: Final = _declare(
    "userDataStream.unsubscribe",
    "Receive no more events of one account, or of all.",
    dict[str, str],
    "UserDataStreamUnsubscribeResponse",
    parameters=UnsubscribeParameters,
)

SESSION_ENDPOINTS: Final = (LOG_ON, STATUS, LOG_OUT, SUBSCRIPTIONS, SUBSCRIBE, SUBSCRIBE_SIGNED, UNSUBSCRIBE)


def session_routes() -> list[Route[Any]]:
    """List the routes of what only the WebSocket API offers."""
    return [
        Route(LOG_ON, _log_on),
        Route(STATUS, _status),
        Route(LOG_OUT, _log_out),
        Route(SUBSCRIPTIONS, _subscriptions),
        Route(SUBSCRIBE, _subscribe),
        Route(SUBSCRIBE_SIGNED, _subscribe_signed),
        Route(UNSUBSCRIBE, _unsubscribe),
    ]


def _log_on(call: Call, _parameters: KeyParameters) -> SessionStatus:
    if call.api_key.type is not KeyType.ED25519:
        raise ErrorCode.INVALID_SIGNATURE.error()
    call.session.log_on(call.api_key)
    return call.session.status()


def _status(call: Call, _parameters: NoParameters) -> SessionStatus:
    return call.session.status()


def _log_out(call: Call, _parameters: NoParameters) -> SessionStatus:
    call.session.log_out()
    return call.session.status()


def _subscriptions(call: Call, _parameters: NoParameters) -> list[SubscriptionId]:
    return call.session.subscription_ids()


def _subscribe(call: Call, _parameters: NoParameters) -> SubscriptionId:
    return call.session.subscribe(call.session.key_for(Permission.READ), by_session=True)


def _subscribe_signed(call: Call, _parameters: NoParameters) -> SubscriptionId:
    return call.session.subscribe(call.api_key, by_session=False)


def _unsubscribe(call: Call, parameters: UnsubscribeParameters) -> dict[str, str]:
    call.session.unsubscribe(parameters.subscription_id)
    return {}
