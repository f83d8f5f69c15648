"""Writes what is known of people as a zip of JSON: for each account a file a topic, its documents, and a manifest.

    account-7/profile.json   {"people": [{…}], "owners": [{…}]}
    account-7/documents/…    as they were shown
    names.json               what numbers of assets and symbols mean
    manifest.json            rows and SHA-256 of every file

Rows go from the database into the file as they are read: memory holds a group of them, and of documents one. Amounts
are decimal text with eight places, times microseconds since 1970 in UTC. Blocking: off the event loop.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import IO, Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec
from sqlalchemy import Connection, select

from rialto.identity.privacy.declaration import Form, Personal, Seal, Sealed, Topic
from rialto.identity.privacy.schema import Schema
from rialto.identity.privacy.sealed_files import SealedWriter
from rialto.identity.verification.documents import ContentType
from rialto.identity.verification.tables import verification_documents, verification_pieces
from rialto.identity.verification.vault import Vault

ROWS_AT_ONCE: Final = 500

_ENDINGS: Final = {ContentType.JPEG: "jpg", ContentType.PNG: "png", ContentType.PDF: "pdf"}
_encode: Final = msgspec.json.Encoder().encode


class Scope(msgspec.Struct, frozen=True):
    """Of whom, about what, of which period. No topics are all of them."""

    owners: tuple[int, ...]
    topics: frozenset[Topic] = frozenset()
    from_us: int | None = None
    until_us: int | None = None

    def wants(self, topic: Topic) -> bool:
        """Tell whether a topic is asked for."""
        return not self.topics or topic in self.topics


class Member(msgspec.Struct, frozen=True):
    """A line of the manifest."""

    file: str
    rows: int
    bytes: int
    sha256: str


class Archive:
    """Writes archives."""

    def __init__(self, schema: Schema, vault: Vault) -> None:
        self._schema = schema
        self._vault = vault

    def write(self, connection: Connection, scope: Scope, to: SealedWriter) -> None:
        """Write one, as everything is at the moment of the connection's transaction. Errors: `BrokenSeal`."""
        # A zip for something that cannot be sought in: sizes follow their files.
        with ZipFile(to, "w", ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
            members: list[Member] = []
            for owner in self._with_sub_accounts(connection, scope.owners):
                members += [
                    self._write_topic(archive, connection, scope, owner, topic) for topic in Topic if scope.wants(topic)
                ]
                if scope.wants(Topic.VERIFICATION):
                    members += self._write_documents(archive, connection, scope, owner)
            members.append(self._write_names(archive, connection))
            manifest = {
                "owners": scope.owners,
                "topics": sorted(topic.value for topic in scope.topics),
                "from_us": scope.from_us,
                "until_us": scope.until_us,
                "files": members,
            }
            archive.writestr("manifest.json", msgspec.json.format(_encode(manifest), indent=2))

    def _with_sub_accounts(self, connection: Connection, owners: tuple[int, ...]) -> list[int]:
        table = self._schema.named("sub_accounts")
        below = select(table.c.owner).where(table.c.parent.in_(owners)).order_by(table.c.owner)
        return list(dict.fromkeys((*owners, *connection.scalars(below))))

    def _write_topic(self, archive: ZipFile, connection: Connection, scope: Scope, owner: int, topic: Topic) -> Member:
        with _Writing(archive, f"account-{owner}/{topic.value}.json") as file:
            file.write(b"{")
            shown = [each for each in self._schema.personal if each.topic is topic and (each.shown or each.sealed)]
            for number, declared in enumerate(shown):
                file.write(b"," * bool(number) + _encode(declared.table) + b":[")
                for position, row in enumerate(self._rows(connection, scope, owner, declared)):
                    file.write(b",\n" * bool(position) + _encode(row))
                    file.rows += 1
                file.write(b"]")
            file.write(b"}\n")
        return file.member

    def _rows(
        self, connection: Connection, scope: Scope, owner: int, declared: Personal
    ) -> Iterator[dict[str, object]]:
        table, sealed = self._schema.table(declared), declared.sealed
        condition = self._schema.shown_of(declared, owner, scope.from_us, scope.until_us)
        statement = select(table).where(condition).order_by(*table.primary_key)
        found = connection.execute(statement, execution_options={"yield_per": ROWS_AT_ONCE})
        for row in found.mappings():
            line: dict[str, object] = {name: row[name] for name in declared.shown.split()}
            if sealed is not None:
                line[sealed.column] = self._opened(connection, owner, sealed, row)
            yield line

    def _opened(self, connection: Connection, owner: int, sealed: Sealed, row: Mapping[Any, Any]) -> object:
        """Open what is sealed; None when its key is destroyed."""
        use = sealed.use.format_map({str(name): value for name, value in row.items()})
        content: bytes = row[sealed.column]
        try:
            if sealed.by is Seal.MASTER:
                plain = self._vault.master_key.unseal(content, use.encode())
            else:
                plain = self._vault.open(connection, owner, use, content)
        except KeyError:
            return None
        match sealed.form:
            case Form.MSGPACK:
                return msgspec.msgpack.decode(plain)
            case Form.JSON:
                return msgspec.json.decode(plain)

    def _write_documents(self, archive: ZipFile, connection: Connection, scope: Scope, owner: int) -> list[Member]:
        c, members = verification_documents.c, []
        declared = next(each for each in self._schema.personal if each.table == verification_documents.name)
        condition = self._schema.shown_of(declared, owner, scope.from_us, scope.until_us)
        statement = select(c.id, c.content_type).where(condition, c.is_whole.is_(True)).order_by(c.id)
        for row in connection.execute(statement).all():
            ending = _ENDINGS[ContentType(row.content_type)]
            with _Writing(archive, f"account-{owner}/documents/{row.id}.{ending}") as file:
                for piece in self._pieces(connection, owner, row.id):
                    file.write(piece)
                file.rows = 1
            members.append(file.member)
        return members

    def _pieces(self, connection: Connection, owner: int, document: str) -> Iterator[bytes]:
        c = verification_pieces.c
        numbers = connection.scalars(select(c.number).where(c.document == document).order_by(c.number)).all()
        for number in numbers:
            sealed = connection.scalar(select(c.sealed).where(c.document == document, c.number == number))
            assert sealed is not None, "the transaction sees what it has seen"
            try:
                yield self._vault.open(connection, owner, f"document {document} piece {number}", sealed)
            except KeyError:
                return

    def _write_names(self, archive: ZipFile, connection: Connection) -> Member:
        with _Writing(archive, "names.json") as file:
            names = {}
            for table, key in (("assets", "asset"), ("symbols", "symbol")):
                c = self._schema.named(table).c
                found = connection.execute(select(c[key], c.name).order_by(c[key])).all()
                names[table] = {row[0]: row[1] for row in found}
                file.rows += len(found)
            file.write(_encode(names))
        return file.member


class _Writing(AbstractContextManager["_Writing"]):
    """A file of an archive that is being written, counted and digested."""

    def __init__(self, archive: ZipFile, name: str) -> None:
        self._name = name
        self._file: IO[bytes] = archive.open(name, "w", force_zip64=True)
        self._digest = hashlib.sha256()
        self._size = 0
        self.rows = 0

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, content: bytes) -> None:
        """Write the next bytes."""
        self._digest.update(content)
        self._size += len(content)
        self._file.write(content)

    @property
    def member(self) -> Member:
        """What the manifest says of it."""
        return Member(self._name, self.rows, self._size, self._digest.hexdigest())
