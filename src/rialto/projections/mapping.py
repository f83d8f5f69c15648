"""How structs and tables correspond, once for all of them.

A table that holds structs takes its columns from the struct's fields, nested structs flattened; a struct becomes a row
by reading the same fields, and a row becomes a struct by position. So a field is stated in one place, in the contracts.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from operator import attrgetter
from types import NoneType
from typing import Any, NamedTuple, get_args, get_type_hints

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, LargeBinary, MetaData, PrimaryKeyConstraint, String, Table
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

from rialto.foundation.database import AmountText

ENUM_LENGTH_MAX = 32


class _Field(NamedTuple):
    name: str
    path: str
    type: type
    is_optional: bool


def _fields(struct: type[msgspec.Struct], prefix: str = "") -> Iterator[_Field]:
    hints = get_type_hints(struct)
    for name in struct.__struct_fields__:
        (hint, *others) = get_args(hints[name]) or (hints[name],)
        if issubclass(hint, msgspec.Struct):
            yield from _fields(hint, f"{prefix}{name}.")
        else:
            yield _Field(name, prefix + name, hint, NoneType in others)


def table_of(
    struct: type[msgspec.Struct],
    name: str,
    metadata: MetaData,
    *constraints: SchemaItem,
    key: tuple[str, ...],
    texts: Mapping[str, int] | None = None,
) -> Table:
    """Declare the table that holds a struct.

    Texts are amounts, except those listed in `texts` with their greatest length.
    """
    lengths = texts or {}
    columns = [
        Column(
            field.name, _column_type(field, lengths.get(field.name)), nullable=field.is_optional, autoincrement=False
        )
        for field in _fields(struct)
    ]
    return Table(name, metadata, *columns, PrimaryKeyConstraint(*key), *constraints)


def _column_type(field: _Field, length: int | None) -> TypeEngine[Any]:
    if field.type is str:
        return AmountText() if length is None else String(length)
    if issubclass(field.type, Enum):
        return String(ENUM_LENGTH_MAX)
    types: dict[type, type[TypeEngine[Any]]] = {int: BigInteger, bool: Boolean, bytes: LargeBinary}
    return types[field.type]()


def row_maker(struct: type[msgspec.Struct]) -> Callable[[msgspec.Struct], tuple[Any, ...]]:
    """Make the function that turns such a struct into a row of its table. Structs have two fields or more."""
    return attrgetter(
        *(f"{field.path}.value" if issubclass(field.type, Enum) else field.path for field in _fields(struct))
    )
