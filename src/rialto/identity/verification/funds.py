"""Where a person's money comes from, as they state it: kept sealed under their own key, read by who reviews their case.

Owns the table `verification_funds`. What is stated later takes the place of what was. Calls block: off the event loop.
"""

from enum import Enum
from typing import Final

import msgspec
from sqlalchemy import Engine, delete, insert, select

from rialto.identity.verification.tables import verification_funds
from rialto.identity.verification.vault import Vault

_USE: Final = "source of funds"


class FundsSource(Enum):
    """Where money comes from, mostly."""

    EMPLOYMENT = "employment"
    BUSINESS = "business"
    INVESTMENTS = "investments"
    SAVINGS = "savings"
    PENSION = "pension"
    INHERITANCE = "inheritance"
    PROPERTY = "property"
    DIGITAL_ASSETS = "digital-assets"
    OTHER = "other"


class Funds(msgspec.Struct, frozen=True):
    """What a person states. Volumes are whole units of the asset that limits are told in, for a month."""

    occupation: str
    source: FundsSource
    details: str
    wealth_source: FundsSource
    expected_deposits: int
    expected_trades: int


class FundsStatements:
    """Everybody's statements."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def state(self, owner: int, funds: Funds, now_us: int) -> None:
        """Keep what a person states."""
        c = verification_funds.c
        with self._vault.master_key.sealing(), self._engine.begin() as connection:
            sealed = self._vault.seal(connection, owner, _USE, msgspec.msgpack.encode(funds))
            connection.execute(delete(verification_funds).where(c.owner == owner))
            connection.execute(insert(verification_funds).values(owner=owner, sealed=sealed, given_at_us=now_us))

    def given_at_us(self, owner: int) -> int | None:
        """Return when a person stated it; None if they did not."""
        with self._engine.connect() as connection:
            return connection.scalar(
                select(verification_funds.c.given_at_us).where(verification_funds.c.owner == owner)
            )

    def of_owner(self, owner: int) -> Funds | None:
        """Return what a person stated. Errors: `BrokenSeal`."""
        c = verification_funds.c
        with self._engine.connect() as connection:
            sealed = connection.scalar(select(c.sealed).where(c.owner == owner))
            if sealed is None:
                return None
            return msgspec.msgpack.decode(self._vault.open(connection, owner, _USE, sealed), type=Funds)
