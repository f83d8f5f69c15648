"""Messages read by the dictionary: every tag known, in its place and once, every value of its kind, nothing missing.

Pure: fields in, a `Message` out, or `Rejected` with the reason and the tag at fault.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from rialto.fix import framing, times
from rialto.fix.dictionary import Dictionary, Field, Group, Layout
from rialto.fix.refusals import Reason, Rejected, incorrect, malformed, required
from rialto.wire.errors import ErrorCode

_UNICODE_NAMES: Final = frozenset(("Symbol", "Currency", "MiscFeeCurr", "CounterSymbol"))
"""The fields that may have more than ASCII."""

_CLIENT_ID_NAMES: Final = frozenset(("ClOrdID", "OrigClOrdID", "MDReqID", "ClListID", "OrigClListID", "CancelClOrdID"))
"""The fields whose values clients choose as ids."""

_LENGTH_OF: Final[Mapping[str, str]] = MappingProxyType({"RawData": "RawDataLength"})
"""Where the length of data stands: right before it."""

_is_client_id: Final = re.compile("[A-Za-z0-9_-]{1,36}", re.ASCII).fullmatch


def _matcher(pattern: str) -> Callable[[str], object]:
    return re.compile(pattern, re.ASCII).fullmatch


_UNSIGNED: Final = _matcher("[0-9]{1,19}")
_DECIMAL: Final = _matcher(r"[0-9]{1,20}(\.[0-9]{1,20})?")
_KINDS: Final[Mapping[str, Callable[[str], object]]] = MappingProxyType(
    {
        "INT": _matcher("-?[0-9]{1,19}"),
        "LENGTH": _UNSIGNED,
        "NUMINGROUP": _UNSIGNED,
        "SEQNUM": _matcher("[0-9]{1,10}"),
        "PRICE": _DECIMAL,
        "QTY": _DECIMAL,
        "FLOAT": _DECIMAL,
        "CHAR": _matcher("."),
        "BOOLEAN": _matcher("[YN]"),
        "UTCTIMESTAMP": lambda text: times.to_us(text) is not None,
    }
)
"""What a value of each kind looks like; of other kinds anything does."""

Pair = tuple[int, str]


class Body:
    """What stands in a message or an entry of a group: texts and entries, by name."""

    __slots__ = ("groups", "values")

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.groups: dict[str, list[Body]] = {}

    def get(self, name: str) -> str | None:
        """Return the text of a field, if it was sent."""
        return self.values.get(name)

    def entries(self, name: str) -> "list[Body]":
        """Return the entries of a group, none if it was not sent."""
        return self.groups.get(name, [])


class Message(Body):
    """A message: its type, header and body."""

    __slots__ = ("header", "type")

    def __init__(self, type: str) -> None:  # noqa: A002 - the field's own word
        super().__init__()
        self.type = type
        self.header: dict[str, str] = {}


def message_type(body: bytes) -> str:
    """Return the type of a message. Precondition: it comes from a `Framer`."""
    return body[3 : body.index(framing.SOH)].decode(errors="replace")


def sequence_number(body: bytes) -> int | None:
    """Return the number of a message, if it has one."""
    at = body.find(b"\x0134=")
    text = body[at + 4 : body.index(framing.SOH, at + 4)] if at >= 0 else b""
    return int(text) if text.isdigit() and len(text) <= 10 else None


def read_message(body: bytes, dictionary: Dictionary) -> Message:
    """Read a message whose type is in the dictionary. Raises `Rejected`."""
    pairs = _pairs(body, dictionary)
    message = Message(pairs[0][1])
    reader = _Reader(pairs, dictionary)
    message.header = reader.header()
    reader.body(message, dictionary.messages[message.type])
    return message


def _pairs(body: bytes, dictionary: Dictionary) -> list[Pair]:
    pairs = []
    for field in body[:-1].split(framing.SOH):
        name, separator, value = field.partition(b"=")
        if not name.isdigit() or name.startswith(b"0") or len(name) > 9:
            raise Rejected(ErrorCode.INVALID_TAG_NUMBER.error(), Reason.INVALID_TAG_NUMBER)
        tag = int(name)
        if not separator or not value:
            raise Rejected(
                ErrorCode.GARBLED_MESSAGE.error(form=framing.NO_VALUE), Reason.INCORRECT_DATA_FORMAT_FOR_VALUE, tag
            )
        pairs.append((tag, _text(tag, value, dictionary)))
    return pairs


def _text(tag: int, value: bytes, dictionary: Dictionary) -> str:
    try:
        text = value.decode()
    except UnicodeDecodeError:
        text = "\0"
    if text.isprintable():
        field = dictionary.by_tag.get(tag)
        if text.isascii() or (field is not None and field.name in _UNICODE_NAMES):
            return text
    raise Rejected(
        ErrorCode.GARBLED_MESSAGE.error(form=framing.UNPRINTABLE), Reason.INCORRECT_DATA_FORMAT_FOR_VALUE, tag
    )


class _Reader:
    """Reads the fields of one message, one after the other."""

    def __init__(self, pairs: list[Pair], dictionary: Dictionary) -> None:
        self._pairs = pairs
        self._at = 0
        self._dictionary = dictionary

    def header(self) -> dict[str, str]:
        """Read the header. BeginString, BodyLength and CheckSum were seen to before."""
        body = Body()
        layout = self._dictionary.header
        while self._at < len(self._pairs):
            tag, text = self._pairs[self._at]
            member = layout.by_tag.get(tag)
            if member is None:
                break
            self._take(body, member, text)
        for tag in layout.required:
            name = layout.by_tag[tag].name
            if name not in body.values and name not in ("BeginString", "BodyLength"):
                if any(each == tag for each, _ in self._pairs):
                    raise _out_of_order(tag)
                raise required(tag)
        return body.values

    def body(self, body: Body, layout: Layout) -> None:
        """Read the rest."""
        while self._at < len(self._pairs):
            tag, text = self._pairs[self._at]
            member = layout.by_tag.get(tag)
            if member is None:
                raise self._misplaced(tag, layout)
            self._take(body, member, text)
        _check_required(body, layout)

    def _take(self, body: Body, member: Field | Group, text: str) -> None:
        if member.name in body.values or member.name in body.groups:
            raise Rejected(
                ErrorCode.TAG_APPEARS_MORE_THAN_ONCE.error(member.tag), Reason.TAG_APPEARS_MORE_THAN_ONCE, member.tag
            )
        self._at += 1
        if isinstance(member, Group):
            _check_value(member.counter, text)
            body.groups[member.name] = self._entries(member, int(text))
            return
        _check_value(member, text)
        if member.kind == "DATA":
            self._check_length(member, text)
        body.values[member.name] = text

    def _entries(self, group: Group, count: int) -> list[Body]:
        entries: list[Body] = []
        while self._at < len(self._pairs):
            tag = self._pairs[self._at][0]
            if tag == group.delimiter:
                entries.append(self._entry(group))
            elif not entries and tag in group.layout.by_tag:
                raise Rejected(
                    ErrorCode.GROUP_FIELDS_OUT_OF_ORDER.error(group.name),
                    Reason.REPEATING_GROUP_FIELDS_OUT_OF_ORDER,
                    tag,
                )
            else:
                break
        if len(entries) != count:
            raise Rejected(
                ErrorCode.INCORRECT_NUM_IN_GROUP_COUNT.error(group.name),
                Reason.INCORRECT_NUMINGROUP_COUNT_FOR_REPEATING_GROUP,
                group.tag,
            )
        return entries

    def _entry(self, group: Group) -> Body:
        entry, layout = Body(), group.layout
        while self._at < len(self._pairs):
            tag, text = self._pairs[self._at]
            member = layout.by_tag.get(tag)
            if member is None or (tag == group.delimiter and entry.values):
                break
            self._take(entry, member, text)
        _check_required(entry, layout)
        return entry

    def _check_length(self, member: Field, text: str) -> None:
        """Hold data to the length that the field right before it states."""
        length_tag = self._dictionary.field(_LENGTH_OF[member.name]).tag
        tag, length = self._pairs[self._at - 2]
        if tag != length_tag:
            raise (
                _out_of_order(member.tag)
                if any(each == length_tag for each, _ in self._pairs)
                else required(length_tag)
            )
        if int(length) != len(text):
            raise malformed(length_tag)

    def _misplaced(self, tag: int, layout: Layout) -> Rejected:
        if tag not in self._dictionary.by_tag:
            return Rejected(ErrorCode.UNKNOWN_PARAM.error(form=1), Reason.UNDEFINED_TAG, tag)
        if tag in self._dictionary.header.by_tag or tag in layout.inner_tags:
            return _out_of_order(tag)
        return Rejected(
            ErrorCode.TAG_NOT_DEFINED_IN_MESSAGE.error(tag), Reason.TAG_NOT_DEFINED_FOR_THIS_MESSAGE_TYPE, tag
        )


def _check_value(field: Field, text: str) -> None:
    is_of_kind = _KINDS.get(field.kind)
    if is_of_kind is not None and not is_of_kind(text):
        raise malformed(field.tag)
    if field.words and text not in field.words:
        raise incorrect(field.tag)
    if field.name in _CLIENT_ID_NAMES and _is_client_id(text) is None:
        error = ErrorCode.ILLEGAL_CHARS.error(field.tag, "^[a-zA-Z0-9-_]{1,36}$", form=1)
        raise Rejected(error, Reason.INCORRECT_DATA_FORMAT_FOR_VALUE, field.tag)


def _check_required(body: Body, layout: Layout) -> None:
    for tag in layout.required:
        name = layout.by_tag[tag].name
        if name not in body.values and name not in body.groups:
            raise required(tag)


def _out_of_order(tag: int) -> Rejected:
    return Rejected(ErrorCode.TAG_OUT_OF_ORDER.error(tag), Reason.TAG_SPECIFIED_OUT_OF_REQUIRED_ORDER, tag)
