"""How each kind of field is read out of JSON and made a number that `struct` packs.

Owns no state. Each reader takes the JSON value of its entry, and the exponents chosen for the decimals within it.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from rialto.wire.decimals import PLACES, to_text, to_units
from rialto.wire.sbe.schema import Field, Kind
from rialto.wire.sbe.spelling import AS_USUAL, NONE_BESIDE_SCHEMA, ZERO_IF_TRADED

EXPONENT: Final = -PLACES
"""The exponent of decimals, unless their mantissas would not fit."""
UNKNOWN_VALUE: Final = "NON_REPRESENTABLE"

_MANTISSA_MAX: Final = (1 << 63) - 1
_WIDE_MAX: Final = (1 << 127) - 1

_SIGNED_BITS: Final = {"b": 8, "h": 16, "i": 32, "q": 64}
_UNSIGNED_BITS: Final = {"B": 8, "H": 16, "I": 32, "Q": 64}
_NULLS: Final[Mapping[str, object]] = {
    **{code: -(1 << bits - 1) for code, bits in _SIGNED_BITS.items()},
    **{code: (1 << bits) - 1 for code, bits in _UNSIGNED_BITS.items()},
    "f": Decimal("NaN"),
    "16s": (-(1 << 127)).to_bytes(16, "little", signed=True),
}
"""What stands for none, by how the field is packed."""

Exponents = Mapping[str, int]
Get = Callable[[Any], Any]
Reader = Callable[[Any, Exponents], object]


class Unrepresentable(Exception):
    """The value has no place in the message: too large, too fine, or missing. The message names the field."""


class MantissaTooWide(Exception):
    """A decimal does not fit with the exponent chosen, and would with another."""

    def __init__(self, name: str, exponent: int) -> None:
        super().__init__(name, exponent)
        self.name = name
        self.exponent = exponent


def getter(path: str | int) -> Get:
    """Return what finds a value in JSON: by a name, by names one in another, by a place in a list, or `..`: itself.

    What is not there is None.
    """
    if isinstance(path, int):
        return lambda value: value[path]
    if path == "..":
        return lambda value: value
    first, _, rest = path.partition(".")
    if not rest:
        return lambda value: value.get(first)
    inner = getter(rest)

    def get(value: Any) -> Any:
        outer = value.get(first)
        return None if outer is None else inner(outer)

    return get


def field_reader(message: str, field: Field, get: Get) -> Reader:
    """Return the reader of a field. It raises `Unrepresentable` and `MantissaTooWide`."""
    if field.kind is Kind.EXPONENT:
        name = field.name
        return lambda _value, exponents: exponents[name]
    default = AS_USUAL.get(field.name, None if field.is_optional else field.default)
    null = _NULLS[field.code]
    read, is_none = _converter(message, field), _is_none(field)

    def read_field(value: Any, exponents: Exponents) -> object:
        found = get(value)
        if found is None:
            if field.is_optional:
                return null
            if default is None:
                raise Unrepresentable(f"{message}: no {field.name}")
            found = default
        elif is_none is not None and is_none(value, found):
            return null
        return read(found, exponents)

    return read_field


def _is_none(field: Field) -> Callable[[Any, Any], bool] | None:
    """Return what tells, of an entry and the value in it, whether JSON means none; None if it never does."""
    stated = NONE_BESIDE_SCHEMA.get(field.name, field.default)
    if not field.is_optional or stated is None:
        return None
    if field.name in ZERO_IF_TRADED:
        return lambda entry, _found: bool(entry.get("count") == 0)
    if field.kind is Kind.MANTISSA:
        units = to_units(str(stated))
        text = to_text(units)
        return lambda _entry, found: found == text or (found[-9:-8] != "." and to_units(found) == units)
    number = int(str(stated))
    return lambda _entry, found: bool(found == number)


def _converter(message: str, field: Field) -> Reader:
    match field.kind:
        case Kind.MANTISSA | Kind.WIDE_MANTISSA:
            return _mantissa_reader(message, field)
        case Kind.FRACTION:
            return lambda found, _exponents: Decimal(found)
        case Kind.CHOICE:
            return _choice_reader(message, field)
        case Kind.CHOICES:
            return _choices_reader(field)
    return lambda found, _exponents: found


def _mantissa_reader(message: str, field: Field) -> Reader:
    name, is_wide = field.exponent, field.kind is Kind.WIDE_MANTISSA
    maximum = _WIDE_MAX if is_wide else _MANTISSA_MAX

    def read(found: Any, exponents: Exponents) -> object:
        # Nearly all decimals have eight places: read them at once.
        mantissa = int(found[:-9] + found[-8:]) if found[-9:-8] == "." else to_units(found)
        if exponents[name] != EXPONENT or not -maximum <= mantissa <= maximum:
            mantissa = _coarser(mantissa, exponents[name], maximum, message, field)
        return mantissa.to_bytes(16, "little", signed=True) if is_wide else mantissa

    return read


def _coarser(units: int, exponent: int, maximum: int, message: str, field: Field) -> int:
    """Return the mantissa for an exponent above the usual one, exactly.

    Raises `MantissaTooWide` with the exponent it needs to fit, and `Unrepresentable` if places would be lost.
    """
    scale: int = 10 ** (exponent - EXPONENT)
    mantissa, left = divmod(units, scale)
    needed = exponent
    while not left and not -maximum <= mantissa <= maximum:
        mantissa, left = divmod(mantissa, 10)
        needed += 1
    if left:
        raise Unrepresentable(f"{message}: {field.name} of {to_text(units)} has too many digits")
    if needed != exponent:
        raise MantissaTooWide(field.exponent, needed)
    return mantissa


def _choice_reader(message: str, field: Field) -> Reader:
    values: dict[object, int] = {}
    values.update(field.values)
    if set(values) == {"True", "False"}:
        for name, is_so in (("True", True), ("False", False)):
            values[is_so] = values[name.lower()] = values[name]
    unknown = values.get(UNKNOWN_VALUE)

    def read(found: Any, _exponents: Exponents) -> object:
        value = values.get(found, unknown)
        if value is None:
            raise Unrepresentable(f"{message}: {field.name} of {found!r}")
        return value

    return read


def _choices_reader(field: Field) -> Reader:
    bits = {name: 1 << place for name, place in field.values.items()}
    unknown = bits.get(UNKNOWN_VALUE, 0)

    def read(found: Any, _exponents: Exponents) -> object:
        chosen = 0
        for name in found:
            chosen |= bits.get(name, unknown)
        return chosen

    return read
