"""Proofs that someone reads the mail of an address: a link with a token, and a code for who types.

Owns the table `email_proofs`, which holds hashes only. A proof works once, for some time, for one purpose; of sign-up,
reset and change of address only the newest of an address does. A code can be guessed so few times that guessing is in
vain, even for who asks for new ones all day. Calls block: off the event loop.
"""

import hashlib
import secrets
from enum import Enum
from typing import Final, NamedTuple

from sqlalchemy import Connection, Engine, delete, insert, select, update

from rialto.foundation.database import one_at_a_time
from rialto.identity.people_tables import email_proofs as table
from rialto.identity.sessions import hash_of

TOKEN_BYTES: Final = 32
CODE_DIGITS: Final = 6
ATTEMPTS_MAX: Final = 5
MINUTES: Final = 30
FREEZE_DAYS: Final = 7


class Purpose(Enum):
    """What a proof is for."""

    SIGN_UP = "sign-up"
    RESET = "reset"
    OLD_ADDRESS = "old-address"
    NEW_ADDRESS = "new-address"
    FREEZE = "freeze"


class Issued(NamedTuple):
    """What the mail says. Nothing else ever knows it."""

    token: str
    code: str


class Proof(NamedTuple):
    """What was proven, and of whom. `owner` is None where the address has no account."""

    token_hash: str
    purpose: Purpose
    email: str
    owner: int | None


class InvalidProof(Exception):
    """A token or code that is wrong, was used, is too old, or was guessed at too often."""


class EmailProofs:
    """The proofs under way."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def issue(
        self, connection: Connection, purpose: Purpose, email: str, email_key: str, owner: int | None, now_us: int
    ) -> Issued:
        """Make a proof in a transaction of the caller's, which sends it by mail."""
        if purpose is not Purpose.FREEZE:
            one_at_a_time(connection, f"proof of {purpose.value} for {email_key}")
            of_address = (table.c.email_key == email_key, table.c.purpose == purpose.value)
            connection.execute(delete(table).where(*of_address))
        token = secrets.token_urlsafe(TOKEN_BYTES)
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        minutes = FREEZE_DAYS * 24 * 60 if purpose is Purpose.FREEZE else MINUTES
        connection.execute(
            insert(table).values(
                token_hash=hash_of(token),
                purpose=purpose.value,
                email=email,
                email_key=email_key,
                owner=owner,
                code_hash=_code_hash(hash_of(token), code),
                attempts=0,
                expires_at_us=now_us + minutes * 60_000_000,
            )
        )
        return Issued(token, code)

    def find_by_token(self, purpose: Purpose, token: str, now_us: int) -> Proof:
        """Find what a link proves; it is not used by that. Errors: `InvalidProof`."""
        conditions = (
            table.c.token_hash == hash_of(token),
            table.c.purpose == purpose.value,
            table.c.expires_at_us > now_us,
            table.c.attempts < ATTEMPTS_MAX,
        )
        with self._engine.connect() as connection:
            row = connection.execute(select(table).where(*conditions)).one_or_none()
        if row is None:
            raise InvalidProof("no such link")
        return Proof(row.token_hash, purpose, row.email, row.owner)

    def find_by_code(self, purpose: Purpose, email_key: str, code: str, now_us: int) -> Proof:
        """Find what a code proves, and count the attempt; it is not used by that. Errors: `InvalidProof`."""
        conditions = (
            table.c.email_key == email_key,
            table.c.purpose == purpose.value,
            table.c.expires_at_us > now_us,
            table.c.attempts < ATTEMPTS_MAX,
        )
        with self._engine.begin() as connection:
            counted = update(table).where(*conditions).values(attempts=table.c.attempts + 1).returning(table)
            row = connection.execute(counted).one_or_none()
        if row is None or not secrets.compare_digest(row.code_hash, _code_hash(row.token_hash, code)):
            raise InvalidProof("no such code")
        return Proof(row.token_hash, purpose, row.email, row.owner)

    def use(self, connection: Connection, proof: Proof) -> None:
        """Use a proof up, in the transaction of what it allows. Errors: `InvalidProof` if someone was first."""
        if connection.execute(delete(table).where(table.c.token_hash == proof.token_hash)).rowcount != 1:
            raise InvalidProof("used already")

    def forget_expired(self, now_us: int) -> None:
        """Delete what is too old."""
        with self._engine.begin() as connection:
            connection.execute(delete(table).where(table.c.expires_at_us <= now_us))


def _code_hash(token_hash: str, code: str) -> str:
    return hashlib.sha256(f"{token_hash}:{code}".encode()).hexdigest()
