"""Sums of amounts are exact at any size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rialto.contracts.amounts import sum_of
from tests.outcomes import amount

UNITS = st.integers(-(2**127), 2**127 - 1) | st.integers(-(10**9), 10**9)


@given(left=UNITS, right=UNITS)
def test_sums_are_those_of_the_units(left: int, right: int) -> None:
    assert sum_of(amount(left), amount(right)) == amount(left + right)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("0.00000001", "-0.00000002", "-0.00000001"),
        ("-1.50000000", "1.50000000", "0.00000000"),
        ("0.99999999", "0.00000001", "1.00000000"),
    ],
)
def test_signs_and_carries(left: str, right: str, expected: str) -> None:
    assert sum_of(left, right) == expected
