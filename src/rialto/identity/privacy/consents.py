"""What people agreed to: which version of which document, when, from where; and what they took back.

Owns the table `consents`, to which rows are only added. Which documents there are, in which version, is configured:
another version is another document to accept. Calls block: off the event loop.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, Row, func, insert, select

from rialto.foundation.settings.privacy import DocumentSettings
from rialto.identity.privacy.tables import consents

CONSENTS_PER_OWNER_MAX: Final = 1_000
ACCEPTED_RANGE: Final = r"^[a-z][a-z0-9-]{0,31}:[A-Za-z0-9._-]{1,32}(,[a-z][a-z0-9-]{0,31}:[A-Za-z0-9._-]{1,32}){0,19}$"

c: Final = consents.c


class Consent(msgspec.Struct, frozen=True, array_like=True):
    """A row: that a document was accepted, or that this was taken back."""

    id: int
    owner: int
    document: str
    version: str
    is_given: bool
    address: str
    client: str
    at_us: int


class Accepted(msgspec.Struct, frozen=True):
    """A version of a document that someone says they accept."""

    document: str
    version: str


class MissingConsent(Exception):
    """Nobody signs up without accepting these; carries them as `name:version`."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))


class NoSuchDocument(Exception):
    """There is no such document, or it has another version now."""


class ConsentRequired(Exception):
    """The document is required for as long as there is the account."""


class TooManyConsents(Exception):
    """The person has said and taken back as much as one may."""


class Consents:
    """The consents there are."""

    def __init__(self, engine: Engine, documents: Iterable[DocumentSettings]) -> None:
        self._engine = engine
        self.documents: Final = tuple(documents)
        self._by_name: Final = {document.name: document for document in self.documents}

    def check_sign_up(self, accepted: Iterable[Accepted]) -> None:
        """Make sure that what signing up takes is accepted. Errors: `NoSuchDocument`, `MissingConsent`."""
        given = set(accepted)
        for each in given:
            self._current(each)
        required = (Accepted(each.name, each.version) for each in self.documents if each.required)
        missing = [f"{each.document}:{each.version}" for each in required if each not in given]
        if missing:
            raise MissingConsent(missing)

    def record(
        self, connection: Connection, owner: int, accepted: Iterable[Accepted], address: str, client: str, now_us: int
    ) -> None:
        """Write down what someone accepts, in the transaction of their sign-up."""
        for each in accepted:
            self._add(connection, owner, each, address, client, now_us, is_given=True)

    def accept(self, owner: int, accepted: Accepted, address: str, client: str, now_us: int) -> Consent:
        """Write down that someone accepts a document; once only. Errors: `NoSuchDocument`, `TooManyConsents`."""
        self._current(accepted)
        return self._say(owner, accepted, address, client, now_us, is_given=True)

    def withdraw(self, owner: int, name: str, address: str, client: str, now_us: int) -> Consent | None:
        """Write down that someone takes back what they accepted; None if there is nothing to take back.

        Errors: `NoSuchDocument`, `ConsentRequired`, `TooManyConsents`.
        """
        document = self._by_name.get(name)
        if document is None:
            raise NoSuchDocument(name)
        if document.required:
            raise ConsentRequired(name)
        with self._engine.connect() as connection:
            held = _latest(connection, owner, name)
        if held is None or not held.is_given:
            return None
        return self._say(owner, Accepted(name, held.version), address, client, now_us, is_given=False)

    def of_owner(self, owner: int) -> list[Consent]:
        """List what someone said, newest first."""
        statement = select(consents).where(c.owner == owner).order_by(c.id.desc()).limit(CONSENTS_PER_OWNER_MAX)
        with self._engine.connect() as connection:
            return [_consent(row) for row in connection.execute(statement)]

    def _current(self, accepted: Accepted) -> DocumentSettings:
        document = self._by_name.get(accepted.document)
        if document is None or document.version != accepted.version:
            raise NoSuchDocument(f"{accepted.document}:{accepted.version}")
        return document

    def _say(self, owner: int, said: Accepted, address: str, client: str, now_us: int, *, is_given: bool) -> Consent:
        with self._engine.begin() as connection:
            held = _latest(connection, owner, said.document)
            if held is not None and (held.version, held.is_given) == (said.version, is_given):
                return held
            if (connection.scalar(select(func.count()).where(c.owner == owner)) or 0) >= CONSENTS_PER_OWNER_MAX:
                raise TooManyConsents(f"owner {owner}")
            return self._add(connection, owner, said, address, client, now_us, is_given=is_given)

    def _add(
        self,
        connection: Connection,
        owner: int,
        said: Accepted,
        address: str,
        client: str,
        now_us: int,
        *,
        is_given: bool,
    ) -> Consent:
        values = {
            "owner": owner,
            "document": said.document,
            "version": said.version,
            "is_given": is_given,
            "address": address,
            "client": client,
            "at_us": now_us,
        }
        return _consent(connection.execute(insert(consents).values(values).returning(consents)).one())


def read_accepted(text: str) -> tuple[Accepted, ...]:
    """Read `name:version` separated by commas. Precondition: the text fits `ACCEPTED_RANGE`."""
    assert re.fullmatch(ACCEPTED_RANGE, text)
    return tuple(Accepted(*each.split(":")) for each in dict.fromkeys(text.split(",")))


def _latest(connection: Connection, owner: int, document: str) -> Consent | None:
    statement = select(consents).where(c.owner == owner, c.document == document).order_by(c.id.desc()).limit(1)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _consent(row)


def _consent(row: Row[Any]) -> Consent:
    return msgspec.convert(tuple(row), Consent)
