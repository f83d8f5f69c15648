"""What the real core states, projected, is what the real core holds: orders, what they traded, and balances."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from rialto.contracts.commands import CancelOrder, OrderReference, PlaceOrder
from rialto.contracts.events import OrderCanceled, OrderExpired, OrderPlaced, Outcome
from rialto.contracts.queries import Balances, BalancesAnswer, OpenOrders, OrdersAnswer
from rialto.contracts.vocabulary import OrderState, OrderType, Side, TimeInForce
from rialto.core.errors import CommandRefused
from rialto.core.runtime import Runtime
from rialto.foundation.database import Access, open_engine
from rialto.foundation.migrating import migrate
from rialto.projections.history import READ_THREADS, History
from rialto.projections.projector import Projector
from tests.exchange import BTCUSDT, found, limit, market, running

ORDERS = st.lists(
    st.tuples(
        st.sampled_from(["limit", "limit", "taking", "quantity", "quote", "cancel"]),
        st.integers(0, 1),
        st.sampled_from(list(Side)),
        st.integers(95, 105),
        st.integers(1, 9),
    ),
    min_size=5,
    max_size=40,
)
Asked = tuple[str, int, Side, int, int]


def units(text: str) -> int:
    return int(text.replace(".", ""))


def command(account: int, asked: Asked, name: str) -> PlaceOrder | CancelOrder:
    kind, _, side, price, size = asked
    match kind:
        case "limit":
            return limit(account, side, f"{price}", f"{size}", name)
        case "taking":
            return limit(account, side, f"{price}", f"{size}", name, TimeInForce.IMMEDIATE_OR_CANCEL)
        case "quantity":
            return market(account, side, name, quantity=f"{size}")
        case "quote":
            return market(account, side, name, quote=f"{size * 55}.5")
        case _:
            return CancelOrder(account, BTCUSDT, OrderReference(order_id=size * 2))


async def trade(runtime: Runtime, accounts: Sequence[int], orders: Sequence[Asked]) -> None:
    for number, asked in enumerate(orders):
        try:
            await runtime.submit(command(accounts[asked[1]], asked, f"mine-{number}"))
        except CommandRefused:
            continue


async def check_history(runtime: Runtime, history: History, account: int, outcomes: Sequence[Outcome]) -> None:
    stated = [event for outcome in outcomes for event in outcome.events]
    placed = {event.order.order_id for event in stated if isinstance(event, OrderPlaced)}
    ended = {event.order.order_id: event.order for event in stated if isinstance(event, OrderCanceled | OrderExpired)}
    answer = await runtime.ask(OpenOrders(account, BTCUSDT))
    assert isinstance(answer, OrdersAnswer)
    held = await history.orders(account, BTCUSDT, limit=1_000)
    assert {order.order_id for order in held} <= placed
    assert [order for order in held if order.status.is_open] == list(answer.orders)
    for order in held:
        assert order == ended.get(order.order_id, order)
        await check_fills(history, order)
    await check_balances(runtime, history, account)


async def check_fills(history: History, order: OrderState) -> None:
    fills = await history.fills(order.account, BTCUSDT, order_id=order.order_id, limit=1_000)
    assert sum(units(fill.quantity) for fill in fills) == units(order.executed)
    assert sum(units(fill.quote_quantity) for fill in fills) == units(order.executed_quote)
    if order.order_type is OrderType.MARKET and units(order.quote_quantity):
        assert order.quantity == order.executed
    if order.status.value == "filled":
        assert order.quantity == order.executed


async def check_balances(runtime: Runtime, history: History, account: int) -> None:
    answer = await runtime.ask(Balances(account))
    assert isinstance(answer, BalancesAnswer)
    entries = await history.ledger(account, after=(0, 0), limit=1_000)
    for balance in answer.balances:
        of_asset = [entry for entry in entries if entry.asset == balance.asset]
        assert sum(units(entry.amount) for entry in of_asset) == units(balance.free) + units(balance.locked)
        assert units(of_asset[-1].balance) == units(balance.free) + units(balance.locked)


async def check(directory: Path, orders: Sequence[Asked]) -> None:
    url = f"sqlite:///{directory / 'rialto.sqlite'}"
    migrate(url)
    writing = open_engine(url, Access.REBUILDABLE)
    reading = open_engine(url, Access.READ_ONLY, connections=READ_THREADS)
    projector = Projector(writing, lag_max=10_000)
    outcomes: list[Outcome] = []
    async with running(directory / "journal") as runtime:
        projector.start(runtime.last_sequence)
        runtime.subscribe(projector.accept, vital=True)
        runtime.subscribe(outcomes.extend)
        history = History(reading, projector, lambda: runtime.last_sequence)
        accounts = await found(runtime)
        await trade(runtime, accounts, orders)
        for account in accounts:
            await check_history(runtime, history, account, outcomes)
        assert projector.watermark == runtime.last_sequence == outcomes[-1].sequence
        await projector.close(timeout=10)
        history.close()
    reading.dispose()
    writing.dispose()


@given(orders=ORDERS)
@settings(max_examples=15)
def test_history_is_what_the_core_holds(orders: list[Asked]) -> None:
    with TemporaryDirectory() as directory:
        asyncio.run(check(Path(directory), orders))
