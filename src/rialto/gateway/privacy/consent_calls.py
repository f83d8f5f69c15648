"""Documents that people accept, what one has said to them, and taking that back."""

from typing import Annotated, Any, Final

import msgspec

from rialto.gateway.call import Call
from rialto.gateway.people.desk import Desk, origin_of
from rialto.gateway.privacy.declaring import declare, run
from rialto.gateway.router import Route
from rialto.identity.privacy.consents import Accepted, Consent, Consents
from rialto.wire.endpoints import Endpoint, Security
from rialto.wire.kinds import Text
from rialto.wire.parameters import NoParameters, Parameters

Name = Annotated[str, Text("^[a-z][a-z0-9-]{0,31}$")]


class AcceptParameters(Parameters, frozen=True):
    """Which document, in the version one has read."""

    document: Name
    version: Annotated[str, Text("^[A-Za-z0-9._-]{1,32}$")]


class WithdrawParameters(Parameters, frozen=True):
    """Which document one no longer agrees to."""

    document: Name


class DocumentLine(msgspec.Struct, frozen=True, rename="camel"):
    """A document, in the version that holds now."""

    document: str
    version: str
    title: str
    url: str
    is_required: bool


class ConsentLine(msgspec.Struct, frozen=True, rename="camel"):
    """What one said, when, and from where."""

    document: str
    version: str
    is_given: bool
    address: str
    client: str
    time: int


DOCUMENTS: Final = declare(
    "GET", "/documents", "List the documents people accept.", NoParameters, list[DocumentLine], Security.NONE
)
CONSENTS: Final = declare(
    "GET", "/consents", "List what one accepted and took back, newest first.", NoParameters, list[ConsentLine]
)
ACCEPT: Final = declare("POST", "/consents", "Accept a document.", AcceptParameters, list[ConsentLine])
WITHDRAW: Final = declare(
    "POST", "/consents/withdraw", "Take back what was accepted and is not required.", WithdrawParameters,
    list[ConsentLine],
)  # fmt: skip

CONSENT_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (DOCUMENTS, CONSENTS, ACCEPT, WITHDRAW)


class ConsentCalls:
    """Serves them."""

    def __init__(self, desk: Desk, consents: Consents) -> None:
        self._desk = desk
        self._consents = consents

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(DOCUMENTS, self.documents),
            Route(CONSENTS, self.consents),
            Route(ACCEPT, self.accept),
            Route(WITHDRAW, self.withdraw),
        ]

    async def documents(self, _call: Call, _parameters: NoParameters) -> list[DocumentLine]:
        """List the documents."""
        return [
            DocumentLine(each.name, each.version, each.title, each.url, each.required)
            for each in self._consents.documents
        ]

    async def consents(self, call: Call, _parameters: NoParameters) -> list[ConsentLine]:
        """List what was said."""
        return await self._listed(call)

    async def accept(self, call: Call, parameters: AcceptParameters) -> list[ConsentLine]:
        """Accept a document."""
        person, origin = await self._desk.person(call), origin_of(call)
        accepted = Accepted(parameters.document, parameters.version)
        now_us = self._desk.now_us()
        await run(self._desk, lambda: self._consents.accept(person.owner, accepted, *origin, now_us))
        return await self._listed(call)

    async def withdraw(self, call: Call, parameters: WithdrawParameters) -> list[ConsentLine]:
        """Take a consent back."""
        person, origin = await self._desk.person(call), origin_of(call)
        now_us = self._desk.now_us()
        await run(self._desk, lambda: self._consents.withdraw(person.owner, parameters.document, *origin, now_us))
        return await self._listed(call)

    async def _listed(self, call: Call) -> list[ConsentLine]:
        owner = call.browser_session.owner
        return [_line(call, each) for each in await run(self._desk, lambda: self._consents.of_owner(owner))]


def _line(call: Call, said: Consent) -> ConsentLine:
    return ConsentLine(said.document, said.version, said.is_given, said.address, said.client, call.time(said.at_us))
