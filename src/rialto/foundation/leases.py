"""Leases: which of several processes on one database does what only one may do.

Whoever holds a lease changes its row again and again. Another takes it over once it has itself seen the row unchanged
for long enough: no clocks are compared. A holder trusts its lease for less than that since it last began to renew it,
by a clock that also runs while the machine sleeps; so one that was paused knows, before it does anything, that it may
have been deposed. What it writes to the same database is fenced besides: `fence` makes a transaction fail whose writer
was deposed, and keeps the lease from being taken over until the transaction has ended.

State: the token held, and since when; what was seen of another's. Tokens only grow. Owns the table `leases`. What reads
or writes the database blocks: call it off the event loop, from one thread at a time.
"""

import secrets
import time
from collections.abc import Callable
from typing import Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

UNCHANGED_FOR_S: Final = 10
"""How long a lease must be seen unchanged before it is taken over."""

TRUSTED_FOR_S: Final = 7
"""How long a holder trusts it after it last began to renew it."""

RENEWED_EVERY_S: Final = 2

FREE: Final = ""
_NS: Final = 1_000_000_000

metadata: Final = MetaData()

leases: Final = Table(
    "leases",
    metadata,
    Column("name", String(32), nullable=False),
    # Empty when it was let go.
    Column("holder", String(32), nullable=False),
    # Another whenever somebody takes it; and how often that one has renewed it.
    Column("token", BigInteger, nullable=False),
    Column("renewals", BigInteger, nullable=False),
    PrimaryKeyConstraint("name"),
)


class LeaseLost(Exception):
    """What only the holder of a lease may do was not done: another may hold it."""


class _Seen(NamedTuple):
    holder: str
    token: int
    renewals: int


def slept_through_ns() -> int:
    """Return a time that only grows, also while the machine sleeps."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


class Lease:
    """One process's view of a lease."""

    def __init__(self, engine: Engine, name: str, now_ns: Callable[[], int] = slept_through_ns) -> None:
        """`engine` needs one connection, of its own, that nothing else keeps waiting."""
        self._engine = engine
        self._name = name
        self._now_ns = now_ns
        self._holder: Final = secrets.token_hex(16)
        self._token: int | None = None
        self._trusted_until_ns = 0
        self._seen: _Seen | None = None
        self._seen_ns = 0

    @property
    def is_held(self) -> bool:
        """Whether this process may still act as the holder."""
        return self._token is not None and self._now_ns() < self._trusted_until_ns

    @property
    def seconds_left(self) -> int:
        """For how many seconds more it may, rounded up."""
        return 0 if self._token is None else max(0, -(-(self._trusted_until_ns - self._now_ns()) // _NS))

    def check(self) -> None:
        """Make sure that this process may act as the holder. Errors: `LeaseLost`."""
        if not self.is_held:
            raise LeaseLost(f"the lease {self._name} is not held here any more")

    def fence(self, connection: Connection) -> None:
        """Make sure of it in a transaction, as the last thing before its end. Errors: `LeaseLost`."""
        held = select(leases.c.token).where(leases.c.name == self._name).with_for_update(read=True)
        if self._token is None or connection.scalar(held) != self._token:
            raise LeaseLost(f"the lease {self._name} was taken over by another process")

    def take(self) -> bool:
        """Take the lease if it is free, or was not renewed for long enough; tell whether it is held now.

        Errors: SQLAlchemy's own.
        """
        began_ns = self._now_ns()
        c = leases.c
        with self._engine.connect() as connection:
            row = connection.execute(select(c.holder, c.token, c.renewals).where(c.name == self._name)).one_or_none()
        if row is None:
            return self._make(began_ns)
        found = _Seen(*row)
        if found != self._seen:
            self._seen, self._seen_ns = found, began_ns
        if found.holder != FREE and began_ns - self._seen_ns < UNCHANGED_FOR_S * _NS:
            return False
        return self._take_over(found, began_ns)

    def renew(self) -> bool:
        """Renew it; false when another has taken it. Errors: SQLAlchemy's own, after which it may be tried again."""
        token = self._token
        if token is None:
            return False
        began_ns = self._now_ns()
        c = leases.c
        with self._engine.begin() as connection:
            ours = update(leases).where(c.name == self._name, c.token == token, c.holder == self._holder)
            is_ours = connection.execute(ours.values(renewals=c.renewals + 1)).rowcount == 1
        if is_ours:
            self._trusted_until_ns = began_ns + TRUSTED_FOR_S * _NS
        else:
            self.lose()
        return is_ours

    def lose(self) -> None:
        """Act as the holder no more; another takes it over in time."""
        self._token = self._seen = None

    def let_go(self) -> None:
        """Let another take it at once. Errors: SQLAlchemy's own."""
        token = self._token
        self.lose()
        if token is not None:
            c = leases.c
            with self._engine.begin() as connection:
                connection.execute(update(leases).where(c.name == self._name, c.token == token).values(holder=FREE))

    def _make(self, began_ns: int) -> bool:
        try:
            with self._engine.begin() as connection:
                values = {"name": self._name, "holder": self._holder, "token": 1, "renewals": 0}
                connection.execute(insert(leases).values(values))
        except IntegrityError:
            return False  # Another was quicker.
        return self._hold(1, began_ns)

    def _take_over(self, found: _Seen, began_ns: int) -> bool:
        c = leases.c
        values = {"holder": self._holder, "token": found.token + 1, "renewals": 0}
        same = (c.name == self._name, c.token == found.token, c.renewals == found.renewals)
        with self._engine.begin() as connection:
            is_ours = connection.execute(update(leases).where(*same).values(values)).rowcount == 1
        return is_ours and self._hold(found.token + 1, began_ns)

    def _hold(self, token: int, began_ns: int) -> bool:
        self._token, self._seen = token, None
        self._trusted_until_ns = began_ns + TRUSTED_FOR_S * _NS
        return True
