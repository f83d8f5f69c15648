"""What a session speaks: JSON, or SBE in the newest schema. Chosen once, by the connection's URL.

Stands between `api`, which knows what to say, and the socket. Requests are JSON in either; so are the errors of the
handshake, before there is a session.
"""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any, Final, Protocol

import msgspec

from rialto.gateway.limits import LimitUse
from rialto.gateway.performer import Performed
from rialto.gateway.websocket import messages
from rialto.gateway.websocket.messages import ApiRequest, Id
from rialto.wire import errors
from rialto.wire.errors import ApiError, ErrorCode
from rialto.wire.sbe.answers import encode_answer, encode_envelope, encode_error, spot_codec
from rialto.wire.sbe.negotiation import is_deprecated

ID_BYTES_MAX: Final = 254
"""What SBE leaves room for."""

_EVENTS: Final = MappingProxyType(
    {
        "executionReport": "ExecutionReportEvent",
        "outboundAccountPosition": "OutboundAccountPositionEvent",
        "balanceUpdate": "BalanceUpdateEvent",
        "externalLockUpdate": "ExternalLockUpdateEvent",
        "listStatus": "ListStatusEvent",
        "eventStreamTerminated": "EventStreamTerminatedEvent",
        "serverShutdown": "ServerShutdownEvent",
    }
)

Limits = list[LimitUse] | None


class Format(Protocol):
    """How responses and events are written. Times of events are in microseconds if the format wants them so."""

    is_binary: bool
    wants_microseconds: bool

    def check(self, sent: ApiRequest) -> None:
        """Raise `ApiError` for a request that could not be answered."""

    def success(self, request_id: Id, performed: Performed, limits: Limits) -> bytes:
        """Write the response of a request that succeeded."""

    def failure(self, request_id: Id, error: ApiError, limits: Limits, now_us: int) -> bytes:
        """Write the response of a request that failed."""

    def event(self, subscription: int, event: bytes) -> bytes:
        """Write an event of an account, which is JSON."""


class JsonFormat:
    """Texts."""

    is_binary = False

    def __init__(self, *, wants_microseconds: bool) -> None:
        self.wants_microseconds = wants_microseconds

    def check(self, sent: ApiRequest) -> None:
        """Let every request pass."""

    def success(self, request_id: Id, performed: Performed, limits: Limits) -> bytes:
        """Write the response of a request that succeeded."""
        is_listed = performed.endpoint.is_listed_over_websocket
        return messages.success(request_id, [performed.answer] if is_listed else performed.answer, limits)

    def failure(self, request_id: Id, error: ApiError, limits: Limits, now_us: int) -> bytes:
        """Write the response of a request that failed."""
        return messages.failure(request_id, error, limits, now_us)

    def event(self, subscription: int, event: bytes) -> bytes:
        """Write an event of an account."""
        return b'{"subscriptionId":%d,"event":%b}' % (subscription, event)


class SbeFormat:
    """Binary messages. Times are in microseconds always."""

    is_binary = True
    wants_microseconds = True

    def __init__(self, *, is_deprecated: bool) -> None:
        """`is_deprecated` is whether the client asked for an older version of the schema."""
        self._is_deprecated = is_deprecated

    def check(self, sent: ApiRequest) -> None:
        """Refuse an id that the envelope has no room for, and forget it: the refusal is sent without."""
        if len(str(sent.id).encode()) > ID_BYTES_MAX:
            sent.id = None
            raise ErrorCode.INVALID_JSON.error("id", form=1)

    def success(self, request_id: Id, performed: Performed, limits: Limits) -> bytes:
        """Write the response of a request that succeeded. Raises `Unrepresentable`."""
        return self._envelope(encode_answer(*performed), request_id, 200, limits)

    def failure(self, request_id: Id, error: ApiError, limits: Limits, now_us: int) -> bytes:
        """Write the response of a request that failed."""
        return self._envelope(encode_error(error, now_us), request_id, error.status, limits)

    def event(self, subscription: int, event: bytes) -> bytes:
        """Write an event of an account."""
        value: dict[str, Any] = msgspec.json.decode(event)
        return spot_codec().encode(_EVENTS[value["e"]], value | {"subscriptionId": subscription})

    def _envelope(self, result: bytes, request_id: Id, status: int, limits: Limits) -> bytes:
        return encode_envelope(
            result,
            request_id=request_id,
            status=status,
            rate_limits=limits or (),
            is_deprecated=self._is_deprecated,
        )


def read_format(parameters: Sequence[tuple[str, str]], *, wants_microseconds: bool) -> Format:
    """Choose by the parameters of the connection's URL.

    Raises `ApiError`: -1153 for a schema that is not served, -1130 for another format or several.
    """
    formats = {value for name, value in parameters if name == "responseFormat"} or {"json"}
    if formats == {"json"}:
        return JsonFormat(wants_microseconds=wants_microseconds)
    if formats != {"sbe"}:
        raise errors.invalid_value("responseFormat")
    sent = dict(parameters)
    deprecated = is_deprecated(sent.get("sbeSchemaId", ""), sent.get("sbeSchemaVersion", ""))
    return SbeFormat(is_deprecated=deprecated)
