"""Looks at what was said about transfers for the travel rule, as counterparts are told of it."""

from typing import Annotated, Any, Final

import msgspec

from rialto.admin.actions.parameters import Id, Reason
from rialto.admin.actions.screening import SCREENERS
from rialto.admin.reads.shared import Looking
from rialto.admin.routes import declare
from rialto.custody.travel_rule.exporting import NothingSaid
from rialto.custody.travel_rule.ivms101 import Message
from rialto.custody.travel_rule.records import Direction
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.wire.kinds import Choice
from rialto.wire.operator_errors import OperatorError
from rialto.wire.parameters import Parameters


class TransferParameters(Parameters, frozen=True):
    """Which withdrawal, by its id, or deposit, by its number; and why one looks."""

    direction: Annotated[Direction, Choice(Direction)]
    transfer: Id
    reason: Reason


class TransferTold(msgspec.Struct, frozen=True):
    """A message of IVMS101, and what of the standard it breaks: then it is not to be sent."""

    message: Message
    breaks: list[str]


TRANSFER: Final = declare(
    "GET", "/admin/v1/travel-rule", "Look at a transfer as an IVMS101 message.", TransferParameters, TransferTold
)

TRAVEL_RULE_READS: Final = (TRANSFER,)


class TravelRuleLooks(Looking):
    """Serves them."""

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(TRANSFER, self.transfer)]

    async def transfer(self, call: Call, parameters: TransferParameters) -> TransferTold:
        """Show one."""
        await self._gate.admit(call, SCREENERS, decides=True)
        about = f"{parameters.direction.value} {parameters.transfer}"
        try:
            found = await self._on.exports.message(parameters.direction, parameters.transfer)
        except NothingSaid as nothing:
            refusal = OperatorError.NO_CASE.error(nothing)
            await self._gate.note_denied(call, refusal, parameters.reason)
            raise refusal from None
        await self._note_look(call, found.owner, "look-transfer", f"{about}: {parameters.reason}")
        return TransferTold(found.message, found.breaks)
