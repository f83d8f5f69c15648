"""`/health`, `/ready` and `/metrics`, in front of everything else the port serves.

An ASGI application around another. What it answers itself is outside weights, bans, limits and admission: an operator
must see an exchange that refuses everybody else. Any other request is handed on untouched, for the price of one look.
"""

from collections.abc import Callable, Coroutine, MutableMapping
from typing import Any, Final

from rialto.foundation.metrics import CONTENT_TYPE
from rialto.gateway.server import AsgiApplication
from rialto.gateway.sites import Receive, Send
from rialto.watch.access import Access
from rialto.watch.health import Check, Health, report

Scope = MutableMapping[str, Any]
Answer = tuple[int, bytes, bytes]
"""Status, type of content, body."""

HEALTH_PATH: Final = "/health"
READY_PATH: Final = "/ready"
METRICS_PATH: Final = "/metrics"
PATHS: Final = frozenset((HEALTH_PATH, READY_PATH, METRICS_PATH))

_JSON: Final = b"application/json;charset=UTF-8"
_NOTHING_HERE: Final = (404, _JSON, b'{"code":-1020,"msg":"This operation is not supported."}')


class WatchSite:
    """Answers the operator, and hands everyone else on."""

    def __init__(
        self, application: AsgiApplication, health: Health, render: Callable[[], bytes], access: Access
    ) -> None:
        self._application = application
        self._health = health
        self._render = render
        self._access = access

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Coroutine[Any, Any, None]:
        """Serve one ASGI connection scope."""
        if scope["type"] == "http" and scope["path"] in PATHS:
            return self._serve(scope, send)
        return self._application(scope, receive, send)

    async def _serve(self, scope: Scope, send: Send) -> None:
        status, kind, body = self._answer(scope)
        headers = [
            (b"content-type", kind),
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
        ]
        if status == 405:
            headers.append((b"allow", b"GET, HEAD"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _answer(self, scope: Scope) -> Answer:
        headers = dict(scope["headers"])
        client = scope.get("client")
        is_operator = self._access.permits(client[0] if client else "", headers)
        path = scope["path"]
        if path == METRICS_PATH and not is_operator:
            return _NOTHING_HERE
        if scope["method"] not in ("GET", "HEAD"):
            return 405, _JSON, b'{"code":-1020,"msg":"This operation is not supported."}'
        if path == METRICS_PATH:
            return 200, CONTENT_TYPE, self._render()
        checks: dict[str, Check]
        checks = self._health.liveness() if path == HEALTH_PATH else self._health.readiness()
        is_well, body = report(checks, with_details=is_operator)
        return 200 if is_well else 503, _JSON, body
