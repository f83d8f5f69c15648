"""Messages of the SBE market streams: figures of the core in, whole SBE messages out. Times are in microseconds."""

from collections.abc import Iterable, Sequence
from typing import Any

from rialto.contracts.events import TradeExecuted
from rialto.contracts.market import BookTickerChanged, DepthSnapshot, DepthUpdate, Level
from rialto.contracts.vocabulary import Side
from rialto.wire.sbe.answers import stream_codec


def trades(executed: Sequence[TradeExecuted], symbol: str, time_us: int) -> bytes:
    """Encode the trades of one command on a symbol, as of its time."""
    return stream_codec().encode(
        "TradesStreamEvent",
        {
            "eventTime": time_us,
            "transactTime": time_us,
            "trades": [
                {
                    "id": trade.trade_id,
                    "price": trade.price,
                    "qty": trade.quantity,
                    "isBuyerMaker": trade.taker_side is Side.SELL,
                }
                for trade in executed
            ],
            "symbol": symbol,
        },
    )


def best_bid_ask(changed: BookTickerChanged, symbol: str, time_us: int) -> bytes:
    """Encode the best bid and ask; a side without orders has zeros."""
    return stream_codec().encode(
        "BestBidAskStreamEvent",
        {
            "eventTime": time_us,
            "bookUpdateId": changed.update_id,
            "bidPrice": changed.bid_price,
            "bidQty": changed.bid_quantity,
            "askPrice": changed.ask_price,
            "askQty": changed.ask_quantity,
            "symbol": symbol,
        },
    )


def depth_update(update: DepthUpdate, symbol: str, time_us: int) -> bytes:
    """Encode what changed in a book."""
    return stream_codec().encode(
        "DepthDiffStreamEvent",
        {
            "eventTime": time_us,
            "firstBookUpdateId": update.first_update_id,
            "lastBookUpdateId": update.last_update_id,
            **_sides(update.bids, update.asks),
            "symbol": symbol,
        },
    )


def depth_snapshot(snapshot: DepthSnapshot, symbol: str, time_us: int) -> bytes:
    """Encode the best levels of a book."""
    return stream_codec().encode(
        "DepthSnapshotStreamEvent",
        {
            "eventTime": time_us,
            "bookUpdateId": snapshot.last_update_id,
            **_sides(snapshot.bids, snapshot.asks),
            "symbol": symbol,
        },
    )


def _sides(bids: Iterable[Level], asks: Iterable[Level]) -> dict[str, Any]:
    return {
        "bids": [{"price": level.price, "qty": level.quantity} for level in bids],
        "asks": [{"price": level.price, "qty": level.quantity} for level in asks],
    }
