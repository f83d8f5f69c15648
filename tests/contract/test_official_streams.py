"""The official connector's market streams: every one it offers brings messages that pass its own models."""

import asyncio
import inspect
from pathlib import Path
from typing import Any, Final

import pytest
from binance_common.configuration import ConfigurationWebSocketStreams
from binance_sdk_spot.spot import Spot
from binance_sdk_spot.websocket_streams.websocket_streams import SpotWebSocketStreams

from rialto.contracts.commands import ReportBlockTrade, SetReferencePrice
from rialto.contracts.symbol_rules import Reference, ReferenceMethod, SymbolRules
from rialto.contracts.vocabulary import Side
from tests.contract.test_official_connector import dumped
from tests.exchange import BTCUSDT
from tests.streams import Streaming, eventually, streaming, trade_at_random

STREAMS: Final[dict[str, dict[str, Any]]] = {
    "agg_trade": {"symbol": "btcusdt"},
    "all_market_rolling_window_ticker": {"window_size": "1h"},
    "all_mini_ticker": {},
    "avg_price": {"symbol": "btcusdt"},
    "block_trade": {"symbol": "btcusdt"},
    "book_ticker": {"symbol": "btcusdt"},
    "diff_book_depth": {"symbol": "btcusdt", "update_speed": "100ms"},
    "kline": {"symbol": "btcusdt", "interval": "1m"},
    "kline_offset": {"symbol": "btcusdt", "interval": "1h"},
    "mini_ticker": {"symbol": "btcusdt"},
    "partial_book_depth": {"symbol": "btcusdt", "levels": "5", "update_speed": "100ms"},
    "reference_price": {"symbol": "btcusdt"},
    "rolling_window_ticker": {"symbol": "btcusdt", "window_size": "4h"},
    "ticker": {"symbol": "btcusdt"},
    "trade": {"symbol": "btcusdt"},
}
EXTRA: Final = frozenset(
    (
        *("close_connection", "connect", "create_connection", "init_connection", "list_subscribe", "off_connection"),
        *(
            "on",
            "on_connection",
            "parse_signed_stream_message",
            "ping",
            "ping_server",
            "ping_ws_stream",
            "receive_loop",
        ),
        *("reconnect", "schedule_reconnect", "send_message", "session_re_log_on", "sign_stream_url", "stream_messages"),
        *("subscribe", "unsubscribe"),
    )
)
"""What the client offers that is no market stream."""

NO_LONGER_DOCUMENTED: Final = frozenset(("user_data",))
"""The listen key's stream, which the API has given up for subscriptions of the WebSocket API."""


def test_every_stream_is_listened_to_below() -> None:
    offered = {
        name for name, _ in inspect.getmembers(SpotWebSocketStreams, inspect.isfunction) if not name.startswith("_")
    }
    assert set(STREAMS) == offered - EXTRA - NO_LONGER_DOCUMENTED


async def move(exchange: Streaming) -> None:
    """Keep the market moving in every way that streams tell of."""
    seed = 0
    while True:
        seed += 1
        await trade_at_random(exchange.runtime, 20, seed)
        await exchange.runtime.submit(ReportBlockTrade(BTCUSDT, "10000", "1", Side.BUY))
        await exchange.runtime.submit(SetReferencePrice(BTCUSDT, f"{10_000 + seed}"))
        await asyncio.sleep(0.2)


@pytest.mark.timeout(120)
async def test_every_stream_brings_what_its_model_expects(tmp_path: Path) -> None:
    rules = SymbolRules(reference=Reference(ReferenceMethod.EXTERNAL, calculation_id=42))
    async with streaming(tmp_path, rules=rules) as exchange:
        configuration = ConfigurationWebSocketStreams(stream_url=f"ws://127.0.0.1:{exchange.port}")
        client = Spot(config_ws_streams=configuration).websocket_streams
        await client.create_connection()  # type: ignore[no-untyped-call]
        received: dict[str, Any] = {}
        for name, parameters in STREAMS.items():
            stream = await getattr(client, name)(**parameters)
            stream.on("message", lambda message, name=name: received.setdefault(name, message))
            await asyncio.sleep(0.25)  # Five requests a second are allowed.
        moving = asyncio.create_task(move(exchange))
        await eventually(lambda: set(received) == set(STREAMS), timeout=30)
        moving.cancel()
        await client.close_connection()
        messages = {name: dumped(message) for name, message in received.items()}
        assert messages["trade"]["s"] == "BTCUSDT"
        assert len(messages["partial_book_depth"]["bids"]) <= 5
        assert messages["kline"]["k"]["i"] == "1m"
        assert messages["reference_price"]["r"].startswith("10")
