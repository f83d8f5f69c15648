"""The official FIX connector, run unmodified against a live exchange with TLS ended in front of it."""

import asyncio
import threading
from pathlib import Path
from typing import Any

from binance_fix_connector.fix_connector import (
    BinanceFixConnector,
    create_drop_copy_session,
    create_market_data_session,
    create_order_entry_session,
)

from rialto.fix.service import ServiceKind
from tests.fix import FixKey, behind_tls, fix_exchange


def of_type(session: BinanceFixConnector, kind: str, name: str | None = None) -> dict[str, str]:
    """Wait for a message of a type, or one with an id, and return the last of them by tag."""
    messages = session.retrieve_messages_until(kind, message_cl_ord_id=name, timeout_seconds=60)
    assert messages, f"no {kind} came"
    return {tag.decode(): value.decode() for tag, value in messages[-1].pairs}


def told(session: BinanceFixConnector, kind: str, fields: dict[int, Any]) -> None:
    message = session.create_fix_message_with_basic_header(kind)
    for tag, value in fields.items():
        message.append_pair(tag, value)
    session.send_message(message)


def trade(url: str, key: FixKey) -> None:
    """Place, look at limits, cancel, log out."""
    session = create_order_entry_session(key.key.key, key.private, url)
    assert of_type(session, "A")["49"] == "SPOT"
    told(session, "D", {11: "mine", 38: 1, 40: 2, 44: 50_000, 54: 2, 55: "BTCUSDT", 59: 1})
    placed = of_type(session, "8")
    assert (placed["11"], placed["150"], placed["39"]) == ("mine", "0", "0")
    told(session, "XLQ", {6136: "limits"})
    assert of_type(session, "XLR")["6136"] == "limits"
    told(session, "F", {11: "gone", 41: "mine", 55: "BTCUSDT"})
    assert of_type(session, "8")["150"] == "4"
    session.test_request("there?")
    assert of_type(session, "0")["112"] == "there?"
    session.logout()
    assert of_type(session, "5")["58"] == "Logout acknowledgment."
    session.disconnect()


def copy(url: str, key: FixKey, names: list[str], listens: threading.Event) -> BinanceFixConnector:
    session = create_drop_copy_session(key.key.key, key.private, url)
    assert of_type(session, "A")["98"] == "0"
    listens.set()
    for name in names:
        assert of_type(session, "8", name)["11"] == name
    session.logout()
    assert of_type(session, "5")
    session.disconnect()
    return session


def watch(url: str, key: FixKey, listens: threading.Event) -> None:
    session = create_market_data_session(key.key.key, key.private, url)
    assert of_type(session, "A")["56"] == "BMDWATCH"
    told(session, "x", {320: "info", 559: 0, 55: "BTCUSDT"})
    assert of_type(session, "y")["15"] == "USDT"
    message = session.create_fix_message_with_basic_header("V")
    for tag, value in ((262, "TICKER"), (263, 1), (264, 1), (266, "Y"), (146, 1), (55, "BTCUSDT"), (267, 2)):
        message.append_pair(tag, value)
    for entry in (0, 1):
        message.append_pair(269, entry)
    session.send_message(message)
    assert of_type(session, "W")["262"] == "TICKER"
    listens.set()
    assert of_type(session, "X")["55"] == "BTCUSDT"
    session.logout()
    assert of_type(session, "5")
    session.disconnect()


async def test_the_official_connector_trades_copies_and_watches(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path) as fix:
        key = fix.key_of(fix.alice)
        kinds = (ServiceKind.DROP_COPY, ServiceKind.MARKET_DATA, ServiceKind.ORDER_ENTRY)
        copying, watching, trading = kinds
        async with behind_tls(tmp_path, fix.port(copying)) as url:
            # Each trusts the certificate that is trusted when it connects, so one after another.
            copies, watches = threading.Event(), threading.Event()
            copied = asyncio.create_task(asyncio.to_thread(copy, url, key, ["mine", "gone"], copies))
            assert await asyncio.to_thread(copies.wait, 60)
            async with behind_tls(tmp_path, fix.port(watching)) as second:
                watched = asyncio.create_task(asyncio.to_thread(watch, second, key, watches))
                assert await asyncio.to_thread(watches.wait, 60)
                async with behind_tls(tmp_path, fix.port(trading)) as third:
                    await asyncio.to_thread(trade, third, key)
                await watched
            await copied
