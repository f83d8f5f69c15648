"""Browser sessions: what stands for a person who logged in, in place of an API key.

A session is named by an opaque random token that only the browser's cookie holds; here there is its hash. It belongs to
one device (by a cookie of its own and the client's name for itself): the token alone, on another device, ends the
session instead of opening it. The token is another after every login and step-up and from time to time, the one before
it being accepted for a moment longer, for what was on its way. A session ends after some time without use, after a
longer time in any case, when its person says so, and with their password.

Owns the table `sessions` and, in memory, every session there is, so that finding one does no I/O. Changes write the
database first: call them off the event loop. When a session was last used is written from time to time (`flush`).
Where other processes open and end sessions too (`is_shared`), a person's are read anew before one is relied on
(`take_over`), and all of them now and then (`refresh`): what holds one without asking learns of its end a moment later.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, bindparam, delete, insert, select, update

from rialto.identity.browser_session import BrowserSession
from rialto.identity.people_tables import TEXT_LENGTH_MAX, people, sessions

SESSIONS_PER_OWNER_MAX: Final = 20
TOKEN_BYTES: Final = 32
TOKEN_LENGTH_MAX: Final = 64
SEEN_GRAIN_US: Final = 1_000_000
OVERLAP_US: Final = 60_000_000
"""How far back changes by other processes are looked for: their clocks may differ, and commits come late."""
ROTATIONS_TRIED_MAX: Final = 5


class LoginOvertaken(Exception):
    """While someone logged in, all of the person's sessions ended: what the login began with may not be true now."""


class SessionRules(msgspec.Struct, frozen=True):
    """How long sessions and their tokens last, in microseconds."""

    idle_us: int = 3_600_000_000
    """Without use."""
    absolute_us: int = 432_000_000_000
    """In any case."""
    rotated_every_us: int = 900_000_000
    """How old a token becomes before it is replaced."""
    overlap_us: int = 30_000_000
    """How long the token before is still accepted."""


class Sessions:
    """Every session there is."""

    def __init__(self, engine: Engine, rules: SessionRules, *, is_shared: bool = False) -> None:
        self.is_shared: Final = is_shared
        """Whether other processes open and end sessions on this database."""
        self._engine = engine
        self.rules: Final = rules
        self._changing = Lock()
        self._by_hash: dict[str, BrowserSession] = {}
        self._by_id: dict[str, BrowserSession] = {}
        self._by_owner: dict[int, list[BrowserSession]] = {}
        with engine.connect() as connection:
            for row in connection.execute(select(sessions)):
                self._hold(BrowserSession(**row._asdict()))

    def take_over(self, token: str, device: str, client: str, now_us: int) -> None:
        """Take over what other processes did to the session of a token, and to its person's others.

        One that is over by being asked for in this way is over everywhere when this returns.
        """
        hashed = hash_of(token)
        c = sessions.c
        named = select(c.owner).where((c.token_hash == hashed) | (c.previous_hash == hashed))
        with self._engine.connect() as connection:
            owners = set(connection.scalars(named))
        held = self._by_hash.get(hashed)
        for owner in owners if held is None else {*owners, held.owner}:
            self._take_over_of(owner)
        session = self._by_hash.get(hashed)
        if session is not None and self.find(token, device, client, now_us) is None and session.is_over:
            self.end([session])

    def refresh(self) -> None:
        """Take over what other processes opened, changed and ended."""
        c = sessions.c
        since_us = max((session.rotated_at_us for session in list(self._by_id.values())), default=0) - OVERLAP_US
        with self._engine.connect() as connection:
            changed = set(connection.scalars(select(c.owner).where(c.rotated_at_us > since_us)))
            there = set(connection.scalars(select(c.id)))
        gone = {session.owner for session in list(self._by_id.values()) if session.id not in there}
        for owner in changed | gone:
            self._take_over_of(owner)

    def _take_over_of(self, owner: int) -> None:
        with self._changing:
            with self._engine.connect() as connection:
                found = connection.execute(select(sessions).where(sessions.c.owner == owner))
                rows = {row.id: row._asdict() for row in found}
            for session in self._by_owner.get(owner, ()):
                row = rows.pop(session.id, None)
                if row is None:
                    self._let_go(session)
                elif not session.is_over:
                    self._bring(session, row)
            for row in rows.values():
                self._hold(BrowserSession(**row))

    def find(self, token: str, device: str, client: str, now_us: int) -> BrowserSession | None:
        """Find the session of a token that is in use on its own device, and note that it is used.

        With the right token from another device, or one that was replaced longer ago than requests are on their way,
        None is returned and the session is over at once: somebody else has a copy of the token. `flush` deletes it.
        """
        session = self._by_hash.get(hash_of(token))
        if session is None or not self.is_live(session, now_us):
            return None
        if not secrets.compare_digest(session.device, device) or session.client != shown_client(client):
            session.is_over = True
            return None
        if session.token_hash != hash_of(token) and now_us - session.rotated_at_us > self.rules.overlap_us:
            session.is_over = True
            return None
        if now_us - session.seen_at_us > SEEN_GRAIN_US:
            session.seen_at_us = now_us
        return session

    def by_id(self, name: str, now_us: int) -> BrowserSession | None:
        """Find a session that is in use by its id, which opens nothing by itself."""
        session = self._by_id.get(name)
        return session if session is not None and self.is_live(session, now_us) else None

    def is_live(self, session: BrowserSession, now_us: int) -> bool:
        """Tell whether a session may still be used."""
        rules = self.rules
        return (
            not session.is_over
            and now_us - session.seen_at_us <= rules.idle_us
            and now_us - session.created_at_us <= rules.absolute_us
        )

    def is_rotation_due(self, session: BrowserSession, now_us: int) -> bool:
        """Tell whether a session's token is old enough to be replaced."""
        return now_us - session.rotated_at_us > self.rules.rotated_every_us

    def of_owner(self, owner: int, now_us: int) -> list[BrowserSession]:
        """List a person's sessions, last used first."""
        held = [session for session in self._by_owner.get(owner, ()) if self.is_live(session, now_us)]
        return sorted(held, key=lambda session: session.seen_at_us, reverse=True)

    def open(
        self,
        owner: int,
        device: str,
        client: str,
        address: str,
        now_us: int,
        *,
        since: int | None = None,
        ending: BrowserSession | None = None,
        along: Callable[[Connection], object] = lambda _connection: None,
    ) -> tuple[BrowserSession, str]:
        """Begin a session and return it with its token. Of too many sessions the one used longest ago ends.

        In the same transaction `ending` ends, and `along` does what belongs to a session's beginning. `since` are the
        `endings` of the person as they were read before it was checked who logs in. Errors: `LoginOvertaken` where all
        of their sessions ended after that, here or in another process: their password was changed, say, and the login
        knew the one before.
        """
        if self.is_shared:
            self._take_over_of(owner)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        session = BrowserSession(
            secrets.token_hex(16),
            owner=owner,
            token_hash=hash_of(token),
            device=device,
            client=shown_client(client),
            csrf=secrets.token_urlsafe(TOKEN_BYTES),
            address=address[:64],
            created_at_us=now_us,
        )
        if ending is not None:
            ending.is_over = True
        with self._changing:
            surplus = self.of_owner(owner, now_us)[SESSIONS_PER_OWNER_MAX - 1 :]
            surplus += [] if ending is None else [ending]
            with self._engine.begin() as connection:
                if since is not None and _endings_of(connection, owner) != since:
                    raise LoginOvertaken(f"the sessions of {owner} ended meanwhile")
                along(connection)
                self._delete(connection, surplus)
                connection.execute(insert(sessions).values({c: getattr(session, c) for c in _COLUMNS}))
            for each in surplus:
                self._let_go(each)
            self._hold(session)
        return session, token

    def rotate_if_due(self, session: BrowserSession, now_us: int) -> str | None:
        """Give a session another token if its token is old; None if another request has, or the session is over.

        Of many requests at once one gets the new token, so that none of them is told a token that was replaced again.
        """
        with self._changing:
            return self._rotate(session, now_us, None) if self.is_rotation_due(session, now_us) else None

    def rotate(self, session: BrowserSession, now_us: int, *, stepped_up_until_us: int | None = None) -> str | None:
        """Give a session another token and return it; None if the session is over meanwhile.

        The token before is accepted for a moment longer, for requests on their way; not when the session steps up,
        because whoever else has that token would step up with it.
        """
        for _ in range(ROTATIONS_TRIED_MAX):
            with self._changing:
                token = self._rotate(session, now_us, stepped_up_until_us)
            if token is not None or session.is_over:
                return token
            self._take_over_of(session.owner)
        return None

    def _rotate(self, session: BrowserSession, now_us: int, stepped_up_until_us: int | None) -> str | None:
        """Replace the token; None if the session is over, or if another process has replaced it."""
        if session.is_over:
            return None
        token = secrets.token_urlsafe(TOKEN_BYTES)
        token_hash = hash_of(token)
        previous = session.token_hash if stepped_up_until_us is None else None
        stepped_up = session.stepped_up_until_us if stepped_up_until_us is None else stepped_up_until_us
        values = {
            "token_hash": token_hash,
            "previous_hash": previous,
            "rotated_at_us": now_us,
            "stepped_up_until_us": stepped_up,
        }
        same = (sessions.c.id == session.id, sessions.c.token_hash == session.token_hash)
        with self._engine.begin() as connection:
            is_ours = connection.execute(update(sessions).where(*same).values(values)).rowcount == 1
        if not is_ours:
            return None
        self._bring(session, values)
        return token

    def _bring(self, session: BrowserSession, values: Mapping[str, Any]) -> None:
        """Have a session be as the database has it."""
        kept = {values["token_hash"], values["previous_hash"]}
        for each in (session.token_hash, session.previous_hash):
            if each is not None and each not in kept:
                self._by_hash.pop(each, None)
        session.token_hash, session.previous_hash = values["token_hash"], values["previous_hash"]
        session.rotated_at_us, session.stepped_up_until_us = values["rotated_at_us"], values["stepped_up_until_us"]
        session.seen_at_us = max(session.seen_at_us, values.get("seen_at_us", 0))
        for each in (session.token_hash, session.previous_hash):
            if each is not None:
                self._by_hash[each] = session

    def end(self, ended: Iterable[BrowserSession]) -> None:
        """End sessions. Once this returns, no request is accepted in them."""
        over = list(ended)
        for session in over:
            session.is_over = True
        with self._changing:
            with self._engine.begin() as connection:
                self._delete(connection, over)
            for session in over:
                self._let_go(session)

    def end_all(self, owner: int, *, apart_from: BrowserSession | None = None) -> int:
        """End every session of a person, apart from one; return how many. No login succeeds that began before."""
        with self._changing, self._engine.begin() as connection:
            counted = update(people).where(people.c.owner == owner).values(endings=people.c.endings + 1)
            connection.execute(counted)
        if self.is_shared:
            self._take_over_of(owner)
        over = [session for session in self._by_owner.get(owner, ()) if session is not apart_from]
        self.end(over)
        return len(over)

    def flush(self, now_us: int) -> list[BrowserSession]:
        """Write when sessions were last used, and delete those that are over; return the latter."""
        held = list(self._by_id.values())
        if self.is_shared:
            # What seems unused here may be in use elsewhere.
            for owner in {session.owner for session in held if not self.is_live(session, now_us)}:
                self._take_over_of(owner)
        over = [session for session in held if not self.is_live(session, now_us)]
        used = [session for session in held if not session.is_over and session.seen_at_us > session.written_seen_at_us]
        if used:
            statement = update(sessions).where(sessions.c.id == bindparam("which"))
            rows = [{"which": session.id, "seen_at_us": session.seen_at_us} for session in used]
            with self._engine.begin() as connection:
                connection.execute(statement.values(seen_at_us=bindparam("seen_at_us")), rows)
            for session, row in zip(used, rows, strict=True):
                session.written_seen_at_us = int(str(row["seen_at_us"]))
        if over:
            self.end(over)
        return over

    def _hold(self, session: BrowserSession) -> None:
        self._by_id[session.id] = session
        self._by_hash[session.token_hash] = session
        if session.previous_hash is not None:
            self._by_hash[session.previous_hash] = session
        # Replaced and never changed, so that the event loop may read it while another thread is here.
        self._by_owner[session.owner] = [*self._by_owner.get(session.owner, ()), session]

    def _let_go(self, session: BrowserSession) -> None:
        session.is_over = True
        self._by_id.pop(session.id, None)
        self._by_hash.pop(session.token_hash, None)
        if session.previous_hash is not None:
            self._by_hash.pop(session.previous_hash, None)
        left = [each for each in self._by_owner.get(session.owner, ()) if each is not session]
        if left:
            self._by_owner[session.owner] = left
        else:
            self._by_owner.pop(session.owner, None)

    def _delete(self, connection: Connection, over: list[BrowserSession]) -> None:
        for session in over:
            connection.execute(delete(sessions).where(sessions.c.id == session.id))


def _endings_of(connection: Connection, owner: int) -> int | None:
    """Read how often all sessions of a person ended; none ends them until the reading transaction is over."""
    endings: int | None = connection.scalar(
        select(people.c.endings).where(people.c.owner == owner).with_for_update(read=True)
    )
    return endings


_COLUMNS: Final = tuple(str(column.name) for column in sessions.columns)


def hash_of(token: str) -> str:
    """Return what is kept of a token. Tokens are random and long: a plain hash gives nothing away."""
    return hashlib.sha256(token[:TOKEN_LENGTH_MAX].encode("utf-8", "replace")).hexdigest()


def shown_client(client: str) -> str:
    """Return a client's name for itself as it is kept: one printable line."""
    cut = client[:TEXT_LENGTH_MAX]
    return cut if cut.isprintable() else "".join(letter if letter.isprintable() else "?" for letter in cut)
