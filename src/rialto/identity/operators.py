"""Operators: people who may act on the exchange itself, each in some roles.

Owns the table `operators` and keeps it in memory, so that asking costs nothing; `refresh` takes over what other
processes changed. What reads or writes the database blocks.
"""

from collections.abc import Iterable
from enum import Enum
from typing import Final

from sqlalchemy import Connection, Engine, delete, insert, select

from rialto.identity.operator_tables import operators


class Role(Enum):
    """What somebody may act on."""

    SUPPORT = "support"
    RISK = "risk"
    LISTING = "listing"
    FINANCE = "finance"
    SECURITY = "security"
    OWNER = "owner"
    """Names the others."""


NO_ROLES: Final[frozenset[Role]] = frozenset()


class Operators:
    """Who has which roles."""

    def __init__(self, engine: Engine) -> None:
        self.engine: Final = engine
        """Where they lie, for what is changed in one transaction with them."""
        self._known: dict[int, frozenset[Role]] = {}
        self.refresh()

    def roles_of(self, owner: int) -> frozenset[Role]:
        """Tell somebody's roles, from memory; none for who is no operator."""
        return self._known.get(owner, NO_ROLES)

    def is_operator(self, owner: int) -> bool:
        """Tell from memory whether somebody has a role."""
        return owner in self._known

    def all(self) -> dict[int, frozenset[Role]]:
        """List them, from memory."""
        return dict(sorted(self._known.items()))

    def name(self, owner: int, roles: Iterable[Role], now_us: int, connection: Connection | None = None) -> None:
        """Give somebody these roles and no others; without any they are no operator any more."""
        if connection is None:
            with self.engine.begin() as own:
                self.name(owner, roles, now_us, own)
            self.refresh()
            return
        connection.execute(delete(operators).where(operators.c.owner == owner))
        words = " ".join(sorted({role.value for role in roles}))
        if words:
            connection.execute(insert(operators).values(owner=owner, roles=words, named_at_us=now_us))

    def refresh(self) -> None:
        """Read who they are."""
        with self.engine.connect() as connection:
            rows = connection.execute(select(operators.c.owner, operators.c.roles)).all()
        self._known = {row.owner: frozenset(Role(word) for word in row.roles.split()) for row in rows}
