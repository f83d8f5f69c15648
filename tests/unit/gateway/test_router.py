"""Finding routes."""

from typing import Any

import pytest

from rialto.gateway.call import Call
from rialto.gateway.router import Route, Router
from rialto.wire.endpoints import Endpoint
from rialto.wire.errors import ApiError
from rialto.wire.parameters import NoParameters


def endpoint(method: str, path: str, websocket_method: str | None = None) -> Endpoint[NoParameters]:
    return Endpoint(
        method,
        path,
        summary="A call.",
        parameters=NoParameters,
        response=dict[str, int],
        weight=1,
        websocket_method=websocket_method,
    )


def handle(_call: Call, _parameters: NoParameters) -> dict[str, int]:
    return {}


def route(*declaration: Any) -> Route[NoParameters]:
    return Route(endpoint(*declaration), handle)


def test_routes_are_found_by_method_and_path_and_by_name() -> None:
    get, post = route("GET", "/a", "a.get"), route("POST", "/a")
    router = Router([get, post])
    assert (router.find("GET", "/a"), router.find("POST", "/a")) == (get, post)
    assert router.find_by_websocket_method("a.get") is get
    with pytest.raises(ApiError, match="This operation is not supported"):
        router.find_by_websocket_method("a.post")
    assert router.allowed_methods("/a") == ("GET", "POST")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/b", 404), ("GET", "/a/", 404), ("PUT", "/a", 405)])
def test_other_requests_are_unsupported(method: str, path: str, status: int) -> None:
    with pytest.raises(ApiError) as refused:
        Router([route("GET", "/a")]).find(method, path)
    assert (refused.value.status, refused.value.code) == (status, -1020)


@pytest.mark.parametrize(
    ("first", "second"), [(("GET", "/a"), ("GET", "/a")), (("GET", "/a", "name"), ("GET", "/b", "name"))]
)
def test_no_route_hides_another(first: tuple[str, ...], second: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="declared twice"):
        Router([route(*first), route(*second)])
