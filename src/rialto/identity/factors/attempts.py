"""How often a code may be guessed.

Owns `factor_attempts`. Every guess is counted before it is looked at, so that many at once are no more than many in
turn; a right one clears the count. Past `FREE_ATTEMPTS` wrong ones in a row each further one makes all codes wait,
longer each time and never longer than an hour. Only codes that can be guessed are counted: whoever knows a person's
password can make their authenticator wait, and never their passkey or their recovery codes.
"""

from typing import Final

from sqlalchemy import ColumnElement, Connection, Engine, delete, select, update

from rialto.foundation.database import insert_into
from rialto.identity.factors.kinds import TooManyAttempts
from rialto.identity.factors.tables import factor_attempts

FREE_ATTEMPTS: Final = 5
FIRST_WAIT_US: Final = 30_000_000
LONGEST_WAIT_US: Final = 3_600_000_000


class Attempts:
    """Counts guesses."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def count(self, owner: int, now_us: int) -> None:
        """Count a guess that is about to be looked at. Errors: `TooManyAttempts`."""
        with self._engine.begin() as connection:
            while (failures := self._counted(connection, owner, now_us)) is None:
                until_us = connection.scalar(select(factor_attempts.c.blocked_until_us).where(_of(owner)))
                if until_us is not None and until_us > now_us:
                    raise TooManyAttempts(until_us)
                # What made it wait was cleared meanwhile by a right one.
            if failures >= FREE_ATTEMPTS:
                wait_us = min(LONGEST_WAIT_US, FIRST_WAIT_US << min(failures - FREE_ATTEMPTS, 32))
                connection.execute(update(factor_attempts).where(_of(owner)).values(blocked_until_us=now_us + wait_us))

    def clear(self, owner: int) -> None:
        """Forget the guesses: the last one was right."""
        with self._engine.begin() as connection:
            connection.execute(delete(factor_attempts).where(_of(owner)))

    def _counted(self, connection: Connection, owner: int, now_us: int) -> int | None:
        """Count in one statement, so that no guess comes between; return how many there are, None if codes wait."""
        statement = insert_into(connection, factor_attempts).values(owner=owner, failures=1, blocked_until_us=0)
        failures: int | None = connection.scalar(
            statement.on_conflict_do_update(
                index_elements=["owner"],
                set_={"failures": factor_attempts.c.failures + 1},
                where=factor_attempts.c.blocked_until_us <= now_us,
            ).returning(factor_attempts.c.failures)
        )
        return failures


def _of(owner: int) -> ColumnElement[bool]:
    return factor_attempts.c.owner == owner
