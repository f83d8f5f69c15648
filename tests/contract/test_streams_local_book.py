"""A client that keeps a book by the documented procedure has exactly ours, whenever it joins."""

import asyncio
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection

from tests.exchange import BTCUSDT
from tests.streams import Streaming, streaming, trade_at_random

Side = dict[str, str]
READ_TIMEOUT_S = 30


class LocalBook:
    """The procedure of the documentation, step by step. Refuses to go on where the procedure would start again."""

    def __init__(self, snapshot: dict[str, Any]) -> None:
        self.update_id: int = snapshot["lastUpdateId"]
        self.bids: Side = dict(snapshot["bids"])
        self.asks: Side = dict(snapshot["asks"])
        self.applied = 0

    def apply(self, event: dict[str, Any]) -> None:
        if event["u"] <= self.update_id:
            return
        assert event["U"] <= self.update_id + 1, "events were missed"
        for side, changes in ((self.bids, event["b"]), (self.asks, event["a"])):
            for price, quantity in changes:
                side.pop(price, None)
                if quantity.strip("0."):
                    side[price] = quantity
        self.update_id = event["u"]
        self.applied += 1


async def keep_book(client: ClientConnection, exchange: Streaming, traded: asyncio.Event) -> LocalBook:
    """Follow the procedure until trading has ended and the book is at its last update."""
    events: list[Any] = []

    async def read() -> None:
        async with asyncio.timeout(READ_TIMEOUT_S):
            events.append(msgspec.json.decode(await client.recv()))

    await read()
    while True:
        snapshot = await exchange.get("/api/v3/depth", symbol="BTCUSDT", limit=5000)
        if snapshot["lastUpdateId"] >= events[0]["U"]:
            break
    book = LocalBook(snapshot)
    applied = 0
    while True:
        for event in events[applied:]:
            book.apply(event)
        applied = len(events)
        if traded.is_set() and book.update_id == exchange.runtime.market.depth(BTCUSDT, 1).last_update_id:
            break
        # The end may be told after the last event has come.
        reading, ending = asyncio.create_task(read()), asyncio.create_task(traded.wait())
        await asyncio.wait((reading,) if traded.is_set() else (reading, ending), return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        if not reading.done():
            reading.cancel()
            await asyncio.wait((reading,))
        elif reading.exception() is not None:
            raise TimeoutError("no event came") from reading.exception()
    for before, after in pairwise(events):
        assert after["U"] == before["u"] + 1
    return book


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_local_book_equals_ours(tmp_path: Path, seed: int) -> None:
    async with (
        streaming(tmp_path) as exchange,
        exchange.connect("/ws/btcusdt@depth@100ms") as fast,
        exchange.connect("/ws/btcusdt@depth") as slow,
    ):
        traded = asyncio.Event()
        first = [asyncio.create_task(keep_book(client, exchange, traded)) for client in (fast, slow)]
        await trade_at_random(exchange.runtime, 800, seed, pause_s=0.001)
        async with exchange.connect("/ws/btcusdt@depth@100ms") as late:
            joined = asyncio.create_task(keep_book(late, exchange, traded))
            await trade_at_random(exchange.runtime, 400, seed + 100, pause_s=0.001)
            traded.set()
            books = await asyncio.gather(*first, joined)
        ours = exchange.runtime.market.depth(BTCUSDT, 5000)
        assert len(ours.bids) > 3
        assert len(ours.asks) > 3
        for book in books:
            assert book.applied > 0
            assert book.update_id == ours.last_update_id
            assert book.bids == {level.price: level.quantity for level in ours.bids}
            assert book.asks == {level.price: level.quantity for level in ours.asks}
