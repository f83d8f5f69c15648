"""Unfilled order counts: how many orders an account may place per interval, and how trading gives them back.

An admitted order counts at once; a refused one is given back; an order's first fill gives it back too, and one that
waited for its first fill gives back five, as the page "Spot Unfilled Order Count Rules" shows. All ways of placing
orders share one `OrderCounts`, which also listens to outcomes for the fills. In memory only: a restart starts new
windows.
"""

from collections.abc import Sequence
from typing import Final

from rialto.contracts.events import AllocationMade, Fill, Outcome, TradeExecuted
from rialto.gateway.limits import FixedWindow, LimitUse, RateLimit
from rialto.wire.errors import ApiError, ErrorCode

ACCOUNTS_MAX: Final = 100_000
TAKER_GIVES_BACK: Final = 1
MAKER_GIVES_BACK: Final = 5
"""How many orders the first fill of an order gives back."""


class OrderCounts:
    """Admits new orders by account."""

    def __init__(self, limits: Sequence[RateLimit]) -> None:
        self._windows = [FixedWindow(limit, ACCOUNTS_MAX) for limit in limits]
        self._headers = [f"x-mbx-order-count-{limit.suffix.lower()}".encode() for limit in limits]

    def admit(self, account: int, now_us: int, orders: int = 1) -> None:
        """Count so many orders. Raises `ApiError` -1015 when the account has too few left; none is counted then."""
        for position, window in enumerate(self._windows):
            if window.add(account, orders, now_us) > window.limit.limit:
                for counted in self._windows[: position + 1]:
                    counted.add(account, -orders, now_us)
                error = ErrorCode.TOO_MANY_ORDERS.error(window.limit.limit, window.limit.per, form=1)
                raise ApiError(error.code, error.message, error.status, window.seconds_left(now_us))

    def give_back(self, account: int, now_us: int, orders: int = 1) -> None:
        """Take orders back, as many as there are."""
        for window in self._windows:
            window.add(account, -orders, now_us)

    def on_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        """Give back the orders that traded for the first time."""
        for outcome in outcomes:
            for event in outcome.events:
                if type(event) is TradeExecuted:
                    for fill, orders in ((event.taker, TAKER_GIVES_BACK), (event.maker, MAKER_GIVES_BACK)):
                        if _is_first(fill, event):
                            self.give_back(fill.account, outcome.time_us, orders)
                elif type(event) is AllocationMade and _is_first(event.fill, event):
                    self.give_back(event.fill.account, outcome.time_us, TAKER_GIVES_BACK)

    def headers(self, account: int, now_us: int) -> list[tuple[bytes, bytes]]:
        """Return the headers that state what an account has used."""
        return [
            (name, b"%d" % window.count(account, now_us))
            for name, window in zip(self._headers, self._windows, strict=True)
        ]

    def counts(self, account: int, now_us: int) -> list[LimitUse]:
        """Return what an account has used of each limit."""
        return [window.limit.used(window.count(account, now_us)) for window in self._windows]


def _is_first(fill: Fill, trade: TradeExecuted | AllocationMade) -> bool:
    return fill.executed == trade.quantity
