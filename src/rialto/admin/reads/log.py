"""Looks at what was done: the log, and who operates."""

from typing import Annotated, Any, Final

import msgspec

from rialto.admin.action import name_of
from rialto.admin.actions.parameters import Id
from rialto.admin.reads.shared import Limit, Looking
from rialto.admin.routes import declare
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.identity.behaviour import BrokenChain
from rialto.identity.operators import Role
from rialto.wire.kinds import Integer, Timestamp
from rialto.wire.operator_errors import OperatorError
from rialto.wire.parameters import NoParameters, Parameters

READS_LOG: Final = frozenset((Role.SECURITY, Role.OWNER))


class LogParameters(Parameters, frozen=True):
    """Whose account it concerns, who did it, what, when; older than an entry."""

    owner: Annotated[int | None, Integer(1)] = None
    operator: Annotated[int | None, Integer(0)] = None
    action: Id | None = None
    start_time: Annotated[int | None, Timestamp()] = None
    end_time: Annotated[int | None, Timestamp(is_end=True)] = None
    before: Annotated[int | None, Integer(1)] = None
    limit: Limit = 100


class OperatorShown(msgspec.Struct, frozen=True, rename="camel"):
    """Somebody with roles."""

    owner: int
    roles: list[str]


class EntryShown(msgspec.Struct, frozen=True, rename="camel"):
    """An entry of the log."""

    number: int
    time: int
    owner: int | None
    actor: str
    action: str
    address: str
    client: str
    result: str
    detail: str


class LogVerified(msgspec.Struct, frozen=True):
    """The log is whole."""

    entries: int


OPERATORS: Final = declare("GET", "/admin/v1/operators", "List operators.", NoParameters, list[OperatorShown])
LOG: Final = declare("GET", "/admin/v1/log", "Search the log of what was done.", LogParameters, list[EntryShown])
VERIFY: Final = declare("GET", "/admin/v1/log/verify", "Check that the log is whole.", NoParameters, LogVerified)

LOG_READS: Final = (OPERATORS, LOG, VERIFY)


class LogLooks(Looking):
    """Serves them."""

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(OPERATORS, self.operators), Route(LOG, self.log), Route(VERIFY, self.verify)]

    async def operators(self, call: Call, _parameters: NoParameters) -> list[OperatorShown]:
        """List who they are."""
        await self._gate.admit(call)
        return [
            OperatorShown(owner, sorted(role.value for role in roles))
            for owner, roles in self._on.operators.all().items()
        ]

    async def log(self, call: Call, parameters: LogParameters) -> list[EntryShown]:
        """Search it, newest first."""
        await self._gate.admit(call, READS_LOG)
        actor = None if parameters.operator is None else name_of(parameters.operator)
        found = await self._read(
            lambda: self._on.behaviour.search(
                owner=parameters.owner,
                actor=actor,
                action=parameters.action,
                start_us=parameters.start_time,
                end_us=parameters.end_time,
                before=parameters.before,
                limit=parameters.limit,
            )
        )
        return [
            EntryShown(
                *(each.number, call.time(each.at_us), each.owner, each.actor, each.action),
                *(each.address, each.client, each.result, each.detail),
            )
            for each in found
        ]

    async def verify(self, call: Call, _parameters: NoParameters) -> LogVerified:
        """Check it."""
        await self._gate.admit(call, READS_LOG)
        try:
            return LogVerified(await self._read(self._on.behaviour.verify))
        except BrokenChain as broken:
            raise OperatorError.BROKEN_LOG.error(broken) from None
