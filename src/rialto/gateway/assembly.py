"""Puts the gateway's parts together around a runtime, a history and the API keys."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple

from rialto.core.runtime import Runtime
from rialto.gateway.admission import Admission, AdmissionRules
from rialto.gateway.application import Application
from rialto.gateway.authentication import Authenticator, Standing
from rialto.gateway.bounds import Bounds
from rialto.gateway.browser import Browsers
from rialto.gateway.dispatcher import Dispatcher
from rialto.gateway.documentation import Documentation
from rialto.gateway.edge import Edge
from rialto.gateway.limits import RateLimits, RequestLimits
from rialto.gateway.order_counts import OrderCounts
from rialto.gateway.performer import Performer
from rialto.gateway.router import Route, Router
from rialto.gateway.sites import Site, Sites
from rialto.gateway.spot import spot_routes
from rialto.gateway.websocket.api import WebSocketApi
from rialto.gateway.websocket.session import SessionLimits, UserDataSource
from rialto.gateway.websocket.session_calls import session_routes
from rialto.identity.api_keys import ApiKeys
from rialto.projections.history import History
from rialto.wire.sbe.answers import spot_codec

_DEFAULT_LIMITS: Final = RateLimits()
_DEFAULT_BOUNDS: Final = Bounds()
_DEFAULT_ADMISSION: Final = AdmissionRules()
_DEFAULT_SESSION_LIMITS: Final = SessionLimits()
_EVERYONE: Final = Standing()


class Gateway(NamedTuple):
    """What others need of an assembled gateway: the applications to serve, and the parts other transports share."""

    application: Application
    edge: Edge
    admission: Admission
    websocket_api: WebSocketApi
    router: Router
    authenticator: Authenticator
    performer: Performer
    request_limits: RequestLimits
    order_counts: OrderCounts
    limits: RateLimits


def assemble(
    runtime: Runtime,
    history: History,
    keys: ApiKeys,
    *,
    limits: RateLimits = _DEFAULT_LIMITS,
    bounds: Bounds = _DEFAULT_BOUNDS,
    admission_rules: AdmissionRules = _DEFAULT_ADMISSION,
    session_limits: SessionLimits = _DEFAULT_SESSION_LIMITS,
    further_routes: Iterable[Route[Any]] = (),
    sites: Sequence[Site] = (),
    ungated_paths: frozenset[str] = frozenset(),
    user_data: UserDataSource | None = None,
    wall_clock_us: Callable[[], int] = lambda: time.time_ns() // 1000,
    standing: Standing = _EVERYONE,
    browsers: Browsers | None = None,
) -> Gateway:
    """Build the gateway on the running event loop and let it listen to the runtime.

    `standing` tells who may act, `browsers` finds the sessions of requests without a key.

    Requests for `ungated_paths` are answered whatever else is asked, banned addresses' too.

    Requests are limited by the wall clock, orders and timestamps by the exchange's own, which is another in a replay.
    """
    spot_codec()
    counts = OrderCounts(limits.orders)
    runtime.subscribe(counts.on_outcomes)
    routes = [*spot_routes(runtime, history, limits, counts), *session_routes(), *further_routes]
    documentation = Documentation(routes)
    router = Router([*routes, *documentation.routes()])
    authenticator = Authenticator(keys, runtime.now_us, standing)
    request_limits = RequestLimits(limits, wall_clock_us)
    performer = Performer(router, authenticator, request_limits)
    dispatcher = Dispatcher(
        performer, request_limits, lambda account: counts.headers(account, runtime.now_us()), browsers
    )
    admission = Admission(admission_rules, asyncio.get_running_loop(), time.monotonic)
    edge = Edge(admission, request_limits, router.urgencies, authenticator.owner_of, bounds, ungated_paths)
    websocket_api = WebSocketApi(
        performer,
        admission,
        authenticator,
        request_limits,
        counts,
        runtime.now_us,
        session_limits=session_limits,
        source=user_data,
        browsers=browsers,
    )
    application = Application(dispatcher, bounds, Sites([documentation, *sites], request_limits))
    return Gateway(
        application, edge, admission, websocket_api, router, authenticator, performer, request_limits, counts, limits
    )


def edge_alone(ungated_paths: frozenset[str]) -> Edge:
    """Build an edge on the running event loop for a server that has nothing behind it yet."""
    limits = RequestLimits(RateLimits(), lambda: time.time_ns() // 1000)
    admission = Admission(AdmissionRules(), asyncio.get_running_loop(), time.monotonic)
    return Edge(admission, limits, {}, lambda _name: None, Bounds(), ungated_paths)
