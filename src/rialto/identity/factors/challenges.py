"""Challenges that passkeys answer: each made here, good for five minutes and for one answer.

Owns `factor_challenges`. A challenge is taken out by whoever answers, right or wrong. Bounded: past a person's
`CHALLENGES_PER_OWNER_MAX`, and past `CHALLENGES_MAX` of those that are nobody's yet, the oldest are forgotten.
"""

import os
import secrets
from enum import Enum
from typing import Final, NamedTuple

from sqlalchemy import Connection, Engine, delete, insert, select

from rialto.identity.factors.kinds import FactorRefused
from rialto.identity.factors.tables import factor_challenges

CHALLENGE_BYTES: Final = 32
LIFE_US: Final = 300_000_000
CHALLENGES_PER_OWNER_MAX: Final = 8
CHALLENGES_MAX: Final = 10_000


class Purpose(Enum):
    """What a challenge is answered for: one made for one thing proves nothing for another."""

    REGISTER = "register"
    PROVE = "prove"
    LOG_IN = "log-in"


class Challenge(NamedTuple):
    """What is to be signed, and what a passkey made for it knows the person by."""

    signed: bytes
    user_handle: bytes


class Challenges:
    """Challenges that wait for an answer."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def make(self, purpose: Purpose, owner: int | None, now_us: int, user_handle: bytes = b"") -> tuple[str, bytes]:
        """Make a challenge for a person, or for whoever answers; return its name and the bytes to be signed."""
        name, challenge = secrets.token_urlsafe(32), os.urandom(CHALLENGE_BYTES)
        with self._engine.begin() as connection:
            connection.execute(delete(factor_challenges).where(factor_challenges.c.expires_at_us <= now_us))
            self._make_room(connection, owner)
            connection.execute(
                insert(factor_challenges).values(
                    id=name,
                    owner=owner,
                    purpose=purpose.value,
                    challenge=challenge,
                    user_handle=user_handle,
                    expires_at_us=now_us + LIFE_US,
                )
            )
        return name, challenge

    def take(self, name: str, purpose: Purpose, owner: int | None, now_us: int) -> Challenge:
        """Take a challenge out and return it. Errors: `FactorRefused` when there is none such, or no more."""
        statement = delete(factor_challenges).where(
            factor_challenges.c.id == name,
            factor_challenges.c.purpose == purpose.value,
            factor_challenges.c.owner.is_(None) if owner is None else factor_challenges.c.owner == owner,
        )
        columns = factor_challenges.c
        returned = statement.returning(columns.challenge, columns.user_handle, columns.expires_at_us)
        with self._engine.begin() as connection:
            taken = connection.execute(returned).one_or_none()
        if taken is None or taken.expires_at_us <= now_us:
            raise FactorRefused("the challenge was answered before or has expired; begin again")
        return Challenge(taken.challenge, taken.user_handle)

    def _make_room(self, connection: Connection, owner: int | None) -> None:
        whose = factor_challenges.c.owner.is_(None) if owner is None else factor_challenges.c.owner == owner
        kept = CHALLENGES_MAX if owner is None else CHALLENGES_PER_OWNER_MAX
        newest = select(factor_challenges.c.id).where(whose).order_by(factor_challenges.c.expires_at_us.desc())
        surplus = connection.execute(newest.offset(kept - 1)).scalars().all()
        if surplus:
            connection.execute(delete(factor_challenges).where(factor_challenges.c.id.in_(surplus)))
