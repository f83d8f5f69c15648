"""The path of one request: count, route, read, charge, authenticate, handle, encode.

Stands between `application` and the handlers. Owns nothing but its parts. Whatever happens, an answer comes out: a
refusal is the API's own error, and a fault of ours is logged and answered -1000 without a word of what it was. Answers
and refusals are JSON, or SBE for clients that ask for it.
"""

from functools import partial
from typing import Any, Final

import msgspec
import structlog

from rialto.core.errors import CommandRefused, RuntimeBusy, RuntimeStopped
from rialto.gateway.authentication import Authenticator, Timing, key_name, read_signature, read_timing
from rialto.gateway.call import Call
from rialto.gateway.deadlines import Deadlines
from rialto.gateway.limits import RequestLimits
from rialto.gateway.request import Headers, Request, Response
from rialto.gateway.router import Route, Router
from rialto.identity.api_keys import ApiKey
from rialto.projections.history import HistoryBusy, HistoryUnavailable
from rialto.projections.projector import ProjectionsBehind, ProjectionsStopped
from rialto.wire import query_string, refusals
from rialto.wire.endpoints import Endpoint
from rialto.wire.errors import ApiError, ErrorCode
from rialto.wire.sbe import negotiation
from rialto.wire.sbe.answers import encode_answer, encode_error
from rialto.wire.sbe.negotiation import Asked
from rialto.wire.sbe.readers import Unrepresentable

ANSWER_TIMEOUT_S: Final = 10.0
"""How long the API waits for a handler before it answers -1007."""

_NO_CACHE: Final = (b"cache-control", b"no-cache, no-store, must-revalidate")
_JSON_HEADERS: Final = ((b"content-type", b"application/json;charset=UTF-8"), _NO_CACHE)
_SBE_HEADERS: Final = ((b"content-type", negotiation.MEDIA_TYPE.encode()), _NO_CACHE)
_DEPRECATED: Final = (b"x-mbx-sbe-deprecated", b"true")
_MICROSECOND: Final = frozenset((b"MICROSECOND", b"microsecond"))
_MILLISECOND: Final = frozenset((b"MILLISECOND", b"millisecond"))

_log = structlog.stdlib.get_logger(__name__)
_encode = msgspec.json.Encoder().encode


class Dispatcher:
    """Answers requests."""

    def __init__(
        self,
        router: Router,
        authenticator: Authenticator,
        limits: RequestLimits,
        deadlines: Deadlines | None = None,
    ) -> None:
        self._deadlines = deadlines or Deadlines(ANSWER_TIMEOUT_S)
        self._router = router
        self._authenticator = authenticator
        self._limits = limits

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        headers: Headers = []
        status = 200
        asked = _asks_for_sbe(request)
        try:
            body = await self._serve(request, headers, asked)
        except ApiError as refusal:
            status, body = refusal.status, self._error_body(refusal, asked)
            headers += self._refusal_headers(refusal, request)
        except Exception as failure:
            error = _error_of_failure(failure, request)
            status, body = error.status, self._error_body(error, asked)
        headers += self._limits.used_headers(request.address)
        headers += _JSON_HEADERS if asked is None else _SBE_HEADERS
        if asked is not None and asked.is_deprecated:
            headers.append(_DEPRECATED)
        return Response(status, headers, body)

    async def _serve(self, request: Request, headers: Headers, asked: Asked | None) -> bytes:
        address = request.address
        self._limits.count_request(address)
        weight = 1
        try:
            if asked is not None and asked.refusal is not None:
                raise asked.refusal
            route = self._router.find(request.method, request.path)
            endpoint = route.endpoint
            weight = endpoint.weight_when_refused
            name = key_name(request.headers.get(b"x-mbx-apikey")) if endpoint.needs_key else ""
            call_in_microseconds = _wants_microseconds(request) or asked is not None
            # The parameters of a GET stand in its query string; a body is not looked at.
            body = b"" if request.method == "GET" else request.body
            pairs = query_string.read_pairs(request.query)
            if body:
                pairs = query_string.merge(pairs, query_string.read_pairs(body))
            parameters = endpoint.reader.read(pairs)
            key = timing = None
            if endpoint.needs_key:
                key, timing = self._authenticate(endpoint, name, pairs, request.query, body)
            weight = endpoint.weight_of(parameters)
        except ApiError:
            self._limits.charge(address, weight)
            raise
        self._limits.charge(address, weight)
        check_window = None if timing is None else partial(self._authenticator.check_window, timing)
        call = Call(key, microseconds=call_in_microseconds, check_window=check_window)
        call.headers = headers
        answer = await self._handle(route, call, parameters)
        if endpoint.is_free_when_successful:
            self._limits.give_back(address, weight)
        if asked is not None:
            return encode_answer(endpoint, parameters, answer)
        return answer if type(answer) is bytes else _encode(answer)

    def _error_body(self, error: ApiError, asked: Asked | None) -> bytes:
        return error_body(error) if asked is None else encode_error(error, self._limits.now_us())

    def _authenticate(
        self, endpoint: Endpoint[Any], name: str, pairs: dict[str, str], query: bytes, body: bytes
    ) -> tuple[ApiKey, Timing | None]:
        if not endpoint.is_signed:
            return self._authenticator.find_key(name, endpoint.security), None
        timing = read_timing(pairs)
        signature = read_signature(pairs)
        key = self._authenticator.find_key(name, endpoint.security)
        self._authenticator.check_time(timing)
        self._authenticator.check_signature(key, query_string.signed_payload(query, body), signature)
        return key, timing

    async def _handle(self, route: Route[Any], call: Call, parameters: Any) -> object:
        if not route.is_async:
            return route.handler(call, parameters)
        return await self._deadlines.run(route.serve(call, parameters))

    def _refusal_headers(self, refusal: ApiError, request: Request) -> Headers:
        if refusal.retry_after_s is not None:
            return [(b"retry-after", b"%d" % refusal.retry_after_s)]
        if refusal.status == 405:
            return [(b"allow", ", ".join(self._router.allowed_methods(request.path)).encode())]
        return []


def error_body(error: ApiError) -> bytes:
    """Write an error as the API does."""
    body: dict[str, Any] = {"code": error.code, "msg": error.message}
    return _encode(body if error.data is None else body | {"data": msgspec.Raw(error.data)})


def _asks_for_sbe(request: Request) -> Asked | None:
    accept = request.headers.get(b"accept")
    if accept is None or b"sbe" not in accept:
        return None
    return negotiation.read_headers(accept, request.headers.get(b"x-mbx-sbe"))


def _wants_microseconds(request: Request) -> bool:
    unit = request.headers.get(b"x-mbx-time-unit")
    if unit is None or unit in _MILLISECOND:
        return False
    if unit in _MICROSECOND:
        return True
    raise ErrorCode.INVALID_TIME_UNIT.error()


def _error_of_failure(failure: Exception, request: Request) -> ApiError:
    """Return the error for what a handler could not do; only the unexpected is logged."""
    if isinstance(failure, CommandRefused):
        return refusals.of_query(failure.rejection)
    if isinstance(failure, RuntimeBusy | HistoryBusy | ProjectionsBehind):
        return ErrorCode.SERVER_BUSY.error()
    if isinstance(failure, TimeoutError):
        return ErrorCode.TIMEOUT.error()
    if isinstance(failure, RuntimeStopped | ProjectionsStopped):
        # A command may have been on its way when the exchange stopped: only a read is certain to have done nothing.
        is_read = request.method == "GET"
        return (ErrorCode.SERVICE_SHUTTING_DOWN if is_read else ErrorCode.UNEXPECTED_RESP).error()
    if isinstance(failure, HistoryUnavailable):
        _log.error("history unavailable", path=request.path, exc_info=failure)
        return ErrorCode.DISCONNECTED.error()
    if isinstance(failure, Unrepresentable) and request.method != "GET":
        # What was asked for is done, and cannot be told.
        _log.error("reply does not fit into SBE", path=request.path, exc_info=failure)
        return ErrorCode.UNEXPECTED_RESP.error()
    _log.error("request failed", method=request.method, path=request.path, exc_info=failure)
    return ErrorCode.UNKNOWN.error()
