"""The description of the API, as the exchange itself serves it."""

import base64
import hashlib
import re
from typing import Any

import pytest
import schemathesis

from rialto.gateway.router import Route, Router
from rialto.gateway.spot.declarations import SPOT_ENDPOINTS
from rialto.streams.names import Kind, parse_stream_name
from rialto.wire.chapters import weights
from rialto.wire.endpoints import Endpoint
from rialto.wire.glossary import meaning_of
from rialto.wire.stream_catalogue import STREAMS
from tests.gateway import Live, Trader, refusal


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


async def test_answers_about_orders_are_as_described(exchange: Live) -> None:
    """What arguments made up at random seldom lead to: orders placed, filled, replaced and canceled in every form."""
    schema = schemathesis.openapi.from_dict((await exchange.client.get("/api/v3/openapi.json")).json())
    operations: dict[str, Any] = {each.ok().label: each.ok() for each in schema.get_all_operations()}  # type: ignore[union-attr]
    alice, bob = exchange.alice, exchange.bob
    limit: dict[str, Any] = {"symbol": "BTCUSDT", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.1"}

    async def do(trader: Trader, method: str, path: str, status: int = 200, **parameters: object) -> Any:
        response = await trader.send(method, f"/api/v3/{path}", parameters)
        assert response.status_code == status, response.text
        operations[f"{method} /api/v3/{path}"].validate_response(response)
        return response.json()

    for form in ("ACK", "RESULT", "FULL"):
        await do(alice, "POST", "order", **limit, side="SELL", price="50000", newOrderRespType=form, strategyId=7)
        await do(bob, "POST", "order", **limit, side="BUY", price="50000", newOrderRespType=form, newClientOrderId=form)
    await do(alice, "POST", "order/test", **limit, side="SELL", price="50000")
    await do(alice, "POST", "order/test", **limit, side="SELL", price="50000", computeCommissionRates="true")
    await do(bob, "GET", "order", symbol="BTCUSDT", origClientOrderId="FULL")
    stop: dict[str, Any] = {
        "symbol": "BTCUSDT",
        "side": "SELL",
        "quantity": "0.1",
        "type": "STOP_LOSS_LIMIT",
        "timeInForce": "GTC",
    }
    waiting = await do(alice, "POST", "order", **stop, price="40000", trailingDelta=100, icebergQty="0.01")
    await do(alice, "DELETE", "order", symbol="BTCUSDT", orderId=waiting["orderId"])
    resting = await do(alice, "POST", "order", **limit, side="SELL", price="60000")
    await do(alice, "PUT", "order/amend/keepPriority", symbol="BTCUSDT", orderId=resting["orderId"], newQty="0.05")
    await do(alice, "GET", "order/amendments", symbol="BTCUSDT", orderId=resting["orderId"])
    replaced: dict[str, Any] = {**limit, "side": "SELL", "price": "61000", "cancelReplaceMode": "STOP_ON_FAILURE"}
    await do(alice, "POST", "order/cancelReplace", **replaced, cancelOrderId=resting["orderId"])
    await do(alice, "POST", "order/cancelReplace", 400, **replaced, cancelOrderId=resting["orderId"])
    partly: dict[str, Any] = {**replaced, "cancelReplaceMode": "ALLOW_FAILURE"}
    await do(alice, "POST", "order/cancelReplace", 409, **partly, cancelOrderId=resting["orderId"])
    listed: dict[str, Any] = {
        "symbol": "BTCUSDT",
        "side": "SELL",
        "quantity": "0.1",
        "aboveType": "LIMIT_MAKER",
        "abovePrice": "70000",
    }
    lists = await do(alice, "POST", "orderList/oco", **listed, belowType="STOP_LOSS", belowStopPrice="30000")
    for path in ("openOrderList", "allOrderList"):
        await do(alice, "GET", path)
    await do(alice, "GET", "orderList", orderListId=lists["orderListId"])
    await do(alice, "DELETE", "orderList", symbol="BTCUSDT", orderListId=lists["orderListId"])
    for path in ("openOrders", "allOrders", "myTrades", "account/commission", "myFilters", "myAllocations"):
        await do(alice, "GET", path, symbol="BTCUSDT")
    await do(alice, "POST", "orderList/oco", **listed, belowType="STOP_LOSS", belowStopPrice="30000")
    await do(alice, "DELETE", "openOrders", symbol="BTCUSDT")


@pytest.mark.parametrize("path", ["order", "order/test", "order/cancelReplace", "sor/order", "sor/order/test"])
async def test_numbers_wider_than_an_order_holds_overflow(exchange: Live, path: str) -> None:
    parameters = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "1"}
    parameters |= {"price": "50000"}
    if path == "order/cancelReplace":
        parameters |= {"cancelReplaceMode": "STOP_ON_FAILURE", "cancelOrderId": "1"}
    wide = [("strategyType", 2**31), ("strategyType", 2**63 - 1)]
    if not path.startswith("sor/"):
        wide += [("trailingDelta", 2**32), ("trailingDelta", 2**53)]
    for name, number in wide:
        response = await exchange.alice.send("POST", f"/api/v3/{path}", {**parameters, name: number})
        assert refusal(response) == (400, -1108, f"Parameter '{name}' overflowed.")
    if path == "order":
        await exchange.alice.do("POST", "/api/v3/order", **parameters, strategyType=2**31 - 1)


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("order/oco", ("limitStrategyType", "stopStrategyType", "trailingDelta")),
        ("orderList/oco", ("aboveStrategyType", "belowStrategyType", "aboveTrailingDelta", "belowTrailingDelta")),
        ("orderList/oto", ("workingStrategyType", "pendingStrategyType", "pendingTrailingDelta")),
        ("orderList/otoco", ("workingStrategyType", "pendingAboveStrategyType", "pendingBelowTrailingDelta")),
        ("orderList/opo", ("workingStrategyType", "pendingStrategyType", "pendingTrailingDelta")),
        ("orderList/opoco", ("workingStrategyType", "pendingAboveStrategyType", "pendingBelowTrailingDelta")),
    ],
)
async def test_numbers_wider_than_an_order_of_a_list_holds_overflow(
    exchange: Live, path: str, names: tuple[str, ...]
) -> None:
    endpoint = exchange.gateway.router.find("POST", f"/api/v3/{path}").endpoint
    schemas = {each.name: each.kind.schema() for each in endpoint.reader.parameters}
    texts = {"string": "1", "integer": "1", "boolean": "true"}
    required = {
        each.name: schemas[each.name].get("enum", [texts[str(schemas[each.name]["type"])]])[0]  # type: ignore[index]
        for each in endpoint.reader.parameters
        if each.is_required
    }
    for name in names:
        assert schemas[name]["maximum"] in (2**31 - 1, 2**32 - 1)
        number = 2**32
        response = await exchange.alice.send("POST", f"/api/v3/{path}", {**required, name: number})
        assert refusal(response) == (400, -1108, f"Parameter '{name}' overflowed.")


async def test_the_reference_comes_in_pieces(exchange: Live) -> None:
    document = (await exchange.client.get("/api/v3/openapi.json")).json()
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    described |= {("WS", name) for name in document["x-websocket-api"]["methods"]}
    response = await exchange.client.get("/docs/contents.json")
    assert (response.status_code, response.headers["content-encoding"]) == (200, "gzip")
    assert response.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    chapters = response.json()["chapters"]
    assert {(each["method"], each["path"]) for chapter in chapters for each in chapter["calls"]} == described
    for chapter in chapters:
        piece = (await exchange.client.get(f"/docs/chapters/{chapter['name']}.json")).json()
        assert set(piece["calls"]) == {f"{each['method']} {each['path']}" for each in chapter["calls"]}
        assert set(re.findall(r"#/components/schemas/(\w+)", str(piece))) == set(piece["schemas"])
    again = await exchange.client.get("/docs/contents.json", headers={"if-none-match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await exchange.client.get("/docs/chapters/none.json")).status_code == 404
    assert -1121 in {each["code"] for each in (await exchange.client.get("/docs/errors.json")).json()}
    schema = await exchange.client.get("/docs/schemas/spot-fix-oe.xml")
    assert (schema.status_code, schema.headers["content-type"]) == (200, "application/xml")


def test_what_calls_weigh_is_told_by_how_they_are_asked() -> None:
    told = {each.path: weights(each) for each in SPOT_ENDPOINTS if each.is_http and each.method == "GET"}
    assert [each["weight"] for each in told["/api/v3/depth"]] == [5, 25, 50, 250]
    assert told["/api/v3/openOrders"] == [{"weight": 80, "asked": {}}, {"weight": 6, "asked": {"symbol": "BTCUSDT"}}]


def test_described_streams_are_those_there_are() -> None:
    topics = {parse_stream_name(each.example, {"BTCUSDT": 0}.get).kind for each in STREAMS}
    assert topics == {kind for kind in Kind if not kind.startswith("sbe:")}


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("symbol", "The market, its two assets written together: BTCUSDT."),
        ("pendingAboveStopPrice", "Of the pending order above: the price at which the order is triggered."),
        ("stopPrice", "The price at which the order is triggered."),
        ("limitless", ""),
    ],
)
def test_parameters_mean_one_thing(name: str, meaning: str) -> None:
    assert meaning_of(name) == meaning
