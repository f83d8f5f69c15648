"""Every field of every event, as the API spells it."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from rialto.contracts.events import AssetRegistered, MatchPrevented, Outcome, Prevention, SymbolListed
from rialto.contracts.vocabulary import (
    Contingency,
    ExpiryReason,
    OrderListState,
    OrderState,
    OrderStatus,
    OrderTerms,
    OrderType,
    Peg,
    PegPrice,
    SelfTradePrevention,
    TimeInForce,
    WorkingFloor,
)
from rialto.core.catalog import Catalog
from rialto.streams.framing import TimeUnit
from rialto.streams.user_data.payloads import encode_report, encode_terminated
from rialto.streams.user_data.reports import (
    BalanceReport,
    Execution,
    ExecutionReport,
    ListChange,
    ListReport,
    LockReport,
    PositionReport,
    Prevented,
    RejectReason,
    Report,
    Traded,
)
from tests.outcomes import spec
from tests.user_data import ORDER_STATE as ORDER

ZERO = "0.00000000"
TIME_US = 1_700_000_000_123_456
PLACED_US = 1_700_000_000_000_789
CATALOG = Catalog()
CATALOG.accept(
    [
        Outcome(0, 1, 1, [AssetRegistered(0, "BTC"), AssetRegistered(1, "USDT")], []),
        Outcome(0, 2, 2, [SymbolListed(symbol, spec(f"PAIR{symbol}")) for symbol in (0, 1)], []),
    ]
)
WORKING = replace(ORDER, placed_at_us=PLACED_US, working_at_us=PLACED_US)
PLAIN = {
    "e": "executionReport",
    "E": 1_700_000_000_123,
    "s": "PAIR1",
    "c": "mine",
    "S": "BUY",
    "o": "LIMIT",
    "f": "GTC",
    "q": "3.00000000",
    "p": "2.00000000",
    "P": ZERO,
    "F": ZERO,
    "g": -1,
    "C": "",
    "x": "NEW",
    "X": "NEW",
    "r": "NONE",
    "i": 7,
    "l": ZERO,
    "z": ZERO,
    "L": ZERO,
    "n": "0",
    "N": None,
    "T": 1_700_000_000_123,
    "t": -1,
    "I": 44,
    "w": True,
    "m": False,
    "M": False,
    "O": 1_700_000_000_000,
    "Z": ZERO,
    "Y": ZERO,
    "Q": ZERO,
    "W": 1_700_000_000_000,
    "V": "NONE",
}


def report(order: OrderState = WORKING, execution: Execution = Execution.NEW, **more: Any) -> ExecutionReport:
    more = {"execution_id": 44, "client_order_id": "mine", **more}
    return ExecutionReport(execution=execution, order=order, **more)


def encoded(told: Report, unit: TimeUnit = TimeUnit.MILLISECOND) -> dict[str, Any]:
    return msgspec.json.decode(encode_report(told, CATALOG, TIME_US, unit), type=dict[str, Any])


def check(told: ExecutionReport, *left_out: str, **changed: Any) -> None:
    expected = {name: value for name, value in PLAIN.items() if name not in left_out} | changed
    assert encoded(told) == expected


def test_a_plain_order_has_the_fields_of_every_order() -> None:
    check(report())


def test_fields_stand_in_the_documented_order() -> None:
    assert list(encoded(report())) == list(PLAIN)


def test_times_are_in_the_unit_that_is_asked_for() -> None:
    told = encoded(report(replace(WORKING, trailing_since_us=TIME_US, terms=OrderTerms())), TimeUnit.MICROSECOND)
    assert [told[name] for name in ("E", "T", "O", "W", "D")] == [TIME_US, TIME_US, PLACED_US, PLACED_US, TIME_US]


def test_a_trade_tells_what_it_moved_and_cost() -> None:
    traded = Traded("2.00000000", "1.00000000", "2.00000000", "0.00200000", 1, is_maker=True, trade_id=9)
    part = replace(WORKING, executed="1.00000000", executed_quote="2.00000000", status=OrderStatus.PARTIALLY_FILLED)
    moved = {"x": "TRADE", "l": "1.00000000", "L": "2.00000000", "Y": "2.00000000", "n": "0.00200000", "N": "USDT"}
    so_far = {"z": "1.00000000", "Z": "2.00000000", "t": 9, "m": True, "M": True}
    check(report(part, Execution.TRADE, traded=traded), **moved, **so_far, X="PARTIALLY_FILLED")
    filled = replace(part, status=OrderStatus.FILLED)
    check(report(filled, Execution.TRADE, traded=traded), **moved, **so_far, X="FILLED", w=False)


def test_an_allocation_has_no_trade_of_its_own() -> None:
    traded = Traded("2.00000000", "1.00000000", "2.00000000", ZERO, 0, is_maker=False, allocation_id=5)
    routed = replace(WORKING, working_floor=WorkingFloor.SMART_ORDER_ROUTING)
    told = encoded(report(routed, Execution.TRADE, traded=traded))
    assert {name: told[name] for name in ("b", "a", "k", "uS", "t", "N")} == {
        "b": "ONE_PARTY_TRADE_REPORT",
        "a": 5,
        "k": "SOR",
        "uS": True,
        "t": -1,
        "N": "BTC",
    }
    rests = replace(WORKING, working_floor=WorkingFloor.EXCHANGE)
    check(report(rests), k="EXCHANGE", uS=True)


@pytest.mark.parametrize(
    ("changes", "execution", "is_on_book"),
    [
        ({}, Execution.NEW, True),
        ({}, Execution.REPLACED, True),
        ({"working_at_us": 0}, Execution.NEW, False),
        ({"status": OrderStatus.PENDING_NEW, "working_at_us": 0}, Execution.NEW, False),
        ({"status": OrderStatus.CANCELED}, Execution.CANCELED, False),
        ({"status": OrderStatus.PARTIALLY_FILLED}, Execution.TRADE, True),
        ({"order_type": OrderType.MARKET}, Execution.NEW, True),
        ({"order_type": OrderType.MARKET, "status": OrderStatus.PARTIALLY_FILLED}, Execution.TRADE, False),
        ({"time_in_force": TimeInForce.IMMEDIATE_OR_CANCEL}, Execution.NEW, True),
        (
            {"time_in_force": TimeInForce.IMMEDIATE_OR_CANCEL, "status": OrderStatus.PARTIALLY_FILLED},
            *(Execution.TRADE, False),
        ),
    ],
)
def test_an_order_is_on_the_book_while_it_works_and_may_rest(
    changes: dict[str, Any], execution: Execution, is_on_book: bool
) -> None:
    assert encoded(report(replace(WORKING, **changes), execution))["w"] is is_on_book


def test_an_order_that_does_not_work_yet_has_no_working_time() -> None:
    waiting = replace(WORKING, order_type=OrderType.STOP_LOSS_LIMIT, working_at_us=0, terms=OrderTerms("1.50000000"))
    check(report(waiting), "W", o="STOP_LOSS_LIMIT", P="1.50000000", w=False)


def test_terms_show_where_there_are_any() -> None:
    terms = OrderTerms(trailing_delta=100, iceberg_quantity="1.00000000", strategy_id=3, strategy_type=1_000_000)
    trails = replace(WORKING, terms=terms, trailing_since_us=TIME_US)
    check(report(trails), d=100, D=1_700_000_000_123, F="1.00000000", j=3, J=1_000_000)
    check(report(replace(trails, trailing_since_us=0)), d=100, F="1.00000000", j=3, J=1_000_000)


def test_a_peg_shows_its_offset_and_price_once_there_are_such() -> None:
    pegged = replace(WORKING, terms=OrderTerms(peg=Peg(PegPrice.MARKET)))
    check(report(pegged), gP="MARKET_PEG")
    found = replace(pegged, terms=OrderTerms(peg=Peg(PegPrice.PRIMARY, 2)), pegged_price="1.90000000")
    check(report(found), gP="PRIMARY_PEG", gOT="PRICE_LEVEL", gOV=2, gp="1.90000000")


def test_an_order_of_a_list_names_the_list() -> None:
    check(report(replace(WORKING, list_id=12)), g=12)


@pytest.mark.parametrize(
    ("reason", "name"),
    [
        (ExpiryReason.IMMEDIATE_OR_CANCEL, "UNFILLED_IOC_QUANTITY_EXPIRED"),
        (ExpiryReason.FILL_OR_KILL, "UNFILLED_FOK_ORDER_EXPIRED"),
        (ExpiryReason.NO_LIQUIDITY, "INSUFFICIENT_LIQUIDITY"),
        (ExpiryReason.OTHER_ORDER_OF_LIST, "OCO_TRIGGER"),
        (ExpiryReason.WORKING_ORDER_OF_LIST, "OTO_PHASE_ONE_EXPIRED"),
        (ExpiryReason.REJECTED, "REJECTED"),
        (ExpiryReason.PRICE_RANGE, "EXECUTION_RULE_PRICE_RANGE_EXCEEDED"),
    ],
)
def test_an_expired_order_says_why(reason: ExpiryReason, name: str) -> None:
    expired = replace(WORKING, status=OrderStatus.EXPIRED, expiry_reason=reason)
    check(report(expired, Execution.EXPIRED), x="EXPIRED", X="EXPIRED", eR=name, w=False)


@pytest.mark.parametrize(
    ("reason", "name"),
    [
        (RejectReason.INSUFFICIENT_BALANCE, "INSUFFICIENT_BALANCES"),
        (RejectReason.WOULD_TRIGGER, "STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY"),
        (RejectReason.WOULD_TAKE, "WOULD_MATCH_IMMEDIATELY"),
        (RejectReason.PRICE_RELATIONSHIP, "OCO_BAD_PRICES"),
    ],
)
def test_a_rejected_order_has_no_numbers_and_says_why(reason: RejectReason, name: str) -> None:
    never = replace(WORKING, order_id=-1, placed_at_us=0, working_at_us=0)
    told = report(never, Execution.REJECTED, execution_id=None, reject_reason=reason)
    check(told, "W", x="REJECTED", X="REJECTED", r=name, i=-1, I=-1, O=-1, w=False)


def prevented(*, is_maker: bool, trade_group: int | None) -> ExecutionReport:
    match = MatchPrevented(
        *(1, 6, SelfTradePrevention.DECREMENT, 0, "2.00000000", "1.50000000", "3.00000000", trade_group),
        Prevention(7, 5, "1.50000000", "2.00000000"),
        Prevention(8, 6, "1.00000000", "1.00000000"),
    )
    lost = "2.00000000" if is_maker else "1.00000000"
    order = replace(WORKING, prevented=lost, prevented_match_id=6, status=OrderStatus.EXPIRED_IN_MATCH)
    return report(order, Execution.PREVENTION, prevented=Prevented(match, is_maker))


def test_a_prevented_match_shows_the_other_side_and_what_would_have_traded() -> None:
    ended = {"x": "TRADE_PREVENTION", "X": "EXPIRED_IN_MATCH", "w": False, "v": 6}
    would_have = {"pl": "1.50000000", "pL": "2.00000000", "pY": "3.00000000"}
    maker = {"A": "2.00000000", "B": "1.50000000", "U": 8, "Cs": "PAIR0"}
    check(prevented(is_maker=True, trade_group=None), **ended, **would_have, **maker)
    taker = {"A": "1.00000000", "B": "1.00000000", "U": 7, "Cs": "PAIR1", "u": 3}
    check(prevented(is_maker=False, trade_group=3), **ended, **would_have, **taker)


def test_what_was_prevented_before_is_told_of_an_order_for_good() -> None:
    lost = replace(WORKING, prevented="1.00000000", prevented_match_id=6, status=OrderStatus.CANCELED)
    told = report(lost, Execution.CANCELED, client_order_id="enough", original_client_order_id="mine")
    check(told, x="CANCELED", X="CANCELED", c="enough", C="mine", v=6, A="1.00000000", w=False)


@pytest.mark.parametrize(
    ("change", "status", "order_status"),
    [
        (ListChange.PLACED, "EXEC_STARTED", "EXECUTING"),
        (ListChange.RENAMED, "UPDATED", "EXECUTING"),
        (ListChange.ENDED, "ALL_DONE", "ALL_DONE"),
        (ListChange.REFUSED, "RESPONSE", "REJECT"),
    ],
)
@pytest.mark.parametrize("contingency", Contingency)
def test_a_list_shows_its_orders(change: ListChange, status: str, order_status: str, contingency: Contingency) -> None:
    third = contingency is Contingency.ONE_TRIGGERS_ONE_CANCELS_THE_OTHER
    state = OrderListState(
        *(12, 1, 5, "list", contingency, False),
        orders=(1, 2, 3 if third else None),
        client_order_ids=("a", "b", "c" if third else None),
        placed_at_us=PLACED_US,
    )
    reason = RejectReason.PRICE_RELATIONSHIP if change is ListChange.REFUSED else None
    assert encoded(ListReport(change, state, reason)) == {
        "e": "listStatus",
        "E": 1_700_000_000_123,
        "s": "PAIR1",
        "g": 12,
        "c": "OCO" if contingency is Contingency.ONE_CANCELS_THE_OTHER else "OTO",
        "l": status,
        "L": order_status,
        "r": "NONE" if reason is None else "OCO_BAD_PRICES",
        "C": "list",
        "T": 1_700_000_000_123,
        "O": [
            {"s": "PAIR1", "i": number, "c": name}
            for number, name in ((1, "a"), (2, "b"), (3, "c"))
            if number < 3 or third
        ],
    }


def test_balances_and_their_changes() -> None:
    time = 1_700_000_000_123
    assert encoded(PositionReport(((1, "9.00000000", ZERO), (0, ZERO, "1.00000000")))) == {
        "e": "outboundAccountPosition",
        "E": time,
        "u": time,
        "B": [{"a": "USDT", "f": "9.00000000", "l": ZERO}, {"a": "BTC", "f": ZERO, "l": "1.00000000"}],
    }
    for told, name in (
        (BalanceReport(0, "-1.00000000"), "balanceUpdate"),
        (LockReport(0, "-1.00000000"), "externalLockUpdate"),
    ):
        assert encoded(told) == {"e": name, "E": time, "a": "BTC", "d": "-1.00000000", "T": time}


def test_the_end_of_a_stream() -> None:
    ended = encode_terminated(TIME_US, TimeUnit.MILLISECOND)
    assert ended == b'{"e":"eventStreamTerminated","E":1700000000123}'
