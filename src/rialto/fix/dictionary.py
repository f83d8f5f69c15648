"""The dictionary of a service: which messages there are, what stands in them and which values it may have.

Read once from the API's own schema files, in the form QuickFIX reads. Everything that reads or writes a message asks
here; no field is listed anywhere else. Owns nothing that changes.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final, Union
from xml.etree import ElementTree as ET

SCHEMAS: Final = "rialto.fix.schema"

Values = Mapping[str, object]
"""A message by field name: a text for a field, a sequence of the same for a group."""


class Field:
    """A field: its tag, the name and the kind of its values, and the values it may have, if they are listed."""

    __slots__ = ("codes", "kind", "name", "prefix", "tag", "words")

    def __init__(self, tag: int, name: str, kind: str, words: Mapping[str, str]) -> None:
        self.tag: Final = tag
        self.name: Final = name
        self.kind: Final = kind
        self.words: Final = words
        """What each listed value means; empty if any value will do."""
        self.codes: Final = {word: code for code, word in words.items()}
        self.prefix: Final = f"{tag}="


class Group:
    """A repeating group: the field that counts its entries, and what stands in each."""

    __slots__ = ("counter", "delimiter", "layout")

    def __init__(self, counter: Field, layout: "Layout") -> None:
        self.counter: Final = counter
        self.layout: Final = layout
        self.delimiter: Final = layout.members[0].tag
        """The tag every entry begins with."""

    @property
    def name(self) -> str:
        """The name of the field that counts."""
        return self.counter.name

    @property
    def tag(self) -> int:
        """The tag of the field that counts."""
        return self.counter.tag


Member = Union[Field, Group]  # noqa: UP007 - classes that stand before this line, read as one


class Layout:
    """What stands in a message or in an entry of a group, in order."""

    __slots__ = ("by_tag", "inner_tags", "members", "required")

    def __init__(self, members: list[Member], required: list[Member]) -> None:
        self.members: Final = tuple(members)
        self.required: Final = tuple(member.tag for member in required)
        self.by_tag: Final = {member.tag: member for member in members}
        groups = [member for member in members if isinstance(member, Group)]
        self.inner_tags: Final[frozenset[int]] = frozenset(
            tag for group in groups for tag in (*group.layout.by_tag, *group.layout.inner_tags)
        )
        """The tags that may stand only inside its groups, or inside theirs."""

    def write(self, values: Values) -> str:
        """Write fields and groups in their order. Precondition: the values are of this layout."""
        parts: list[str] = []
        self._write(values, parts)
        return "".join(parts)

    def _write(self, values: Values, parts: list[str]) -> None:
        for member in self.members:
            value = values.get(member.name)
            if value is None:
                continue
            if isinstance(member, Group):
                assert isinstance(value, list)
                parts.append(f"{member.counter.prefix}{len(value)}\x01")
                for entry in value:
                    member.layout._write(entry, parts)  # noqa: SLF001 - the same class
            else:
                parts.append(f"{member.prefix}{value}\x01")


class Dictionary:
    """The messages of a service."""

    def __init__(self, schema: str) -> None:
        """Read a schema file of this package."""
        # Our own file, shipped with the code.
        root = ET.fromstring(files(SCHEMAS).joinpath(schema).read_bytes())  # noqa: S314
        self._components = {each.get("name"): each for each in root.iterfind("components/component")}
        self._fields = {
            field.name: field
            for each in root.iterfind("fields/field")
            for field in [
                Field(
                    int(each.attrib["number"]),
                    each.attrib["name"],
                    each.attrib["type"],
                    {value.attrib["enum"]: value.attrib["description"] for value in each.iterfind("value")},
                )
            ]
        }
        self.by_tag: Final = {field.tag: field for field in self._fields.values()}
        header = root.find("header")
        assert header is not None, "a dictionary has a header"
        self.header: Final = self._layout(header)
        self.messages: Final = {
            each.attrib["msgtype"]: self._layout(each) for each in root.iterfind("messages/message")
        }
        """The layout of each message, without header and trailer, by its type."""

    def field(self, name: str) -> Field:
        """Return a field by its name. Raises `KeyError`."""
        return self._fields[name]

    def code(self, field: str, word: str) -> str:
        """Return the value of a field that means a word. Raises `KeyError`."""
        return self._fields[field].codes[word]

    def write(self, message_type: str, values: Values) -> bytes:
        """Write the body of a message."""
        return self.messages[message_type].write(values).encode()

    def _layout(self, element: ET.Element) -> Layout:
        members: list[Member] = []
        required: list[Member] = []
        self._collect(element, members, required, is_required=True)
        return Layout(members, required)

    def _collect(
        self, element: ET.Element, members: list[Member], required: list[Member], *, is_required: bool
    ) -> None:
        """Gather what stands in an element; a component's content stands where it is named."""
        for each in element:
            name = each.attrib["name"]
            is_needed = is_required and each.get("required") == "Y"
            if each.tag == "component":
                self._collect(self._components[name], members, required, is_required=is_needed)
                continue
            member: Member = self._fields[name]
            if each.tag == "group":
                member = Group(self._fields[name], self._layout(each))
            members.append(member)
            if is_needed:
                required.append(member)


@cache
def order_entry_dictionary() -> Dictionary:
    """Return the dictionary of order entry and drop copies."""
    return Dictionary("spot-fix-oe.xml")


@cache
def market_data_dictionary() -> Dictionary:
    """Return the dictionary of market data."""
    return Dictionary("spot-fix-md.xml")
