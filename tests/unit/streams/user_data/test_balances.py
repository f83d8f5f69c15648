"""What came and went is told per asset, summed up; trading is not told of twice."""

from rialto.contracts.events import Event, OrderCanceled, Posted, Recorded
from rialto.contracts.vocabulary import PostingReason, StreamKey
from rialto.streams.user_data.balances import balance_reports
from rialto.streams.user_data.reports import BalanceReport, LockReport, PositionReport, Report
from tests.user_data import ORDER_STATE as ORDER

RECORDED = Recorded(StreamKey("loan", "one"), 1, b"")


def posted(
    asset: int, free: str, locked: str, reason: PostingReason = PostingReason.PRODUCT, account: int = 5
) -> Posted:
    return Posted(account, asset, f"{free}.00000000", f"{locked}.00000000", "10.00000000", "3.00000000", reason)


def check(events: list[Event], *expected: Report) -> None:
    assert balance_reports(5, events) == list(expected)


def position(*assets: int) -> PositionReport:
    return PositionReport(tuple((asset, "10.00000000", "3.00000000") for asset in assets))


def test_a_deposit_is_an_amount_and_a_position() -> None:
    check([posted(1, "2", "0", PostingReason.DEPOSIT)], BalanceReport(1, "2.00000000"), position(1))


def test_what_a_product_locks_is_no_change_of_the_balance() -> None:
    check([RECORDED, posted(1, "-2", "2")], LockReport(1, "2.00000000"), position(1))


def test_what_a_product_takes_from_what_it_locked_is_both() -> None:
    check(
        [RECORDED, posted(1, "0", "-2")],
        BalanceReport(1, "-2.00000000"),
        LockReport(1, "-2.00000000"),
        position(1),
    )


def test_legs_of_one_asset_are_summed_up_and_what_comes_and_goes_is_silent() -> None:
    legs: list[Event] = [posted(2, "5", "0"), posted(1, "-4", "0"), posted(1, "4", "0"), posted(2, "-2", "0")]
    check([RECORDED, *legs], BalanceReport(2, "3.00000000"), position(2, 1))


def test_trading_is_told_of_by_its_orders() -> None:
    check([OrderCanceled(ORDER), posted(1, "2", "-2", PostingReason.ORDER_RELEASE)], position(1))
    check([OrderCanceled(ORDER), posted(1, "2", "0", PostingReason.TRANSFER)], position(1))


def test_the_last_balance_counts_and_others_accounts_do_not() -> None:
    last = Posted(5, 1, "1.00000000", "0.00000000", "11.00000000", "3.00000000", PostingReason.TRADE)
    events: list[Event] = [posted(1, "1", "0"), posted(0, "1", "0", account=6), last]
    check(
        [OrderCanceled(ORDER), *events],
        PositionReport(((1, "11.00000000", "3.00000000"),)),
    )
    check([posted(1, "1", "0", account=6)])
