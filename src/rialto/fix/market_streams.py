"""The market data streams of FIX: what each says at first, and of every change.

A stream belongs to one subscription of one session. State: what its client knows of a book, so that what is new to it,
changed and gone can be told apart. Pure but for that; the hub sends.
"""

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any, Final

from rialto.contracts.amounts import ZERO
from rialto.contracts.events import TradeExecuted
from rialto.contracts.market import BookTickerChanged, DepthSnapshot, DepthUpdate, Level
from rialto.fix.dictionary import Dictionary, Values
from rialto.fix.times import to_text
from rialto.wire.vocabulary import SIDE_NAMES

SNAPSHOT: Final = "W"
REFRESH: Final = "X"

NEW: Final = "NEW"
CHANGE: Final = "CHANGE"
DELETE: Final = "DELETE"
BID: Final = "BID"
OFFER: Final = "OFFER"
TRADE: Final = "TRADE"


class StreamKind(Enum):
    """What a stream tells of."""

    TRADES = "trades"
    BOOK_TICKER = "book ticker"
    DEPTH = "depth"


class Spelling:
    """Writes entries in the words of the dictionary."""

    def __init__(self, dictionary: Dictionary) -> None:
        self.dictionary: Final = dictionary
        self._actions = dictionary.field("MDUpdateAction").codes
        self._types = dictionary.field("MDEntryType").codes
        self._sides = dictionary.field("AggressorSide").codes

    def level(self, side: str, level: Level) -> dict[str, Any]:
        """Write a level of a snapshot."""
        return {"MDEntryType": self._types[side], "MDEntryPx": level.price, "MDEntrySize": level.quantity}

    def change(self, action: str, side: str, price: str, quantity: str | None) -> dict[str, Any]:
        """Write what became of a level."""
        return {
            "MDUpdateAction": self._actions[action],
            "MDEntryType": self._types[side],
            "MDEntryPx": price,
            "MDEntrySize": quantity,
        }

    def trades(self, executed: Sequence[TradeExecuted], symbol: str, time_us: int) -> bytes:
        """Write the trades of one command, without the id of the subscription, which stands before."""
        entries: list[Values] = [
            {
                **self.change(NEW, TRADE, trade.price, trade.quantity),
                "Symbol": symbol if position == 0 else None,
                "TransactTime": to_text(time_us),
                "TradeID": trade.trade_id,
                "AggressorSide": self._sides[SIDE_NAMES[trade.taker_side]],
            }
            for position, trade in enumerate(executed)
        ]
        return self.dictionary.write(REFRESH, {"NoMDEntries": entries})

    def refresh(self, request_id: str, entries: list[dict[str, Any]], symbol: str, **ids: int) -> bytes:
        """Write changes of a book; the first carries the symbol and the ids of updates for all."""
        if entries:
            entries[0] |= {"Symbol": symbol, **ids}
        return self.dictionary.write(REFRESH, {"MDReqID": request_id, "NoMDEntries": entries})

    def snapshot(self, request_id: str, symbol: str, update_id: int, entries: list[dict[str, Any]]) -> bytes:
        """Write a book as it is."""
        return self.dictionary.write(
            SNAPSHOT,
            {"MDReqID": request_id, "Symbol": symbol, "LastBookUpdateID": update_id, "NoMDEntries": entries},
        )


class TickerStream:
    """The best bid and offer of one book, as one client knows them."""

    def __init__(self, spelling: Spelling, request_id: str, symbol: str, now: BookTickerChanged) -> None:
        self._spelling = spelling
        self._request_id = request_id
        self._symbol = symbol
        self._known = now

    def first(self) -> bytes:
        """Write the best bid and offer of the moment."""
        now = self._known
        sides = ((BID, now.bid_price, now.bid_quantity), (OFFER, now.ask_price, now.ask_quantity))
        levels = [
            self._spelling.level(side, Level(price, quantity)) for side, price, quantity in sides if quantity != ZERO
        ]
        return self._spelling.snapshot(self._request_id, self._symbol, now.update_id, levels)

    def take(self, changed: BookTickerChanged) -> bytes | None:
        """Write what changed; None if the client knows it."""
        known = self._known
        if changed.update_id <= known.update_id:
            return None
        self._known = changed
        sides = (
            (BID, known.bid_price, known.bid_quantity, changed.bid_price, changed.bid_quantity),
            (OFFER, known.ask_price, known.ask_quantity, changed.ask_price, changed.ask_quantity),
        )
        entries = []
        for side, price_before, quantity_before, price, quantity in sides:
            if (price_before, quantity_before) == (price, quantity):
                continue
            if quantity == ZERO:
                entries.append(self._spelling.change(DELETE, side, price_before, None))
            else:
                action = NEW if quantity_before == ZERO else CHANGE
                entries.append(self._spelling.change(action, side, price, quantity))
        if not entries:
            return None
        return self._spelling.refresh(self._request_id, entries, self._symbol, LastBookUpdateID=changed.update_id)


class DepthStream:
    """The changes of one book, after what a client was shown of it."""

    def __init__(self, spelling: Spelling, request_id: str, symbol: str, shown: DepthSnapshot) -> None:
        self._spelling = spelling
        self._request_id = request_id
        self._symbol = symbol
        self._shown = shown
        self._known_id = shown.last_update_id
        self._prices = {BID: _prices(shown.bids), OFFER: _prices(shown.asks)}

    def first(self) -> bytes:
        """Write the levels shown, the best first."""
        shown = self._shown
        levels = [self._spelling.level(BID, level) for level in shown.bids]
        levels += [self._spelling.level(OFFER, level) for level in shown.asks]
        return self._spelling.snapshot(self._request_id, self._symbol, shown.last_update_id, levels)

    def take(self, update: DepthUpdate) -> bytes | None:
        """Write what changed; None if the client knows it."""
        if update.last_update_id <= self._known_id:
            return None
        self._known_id = update.last_update_id
        entries = [
            self._entry(side, level) for side, levels in ((BID, update.bids), (OFFER, update.asks)) for level in levels
        ]
        return self._spelling.refresh(
            self._request_id,
            entries,
            self._symbol,
            FirstBookUpdateID=update.first_update_id,
            LastBookUpdateID=update.last_update_id,
        )

    def _entry(self, side: str, level: Level) -> dict[str, Any]:
        prices = self._prices[side]
        if level.quantity == ZERO:
            prices.discard(level.price)
            return self._spelling.change(DELETE, side, level.price, None)
        action = CHANGE if level.price in prices else NEW
        prices.add(level.price)
        return self._spelling.change(action, side, level.price, level.quantity)


def _prices(levels: Iterable[Level]) -> set[str]:
    return {level.price for level in levels}
