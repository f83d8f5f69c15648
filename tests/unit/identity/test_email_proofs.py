"""Proofs by mail: once, in time, for their purpose; codes bear few guesses; the database holds neither."""

from collections.abc import Iterator

import pytest
import sqlalchemy
from sqlalchemy import Engine

from rialto.foundation.database import Access, open_engine
from rialto.identity.email_proofs import ATTEMPTS_MAX, EmailProofs, InvalidProof, Issued, Purpose
from rialto.identity.people_tables import email_proofs as table

NOW_US = 1_700_000_000_000_000
EMAIL = "alice@example.com"
HALF_AN_HOUR_US = 1_800_000_000


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    engine = open_engine(migrated_url, Access.DURABLE)
    yield engine
    engine.dispose()


def issue(engine: Engine, purpose: Purpose = Purpose.SIGN_UP, email: str = EMAIL) -> Issued:
    with engine.begin() as connection:
        return EmailProofs(engine).issue(connection, purpose, email, email, 7, NOW_US)


def test_a_token_proves_once(engine: Engine) -> None:
    proofs, issued = EmailProofs(engine), issue(engine)
    proof = proofs.find_by_token(Purpose.SIGN_UP, issued.token, NOW_US)
    assert (proof.email, proof.owner) == (EMAIL, 7)
    assert proofs.find_by_token(Purpose.SIGN_UP, issued.token, NOW_US) == proof
    with engine.begin() as connection:
        proofs.use(connection, proof)
    with pytest.raises(InvalidProof), engine.begin() as connection:
        proofs.use(connection, proof)
    with pytest.raises(InvalidProof):
        proofs.find_by_token(Purpose.SIGN_UP, issued.token, NOW_US)


def test_a_proof_serves_its_purpose_in_its_time(engine: Engine) -> None:
    proofs, issued = EmailProofs(engine), issue(engine)
    for purpose in (Purpose.RESET, Purpose.FREEZE):
        with pytest.raises(InvalidProof):
            proofs.find_by_token(purpose, issued.token, NOW_US)
        with pytest.raises(InvalidProof):
            proofs.find_by_code(purpose, EMAIL, issued.code, NOW_US)
    proofs.find_by_token(Purpose.SIGN_UP, issued.token, NOW_US + HALF_AN_HOUR_US - 1)
    with pytest.raises(InvalidProof):
        proofs.find_by_token(Purpose.SIGN_UP, issued.token, NOW_US + HALF_AN_HOUR_US)


def test_only_the_newest_of_an_address_serves_but_every_link_that_freezes_does(engine: Engine) -> None:
    proofs = EmailProofs(engine)
    first, second = issue(engine), issue(engine)
    with pytest.raises(InvalidProof):
        proofs.find_by_token(Purpose.SIGN_UP, first.token, NOW_US)
    proofs.find_by_code(Purpose.SIGN_UP, EMAIL, second.code, NOW_US)
    for issued in (issue(engine, Purpose.FREEZE), issue(engine, Purpose.FREEZE)):
        proofs.find_by_token(Purpose.FREEZE, issued.token, NOW_US)


def test_a_code_bears_few_guesses_and_the_link_none_after_them(engine: Engine) -> None:
    proofs, issued = EmailProofs(engine), issue(engine)
    wrong = f"{(int(issued.code) + 1) % 1_000_000:06}"
    for _ in range(ATTEMPTS_MAX):
        with pytest.raises(InvalidProof):
            proofs.find_by_code(Purpose.SIGN_UP, EMAIL, wrong, NOW_US)
    with pytest.raises(InvalidProof):
        proofs.find_by_code(Purpose.SIGN_UP, EMAIL, issued.code, NOW_US)


def test_neither_token_nor_code_is_kept_and_what_is_too_old_goes(engine: Engine) -> None:
    issued = issue(engine)
    with engine.connect() as connection:
        kept = repr(connection.execute(sqlalchemy.select(table)).all())
    assert issued.token not in kept
    assert f"'{issued.code}'" not in kept
    EmailProofs(engine).forget_expired(NOW_US + HALF_AN_HOUR_US)
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.select(table)).all() == []
