"""Requests over HTTP: reads them for the performer, and writes its answer with the headers the API states.

Stands between `application` and `performer`. Owns nothing but its parts. Whatever happens, an answer comes out: JSON,
or SBE for clients that ask for it.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from rialto.gateway.authentication import Authenticator, Timing, key_name, read_signature, read_timing
from rialto.gateway.call import Call
from rialto.gateway.limits import RequestLimits
from rialto.gateway.performer import Performer, error_of
from rialto.gateway.request import Headers, Request, Response
from rialto.gateway.router import Route, Router
from rialto.identity.api_keys import ApiKey
from rialto.wire import query_string
from rialto.wire.endpoints import Endpoint
from rialto.wire.errors import ApiError, ErrorCode
from rialto.wire.sbe import negotiation
from rialto.wire.sbe.answers import encode_answer, encode_error
from rialto.wire.sbe.negotiation import Asked

NOT_ACCEPTABLE: Final = 406

_NO_CACHE: Final = (b"cache-control", b"no-cache, no-store, must-revalidate")
JSON_HEADERS: Final = ((b"content-type", b"application/json;charset=UTF-8"), _NO_CACHE)
SBE_HEADERS: Final = ((b"content-type", negotiation.MEDIA_TYPE.encode()), _NO_CACHE)
_DEPRECATED: Final = (b"x-mbx-sbe-deprecated", b"true")
_MICROSECOND: Final = frozenset((b"MICROSECOND", b"microsecond"))
_MILLISECOND: Final = frozenset((b"MILLISECOND", b"millisecond"))

_encode = msgspec.json.Encoder().encode


class _HttpRequest:
    """A request over HTTP, as the performer asks for its parts."""

    __slots__ = ("_body", "_key_name", "_microseconds", "_request", "address", "allowed_methods", "asked", "call")

    def __init__(self, request: Request) -> None:
        self.address = request.address
        self.call: Call | None = None
        self.allowed_methods: tuple[str, ...] = ()
        self.asked = _asks_for_sbe(request)
        """What is asked of SBE; None for JSON."""
        self._request = request

    def find(self, router: Router) -> Route[Any]:
        request = self._request
        if self.asked is not None and self.asked.refusal is not None:
            raise self.asked.refusal
        try:
            return router.find(request.method, request.path)
        except ApiError:
            self.allowed_methods = router.allowed_methods(request.path)
            raise

    def read(self, endpoint: Endpoint[Any]) -> dict[str, str]:
        request = self._request
        if self.asked is not None and endpoint.sbe_message is None:
            self._do_without_sbe(self.asked)
        self._key_name = key_name(request.headers.get(b"x-mbx-apikey")) if endpoint.is_signed else ""
        self._microseconds = _wants_microseconds(request) or self.asked is not None
        # The parameters of a GET stand in its query string; a body is not looked at.
        self._body = b"" if request.method == "GET" else request.body
        pairs = query_string.read_pairs(request.query)
        return query_string.merge(pairs, query_string.read_pairs(self._body)) if self._body else pairs

    def _do_without_sbe(self, asked: Asked) -> None:
        """Answer in JSON what has no message, or refuse a client that takes nothing else."""
        if not asked.takes_json:
            disabled = ErrorCode.SBE_DISABLED
            raise ApiError(disabled.number, disabled.messages[0], NOT_ACCEPTABLE)
        self.asked = None

    def authenticate(
        self, endpoint: Endpoint[Any], pairs: dict[str, str], authenticator: Authenticator
    ) -> tuple[ApiKey, Timing]:
        timing = read_timing(pairs)
        signature = read_signature(pairs)
        key = authenticator.find_key(self._key_name, endpoint.security, self.address)
        authenticator.check_time(timing)
        authenticator.check_signature(key, query_string.signed_payload(self._request.query, self._body), signature)
        return key, timing

    def make_call(self, key: ApiKey | None, check_window: Callable[[], None] | None) -> Call:
        return Call(key, microseconds=self._microseconds, check_window=check_window)


class Dispatcher:
    """Answers requests."""

    def __init__(
        self, performer: Performer, limits: RequestLimits, order_count_headers: Callable[[int], Headers]
    ) -> None:
        """`order_count_headers` states what an account has used of its order limits."""
        self._performer = performer
        self._limits = limits
        self._order_count_headers = order_count_headers

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        headers: Headers = []
        status = 200
        incoming = _HttpRequest(request)
        try:
            performed = await self._performer.perform(incoming)
            answer = performed.answer
            if incoming.asked is not None:
                body = encode_answer(*performed)
            else:
                body = answer if type(answer) is bytes else _encode(answer)
        except Exception as failure:
            error = error_of(failure, f"{request.method} {request.path}", is_read=request.method == "GET")
            status = error.status
            body = error_body(error) if incoming.asked is None else encode_error(error, self._limits.clock_us())
            headers += _refusal_headers(error, incoming)
        if incoming.call is not None and incoming.call.counted_account is not None:
            headers += self._order_count_headers(incoming.call.counted_account)
        headers += self._limits.used_headers(request.address)
        headers += JSON_HEADERS if incoming.asked is None else SBE_HEADERS
        if incoming.asked is not None and incoming.asked.is_deprecated:
            headers.append(_DEPRECATED)
        return Response(status, headers, body)


def error_body(error: ApiError) -> bytes:
    """Write an error as the API does."""
    body: dict[str, Any] = {"code": error.code, "msg": error.message}
    return _encode(body if error.data is None else body | {"data": msgspec.Raw(error.data)})


def _refusal_headers(refusal: ApiError, incoming: _HttpRequest) -> Headers:
    if refusal.retry_after_s is not None:
        return [(b"retry-after", b"%d" % refusal.retry_after_s)]
    if refusal.status == 405:
        return [(b"allow", ", ".join(incoming.allowed_methods).encode())]
    return []


def _asks_for_sbe(request: Request) -> Asked | None:
    accept = request.headers.get(b"accept")
    if accept is None or b"sbe" not in accept.lower():
        return None
    return negotiation.read_headers(accept, request.headers.get(b"x-mbx-sbe"))


def _wants_microseconds(request: Request) -> bool:
    unit = request.headers.get(b"x-mbx-time-unit")
    if unit is None or unit in _MILLISECOND:
        return False
    if unit in _MICROSECOND:
        return True
    raise ErrorCode.INVALID_TIME_UNIT.error()
