"""What operators look at of requests by authorities: the requests, their exports, fetched in pieces, and the holds.

Every look is a line in the log, and every piece that is fetched.
"""

from typing import Annotated, Any, Final

import msgspec

from rialto.admin.actions.parameters import Id
from rialto.admin.actions.privacy import LAWYERS
from rialto.admin.reads.shared import Looking
from rialto.admin.routes import declare
from rialto.contracts.vocabulary import HOUSE_OWNER
from rialto.gateway.call import Call
from rialto.gateway.privacy.export_calls import PIECES_MAX, ExportLine, PieceLine, line_of
from rialto.gateway.router import Route
from rialto.identity.privacy.exports import ExportNotThere, NoSuchExport
from rialto.wire.endpoints import Endpoint
from rialto.wire.kinds import Integer
from rialto.wire.operator_errors import OperatorError
from rialto.wire.parameters import NoParameters, Parameters


class LawfulPieceParameters(Parameters, frozen=True):
    """Which piece of which export; pieces are numbered from 0."""

    export_id: Id
    number: Annotated[int, Integer(0, PIECES_MAX)]


class RequestShown(msgspec.Struct, frozen=True, rename="camel"):
    """A request, and the export that answers it. No topics are all of them."""

    id: str
    authority: str
    reference: str
    legal_basis: str
    owners: list[int]
    topics: list[str]
    start_time: int | None
    end_time: int | None
    registered_by: str
    approved_by: str
    approved_at: int
    export: ExportLine | None


class HoldShown(msgspec.Struct, frozen=True, rename="camel"):
    """A hold that stands."""

    owner: int
    reference: str
    set_by: str
    set_at: int


REQUESTS: Final = declare(
    "GET", "/admin/v1/lawful-requests", "List what authorities asked for.", NoParameters, list[RequestShown]
)
PIECE: Final = declare(
    "GET", "/admin/v1/lawful-requests/piece", "Fetch a piece of an export.", LawfulPieceParameters, PieceLine
)
HOLDS: Final = declare("GET", "/admin/v1/legal-holds", "List legal holds.", NoParameters, list[HoldShown])

PRIVACY_READS: Final[tuple[Endpoint[Any], ...]] = (REQUESTS, PIECE, HOLDS)


class PrivacyLooks(Looking):
    """Serves them."""

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(REQUESTS, self.requests), Route(PIECE, self.piece), Route(HOLDS, self.holds)]

    async def requests(self, call: Call, _parameters: NoParameters) -> list[RequestShown]:
        """List them, the newest first."""
        await self._gate.admit(call, LAWYERS)
        await self._note_look(call, None, "lawful-requests")
        privacy = self._on.privacy
        listed, exports = await self._read(lambda: (privacy.requests.listed(), privacy.exports.of_requests()))
        by_request = {each.request: line_of(call, each) for each in exports}
        return [
            RequestShown(
                *(each.id, each.authority, each.reference, each.legal_basis),
                [int(owner) for owner in each.owners.split()],
                each.topics.split(),
                None if each.from_us is None else call.time(each.from_us),
                None if each.until_us is None else call.time(each.until_us),
                *(each.registered_by, each.approved_by, call.time(each.approved_at_us)),
                by_request.get(each.id),
            )
            for each in listed
        ]

    async def piece(self, call: Call, parameters: LawfulPieceParameters) -> PieceLine:
        """Fetch a piece; that it was is written down first."""
        await self._gate.admit(call, LAWYERS, decides=True)
        id_, number = parameters.export_id, parameters.number
        await self._note_look(call, None, "lawful-export", f"{id_} piece {number}")
        exports, now_us = self._on.privacy.exports, self._on.now_us()
        try:
            return PieceLine(number, await self._read(lambda: exports.fetch(id_, HOUSE_OWNER, number, now_us)))
        except NoSuchExport as missing:
            raise OperatorError.NO_CASE.error(f"export {missing}") from None
        except ExportNotThere as where:
            raise OperatorError.EXPORT_NOT_THERE.error(where) from None

    async def holds(self, call: Call, _parameters: NoParameters) -> list[HoldShown]:
        """List them, the newest first."""
        await self._gate.admit(call, LAWYERS)
        await self._note_look(call, None, "legal-holds")
        return [
            HoldShown(each.owner, each.reference, each.set_by, call.time(each.set_at_us))
            for each in await self._read(self._on.privacy.holds.standing)
        ]
