"""What is derived from declarations: the OpenAPI document and the compatibility matrix."""

import json

from rialto.gateway.spot.declarations import SPOT_ENDPOINTS
from rialto.wire import compatibility, openapi


def test_the_openapi_document_describes_every_endpoint() -> None:
    document = json.loads(json.dumps(openapi.document(SPOT_ENDPOINTS, title="Rialto", version="1")))
    assert document["openapi"] == "3.1.0"
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described == {(endpoint.method, endpoint.path) for endpoint in SPOT_ENDPOINTS if endpoint.is_http}
    order = document["paths"]["/api/v3/order"]["post"]
    named = {parameter["name"]: parameter for parameter in order["parameters"]}
    assert named["symbol"]["required"]
    assert not named["price"]["required"]
    assert named["side"]["schema"] == {"type": "string", "enum": ["BUY", "SELL"]}
    assert named["timestamp"]["required"]
    assert order["security"] == [{"apiKey": []}]
    assert len(order["responses"]["200"]["content"]["application/json"]["schema"]["oneOf"]) == 3
    depth = document["paths"]["/api/v3/depth"]["get"]
    assert [parameter["name"] for parameter in depth["parameters"]] == ["symbol", "limit", "symbolStatus"]
    assert "security" not in depth
    assert set(depth["responses"]["200"]["content"]) == {"application/json", "application/sbe"}
    canceled = document["paths"]["/api/v3/openOrders"]["delete"]["responses"]["200"]["content"]["application/json"]
    assert len(canceled["schema"]["items"]["oneOf"]) == 2


def test_every_reference_of_the_document_leads_somewhere() -> None:
    document = openapi.document(SPOT_ENDPOINTS, title="Rialto", version="1")
    text = json.dumps(document)
    components = document["components"]
    assert isinstance(components, dict)
    names = {part.partition('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert names <= set(components["schemas"])


def test_every_declared_endpoint_is_documented_by_the_api() -> None:
    assert compatibility.undocumented(SPOT_ENDPOINTS) == []


def test_the_matrix_tells_what_is_served() -> None:
    calls = {(call.method, call.path): call.is_served for call in compatibility.matrix(SPOT_ENDPOINTS)}
    assert calls["POST", "/api/v3/order"]
    assert calls["POST", "/api/v3/orderList/oco"]
    assert calls["ws", "order.place"]
    assert calls["ws", "session.logon"]
    over_http = [endpoint for endpoint in SPOT_ENDPOINTS if endpoint.is_http]
    by_method = [endpoint for endpoint in SPOT_ENDPOINTS if endpoint.websocket_method is not None]
    assert sum(calls.values()) == len(over_http) + len(by_method)
    assert compatibility.matrix([])[0].is_served is False
    table = compatibility.as_markdown(compatibility.matrix(SPOT_ENDPOINTS))
    assert "| spot | `GET /api/v3/ping` | yes |" in table
