"""Submitting commands that place orders, and are counted as such."""

from rialto.contracts.commands import PlaceOrder, PlaceOrderList, ReplaceOrder
from rialto.contracts.events import Outcome
from rialto.core.errors import CommandRefused, RuntimeBusy
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.order_counts import OrderCounts
from rialto.wire import refusals


def admit_counted(call: Call, runtime: Runtime, counts: OrderCounts, account: int, orders: int = 1) -> None:
    """Count orders an account is about to place, and have the reply state its counts.

    Raises `ApiError` -1015 when it has too few left; none is counted then.
    """
    call.counted_account = account
    counts.admit(account, runtime.now_us(), orders)


async def submit_counted(
    call: Call, runtime: Runtime, counts: OrderCounts, command: PlaceOrder | ReplaceOrder | PlaceOrderList
) -> Outcome:
    """Submit a command whose orders were admitted.

    What is refused is given back, but for orders that took too long to prepare: they count, as the API has it. Raises
    `ApiError` for a refusal and, with -1021, for such orders; `RuntimeBusy`.
    """
    orders = len(command.orders) if isinstance(command, PlaceOrderList) else 1
    call.check_window()
    try:
        outcome = await runtime.submit(command)
    except CommandRefused as refused:
        counts.give_back(command.account, runtime.now_us(), orders)
        raise refusals.of_new_order(refused.rejection) from refused
    except RuntimeBusy:
        counts.give_back(command.account, runtime.now_us(), orders)
        raise
    return outcome
