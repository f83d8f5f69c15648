"""Tells the reference that a person's statement of a period has, so that one that somebody shows can be confirmed."""

from typing import Annotated, Any, Final

import msgspec

from rialto.admin.actions.parameters import Reason
from rialto.admin.gate import Gate
from rialto.admin.reads.shared import SEES_MONEY, Looking
from rialto.admin.routes import declare
from rialto.admin.services import Services
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.statements.ledger import StatementLedger
from rialto.gateway.statements.routes import PeriodParameters
from rialto.gateway.statements.sums import reference_of
from rialto.wire.kinds import Integer


class ReferenceParameters(PeriodParameters, frozen=True):
    """Whose statement, of the period that is printed on it, and why one looks."""

    owner: Annotated[int, Integer(1)]
    reason: Reason


class ReferenceShown(msgspec.Struct, frozen=True):
    """What stands on every print of it, in any language."""

    reference: str


REFERENCE: Final = declare(
    "GET", "/admin/v1/people/statement", "Tell the reference of a person's statement.", ReferenceParameters,
    ReferenceShown,
)  # fmt: skip

STATEMENT_READS: Final = (REFERENCE,)


class StatementLooks(Looking):
    """Serves it."""

    def __init__(self, services: Services, gate: Gate) -> None:
        super().__init__(services, gate)
        self._ledger = StatementLedger(services.runtime, services.history)

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(REFERENCE, self.reference)]

    async def reference(self, call: Call, parameters: ReferenceParameters) -> ReferenceShown:
        """Tell one."""
        await self._gate.admit(call, SEES_MONEY)
        owner = parameters.owner
        await self._note_look(call, owner, "look-statement", parameters.reason)
        book = await self._ledger.read(owner, parameters.start_time, parameters.end_time)
        return ReferenceShown(reference_of(owner, book))
