"""Proofs of reserves over HTTP: what was published is public; a proof is its owner's."""

import asyncio
from typing import Annotated, Any, Final

import msgspec

from rialto.custody.reserves.documents import Publication
from rialto.custody.reserves.publisher import NoSuchPublication, NothingToProve, Publisher
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.wire.endpoints import Budget, Endpoint, Security
from rialto.wire.errors import ErrorCode
from rialto.wire.kinds import Text
from rialto.wire.parameters import NoParameters, Parameters


class PublicationParameters(Parameters, frozen=True):
    """Which publication."""

    publication: Annotated[str, Text(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{1,19}$")]


class Published(msgspec.Struct, frozen=True):
    """What was published, newest first."""

    publications: list[Publication]


PUBLICATIONS: Final = Endpoint(
    "GET",
    "/account/v1/reserves/publications",
    summary="List the proofs of reserves that were published, newest first.",
    parameters=NoParameters,
    response=Published,
    weight=10,
    budget=Budget.ADDRESS,
)
PUBLICATION: Final = Endpoint(
    "GET",
    "/account/v1/reserves/publication",
    summary="Show one publication: the root, what is owed and what is held where.",
    parameters=PublicationParameters,
    response=Publication,
    weight=1,
    budget=Budget.ADDRESS,
)
PROOF: Final = Endpoint(
    "GET",
    "/account/v1/reserves/proof",
    summary="Give the proof that the caller's balances are part of a publication.",
    parameters=PublicationParameters,
    response=dict,
    weight=100,
    security=Security.USER_DATA,
    budget=Budget.OWNER,
)
RESERVES_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (PUBLICATIONS, PUBLICATION, PROOF)


class Reserves:
    """Shows publications and proofs."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(PUBLICATIONS, self.publications),
            Route(PUBLICATION, self.publication),
            Route(PROOF, self.proof),
        ]

    async def publications(self, _call: Call, _parameters: NoParameters) -> Published:
        """List what was published."""
        return Published(await asyncio.to_thread(self._publisher.publications))

    async def publication(self, _call: Call, parameters: PublicationParameters) -> Publication:
        """Show one publication."""
        try:
            return await asyncio.to_thread(self._publisher.publication, parameters.publication)
        except NoSuchPublication as missing:
            raise ErrorCode.ERROR_MSG_RECEIVED.error(missing) from missing

    async def proof(self, call: Call, parameters: PublicationParameters) -> dict[str, Any]:
        """Give the caller's proof."""
        try:
            return await asyncio.to_thread(self._publisher.prove, parameters.publication, call.owner)
        except (NoSuchPublication, NothingToProve) as missing:
            raise ErrorCode.ERROR_MSG_RECEIVED.error(missing) from missing
