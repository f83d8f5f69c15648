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
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

from rialto.contracts.symbol_rules import SymbolRules
from rialto.contracts.vocabulary import Commission, OrderTerms
from rialto.foundation.database import AmountText

ENUM_LENGTH_MAX = 32


class Document(TypeDecorator[msgspec.Struct]):
    """A struct as JSON text in one column: what is kept and shown, and never searched by.

    Rows are written with the text already (`row_maker`); reading gives what the struct is made of again.
    """

    impl = Text
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Read the text back."""
        return None if value is None else msgspec.json.decode(value)


DOCUMENTS: frozenset[type[msgspec.Struct]] = frozenset({Commission, OrderTerms, SymbolRules})
"""The structs that are a column of their own, as documents."""


class _Field(NamedTuple):
    name: str
    path: str
    type: type
    is_optional: bool


def _fields(struct: type[msgspec.Struct], prefix: str = "") -> Iterator[_Field]:
    hints = get_type_hints(struct)
    for name in struct.__struct_fields__:
        (hint, *others) = get_args(hints[name]) or (hints[name],)
        if issubclass(hint, msgspec.Struct) and hint not in DOCUMENTS:
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
    if field.type in DOCUMENTS:
        return Document()
    types: dict[type, type[TypeEngine[Any]]] = {int: BigInteger, bool: Boolean, bytes: LargeBinary}
    return types[field.type]()


def row_maker(struct: type[msgspec.Struct]) -> Callable[[msgspec.Struct], tuple[Any, ...]]:
    """Make the function that turns such a struct into a row of its table. Structs have two fields or more."""
    fields = list(_fields(struct))
    is_word = [issubclass(field.type, Enum) and not field.is_optional for field in fields]
    read = attrgetter(
        *(f"{field.path}.value" if word else field.path for field, word in zip(fields, is_word, strict=True))
    )
    written_later = [
        position
        for position, field in enumerate(fields)
        if field.type in DOCUMENTS or (issubclass(field.type, Enum) and field.is_optional)
    ]
    if not written_later:
        return read

    def row(value: msgspec.Struct) -> tuple[Any, ...]:
        values = read(value)
        if all(values[position] is None for position in written_later):
            return values
        changed = list(values)
        for position in written_later:
            changed[position] = as_column(changed[position])
        return tuple(changed)

    return row


def as_column(value: Any) -> Any:
    """Write what may be absent: a word by its text, a document as JSON."""
    if isinstance(value, Enum):
        return value.value
    return msgspec.json.encode(value).decode() if isinstance(value, msgspec.Struct) else value
