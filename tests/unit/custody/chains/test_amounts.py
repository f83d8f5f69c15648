"""Amounts of chains and of the ledger."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rialto.custody.chains.amounts import Credit, Inexact, to_chain, to_ledger


@pytest.mark.parametrize(
    ("amount", "decimals", "expected"),
    [
        (1_123_456_789_012_345_678, 18, Credit(112_345_678, 9_012_345_678)),
        (1_000_000, 6, Credit(100_000_000, 0)),
        (1, 8, Credit(1, 0)),
        (9_999_999_999, 18, Credit(0, 9_999_999_999)),
        (7, 0, Credit(700_000_000, 0)),
    ],
)
def test_deposits_are_rounded_down(amount: int, decimals: int, expected: Credit) -> None:
    assert to_ledger(amount, decimals) == expected


def test_what_a_chain_cannot_pay_is_refused() -> None:
    with pytest.raises(Inexact, match="finer than 1e-6"):
        to_chain(150, 6)
    assert to_chain(200, 6) == 2


@given(st.integers(0, 1 << 160), st.integers(0, 36))
def test_nothing_is_lost_on_the_way_in(amount: int, decimals: int) -> None:
    credit = to_ledger(amount, decimals)
    assert to_chain(credit.units, decimals) + credit.remainder == amount
