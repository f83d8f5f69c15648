"""The switch of fast withdrawals: whether what goes to somebody else here goes at once, without a chain and a fee.

Owns the table `fast_withdrawals`. On, unless it was switched off. Blocking: off the event loop.
"""

from sqlalchemy import Engine, delete, insert, select

from rialto.gateway.standing.tables import fast_withdrawals


class FastWithdrawals:
    """Everyone's switch."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def is_on(self, owner: int) -> bool:
        """Tell whether an owner's is on."""
        with self._engine.connect() as connection:
            found = connection.scalar(select(fast_withdrawals.c.is_on).where(fast_withdrawals.c.owner == owner))
        return found is not False

    def switch(self, owner: int, *, is_on: bool) -> None:
        """Switch an owner's on or off."""
        with self._engine.begin() as connection:
            connection.execute(delete(fast_withdrawals).where(fast_withdrawals.c.owner == owner))
            connection.execute(insert(fast_withdrawals).values(owner=owner, is_on=is_on))
