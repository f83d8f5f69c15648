"""Reads an SBE schema file into what encoders are compiled from: messages, groups, fields, variable data.

Beside the layout, the files state where the same value stands in the JSON answer (`jsonPath`), how an enumerated value
is spelled there (`jsonValue`), and which value stands for none (`jsonDefaultValue`). A construct of SBE that the API's
schemas do not use (offsets, padding, composite fields) is refused rather than laid out wrongly.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from enum import Enum
from importlib import resources
from typing import Final

import msgspec

_MBX: Final = "{https://developers.binance.com/docs/binance-spot-api-docs}"
_SBE: Final = "{http://fixprotocol.io/2016/sbe}"
_UNSUPPORTED: Final = ("offset", "blockLength")

_SIGNED: Final = {"int8": "b", "int16": "h", "int32": "i", "int64": "q"}
_UNSIGNED: Final = {"uint8": "B", "uint16": "H", "uint32": "I", "uint64": "Q"}
_CODES: Final = {**_SIGNED, **_UNSIGNED, "float": "f"}
_SIZES: Final = {"b": 1, "B": 1, "h": 2, "H": 2, "i": 4, "I": 4, "q": 8, "Q": 8, "f": 4}


class UnsupportedSchema(Exception):
    """The file uses something of SBE that is not read here; the message says what and where."""


class Kind(Enum):
    """What a field holds."""

    INTEGER = "integer"
    FRACTION = "fraction"
    """A binary fraction: percentages, never money."""
    EXPONENT = "exponent"
    MANTISSA = "mantissa"
    WIDE_MANTISSA = "wide mantissa"
    CHOICE = "choice"
    CHOICES = "choices"


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One value of fixed size. `path` is where it stands in JSON: `None` if nothing is said, which means its name."""

    name: str
    kind: Kind
    code: str
    """As `struct` has it."""
    is_optional: bool
    is_time: bool
    path: str | None
    default: str | None
    """What JSON shows where there is none."""
    exponent: str
    """For a mantissa: the field that holds its exponent."""
    values: Mapping[str, int]
    """For a choice, or for choices as the numbers of their bits: by their names in JSON."""
    constant: str | None
    """For a field that is not written: its value, by its name in JSON."""


class Data(msgspec.Struct, frozen=True, kw_only=True):
    """Text, or another message, of variable length."""

    name: str
    code: str
    """Of the length, as `struct` has it."""
    length_max: int
    is_text: bool
    is_optional: bool
    path: str | None
    default: str | None


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Entries of one form. A message is the group of its one entry."""

    name: str
    path: str | None
    codes: str
    """Of the entries' size and number, as `struct` has it; of a message: nothing."""
    count_max: int
    fields: tuple[Field, ...]
    groups: tuple["Group", ...]
    data: tuple[Data, ...]

    @property
    def block_length(self) -> int:
        """How many bytes the fields of one entry take."""
        return sum(16 if field.code == "16s" else _SIZES[field.code] for field in self.written)

    @property
    def written(self) -> tuple[Field, ...]:
        """The fields that take up bytes."""
        return tuple(field for field in self.fields if field.constant is None)


class Message(msgspec.Struct, frozen=True):
    """A message and the number that tells it from others."""

    number: int
    body: Group


class Schema(msgspec.Struct, frozen=True):
    """Everything a schema file says. Numbers are written with the least significant byte first."""

    id: int
    version: int
    messages: Mapping[str, Message]


def read_schema(file_name: str) -> Schema:
    """Read one of the schema files shipped with this package. Raises `UnsupportedSchema`."""
    return parse_schema(resources.files("rialto.wire.sbe").joinpath("schemas", file_name).read_text("utf-8"))


def parse_schema(text: str) -> Schema:
    """Read the text of a schema file that can be trusted: XML is not guarded here. Raises `UnsupportedSchema`."""
    return _Reader(ET.fromstring(text)).read()  # noqa: S314 — the operator's own files


class _Reader:
    """Reads one file."""

    def __init__(self, root: ET.Element) -> None:
        self._root = root
        self._types = {each.attrib["name"]: each for types in root.iter("types") for each in types}

    def read(self) -> Schema:
        root = self._root
        if root.get("byteOrder", "littleEndian") != "littleEndian":
            raise UnsupportedSchema("numbers whose most significant byte comes first")
        header = [(each.get("name"), each.get("primitiveType")) for each in self._types["messageHeader"]]
        if header != [(name, "uint16") for name in ("blockLength", "templateId", "schemaId", "version")]:
            raise UnsupportedSchema(f"a message header of {header}")
        messages = {each.attrib["name"]: self._message(each) for each in root.iter(f"{_SBE}message")}
        return Schema(int(root.attrib["id"]), int(root.attrib["version"]), messages)

    def _message(self, element: ET.Element) -> Message:
        return Message(int(element.attrib["id"]), self._group(element, codes="", count_max=1))

    def _group(self, element: ET.Element, codes: str, count_max: int) -> Group:
        _refuse_unsupported(element)
        exponents = {each.get(f"{_MBX}exponent") for each in element.iter("field")}
        return Group(
            name=element.attrib["name"],
            path=element.get(f"{_MBX}jsonPath"),
            codes=codes,
            count_max=count_max,
            fields=tuple(self._field(each, exponents) for each in element.findall("field")),
            groups=tuple(self._inner_group(each) for each in element.findall("group")),
            data=tuple(self._data(each) for each in element.findall("data")),
        )

    def _inner_group(self, element: ET.Element) -> Group:
        length, count = self._types[element.get("dimensionType", "groupSizeEncoding")]
        code = _CODES[count.attrib["primitiveType"]]
        count_max = int(count.get("maxValue", (1 << 8 * _SIZES[code]) - 2))
        return self._group(element, _CODES[length.attrib["primitiveType"]] + code, count_max)

    def _field(self, element: ET.Element, exponents: set[str | None]) -> Field:
        _refuse_unsupported(element)
        name, declared = element.attrib["name"], self._types.get(element.attrib["type"])
        primitive = self._primitive(element.attrib["type"])
        exponent = element.get(f"{_MBX}exponent", "")
        values: Mapping[str, int] = {}
        kind, code = Kind.INTEGER, _CODES[primitive]
        if declared is not None and declared.tag == "enum":
            kind, values = Kind.CHOICE, _values(declared)
        elif declared is not None and declared.tag == "set":
            kind, values = Kind.CHOICES, _values(declared)
        elif exponent and declared is not None and declared.get("length") == "16":
            kind, code = Kind.WIDE_MANTISSA, "16s"
        elif exponent:
            kind = Kind.MANTISSA
        elif name in exponents:
            kind = Kind.EXPONENT
        elif code == "f":
            kind = Kind.FRACTION
        return Field(
            name=name,
            kind=kind,
            code=code,
            is_optional=element.get("presence") == "optional",
            is_time=element.attrib["type"] == "utcTimestampUs",
            path=element.get(f"{_MBX}jsonPath"),
            default=element.get(f"{_MBX}jsonDefaultValue"),
            exponent=exponent,
            values=values,
            constant=self._constant(element) if element.get("presence") == "constant" else None,
        )

    def _primitive(self, type_name: str) -> str:
        declared = self._types.get(type_name)
        if declared is None:
            return type_name
        if declared.tag == "composite":
            raise UnsupportedSchema(f"a field of the composite type {type_name}")
        if declared.tag == "type" and declared.get("length", "1") not in ("1", "16"):
            raise UnsupportedSchema(f"the array {type_name}")
        return declared.attrib["primitiveType" if declared.tag == "type" else "encodingType"]

    def _constant(self, element: ET.Element) -> str:
        type_name, _, value_name = element.attrib["valueRef"].partition(".")
        found = next(each for each in self._types[type_name] if each.get("name") == value_name)
        return _spelled(found)

    def _data(self, element: ET.Element) -> Data:
        type_name = element.attrib["type"]
        length, content = self._types[type_name]
        code = _CODES[length.attrib["primitiveType"]]
        return Data(
            name=element.attrib["name"],
            code=code,
            length_max=int(length.get("maxValue", (1 << 8 * _SIZES[code]) - 2)),
            is_text=content.get("characterEncoding") == "UTF-8",
            is_optional=type_name.startswith("optional"),
            path=element.get(f"{_MBX}jsonPath"),
            default=element.get(f"{_MBX}jsonDefaultValue"),
        )


def _refuse_unsupported(element: ET.Element) -> None:
    for attribute in _UNSUPPORTED:
        if attribute in element.attrib:
            raise UnsupportedSchema(f"{element.get('name')} states its {attribute}")


def _values(declared: ET.Element) -> Mapping[str, int]:
    return dict(_spelled_values(declared))


def _spelled_values(declared: ET.Element) -> Iterator[tuple[str, int]]:
    for each in declared:
        yield _spelled(each), int(each.text or "")


def _spelled(value: ET.Element) -> str:
    return value.get(f"{_MBX}jsonValue", value.attrib["name"])
