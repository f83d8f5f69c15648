"""Encoders, compiled from a schema once: from a message's name and the API's JSON, as Python values, to bytes.

A value is found where the schema says that it stands in JSON, so that an answer is written once, as JSON has it, and
encoded from there. Decimals are texts and become whole mantissas, exactly: with eight places (`EXPONENT`), or with
fewer where the mantissa would not fit and the places left out are zeros. Nothing is ever rounded.
"""

import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from rialto.wire.sbe.readers import EXPONENT, Exponents, MantissaTooWide, Reader, Unrepresentable, field_reader, getter
from rialto.wire.sbe.schema import Data, Field, Group, Kind, Message, Schema
from rialto.wire.sbe.spelling import nested_message, path_of

_UNKNOWN_MESSAGE: Final = "NonRepresentableMessage"
_HEADER: Final = struct.Struct("<HHHH")

Write = Callable[[Any, Exponents], bytes]


class Codec:
    """Encodes the messages of one schema. Immutable once made; messages are compiled when first used."""

    def __init__(self, schema: Schema) -> None:
        self.schema: Final = schema
        self._compiled: dict[str, tuple[bytes, Write]] = {}
        self._by_constant: dict[tuple[str, object], str] = {
            (field.path or field.name, field.constant): name
            for name, message in schema.messages.items()
            for field in message.body.fields
            if field.constant is not None
        }
        self._discriminators = tuple({name for name, _ in self._by_constant})

    def encode(self, message: str, value: Any) -> bytes:
        """Return a whole message, its header included.

        `value` is JSON as Python values (`msgspec.to_builtins` of an answer). Raises `Unrepresentable` for a value the
        message has no room for, `KeyError` for a message the schema does not have.
        """
        compiled = self._compiled.get(message)
        if compiled is None:
            compiled = self._compiled[message] = self._compile(message)
        header, write = compiled
        try:
            return header + write(value, {})
        except MantissaTooWide as excess:
            raise Unrepresentable(f"{message}: a decimal without its exponent {excess.exponent}") from excess

    def names(self, message: str) -> frozenset[str]:
        """Name the members of a message's JSON object that it shows."""
        body = self.schema.messages[message].body
        parts: tuple[Field | Group | Data, ...] = (*body.fields, *body.groups, *body.data)
        return frozenset(path_of(message, each.name, each.path, is_inner=False).partition(".")[0] for each in parts)

    def encode_nested(self, value: Any) -> bytes:
        """Return an object within an answer as a message of its own: found by its constant field, or by its form."""
        for name in self._discriminators:
            if name in value:
                return self.encode(self._by_constant.get((name, value[name]), _UNKNOWN_MESSAGE), value)
        return self.encode(nested_message(value), value)

    def _compile(self, name: str) -> tuple[bytes, Write]:
        message: Message = self.schema.messages[name]
        header = _HEADER.pack(message.body.block_length, message.number, self.schema.id, self.schema.version)
        return header, self._entry(name, message.body, is_inner=False)

    def _entry(self, message: str, group: Group, *, is_inner: bool) -> Write:
        """Return what writes one entry of a group, or the one of a message: fields, groups, variable data."""
        readers = _readers(message, group, is_inner=is_inner)
        parts = [self._group(message, each, is_inner=is_inner) for each in group.groups]
        parts += [self._data(message, each, is_inner=is_inner) for each in group.data]
        pack = struct.Struct("<" + "".join(field.code for field in group.written)).pack
        own = {field.name: EXPONENT for field in group.written if field.kind is Kind.EXPONENT}

        def write(value: Any, exponents: Exponents) -> bytes:
            try:
                block = pack(*[read(value, exponents) for read in readers])
            except struct.error as error:
                raise Unrepresentable(f"{message}, {group.name}: {error}") from error
            return block + b"".join([part(value, exponents) for part in parts]) if parts else block

        return _with_exponents(write, own) if own else write

    def _group(self, message: str, group: Group, *, is_inner: bool) -> Write:
        get = getter(path_of(message, group.name, group.path, is_inner=is_inner))
        entry = self._entry(message, group, is_inner=True)
        dimensions, block_length, count_max = struct.Struct("<" + group.codes), group.block_length, group.count_max

        def write(value: Any, exponents: Exponents) -> bytes:
            entries = get(value)
            if entries is None:
                return dimensions.pack(block_length, 0)
            if isinstance(entries, Mapping):
                entries = (entries,)
            if len(entries) > count_max:
                raise Unrepresentable(f"{message}, {group.name}: {len(entries)} entries, at most {count_max} fit")
            written = [entry(each, exponents) for each in entries]
            return dimensions.pack(block_length, len(written)) + b"".join(written)

        return write

    def _data(self, message: str, data: Data, *, is_inner: bool) -> Write:
        get = getter(path_of(message, data.name, data.path, is_inner=is_inner))
        length, length_max = struct.Struct("<" + data.code), data.length_max

        def write(value: Any, _exponents: Exponents) -> bytes:
            found = get(value)
            if found is None and not data.is_optional:
                raise Unrepresentable(f"{message}: no {data.name}")
            if found is None or found == data.default:
                content = b""
            elif isinstance(found, bytes):
                content = found
            else:
                content = found.encode() if data.is_text else self.encode_nested(found)
            if len(content) > length_max:
                raise Unrepresentable(f"{message}: {data.name} of {len(content)} bytes, at most {length_max} fit")
            return length.pack(len(content)) + content

        return write


def _readers(message: str, group: Group, *, is_inner: bool) -> Sequence[Reader]:
    """Return what reads each written field; those of a list are found by their places in it."""
    readers, place = [], 0
    for field in group.written:
        path = path_of(message, field.name, field.path, is_inner=is_inner)
        if path == "[]":
            readers.append(field_reader(message, field, getter(place)))
            place += 1
        else:
            readers.append(field_reader(message, field, getter(path)))
    return readers


def _with_exponents(write: Write, own: Mapping[str, int]) -> Write:
    """Let an entry have exponents: the usual ones, or coarser ones where a mantissa does not fit."""

    def write_with_exponents(value: Any, exponents: Exponents) -> bytes:
        chosen = {**exponents, **own}
        while True:
            try:
                return write(value, chosen)
            except MantissaTooWide as excess:
                if excess.name not in own:
                    raise
                chosen[excess.name] = excess.exponent

    return write_with_exponents
