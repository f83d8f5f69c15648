"""Looks at what people showed to be verified: what they stated, and their documents, by who has taken the case.

Every look is a line in the person's log, with the reason. A document is opened a piece at a time while it is sent, and
sent so that no browser takes it for a page of the exchange's.
"""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any, Final

import msgspec

from rialto.admin.action import name_of
from rialto.admin.actions.parameters import Id, Reason
from rialto.admin.actions.verification import VERIFIERS, CaseNumber
from rialto.admin.reads.shared import Looking
from rialto.admin.routes import declare
from rialto.gateway.attachment import Attachment
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.identity.verification.documents import ContentType, Document
from rialto.identity.verification.model import CaseRefused
from rialto.wire.errors import ApiError
from rialto.wire.operator_errors import OperatorError
from rialto.wire.parameters import Parameters

ENDINGS: Final = {ContentType.JPEG: "jpg", ContentType.PNG: "png", ContentType.PDF: "pdf"}


class CaseParameters(Parameters, frozen=True):
    """Which case, and why one looks."""

    case: CaseNumber
    reason: Reason


class DocumentParameters(CaseParameters, frozen=True):
    """Which document of it."""

    document: Id


class DocumentShown(msgspec.Struct, frozen=True, rename="camel"):
    """A document, without its content."""

    id: str
    kind: str
    content_type: str
    size: int
    expires_at: int | None


class HitShown(msgspec.Struct, frozen=True):
    """Somebody on a watch list who may be meant, and why."""

    score: int
    name: str
    reference: str
    why: str


class FundsShown(msgspec.Struct, frozen=True, rename="camel"):
    """Where a person states that their money comes from; volumes are for a month."""

    occupation: str
    source: str
    details: str
    wealth_source: str
    expected_deposits: int
    expected_trades: int


class CaseStated(msgspec.Struct, frozen=True, rename="camel"):
    """What a person stated, what they showed, and who on the lists may be meant."""

    first_name: str
    last_name: str
    birth_date: str
    country: str
    address: str
    document_type: str
    document_number: str
    documents: list[DocumentShown]
    hits: list[HitShown]
    funds: FundsShown | None


CASE: Final = declare(
    "GET", "/admin/v1/verification/case", "Look at what was stated in a case one has taken.", CaseParameters, CaseStated
)
DOCUMENT: Final = declare(
    "GET", "/admin/v1/verification/document", "Look at a document of a case one has taken.", DocumentParameters,
    bytes,
)  # fmt: skip

DOCUMENT_READS: Final = (CASE, DOCUMENT)


class DocumentLooks(Looking):
    """Serves them."""

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(CASE, self.case), Route(DOCUMENT, self.document)]

    async def case(self, call: Call, parameters: CaseParameters) -> CaseStated:
        """Show what was stated."""
        documents = await self._held(call, parameters)
        number, operator = parameters.case, name_of(call.owner)
        stated = await self._read(lambda: self._on.cases.stated(number, operator, self._on.now_us()))
        hits = await self._read(lambda: self._on.cases.hits(stated))
        return CaseStated(
            *(stated.first_name, stated.last_name, stated.birth_date, stated.country, stated.address),
            *(stated.document_type, stated.document_number),
            [
                DocumentShown(
                    *(each.id, each.kind.value, each.content_type.value, each.size),
                    None if each.expires_at_us is None else call.time(each.expires_at_us),
                )
                for each in documents
            ],
            [HitShown(each.score, each.name, each.reference, each.why) for each in hits],
            await self._funds(parameters.case),
        )

    async def _funds(self, case: int) -> FundsShown | None:
        owner = await self._read(lambda: self._on.cases.owner_of(case))
        funds = await self._read(lambda: self._on.cases.funds.of_owner(owner))
        if funds is None:
            return None
        return FundsShown(
            *(funds.occupation, funds.source.value, funds.details, funds.wealth_source.value),
            *(funds.expected_deposits, funds.expected_trades),
        )

    async def document(self, call: Call, parameters: DocumentParameters) -> Attachment:
        """Send a document."""
        documents = await self._held(call, parameters, f"document {parameters.document}")
        found = next((each for each in documents if each.id == parameters.document), None)
        if found is None:
            raise OperatorError.NO_CASE.error(f"case {parameters.case} has no such document")
        name = f"case-{parameters.case}-{found.kind.value}.{ENDINGS[found.content_type]}"
        return Attachment(found.content_type.value, name, found.size, self._pieces(found))

    async def _held(self, call: Call, parameters: CaseParameters, what: str = "stated") -> list[Document]:
        """Write the look down, and list the case's documents. Raises `ApiError` -42012."""
        await self._gate.admit(call, VERIFIERS, decides=True)
        try:
            found = await self._read(lambda: self._on.cases.documents_of(parameters.case, name_of(call.owner)))
        except CaseRefused as refused:
            refusal: ApiError = OperatorError.NO_CASE.error(refused)
            await self._gate.note_denied(call, refusal, parameters.reason)
            raise refusal from None
        owner = found[0].owner if found else None
        await self._note_look(call, owner, "look-case", f"case {parameters.case} {what}: {parameters.reason}")
        return found

    async def _pieces(self, document: Document) -> AsyncIterator[bytes]:
        for number in range(document.pieces):
            yield await self._read(partial(self._on.cases.documents.piece, document, number))
