"""Asking for a copy of all that is known of oneself, and fetching it, in pieces, in a session of one's own."""

from collections.abc import Callable
from typing import Annotated, Any, Final

import msgspec

from rialto.gateway.call import Call
from rialto.gateway.people.desk import Desk, origin_of
from rialto.gateway.privacy.declaring import declare, run
from rialto.gateway.router import Route
from rialto.identity.privacy.exports import Export, Exports
from rialto.wire.endpoints import Endpoint
from rialto.wire.kinds import Integer, Text
from rialto.wire.parameters import NoParameters, Parameters

PIECES_MAX: Final = 1_000_000


class PieceParameters(Parameters, frozen=True):
    """Which piece of which export; pieces are numbered from 0."""

    export_id: Annotated[str, Text("^[0-9a-f]{32}$")]
    number: Annotated[int, Integer(0, PIECES_MAX)]


class ExportLine(msgspec.Struct, frozen=True, rename="camel"):
    """An export: a zip of so many bytes, in so many pieces, with its SHA-256. What is not ready has none."""

    export_id: str
    state: str
    size: int
    pieces: int
    sha256: str
    asked: int
    ready: int | None
    expires: int | None


class PieceLine(msgspec.Struct, frozen=True):
    """A piece, in base64."""

    number: int
    data: bytes


EXPORTS: Final = declare("GET", "/exports", "List one's exports, newest first.", NoParameters, list[ExportLine])
ASK: Final = declare("POST", "/exports", "Ask for a copy of all that is known of one.", NoParameters, ExportLine)
PIECE: Final = declare("GET", "/exports/piece", "Fetch a piece of an export.", PieceParameters, PieceLine)

EXPORT_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (EXPORTS, ASK, PIECE)


class ExportCalls:
    """Serves them."""

    def __init__(self, desk: Desk, exports: Exports, wake: Callable[[], None]) -> None:
        """`wake` has what was asked for made now."""
        self._desk = desk
        self._exports = exports
        self._wake = wake

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(EXPORTS, self.exports), Route(ASK, self.ask), Route(PIECE, self.piece)]

    async def exports(self, call: Call, _parameters: NoParameters) -> list[ExportLine]:
        """List them."""
        owner = call.browser_session.owner
        return [line_of(call, each) for each in await run(self._desk, lambda: self._exports.of_owner(owner))]

    async def ask(self, call: Call, _parameters: NoParameters) -> ExportLine:
        """Ask for one."""
        call.require_step_up()
        person, origin, now_us = await self._desk.person(call), origin_of(call), self._desk.now_us()
        asked = await run(self._desk, lambda: self._exports.ask(person.owner, *origin, now_us))
        self._wake()
        return line_of(call, asked)

    async def piece(self, call: Call, parameters: PieceParameters) -> PieceLine:
        """Fetch a piece."""
        call.require_step_up()
        owner, now_us = call.browser_session.owner, self._desk.now_us()
        about = (parameters.export_id, owner, parameters.number, now_us)
        return PieceLine(parameters.number, await run(self._desk, lambda: self._exports.fetch(*about)))


def line_of(call: Call, export: Export) -> ExportLine:
    """Show an export."""
    return ExportLine(
        export.id,
        export.state.value,
        export.size,
        export.pieces,
        export.digest,
        call.time(export.asked_at_us),
        None if export.ready_at_us is None else call.time(export.ready_at_us),
        None if export.expires_at_us is None else call.time(export.expires_at_us),
    )
