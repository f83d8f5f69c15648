"""Times as FIX writes them."""

import pytest

from rialto.fix.times import to_text, to_us


@pytest.mark.parametrize(
    ("text", "time_us"),
    [
        ("19700101-00:00:00", 0),
        ("20011217-09:30:47", 1_008_581_447_000_000),
        ("20011217-09:30:47.123", 1_008_581_447_123_000),
        ("20011217-09:30:47.123456", 1_008_581_447_123_456),
    ],
)
def test_every_form_is_read(text: str, time_us: int) -> None:
    assert to_us(text) == time_us
    assert to_text(time_us) == f"{text:.17}.{text[18:]:0<6}"


@pytest.mark.parametrize(
    "text", ["", "20011217", "20011217-09:30", "20011317-09:30:47", "20011217-25:30:47", "20011217-09:30:47.1", "2001"]
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert to_us(text) is None
