"""Which handler serves which endpoint: by method and path, and by WebSocket method name.

Built once from the routes of every family; owns nothing that changes. A path or name declared twice is refused at
start, so that no route can hide another.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final, Generic, TypeVar

from rialto.gateway.call import Call
from rialto.wire.endpoints import Endpoint, Urgency
from rialto.wire.errors import ApiError, ErrorCode
from rialto.wire.parameters import Parameters

P = TypeVar("P", bound=Parameters)

Handler = Callable[[Call, P], object | Awaitable[object]]


class Route(Generic[P]):
    """An endpoint and the handler that serves it. Handlers that only read memory are plain functions."""

    __slots__ = ("endpoint", "handler", "is_async")

    def __init__(self, endpoint: Endpoint[P], handler: Handler[P]) -> None:
        self.endpoint: Final = endpoint
        self.handler: Final = handler
        self.is_async: Final = inspect.iscoroutinefunction(handler)
        if self.is_async and endpoint.is_from_memory:
            raise ValueError(f"{endpoint!r} is declared to be answered from memory, but its handler waits")

    async def serve(self, call: Call, parameters: P) -> object:
        """Run the handler and return what it answers: a struct, a list, or bytes that are JSON already."""
        answer = self.handler(call, parameters)
        return await answer if inspect.isawaitable(answer) else answer


class Router:
    """Finds routes."""

    def __init__(self, routes: Iterable[Route[Any]]) -> None:
        self.routes: Final = tuple(routes)
        self.urgencies: Final[dict[tuple[str, str], Urgency]] = {}
        """How urgent each method and path is."""
        self._by_path: dict[str, dict[str, Route[Any]]] = {}
        self._by_websocket_method: dict[str, Route[Any]] = {}
        for route in self.routes:
            endpoint = route.endpoint
            if endpoint.is_http:
                methods = self._by_path.setdefault(endpoint.path, {})
                if endpoint.method in methods:
                    raise ValueError(f"{endpoint.method} {endpoint.path} is declared twice")
                methods[endpoint.method] = route
                self.urgencies[endpoint.method, endpoint.path] = endpoint.urgency
            name = endpoint.websocket_method
            if name is not None and self._by_websocket_method.setdefault(name, route) is not route:
                raise ValueError(f"the WebSocket method {name} is declared twice")

    @property
    def endpoints(self) -> tuple[Endpoint[Any], ...]:
        """Every declared endpoint."""
        return tuple(route.endpoint for route in self.routes)

    def find(self, method: str, path: str) -> Route[Any]:
        """Return the route of a request. Raises `ApiError` with status 404 or 405."""
        methods = self._by_path.get(path)
        if methods is None:
            raise _unsupported(404)
        route = methods.get(method)
        if route is None:
            raise _unsupported(405)
        return route

    def allowed_methods(self, path: str) -> tuple[str, ...]:
        """Return the methods a path takes."""
        return tuple(sorted(self._by_path.get(path, ())))

    def websocket_urgency(self, name: str) -> Urgency:
        """Return how urgent a WebSocket API method is; one that there is not is as a read."""
        route = self._by_websocket_method.get(name)
        return Urgency.READ if route is None else route.endpoint.urgency

    def find_by_websocket_method(self, name: str) -> Route[Any]:
        """Return the route of a WebSocket API method. Raises `ApiError` with status 404."""
        route = self._by_websocket_method.get(name)
        if route is None:
            raise _unsupported(404)
        return route


def _unsupported(status: int) -> ApiError:
    error = ErrorCode.UNSUPPORTED_OPERATION.error()
    return ApiError(error.code, error.message, status)
