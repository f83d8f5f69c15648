"""People: who there is, in which state, and what holds them back.

A person is an owner with an e-mail address. Owns the table `people` and, in memory, who is frozen or closed, so that
asking whether someone may act does no I/O. Calls that read or write the database block: they belong off the event loop.
What another process changes is taken over by `refresh`.

Sub-accounts of someone who is not active are not either.

Who is under review may log in and look, and do neither trade nor withdraw.

Invariants: an address, however it is spelt, belongs to one person at most; who is not active can neither log in nor
have a key or a session accepted.
"""

import secrets
from collections.abc import Callable
from enum import Enum
from threading import Lock
from typing import Final

import msgspec
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import ColumnElement, Connection, Engine, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from rialto.identity.owners import OwnerKind
from rialto.identity.people_tables import EMAIL_LENGTH_MAX, people
from rialto.identity.sub_account_tables import sub_accounts
from rialto.identity.tables import owners


class PersonStatus(Enum):
    """Whether someone may act."""

    ACTIVE = "active"
    FROZEN = "frozen"
    CLOSED = "closed"


class FrozenBy(Enum):
    """Who froze someone, and so who may undo it. An operator may undo what anybody froze."""

    OWNER = "owner"
    MASTER = "master"
    """The master of a sub-account."""
    OPERATOR = "operator"


class LockReason(Enum):
    """Why withdrawals are locked for a time."""

    PASSWORD_CHANGED = "password-changed"  # noqa: S105 - the name of a reason
    FACTOR_CHANGED = "factor-changed"
    OPERATOR = "operator"
    """An operator locked them."""


class Person(msgspec.Struct, frozen=True, array_like=True):
    """Someone as they are known. `parent` is the master of a sub-account; `level` that of their verification."""

    owner: int
    email: str
    status: PersonStatus
    country: str | None
    level: int
    parent: int | None
    withdrawals_locked_until_us: int
    lock_reason: LockReason | None
    created_at_us: int
    is_under_review: bool = False
    endings: int = 0
    """How often all of their sessions had ended when this was read: a login that began before an ending fails."""


class InvalidEmail(Exception):
    """A text that is no address mail can be sent to."""


class EmailTaken(Exception):
    """Another person has the address."""


class NoSuchPerson(Exception):
    """There is no such person."""


_IS_ACTIVE: Final = people.c.status == PersonStatus.ACTIVE.value
_IS_FROZEN: Final = people.c.status == PersonStatus.FROZEN.value
_COLUMNS: Final = tuple(people.c[field] for field in Person.__struct_fields__)


class People:
    """The people there are."""

    def __init__(self, engine: Engine) -> None:
        self.engine: Final = engine
        """Where they lie, for those who change something of theirs in one transaction with something else."""
        self._refreshing = Lock()
        self._inactive: frozenset[int] = frozenset()
        self._under_review: frozenset[int] = frozenset()
        self._on_inactive: list[Callable[[int], object]] = []
        self.refresh()

    def find(self, owner: int) -> Person | None:
        """Find a person by the number of their owner."""
        return self._one(people.c.owner == owner)

    def find_by_email(self, email: str) -> Person | None:
        """Find a person by their address, however it is spelt; None too for what is no address."""
        try:
            _, key = normalised(email)
        except InvalidEmail:
            return None
        return self._one(people.c.email_key == key)

    def with_password(self, email_key: str) -> tuple[Person | None, str | None]:
        """Find a person by their normalised address, with the hash of their password as it is at the same moment."""
        statement = select(*_COLUMNS, people.c.password_hash).where(people.c.email_key == email_key)
        with self.engine.connect() as connection:
            row = connection.execute(statement).one_or_none()
        return (None, None) if row is None else (msgspec.convert(tuple(row[:-1]), Person), row[-1])

    def is_active(self, owner: int) -> bool:
        """Tell from memory whether an owner may act; owners who are no people may."""
        return owner not in self._inactive

    def is_under_review(self, owner: int) -> bool:
        """Tell from memory whether an owner may neither trade nor take anything out for now."""
        return owner in self._under_review

    @property
    def inactive(self) -> frozenset[int]:
        """Who may not act, from memory."""
        return self._inactive

    def when_inactive(self, call: Callable[[int], object]) -> None:
        """Have `call` told, on the thread that does it, of everyone who is frozen or closed from now on."""
        self._on_inactive.append(call)

    def register(
        self,
        email: str,
        now_us: int,
        *,
        password_hash: str | None = None,
        parent: int | None = None,
        owner: int | None = None,
        connection: Connection | None = None,
    ) -> Person:
        """Make a person, and the owner they are; in a transaction of the caller's, if one is given.

        With `owner`, the person is that one. Precondition: the owner is there, and no person yet.

        Errors: `InvalidEmail`, `EmailTaken`.
        """
        if connection is None:
            with self.engine.begin() as own:
                return self.register(
                    email, now_us, password_hash=password_hash, parent=parent, owner=owner, connection=own
                )
        address, key = normalised(email)
        if connection.scalar(select(people.c.owner).where(people.c.email_key == key)) is not None:
            raise EmailTaken("another person has this address")
        if owner is None:
            # Owners are named in the operator's lists: an address does not belong there.
            name = f"person-{secrets.token_hex(6)}"
            made = insert(owners).values(name=name, kind=OwnerKind.PERSON.value, created_at_us=now_us)
            owner = connection.execute(made.returning(owners.c.id)).scalar_one()
        try:
            connection.execute(
                insert(people).values(
                    owner=owner,
                    email=address,
                    email_key=key,
                    status=PersonStatus.ACTIVE.value,
                    level=0,
                    parent=parent,
                    withdrawals_locked_until_us=0,
                    password_hash=password_hash,
                    created_at_us=now_us,
                )
            )
        except IntegrityError as error:
            raise EmailTaken("another person has this address") from error
        return Person(owner, address, PersonStatus.ACTIVE, None, 0, parent, 0, None, now_us)

    def set_level(self, owner: int, level: int, now_us: int, connection: Connection | None = None) -> None:
        """State how far a person is verified. Errors: `NoSuchPerson`."""
        _ = now_us
        self._update(owner, connection, level=level)

    def set_country(self, owner: int, country: str | None, connection: Connection | None = None) -> None:
        """State where a person lives, by the two letters of ISO 3166. Errors: `NoSuchPerson`."""
        self._update(owner, connection, country=country)

    def set_under_review(self, owner: int, connection: Connection, *, is_under_review: bool) -> None:
        """State whether someone may trade and take things out; `refresh` takes it over. Who is no person always may."""
        values = {"is_under_review": is_under_review}
        connection.execute(update(people).where(people.c.owner == owner).values(values))

    def lock_withdrawals(
        self, owner: int, until_us: int, reason: LockReason, connection: Connection | None = None
    ) -> None:
        """Let a person withdraw nothing until then. A lock that lasts longer stays. Errors: `NoSuchPerson`."""
        if connection is None:
            with self.engine.begin() as own:
                self.lock_withdrawals(owner, until_us, reason, own)
            return
        held = connection.scalar(select(people.c.withdrawals_locked_until_us).where(people.c.owner == owner))
        if held is None:
            raise NoSuchPerson(f"there is no person {owner}")
        if held <= until_us:
            values = {"withdrawals_locked_until_us": until_us, "lock_reason": reason.value}
            connection.execute(update(people).where(people.c.owner == owner).values(values))

    def freeze(self, owner: int, now_us: int, by: FrozenBy = FrozenBy.OPERATOR) -> bool:
        """Let a person do nothing any more: their sessions end, their keys rest. Tell whether they are frozen now.

        An operator's freeze takes the place of any other, and nobody else's that of an operator. A closed account stays
        closed. Errors: `NoSuchPerson`.
        """
        _ = now_us
        may = _IS_ACTIVE | _IS_FROZEN if by is FrozenBy.OPERATOR else _IS_ACTIVE
        self._set_status(owner, PersonStatus.FROZEN, by, may)
        return self._status_of(owner) is PersonStatus.FROZEN

    def is_frozen_by(self, owner: int, by: FrozenBy) -> bool:
        """Tell whether a person is frozen, and by whom last."""
        statement = select(people.c.frozen_by).where(people.c.owner == owner, _IS_FROZEN)
        with self.engine.connect() as connection:
            return connection.scalar(statement) == by.value

    def unfreeze(self, owner: int, now_us: int, by: FrozenBy = FrozenBy.OPERATOR) -> bool:
        """Let a frozen person act again; their keys are accepted again. Tell whether they may act now.

        Only operators undo what others froze. What an operator undoes of a sub-account that its master froze too stays
        frozen by its master. Errors: `NoSuchPerson`.
        """
        _ = now_us
        if by is FrozenBy.OPERATOR:
            by_master = exists().where(sub_accounts.c.owner == people.c.owner, sub_accounts.c.frozen_at_us.is_not(None))
            self._set_status(owner, PersonStatus.FROZEN, FrozenBy.MASTER, _IS_FROZEN, by_master)
            self._set_status(owner, PersonStatus.ACTIVE, None, _IS_FROZEN, ~by_master)
        else:
            self._set_status(owner, PersonStatus.ACTIVE, None, _IS_FROZEN, people.c.frozen_by == by.value)
        return self._status_of(owner) is PersonStatus.ACTIVE

    def close(self, owner: int, now_us: int) -> None:
        """End a person's account for good. Errors: `NoSuchPerson`."""
        _ = now_us
        self._set_status(owner, PersonStatus.CLOSED, None)
        self._status_of(owner)

    def refresh(self) -> None:
        """Take over who other processes have frozen, closed or unfrozen."""
        # Read and remembered as one, so that what was read before a freeze never replaces what was read after it.
        with self._refreshing, self.engine.connect() as connection:
            found = _with_their_own(connection, ~_IS_ACTIVE)
            newly = found - self._inactive
            self._inactive = found
            self._under_review = _with_their_own(connection, people.c.is_under_review)
        for owner in newly:
            self._tell(owner)

    def _set_status(
        self, owner: int, status: PersonStatus, by: FrozenBy | None, *conditions: ColumnElement[bool]
    ) -> None:
        """Set it, where the conditions are met: one statement, so that of two at once neither undoes the other."""
        values = {"status": status.value, "frozen_by": None if by is None else by.value}
        with self.engine.begin() as connection:
            connection.execute(update(people).where(people.c.owner == owner, *conditions).values(values))
        self.refresh()

    def _status_of(self, owner: int) -> PersonStatus:
        person = self.find(owner)
        if person is None:
            raise NoSuchPerson(f"there is no person {owner}")
        return person.status

    def _tell(self, owner: int) -> None:
        for call in self._on_inactive:
            call(owner)

    def _update(self, owner: int, connection: Connection | None, **values: object) -> None:
        if connection is None:
            with self.engine.begin() as own:
                self._update(owner, own, **values)
            return
        if connection.execute(update(people).where(people.c.owner == owner).values(values)).rowcount != 1:
            raise NoSuchPerson(f"there is no person {owner}")

    def _one(self, condition: ColumnElement[bool]) -> Person | None:
        with self.engine.connect() as connection:
            row = connection.execute(select(*_COLUMNS).where(condition)).one_or_none()
        return None if row is None else msgspec.convert(tuple(row), Person)


def _with_their_own(connection: Connection, condition: ColumnElement[bool]) -> frozenset[int]:
    """Find who meets a condition, with the sub-accounts of theirs."""
    masters = select(people.c.owner).where(condition)
    statement = select(people.c.owner).where(condition | people.c.parent.in_(masters))
    return frozenset(connection.scalars(statement))


def normalised(email: str) -> tuple[str, str]:
    """Return an address as mail is sent to it, and as it is compared.

    Errors: `InvalidEmail`, which does not repeat what was given.
    """
    if len(email) > EMAIL_LENGTH_MAX:
        raise InvalidEmail(f"an address has at most {EMAIL_LENGTH_MAX} characters")
    try:
        address = validate_email(email, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise InvalidEmail(str(error)) from error
    if len(address) > EMAIL_LENGTH_MAX:
        raise InvalidEmail(f"an address has at most {EMAIL_LENGTH_MAX} characters")
    return address, address.casefold()
