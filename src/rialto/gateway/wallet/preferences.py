"""What owners of wallets prefer, where the core has no part in it. Blocking: off the loop."""

from sqlalchemy import Engine, delete, insert, select

from rialto.gateway.wallet.tables import preferences


class Preferences:
    """Reads and keeps preferences."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def interest_discount(self, owner: int, wanted: bool | None = None) -> bool:
        """Return whether an owner pays interest in the discount asset; from now on as wanted, if that is said."""
        with self._engine.begin() as connection:
            if wanted is not None:
                connection.execute(delete(preferences).where(preferences.c.owner == owner))
                connection.execute(insert(preferences).values(owner=owner, interest_discount=wanted))
            found = connection.scalar(select(preferences.c.interest_discount).where(preferences.c.owner == owner))
        return bool(found)
