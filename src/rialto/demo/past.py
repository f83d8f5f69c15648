"""The past of a demonstration: two days of trades between the house's maker and its taker, before anyone looks.

Works on a runtime whose time is that of a clock, right after founding and before the exchange opens: each trade is
two orders to the core at a time of the past, so that books, fees, candles and statistics come about as they always do.
Sparse at first, denser towards the end. No order is left standing, and prices end where the house begins to quote.

Owns the clock's hand while it works. The same seed and the same end give the same past.
"""

import asyncio
from asyncio import Future
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from rialto.contracts.commands import Command, NewOrder, PlaceOrder
from rialto.contracts.events import CommandRejected, Outcome
from rialto.contracts.vocabulary import OrderType, Side, TimeInForce
from rialto.core.catalog import Symbol
from rialto.core.runtime import Runtime
from rialto.demo.definition import Definition
from rialto.demo.founding import FoundingRefused, House
from rialto.demo.market_makers import TRADE_PARTS
from rialto.demo.past_prices import HOUR_US, STEP_US, PastPrices, walk
from rialto.demo.quoting import Ladder
from rialto.foundation.clock import SettableClock
from rialto.wire.decimals import ONE, to_text, to_units

PAST_US: Final = 48 * HOUR_US
DENSE_US: Final = 2 * HOUR_US
"""For how long before the end there is more to see."""

DENSE_TIMES: Final = 4

TRADES_PERMILLE: Final = 400
"""In how many of a thousand steps the symbol with the largest book trades, when as much happens as usual."""

TRADES_PERMILLE_MIN: Final = 110
"""In how many every other symbol does at least."""

VALUE_PER_STEP_PERCENT: Final = 110
"""What is traded in a step, in percent of the first level: about what the house trades with itself later."""

SPREAD_PPM: Final = (20, 45)
"""How far from what the symbol is worth a trade may be, to the side of who takes."""

FOLLOWING_PERCENT: Final = 70
"""How many of the trades go the way of the move."""

IMBALANCE_VALUE_MAX: Final = 300_000
"""How much more or less of an asset than at the start the maker comes to have, worth in the reference asset, before
trades bring it back."""

UNDER_WAY_MAX: Final = 2_000


class PastRuntime(Runtime):
    """A runtime on a clock of its own, whose commands have the time that the clock shows: founding need not know."""

    def enqueue(self, command: Command, time_us: int | None = None) -> "Future[Outcome]":
        """Submit a command, as of now unless a time is given."""
        return super().enqueue(command, self.now_us() if time_us is None else time_us)


@dataclass(slots=True)
class _Market:
    """A symbol, how often it trades, and what a trade is worth in the reference asset, on average."""

    symbol: Symbol
    ladder: Ladder
    permille: int
    value: int
    last_price: int = 0


async def live(
    runtime: PastRuntime,
    clock: SettableClock,
    definition: Definition,
    house: House,
    seed: int,
    on_progress: Callable[[int], object],
) -> int:
    """Trade from the clock's time on for as long as a past takes; return how many trades were made.

    Precondition: the definition was founded on the runtime, which was opened with the clock. `on_progress` is told of
    the number of trades; what it raises ends the past. Errors: `FoundingRefused`, `RuntimeStopped`.
    """
    random = Random(f"{seed}:before")  # noqa: S311 (prices to play with are no secrets)
    prices = walk(definition.assets, clock.now_us(), PAST_US // STEP_US, random)
    past = _Past(runtime, clock, definition, house, prices, random)
    for step in range(PAST_US // STEP_US):
        await past.take_step(step)
        on_progress(past.trades)
    await past.settle()
    clock.move_to(prices.began_us + PAST_US)
    return past.trades


class _Past:
    """The trades, as far as they have come."""

    def __init__(
        self,
        runtime: PastRuntime,
        clock: SettableClock,
        definition: Definition,
        house: House,
        prices: PastPrices,
        random: Random,
    ) -> None:
        self.trades = 0
        self._runtime = runtime
        self._clock = clock
        self._house = house
        self._prices = prices
        self._random = random
        self._reference = definition.market_making.reference
        self._markets = _markets(runtime, definition)
        self._surplus: defaultdict[str, int] = defaultdict(int)
        """How much more of each asset the maker has than at the start, but for fees."""
        self._under_way: list[Future[Outcome]] = []

    async def take_step(self, step: int) -> None:
        """Make the trades of a step, in the order of their times."""
        busy = self._prices.busy_percent[step]
        times = DENSE_TIMES if step >= (PAST_US - DENSE_US) // STEP_US else 1
        due = []
        for number, market in enumerate(self._markets):
            count, permille = divmod(market.permille * busy * times // 100, 1_000)
            count += self._random.randrange(1_000) < permille
            due += [(self._random.randrange(STEP_US), number) for _ in range(count)]
        for within_us, number in sorted(due):
            self._clock.move_to(self._prices.began_us + step * STEP_US + within_us)
            self._trade(self._markets[number], self._markets[number].value // times)
        if len(self._under_way) >= UNDER_WAY_MAX:
            await self.settle()

    async def settle(self) -> None:
        """Wait for what was submitted."""
        for outcome in await asyncio.gather(*self._under_way):
            if outcome.events and isinstance(outcome.events[0], CommandRejected):
                raise FoundingRefused(f"a trade of the past was refused: {outcome.events[0].rejection!r}")
        self._under_way.clear()

    def _trade(self, market: _Market, value: int) -> None:
        """Let the maker offer what the taker takes at once."""
        symbol, now_us = market.symbol, self._clock.now_us()
        base, quote = symbol.base.name, symbol.quote.name
        fair = self._prices.price(base, quote, now_us)
        worth = self._prices.price(base, self._reference, now_us)
        side = self._side(self._surplus[base] * worth // ONE, fair - market.last_price if market.last_price else 0)
        market.last_price = fair
        price = _beside(fair, side, self._random.randint(*SPREAD_PPM), to_units(symbol.spec.tick))
        share = self._random.choice(TRADE_PARTS) * self._random.randint(70, 130)
        value = value * share * len(TRADE_PARTS) // (sum(TRADE_PARTS) * 100)
        quantity = market.ladder.fit(value * ONE // worth, price)
        if not quantity or not market.ladder.may_quote(price):
            return
        sign = -1 if side is Side.BUY else 1
        self._surplus[base] += sign * quantity
        self._surplus[quote] -= sign * price * quantity // ONE
        self.trades += 1
        other = Side.SELL if side is Side.BUY else Side.BUY
        self._order(self._house.maker, symbol, other, TimeInForce.GOOD_TILL_CANCELED, price, quantity)
        self._order(self._house.taker, symbol, side, TimeInForce.IMMEDIATE_OR_CANCEL, price, quantity)

    def _side(self, surplus_value: int, moved: int) -> Side:
        """Draw what the taker does: mostly go with the price, unless the maker has come to have too much or little."""
        if abs(surplus_value) > IMBALANCE_VALUE_MAX * ONE:
            return Side.BUY if surplus_value > 0 else Side.SELL
        if moved and self._random.randrange(100) < FOLLOWING_PERCENT:
            return Side.BUY if moved > 0 else Side.SELL
        return self._random.choice((Side.BUY, Side.SELL))

    def _order(
        self, account: int, symbol: Symbol, side: Side, time_in_force: TimeInForce, price: int, quantity: int
    ) -> None:
        name = f"past-{self.trades}"
        order = NewOrder(name, side, OrderType.LIMIT, time_in_force, to_text(price), to_text(quantity))
        self._under_way.append(self._runtime.enqueue(PlaceOrder(account, symbol.id, order)))


def _markets(runtime: Runtime, definition: Definition) -> list[_Market]:
    """List what trades: the larger its book, the more often."""
    largest = max(to_units(symbol.first_level_value) for symbol in definition.symbols.values())
    markets = []
    for name, defined in definition.symbols.items():
        symbol = runtime.catalog.symbol_named(name)
        assert symbol is not None, "an exchange is founded before it has a past"
        first_level = to_units(defined.first_level_value)
        permille = max(TRADES_PERMILLE_MIN, TRADES_PERMILLE * first_level // largest)
        value = first_level * VALUE_PER_STEP_PERCENT * 10 // permille
        markets.append(_Market(symbol, Ladder(symbol.spec, 0, definition.market_making.spacing_ppm), permille, value))
    return markets


def _beside(price: int, side: Side, ppm: int, tick: int) -> int:
    """Return the price that who takes on a side gets: some way off, and rounded to a tick, both against them."""
    if side is Side.BUY:
        return -(-price * (1_000_000 + ppm) // (1_000_000 * tick)) * tick
    return price * (1_000_000 - ppm) // (1_000_000 * tick) * tick
