"""What is derived from declarations: the OpenAPI document and the compatibility matrix."""

import json
from html.parser import HTMLParser

from rialto.gateway.spot.declarations import SPOT_ENDPOINTS
from rialto.wire import compatibility, openapi, reference


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
    assert len(order["responses"]["200"]["content"]["application/json"]["schema"]["anyOf"]) == 3
    depth = document["paths"]["/api/v3/depth"]["get"]
    assert [parameter["name"] for parameter in depth["parameters"]] == [
        *("symbol", "limit", "symbolStatus", "X-MBX-TIME-UNIT")
    ]
    assert "security" not in depth
    assert set(depth["responses"]["200"]["content"]) == {"application/json", "application/sbe"}
    canceled = document["paths"]["/api/v3/openOrders"]["delete"]["responses"]["200"]["content"]["application/json"]
    assert len(canceled["schema"]["items"]["anyOf"]) == 2


def test_the_document_states_bounds_defaults_and_every_refusal() -> None:
    document = openapi.document(SPOT_ENDPOINTS, title="Rialto", version="1")
    paths = document["paths"]
    depth, klines = paths["/api/v3/depth"]["get"], paths["/api/v3/klines"]["get"]
    limit = next(each["schema"] for each in depth["parameters"] if each["name"] == "limit")
    assert limit == {"type": "integer", "format": "int64", "minimum": 1, "default": 100}
    in_memory = {"200", "400", "408", "413", "414", "418", "429", "431", "500", "503"}
    assert set(depth["responses"]) == in_memory
    assert set(klines["responses"]) == in_memory | {"504"}
    assert set(paths["/api/v3/order"]["post"]["responses"]) == in_memory | {"401", "504"}
    replace = paths["/api/v3/order/cancelReplace"]["post"]
    assert set(replace["responses"]) == in_memory | {"401", "409", "504"}
    ticker = {each["name"]: each["schema"] for each in paths["/api/v3/ticker"]["get"]["parameters"]}
    assert ticker["type"] == {"type": "string", "enum": ["FULL", "MINI"], "default": "FULL"}
    assert set(replace["responses"]["429"]["headers"]) == {"Retry-After"}
    methods = document["x-websocket-api"]["methods"]
    assert set(methods) == {each.websocket_method for each in SPOT_ENDPOINTS if each.websocket_method is not None}
    assert "in" not in methods["order.place"]["parameters"][0]
    assert document["paths"]["/api/v3/depth"]["get"]["x-weight-depends-on-parameters"]


def test_the_page_shows_every_call_and_loads_nothing() -> None:
    document = openapi.document(SPOT_ENDPOINTS, title="<Rialto>", version="1")
    page = reference.page(document, document_path="/openapi.json")
    assert "<h1>&lt;Rialto&gt;</h1>" in page
    parsed = PageOf(page)
    for path, method, operation in openapi.operations(document):
        assert operation["operationId"] in parsed.ids
        assert f"#{operation['operationId']}" in parsed.links
        assert path in page
        assert method in page
    for name in document["x-websocket-api"]["methods"]:
        assert f"ws-{name}" in parsed.ids
        assert f"#ws-{name}" in parsed.links
    assert {link[1:] for link in parsed.links if link.startswith("#")} <= parsed.ids
    assert {link for link in parsed.links if not link.startswith("#")} == {"/openapi.json"}
    assert parsed.tags.isdisjoint({"script", "img", "link", "iframe", "form", "object"})
    assert "<code>^[A-Z0-9-_.]{1,20}$</code>" in page
    assert "&quot;orderId&quot;: integer" in page
    assert "&quot;tradeGroupId&quot;: integer or null" in page
    assert "<td>yes</td>" in page


class PageOf(HTMLParser):
    """What a page is made of. Every element that is opened is closed, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.tags: set[str] = set()
        self._open: list[str] = []
        self.feed(page)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag != "meta":
            self._open.append(tag)
        for name, value in attrs:
            assert not name.startswith("on")
            assert name not in ("style", "src")
            if name == "id":
                assert value not in self.ids
                self.ids.add(str(value))
            if name == "href":
                self.links.add(str(value))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


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
