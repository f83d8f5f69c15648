"""Shaping a book as recorded: recorded levels and trades in, commands of a maker and a taker out.

Owns a mirror of the maker's side of one symbol's book: one order per level. Every level has the quantity that was last
recorded for it; a level is changed by canceling its order and placing another. A recorded trade is made by a taker
whose limit order meets exactly one maker order, so that it trades at the recorded price and quantity and once only.

The recorded streams overtake one another, so what they say can contradict itself for moments. Update ids decide where
there are any: a best bid or ask older than the depth is passed over, and a depth older than the best bid and ask
changes only what lies behind these. Beyond that the later message holds, and levels of the other side that it would
cross are taken away. So the mirror is never crossed, and every maker order rests.

Makes commands only; the caller submits them in order. Knows nothing of time.
"""

from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from rialto.contracts.commands import CancelOrder, Command, NewOrder, OrderReference, PlaceOrder
from rialto.contracts.vocabulary import OrderType, Side, TimeInForce
from rialto.replay.recording import Level, Message, RecordedDepth, RecordedTicker, RecordedTrade
from rialto.wire import decimals

LEVELS_MAX: Final = 100_000
"""How many levels a side may have; what is recorded beyond is passed over."""

UNKNOWN: Final = -1
"""The quantity of a level that somebody else traded with: whatever is recorded next replaces it."""

_text: Final = lru_cache(maxsize=1 << 16)(decimals.to_text)


class _Resting:
    """The maker's order at a level."""

    __slots__ = ("client_order_id", "quantity")

    def __init__(self, client_order_id: str, quantity: int) -> None:
        self.client_order_id = client_order_id
        self.quantity = quantity


class _SideLevels:
    """One side: orders by price, and sorted keys, the best last. A key is a bid's price, and an ask's negative."""

    __slots__ = ("keys", "levels", "side", "sign")

    def __init__(self, side: Side) -> None:
        self.side = side
        self.sign = 1 if side is Side.BUY else -1
        self.keys: list[int] = []
        self.levels: dict[int, _Resting] = {}

    def add(self, price: int, resting: _Resting) -> None:
        key = price * self.sign
        self.keys.insert(bisect_left(self.keys, key), key)
        self.levels[price] = resting

    def remove(self, price: int) -> _Resting:
        del self.keys[bisect_left(self.keys, price * self.sign)]
        return self.levels.pop(price)

    def best(self) -> int | None:
        return self.keys[-1] * self.sign if self.keys else None

    def is_better(self, price: int, than: int) -> bool:
        return price * self.sign > than * self.sign

    def from_price(self, price: int) -> list[int]:
        """Return the prices that are not worse than one."""
        return [key * self.sign for key in self.keys[bisect_left(self.keys, price * self.sign) :]]


class ShapedBook:
    """The mirror of one symbol's book, and the commands that bring it to what is recorded."""

    def __init__(self, symbol: int, maker: int, taker: int) -> None:
        self._symbol = symbol
        self._maker = maker
        self._taker = taker
        self._bids = _SideLevels(Side.BUY)
        self._asks = _SideLevels(Side.SELL)
        self._commands: list[Command] = []
        self._last_client_order_id = 0
        self._depth_update_id = 0
        self._ticker: RecordedTicker | None = None
        self.stale_messages = 0
        """Messages passed over because a newer one was there before them."""
        self.levels_passed_over = 0
        """Levels passed over because their side was full."""

    def shape(self, message: Message) -> list[Command]:
        """Return the commands that follow from a message, in order. A trade's own order is the last of them."""
        self._commands = []
        if isinstance(message, RecordedTrade):
            self._trade(message)
        elif isinstance(message, RecordedTicker):
            self._set_best(message)
        elif message.is_snapshot:
            self._set_snapshot(message)
        else:
            self._set_depth(message)
        return self._commands

    def disturb(self, side: Side, price: int) -> None:
        """Note that somebody else traded with the maker's order at a level."""
        resting = self._levels_of(side).levels.get(price)
        if resting is not None:
            resting.quantity = UNKNOWN

    def levels(self, side: Side) -> list[tuple[int, int]]:
        """Return prices and quantities as mirrored, best first."""
        levels = self._levels_of(side)
        return [(key * levels.sign, levels.levels[key * levels.sign].quantity) for key in reversed(levels.keys)]

    def _levels_of(self, side: Side) -> _SideLevels:
        return self._bids if side is Side.BUY else self._asks

    def _trade(self, trade: RecordedTrade) -> None:
        own, other = (self._bids, self._asks) if trade.buyer_is_maker else (self._asks, self._bids)
        self._cancel_better(own, trade.price)
        resting = own.levels.get(trade.price)
        if resting is None or resting.quantity < trade.quantity:
            resting = self._place(own, trade.price, trade.quantity, even_if_full=True)
            assert resting is not None
        self._order(self._taker, other.side, TimeInForce.IMMEDIATE_OR_CANCEL, trade.price, trade.quantity)
        resting.quantity -= trade.quantity
        if resting.quantity == 0:
            own.remove(trade.price)

    def _set_best(self, ticker: RecordedTicker) -> None:
        if ticker.update_id < self._depth_update_id:
            self.stale_messages += 1
            return
        self._ticker = ticker
        sides = ((self._bids, ticker.bid), (self._asks, ticker.ask))
        for levels, best in sides:
            if best is None:
                self._cancel_all(levels, list(levels.levels))
            else:
                self._cancel_better(levels, best.price)
        for levels, best in sides:
            if best is not None:
                self._set(levels, best)

    def _set_depth(self, depth: RecordedDepth) -> None:
        self._depth_update_id = depth.update_id
        bids, asks = self._bids, self._asks
        changed_bids, changed_asks = self._behind_best(depth)
        for levels, changed in ((bids, changed_bids), (asks, changed_asks)):
            self._cancel_all(levels, (level.price for level in changed if not level.quantity))
        for levels, changed in ((bids, changed_bids), (asks, changed_asks)):
            for level in changed:
                if level.quantity:
                    self._set(levels, level)

    def _set_snapshot(self, snapshot: RecordedDepth) -> None:
        """Set the levels of a snapshot; what it leaves out above its worst level is gone."""
        if snapshot.update_id < self._depth_update_id:
            self.stale_messages += 1
            return
        gone: list[tuple[Level, ...]] = []
        for levels, stated in ((self._bids, snapshot.bids), (self._asks, snapshot.asks)):
            prices = {level.price for level in stated}
            worst = min((price * levels.sign for price in prices), default=None)
            reached = [] if worst is None else levels.from_price(worst * levels.sign)
            gone.append(tuple([Level(price, 0) for price in reached if price not in prices]))
        self._set_depth(
            RecordedDepth(snapshot.symbol, snapshot.update_id, gone[0] + snapshot.bids, gone[1] + snapshot.asks)
        )

    def _behind_best(self, depth: RecordedDepth) -> tuple[Iterable[Level], Iterable[Level]]:
        """Return the changed levels of both sides, without those that a newer best bid and ask speak of."""
        ticker = self._ticker
        if ticker is None or depth.update_id >= ticker.update_id:
            return depth.bids, depth.asks
        bid, ask = ticker.bid, ticker.ask
        bids = () if bid is None else [level for level in depth.bids if self._bids.is_better(bid.price, level.price)]
        asks = () if ask is None else [level for level in depth.asks if self._asks.is_better(ask.price, level.price)]
        return bids, asks

    def _set(self, levels: _SideLevels, level: Level) -> None:
        resting = levels.levels.get(level.price)
        if resting is None or resting.quantity != level.quantity:
            self._place(levels, level.price, level.quantity)

    def _place(self, levels: _SideLevels, price: int, quantity: int, *, even_if_full: bool = False) -> _Resting | None:
        """Put one order at a level in place of what is there; first take away what it would trade with."""
        self._cancel_all(levels, (price,))
        if len(levels.keys) >= LEVELS_MAX and not even_if_full:
            self.levels_passed_over += 1
            return None
        other = self._asks if levels is self._bids else self._bids
        self._cancel_all(other, other.from_price(price))
        name = self._order(self._maker, levels.side, TimeInForce.GOOD_TILL_CANCELED, price, quantity)
        resting = _Resting(name, quantity)
        levels.add(price, resting)
        return resting

    def _cancel_better(self, levels: _SideLevels, price: int) -> None:
        best = levels.best()
        while best is not None and levels.is_better(best, price):
            self._cancel_all(levels, (best,))
            best = levels.best()

    def _cancel_all(self, levels: _SideLevels, prices: Iterable[int]) -> None:
        for price in prices:
            if price in levels.levels:
                reference = OrderReference(client_order_id=levels.remove(price).client_order_id)
                self._commands.append(CancelOrder(self._maker, self._symbol, reference))

    def _order(self, account: int, side: Side, time_in_force: TimeInForce, price: int, quantity: int) -> str:
        self._last_client_order_id += 1
        name = f"{self._symbol}-{self._last_client_order_id}"
        self._commands.append(
            PlaceOrder(
                account,
                self._symbol,
                NewOrder(name, side, OrderType.LIMIT, time_in_force, _text(price), _text(quantity)),
            )
        )
        return name
