"""Closings and exports on either database: what is written, what goes, and who of two processes has it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select

from rialto.backup.tables import ALL_TABLES
from rialto.foundation.database import Access, open_engine
from rialto.foundation.secrets import MasterKey
from rialto.foundation.settings.privacy import PrivacySettings
from rialto.identity.behaviour import BehaviourLog
from rialto.identity.mail import Mailer
from rialto.identity.people import People, PersonStatus
from rialto.identity.privacy.archive import Archive
from rialto.identity.privacy.closings import Closings, ClosingState
from rialto.identity.privacy.exports import Exports, ExportState
from rialto.identity.privacy.holds import Holds
from rialto.identity.privacy.schema import Schema
from rialto.identity.verification.documents import PIECE_BYTES, ContentType, DocumentKind, Documents
from rialto.identity.verification.tables import verification_cases, verification_keys
from rialto.identity.verification.vault import Vault
from tests.exports import unpacked

PDF = b"%PDF-1.7\n" + bytes(PIECE_BYTES) + b"\n%%EOF\n"
YEARS_US = 6 * 366 * 86_400_000_000


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    engine = open_engine(migrated_url, Access.DURABLE, connections=2)
    yield engine
    engine.dispose()


def closings_of(engine: Engine) -> Closings:
    settings = PrivacySettings(closing_days=0)
    mailer = Mailer(engine, lambda: 1, has_server=False)
    return Closings(engine, Schema(ALL_TABLES), BehaviourLog(engine), mailer, settings)


def verified(engine: Engine, vault: Vault, owner: int, cases: int) -> None:
    """State something in so many cases, and show a document of two pieces."""
    with engine.begin() as connection:
        for number in range(1, cases + 1):
            stated = vault.seal(connection, owner, f"case {number}", b"\x81\xa4name\xa3Zoe")
            about = {"level": 1, "state": "approved", "reason": "", "submitted_at_us": number}
            connection.execute(insert(verification_cases).values(id=number, owner=owner, stated=stated, **about))
    documents = Documents(engine, vault)
    begun = documents.begin(owner, DocumentKind.IDENTITY, ContentType.PDF, len(PDF), None, 1)
    for number in range(begun.pieces):
        documents.add(owner, begun.id, number, PDF[number * PIECE_BYTES : (number + 1) * PIECE_BYTES])


def test_an_export_opens_what_is_sealed_while_rows_are_read(engine: Engine, migrated_url: str, tmp_path: Path) -> None:
    master_key = MasterKey.load_or_create(tmp_path / "master.key")
    vault, owner = Vault(master_key), People(engine).register("zoe@example.com", 1).owner
    verified(engine, vault, owner, cases=1_200)
    readers = open_engine(migrated_url, Access.READ_ONLY)
    mailer, log = Mailer(engine, lambda: 1, has_server=False), BehaviourLog(engine)
    archive = Archive(Schema(ALL_TABLES), vault)
    exports = Exports(engine, readers, archive, log, mailer, master_key, tmp_path / "exports", 1_000)
    asked = exports.ask(owner, "", "", 10)
    assert exports.waiting() == [asked]
    exports.make(asked, 20)
    (made,) = exports.of_owner(owner)
    assert (made.state, made.expires_at_us) == (ExportState.READY, 1_020)
    files = unpacked(b"".join(exports.fetch(made.id, owner, number, 30) for number in range(made.pieces)))
    cases = files[f"account-{owner}/verification.json"]["verification_cases"]
    assert [each["id"] for each in cases] == list(range(1, 1_201))
    assert {each["stated"]["name"] for each in cases} == {"Zoe"}
    assert PDF in files.values()
    assert exports.destroy_expired(2_000) == 1
    readers.dispose()


def test_of_two_that_close_an_account_one_does_and_the_other_leaves_it(engine: Engine, tmp_path: Path) -> None:
    people, first, second = People(engine), closings_of(engine), closings_of(engine)
    owner = people.register("zoe@example.com", 1).owner
    verified(engine, Vault(MasterKey.load_or_create(tmp_path / "master.key")), owner, cases=2)
    asked = first.ask(owner, "", "", 10)
    (seen,) = second.due(10)
    assert seen == asked
    people.close(owner, 10)
    assert first.finish(asked, 10)
    assert not second.finish(seen, 10)
    second.put_off(seen)
    person = people.find(owner)
    assert person is not None
    assert person.status is PersonStatus.CLOSED
    (kept,) = first.destroyable(10 + YEARS_US)
    assert (first.destroy(kept, 10 + YEARS_US), second.destroy(kept, 10 + YEARS_US)) == (True, False)
    done = first.of_owner(owner)
    assert done is not None
    assert done.state is ClosingState.DESTROYED
    with engine.connect() as connection:
        assert connection.execute(select(verification_keys)).all() == []
        assert connection.execute(select(verification_cases)).all() == []


def test_one_that_cannot_be_finished_lets_its_person_act_again(engine: Engine) -> None:
    people, closings, holds = People(engine), closings_of(engine), Holds(engine)
    owner = people.register("zoe@example.com", 1).owner
    asked = closings.ask(owner, "", "", 10)
    people.close(owner, 10)
    holds.set(owner, "case 7", "a" * 32, 10)
    assert closings.due(10) == []
    assert not closings.finish(asked, 10)
    closings.put_off(asked)
    people.refresh()
    assert people.is_active(owner)
