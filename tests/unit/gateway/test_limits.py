"""Request limits per address and order counts per account."""

import msgspec
import pytest

from rialto.contracts.events import Fill, Outcome, TradeExecuted
from rialto.contracts.vocabulary import OrderStatus, Side
from rialto.gateway.limits import FixedWindow, RateLimit, RateLimits, RequestLimits
from rialto.gateway.order_counts import OrderCounts
from rialto.wire.endpoints import Budget, Endpoint
from rialto.wire.errors import ApiError
from rialto.wire.parameters import NoParameters

MINUTE_US = 60_000_000
START_US = 1_700_000_040_000_000
"""The start of a minute, and of a ten-second interval."""

LIMITS = RateLimits(
    request_weight=RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 10),
    orders=(RateLimit("ORDERS", "SECOND", 10, 2), RateLimit("ORDERS", "DAY", 1, 5)),
    raw_requests=RateLimit("RAW_REQUESTS", "MINUTE", 5, 4),
)


class Clock:
    def __init__(self) -> None:
        self.us = START_US

    def __call__(self) -> int:
        return self.us


def test_weight_adds_up_to_the_limit_and_starts_over_with_the_minute() -> None:
    clock = Clock()
    limits = RequestLimits(LIMITS, clock)
    limits.charge("a", 6)
    clock.us += 30_000_000
    limits.charge("a", 4)
    with pytest.raises(ApiError) as refused:
        limits.charge("a", 1)
    assert (refused.value.status, refused.value.code, refused.value.retry_after_s) == (429, -1003, 30)
    assert refused.value.message.startswith(
        "Too much request weight used; current limit is 10 request weight per 1 MINUTE."
    )
    limits.charge("b", 10)
    clock.us = START_US + MINUTE_US
    limits.charge("a", 10)


def test_a_refused_charge_counts_nothing_and_weight_can_be_given_back() -> None:
    limits = RequestLimits(LIMITS, Clock())
    with pytest.raises(ApiError):
        limits.charge("a", 11)
    limits.charge("a", 10)
    assert limits.used_headers("a") == [(b"x-mbx-used-weight", b"10"), (b"x-mbx-used-weight-1m", b"10")]
    limits.give_back("a", 3)
    assert limits.used_headers("a")[0][1] == b"7"
    limits.give_back("a", 100)
    assert limits.used_headers("a")[0][1] == b"0"


def test_requests_are_counted_whatever_they_weigh() -> None:
    clock = Clock()
    limits = RequestLimits(LIMITS, clock)
    for _ in range(4):
        limits.count_request("a")
    with pytest.raises(ApiError, match="current limit is 4 requests per 5 MINUTE") as refused:
        limits.count_request("a")
    assert refused.value.retry_after_s == 300 - START_US // 1_000_000 % 300
    limits.count_request("b")


def test_memory_is_bounded_and_strangers_share_a_counter() -> None:
    window = FixedWindow(LIMITS.request_weight, keys_max=2)
    for key in ("a", "b", "c", "d"):
        window.add(key, 1, START_US)
    assert [window.count(key, START_US) for key in ("a", "b", "c", "e")] == [1, 1, 2, 2]
    assert window.count("c", START_US + MINUTE_US) == 0


def call(path: str, budget: Budget) -> Endpoint[NoParameters]:
    return Endpoint("GET", path, summary="", parameters=NoParameters, response=dict, weight=1, budget=budget)


def test_calls_with_budgets_of_their_own_take_nothing_from_each_other() -> None:
    clock = Clock()
    rules = msgspec.structs.replace(
        LIMITS,
        endpoint_by_address=RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 5),
        endpoint_by_owner=RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 20),
    )
    limits = RequestLimits(rules, clock)
    by_address, other = call("/sapi/v1/a", Budget.ADDRESS), call("/sapi/v1/b", Budget.ADDRESS)
    by_owner = call("/sapi/v1/c", Budget.OWNER)
    limits.charge("a", 5, by_address, 1)
    with pytest.raises(ApiError, match="current limit is 5 request weight per 1 MINUTE") as refused:
        limits.charge("a", 1, by_address, 2)
    assert (refused.value.status, refused.value.code) == (429, -1003)
    limits.charge("b", 5, by_address, 1)
    limits.charge("a", 5, other, 1)
    limits.charge("a", 10)
    limits.charge("a", 20, by_owner, 1)
    with pytest.raises(ApiError):
        limits.charge("b", 1, by_owner, 1)
    limits.charge("b", 20, by_owner, 2)
    assert limits.used_headers("a", by_address, 1) == [(b"x-sapi-used-ip-weight-1m", b"5")]
    assert limits.used_headers("b", by_owner, 1) == [(b"x-sapi-used-uid-weight-1m", b"20")]
    limits.give_back("b", 3, by_owner, 1)
    assert limits.used_headers("a", by_owner, 1) == [(b"x-sapi-used-uid-weight-1m", b"17")]
    clock.us += MINUTE_US
    limits.charge("a", 5, by_address, 1)


def test_until_it_is_known_whose_a_call_is_the_address_pays() -> None:
    rules = msgspec.structs.replace(LIMITS, endpoint_by_address=RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 2))
    limits = RequestLimits(rules, Clock())
    by_owner = call("/sapi/v1/c", Budget.OWNER)
    limits.charge("a", 2, by_owner)
    with pytest.raises(ApiError):
        limits.charge("a", 1, by_owner)
    limits.charge("a", 1, by_owner, 1)


def trade(quantity: str, taker_executed: str, maker_executed: str) -> Outcome:
    taker = Fill(2, 7, taker_executed, "1", OrderStatus.PARTIALLY_FILLED, "0", 0)
    maker = Fill(1, 8, maker_executed, "1", OrderStatus.PARTIALLY_FILLED, "0", 0)
    return Outcome(0, 1, START_US, [TradeExecuted(0, 1, "1", quantity, "1", Side.BUY, maker, taker)], [])


def count(counts: OrderCounts, account: int) -> list[int]:
    return [each.count for each in counts.counts(account, START_US)]


def test_orders_are_counted_per_account_in_every_interval() -> None:
    counts = OrderCounts(LIMITS.orders)
    counts.admit(7, START_US)
    counts.admit(7, START_US)
    with pytest.raises(ApiError) as refused:
        counts.admit(7, START_US)
    assert (refused.value.status, refused.value.code, refused.value.retry_after_s) == (429, -1015, 10)
    assert refused.value.message == "Too many new orders; current limit is 2 orders per 10 SECOND."
    assert count(counts, 7) == [2, 2]
    counts.admit(8, START_US)
    counts.admit(7, START_US + 10_000_000)
    assert [each.count for each in counts.counts(7, START_US + 10_000_000)] == [1, 3]
    assert counts.headers(7, START_US + 10_000_000) == [
        (b"x-mbx-order-count-10s", b"1"),
        (b"x-mbx-order-count-1d", b"3"),
    ]


def test_a_refused_order_is_given_back() -> None:
    counts = OrderCounts(LIMITS.orders)
    counts.admit(7, START_US)
    counts.give_back(7, START_US)
    assert count(counts, 7) == [0, 0]


def test_the_first_fill_gives_back_one_to_the_taker_and_five_to_the_maker_and_later_ones_none() -> None:
    counts = OrderCounts([msgspec.structs.replace(limit, limit=100) for limit in LIMITS.orders])
    for account in (7, 8):
        for _ in range(7):
            counts.admit(account, START_US)
    counts.on_outcomes([trade("1.00000000", "1.00000000", "1.00000000")])
    assert (count(counts, 7), count(counts, 8)) == ([6, 6], [2, 2])
    counts.on_outcomes([trade("1.00000000", "2.00000000", "3.00000000")])
    assert (count(counts, 7), count(counts, 8)) == ([6, 6], [2, 2])


def test_fills_give_no_credit() -> None:
    counts = OrderCounts(LIMITS.orders)
    for account in (7, 8):
        counts.admit(account, START_US)
    counts.on_outcomes([trade("1.00000000", "1.00000000", "1.00000000")])
    assert (count(counts, 7), count(counts, 8)) == ([0, 0], [0, 0])


def test_limits_are_shown_in_the_order_of_the_api() -> None:
    assert [limit.rate_limit_type for limit in LIMITS.shown()] == ["REQUEST_WEIGHT", "ORDERS", "ORDERS", "RAW_REQUESTS"]
    assert [limit.suffix for limit in LIMITS.shown()] == ["1M", "10S", "1D", "5M"]
