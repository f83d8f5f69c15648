"""What trades and prevented matches make of an order's state, and how executions are numbered.

Events state an order whole when it is placed, restated or ended; between these, a trade or a prevented match states
only what it changed. Everything derived from events (rows, replies, streams) puts the two together here, so that all
show the same order. Pure; owns no state.
"""

from typing import Final

from msgspec.structs import replace

from rialto.contracts.amounts import ZERO, sum_of
from rialto.contracts.events import Fill, Prevention
from rialto.contracts.vocabulary import OrderState, OrderStatus, WorkingFloor

EXECUTIONS_PER_COMMAND_MAX: Final = 1 << 20
"""How many executions of one command have numbers of their own."""


def execution_id(sequence: int, position: int, *, is_maker: bool = False) -> int:
    """Return the number of an execution: its command, the position of its event there, and which side of it.

    Positions count from 0. Numbers grow with time, and are below 2^53 for the first 8.5 billion commands.
    """
    return sequence * EXECUTIONS_PER_COMMAND_MAX + 2 * position + is_maker


def after_fill(order: OrderState, fill: Fill, time_us: int) -> OrderState:
    """Return an order after a trade or an allocation.

    A filled order by quote amount has the quantity that it came to.
    """
    is_filled_by_amount = order.quote_quantity != ZERO and fill.status is OrderStatus.FILLED
    return replace(
        order,
        quantity=sum_of(fill.executed, order.prevented) if is_filled_by_amount else order.quantity,
        executed=fill.executed,
        executed_quote=fill.executed_quote,
        status=fill.status,
        updated_at_us=time_us,
    )


def after_prevention(order: OrderState, match_id: int, prevention: Prevention, time_us: int) -> OrderState:
    """Return an order after a match that took something from it. If that ended it, its end is stated too."""
    return replace(order, prevented=prevention.prevented, prevented_match_id=match_id, updated_at_us=time_us)


def after_routing(order: OrderState) -> OrderState:
    """Return an order as its command leaves it open: one that was routed now stands in its own book."""
    if order.working_floor is None:
        return order
    return replace(order, working_floor=WorkingFloor.EXCHANGE)
