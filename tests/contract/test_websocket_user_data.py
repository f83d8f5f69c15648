"""Events of accounts over the WebSocket API: in order with responses, for as long as the subscription lasts."""

from pathlib import Path
from typing import Any

from rialto.gateway.websocket.session import SessionLimits
from tests.streams import streaming
from tests.websocket_client import SocketClient, connected

BUY: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "price": "40000",
    "quantity": "1",
}


def events(client: SocketClient) -> list[tuple[int, str]]:
    """Return what came besides responses: the subscription and what happened."""
    told = [message for message in client.received if "event" in message]
    return [(each["subscriptionId"], each["event"].get("x") or each["event"]["e"]) for each in told]


async def subscribe(client: SocketClient, trader: Any) -> int:
    response = await client.ask_signed("userDataStream.subscribe.signature", trader)
    assert response["status"] == 200, response
    number: int = response["result"]["subscriptionId"]
    return number


async def test_an_event_comes_before_the_response_that_tells_of_it(tmp_path: Path) -> None:
    async with streaming(tmp_path) as served, connected(served.port) as client:
        alice = served.exchange.alice
        assert await subscribe(client, alice) == 0
        placed = await client.ask_signed("order.place", alice, **BUY, newClientOrderId="mine")
        canceled = await client.ask_signed("order.cancel", alice, symbol="BTCUSDT", origClientOrderId="mine")
        *told, last = client.received[1:]
        assert last == canceled
        assert [message.get("status") or message["event"].get("x") or message["event"]["e"] for message in told] == [
            *("NEW", "outboundAccountPosition", 200, "CANCELED", "outboundAccountPosition"),
        ]
        new, gone = told[0]["event"], told[3]["event"]
        assert (new["i"], new["T"]) == (placed["result"]["orderId"], placed["result"]["transactTime"])
        assert (gone["c"], gone["C"]) == (canceled["result"]["clientOrderId"], "mine")


async def test_a_connection_listens_to_several_accounts_in_its_unit(tmp_path: Path) -> None:
    async with streaming(tmp_path) as served, connected(served.port, "?timeUnit=microsecond") as client:
        alice, bob = served.exchange.alice, served.exchange.bob
        assert [await subscribe(client, trader) for trader in (alice, bob)] == [0, 1]
        await client.ask_signed("order.place", alice, **BUY)
        await client.ask_signed("order.place", bob, **{**BUY, "side": "SELL"})
        assert sorted(events(client)[2:]) == [
            (0, "TRADE"),
            (0, "outboundAccountPosition"),
            *((1, name) for name in ("NEW", "TRADE", "outboundAccountPosition")),
        ]
        (first, *_) = [message["event"] for message in client.received if "event" in message]
        assert first["T"] > 10**15


async def test_what_ends_says_so_once_and_nothing_follows(tmp_path: Path) -> None:
    async with streaming(tmp_path) as served, connected(served.port) as client:
        alice = served.exchange.alice
        for number in range(2):
            assert await subscribe(client, alice) == number
            response = await client.ask("userDataStream.unsubscribe", subscriptionId=number)
            assert response["status"] == 200
            await client.ask_signed("order.place", alice, **BUY)
        assert events(client) == [(0, "eventStreamTerminated"), (1, "eventStreamTerminated")]


async def test_what_the_exchange_had_to_end_can_be_begun_anew(tmp_path: Path) -> None:
    async with streaming(tmp_path) as served, connected(served.port) as client:
        alice = served.exchange.alice
        number = await subscribe(client, alice)
        placed = await client.ask_signed("order.place", alice, **BUY)
        source: Any = served.exchange.gateway.websocket_api._source
        for audience in source._followed.values():
            audience.account.orders.clear()
        await client.ask_signed("order.place", served.exchange.bob, **{**BUY, "side": "SELL"})
        assert (await client.ask("session.status"))["result"]["userDataStream"] is False
        assert (await client.ask("session.subscriptions"))["result"] == []
        assert events(client)[-1] == (number, "eventStreamTerminated")
        assert await subscribe(client, alice) == number + 1
        await client.ask_signed("order.place", alice, **BUY, newClientOrderId="next")
        assert events(client)[-2] == (number + 1, "NEW")
        assert placed["status"] == 200


async def test_subscriptions_are_refused_with_the_documented_errors(tmp_path: Path) -> None:
    limits = SessionLimits(subscriptions_max=1, subscription_ids_max=2)
    async with (
        streaming(tmp_path, session_limits=limits) as served,
        connected(served.port) as client,
        connected(served.port) as other,
    ):
        alice, bob = served.exchange.alice, served.exchange.bob

        def refused(response: dict[str, Any]) -> tuple[int, int, str]:
            return response["status"], response["error"]["code"], response["error"]["msg"]

        inactive = (400, -2036, "User Data Stream subscription not active.")
        assert refused(await client.ask("userDataStream.unsubscribe")) == inactive
        assert await subscribe(client, alice) == 0
        again = await client.ask_signed("userDataStream.subscribe.signature", alice)
        assert refused(again) == (400, -2035, "User Data Stream subscription already active.")
        assert refused(await client.ask("userDataStream.unsubscribe", subscriptionId=7)) == inactive
        further = await client.ask_signed("userDataStream.subscribe.signature", bob)
        assert refused(further)[:2] == (400, -1191)
        assert (await client.ask("userDataStream.unsubscribe", subscriptionId=0))["status"] == 200
        assert await subscribe(client, bob) == 1
        assert (await client.ask("userDataStream.unsubscribe"))["status"] == 200
        last = await client.ask_signed("userDataStream.subscribe.signature", alice)
        assert refused(last) == (400, -2042, "Maximum subscription ID reached for this connection.")
        assert await subscribe(other, alice) == 0, "another connection counts for itself"
        unauthorized = await other.ask("userDataStream.subscribe")
        assert refused(unauthorized)[:2] == (401, -2015)
