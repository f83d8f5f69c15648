"""Every event and refusal of orders that wait, depend on each other and are filled from elsewhere crosses to Python."""

from pathlib import Path

import pytest

from rialto.contracts import commands
from rialto.contracts.commands import Command, ListSymbol, PoolSymbols, Post, RegisterAsset
from rialto.contracts.events import OrderCanceled, OrderListEnded, OrderListPlaced, OrderPlaced, OrderTriggered
from rialto.contracts.queries import Open, OpenAnswer, OpenOrderLists, OrderListsAnswer
from rialto.contracts.symbol_rules import SymbolRules
from rialto.contracts.vocabulary import TREASURY_ACCOUNT, AccountClass, AccountKind, PostingReason, Side
from rialto.core.errors import CommandRefused
from tests.core_words import (
    ALICE,
    BOB,
    LATER_EVENTS,
    LATER_REFUSALS,
    LIVELY,
    OTO,
    RULES,
    buy,
    named,
    order_list,
    place,
    sell,
)
from tests.exchange import BTC, BTCUSDT, USDT, found, running, spec

SPOT = AccountKind(AccountClass.SPOT)


async def test_every_later_event_is_decoded(tmp_path: Path) -> None:
    seen: set[str] = set()
    triggered: list[OrderTriggered] = []
    async with running(tmp_path) as runtime:
        runtime.subscribe(lambda outcomes: seen.update(type(e).__name__ for o in outcomes for e in o.events))
        await found(runtime, rules=RULES, notional_min="0")
        for command in LIVELY:
            outcome = await runtime.submit(command)
            triggered += [event for event in outcome.events if isinstance(event, OrderTriggered)]
        await runtime.submit(RegisterAsset("USDC"))
        await runtime.submit(ListSymbol(spec(name="BTCUSDC", quote=2, rules=RULES, notional_min="0")))
        for account in (BOB, TREASURY_ACCOUNT):
            reason = PostingReason.DEPOSIT if account == BOB else PostingReason.ADJUSTMENT
            for asset in (USDT, 2):
                await runtime.submit(Post(account, asset, "100000", reason))
        await runtime.submit(PoolSymbols(BTC, (BTCUSDT, 1)))
        await runtime.submit(place(BOB, buy("9000", "other-book"), symbol=1))
        await runtime.submit(place(ALICE, sell("9000", "routed"), is_routed=True))
    assert seen >= LATER_EVENTS
    assert {event.order.client_order_id for event in triggered} == {"stop", "trail"}


@pytest.mark.parametrize(("rules", "commands", "name"), LATER_REFUSALS, ids=[name for _, _, name in LATER_REFUSALS])
async def test_every_later_rejection_is_decoded(
    tmp_path: Path, rules: SymbolRules, commands: list[Command], name: str
) -> None:
    async with running(tmp_path) as runtime:
        await found(runtime, rules=rules, notional_min="0", market_quantity_max="0")
        for command in commands[:-1]:
            await runtime.submit(command)
        with pytest.raises(CommandRefused) as refusal:
            await runtime.submit(commands[-1])
    assert type(refusal.value.rejection).__name__ == name


async def test_open_lists_survive_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as runtime:
        await found(runtime, rules=RULES, notional_min="0")
        placed = await runtime.submit(order_list(OTO, buy("9", "working"), sell("10", "pending")))
        orders = [event.order for event in placed.events if isinstance(event, OrderPlaced)]
        assert [order.status.value for order in orders] == ["new", "pending_new"]
        before = await runtime.ask(OpenOrderLists(ALICE))
    async with running(tmp_path) as runtime:
        after = await runtime.ask(OpenOrderLists(ALICE))
        assert isinstance(after, OrderListsAnswer)
        assert after == before
        assert [order.client_order_id for order in after.lists] == ["list"]
        assert orders[0].side is Side.BUY


async def test_what_an_owner_has_open_is_told_at_once(tmp_path: Path) -> None:
    async with running(tmp_path) as runtime:
        await found(runtime, rules=RULES, notional_min="0")
        await runtime.submit(place(ALICE, sell("9", "alone")))
        placed = await runtime.submit(order_list(OTO, buy("8", "working"), sell("10", "pending")))
        answer = await runtime.ask(Open(1, SPOT))
        assert isinstance(answer, OpenAnswer)
        assert answer.account == ALICE
        assert [order.client_order_id for order in answer.orders] == ["alone", "working", "pending"]
        assert answer.lists == tuple(event.list for event in placed.events if isinstance(event, OrderListPlaced))
        assert answer.lists[0].members == [(2, "working"), (3, "pending")]
        assert await runtime.ask(Open(99, SPOT)) == OpenAnswer(None, (), ())


async def test_a_list_knows_its_orders_by_their_last_names_even_when_they_have_ended(tmp_path: Path) -> None:
    async with running(tmp_path) as runtime:
        await found(runtime, rules=RULES, notional_min="0")
        await runtime.submit(order_list(OTO, buy("8", "working"), sell("10", "pending")))
        await runtime.submit(commands.AmendOrder(ALICE, BTCUSDT, named("working"), "smaller", "0.5"))
        await runtime.submit(place(BOB, sell("8", "fills")))
        await runtime.submit(commands.AmendOrder(ALICE, BTCUSDT, named("pending"), "less", "0.5"))
        ended = await runtime.submit(commands.CancelOrder(ALICE, BTCUSDT, named("less"), None, "enough"))
    lists = [event.list for event in ended.events if isinstance(event, OrderListEnded)]
    assert [each.members for each in lists] == [[(1, "smaller"), (2, "less")]]


@pytest.mark.parametrize(
    "command",
    [
        commands.CancelOrder(ALICE, BTCUSDT, named("working"), None, "enough"),
        commands.CancelAllOrders(ALICE, BTCUSDT, "enough"),
        commands.CancelOrderList(ALICE, BTCUSDT, commands.ListReference(client_order_id="list"), "enough"),
        commands.ReplaceOrder(
            ALICE, BTCUSDT, named("pending"), None, "enough", commands.ReplaceMode.STOP_ON_FAILURE, sell("11", "new")
        ),
    ],
    ids=lambda command: type(command).__name__,
)
async def test_every_order_that_a_cancellation_takes_back_says_its_name(tmp_path: Path, command: Command) -> None:
    async with running(tmp_path) as runtime:
        await found(runtime, rules=RULES, notional_min="0")
        await runtime.submit(order_list(OTO, buy("8", "working"), sell("10", "pending")))
        outcome = await runtime.submit(command)
    canceled = [event for event in outcome.events if isinstance(event, OrderCanceled)]
    assert [(each.order.client_order_id, each.cancel_id) for each in canceled] == [
        ("working", "enough"),
        ("pending", "enough"),
    ]
