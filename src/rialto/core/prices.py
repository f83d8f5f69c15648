"""What assets are worth in each other, by the newest trades: for valuations, limits and fees, never for matching.

An asset is valued along the fewest symbols that lead from it to the other one, each at the price of its last trade;
among equally short ways the one whose symbols were listed first. Exact: prices are whole numbers of 1e-8 and values are
multiplied out before they are rounded down once.

State: which symbols an asset has, kept for a version of the catalogue.
"""

from collections import defaultdict, deque
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from rialto.contracts.amounts import units_of
from rialto.core.catalog import Symbol
from rialto.core.runtime import Runtime

STEPS_MAX: Final = 3
"""Symbols on one way at most."""

MINUTES: Final = 5
"""For how many minutes a trade is looked back at by who sells or buys at a price of their own."""

ONE: Final = 100_000_000

PriceOf = Callable[[int, bool], Fraction | None]
"""Tells a symbol's price, and whether one goes through it from its base; None leaves the symbol out."""


class Prices:
    """Values assets."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._version = -1
        self._symbols: dict[int, list[Symbol]] = {}

    def rate(self, asset: int, into: int) -> Fraction | None:
        """Return what one of an asset is worth in another, by ids; None where no trades lead from one to the other."""
        return self._along(asset, into, lambda symbol, _is_base: self._last_price(symbol))

    def at_most(self, asset: int, into: int) -> Fraction | None:
        """Return what one of an asset is worth in another for who sells it from a stock of their own.

        The dearest of the last trade, the best offer and the trades of the last minutes along the way, so that who puts
        one price into a thin book does not name it. None where a book on the way has no offers.
        """
        return self._along(asset, into, lambda symbol, is_base: self._extreme(symbol, is_highest=is_base))

    def at_least(self, asset: int, into: int) -> Fraction | None:
        """Return what one of an asset is worth in another for who buys it: the cheapest, as `at_most` is dearest."""
        return self._along(asset, into, lambda symbol, is_base: self._extreme(symbol, is_highest=not is_base))

    def _along(self, asset: int, into: int, price_of: PriceOf) -> Fraction | None:
        if asset == into:
            return Fraction(1)
        self._renew()
        seen = {asset}
        waiting = deque([(asset, Fraction(1), 0)])
        while waiting:
            reached, rate, steps = waiting.popleft()
            for symbol in self._symbols.get(reached, ()):
                is_base = symbol.base.id == reached
                beyond = symbol.quote.id if is_base else symbol.base.id
                price = None if beyond in seen else price_of(symbol.id, is_base)
                if price is None:
                    continue
                worth = rate * price if is_base else rate / price
                if beyond == into:
                    return worth
                seen.add(beyond)
                if steps + 1 < STEPS_MAX:
                    waiting.append((beyond, worth, steps + 1))
        return None

    def value(self, asset: int, units: int, into: int) -> int | None:
        """Return what so many units of 1e-8 are worth, in units of 1e-8, rounded down; None where it is not known."""
        rate = self.rate(asset, into)
        return None if rate is None else units * rate.numerator // rate.denominator

    def _last_price(self, symbol: int) -> Fraction | None:
        newest = self._runtime.market.trades(symbol, 1)
        return Fraction(units_of(newest[0].price), ONE) if newest else None

    def _extreme(self, symbol: int, *, is_highest: bool) -> Fraction | None:
        """Return the highest or lowest of the last trade, the best offer on that side, and the last minutes' trades."""
        last, market = self._last_price(symbol), self._runtime.market
        ticker = market.book_ticker(symbol)
        offered = units_of(ticker.ask_price if is_highest else ticker.bid_price)
        if last is None or not offered:
            return None
        minutes = market.candles(symbol, "1m", start_us=None, end_us=None, limit=MINUTES)
        traded = [units_of(each.high if is_highest else each.low) for each in minutes]
        choose = max if is_highest else min
        return choose(last, *(Fraction(units, ONE) for units in (offered, *traded) if units))

    def _renew(self) -> None:
        catalog = self._runtime.catalog
        if self._version == catalog.version:
            return
        symbols: defaultdict[int, list[Symbol]] = defaultdict(list)
        for symbol in catalog.symbols:
            symbols[symbol.base.id].append(symbol)
            symbols[symbol.quote.id].append(symbol)
        self._symbols = dict(symbols)
        self._version = catalog.version
