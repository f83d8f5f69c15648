"""Codes by mail, for people without a second factor: their withdrawal waits until they enter one.

Owns the table `withdrawal_codes`. A code is good for one withdrawal, a short time and a few attempts. Calls block: off
the event loop.
"""

import hashlib
import hmac
import secrets
from typing import Final

from sqlalchemy import Engine, delete, insert, update

from rialto.custody.withdrawals.tables import confirmation_codes

ATTEMPTS_MAX: Final = 5
CODE_DIGITS: Final = 8


class ConfirmationCodes:
    """The codes that were mailed and not used."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def make(self, withdrawal: str, owner: int, expires_at_us: int) -> str:
        """Make a code for a withdrawal, in place of an earlier one."""
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        values = {
            "withdrawal": withdrawal,
            "owner": owner,
            "digest": _digest(withdrawal, code),
            "attempts": 0,
            "expires_at_us": expires_at_us,
        }
        with self._engine.begin() as connection:
            connection.execute(delete(confirmation_codes).where(confirmation_codes.c.withdrawal == withdrawal))
            connection.execute(insert(confirmation_codes).values(values))
        return code

    def use(self, withdrawal: str, owner: int, code: str, now_us: int) -> bool:
        """Tell whether a code is the right one; every try counts, and the right one is good once.

        A try is counted before it is looked at, so that many at once are no more than many in turn.
        """
        c = confirmation_codes.c
        mine = (c.withdrawal == withdrawal, c.owner == owner)
        is_open = (*mine, c.attempts < ATTEMPTS_MAX, c.expires_at_us > now_us)
        with self._engine.begin() as connection:
            counted = update(confirmation_codes).where(*is_open).values(attempts=c.attempts + 1).returning(c.digest)
            digest: str | None = connection.scalar(counted)
            if digest is None or not hmac.compare_digest(digest, _digest(withdrawal, code)):
                return False
            return connection.execute(delete(confirmation_codes).where(*mine, c.digest == digest)).rowcount == 1


def _digest(withdrawal: str, code: str) -> str:
    return hashlib.sha256(f"{withdrawal} {code}".encode()).hexdigest()
