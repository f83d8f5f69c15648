"""Times as FIX writes them, in UTC: `20240611-09:01:46.228950`. Whole microseconds since the Unix epoch on our side."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

_REMEMBERED: Final = 256
"""How many times are remembered: one stands in several fields of a message, and is looked at more than once."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_PATTERN: Final = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})-([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{3}|[0-9]{6}))?", re.ASCII
)


@lru_cache(_REMEMBERED)
def to_text(time_us: int) -> str:
    """Write a time with its microseconds."""
    time = _EPOCH + time_us * _MICROSECOND
    return (
        f"{time.year:04}{time.month:02}{time.day:02}-"
        f"{time.hour:02}:{time.minute:02}:{time.second:02}.{time.microsecond:06}"
    )


@lru_cache(_REMEMBERED)
def to_us(text: str) -> int | None:
    """Read a time in seconds, milliseconds or microseconds; None if it is none."""
    match = _PATTERN.fullmatch(text)
    if match is None:
        return None
    *fields, fraction = match.groups()
    try:
        time = datetime(*map(int, fields), tzinfo=UTC)  # type: ignore[misc, arg-type]
    except ValueError:
        return None
    return (time - _EPOCH) // _MICROSECOND + int((fraction or "").ljust(6, "0"))
