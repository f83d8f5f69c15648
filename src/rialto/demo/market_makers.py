"""The house's market makers: they keep every book two-sided and moving, from one asyncio task.

Stand beside the gateway, as a client that needs no wire. In turn, symbol by symbol, the maker compares what it has on
the book with what it wants there and submits the difference, and now and then the taker trades with it. What stands is
asked of the core each time, so whatever users, refusals or a restart have changed is mended at the next turn. A book
with an empty side is taken out of turn.

Owns the valuation and its chance, seeded. Its prices come from that valuation alone: what users trade moves them only
through the house's inventory, and by no more than the skew's limit. Its orders are plain limit orders, so that a user's
order that stands in the way is filled at the user's own price, never worse for the house than its own.

Leaves its orders standing when it stops: the next start takes them over and goes on from their prices.
"""

import asyncio
from asyncio import Future
from dataclasses import dataclass
from random import Random
from typing import Final

import structlog

from rialto.contracts.commands import CancelOrder, NewOrder, OrderReference, PlaceOrder
from rialto.contracts.events import CommandRejected, Outcome
from rialto.contracts.queries import Balances, BalancesAnswer, OpenOrders, OrdersAnswer
from rialto.contracts.rejections import InsufficientBalance, UnknownOrder
from rialto.contracts.vocabulary import OrderState, OrderType, Side, TimeInForce
from rialto.core.catalog import Asset, Symbol
from rialto.core.errors import RuntimeBusy, RuntimeStopped
from rialto.core.runtime import Runtime
from rialto.demo.definition import Definition
from rialto.demo.founding import House
from rialto.demo.quoting import Change, Ladder, Quote, plan
from rialto.demo.valuation import FINE, Anchor, SeenPrice, Valuation
from rialto.wire.decimals import ONE, to_text, to_units

TRADE_PARTS: Final = (1, 1, 1, 2, 2, 3, 5, 8, 16)
"""Sizes of the house's own trades, in `TRADE_PART_OF`ths of the first level; one is drawn for each."""

TRADE_PART_OF: Final = 24
FOLLOWING_PERCENT: Final = 75
"""How many of the trades at a move go the way of the move."""

PRICE_BAND_PERCENT: Final = 2
"""The taker trades only at prices this close to what the symbol is worth."""

BUSY_PAUSE_S: Final = 1.0
FAILURE_PAUSE_S: Final = 0.5
FAILURE_PAUSE_MAX_S: Final = 30.0

_log = structlog.stdlib.get_logger(__name__)


@dataclass(slots=True)
class _Book:
    """A symbol the house quotes."""

    symbol: Symbol
    ladder: Ladder
    first_level_value: int
    centre: int | None = None
    """The cell the quotes were last put around."""


class MarketMakers:
    """The house's maker and taker on every symbol of a definition."""

    def __init__(self, runtime: Runtime, definition: Definition, house: House, seed: int) -> None:
        """Prepare to trade on a founded exchange. The same seed at the same sequence number wanders the same way."""
        self._runtime = runtime
        self._house = house
        self._making = definition.market_making
        self._band = to_units(self._making.inventory_band_value)
        self._random = Random(f"{seed}:{runtime.last_sequence}")  # noqa: S311 (prices to play with are no secrets)
        self._valuation = _valuation(runtime, definition)
        worth = to_units(self._making.house_value) * FINE
        self._targets = {asset.id: worth // self._valuation.value(asset.id) for asset in _assets(runtime, definition)}
        self._free: dict[int, int] = {}
        self._excess_permille: dict[int, int] = {}
        self._books = _books(runtime, definition, self._valuation)
        self._order_prefix = f"house-{runtime.last_sequence}-"
        self._orders = 0
        self._turns = 0
        self._next_book = 0
        self._is_resumed = False
        self._refusals_said: set[tuple[str, type]] = set()
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Trade until stopped, or until the core stops. What goes wrong meanwhile is logged, and tried again."""
        failure_pause_s = FAILURE_PAUSE_S
        while not self._stopping.is_set():
            turns_before = self._turns
            try:
                await self._trade()
            except RuntimeStopped:
                _log.info("market makers end with the core")
                return
            except RuntimeBusy as busy:
                _log.warning("market makers wait", reason=str(busy))
                await self._pause(BUSY_PAUSE_S)
            except Exception:
                has_gone_well = self._turns - turns_before > len(self._books)
                failure_pause_s = FAILURE_PAUSE_S if has_gone_well else min(2 * failure_pause_s, FAILURE_PAUSE_MAX_S)
                _log.exception("market makers failed; they go on in a moment", pause_s=failure_pause_s)
                await self._pause(failure_pause_s)

    def stop(self) -> None:
        """Ask `run` to return after the turn under way."""
        self._stopping.set()

    async def _trade(self) -> None:
        if not self._is_resumed:
            await self._resume()
            self._is_resumed = True
        while not self._stopping.is_set():
            is_first_round = self._turns < len(self._books)
            self._turns += 1
            await self._turn(self._next_in_order() if is_first_round else self._choose_book())
            if not is_first_round:
                await self._pause(self._making.turn_ms / 1_000)

    async def _resume(self) -> None:
        """Go on from the prices that our own orders, left from an earlier run, still show."""
        standing = await self._open_orders(None)
        seen = []
        for book in self._books:
            id_ = book.symbol.id
            bids = [to_units(o.price) for o in standing if o.symbol == id_ and o.side is Side.BUY]
            asks = [to_units(o.price) for o in standing if o.symbol == id_ and o.side is Side.SELL]
            if bids and asks:
                price = (max(bids) + min(asks)) * ONE // 2
                seen.append(SeenPrice(book.symbol.base.id, book.symbol.quote.id, price))
        self._valuation.resume(seen)

    def _choose_book(self) -> _Book:
        """Return the next book in order, or at every second turn one that has an empty side."""
        if self._turns % 2 == 0:
            for book in self._books:
                ticker = self._runtime.market.book_ticker(book.symbol.id)
                if not to_units(ticker.bid_quantity) or not to_units(ticker.ask_quantity):
                    return book
        return self._next_in_order()

    def _next_in_order(self) -> _Book:
        if self._next_book == 0:
            self._valuation.step(self._random)
        book = self._books[self._next_book]
        self._next_book = (self._next_book + 1) % len(self._books)
        return book

    async def _turn(self, book: _Book) -> None:
        """Let a book follow the price, and now and then trade on it; at its first turn, always."""
        standing = await self._open_orders(book.symbol.id)
        await self._take_stock()
        price = self._price(book)
        first_quantity = book.first_level_value * FINE // self._valuation.value(book.symbol.base.id)
        before, book.centre = book.centre, self._centre(book, price)
        if before is not None and self._random.randrange(100) < self._making.trade_percent:
            # The trade comes before the quotes move, so that the level a move takes away has been traded at.
            await self._take(book, price, first_quantity, moved=book.centre - before)
            standing = await self._open_orders(book.symbol.id)
        await self._carry_out(book, plan(book.ladder, book.centre, first_quantity, standing, self._random))
        if before is None:
            await self._take(book, price, first_quantity, moved=0)

    def _price(self, book: _Book) -> int:
        """Tell what the symbol is worth to us, in 1e-8: less when we have too much of its base."""
        skew = {asset: excess * self._making.skew_ppm_max // 1_000 for asset, excess in self._excess_permille.items()}
        return max(1, self._valuation.price(book.symbol.base.id, book.symbol.quote.id, skew) // ONE)

    def _centre(self, book: _Book, price: int) -> int:
        """Return the cell to quote around: the last one, unless the price has left it by half a cell."""
        if book.centre is not None:
            cell = book.ladder.cell_size
            if book.centre * cell - cell // 2 <= price < (book.centre + 1) * cell + cell // 2:
                return book.centre
        return book.ladder.cell_of(price)

    async def _take_stock(self) -> None:
        """Note what the maker has, and how far that is from what it began with, in thousandths of the band.

        The reference has no price to lean: what is missing of it is too much of something else.
        """
        answer = await self._runtime.ask(Balances(self._house.maker))
        assert isinstance(answer, BalancesAnswer)
        self._free.clear()
        for balance in answer.balances:
            asset, free = balance.asset, to_units(balance.free)
            self._free[asset] = free
            if asset in self._targets and asset != self._valuation.reference:
                surplus = (
                    (free + to_units(balance.locked) - self._targets[asset]) * self._valuation.value(asset) // FINE
                )
                self._excess_permille[asset] = max(-1_000, min(1_000, surplus * 1_000 // self._band))

    async def _open_orders(self, symbol: int | None) -> tuple[OrderState, ...]:
        answer = await self._runtime.ask(OpenOrders(self._house.maker, symbol))
        assert isinstance(answer, OrdersAnswer)
        return answer.orders

    async def _carry_out(self, book: _Book, change: Change) -> None:
        """Submit a change as one batch. What the maker cannot pay for is left out until it can."""
        symbol, futures = book.symbol, []
        for order in change.cancel:
            command = CancelOrder(self._house.maker, symbol.id, OrderReference(order_id=order.order_id))
            futures.append(self._runtime.enqueue(command))
            asset, amount = _hold(symbol, order.side, to_units(order.price), _left(order))
            self._free[asset] = self._free.get(asset, 0) + amount
        for quote in change.place:
            asset, amount = _hold(symbol, quote.side, quote.price, quote.quantity)
            if self._free.get(asset, 0) >= amount:
                self._free[asset] -= amount
                futures.append(self._runtime.enqueue(self._order(self._house.maker, symbol, quote)))
        await self._settle(symbol, futures)

    async def _take(self, book: _Book, price: int, first_quantity: int, *, moved: int) -> None:
        """Trade a little with the best price of a side, if that is near what the symbol is worth."""
        side = self._side_to_take(book, moved)
        ticker = self._runtime.market.book_ticker(book.symbol.id)
        best = to_units(ticker.ask_price if side is Side.BUY else ticker.bid_price)
        if abs(best - price) * 100 > price * PRICE_BAND_PERCENT:
            return
        part = first_quantity * self._random.choice(TRADE_PARTS) // TRADE_PART_OF
        quantity = book.ladder.fit(part * self._random.randint(70, 130) // 100, best)
        if quantity:
            order = self._order(
                self._house.taker, book.symbol, Quote(side, best, quantity), TimeInForce.IMMEDIATE_OR_CANCEL
            )
            await self._settle(book.symbol, [self._runtime.enqueue(order)])

    def _side_to_take(self, book: _Book, moved: int) -> Side:
        """Draw a side: mostly the way the price moves, otherwise rather what brings the maker's inventory back."""
        if moved and self._random.randrange(100) < FOLLOWING_PERCENT:
            return Side.BUY if moved > 0 else Side.SELL
        buys_permille = 500 + self._excess_permille.get(book.symbol.base.id, 0) // 4
        return Side.BUY if self._random.randrange(1_000) < buys_permille else Side.SELL

    def _order(
        self,
        account: int,
        symbol: Symbol,
        quote: Quote,
        time_in_force: TimeInForce = TimeInForce.GOOD_TILL_CANCELED,
    ) -> PlaceOrder:
        self._orders += 1
        order = NewOrder(
            f"{self._order_prefix}{self._orders}",
            quote.side,
            OrderType.LIMIT,
            time_in_force,
            to_text(quote.price),
            to_text(quote.quantity),
        )
        return PlaceOrder(account, symbol.id, order)

    async def _settle(self, symbol: Symbol, futures: list[Future[Outcome]]) -> None:
        """Wait for outcomes. An order filled before its cancel, or one not paid for, is no news; other refusals are."""
        for outcome in await asyncio.gather(*futures):
            refused = outcome.events[0] if outcome.events else None
            if not isinstance(refused, CommandRejected):
                continue
            rejection = refused.rejection
            if isinstance(rejection, UnknownOrder | InsufficientBalance):
                continue
            if (symbol.name, type(rejection)) not in self._refusals_said:
                self._refusals_said.add((symbol.name, type(rejection)))
                _log.warning("an order of the house was refused", symbol=symbol.name, rejection=repr(rejection))

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            pass


def _assets(runtime: Runtime, definition: Definition) -> list[Asset]:
    return [asset for name in definition.assets if (asset := runtime.catalog.asset_named(name)) is not None]


def _valuation(runtime: Runtime, definition: Definition) -> Valuation:
    reference = runtime.catalog.asset_named(definition.market_making.reference)
    assert reference is not None, "an exchange is founded before its markets are made"
    anchors = {}
    for asset in _assets(runtime, definition):
        defined = definition.assets[asset.name]
        anchors[asset.id] = Anchor(to_units(defined.value) * ONE, defined.step_ppm_max)
    return Valuation(anchors, reference.id)


def _books(runtime: Runtime, definition: Definition, valuation: Valuation) -> list[_Book]:
    """Lay a ladder for every symbol, at the price it was defined with, whatever it is now."""
    books = []
    for name, defined in definition.symbols.items():
        symbol = runtime.catalog.symbol_named(name)
        assert symbol is not None, "an exchange is founded before its markets are made"
        if (symbol.base.name, symbol.quote.name) != (defined.base, defined.quote):
            _log.warning("symbol trades other assets than defined; the house stays away", symbol=name)
            continue
        price = valuation.price(symbol.base.id, symbol.quote.id, {}) // ONE
        ladder = Ladder(symbol.spec, price, definition.market_making.spacing_ppm)
        books.append(_Book(symbol, ladder, to_units(defined.first_level_value)))
    return books


def _left(order: OrderState) -> int:
    return to_units(order.quantity) - to_units(order.executed)


def _hold(symbol: Symbol, side: Side, price: int, quantity: int) -> tuple[int, int]:
    """Return which asset an order sets aside, and how much of it, rounded up."""
    if side is Side.SELL:
        return symbol.base.id, quantity
    return symbol.quote.id, -(-price * quantity // ONE)
