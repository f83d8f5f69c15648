"""The description of the API, as the exchange itself serves it."""

import base64
import hashlib
import re
from typing import Any

from rialto.gateway.router import Route, Router
from rialto.gateway.spot.declarations import SPOT_ENDPOINTS
from rialto.wire.endpoints import Endpoint
from tests.gateway import Live


def declared(router: Router) -> list[Endpoint[Any]]:
    return [route.endpoint for route in router.routes]


async def test_the_document_describes_what_is_served(exchange: Live) -> None:
    response = await exchange.client.get("/api/v3/openapi.json")
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json;charset=UTF-8")
    document = response.json()
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described == {(each.method, each.path) for each in declared(exchange.gateway.router) if each.is_http}
    assert described > {(each.method, each.path) for each in SPOT_ENDPOINTS if each.is_http}
    assert "504" in document["paths"]["/api/v3/klines"]["get"]["responses"]


async def test_what_is_declared_to_come_from_memory_does(exchange: Live) -> None:
    def is_true(route: Route[Any]) -> bool:
        return not route.endpoint.is_http or route.endpoint.is_from_memory is not route.is_async

    assert [route.endpoint for route in exchange.gateway.router.routes if not is_true(route)] == []


async def test_the_page_allows_its_own_style_and_nothing_else(exchange: Live) -> None:
    response = await exchange.client.get("/docs")
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html;charset=UTF-8")
    assert (await exchange.client.get("/docs/")).content == response.content
    policy = dict(part.strip().split(" ", 1) for part in response.headers["content-security-policy"].split(";"))
    (style,) = re.findall(r"<style>(.*?)</style>", response.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == {
        "default-src": "'none'",
        "style-src": f"'sha256-{digest}'",
        **dict.fromkeys(("base-uri", "form-action", "frame-ancestors"), "'none'"),
    }
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "userDataStream.subscribe" in response.text
    refused = await exchange.client.post("/docs")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")
    head = await exchange.client.head("/docs")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(response.content))
