"""Being verified: showing documents piece by piece, stating who one is, and where the case stands.

What others do with a case belongs to operators. Documents and statements go in here and do not come out again.
"""

import base64
import binascii
from collections.abc import Callable
from typing import Annotated, Any, Final, TypeVar

import msgspec
import pycountry

from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.identity.clerks import Clerks, ClerksBusy
from rialto.identity.people import People, Person
from rialto.identity.verification.cases import Cases
from rialto.identity.verification.documents import (
    DOCUMENT_BYTES_MAX,
    PIECE_BYTES,
    ContentType,
    Document,
    DocumentKind,
    DocumentRefused,
    NoSuchDocument,
)
from rialto.identity.verification.model import LEVEL_MAX, Case, CaseRefused, CountryRefused, Stated
from rialto.wire import errors
from rialto.wire.endpoints import Endpoint, Security
from rialto.wire.errors import ApiError
from rialto.wire.kinds import Choice, Integer, Text, Timestamp, line
from rialto.wire.parameters import NoParameters, Parameters
from rialto.wire.people_errors import PeopleError
from rialto.wire.verification_errors import VerificationError
from rialto.wire.wallet_errors import WalletError

T = TypeVar("T")

PIECE_CHARACTERS: Final = PIECE_BYTES * 4 // 3
DOCUMENTS_PER_CASE_MAX: Final = 10
BUSY_SECONDS: Final = 1

DocumentId = "[0-9a-f]{32}"
Line = Annotated[str, Text(line(100))]


class Piece:
    """Bytes in base64 that a form carries as it is: with `-` and `_`, without padding."""

    _RANGE: Final = f"^[A-Za-z0-9_-]{{2,{PIECE_CHARACTERS}}}$"

    def read(self, name: str, text: str) -> bytes:
        """Return the bytes."""
        if not 2 <= len(text) <= PIECE_CHARACTERS or not text.isascii() or {"+", "/", "="} & set(text):
            raise errors.illegal_characters(name, self._RANGE)
        try:
            return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise errors.illegal_characters(name, self._RANGE) from None

    def schema(self) -> dict[str, object]:
        """Describe the text."""
        return {"type": "string", "pattern": self._RANGE}


class DocumentParameters(Parameters, frozen=True):
    """What the document is; `expires` is when it runs out, if it does."""

    kind: Annotated[DocumentKind, Choice(DocumentKind)]
    content_type: Annotated[ContentType, Choice(ContentType)]
    size: Annotated[int, Integer(1, DOCUMENT_BYTES_MAX)]
    expires: Annotated[int, Timestamp()] | None = None


class PieceParameters(Parameters, frozen=True):
    """A piece of a document, numbered from 0."""

    document_id: Annotated[str, Text(f"^{DocumentId}$")]
    number: Annotated[int, Integer(0, DOCUMENT_BYTES_MAX // PIECE_BYTES)]
    data: Annotated[bytes, Piece()]


class CaseParameters(Parameters, frozen=True):
    """Who one is, and which documents show it."""

    level: Annotated[int, Integer(1, LEVEL_MAX)]
    first_name: Line
    last_name: Line
    birth_date: Annotated[str, Text(r"^\d{4}-\d{2}-\d{2}$")]
    country: Annotated[str, Text("^[A-Z]{2}$")]
    address: Annotated[str, Text(line(300))]
    document_type: Annotated[str, Text("^[a-z-]{1,32}$")]
    document_number: Annotated[str, Text("^[A-Za-z0-9 .-]{1,64}$")]
    documents: Annotated[str, Text(rf"^{DocumentId}(,{DocumentId}){{0,{DOCUMENTS_PER_CASE_MAX - 1}}}$")]


class DocumentLine(msgspec.Struct, frozen=True, rename="camel"):
    """A document that is being shown: how many pieces it comes in, and how large all but the last are."""

    document_id: str
    pieces: int
    piece_bytes: int
    is_whole: bool


class ShownDocument(msgspec.Struct, frozen=True, rename="camel"):
    """A document one has shown: of which case, if it is in one."""

    document_id: str
    kind: str
    content_type: str
    size: int
    is_whole: bool
    begun: int
    expires: int | None
    case_id: int | None


class DocumentIdParameters(Parameters, frozen=True):
    """Which document."""

    document_id: Annotated[str, Text(f"^{DocumentId}$")]


class CaseLine(msgspec.Struct, frozen=True, rename="camel"):
    """Where a case stands."""

    case_id: int
    level: int
    state: str
    reason: str
    submitted: int
    decided: int | None
    expires: int | None
    continue_at: str | None
    """Where one goes on with a provider that verifies people, while it waits for that."""


class VerificationLine(msgspec.Struct, frozen=True, rename="camel"):
    """How far someone is verified, their newest case, and when they said where their money comes from."""

    level: int
    country: str | None
    case: CaseLine | None
    funds_given: int | None


def _declare(method: str, path: str, summary: str, parameters: type[Parameters], response: Any) -> Endpoint[Any]:
    return Endpoint(
        method,
        f"/account/v1/verification{path}",
        summary=summary,
        parameters=parameters,
        response=response,
        weight=5,
        security=Security.SESSION,
        refused_with=(401, 503),
    )


VERIFICATION: Final = _declare("GET", "", "Tell how far one is verified.", NoParameters, VerificationLine)
SUBMIT: Final = _declare("POST", "", "State who one is, to be verified.", CaseParameters, VerificationLine)
DOCUMENT: Final = _declare(
    "POST", "/documents", "Begin to show a document; its pieces follow.", DocumentParameters, DocumentLine
)
DOCUMENTS: Final = _declare(
    "GET", "/documents", "List the documents one has shown, without what is on them.", NoParameters, list[ShownDocument]
)
TAKE_BACK: Final = _declare(
    "DELETE", "/documents", "Take back a document that is in no case.", DocumentIdParameters, list[ShownDocument]
)
PIECE: Final = _declare("POST", "/documents/piece", "Send a piece of a document.", PieceParameters, DocumentLine)

VERIFICATION_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (
    *(VERIFICATION, SUBMIT, DOCUMENT, PIECE),
    *(DOCUMENTS, TAKE_BACK),
)


class VerificationCalls:
    """Serves them."""

    def __init__(
        self,
        cases: Cases,
        people: People,
        clerks: Clerks,
        now_us: Callable[[], int],
        link_of: Callable[[int], str | None] = lambda _case: None,
    ) -> None:
        """`link_of` tells where a person goes on with a case elsewhere. It blocks."""
        self._link_of = link_of
        self._cases = cases
        self._people = people
        self._clerks = clerks
        self._now_us = now_us

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(VERIFICATION, self.verification),
            Route(SUBMIT, self.submit),
            Route(DOCUMENT, self.document),
            Route(PIECE, self.piece),
            Route(DOCUMENTS, self.documents),
            Route(TAKE_BACK, self.take_back),
        ]

    async def verification(self, call: Call, _parameters: NoParameters) -> VerificationLine:
        """Tell it."""
        person = await self._person(call)

        def look() -> tuple[Case | None, int | None, str | None]:
            latest = self._cases.latest(person.owner)
            funds = self._cases.funds.given_at_us(person.owner)
            return latest, funds, None if latest is None else self._link_of(latest.id)

        return _line(call, person, *await self._run(look))

    async def submit(self, call: Call, parameters: CaseParameters) -> VerificationLine:
        """Submit a case."""
        call.require_step_up()
        if pycountry.countries.get(alpha_2=parameters.country) is None:
            raise VerificationError.CASE_REFUSED.error(f"there is no country {parameters.country}")
        person = await self._person(call)
        stated = Stated(
            first_name=parameters.first_name,
            last_name=parameters.last_name,
            birth_date=parameters.birth_date,
            country=parameters.country,
            address=parameters.address,
            document_type=parameters.document_type,
            document_number=parameters.document_number,
        )
        documents = tuple(parameters.documents.split(","))
        call.check_window()
        now_us = self._now_us()

        def submit() -> tuple[Case, int | None]:
            case = self._cases.submit(person, parameters.level, stated, documents, now_us)
            return case, self._cases.funds.given_at_us(person.owner)

        return _line(call, person, *await self._run(submit))

    async def document(self, call: Call, parameters: DocumentParameters) -> DocumentLine:
        """Begin a document."""
        person = await self._person(call)
        return _document_line(
            await self._run(
                lambda: self._cases.documents.begin(
                    person.owner,
                    parameters.kind,
                    parameters.content_type,
                    parameters.size,
                    parameters.expires,
                    self._now_us(),
                )
            )
        )

    async def piece(self, call: Call, parameters: PieceParameters) -> DocumentLine:
        """Take a piece."""
        person = await self._person(call)
        documents = self._cases.documents
        return _document_line(
            await self._run(
                lambda: documents.add(person.owner, parameters.document_id, parameters.number, parameters.data)
            )
        )

    async def documents(self, call: Call, _parameters: NoParameters) -> list[ShownDocument]:
        """List them."""
        owner = call.browser_session.owner
        return [_shown(call, each) for each in await self._run(lambda: self._cases.documents.of_owner(owner))]

    async def take_back(self, call: Call, parameters: DocumentIdParameters) -> list[ShownDocument]:
        """Take one back; list those that are left."""
        owner, documents = call.browser_session.owner, self._cases.documents

        def forget() -> list[Document]:
            documents.take_back(owner, parameters.document_id)
            return documents.of_owner(owner)

        return [_shown(call, each) for each in await self._run(forget)]

    async def _person(self, call: Call) -> Person:
        owner = call.browser_session.owner
        person = await self._run(lambda: self._people.find(owner))
        if person is None:
            raise PeopleError.NO_SESSION.error()
        return person

    async def _run(self, do: Callable[[], T]) -> T:
        try:
            return await self._clerks.run(do)
        except ClerksBusy:
            raise PeopleError.BUSY.error(BUSY_SECONDS, retry_after_s=BUSY_SECONDS) from None
        except (CaseRefused, CountryRefused, DocumentRefused, NoSuchDocument) as refusal:
            raise _error_of(refusal) from refusal


def _error_of(refusal: Exception) -> ApiError:
    match refusal:
        case CountryRefused():
            return WalletError.COUNTRY_REFUSED.error()
        case NoSuchDocument():
            return VerificationError.NO_SUCH_DOCUMENT.error()
        case DocumentRefused():
            return VerificationError.DOCUMENT_REFUSED.error(refusal)
        case _:
            return VerificationError.CASE_REFUSED.error(refusal)


def _shown(call: Call, document: Document) -> ShownDocument:
    return ShownDocument(
        document.id,
        document.kind.value,
        document.content_type.value,
        document.size,
        document.is_whole,
        call.time(document.begun_at_us),
        None if document.expires_at_us is None else call.time(document.expires_at_us),
        document.case_id,
    )


def _line(
    call: Call, person: Person, case: Case | None, funds_at_us: int | None, link: str | None = None
) -> VerificationLine:
    shown = None
    if case is not None:
        shown = CaseLine(
            case.id,
            case.level,
            case.state.value,
            case.reason,
            call.time(case.submitted_at_us),
            None if case.decided_at_us is None else call.time(case.decided_at_us),
            None if case.expires_at_us is None else call.time(case.expires_at_us),
            link,
        )
    funds = None if funds_at_us is None else call.time(funds_at_us)
    return VerificationLine(person.level, person.country, shown, funds)


def _document_line(document: Document) -> DocumentLine:
    return DocumentLine(document.id, document.pieces, PIECE_BYTES, document.is_whole)
