"""Requests over HTTP: reads them for the performer, and writes its answer with the headers the API states.

Stands between `application` and `performer`. Owns nothing but its parts. Whatever happens, an answer comes out: JSON,
or SBE for clients that ask for it.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from rialto.gateway.attachment import Attachment
from rialto.gateway.authentication import Authenticator, Timing, key_name, read_signature, read_timing
from rialto.gateway.browser import Browsers
from rialto.gateway.call import Call
from rialto.gateway.limits import RequestLimits
from rialto.gateway.performer import Performer, error_of
from rialto.gateway.request import Headers, Request, Response
from rialto.gateway.router import Route, Router
from rialto.identity.api_keys import ApiKey
from rialto.identity.browser_session import BrowserSession
from rialto.wire import query_string
from rialto.wire.endpoints import Body, Endpoint, Security
from rialto.wire.errors import ApiError, ErrorCode
from rialto.wire.json_body import is_json, read_object
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

_ONLY_SESSIONS: Final = frozenset((Security.SESSION, Security.OPERATOR))

_encode = msgspec.json.Encoder().encode


class _HttpRequest:
    """A request over HTTP, as the performer asks for its parts."""

    __slots__ = (
        *("_body", "_browsers", "_is_json", "_key_name", "_microseconds", "_request"),
        *("address", "allowed_methods", "asked", "call", "endpoint", "owner", "session"),
    )

    def __init__(self, request: Request, browsers: Browsers | None) -> None:
        self.address = request.address
        self.call: Call | None = None
        self.endpoint: Endpoint[Any] | None = None
        """What was asked for, once that is known."""
        self.owner: int | None = None
        """Who asks, once that is proven."""
        self.allowed_methods: tuple[str, ...] = ()
        self.asked = _asks_for_sbe(request)
        """What is asked of SBE; None for JSON."""
        self.session: BrowserSession | None = None
        """The browser's session the request was made in."""
        self._request = request
        self._browsers = browsers
        self._is_json = False

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
        self.endpoint = endpoint
        if self.asked is not None and endpoint.sbe_message is None:
            self._do_without_sbe(self.asked)
        self._key_name = self._name_key(endpoint)
        self._microseconds = _wants_microseconds(request) or self.asked is not None
        # The parameters of a GET stand in its query string; a body is not looked at.
        self._body = b"" if request.method == "GET" else request.body
        pairs = query_string.read_pairs(request.query)
        if not self._body or endpoint.body is Body.RAW:
            return pairs
        self._is_json = endpoint.body is Body.FORM_OR_JSON and is_json(request.headers.get(b"content-type"))
        sent = read_object(self._body) if self._is_json else query_string.read_pairs(self._body)
        return query_string.merge(pairs, sent)

    def _do_without_sbe(self, asked: Asked) -> None:
        """Answer in JSON what has no message, or refuse a client that takes nothing else."""
        if not asked.takes_json:
            disabled = ErrorCode.SBE_DISABLED
            raise ApiError(disabled.number, disabled.messages[0], NOT_ACCEPTABLE)
        self.asked = None

    def authenticate(
        self, endpoint: Endpoint[Any], pairs: dict[str, str], authenticator: Authenticator
    ) -> tuple[ApiKey, Timing]:
        if self._key_name is None:
            assert self._browsers is not None
            session = self._browsers.session_of(self._request)
            timing = authenticator.check_session(session.key, endpoint.security)
            self.session, self.owner = session, session.owner
            return session.key, timing
        timing = read_timing(pairs)
        signature = read_signature(pairs)
        key = authenticator.find_key(self._key_name, endpoint.security, self.address)
        authenticator.check_time(timing)
        query = self._request.query
        if not (self._is_json and key.verify(query_string.signed_payload(query, b""), signature)):
            # Beside JSON only the query needs to be signed.
            authenticator.check_signature(key, query_string.signed_payload(query, self._body), signature)
        self.owner = key.owner
        return key, timing

    def make_call(self, key: ApiKey | None, check_window: Callable[[], None] | None) -> Call:
        return Call(key, microseconds=self._microseconds, check_window=check_window, request=self._request)

    def _name_key(self, endpoint: Endpoint[Any]) -> str | None:
        """Name the key of a request; None if a browser's session is to stand for it."""
        if not endpoint.is_signed:
            return ""
        header = self._request.headers.get(b"x-mbx-apikey")
        browsers = self._browsers
        takes_session = endpoint.security in _ONLY_SESSIONS
        if header is None and browsers is not None and (takes_session or browsers.has_session(self._request)):
            return None
        return key_name(header)


class Dispatcher:
    """Answers requests."""

    def __init__(
        self,
        performer: Performer,
        limits: RequestLimits,
        order_count_headers: Callable[[int], Headers],
        browsers: Browsers | None = None,
    ) -> None:
        """`order_count_headers` states what an account has used of its order limits; `browsers` finds sessions."""
        self._performer = performer
        self._limits = limits
        self._order_count_headers = order_count_headers
        self._browsers = browsers

    async def answer(self, request: Request) -> Response | Attachment:
        """Answer one request."""
        headers: Headers = []
        status = 200
        incoming = _HttpRequest(request, self._browsers)
        try:
            if self._browsers is not None:
                await self._browsers.take_over(request)
            performed = await self._performer.perform(incoming)
            answer = performed.answer
            if isinstance(answer, Attachment):
                used = self._limits.used_headers(request.address, incoming.endpoint, incoming.owner)
                answer.headers += [*await self._told_browser(incoming), *used]
                return answer
            if incoming.asked is not None:
                body = encode_answer(*performed)
            else:
                body = answer if type(answer) is bytes else _encode(answer)
            headers += await self._told_browser(incoming)
        except Exception as failure:
            error = error_of(failure, f"{request.method} {request.path}", is_read=request.method == "GET")
            status = error.status
            body = error_body(error) if incoming.asked is None else encode_error(error, self._limits.clock_us())
            headers += _refusal_headers(error, incoming)
        if incoming.call is not None and incoming.call.counted_account is not None:
            headers += self._order_count_headers(incoming.call.counted_account)
        headers += self._limits.used_headers(request.address, incoming.endpoint, incoming.owner)
        headers += JSON_HEADERS if incoming.asked is None else SBE_HEADERS
        if incoming.asked is not None and incoming.asked.is_deprecated:
            headers.append(_DEPRECATED)
        return Response(status, headers, body)

    async def _told_browser(self, incoming: _HttpRequest) -> Headers:
        """Return what a handler wants the browser to be told, or a new token for its session when one is due."""
        call, session = incoming.call, incoming.session
        if call is not None and call.headers:
            return call.headers
        if session is None or self._browsers is None:
            return []
        return await self._browsers.rotate_if_due(session)


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
