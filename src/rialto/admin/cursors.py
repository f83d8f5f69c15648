"""Where a list is read on: `before` is the `cursor` of the last row that was read.

A cursor says a place and not a page: what is added meanwhile is neither read twice nor left out.
"""

from typing import Annotated, Final

from rialto.wire import errors
from rialto.wire.kinds import INTEGER_MAX, Text

CURSOR_RANGE: Final = r"^[0-9]{1,19}-[0-9A-Za-z_.:-]{1,64}$"

Cursor = Annotated[str, Text(CURSOR_RANGE)]


def cursor_of(at_us: int, name: object) -> str:
    """Write a row's place: its time, and what tells it from others of that time."""
    return f"{at_us}-{name}"


def read_cursor(text: str | None) -> tuple[int, str] | None:
    """Read a place. Raises `ApiError` -1100 for a time that none can be."""
    if text is None:
        return None
    at_us, _, name = text.partition("-")
    if int(at_us) > INTEGER_MAX:
        raise errors.illegal_characters("before", CURSOR_RANGE)
    return int(at_us), name
