"""Recovery codes: ten, each good once, for who has lost everything else.

Owns `recovery_codes`. A code has 80 bits of randomness, so that its plain hash cannot be guessed back and none needs to
be slow; they are shown once, when they are made, and new ones replace the old.
"""

import hashlib
import secrets
from typing import Final

from sqlalchemy import Engine, delete, func, insert, select, update

from rialto.identity.factors.kinds import Also, FactorRefused, nothing_else
from rialto.identity.factors.tables import recovery_codes

CODES: Final = 10
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS: Final = 16
_GROUP: Final = 4
_LOOKALIKES: Final = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})


class RecoveryCodes:
    """The codes of each person."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def renew(self, owner: int, also: Also = nothing_else) -> tuple[str, ...]:
        """Make new codes in place of all there were, and return them; they are never returned again."""
        made = tuple("".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS)) for _ in range(CODES))
        rows = [{"owner": owner, "digest": _digest(owner, code)} for code in made]
        with self._engine.begin() as connection:
            connection.execute(delete(recovery_codes).where(recovery_codes.c.owner == owner))
            connection.execute(insert(recovery_codes), rows)
            also(connection)
        return tuple("-".join(code[at : at + _GROUP] for at in range(0, _LETTERS, _GROUP)) for code in made)

    def left(self, owner: int) -> int:
        """Count the codes that are still good."""
        statement = select(func.count()).where(recovery_codes.c.owner == owner, recovery_codes.c.used_at_us.is_(None))
        with self._engine.connect() as connection:
            return connection.scalar(statement) or 0

    def use(self, owner: int, code: str, now_us: int) -> None:
        """Accept a code, once. Errors: `FactorRefused`."""
        statement = update(recovery_codes).where(
            recovery_codes.c.owner == owner,
            recovery_codes.c.digest == _digest(owner, code.upper().translate(_LOOKALIKES)),
            recovery_codes.c.used_at_us.is_(None),
        )
        with self._engine.begin() as connection:
            if connection.execute(statement.values(used_at_us=now_us)).rowcount != 1:
                raise FactorRefused("the recovery code is wrong or was used before")

    def remove(self, owner: int) -> None:
        """Forget all codes of a person."""
        with self._engine.begin() as connection:
            connection.execute(delete(recovery_codes).where(recovery_codes.c.owner == owner))


def _digest(owner: int, code: str) -> bytes:
    return hashlib.sha256(b"recovery code of %d: %b" % (owner, code.encode(errors="replace"))).digest()
