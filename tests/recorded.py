"""Recordings for tests: lines as an exchange would have sent them, and files of them."""

import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

START_NS = 1_700_000_000_000_000_000
START_MS = START_NS // 1_000_000


def line(message: Any, received_at_ns: int = START_NS) -> str:
    return f"{received_at_ns} {msgspec.json.encode(message).decode()}"


def trade(price: str, quantity: str, *, taker: str, at_ms: int = START_MS, symbol: str = "BTCUSDT", **more: Any) -> str:
    data = {"e": "trade", "s": symbol, "p": price, "q": quantity, "T": at_ms, "m": taker == "sell", **more}
    return line({"stream": f"{symbol.lower()}@trade", "data": data}, at_ms * 1_000_000)


def ticker(bid: tuple[str, str], ask: tuple[str, str], *, update_id: int = 0, symbol: str = "BTCUSDT") -> str:
    data = {"u": update_id, "s": symbol, "b": bid[0], "B": bid[1], "a": ask[0], "A": ask[1]}
    return line({"stream": f"{symbol.lower()}@bookTicker", "data": data})


def depth(
    bids: Iterable[tuple[str, str]] = (),
    asks: Iterable[tuple[str, str]] = (),
    *,
    update_id: int = 0,
    symbol: str = "BTCUSDT",
) -> str:
    data = {"e": "depthUpdate", "s": symbol, "U": update_id, "u": update_id, "b": list(bids), "a": list(asks)}
    return line({"stream": f"{symbol.lower()}@depth@100ms", "data": data})


def snapshot(bids: Iterable[tuple[str, str]], asks: Iterable[tuple[str, str]], *, update_id: int = 0) -> str:
    return line({"lastUpdateId": update_id, "bids": list(bids), "asks": list(asks)})


def written(path: Path, lines: Iterable[str | bytes], *, compressed: bool = True) -> Path:
    """Write a recording and return its path."""
    text = b"".join((each.encode() if isinstance(each, str) else each) + b"\n" for each in lines)
    path.write_bytes(gzip.compress(text) if compressed else text)
    return path
