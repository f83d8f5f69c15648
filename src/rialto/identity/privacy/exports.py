"""Exports: asked for, made in the background, fetched for a limited time, destroyed.

    waiting ─▶ ready ─▶ gone        waiting ─▶ failed

Owns the table `privacy_exports` and the files in a directory. A file is encrypted under a key of its own, which lies
sealed in the row and is deleted with it: what backups have of the file does not open. One that was being made when a
process died is made again. The files of a cluster's gateways lie where they were asked for. Calls block.
"""

import os
import secrets
from enum import Enum
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog
from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from rialto.foundation.resealing import SealedColumn
from rialto.foundation.secrets import KEY_BYTES, MasterKey
from rialto.identity.behaviour import DONE, BehaviourLog
from rialto.identity.mail import Mailer, MailQueueFull, NoAddress
from rialto.identity.privacy.archive import Archive, Scope
from rialto.identity.privacy.declaration import Topic
from rialto.identity.privacy.sealed_files import SealedWriter, pieces_of, read_piece
from rialto.identity.privacy.tables import exports, lawful_requests

EXPORTS_PER_DAY_MAX: Final = 3
"""How many exports a person may ask for in a day."""

EXPORTS_LISTED_MAX: Final = 50
HOUR_US: Final = 3_600_000_000
DAY_US: Final = 24 * HOUR_US
PLACE_FILE: Final = "place"

c: Final = exports.c

_log = structlog.stdlib.get_logger(__name__)


class ExportState(Enum):
    """Where an export is."""

    WAITING = "waiting"
    READY = "ready"
    GONE = "gone"
    FAILED = "failed"


class Export(msgspec.Struct, frozen=True, array_like=True):
    """An export. `owner` is 0 for one that authorities asked for; `size` is that of the zip, in bytes."""

    id: str
    owner: int
    request: str | None
    topics: str
    from_us: int | None
    until_us: int | None
    state: ExportState
    place: str
    size: int
    digest: str
    asked_at_us: int
    ready_at_us: int | None
    expires_at_us: int | None

    @property
    def pieces(self) -> int:
        """In how many pieces it comes."""
        return pieces_of(self.size)


class NoSuchExport(Exception):
    """There is no such export, or it is another's."""


class ExportNotThere(Exception):
    """The export cannot be fetched: it is not made yet, is gone, or lies elsewhere. Carries what it is."""


class TooManyExports(Exception):
    """The person has asked for as many today as one may."""


class Exports:
    """The exports there are."""

    def __init__(
        self,
        engine: Engine,
        readers: Engine,
        archive: Archive,
        behaviour: BehaviourLog,
        mailer: Mailer,
        master_key: MasterKey,
        directory: Path,
        kept_us: int,
    ) -> None:
        """`readers` may only read; exports can be fetched for `kept_us`."""
        self._engine = engine
        self._readers = readers
        self._archive = archive
        self._behaviour = behaviour
        self._mailer = mailer
        self._master_key = master_key
        self._directory = directory
        self._kept_us = kept_us
        self._place = _place_of(directory)

    def ask(self, owner: int, address: str, client: str, now_us: int) -> Export:
        """Ask for everything that is known of a person. Errors: `TooManyExports`."""
        with self._engine.begin() as connection:
            self._behaviour.note(owner, "self", "export-asked", address, client, DONE, "", now_us, connection)
            today = select(func.count()).where(c.owner == owner, c.asked_at_us > now_us - DAY_US)
            if (connection.scalar(today) or 0) >= EXPORTS_PER_DAY_MAX:
                raise TooManyExports(f"owner {owner}")
            return self._add(connection, owner, None, Scope((owner,)), now_us)

    def ask_for(self, connection: Connection, request: str, scope: Scope, now_us: int) -> None:
        """Ask for what authorities may have, in the transaction that writes their request down."""
        self._add(connection, 0, request, scope, now_us)

    def of_owner(self, owner: int) -> list[Export]:
        """List what a person asked for, newest first."""
        return self._listed(c.owner == owner, c.request.is_(None))

    def of_requests(self) -> list[Export]:
        """List what authorities asked for, newest first."""
        return self._listed(c.request.is_not(None))

    def fetch(self, id_: str, owner: int, number: int, now_us: int) -> bytes:
        """Return a piece of an export of an owner; of what authorities asked for, with 0.

        Errors: `NoSuchExport`, `ExportNotThere`, `BrokenSeal`.
        """
        with self._engine.connect() as connection:
            row = connection.execute(_selected().where(c.id == id_, c.owner == owner)).one_or_none()
            sealed = connection.scalar(select(c.sealed_key).where(c.id == id_))
        if row is None:
            raise NoSuchExport(id_)
        export = _export(row)
        is_over = export.expires_at_us is not None and export.expires_at_us <= now_us
        if export.state is not ExportState.READY or sealed is None or is_over:
            raise ExportNotThere(ExportState.GONE.value if is_over else export.state.value)
        if number >= export.pieces:
            raise NoSuchExport(f"{id_} has no piece {number}")
        if export.place != self._place:
            raise ExportNotThere("at another gateway")
        key = MasterKey(self._master_key.unseal(sealed, _use(id_)))
        return read_piece(self._file_of(id_), key, id_, number)

    def waiting(self) -> list[Export]:
        """List what is to be made here, the oldest first."""
        here = (c.state == ExportState.WAITING.value, c.place == self._place)
        with self._engine.connect() as connection:
            return [_export(row) for row in connection.execute(_selected().where(*here).order_by(c.asked_at_us))]

    def make(self, export: Export, now_us: int) -> None:
        """Write the file of an export. Errors: `BrokenSeal`, OSError, SQLAlchemy's own."""
        key, part = secrets.token_bytes(KEY_BYTES), self._directory / f"{export.id}.part"
        with open(part, "wb", opener=_private) as file, self._readers.connect() as connection:
            if connection.dialect.name == "postgresql":
                # One picture of all tables; SQLite's transactions have that without asking.
                connection.execution_options(isolation_level="REPEATABLE READ")
            writer = SealedWriter(file, MasterKey(key), export.id)
            self._archive.write(connection, self._scope_of(connection, export), writer)
            writer.finish()
        part.replace(self._file_of(export.id))
        values: dict[str, Any] = {
            "state": ExportState.READY.value,
            "size": writer.size,
            "digest": writer.digest,
            "ready_at_us": now_us,
            "expires_at_us": now_us + self._kept_us,
        }
        with self._master_key.sealing(), self._engine.begin() as connection:
            values["sealed_key"] = self._master_key.seal(key, _use(export.id))
            still = (c.id == export.id, c.state == ExportState.WAITING.value)
            connection.execute(update(exports).where(*still).values(values))
            if export.request is None:
                self._tell(connection, export.owner)

    def fail(self, export: Export) -> None:
        """Note that an export cannot be made."""
        with self._engine.begin() as connection:
            connection.execute(update(exports).where(c.id == export.id).values(state=ExportState.FAILED.value))

    def destroy_expired(self, now_us: int) -> int:
        """Destroy the exports of here whose time is over, and files that are nobody's; return how many exports.

        What waits for longer than a day was asked for in a directory that is no more, and has failed.
        """
        with self._engine.begin() as connection:
            lost = (c.state == ExportState.WAITING.value, c.asked_at_us < now_us - DAY_US)
            connection.execute(update(exports).where(*lost).values(state=ExportState.FAILED.value))
            over = (c.state == ExportState.READY.value, c.expires_at_us <= now_us, c.place == self._place)
            gone = destroy(connection, *over)
            ready = set(connection.scalars(select(c.id).where(c.state == ExportState.READY.value)))
            waiting = set(connection.scalars(select(c.id).where(c.state == ExportState.WAITING.value)))
        for file in self._directory.iterdir():
            is_kept = file.suffix == ".sealed" and file.stem in ready
            if file.name != PLACE_FILE and not is_kept and file.stem not in waiting:
                file.unlink(missing_ok=True)
        return gone

    def _tell(self, connection: Connection, owner: int) -> None:
        try:
            self._mailer.send(owner, "export-ready", {"hours": self._kept_us // HOUR_US}, connection)
        except (MailQueueFull, NoAddress) as failure:
            _log.warning("mail not queued", template="export-ready", failure=type(failure).__name__)

    def _scope_of(self, connection: Connection, export: Export) -> Scope:
        owners: tuple[int, ...] = (export.owner,)
        if export.request is not None:
            text = connection.scalar(select(lawful_requests.c.owners).where(lawful_requests.c.id == export.request))
            assert text is not None, "an export is asked for with its request"
            owners = tuple(int(each) for each in text.split())
        topics = frozenset(Topic(word) for word in export.topics.split())
        return Scope(owners, topics, export.from_us, export.until_us)

    def _add(self, connection: Connection, owner: int, request: str | None, scope: Scope, now_us: int) -> Export:
        values = {
            "id": secrets.token_hex(16),
            "owner": owner,
            "request": request,
            "topics": " ".join(sorted(topic.value for topic in scope.topics)),
            "from_us": scope.from_us,
            "until_us": scope.until_us,
            "state": ExportState.WAITING.value,
            "place": self._place,
            "size": 0,
            "digest": "",
            "asked_at_us": now_us,
        }
        columns = (c[field] for field in Export.__struct_fields__)
        return _export(connection.execute(insert(exports).values(values).returning(*columns)).one())

    def _listed(self, *conditions: Any) -> list[Export]:
        statement = _selected().where(*conditions).order_by(c.asked_at_us.desc(), c.id).limit(EXPORTS_LISTED_MAX)
        with self._engine.connect() as connection:
            return [_export(row) for row in connection.execute(statement)]

    def _file_of(self, id_: str) -> Path:
        return self._directory / f"{id_}.sealed"


def destroy(connection: Connection, *conditions: Any) -> int:
    """Destroy the keys of exports, so that their files do not open again; return of how many."""
    gone = {"state": ExportState.GONE.value, "sealed_key": None}
    return connection.execute(update(exports).where(*conditions).values(gone)).rowcount


def _place_of(directory: Path) -> str:
    """Return what the directory is known by, which it is given when it is made."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = directory / PLACE_FILE
    if not file.exists():
        file.write_text(secrets.token_hex(16), encoding="ascii")
    return file.read_text(encoding="ascii")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _selected() -> Any:
    return select(*(c[field] for field in Export.__struct_fields__))


def _export(row: Row[Any]) -> Export:
    return msgspec.convert(tuple(row), Export)


def _use(id_: str) -> bytes:
    return f"export key {id_}".encode()


SEALED_EXPORT_KEYS: Final = SealedColumn(exports, "sealed_key", "id", _use)
