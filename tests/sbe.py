"""An SBE reader of the tests' own: walks a schema file and a message side by side, and tells what stands there as JSON.

It shares nothing with the encoder but the schema files, and is written the other way round: bytes lead, nothing is
compiled. What a reader of an older version would skip is skipped: blocks are as long as they say.
"""

import struct
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from decimal import Context, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import rialto.wire.sbe

SCHEMAS = Path(rialto.wire.sbe.__file__).parent / "schemas"
MBX = "{https://developers.binance.com/docs/binance-spot-api-docs}"
MESSAGE = "{http://fixprotocol.io/2016/sbe}message"
EXACT = Context(prec=60)
INTEGERS = {"int8": 1, "int16": 2, "int32": 4, "int64": 8, "uint8": 1, "uint16": 2, "uint32": 4, "uint64": 8}


@cache
def schema(name: str) -> ET.Element:
    return ET.parse(SCHEMAS / name).getroot()


class Decoded(dict[str, Any]):
    """Field names to values: numbers, texts, names of choices, None, lists of entries, messages within messages.

    Keys are the schema's names; `paths` tells where JSON has them, `defaults` what it shows for None.
    """

    def __init__(self, message: str, version: int) -> None:
        super().__init__()
        self.message = message
        self.version = version
        self.paths: dict[str, str] = {}
        self.defaults: dict[str, str] = {}


class Reader:
    def __init__(self, payload: bytes, root: ET.Element) -> None:
        self.payload = payload
        self.root = root
        self.types = {each.attrib["name"]: each for types in root.iter("types") for each in types}
        self.at = 0

    def take(self, size: int) -> bytes:
        taken = self.payload[self.at : self.at + size]
        assert len(taken) == size, "the message ends too soon"
        self.at += size
        return taken

    def integer(self, primitive: str) -> int:
        return int.from_bytes(self.take(INTEGERS[primitive]), "little", signed=primitive.startswith("int"))

    def message(self) -> Decoded:
        length, number, schema_id, version = (self.integer("uint16") for _ in range(4))
        assert schema_id == int(self.root.attrib["id"])
        element = next(each for each in self.root.iter(MESSAGE) if int(each.attrib["id"]) == number)
        decoded = Decoded(element.attrib["name"], version)
        self.entry(element, length, decoded, {})
        return decoded

    def entry(self, element: ET.Element, length: int, into: Decoded, outer: dict[str, int | None]) -> None:
        end = self.at + length
        exponents = dict(outer)
        for field in element.findall("field"):
            name = field.attrib["name"]
            value = self.field(field, exponents)
            if field.attrib["type"] == "exponent8":
                exponents[name] = value
            else:
                into[name] = value
                self.note(field, into)
        assert self.at <= end
        self.at = end
        for group in element.findall("group"):
            into[group.attrib["name"]] = self.group(group, into, exponents)
            self.note(group, into)
        for data in element.findall("data"):
            into[data.attrib["name"]] = self.data(data)
            self.note(data, into)

    def note(self, element: ET.Element, into: Decoded) -> None:
        name = element.attrib["name"]
        into.paths[name] = element.get(f"{MBX}jsonPath", name)
        if (default := element.get(f"{MBX}jsonDefaultValue")) is not None:
            into.defaults[name] = default

    def group(self, element: ET.Element, into: Decoded, exponents: dict[str, int | None]) -> list[Decoded]:
        length, count = self.types[element.get("dimensionType", "groupSizeEncoding")]
        sizes = self.integer(length.attrib["primitiveType"]), self.integer(count.attrib["primitiveType"])
        entries = []
        for _ in range(sizes[1]):
            entry = Decoded(into.message, into.version)
            self.entry(element, sizes[0], entry, exponents)
            entries.append(entry)
        return entries

    def data(self, element: ET.Element) -> Any:
        length, content = self.types[element.attrib["type"]]
        taken = self.take(self.integer(length.attrib["primitiveType"]))
        if not taken and element.attrib["type"].startswith("optional"):
            return None
        return taken.decode() if content.get("characterEncoding") else Reader(taken, self.root).whole()

    def whole(self) -> Decoded:
        decoded = self.message()
        assert self.at == len(self.payload), "bytes are left over"
        return decoded

    def field(self, element: ET.Element, exponents: dict[str, int | None]) -> Any:
        declared = self.types.get(element.attrib["type"])
        if element.get("presence") == "constant":
            name = spelled(self.types, element.attrib["valueRef"])
            return True if name == "True" else name
        optional = element.get("presence") == "optional"
        if declared is not None and declared.tag in ("enum", "set"):
            return self.choice(declared, optional)
        primitive = element.attrib["type"] if declared is None else declared.attrib["primitiveType"]
        if primitive == "float":
            (fraction,) = struct.unpack("<f", self.take(4))
            return None if fraction != fraction else fraction
        if declared is not None and declared.get("length") == "16":
            value, null = int.from_bytes(self.take(16), "little", signed=True), -(1 << 127)
        else:
            bits = 8 * INTEGERS[primitive]
            value, null = self.integer(primitive), -(1 << bits - 1) if primitive[0] == "i" else (1 << bits) - 1
        if optional and value == null:
            return None
        assert value != null, f"{element.get('name')} is none, and may not be"
        exponent = exponents.get(element.get(f"{MBX}exponent", ""))
        return value if exponent is None else Decimal(value).scaleb(exponent, EXACT)

    def choice(self, declared: ET.Element, optional: bool) -> Any:
        value = self.integer(declared.attrib["encodingType"])
        names = {int(each.text or ""): spelled_of(each) for each in declared}
        if declared.tag == "set":
            return [name for place, name in names.items() if value & 1 << place]
        if optional and value == 255:
            return None
        name = names[value]
        return name == "True" if name in ("True", "False") else name


def spelled_of(value: ET.Element) -> str:
    return value.get(f"{MBX}jsonValue", value.attrib["name"])


def spelled(types: dict[str, ET.Element], reference: str) -> str:
    type_name, _, value = reference.partition(".")
    return next(spelled_of(each) for each in types[type_name] if each.get("name") == value)


def decode(payload: bytes, file_name: str = "spot_3_5.xml") -> Decoded:
    """Read a whole message."""
    return Reader(payload, schema(file_name)).whole()


def message_names(file_name: str) -> Iterator[str]:
    return (each.attrib["name"] for each in schema(file_name).iter(MESSAGE))
