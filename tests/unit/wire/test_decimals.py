"""Decimals from clients, and the exact arithmetic of derived figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rialto.wire import decimals
from rialto.wire.errors import ApiError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", "1"),
        ("0.1", "0.1"),
        ("0.00000001", "0.00000001"),
        ("1.100000000000", "1.1"),
        ("5.0000000000", "5"),
        ("00000000001.5", "00000000001.5"),
        ("92233720368.54775807", "92233720368.54775807"),
    ],
)
def test_well_formed_decimals_are_taken(text: str, expected: str) -> None:
    assert decimals.canonical("price", text) == expected


@pytest.mark.parametrize(
    "text", ["-1", "+1", "1e5", "1,5", ".5", "5.", " 1", "1 ", "0x1", "NaN", "", "\u0661", "1" * 21]
)
def test_malformed_decimals_are_illegal(text: str) -> None:
    with pytest.raises(ApiError) as refused:
        decimals.canonical("price", text)
    assert refused.value.code == -1100
    assert refused.value.message == (
        r"Illegal characters found in parameter 'price'; legal range is '^([0-9]{1,20})(\.[0-9]{1,20})?$'."
    )


@pytest.mark.parametrize("text", ["0.000000001", "1.123456789", "1.00000000000000000001"])
def test_a_ninth_place_is_too_precise(text: str) -> None:
    with pytest.raises(ApiError) as refused:
        decimals.canonical("quantity", text)
    assert (refused.value.code, refused.value.message) == (-1111, "Parameter 'quantity' has too much precision.")


@pytest.mark.parametrize("text", ["92233720368.54775808", "99999999999", "1" + "0" * 19])
def test_what_no_price_can_be_overflows(text: str) -> None:
    with pytest.raises(ApiError) as refused:
        decimals.canonical("price", text)
    assert (refused.value.code, refused.value.message) == (-1108, "Parameter 'price' overflowed.")


@given(st.integers(-(2**127), 2**127), st.integers(1, 12))
def test_text_and_units_are_inverse(units: int, places: int) -> None:
    text = decimals.to_text(units, places)
    assert len(text.partition(".")[2]) == places
    if places == decimals.PLACES:
        assert decimals.to_units(text) == units


@pytest.mark.parametrize(
    ("numerator", "denominator", "scale", "expected"),
    [(1, 3, 1000, 333), (2, 3, 1000, 667), (-2, 3, 1000, -667), (1, 2, 1, 1), (-1, 2, 1, -1), (0, 7, 1000, 0)],
)
def test_ratios_round_half_away_from_zero(numerator: int, denominator: int, scale: int, expected: int) -> None:
    assert decimals.ratio(numerator, denominator, scale) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1", "1.0000"), ("0.25", "0.2500"), ("1.00012345", "1.00012345"), ("1.00010000", "1.0001"), ("10", "10.0000")],
)
def test_decimals_are_shortened_to_what_they_say(text: str, expected: str) -> None:
    assert decimals.shortened(text, 4) == expected
