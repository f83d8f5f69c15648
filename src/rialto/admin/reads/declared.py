"""What can be proposed: every action as it is declared, for whoever draws a form of it."""

from typing import Any, Final

import msgspec

from rialto.admin.actions import ACTIONS
from rialto.admin.reads.shared import Looking
from rialto.admin.routes import declare
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.wire.kinds import Boolean, Choice, Decimal, Integer, Names, Text, Timestamp, WordOrWords
from rialto.wire.parameters import NoParameters, Parameter, declared

KINDS: Final = {
    Boolean: "boolean",
    Choice: "choice",
    Decimal: "decimal",
    Integer: "integer",
    Names: "names",
    Text: "text",
    Timestamp: "time",
    WordOrWords: "words",
}


class ParameterShown(msgspec.Struct, frozen=True, rename="camel"):
    """A parameter: of which kind, whether it must be given, what it is if it is not, and what is allowed."""

    name: str
    kind: str
    is_required: bool
    default: str | None
    pattern: str
    """A regular expression; empty for what is told otherwise."""
    words: list[str]
    minimum: int | None
    maximum: int | None


class ActionShown(msgspec.Struct, frozen=True, rename="camel"):
    """An action: who may propose it, and how many must agree: `one`, `two`, or `by worth`."""

    name: str
    summary: str
    roles: list[str]
    agreed_by: str
    parameters: list[ParameterShown]


ACTIONS_DECLARED: Final = declare(
    "GET", "/admin/v1/actions", "List what can be proposed.", NoParameters, list[ActionShown]
)

DECLARED_READS: Final = (ACTIONS_DECLARED,)


class DeclaredLooks(Looking):
    """Serves them."""

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(ACTIONS_DECLARED, self.actions)]

    async def actions(self, call: Call, _parameters: NoParameters) -> list[ActionShown]:
        """List them."""
        await self._gate.admit(call)
        return DECLARED


def _shown(parameter: Parameter) -> ParameterShown:
    schema = parameter.kind.schema()
    minimum, maximum = schema.get("minimum"), schema.get("maximum")
    return ParameterShown(
        parameter.name,
        KINDS[type(parameter.kind)],
        parameter.is_required,
        _text(parameter.default),
        str(schema.get("pattern", "")),
        getattr(parameter.kind, "words", []),
        minimum if isinstance(minimum, int) else None,
        maximum if isinstance(maximum, int) else None,
    )


def _text(default: object) -> str | None:
    if isinstance(default, bool):
        return str(default).lower()
    return None if default is None or default == () else str(default)


DECLARED: Final = [
    ActionShown(
        action.name,
        action.summary,
        sorted(role.value for role in action.roles),
        action.agreed_by,
        [_shown(each) for each in declared(action.parameters)],
    )
    for action in ACTIONS.values()
]
