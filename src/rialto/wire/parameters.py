"""Parameters of an endpoint: a struct whose annotated fields say everything, and the reader derived from it.

A field's name in camel case is the parameter's name, its annotation carries the kind, its default makes it optional.
The reader checks in the API's order: how many were sent, each declared one in turn, then whether any was left unread.
"""

from types import NoneType, UnionType
from typing import Any, Generic, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from rialto.wire import errors
from rialto.wire.errors import ApiError, ErrorCode
from rialto.wire.kinds import Kind


class Parameters(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The base of every parameters struct."""

    def check(self) -> None:
        """Raise `ApiError` if the values, each good in itself, do not go together."""


class NoParameters(Parameters, frozen=True):
    """Nothing to send."""


P = TypeVar("P", bound=Parameters)


class Parameter(NamedTuple):
    """One declared parameter: its name on the wire, the attribute that holds it, its kind."""

    name: str
    attribute: str
    kind: Kind[object]
    is_required: bool
    default: object


def declared(struct: type[Parameters]) -> tuple[Parameter, ...]:
    """List the parameters of a struct in the order declared. Raises TypeError for a field without a kind."""
    hints = get_type_hints(struct, include_extras=True)
    return tuple(
        Parameter(
            name=field.encode_name,
            attribute=field.name,
            kind=_kind_of(struct, field.name, hints[field.name]),
            is_required=field.required,
            default=None if field.required else field.default,
        )
        for field in msgspec.structs.fields(struct)
    )


def _kind_of(struct: type, field: str, hint: Any) -> Kind[object]:
    if get_origin(hint) in (Union, UnionType):
        candidates = [part for part in get_args(hint) if part is not NoneType]
    else:
        candidates = [hint]
    for candidate in candidates:
        for metadata in getattr(candidate, "__metadata__", ()):
            if hasattr(metadata, "read") and hasattr(metadata, "schema"):
                kind: Kind[object] = metadata
                return kind
    raise TypeError(f"{struct.__name__}.{field} states no kind: annotate it as Annotated[..., kind]")


class ParameterReader(Generic[P]):
    """Reads the parameters of one endpoint.

    `reserved` names are read by someone else (the signature's own), and are counted but not kept.
    """

    def __init__(self, struct: type[P], reserved: frozenset[str] = frozenset()) -> None:
        self._struct = struct
        self.parameters = declared(struct)
        self._plan = [(each.name, each.attribute, each.kind.read, each.is_required) for each in self.parameters]
        self._by_name = {each.name: (each.attribute, each.kind.read, each.is_required) for each in self.parameters}
        self.names = frozenset(self._by_name)
        """The parameters' names on the wire."""
        self._required = sum(each.is_required for each in self.parameters)
        self._reserved = reserved
        self._expected = len(self.parameters) + len(reserved)
        self._checks = struct.check is not Parameters.check

    def read(self, pairs: dict[str, str]) -> P:
        """Return the values. Raises `ApiError`; see the module for the order of checks."""
        values = self._read_sent(pairs)
        if values is None:
            values = self._read_declared(pairs)
        parameters = self._struct(**values)
        if self._checks:
            parameters.check()
        return parameters

    def _read_sent(self, pairs: dict[str, str]) -> dict[str, object] | None:
        """Read what was sent, in the order sent; None if anything is wrong with it, for then the order matters."""
        values: dict[str, object] = {}
        missing = self._required
        for name, text in pairs.items():
            declared = self._by_name.get(name)
            if declared is None:
                if name in self._reserved:
                    continue
                return None
            attribute, read, is_required = declared
            if not text:
                return None
            try:
                values[attribute] = read(name, text)
            except ApiError:
                return None
            missing -= is_required
        return None if missing else values

    def _read_declared(self, pairs: dict[str, str]) -> dict[str, object]:
        """Read what is declared, in the order declared, and raise the first error there is."""
        if len(pairs) > self._expected:
            raise ErrorCode.TOO_MANY_PARAMETERS.error(self._expected, len(pairs), form=1)
        values: dict[str, object] = {}
        for name, attribute, read, is_required in self._plan:
            text = pairs.get(name)
            if text is None:
                if is_required:
                    raise errors.mandatory(name)
            elif text:
                values[attribute] = read(name, text)
            else:
                raise errors.empty(name)
        count = len(values) + sum(1 for name in self._reserved if name in pairs)
        if count != len(pairs):
            raise ErrorCode.UNREAD_PARAMETERS.error(count, len(pairs), form=1)
        return values
