"""Having one's account closed for good, and taking that back while there is time.

Whose data an authority has had held is answered as everybody is.
"""

from typing import Any, Final

import msgspec

from rialto.gateway.call import Call
from rialto.gateway.people.desk import Desk, check_no_secret_in_query, origin_of
from rialto.gateway.people.parameters import Password
from rialto.gateway.privacy.declaring import declare, run
from rialto.gateway.router import Route
from rialto.identity.privacy.closings import Closing, Closings
from rialto.identity.privacy.obligations import Obligations
from rialto.identity.privacy.obstacles import Obstacle
from rialto.wire.endpoints import Endpoint
from rialto.wire.parameters import NoParameters, Parameters
from rialto.wire.privacy_errors import PrivacyError

ACCEPTED: Final = "ACCEPTED_FOR_REVIEW"


class ClosingParameters(Parameters, frozen=True):
    """The password."""

    password: Password


class ClosingLine(msgspec.Struct, frozen=True, rename="camel"):
    """`NONE`, or `ACCEPTED_FOR_REVIEW`: then the account is closed some time after `due`. What stands in the way."""

    state: str
    asked: int | None
    due: int | None
    obstacles: list[str]


CLOSING: Final = declare("GET", "/closing", "Tell whether one's account is to be closed.", NoParameters, ClosingLine)
ASK: Final = declare("POST", "/closing", "Ask for one's account to be closed for good.", ClosingParameters, ClosingLine)
CANCEL: Final = declare("POST", "/closing/cancel", "Keep one's account.", NoParameters, ClosingLine)

CLOSING_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (CLOSING, ASK, CANCEL)


class ClosingCalls:
    """Serves them."""

    def __init__(self, desk: Desk, closings: Closings, obligations: Obligations) -> None:
        self._desk = desk
        self._closings = closings
        self._obligations = obligations

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(CLOSING, self.closing), Route(ASK, self.ask), Route(CANCEL, self.cancel)]

    async def closing(self, call: Call, _parameters: NoParameters) -> ClosingLine:
        """Tell it."""
        owner = call.browser_session.owner
        found = await run(self._desk, lambda: self._closings.of_owner(owner))
        return _line(call, found, await self._obligations.of(owner))

    async def ask(self, call: Call, parameters: ClosingParameters) -> ClosingLine:
        """Ask for it."""
        call.require_step_up()
        check_no_secret_in_query(call)
        person, origin, now_us = await self._desk.person(call), origin_of(call), self._desk.now_us()
        await self._desk.check_password(person, parameters.password, call)
        obstacles = await self._obligations.of(person.owner)
        if obstacles:
            raise PrivacyError.NOT_TO_BE_CLOSED.error("; ".join(each.value for each in obstacles))
        return _line(call, await run(self._desk, lambda: self._closings.ask(person.owner, *origin, now_us)), [])

    async def cancel(self, call: Call, _parameters: NoParameters) -> ClosingLine:
        """Take it back."""
        person, origin, now_us = await self._desk.person(call), origin_of(call), self._desk.now_us()
        await run(self._desk, lambda: self._closings.cancel(person.owner, *origin, now_us))
        return _line(call, None, [])


def _line(call: Call, closing: Closing | None, obstacles: list[Obstacle]) -> ClosingLine:
    names = [each.name for each in obstacles]
    if closing is None:
        return ClosingLine("NONE", None, None, names)
    return ClosingLine(ACCEPTED, call.time(closing.asked_at_us), call.time(closing.due_at_us), names)
