"""Closing an account for good, and what of its person's data goes when.

    asked ─▶ canceled        asked ─▶ closed ─▶ destroyed

Asked for, it is done after a time in which the person can take it back. With the end of the account its person's name
is gone from it: their address becomes a random one, and what no law has kept is deleted. What the law has kept is
destroyed when its years are over, with the key it is sealed under. The books stay as they are: they name a number.

Owns the table `closings`. Whose data is held is not closed, and not told so. Calls block: off the event loop.
"""

import secrets
from enum import Enum
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from rialto.foundation.database import one_at_a_time
from rialto.foundation.settings.privacy import PrivacySettings
from rialto.identity.behaviour import DONE, BehaviourLog
from rialto.identity.mail import Mailer
from rialto.identity.people import PersonStatus
from rialto.identity.people_tables import people
from rialto.identity.privacy.declaration import Kept
from rialto.identity.privacy.exports import destroy as destroy_exports
from rialto.identity.privacy.holds import held_alone, held_owners, lock
from rialto.identity.privacy.schema import Schema
from rialto.identity.privacy.tables import closings, exports
from rialto.identity.sub_account_tables import sub_accounts
from rialto.identity.sub_accounts import family_lock

DAY_US: Final = 86_400_000_000
YEAR_DAYS: Final = 366
"""A year of what is kept: none is kept too short for a leap day."""

DUE_MAX: Final = 100
"""How many are closed in one go."""

c: Final = closings.c


class ClosingState(Enum):
    """Where it is."""

    ASKED = "asked"
    CANCELED = "canceled"
    CLOSED = "closed"
    DESTROYED = "destroyed"


class Closing(msgspec.Struct, frozen=True, array_like=True):
    """That an account is to be closed, or was."""

    id: int
    owner: int
    state: ClosingState
    asked_at_us: int
    due_at_us: int
    ended_at_us: int | None
    destroy_at_us: int | None


class ClosingAlready(Exception):
    """It was asked for before."""


class NothingToCancel(Exception):
    """It was not asked for, or is done."""


class Closings:
    """The closings there are."""

    def __init__(
        self, engine: Engine, schema: Schema, behaviour: BehaviourLog, mailer: Mailer, settings: PrivacySettings
    ) -> None:
        self._engine = engine
        self._schema = schema
        self._behaviour = behaviour
        self._mailer = mailer
        self._settings = settings

    def of_owner(self, owner: int) -> Closing | None:
        """Find what is asked for of an account."""
        with self._engine.connect() as connection:
            row = connection.execute(select(closings).where(c.owner == owner, *_open())).one_or_none()
        return None if row is None else _closing(row)

    def ask(self, owner: int, address: str, client: str, now_us: int) -> Closing:
        """Ask for an account to be closed. Errors: `ClosingAlready`, `MailQueueFull`."""
        values = {
            "owner": owner,
            "state": ClosingState.ASKED.value,
            "asked_at_us": now_us,
            "due_at_us": now_us + self._settings.closing_days * DAY_US,
        }
        with self._engine.begin() as connection:
            try:
                row = connection.execute(insert(closings).values(values).returning(closings)).one()
            except IntegrityError:
                raise ClosingAlready(f"owner {owner}") from None
            self._behaviour.note(owner, "self", "closing-asked", address, client, DONE, "", now_us, connection)
            self._mailer.send(owner, "closing-asked", {"days": self._settings.closing_days}, connection)
        return _closing(row)

    def cancel(self, owner: int, address: str, client: str, now_us: int) -> None:
        """Take it back. Errors: `NothingToCancel`, `MailQueueFull`."""
        values = {"state": ClosingState.CANCELED.value, "ended_at_us": now_us}
        is_asked = (c.owner == owner, c.state == ClosingState.ASKED.value)
        with self._engine.begin() as connection:
            if connection.execute(update(closings).where(*is_asked).values(values)).rowcount == 0:
                raise NothingToCancel(f"owner {owner}")
            self._behaviour.note(owner, "self", "closing-canceled", address, client, DONE, "", now_us, connection)
            self._mailer.send(owner, "closing-canceled", {}, connection)

    def due(self, now_us: int) -> list[Closing]:
        """List what is to be closed now; who is frozen or held is not, nor whose sub-account is held."""
        is_due = (c.state == ClosingState.ASKED.value, c.due_at_us <= now_us)
        held = select(sub_accounts.c.parent).where(sub_accounts.c.owner.in_(held_alone()))
        return self._unheld(*is_due, people.c.status != PersonStatus.FROZEN.value, c.owner.not_in(held))

    def finish(self, closing: Closing, now_us: int) -> bool:
        """End an account in one transaction; tell whether it was: not if it was taken back or its data is held.

        Its sub-accounts end with it. Precondition: nothing of any of them is owed or open, their keys are revoked, and
        the person can do nothing any more.
        """
        owner = closing.owner
        destroy_at_us = now_us + self._settings.retention_years * YEAR_DAYS * DAY_US
        values = {"state": ClosingState.CLOSED.value, "ended_at_us": now_us, "destroy_at_us": destroy_at_us}
        with self._engine.begin() as connection:
            one_at_a_time(connection, family_lock(owner))
            members = _members(connection, owner)
            for member in members:
                lock(connection, member)
            if held_owners(connection).intersection(members):
                return False
            if not self._take(connection, closing, ClosingState.ASKED, values):
                return False
            address = connection.execute(select(people.c.email).where(people.c.owner == owner)).scalar_one()
            about = {"asked_at_us": closing.asked_at_us, "due_at_us": closing.due_at_us}
            for member in members:
                connection.execute(insert(closings).values({"owner": member, **about, **values}))
            is_member = people.c.owner.in_(members)
            connection.execute(update(people).where(is_member).values(status=PersonStatus.CLOSED.value, frozen_by=None))
            for each in (*members, owner):
                self._end(connection, each, now_us)
            self._mailer.send(address, "account-closed", {}, connection)
        return True

    def _end(self, connection: Connection, owner: int, now_us: int) -> None:
        destroy_exports(connection, exports.c.owner == owner)
        self._delete(connection, owner, Kept.ACCOUNT)
        self._blank(connection, owner)
        self._behaviour.erase(owner, connection)
        self._behaviour.note(owner, "exchange", "account-closed", "", "", DONE, "", now_us, connection)

    def members_of(self, owner: int) -> list[int]:
        """List the sub-accounts that are closed with an account."""
        with self._engine.connect() as connection:
            return _members(connection, owner)

    def put_off(self, closing: Closing) -> None:
        """Let a person act again whose account cannot be closed now; nobody comes back whose account is."""
        of_person = (people.c.owner == closing.owner, people.c.status == PersonStatus.CLOSED.value)
        with self._engine.begin() as connection:
            lock(connection, closing.owner)
            if connection.scalar(select(c.state).where(c.id == closing.id)) == ClosingState.ASKED.value:
                connection.execute(update(people).where(*of_person).values(status=PersonStatus.ACTIVE.value))

    def destroyable(self, now_us: int) -> list[Closing]:
        """List what the law has kept for long enough, of who is not held."""
        return self._unheld(c.state == ClosingState.CLOSED.value, c.destroy_at_us <= now_us)

    def destroy(self, closing: Closing, now_us: int) -> bool:
        """Destroy what the law had kept; tell whether it was: not if it is held."""
        with self._engine.begin() as connection:
            if not self._take(connection, closing, ClosingState.CLOSED, {"state": ClosingState.DESTROYED.value}):
                return False
            self._delete(connection, closing.owner, Kept.LAW)
            about = (closing.owner, "exchange", "data-destroyed", "", "", DONE, "")
            self._behaviour.note(*about, now_us, connection)
        return True

    def _take(self, connection: Connection, closing: Closing, state: ClosingState, values: dict[str, Any]) -> bool:
        """Go on to the next state, unless it is not in this one any more or the person is held."""
        lock(connection, closing.owner)
        if closing.owner in held_owners(connection):
            return False
        statement = update(closings).where(c.id == closing.id, c.state == state.value).values(values)
        return connection.execute(statement).rowcount == 1

    def _delete(self, connection: Connection, owner: int, kept: Kept) -> None:
        for declared in self._schema.children_first():
            if declared.kept is kept:
                whose = self._schema.of_owner(declared, owner)
                connection.execute(delete(self._schema.table(declared)).where(whose))

    def _blank(self, connection: Connection, owner: int) -> None:
        token = secrets.token_hex(16)
        for declared in self._schema.personal:
            if declared.blank:
                values = {
                    name: value.format(token=token) if isinstance(value, str) else value
                    for name, value in declared.blank.items()
                }
                whose = self._schema.of_owner(declared, owner)
                connection.execute(update(self._schema.table(declared)).where(whose).values(values))

    def _unheld(self, *conditions: Any) -> list[Closing]:
        statement = select(closings).join(people, people.c.owner == c.owner).where(*conditions)
        with self._engine.connect() as connection:
            held = held_owners(connection)
            others = statement.where(c.owner.not_in(held)) if held else statement
            return [_closing(row) for row in connection.execute(others.order_by(c.due_at_us).limit(DUE_MAX))]


def _members(connection: Connection, owner: int) -> list[int]:
    theirs = select(sub_accounts.c.owner).where(sub_accounts.c.parent == owner)
    return list(connection.scalars(theirs.order_by(sub_accounts.c.owner)))


def _open() -> tuple[Any, ...]:
    return (c.state != ClosingState.CANCELED.value,)


def _closing(row: Row[Any]) -> Closing:
    return msgspec.convert(tuple(row), Closing)
