"""Documents people show: pictures and PDF files, taken in pieces, kept sealed.

Owns the tables `verification_documents` and `verification_pieces`. A document is one of the types it may be by its own
bytes, from its first to its last, whatever it was said to be; it has no name but the number it is given here. What is
not whole within a day is forgotten.

Invariant: a piece is sealed for its person, its document and its place, and no other; what is whole does not change.
"""

import secrets
from enum import Enum
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update

from rialto.foundation.database import one_at_a_time
from rialto.foundation.failures import ExpectedFailure
from rialto.identity.verification.tables import verification_documents, verification_pieces
from rialto.identity.verification.vault import Vault

PIECE_BYTES: Final = 24_576
"""How large every piece is but the last."""
DOCUMENT_BYTES_MAX: Final = 5_242_880
DOCUMENTS_PER_OWNER_MAX: Final = 30
DAY_US: Final = 86_400_000_000

_PDF_END_WITHIN: Final = 1_024


class DocumentKind(Enum):
    """What a document shows."""

    IDENTITY = "identity"
    ADDRESS = "address"
    FACE = "face"
    FUNDS = "funds"


class ContentType(Enum):
    """What a document may be."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    PDF = "application/pdf"


_BEGINS: Final = {
    ContentType.JPEG: b"\xff\xd8\xff",
    ContentType.PNG: b"\x89PNG\r\n\x1a\n",
    ContentType.PDF: b"%PDF-",
}


class Document(msgspec.Struct, frozen=True, array_like=True):
    """A document, without its content."""

    id: str
    owner: int
    case_id: int | None
    kind: DocumentKind
    content_type: ContentType
    size: int
    is_whole: bool
    expires_at_us: int | None
    begun_at_us: int

    @property
    def pieces(self) -> int:
        """How many pieces it comes in."""
        return -(-self.size // PIECE_BYTES)


class DocumentRefused(ExpectedFailure):
    """A document cannot be taken: the message says why."""


class NoSuchDocument(ExpectedFailure):
    """The person has no such document."""


class Documents:
    """Takes and keeps documents. Calls block: off the event loop."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def begin(
        self,
        owner: int,
        kind: DocumentKind,
        content_type: ContentType,
        size: int,
        expires_at_us: int | None,
        now_us: int,
    ) -> Document:
        """Make room for a document whose pieces follow. `expires_at_us` is when it runs out.

        Errors: `DocumentRefused`.
        """
        if not 1 <= size <= DOCUMENT_BYTES_MAX:
            raise DocumentRefused(f"it has {size} bytes; a document has 1 to {DOCUMENT_BYTES_MAX}")
        if expires_at_us is not None and expires_at_us <= now_us:
            raise DocumentRefused("it has run out; show one that is valid")
        c = verification_documents.c
        document = Document(secrets.token_hex(16), owner, None, kind, content_type, size, False, expires_at_us, now_us)
        with self._engine.begin() as connection:
            one_at_a_time(connection, f"documents of {owner}")
            _forget(connection, owner, now_us)
            held = connection.scalar(select(func.count()).where(c.owner == owner)) or 0
            if held >= DOCUMENTS_PER_OWNER_MAX:
                raise DocumentRefused(f"you have shown {held} documents already; no more are taken")
            connection.execute(insert(verification_documents).values(_values(document)))
        return document

    def add(self, owner: int, document_id: str, number: int, piece: bytes) -> Document:
        """Take the next piece of a document; what was taken already is taken once.

        Errors: `NoSuchDocument`, `DocumentRefused`: then the document is gone if its bytes are not what was declared.
        """
        with self._vault.master_key.sealing(), self._engine.begin() as connection:
            document = _one(connection, owner, document_id, for_update=True)
            c = verification_pieces.c
            held = connection.scalar(select(func.count()).where(c.document == document_id)) or 0
            if document.is_whole or number < held:
                return document
            if number != held:
                raise DocumentRefused(f"piece {number} was sent, and {held} is next")
            expected = min(PIECE_BYTES, document.size - number * PIECE_BYTES)
            if len(piece) != expected:
                raise DocumentRefused(f"piece {number} has {len(piece)} bytes, not {expected}")
            if number == 0 and not piece.startswith(_BEGINS[document.content_type]):
                _remove(connection, document_id)
                refused = True
            else:
                sealed = self._vault.seal(connection, owner, _use(document_id, number), piece)
                values = {"document": document_id, "number": number, "sealed": sealed}
                connection.execute(insert(verification_pieces).values(values))
                refused = False
                if number + 1 == document.pieces:
                    refused = not _ends_well(document.content_type, self._content(connection, document))
                    if refused:
                        _remove(connection, document_id)
                    else:
                        is_it = verification_documents.c.id == document_id
                        connection.execute(update(verification_documents).where(is_it).values(is_whole=True))
                        document = msgspec.structs.replace(document, is_whole=True)
        if refused:
            raise DocumentRefused(f"it is no {document.content_type.value} from its first byte to its last")
        return document

    def of_owner(self, owner: int) -> list[Document]:
        """List what a person has shown, the newest first."""
        c = verification_documents.c
        statement = _selected().where(c.owner == owner).order_by(c.begun_at_us.desc(), c.id)
        with self._engine.connect() as connection:
            return [_document(row) for row in connection.execute(statement)]

    def take_back(self, owner: int, document_id: str) -> None:
        """Forget a document that is in no case. Errors: `NoSuchDocument`, also for one that is."""
        with self._engine.begin() as connection:
            if _one(connection, owner, document_id, for_update=True).case_id is not None:
                raise NoSuchDocument("it belongs to a case")
            _remove(connection, document_id)

    def content(self, document_id: str) -> bytes:
        """Return the bytes of a whole document, for who reviews it. Errors: `NoSuchDocument`, `BrokenSeal`."""
        with self._engine.connect() as connection:
            row = connection.execute(_selected().where(verification_documents.c.id == document_id)).one_or_none()
            if row is None or not row.is_whole:
                raise NoSuchDocument("there is no such document")
            return self._content(connection, _document(row))

    def piece(self, document: Document, number: int) -> bytes:
        """Return a piece of a whole document, for who reviews it. Errors: `NoSuchDocument`, `BrokenSeal`."""
        c = verification_pieces.c
        is_it = (c.document == document.id) & (c.number == number)
        with self._engine.connect() as connection:
            sealed = connection.scalar(select(c.sealed).where(is_it))
            if sealed is None:
                raise NoSuchDocument("there is no such document any more")
            return self._vault.open(connection, document.owner, _use(document.id, number), sealed)

    def of_case(self, case_id: int) -> list[Document]:
        """List the documents of a case."""
        statement = _selected().where(verification_documents.c.case_id == case_id)
        with self._engine.connect() as connection:
            return [_document(row) for row in connection.execute(statement)]

    def _content(self, connection: Connection, document: Document) -> bytes:
        c = verification_pieces.c
        rows = connection.execute(select(c.number, c.sealed).where(c.document == document.id).order_by(c.number)).all()
        return b"".join(
            self._vault.open(connection, document.owner, _use(document.id, row.number), row.sealed) for row in rows
        )


def attach(connection: Connection, owner: int, case_id: int, document_ids: tuple[str, ...]) -> list[Document]:
    """Put a person's documents into a case of theirs; return all the case has.

    Errors: `NoSuchDocument`, also for another person's or one of another case; `DocumentRefused` for what is not whole.
    """
    c = verification_documents.c
    for document_id in document_ids:
        document = _one(connection, owner, document_id, for_update=True)
        if document.case_id not in (None, case_id):
            raise NoSuchDocument("you have no such document")
        if not document.is_whole:
            raise DocumentRefused(f"of the document {document_id} pieces are missing")
        connection.execute(update(verification_documents).where(c.id == document_id).values(case_id=case_id))
    return [_document(row) for row in connection.execute(_selected().where(c.case_id == case_id))]


def _ends_well(content_type: ContentType, content: bytes) -> bool:
    """Tell whether nothing follows what the type says is the end: what is two things at once is neither."""
    match content_type:
        case ContentType.JPEG:
            return content.endswith(b"\xff\xd9")
        case ContentType.PNG:
            return content.endswith(b"\x00\x00\x00\x00IEND\xaeB`\x82")
        case ContentType.PDF:
            after = content.rpartition(b"%%EOF")[2]
            return b"%%EOF" in content[-_PDF_END_WITHIN:] and not after.strip(b"\r\n\t \x00")


def _forget(connection: Connection, owner: int, now_us: int) -> None:
    c = verification_documents.c
    stale = select(c.id).where(c.owner == owner, c.is_whole.is_(False), c.begun_at_us < now_us - DAY_US)
    connection.execute(delete(verification_pieces).where(verification_pieces.c.document.in_(stale)))
    connection.execute(delete(verification_documents).where(c.id.in_(stale)))


def _remove(connection: Connection, document_id: str) -> None:
    connection.execute(delete(verification_pieces).where(verification_pieces.c.document == document_id))
    connection.execute(delete(verification_documents).where(verification_documents.c.id == document_id))


def _one(connection: Connection, owner: int, document_id: str, *, for_update: bool) -> Document:
    c = verification_documents.c
    statement = _selected().where(c.id == document_id, c.owner == owner)
    row = connection.execute(statement.with_for_update() if for_update else statement).one_or_none()
    if row is None:
        raise NoSuchDocument("you have no such document")
    return _document(row)


def _selected() -> Any:
    return select(*(verification_documents.c[field] for field in Document.__struct_fields__))


def _document(row: Row[Any]) -> Document:
    return msgspec.convert(tuple(row), Document)


def _values(document: Document) -> dict[str, object]:
    values = msgspec.structs.asdict(document)
    return {**values, "kind": document.kind.value, "content_type": document.content_type.value}


def _use(document_id: str, number: int) -> str:
    return f"document {document_id} piece {number}"
