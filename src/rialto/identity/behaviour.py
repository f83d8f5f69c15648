"""What people and operators did: an append-only log, every entry chained to the one before by a hash.

Owns the tables `behaviour` and `behaviour_head`. An entry states who (`owner` is whose account it concerns, `actor` who
did it), what, from where, with which client, when and with which result. Details never hold secrets.

    digest = SHA-256(salt ‖ entry)        chain = SHA-256(chain before ‖ number ‖ digest)

Whoever changes, removes or inserts an entry breaks the chain from there on, and whoever cuts entries off the end leaves
a head that does not fit. The content of an entry can be erased for its person's sake, salt included: its digest then
says nothing of what it was, and the chain still holds. Entries that are old enough are cut off the beginning; the head
remembers with what the chain went on. Calls block: off the event loop.
"""

import hashlib
import secrets
from collections import Counter
from collections.abc import Collection
from threading import Lock
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, Row, delete, insert, or_, select, true, update

from rialto.foundation.failures import ExpectedFailure
from rialto.identity.people_tables import TEXT_LENGTH_MAX, behaviour, behaviour_head

FIRST_CHAIN: Final = bytes(32)
DETAIL_LENGTH_MAX: Final = 1_000
ADDRESS_LENGTH_MAX: Final = 64
VERIFIED_AT_ONCE: Final = 1_000
_SALT_BYTES: Final = 16

BY_OPERATORS: Final = "operator:"
"""How the actions of operators begin."""

DONE: Final = "done"
REFUSED: Final = "refused"


class BrokenChain(ExpectedFailure):
    """The log was altered outside the program. The message names the first entry that does not fit."""


class Entry(msgspec.Struct, frozen=True):
    """One entry as its owner may read it."""

    number: int
    at_us: int
    owner: int | None
    actor: str
    action: str
    address: str
    client: str
    result: str
    detail: str


_ERASED: Final = {"actor": "", "address": "", "client": "", "detail": "", "salt": None, "erased": True}
"""What becomes of an entry whose content is erased."""

_CONTENT: Final = tuple(behaviour.c[field] for field in Entry.__struct_fields__)


class BehaviourLog:
    """The log."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._counting = Lock()
        self.counts: Counter[tuple[str, str]] = Counter()
        """How many entries were appended since the start, by action and result."""

    def note(
        self,
        owner: int | None,
        actor: str,
        action: str,
        address: str,
        client: str,
        result: str,
        detail: str,
        now_us: int,
        connection: Connection | None = None,
    ) -> None:
        """Append an entry; in a transaction of the caller's, if one is given. Texts that are too long are cut."""
        if connection is None:
            with self._engine.begin() as own:
                self.note(owner, actor, action, address, client, result, detail, now_us, own)
            return
        head = update(behaviour_head).values(number=behaviour_head.c.number + 1)
        number, before = connection.execute(head.returning(behaviour_head.c.number, behaviour_head.c.chain)).one()
        entry = Entry(
            number,
            now_us,
            owner,
            _line(actor, TEXT_LENGTH_MAX),
            _line(action, 64),
            _line(address, ADDRESS_LENGTH_MAX),
            _line(client, TEXT_LENGTH_MAX),
            _line(result, 32),
            _line(detail, DETAIL_LENGTH_MAX),
        )
        salt = secrets.token_bytes(_SALT_BYTES)
        digest = _digest(salt, entry)
        chain = _chained(before, number, digest)
        row = {**msgspec.structs.asdict(entry), "salt": salt, "digest": digest, "chain": chain, "erased": False}
        connection.execute(insert(behaviour).values(row))
        connection.execute(update(behaviour_head).values(chain=chain))
        with self._counting:
            self.counts[action, result] += 1

    def of_owner(
        self,
        owner: int,
        *,
        before: int | None = None,
        actions: tuple[str, ...] = (),
        result: str | None = None,
        start_us: int | None = None,
        end_us: int | None = None,
        limit: int = 100,
    ) -> list[Entry]:
        """List what concerns an owner, newest first, older than the entry numbered `before`.

        The time from `start_us` to `end_us` includes both.

        What operators did is not for them to read: it may tell of suspicions and of other people.
        """
        statement = select(*_CONTENT).where(
            behaviour.c.owner == owner,
            behaviour.c.erased.is_(False),
            behaviour.c.action.not_like(f"{BY_OPERATORS}%"),
        )
        if before is not None:
            statement = statement.where(behaviour.c.number < before)
        if actions:
            statement = statement.where(behaviour.c.action.in_(actions))
        if result is not None:
            statement = statement.where(behaviour.c.result == result)
        if start_us is not None:
            statement = statement.where(behaviour.c.at_us >= start_us)
        if end_us is not None:
            statement = statement.where(behaviour.c.at_us <= end_us)
        with self._engine.connect() as connection:
            rows = connection.execute(statement.order_by(behaviour.c.number.desc()).limit(limit)).all()
        return [_entry(row) for row in rows]

    def search(
        self,
        *,
        owner: int | None = None,
        actor: str | None = None,
        action: str | None = None,
        start_us: int | None = None,
        end_us: int | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Entry]:
        """List what fits everything that is given, newest first, older than the entry numbered `before`.

        The time from `start_us` to `end_us` includes both.
        """
        statement = select(*_CONTENT)
        wanted = {"owner": owner, "actor": actor, "action": action}
        for name, value in wanted.items():
            if value is not None:
                statement = statement.where(behaviour.c[name] == value)
        if start_us is not None:
            statement = statement.where(behaviour.c.at_us >= start_us)
        if end_us is not None:
            statement = statement.where(behaviour.c.at_us <= end_us)
        if before is not None:
            statement = statement.where(behaviour.c.number < before)
        with self._engine.connect() as connection:
            rows = connection.execute(statement.order_by(behaviour.c.number.desc()).limit(limit)).all()
        return [_entry(row) for row in rows]

    def erase(self, owner: int, connection: Connection) -> int:
        """Erase the content of what an owner and strangers did with their account, keeping the chain; return how much.

        What operators did stays: it is about them as well, and names the owner by a number.
        """
        is_theirs = (behaviour.c.owner == owner, behaviour.c.action.not_like(f"{BY_OPERATORS}%"))
        statement = update(behaviour).where(*is_theirs, behaviour.c.erased.is_(False))
        return connection.execute(statement.values(_ERASED)).rowcount

    def prune(self, before_us: int, held: Collection[int], connection: Connection) -> int:
        """Erase what is older, but of whose account is `held`, and cut off the beginning as far as all of it is erased.

        Returns how many entries were cut off. What stands behind an entry that is not old enough waits for it.
        """
        c, head = behaviour.c, behaviour_head
        # Who notes something waits.
        connection.execute(update(head).values(number=head.c.number))
        others = or_(c.owner.is_(None), c.owner.not_in(held))
        # Read from the beginning and no further than needed: the log is long, and nobody can write meanwhile.
        first = select(c.number).order_by(c.number).limit(1)
        young = connection.scalar(first.where(c.at_us >= before_us))
        is_old = true() if young is None else c.number < young
        connection.execute(update(behaviour).where(is_old, c.erased.is_(False), others).values(_ERASED))
        kept = connection.scalar(first.where(is_old, c.erased.is_(False))) or young
        newest = select(c.number, c.chain).order_by(c.number.desc()).limit(1)
        last = connection.execute(newest if kept is None else newest.where(c.number < kept)).one_or_none()
        if last is None:
            return 0
        connection.execute(update(head).values(pruned=last.number, pruned_chain=last.chain))
        return connection.execute(delete(behaviour).where(c.number <= last.number)).rowcount

    def verify(self) -> int:
        """Check the whole chain from where it was cut off; return how many entries were ever written.

        Errors: `BrokenChain`.
        """
        with self._engine.connect() as connection:
            begun = connection.execute(select(behaviour_head.c.pruned, behaviour_head.c.pruned_chain)).one()
            number: int = begun.pruned
            chain: bytes = begun.pruned_chain or FIRST_CHAIN
            while rows := connection.execute(
                select(behaviour)
                .where(behaviour.c.number > number)
                .order_by(behaviour.c.number)
                .limit(VERIFIED_AT_ONCE)
            ).all():
                for row in rows:
                    number += 1
                    if row.number != number:
                        raise BrokenChain(f"entry {number} of the behaviour log is missing")
                    is_whole = row.salt is None if row.erased else _digest(row.salt, _entry(row)) == row.digest
                    chain = _chained(chain, number, row.digest)
                    if not is_whole or chain != row.chain:
                        raise BrokenChain(f"entry {number} of the behaviour log was altered")
            head = connection.execute(select(behaviour_head.c.number, behaviour_head.c.chain)).one()
        if tuple(head) != (number, chain):
            raise BrokenChain(f"the behaviour log ends at entry {number}, but {head.number} were written")
        return number


def _entry(row: Row[Any]) -> Entry:
    return Entry(*(getattr(row, field) for field in Entry.__struct_fields__))


def _digest(salt: bytes | None, entry: Entry) -> bytes:
    return hashlib.sha256((salt or b"") + msgspec.msgpack.encode(msgspec.structs.astuple(entry))).digest()


def _chained(before: bytes, number: int, digest: bytes) -> bytes:
    return hashlib.sha256(before + number.to_bytes(8, "big") + digest).digest()


def _line(text: str, length_max: int) -> str:
    """Make one printable line of what may come from a stranger."""
    cut = text[:length_max]
    return cut if cut.isprintable() else "".join(letter if letter.isprintable() else "?" for letter in cut)
