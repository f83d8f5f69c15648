"""What a client knows of its account from user data events alone, and the same as the core answers it."""

from collections.abc import Iterable
from typing import Any

import msgspec

from rialto.contracts.queries import Balances, BalancesAnswer, OpenOrders, OrdersAnswer
from rialto.contracts.vocabulary import OrderState
from rialto.core.catalog import Catalog
from rialto.core.runtime import Runtime
from rialto.wire.vocabulary import (
    ORDER_TYPE_NAMES,
    SELF_TRADE_PREVENTION_NAMES,
    SIDE_NAMES,
    STATUS_NAMES,
    TIME_IN_FORCE_NAMES,
    WORKING_FLOOR_NAMES,
)

OPEN = ("NEW", "PARTIALLY_FILLED", "PENDING_NEW")
SHOWN = (
    *("s", "i", "c", "S", "o", "f", "q", "p", "P", "F", "g", "X", "z", "Z", "Q", "V", "O"),
    "W",
    "D",
    "v",
    "A",
    "gp",
)
"""The fields of an execution report that state the order."""

Order = dict[str, Any]


class AccountMirror:
    """Applies events, as text, to what was known before. Times are in microseconds."""

    def __init__(self) -> None:
        self.orders: dict[tuple[str, int], Order] = {}
        self.balances: dict[str, tuple[str, str]] = {}
        self.events: list[dict[str, Any]] = []

    def receive(self, message: bytes) -> None:
        """Take an event."""
        event = msgspec.json.decode(message)
        self.events.append(event)
        if event["e"] == "outboundAccountPosition":
            self.balances |= {each["a"]: (each["f"], each["l"]) for each in event["B"]}
        if event["e"] == "executionReport" and event["x"] != "REJECTED":
            key = (event["s"], event["i"])
            if event["X"] in OPEN:
                self.orders[key] = {name: event[name] for name in SHOWN if name in event}
            else:
                self.orders.pop(key, None)


async def known_to_core(
    runtime: Runtime, account: int
) -> tuple[dict[tuple[str, int], Order], dict[str, tuple[str, str]]]:
    """Ask the core for the same: open orders and balances."""
    orders, balances = await runtime.ask(OpenOrders(account)), await runtime.ask(Balances(account))
    assert isinstance(orders, OrdersAnswer)
    assert isinstance(balances, BalancesAnswer)
    names = [asset.name for asset in runtime.catalog.assets]
    return as_shown(runtime.catalog, orders.orders), {
        names[each.asset]: (each.free, each.locked) for each in balances.balances
    }


def as_shown(catalog: Catalog, orders: Iterable[OrderState]) -> dict[tuple[str, int], Order]:
    """Write orders as their reports would state them."""
    return {(catalog.symbol(order.symbol).name, order.order_id): _shown(catalog, order) for order in orders}


def _shown(catalog: Catalog, order: OrderState) -> Order:
    terms, zero = order.terms, "0.00000000"
    shown = {
        "s": catalog.symbol(order.symbol).name,
        "i": order.order_id,
        "c": order.client_order_id,
        "S": SIDE_NAMES[order.side],
        "o": ORDER_TYPE_NAMES[order.order_type],
        "f": TIME_IN_FORCE_NAMES[order.time_in_force],
        "q": order.quantity,
        "p": order.price,
        "P": (terms and terms.stop_price) or zero,
        "F": (terms and terms.iceberg_quantity) or zero,
        "g": -1 if order.list_id is None else order.list_id,
        "X": STATUS_NAMES[order.status],
        "z": order.executed,
        "Z": order.executed_quote,
        "Q": order.quote_quantity,
        "V": SELF_TRADE_PREVENTION_NAMES[order.self_trade_prevention],
        "O": order.placed_at_us,
    }
    sometimes = {
        "W": order.working_at_us,
        "D": order.trailing_since_us,
        "v": order.prevented_match_id,
        "A": order.prevented if order.prevented_match_id else None,
        "gp": None if order.pegged_price == zero else order.pegged_price,
        "k": order.working_floor and WORKING_FLOOR_NAMES[order.working_floor],
    }
    return shown | {name: value for name, value in sometimes.items() if value and name in SHOWN}
