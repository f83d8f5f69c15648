"""Sub-accounts: owners of their own that a master made, sees into, and freezes.

A sub-account is a person with a parent and an address of the exchange's making, to which no mail is sent: it has no
password, acts by its keys alone, and its keys never reach the master's accounts but by the calls that say so. A managed
one is traded by its master and holds an investor's money: only the investor puts in and takes out.

Owns the tables `sub_accounts` and `sub_account_key_changes`. Calls block: off the event loop.

Invariants: a family has two generations; who is whose sub-account never changes; one that its master froze is frozen as
a person too, and a master unfreezes only what the master froze.
"""

import re
import secrets
import string
from enum import Enum
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, func, insert, select, update

from rialto.foundation.database import insert_into, one_at_a_time
from rialto.identity.people import EmailTaken, FrozenBy, InvalidEmail, People, PersonStatus, normalised
from rialto.identity.people_tables import people as people_table
from rialto.identity.sub_account_tables import sub_account_key_changes, sub_accounts
from rialto.identity.tables import owners

SUB_ACCOUNTS_PER_MASTER_MAX: Final = 1_000
NAME: Final = "^[A-Za-z0-9]{1,20}$"
_NAME = re.compile(NAME, re.ASCII)
_DOMAIN_LETTERS: Final = 8
_ATTEMPTS: Final = 5

c: Final = sub_accounts.c


class SubAccountKind(Enum):
    """What a sub-account is for."""

    VIRTUAL = "virtual"
    MANAGED = "managed"


class SubAccount(msgspec.Struct, frozen=True):
    """A sub-account as its master sees it."""

    owner: int
    parent: int
    email: str
    kind: SubAccountKind
    investor: int | None
    remark: str
    created_at_us: int
    is_active: bool
    has_futures: bool
    has_options: bool

    @property
    def is_managed(self) -> bool:
        """Whether it holds an investor's money."""
        return self.kind is SubAccountKind.MANAGED


class InvalidSubAccountName(Exception):
    """A text that no address can be made of."""


class TooManySubAccounts(Exception):
    """The master has as many as one may have."""


class NotAMaster(Exception):
    """A sub-account has no sub-accounts, and invests in none."""


class FrozenByOther(Exception):
    """The exchange froze the sub-account: its master cannot undo that."""


def family_lock(parent: int) -> str:
    """Name what makes changes of a family go one after the other."""
    return f"sub-accounts of {parent}"


class SubAccounts:
    """The sub-accounts there are."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._engine = people.engine

    def create(
        self, parent: int, name: str, now_us: int, *, investor: int | None = None, remark: str = ""
    ) -> SubAccount:
        """Make a sub-account of a master under an address made of a name; a managed one, if there is an investor.

        Errors: `InvalidSubAccountName`, `TooManySubAccounts`, `NotAMaster`.
        """
        if _NAME.fullmatch(name) is None:
            raise InvalidSubAccountName(f"{name[:80]!r}: give 1 to 20 letters and digits")
        kind = SubAccountKind.VIRTUAL if investor is None else SubAccountKind.MANAGED
        with self._engine.begin() as connection:
            for owner in (parent, investor):
                if owner is not None and _parent_of(connection, owner) is not None:
                    raise NotAMaster(f"owner {owner} is a sub-account")
            one_at_a_time(connection, family_lock(parent))
            status = connection.scalar(select(people_table.c.status).where(people_table.c.owner == parent))
            if status == PersonStatus.CLOSED.value:
                raise NotAMaster(f"owner {parent} is closed")
            held = connection.scalar(select(func.count()).where(c.parent == parent)) or 0
            if held >= SUB_ACCOUNTS_PER_MASTER_MAX:
                raise TooManySubAccounts(f"owner {parent} has {held} sub-accounts, the most there can be")
            person = self._register(connection, parent, name, kind, now_us)
            values: dict[str, object] = {"owner": person, "parent": parent, "kind": kind.value, "investor": investor}
            connection.execute(insert(sub_accounts).values(values | {"remark": remark, "created_at_us": now_us}))
            found = _one(connection, c.owner == person)
        assert found is not None
        return found

    def _register(self, connection: Connection, parent: int, name: str, kind: SubAccountKind, now_us: int) -> int:
        domain_end = "noemail.com" if kind is SubAccountKind.VIRTUAL else "managedsub.com"
        for _ in range(_ATTEMPTS):
            letters = "".join(secrets.choice(string.ascii_lowercase) for _ in range(_DOMAIN_LETTERS))
            email = f"{name.lower()}_virtual@{letters}{domain_end}"
            try:
                return self._people.register(email, now_us, parent=parent, connection=connection).owner
            except EmailTaken:
                continue
        raise InvalidSubAccountName(f"no free address was found for {name!r}; try again")

    def parent_of(self, owner: int) -> int | None:
        """Return the master of a sub-account; None for everyone else."""
        with self._engine.connect() as connection:
            return _parent_of(connection, owner)

    def find(self, owner: int) -> SubAccount | None:
        """Find a sub-account by the number of its owner."""
        with self._engine.connect() as connection:
            return _one(connection, c.owner == owner)

    def find_by_email(self, email: str) -> SubAccount | None:
        """Find a sub-account by its address."""
        person = self._people.find_by_email(email)
        return None if person is None or person.parent is None else self.find(person.owner)

    def emails_of(self, numbers: set[int]) -> dict[int, str]:
        """Return the addresses of owners; of those who are no people, their names."""
        with self._engine.connect() as connection:
            named = select(owners.c.id, func.coalesce(people_table.c.email, owners.c.name))
            statement = named.select_from(owners.outerjoin(people_table, people_table.c.owner == owners.c.id))
            return {row[0]: row[1] for row in connection.execute(statement.where(owners.c.id.in_(numbers)))}

    def of_parent(
        self, parent: int, *, email: str | None = None, is_frozen: bool | None = None, skip: int = 0, limit: int
    ) -> list[SubAccount]:
        """List a master's sub-accounts, oldest first."""
        return self._listed(c.parent == parent, email, is_frozen, skip, limit)

    def of_investor(self, investor: int, *, email: str | None = None, skip: int = 0, limit: int) -> list[SubAccount]:
        """List the managed sub-accounts that hold an investor's money, oldest first."""
        return self._listed(c.investor == investor, email, None, skip, limit)

    def count_of_parent(self, parent: int) -> int:
        """Count a master's sub-accounts."""
        return self._count(c.parent == parent)

    def count_of_investor(self, investor: int) -> int:
        """Count the managed sub-accounts that hold an investor's money."""
        return self._count(c.investor == investor)

    def allow_futures(self, owner: int, now_us: int) -> None:
        """Let a sub-account trade futures from now on."""
        self._set_once(owner, futures_since_us=now_us)

    def allow_options(self, owner: int, now_us: int) -> None:
        """Let a sub-account trade options from now on."""
        self._set_once(owner, options_since_us=now_us)

    def freeze(self, owner: int, now_us: int) -> None:
        """Let a sub-account do nothing any more: its keys rest."""
        self._set_once(owner, frozen_at_us=now_us)
        self._people.freeze(owner, now_us, FrozenBy.MASTER)

    def unfreeze(self, owner: int, now_us: int) -> None:
        """Let a sub-account that its master froze act again.

        Errors: `FrozenByOther` where the exchange froze it, before its master or after.
        """
        with self._engine.begin() as connection:
            connection.execute(update(sub_accounts).where(c.owner == owner).values(frozen_at_us=None))
        if not self._people.unfreeze(owner, now_us, FrozenBy.MASTER):
            raise FrozenByOther(f"sub-account {owner} was frozen by the exchange")

    def note_key_changed(self, key: str, now_us: int) -> None:
        """Remember when the addresses a key may be used from were changed."""
        with self._engine.begin() as connection:
            statement = insert_into(connection, sub_account_key_changes).values(key=key, changed_at_us=now_us)
            connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"changed_at_us": now_us}))

    def key_changed_at_us(self, key: str) -> int | None:
        """Return when the addresses a key may be used from were last changed; None if they never were."""
        with self._engine.connect() as connection:
            table = sub_account_key_changes
            return connection.scalar(select(table.c.changed_at_us).where(table.c.key == key))

    def _set_once(self, owner: int, **values: int) -> None:
        ((column, value),) = values.items()
        with self._engine.begin() as connection:
            statement = update(sub_accounts).where(c.owner == owner, c[column].is_(None))
            connection.execute(statement.values({column: value}))

    def _listed(
        self, whose: ColumnElement[bool], email: str | None, is_frozen: bool | None, skip: int, limit: int
    ) -> list[SubAccount]:
        statement = _selected().where(whose).order_by(c.owner).offset(skip).limit(limit)
        if email is not None:
            try:
                _, key = normalised(email)
            except InvalidEmail:
                return []
            statement = statement.where(people_table.c.email_key == key)
        if is_frozen is not None:
            is_active = people_table.c.status == PersonStatus.ACTIVE.value
            statement = statement.where(~is_active if is_frozen else is_active)
        with self._engine.connect() as connection:
            return [_sub_account(row) for row in connection.execute(statement)]

    def _count(self, whose: ColumnElement[bool]) -> int:
        with self._engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(sub_accounts).where(whose)) or 0


def _selected() -> Select[Any]:
    statement = select(*c, people_table.c.email, people_table.c.status)
    return statement.join_from(sub_accounts, people_table, people_table.c.owner == c.owner)


def _one(connection: Connection, condition: ColumnElement[bool]) -> SubAccount | None:
    row = connection.execute(_selected().where(condition)).one_or_none()
    return None if row is None else _sub_account(row)


def _parent_of(connection: Connection, owner: int) -> int | None:
    return connection.scalar(select(c.parent).where(c.owner == owner))


def _sub_account(row: Row[Any]) -> SubAccount:
    return SubAccount(
        owner=row.owner,
        parent=row.parent,
        email=row.email,
        kind=SubAccountKind(row.kind),
        investor=row.investor,
        remark=row.remark,
        created_at_us=row.created_at_us,
        is_active=row.status == PersonStatus.ACTIVE.value,
        has_futures=row.futures_since_us is not None,
        has_options=row.options_since_us is not None,
    )
