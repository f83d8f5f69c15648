"""How much of what an account sends to a symbol trades: three ratios over cycles of ten minutes.

- UFR, unfilled: what was submitted and not filled, of what was submitted;
- IFER, expired: immediate-or-cancel and fill-or-kill orders that expired unfilled, of all such orders;
- GCR, canceled: good-till-canceled orders taken back unfilled within 2.5 seconds, of all such orders.

Each matters only once there are enough orders. Source: the article "API Trading Rules" of the original. Owns the
counts: in memory, bounded, of the cycle under way and the one before; a restart begins anew.
Belongs to the event loop's thread. Ratios are whole numbers of ten-thousandths, rounded down.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from rialto.contracts.amounts import ZERO, units_of
from rialto.contracts.events import Fill, OrderCanceled, OrderExpired, OrderPlaced, Outcome, TradeExecuted
from rialto.contracts.vocabulary import OrderState, OrderType, TimeInForce

TALLIES_MAX: Final = 100_000
WHOLE: Final = 10_000
UFR: Final = "UFR"
IFER: Final = "IFER"
GCR: Final = "GCR"


class TradingRules(msgspec.Struct, frozen=True):
    """From how many orders on, in a cycle, a ratio matters, and at which it locks. Times are in microseconds."""

    unfilled_orders_min: int = 300
    immediate_orders_min: int = 150
    resting_orders_min: int = 150
    unfilled_ratio_max: int = 9_950
    expired_ratio_max: int = 9_900
    canceled_ratio_max: int = 9_900
    cycle_us: int = 600_000_000
    soon_us: int = 2_500_000
    """A cancellation is soon if it comes earlier than this after the order."""
    lock_us_min: int = 300_000_000
    lock_us_max: int = 259_200_000_000
    """A lock lasts twice as long as the one before it on the same day, and no longer than this."""


class Indicator(NamedTuple):
    """One ratio: of how many orders, its value, and the value from which on it locks."""

    name: str
    orders: int
    ratio: int
    limit: int
    orders_min: int

    @property
    def is_triggered(self) -> bool:
        """Whether it locks."""
        return self.orders >= self.orders_min and self.ratio >= self.limit


class Tally:
    """What one account sent to one symbol in one cycle."""

    __slots__ = ("canceled_soon", "executed", "expired", "immediate", "orders", "resting", "submitted")

    def __init__(self) -> None:
        self.orders = self.submitted = self.executed = 0
        self.immediate = self.expired = self.resting = self.canceled_soon = 0

    def indicators(self, rules: TradingRules) -> tuple[Indicator, ...]:
        """Return the three ratios."""
        unfilled = max(0, self.submitted - self.executed)
        return (
            Indicator(
                *(UFR, self.orders, _share(unfilled, self.submitted)),
                *(rules.unfilled_ratio_max, rules.unfilled_orders_min),
            ),
            Indicator(
                *(IFER, self.immediate, _share(self.expired, self.immediate)),
                *(rules.expired_ratio_max, rules.immediate_orders_min),
            ),
            Indicator(
                *(GCR, self.resting, _share(self.canceled_soon, self.resting)),
                *(rules.canceled_ratio_max, rules.resting_orders_min),
            ),
        )


class Ratios:
    """The ratios of every account and symbol."""

    def __init__(self, rules: TradingRules) -> None:
        self.rules: Final = rules
        self._cycle = 0
        self._tallies: dict[tuple[int, int], Tally] = {}
        self._ended: dict[tuple[int, int], Tally] = {}

    def on_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        """Count what happened."""
        for outcome in outcomes:
            cycle = outcome.time_us // self.rules.cycle_us
            if cycle != self._cycle:
                self._cycle, self._ended, self._tallies = cycle, self._tallies, {}
            for event in outcome.events:
                kind = type(event)
                if kind is OrderPlaced:
                    self._placed(event.order)  # type: ignore[union-attr]
                elif kind is TradeExecuted:
                    self._traded(event)  # type: ignore[arg-type]
                elif kind is OrderCanceled or kind is OrderExpired:
                    self._left(event.order, is_expired=kind is OrderExpired)  # type: ignore[union-attr]

    def of_account(self, account: int) -> list[tuple[int, tuple[Indicator, ...]]]:
        """List the ratios of an account in this cycle, by symbol."""
        held = [(symbol, tally) for (whose, symbol), tally in self._tallies.items() if whose == account]
        return [(symbol, tally.indicators(self.rules)) for symbol, tally in sorted(held, key=lambda each: each[0])]

    def triggered(self) -> list[tuple[int, int, Indicator]]:
        """List each account, symbol and indicator that locks, until it is forgotten."""
        found = []
        for tallies in (self._ended, self._tallies):
            for (account, symbol), tally in tallies.items():
                if tally.orders < self.rules.resting_orders_min:
                    continue
                indicator = next((each for each in tally.indicators(self.rules) if each.is_triggered), None)
                if indicator is not None:
                    found.append((account, symbol, indicator))
        return found

    def forget(self, account: int, symbol: int) -> None:
        """Begin anew with what was acted upon, so that it locks once in a cycle."""
        self._ended.pop((account, symbol), None)
        self._tallies.pop((account, symbol), None)

    def _of(self, account: int, symbol: int) -> Tally | None:
        tally = self._tallies.get((account, symbol))
        if tally is None and len(self._tallies) < TALLIES_MAX:
            tally = self._tallies[account, symbol] = Tally()
        return tally

    def _placed(self, order: OrderState) -> None:
        tally = self._of(order.account, order.symbol)
        if tally is None:
            return
        tally.orders += 1
        tally.submitted += units_of(order.quantity)
        if order.time_in_force is not TimeInForce.GOOD_TILL_CANCELED:
            tally.immediate += 1
        elif order.order_type is not OrderType.MARKET:
            tally.resting += 1

    def _traded(self, trade: TradeExecuted) -> None:
        quantity = units_of(trade.quantity)
        for fill in (trade.maker, trade.taker):
            self._filled(fill, trade.symbol, quantity)

    def _filled(self, fill: Fill, symbol: int, quantity: int) -> None:
        tally = self._of(fill.account, symbol)
        if tally is not None:
            tally.executed += quantity

    def _left(self, order: OrderState, *, is_expired: bool) -> None:
        if order.executed != ZERO:
            return
        is_resting = order.time_in_force is TimeInForce.GOOD_TILL_CANCELED and order.order_type is not OrderType.MARKET
        tally = self._of(order.account, order.symbol)
        if tally is None:
            return
        if is_resting:
            tally.canceled_soon += order.updated_at_us - order.placed_at_us < self.rules.soon_us
        elif is_expired:
            tally.expired += 1


def _share(part: int, whole: int) -> int:
    return 0 if not whole else min(WHOLE, part * WHOLE // whole)
