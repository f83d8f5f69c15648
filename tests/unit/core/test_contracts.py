"""The Python mirror of the core's words decodes one of every kind that the core states."""

from pathlib import Path
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from rialto.contracts import commands, events, queries, rejections
from rialto.contracts.commands import (
    CancelAllOrders,
    CancelOrder,
    Command,
    Leg,
    NewOrder,
    OrderReference,
    PlaceOrder,
    Post,
)
from rialto.contracts.market import MarketUpdate
from rialto.contracts.queries import Account, Query
from rialto.contracts.vocabulary import (
    AccountClass,
    AccountKind,
    OrderType,
    PostingReason,
    SelfTradePrevention,
    Side,
    StreamKey,
    TimeInForce,
)
from rialto.core.errors import CommandRefused
from rialto.core.runtime import Runtime
from tests.core_words import LATER_EVENTS, LATER_REFUSALS
from tests.exchange import BTC, BTCUSDT, USDT, found, limit, market, open_account, running, spec

STREAM = StreamKey("test", "one")


def record(*legs: Leg, version: int = 0, payload: bytes = b"\x00what happened") -> commands.Record:
    return commands.Record(STREAM, version, legs, payload)


def preventing(command: PlaceOrder, mode: SelfTradePrevention) -> PlaceOrder:
    return replace(command, order=replace(command.order, self_trade_prevention=mode))


def names(union: Any) -> set[str]:
    return {kind.__name__ for kind in get_args(union)}


async def test_every_event_and_market_update_is_decoded(tmp_path: Path) -> None:
    seen: set[str] = set()
    async with running(tmp_path) as runtime:
        runtime.subscribe(
            lambda outcomes: seen.update(type(e).__name__ for o in outcomes for e in (*o.events, *o.market))
        )
        first, second = await found(runtime)
        await runtime.submit(limit(first, Side.SELL, "50000", "1", "a"))
        await runtime.submit(market(second, Side.BUY, "b", quote="1000"))
        await runtime.submit(limit(second, Side.BUY, "60000", "2", "c", TimeInForce.IMMEDIATE_OR_CANCEL))
        await runtime.submit(limit(first, Side.SELL, "50000", "1", "d"))
        await runtime.submit(CancelOrder(first, BTCUSDT, OrderReference(client_order_id="d")))
        await runtime.submit(limit(first, Side.SELL, "50000", "1", "e"))
        await runtime.submit(preventing(limit(first, Side.BUY, "50000", "1", "f"), SelfTradePrevention.DECREMENT))
        move = (
            Leg(first, BTC, "-1", "0", PostingReason.TRANSFER),
            Leg(second, BTC, "0.5", "0.5", PostingReason.PRODUCT_HOLD),
        )
        outcome = await runtime.submit(record(*move))
        recorded = outcome.events[0]
        assert isinstance(recorded, events.Recorded)
        assert (recorded.stream, recorded.version, recorded.payload) == (STREAM, 1, b"\x00what happened")
        with pytest.raises(CommandRefused):
            await runtime.submit(record(*move))
    assert seen | {"CandleClosed"} == names(events.Event) - LATER_EVENTS | names(MarketUpdate)


REFUSED: list[tuple[Command | Query, str]] = [
    (Post(5, 9, "1", PostingReason.DEPOSIT), "UnknownAsset"),
    (Post(99, BTC, "1", PostingReason.DEPOSIT), "UnknownAccount"),
    (Account(77, AccountKind(AccountClass.EARN)), "NoSuchAccountOfOwner"),
    (CancelAllOrders(5, 8), "UnknownSymbol"),
    (CancelOrder(5, BTCUSDT, OrderReference(order_id=999)), "UnknownOrder"),
    (commands.RegisterAsset("BTC"), "AssetExists"),
    (commands.ListSymbol(spec()), "SymbolExists"),
    (commands.OpenAccount(1, AccountKind(AccountClass.SPOT)), "AccountExists"),
    (commands.ListSymbol(spec(name="OTHER", tick="0")), "InvalidSymbol"),
    (limit(5, Side.BUY, "0", "1", "x"), "InvalidOrder"),
    (Post(5, BTC, "0", PostingReason.DEPOSIT), "InvalidAmount"),
    (commands.OpenAccount(1, AccountKind(AccountClass.CUSTODY)), "InvalidAccount"),
    (Post(5, BTC, "1", PostingReason.TRADE), "InvalidReason"),
    (limit(1, Side.BUY, "1", "1", "x"), "WrongAccountClass"),
    (
        preventing(limit(5, Side.BUY, "100", "1", "x"), SelfTradePrevention.TRANSFER),
        "UnavailablePrevention",
    ),
    (limit(5, Side.BUY, "0.001", "1", "x"), "PriceFilter"),
    (limit(5, Side.BUY, "100", "0.000001", "x"), "LotSize"),
    (market(5, Side.BUY, "x", quantity="101"), "MarketLotSize"),
    (limit(5, Side.BUY, "100", "0.01", "x"), "Notional"),
    (limit(5, Side.SELL, "50001", "1", "third"), "TooManyOrders"),
    (
        PlaceOrder(6, 0, NewOrder("x", Side.BUY, OrderType.LIMIT_MAKER, TimeInForce.GOOD_TILL_CANCELED, "50000", "1")),
        "WouldTake",
    ),
    (limit(6, Side.BUY, "9", "1", "bid"), "DuplicateClientOrderId"),
    (limit(6, Side.BUY, "50000", "101", "x"), "InsufficientBalance"),
    (record(version=4), "StaleVersion"),
    (record(Leg(5, BTC, "1", "0", PostingReason.TRANSFER)), "UnbalancedPostings"),
    (record(Leg(5, BTC, "1", "-1", PostingReason.PRODUCT_RELEASE)), "HoldExceeded"),
    (record(payload=bytes(65_537)), "RecordTooLarge"),
    (commands.Unreadable(), "UnreadableCommand"),
    (limit(7, Side.BUY, "8", "92233720368", "x"), "CapacityReached"),
]


async def prepared(runtime: Runtime) -> None:
    """Two people and a third with an absurd fortune; one ask, and one bid that leaves its level no room."""
    first, second = await found(
        runtime, open_orders_max=2, quantity_max="92233720368", notional_max="0", notional_min="5"
    )
    rich = await open_account(runtime, 3, usdt="100000000000000")
    assert (first, second, rich) == (5, 6, 7)
    await runtime.submit(limit(first, Side.SELL, "50000", "1", "first"))
    await runtime.submit(limit(first, Side.SELL, "60000", "1", "second"))
    await runtime.submit(limit(second, Side.BUY, "9", "1", "bid"))
    await runtime.submit(limit(rich, Side.BUY, "8", "92233720368", "all-of-it"))
    await runtime.submit(CancelOrder(first, BTCUSDT, OrderReference(client_order_id="second")))
    await runtime.submit(limit(first, Side.SELL, "60000", "1", "second"))


async def test_every_rejection_is_decoded_and_changes_nothing(tmp_path: Path) -> None:
    refused: list[str] = []
    async with running(tmp_path) as runtime:
        await prepared(runtime)
        before = await runtime.ask(queries.Balances(5)), await runtime.ask(queries.OpenOrders(5))
        for asked, name in REFUSED:
            with pytest.raises(CommandRefused) as refusal:
                if isinstance(asked, get_args(Query)):
                    await runtime.ask(asked)
                else:
                    await runtime.submit(asked)  # type: ignore[arg-type]
            assert type(refusal.value.rejection).__name__ == name, asked
            refused.append(name)
        assert before == (await runtime.ask(queries.Balances(5)), await runtime.ask(queries.OpenOrders(5)))
    assert set(refused) == names(rejections.Rejection) - {name for _, _, name in LATER_REFUSALS}


async def test_every_query_is_answered(tmp_path: Path) -> None:
    async with running(tmp_path) as runtime:
        first, _second = await found(runtime)
        await runtime.submit(limit(first, Side.SELL, "50000", "1", "a"))
        asked: list[Query] = [
            queries.Balances(first),
            queries.OpenOrders(first),
            queries.OpenOrders(first, BTCUSDT),
            queries.OpenOrder(first, BTCUSDT, OrderReference(1)),
            queries.TestOrder(limit(first, Side.SELL, "50000", "1", "b")),
            queries.StateHash(),
            Account(1, AccountKind(AccountClass.SPOT)),
            queries.Catalog(),
            queries.OpenOrderLists(first),
            queries.Commission(first, BTCUSDT),
            queries.Open(1, AccountKind(AccountClass.SPOT)),
            queries.ReferencePrice(BTCUSDT, 1),
        ]
        answers = [await runtime.ask(query) for query in asked]
        assert {type(query).__name__ for query in asked} == names(Query)
        assert {type(answer).__name__ for answer in answers} == names(queries.Answer) - {"RefusedAnswer"}
        assert answers[1] == answers[2] == answers[3]
        placed = answers[1]
        assert isinstance(placed, queries.OrdersAnswer)
        assert answers[0] == queries.BalancesAnswer(
            (
                queries.BalanceState(BTC, "99.00000000", "1.00000000"),
                queries.BalanceState(USDT, "1000000.00000000", "0.00000000"),
            ),
            placed.orders[0].placed_at_us,
            None,
        )
