"""The kinds of parameters: how each reads its text, which error it gives, and how OpenAPI describes it.

A kind is stated as the metadata of an annotated type, `Annotated[int, Integer(1, 1000)]`, in a parameters struct.
Every `read` either returns a value or raises `ApiError`; whatever a client sends, nothing else comes out of it.
"""

import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Final, Generic, Protocol, TypeVar

import msgspec

from rialto.wire import decimals, errors
from rialto.wire.errors import ApiError, ErrorCode

T_co = TypeVar("T_co", covariant=True)
V = TypeVar("V")

INTEGER_RANGE: Final = "^[0-9]{1,20}$"
INTEGER_MAX: Final = 2**63 - 1
TEXT_MAX: Final = 8192
"""No parameter is longer, so that no pattern is matched against more."""

SYMBOL_RANGE: Final = "^[A-Z0-9-_.]{1,20}$"
SYMBOLS_RANGE: Final = r'^\[("[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}){0,1}\]$'
CLIENT_ORDER_ID_RANGE: Final = r"^[\.A-Z\:/a-z0-9_-]{1,36}$"

_MICROSECONDS_FROM: Final = 100_000_000_000_000
"""A time at or above is in microseconds: as milliseconds it would be the year 5138, as microseconds it is 1973."""


class Kind(Protocol[T_co]):
    """What a kind of parameter must offer."""

    def read(self, name: str, text: str) -> T_co:
        """Return the value of a text that is not empty; raise `ApiError` if it has none."""

    def schema(self) -> dict[str, object]:
        """Describe the text as JSON Schema."""


TURNING: Final = r"\u202a-\u202e\u2066-\u2069"
"""What turns the direction of the text beside it, as a pattern's part: what follows would read otherwise than it is."""


def line(most: int, *, least: int = 1, breaks: bool = False) -> str:
    """Return the pattern of what somebody writes for others to read, on one line or with line breaks.

    It has no control characters, and nothing that turns (`TURNING`) the address or the amount shown after it.
    """
    controls = r"\x00-\x09\x0b-\x1f" if breaks else r"\x00-\x1f"
    return rf"^[^{controls}\x7f{TURNING}]{{{least},{most}}}$"


class Text:
    """A text that matches a pattern; the pattern is told to who breaks it."""

    def __init__(self, legal_range: str) -> None:
        self._legal_range = legal_range
        self._matches = re.compile(legal_range, re.ASCII).fullmatch

    def read(self, name: str, text: str) -> str:
        """Return the text itself."""
        if len(text) > TEXT_MAX or self._matches(text) is None:
            raise errors.illegal_characters(name, self._legal_range)
        return text

    def schema(self) -> dict[str, object]:
        """Describe the pattern."""
        return {"type": "string", "pattern": self._legal_range}


class Integer:
    """A whole number from a minimum to a maximum.

    More than the maximum is not valid; with `clamp` it counts as the maximum, with `overflows` it is more than the
    number can hold, as beyond 64 bits.
    """

    def __init__(
        self, minimum: int = 0, maximum: int = INTEGER_MAX, *, clamp: bool = False, overflows: bool = False
    ) -> None:
        self._minimum = minimum
        self._maximum = maximum
        self._clamp = clamp
        self._overflows = overflows

    def read(self, name: str, text: str) -> int:
        """Return the number."""
        value = _digits(name, text)
        if value > self._maximum:
            if self._clamp:
                return self._maximum
            raise ErrorCode.PARAM_OVERFLOW.error(name) if self._overflows else errors.invalid_value(name)
        if value < self._minimum:
            raise errors.invalid_value(name)
        return value

    def schema(self) -> dict[str, object]:
        """Describe the bounds; a clamped maximum is no bound of the request."""
        bounds: dict[str, object] = {"type": "integer", "format": "int64", "minimum": self._minimum}
        if not self._clamp and self._maximum < INTEGER_MAX:
            bounds["maximum"] = self._maximum
        return bounds


class Decimal:
    """An unsigned decimal number with at most eight places; `zero` is the message of -1013 if it may not be zero."""

    def __init__(self, zero: str | None = None) -> None:
        self._zero = zero

    def read(self, name: str, text: str) -> str:
        """Return the number as a text the core takes."""
        value = decimals.canonical(name, text)
        if self._zero is not None and not value.strip("0."):
            raise ErrorCode.INVALID_MESSAGE.error(self._zero)
        return value

    def schema(self) -> dict[str, object]:
        """Describe the pattern: a decimal travels as it is written, never as a binary fraction."""
        return {"type": "string", "format": "decimal", "pattern": decimals.DECIMAL_RANGE}


class Choice(Generic[V]):
    """One of a list of words; another word is the given error, or -1130 naming the parameter."""

    def __init__(self, words: Mapping[str, V] | type[Enum], error: Callable[[], ApiError] | None = None) -> None:
        self._words: dict[str, object] = (
            {str(member.value): member for member in words} if isinstance(words, type) else dict(words)
        )
        self._error = error

    def read(self, name: str, text: str) -> object:
        """Return what the word stands for."""
        value = self._words.get(text)
        if value is None:
            raise errors.invalid_value(name) if self._error is None else self._error()
        return value

    @property
    def words(self) -> list[str]:
        """The words, in the order declared."""
        return list(self._words)

    def schema(self) -> dict[str, object]:
        """Describe the words."""
        return {"type": "string", "enum": list(self._words)}

    def word_of(self, value: object) -> str | None:
        """Return the word that stands for a value, if one does."""
        return next((word for word, meant in self._words.items() if meant == value), None)


class Boolean:
    """`true` or `false`, in any case: clients write them as their language does."""

    def read(self, name: str, text: str) -> bool:
        """Return the truth."""
        lowered = text.lower()
        if lowered == "true":
            return True
        if lowered == "false":
            return False
        raise errors.invalid_value(name)

    def schema(self) -> dict[str, object]:
        """Describe it."""
        return {"type": "boolean"}


class Timestamp:
    """A time since the Unix epoch in milliseconds or, from 10^14 on, microseconds; read as microseconds.

    With `is_end`, milliseconds mean their last microsecond: the end of a range includes the millisecond it names.
    """

    def __init__(self, *, is_end: bool = False) -> None:
        self._rest = 999 if is_end else 0

    def read(self, name: str, text: str) -> int:
        """Return microseconds."""
        value = _digits(name, text)
        return value if value >= _MICROSECONDS_FROM else value * 1000 + self._rest

    def schema(self) -> dict[str, object]:
        """Describe it."""
        return {"type": "integer", "format": "int64", "minimum": 0}


class Names:
    """A JSON array of names without repetition, such as `["BTCUSDT","BNBUSDT"]`.

    `error_of_repetition` is what a name sent twice gives; `maximum` bounds how many there may be.
    """

    def __init__(self, legal_range: str, maximum: int) -> None:
        self._legal_range = legal_range
        self._matches = re.compile(legal_range, re.ASCII).fullmatch
        self._decoder = msgspec.json.Decoder(tuple[str, ...])
        self._maximum = maximum

    def read(self, name: str, text: str) -> tuple[str, ...]:
        """Return the names in the order sent."""
        if len(text) > TEXT_MAX or self._matches(text) is None:
            raise errors.illegal_characters(name, self._legal_range)
        names = self._decoder.decode(text)
        if not names:
            raise errors.empty(name)
        if len(names) > self._maximum:
            raise ErrorCode.TOO_MANY_PARAMETERS.error(name, self._maximum, form=4)
        if len(set(names)) != len(names):
            raise ErrorCode.DUPLICATE_SYMBOLS.error()
        return names

    def schema(self) -> dict[str, object]:
        """Describe the pattern."""
        return {"type": "string", "pattern": self._legal_range}


class Document(Generic[V]):
    """A JSON object of a certain form; what it has beside that is not looked at."""

    def __init__(self, form: type[V]) -> None:
        self._decoder = msgspec.json.Decoder(form)

    def read(self, name: str, text: str) -> V:
        """Return the object."""
        try:
            return self._decoder.decode(text)
        except (msgspec.DecodeError, UnicodeEncodeError):
            raise errors.invalid_value(name) from None

    def schema(self) -> dict[str, object]:
        """Describe it as text that holds JSON."""
        return {"type": "string", "contentMediaType": "application/json"}


class WordOrWords:
    """One word of a list, or a JSON array of them, such as `SPOT` or `["SPOT","MARGIN"]`."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self.words = list(words)
        """The words, in the order declared."""
        self._words = frozenset(words)
        self._decoder = msgspec.json.Decoder(tuple[str, ...])

    def read(self, name: str, text: str) -> frozenset[str]:
        """Return the words."""
        if text.startswith("["):
            try:
                words = frozenset(self._decoder.decode(text))
            except (msgspec.DecodeError, UnicodeEncodeError):
                raise errors.invalid_value(name) from None
        else:
            words = frozenset((text,))
        if not words or not words <= self._words:
            raise errors.invalid_value(name)
        return words

    def schema(self) -> dict[str, object]:
        """Describe both forms."""
        return {"type": "string", "examples": [min(self._words), f'["{min(self._words)}"]']}


class UtcOffset:
    """A time zone as an offset from UTC, `-1:00`, `05:45`, `8`, from -12:00 to +14:00; read as seconds."""

    _RANGE: Final = re.compile(r"([+-]?)([0-9]{1,2})(?::([0-5][0-9]))?", re.ASCII)

    def read(self, name: str, text: str) -> int:
        """Return seconds east of UTC."""
        match = self._RANGE.fullmatch(text.strip(" "))
        if match is None:
            raise errors.invalid_value(name)
        sign, hours, minutes = match.groups()
        seconds = int(hours) * 3600 + int(minutes or 0) * 60
        if sign == "-":
            seconds = -seconds
        if not -12 * 3600 <= seconds <= 14 * 3600:
            raise errors.invalid_value(name)
        return seconds

    def schema(self) -> dict[str, object]:
        """Describe the pattern."""
        return {"type": "string", "pattern": "^[+-]?[0-9]{1,2}(:[0-5][0-9])?$"}


def _digits(name: str, text: str) -> int:
    if len(text) > 20 or not (text.isascii() and text.isdigit()):
        raise errors.illegal_characters(name, INTEGER_RANGE)
    value = int(text)
    if value > INTEGER_MAX:
        raise ErrorCode.PARAM_OVERFLOW.error(name)
    return value
