"""One account followed through outcomes: what it has open, and what is reported of it."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from rialto.contracts.events import (
    Event,
    Fill,
    MatchPrevented,
    OrderCanceled,
    OrderExpired,
    OrderPlaced,
    Outcome,
    Prevention,
    TradeExecuted,
)
from rialto.contracts.executions import execution_id
from rialto.contracts.vocabulary import (
    ExpiryReason,
    OrderState,
    OrderStatus,
    SelfTradePrevention,
    Side,
    WorkingFloor,
)
from rialto.streams.user_data.account import FollowedAccount
from rialto.streams.user_data.reports import Execution, ExecutionReport
from tests.outcomes import ACCOUNTS, FIRST_ACCOUNT, Exchange
from tests.user_data import ORDER_STATE as ORDER

STEPS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 63), st.integers(0, 20)), max_size=80)
ZERO = "0.00000000"


def outcome(*events: Event) -> Outcome:
    return Outcome(0, 9, 200, list(events), [])


def executions(followed: FollowedAccount, *events: Event) -> list[ExecutionReport]:
    reports = followed.follow(outcome(*events))
    assert all(isinstance(report, ExecutionReport) for report in reports)
    return [report for report in reports if isinstance(report, ExecutionReport)]


@given(steps=STEPS, more=STEPS)
def test_from_any_moment_on_it_holds_what_is_open(
    steps: list[tuple[int, int, int]], more: list[tuple[int, int, int]]
) -> None:
    exchange = Exchange()
    exchange.run(steps)

    def is_open_of(account: int) -> list[OrderState]:
        return [order for order in exchange.orders.values() if order.account == account and order.status.is_open]

    accounts = range(FIRST_ACCOUNT, FIRST_ACCOUNT + ACCOUNTS)
    followed = [FollowedAccount(account, is_open_of(account)) for account in accounts]
    for step in more:
        done = exchange.step(step)
        for each in followed:
            for report in each.follow(done):
                assert isinstance(report, ExecutionReport)
                assert report.order.account == each.account
            assert list(each.orders.values()) == is_open_of(each.account)


def fill(order_id: int, account: int, executed: str, status: OrderStatus) -> Fill:
    return Fill(order_id, account, executed, executed, status, "0.00100000", 0)


def trade(maker: Fill, taker: Fill) -> TradeExecuted:
    return TradeExecuted(1, 4, "2.00000000", "1.00000000", "2.00000000", Side.SELL, maker, taker)


def test_a_trade_with_oneself_is_two_executions_the_incoming_order_first() -> None:
    followed = FollowedAccount(5, [ORDER])
    incoming = replace(ORDER, order_id=8, side=Side.SELL, quantity="1.00000000")
    placed, taker, maker = executions(
        followed,
        OrderPlaced(incoming),
        trade(fill(7, 5, "1.00000000", OrderStatus.PARTIALLY_FILLED), fill(8, 5, "1.00000000", OrderStatus.FILLED)),
    )
    assert [report.order.order_id for report in (placed, taker, maker)] == [8, 8, 7]
    assert [report.execution_id for report in (placed, taker, maker)] == [
        execution_id(9, 0),
        execution_id(9, 1),
        execution_id(9, 1, is_maker=True),
    ]
    assert taker.traded is not None
    assert maker.traded is not None
    assert (taker.traded.is_maker, maker.traded.is_maker) == (False, True)
    assert list(followed.orders) == [(1, 7)]


def test_trades_of_others_are_nothing() -> None:
    followed = FollowedAccount(5, [ORDER])
    others = trade(fill(7, 6, "1.00000000", OrderStatus.FILLED), fill(8, 4, "1.00000000", OrderStatus.FILLED))
    other = replace(ORDER, account=6)
    assert followed.follow(outcome(others, OrderPlaced(other), OrderCanceled(other))) == []
    assert list(followed.orders.values()) == [ORDER]


def prevented(maker: Prevention, taker: Prevention, match_id: int = 1) -> MatchPrevented:
    return MatchPrevented(
        *(1, match_id, SelfTradePrevention.DECREMENT, 1, "2.00000000", "1.00000000", "2.00000000", None),
        maker,
        taker,
    )


def test_the_last_prevention_of_an_order_says_that_it_ended_it() -> None:
    followed = FollowedAccount(5, [replace(ORDER, order_id=order_id) for order_id in (1, 2)])
    incoming = replace(ORDER, order_id=8, side=Side.SELL, quantity="2.00000000")
    ended = replace(
        incoming,
        status=OrderStatus.EXPIRED_IN_MATCH,
        prevented="2.00000000",
        prevented_match_id=2,
        expiry_reason=ExpiryReason.SELF_TRADE_PREVENTION,
    )
    lost = [Prevention(order_id, 5, "1.00000000", "1.00000000") for order_id in (1, 2)]
    reports = executions(
        followed,
        OrderPlaced(incoming),
        prevented(lost[0], Prevention(8, 5, "1.00000000", "1.00000000"), 1),
        prevented(lost[1], Prevention(8, 5, "1.00000000", "2.00000000"), 2),
        OrderExpired(ended, ExpiryReason.SELF_TRADE_PREVENTION),
    )
    assert [(report.execution, report.order.order_id, report.order.status) for report in reports] == [
        (Execution.NEW, 8, OrderStatus.NEW),
        (Execution.PREVENTION, 8, OrderStatus.NEW),
        (Execution.PREVENTION, 1, OrderStatus.NEW),
        (Execution.PREVENTION, 8, OrderStatus.EXPIRED_IN_MATCH),
        (Execution.PREVENTION, 2, OrderStatus.NEW),
    ]
    assert reports[3].order == ended
    assert sorted(followed.orders) == [(1, 1), (1, 2)]


def test_a_match_tells_only_the_order_that_it_took_from() -> None:
    followed = FollowedAccount(5, [ORDER])
    (report,) = executions(
        followed,
        prevented(Prevention(7, 5, "1.00000000", "1.00000000"), Prevention(8, 5, ZERO, ZERO)),
    )
    assert report.order == replace(ORDER, prevented="1.00000000", prevented_match_id=1, updated_at_us=200)
    assert report.prevented is not None
    assert report.prevented.counter_order == (1, 8)


def test_a_match_with_a_routed_order_names_the_symbol_that_it_is_of() -> None:
    followed = FollowedAccount(5, [ORDER])
    match = replace(
        prevented(Prevention(7, 5, "1.00000000", "1.00000000"), Prevention(7, 6, "1.00000000", "1.00000000"))
    )
    (report,) = executions(followed, replace(match, taker_symbol=0))
    assert report.prevented is not None
    assert report.prevented.counter_order == (0, 7)


def test_a_routed_order_that_rests_stands_in_its_own_book() -> None:
    followed = FollowedAccount(5)
    (report,) = executions(followed, OrderPlaced(replace(ORDER, working_floor=WorkingFloor.SMART_ORDER_ROUTING)))
    assert report.order.working_floor is WorkingFloor.SMART_ORDER_ROUTING
    assert followed.orders[1, 7].working_floor is WorkingFloor.EXCHANGE


def test_a_cancellation_without_a_name_has_that_of_the_order() -> None:
    for cancel_id, name in ((None, "mine"), ("enough", "enough")):
        followed = FollowedAccount(5, [ORDER])
        (report,) = executions(followed, OrderCanceled(replace(ORDER, status=OrderStatus.CANCELED), cancel_id))
        assert (report.client_order_id, report.original_client_order_id) == (name, "mine")
        assert followed.orders == {}
