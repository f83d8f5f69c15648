"""API keys: what a client names itself with, and what its signatures are checked by.

Owns the table `api_keys` and, in memory, every key that is not revoked, so that finding a key and checking a signature
do no I/O. A secret leaves this module once, when it is made; at rest it is sealed under the master key, and in memory
there is only what HMAC makes of it. Keys made for demonstrations are marked, and theirs can be shown again. Changes
write the database first: call them off the event loop. Those that another process made (the command line, say) are
taken over by `refresh`.

A key may expire, and one that may be used from anywhere may trade for a while only after its permissions were given.
Both happen by the clock, in `find`, which is how every transport comes by a key. One that may withdraw is restricted to
addresses.
"""

import secrets
import string
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update

from rialto.foundation.clock import SystemClock
from rialto.foundation.failures import ExpectedFailure
from rialto.foundation.logging import key_tail
from rialto.foundation.secrets import MasterKey
from rialto.identity.api_key import ANYWHERE, KEEP, ApiKey
from rialto.identity.restrictions import LAPSING, Permission, Restrictions
from rialto.identity.signatures import HmacVerifier, KeyType, Verifier, read_public_key
from rialto.identity.tables import KEY_LENGTH, LABEL_LENGTH_MAX, api_key_uses, api_keys, api_keys_revision, owners

__all__ = [
    "ANYWHERE",
    "KEEP",
    "KEYS_PER_OWNER_MAX",
    "ApiKey",
    "ApiKeys",
    "InvalidApiKey",
    "NoSuchApiKey",
    "SecretNotShown",
    "TooManyApiKeys",
    "next_revision",
]

KEYS_PER_OWNER_MAX: Final = 30
_WALL_CLOCK_US: Final = SystemClock().now_us
_END_OF_TIME_US: Final = 1 << 62
DAY_US: Final = 86_400_000_000
_ALPHABET: Final = string.ascii_letters + string.digits


class InvalidApiKey(ExpectedFailure):
    """A key that cannot be made as asked: the owner, the label or the permissions are at fault."""


class TooManyApiKeys(ExpectedFailure):
    """The owner has as many keys as one may have."""


class NoSuchApiKey(ExpectedFailure):
    """There is no such key, or it was revoked."""


class SecretNotShown(Exception):
    """The secret of a key that is not for demonstrations is shown only once."""


class ApiKeys:
    """Every API key there is."""

    def __init__(
        self,
        engine: Engine,
        master_key: MasterKey,
        *,
        trade_days: int | None = None,
        now_us: Callable[[], int] = _WALL_CLOCK_US,
    ) -> None:
        """Load every key in use. `trade_days` is for how long a key that may be used from anywhere may trade.

        Errors: `BrokenSeal` when the master key is not the one they were sealed with.
        """
        self._lapse_us = None if trade_days is None else trade_days * DAY_US
        self._now_us = now_us
        self._engine = engine
        self._master_key = master_key
        self._changing = Lock()
        self._keys: dict[str, ApiKey] = {}
        self._revision = -1
        self._used: dict[str, int] = {}
        self._used_since: dict[str, int] = {}
        with engine.connect() as connection:
            self._used.update({row.key: row.used_at_us for row in connection.execute(select(api_key_uses))})
        self.refresh()

    def find(self, key: str) -> ApiKey | None:
        """Find a key in use, as what it may do now; None too for one that has expired."""
        found = self._keys.get(key)
        if found is None or (found.expires_at_us is None and self._lapse_us is None):
            return found
        return self._as_of(found, self._now_us())

    def trades_until_us(self, api_key: ApiKey) -> int | None:
        """Tell until when a key was permitted to trade; None if that does not end, and for what is no key of these."""
        given = self._keys.get(api_key.key)
        return None if given is None else self._lapses_at_us(given)

    def note_use(self, key: str) -> None:
        """Note that a key signed something that was accepted; `flush_uses` writes it."""
        self._used_since[key] = self._now_us()

    def used_at_us(self, key: str) -> int | None:
        """Tell when a key was last used, in this process, or in any before it started; None if never."""
        return self._used_since.get(key) or self._used.get(key)

    def flush_uses(self) -> None:
        """Write which keys were used since the last time."""
        since, self._used_since = self._used_since, {}
        if not since:
            return
        with self._engine.begin() as connection:
            connection.execute(delete(api_key_uses).where(api_key_uses.c.key.in_(since)))
            there = set(connection.scalars(select(api_keys.c.key).where(api_keys.c.key.in_(since))))
            rows = [{"key": key, "used_at_us": at_us} for key, at_us in since.items() if key in there]
            if rows:
                connection.execute(insert(api_key_uses), rows)
        self._used.update(since)

    def held_by(self, owner: int, key: str) -> ApiKey:
        """Return a key of an owner that is not revoked, expired ones too. Errors: `NoSuchApiKey`."""
        found = self._keys.get(key)
        if found is None or found.owner != owner:
            raise NoSuchApiKey(f"there is no key {key_tail(key)} in use")
        return found

    def of_owner(self, owner: int) -> list[ApiKey]:
        """List an owner's keys that are not revoked, oldest first, with the permissions they were given."""
        held = [api_key for api_key in list(self._keys.values()) if api_key.owner == owner]
        return sorted(held, key=lambda api_key: api_key.created_at_us)

    def refresh(self) -> int:
        """Take over what changed since the last time, in whatever process; return how many keys did.

        What was revoked is taken over whatever is wrong with the others; these are read again the next time. Errors:
        `BrokenSeal`, those of a key that cannot be read, SQLAlchemy's own if the database cannot be.
        """
        with self._changing, self._engine.connect() as connection:
            revision = connection.scalar(select(api_keys_revision.c.number)) or 0
            if revision == self._revision:
                return 0
            changed = connection.execute(select(api_keys).where(api_keys.c.revision > self._revision)).all()
            for row in changed:
                if row.revoked_at_us is not None:
                    self._keys.pop(row.key, None)
            for row in changed:
                if row.revoked_at_us is None:
                    self._keys[row.key] = self._loaded(row)
            self._revision = revision
            return len(changed)

    def create(
        self,
        owner: int,
        label: str,
        permissions: Iterable[Permission],
        now_us: int,
        *,
        restrictions: Restrictions = ANYWHERE,
        expires_at_us: int | None = None,
        demo: bool = False,
    ) -> tuple[ApiKey, str]:
        """Make an HMAC key and return it with its secret, which is never returned again.

        Errors: `InvalidApiKey`, `TooManyApiKeys`.
        """
        secret = _random_text()
        made = _made(
            *(owner, label, permissions, now_us, KeyType.HMAC, HmacVerifier(secret), restrictions, expires_at_us),
            demo=demo,
        )
        with self._master_key.sealing():
            self._add(made, sealed_secret=self._master_key.seal(secret.encode(), made.key.encode()))
        return made, secret

    def register(
        self,
        owner: int,
        label: str,
        permissions: Iterable[Permission],
        now_us: int,
        public_key: str,
        *,
        restrictions: Restrictions = ANYWHERE,
        expires_at_us: int | None = None,
    ) -> ApiKey:
        """Make a key for a public key in PEM, RSA or Ed25519: only who has the private key can sign with it.

        Errors: `InvalidApiKey`, `InvalidPublicKey`, `TooManyApiKeys`.
        """
        kind, pem, verifier = read_public_key(public_key)
        made = _made(owner, label, permissions, now_us, kind, verifier, restrictions, expires_at_us)
        self._add(made, public_key=pem)
        return made

    def restrict(
        self,
        key: str,
        permissions: Iterable[Permission] | None,
        restrictions: Restrictions,
        *,
        label: str | None = None,
        expires_at_us: int | None = KEEP,
    ) -> ApiKey:
        """Change what a key may be used for, from where and on which symbols, and what else is given.

        Without permissions, it keeps those it was given, for as long as if they were given now.

        Errors: `InvalidApiKey`, `NoSuchApiKey`.
        """
        now_us = self._now_us()
        with self._changing:
            held = self._in_use(key)
            changed = held.restricted(
                _granted(held.permissions if permissions is None else permissions, restrictions),
                restrictions,
                label=None if label is None else _labelled(label),
                expires_at_us=expires_at_us if expires_at_us == KEEP else _ahead(expires_at_us, now_us),
                permitted_at_us=now_us,
            )
            with self._engine.begin() as connection:
                self._update(connection, key, label=changed.label, **_restriction_columns(changed))
            self._keys[key] = changed
        return changed

    def revoke(self, key: str, now_us: int) -> None:
        """End a key for ever. Once this returns, no request is accepted with it in this process.

        Errors: `NoSuchApiKey`.
        """
        with self._changing:
            self._in_use(key)
            with self._engine.begin() as connection:
                self._update(connection, key, revoked_at_us=now_us)
            del self._keys[key]

    def reveal_demo_secret(self, key: str) -> str:
        """Show the secret of a key made for demonstrations.

        Errors: `NoSuchApiKey`, `SecretNotShown`.
        """
        if not self._in_use(key).demo:
            raise SecretNotShown(
                f"key {key_tail(key)} is not a demonstration key: its secret was shown when it was made"
            )
        with self._engine.connect() as connection:
            sealed = connection.execute(select(api_keys.c.sealed_secret).where(api_keys.c.key == key)).scalar_one()
        return self._unsealed(sealed, key)

    def _add(self, made: ApiKey, *, sealed_secret: bytes | None = None, public_key: str | None = None) -> None:
        with self._changing:
            with self._engine.begin() as connection:
                revision = next_revision(connection)
                if connection.scalar(select(owners.c.id).where(owners.c.id == made.owner)) is None:
                    raise InvalidApiKey(f"there is no owner {made.owner}; create the owner first")
                held = select(func.count()).where(api_keys.c.owner == made.owner, api_keys.c.revoked_at_us.is_(None))
                if connection.scalar(held) >= KEYS_PER_OWNER_MAX:  # type: ignore[operator]
                    raise TooManyApiKeys(
                        f"owner {made.owner} has {KEYS_PER_OWNER_MAX} keys, the most there can be; revoke one"
                    )
                connection.execute(
                    insert(api_keys).values(
                        key=made.key,
                        owner=made.owner,
                        label=made.label,
                        type=made.type.value,
                        sealed_secret=sealed_secret,
                        public_key=public_key,
                        demo=made.demo,
                        created_at_us=made.created_at_us,
                        revision=revision,
                        **_restriction_columns(made),
                    )
                )
            self._keys[made.key] = made

    def _update(self, connection: Connection, key: str, **values: object) -> None:
        values["revision"] = next_revision(connection)
        statement = update(api_keys).where(api_keys.c.key == key, api_keys.c.revoked_at_us.is_(None)).values(values)
        if connection.execute(statement).rowcount != 1:
            raise NoSuchApiKey(f"there is no key {key_tail(key)} in use; another process revoked it")

    def _loaded(self, row: Row[Any]) -> ApiKey:
        verifier: Verifier
        if row.public_key is None:
            verifier = HmacVerifier(self._unsealed(row.sealed_secret, row.key))
        else:
            _, _, verifier = read_public_key(row.public_key)
        return ApiKey(
            key=row.key,
            owner=row.owner,
            permissions=frozenset(Permission(name) for name in row.permissions.split()),
            label=row.label,
            created_at_us=row.created_at_us,
            type=KeyType(row.type),
            verifier=verifier,
            restrictions=Restrictions.read(row.addresses.split(), row.symbols.split()),
            demo=row.demo,
            expires_at_us=row.expires_at_us,
            permitted_at_us=row.permitted_at_us,
        )

    def _as_of(self, api_key: ApiKey, now_us: int) -> ApiKey | None:
        if api_key.expires_at_us is not None and now_us >= api_key.expires_at_us:
            return None
        until_us = self._lapses_at_us(api_key)
        if until_us is None or now_us < until_us:
            return api_key
        return api_key.restricted(api_key.permissions - LAPSING, api_key.restrictions)

    def _lapses_at_us(self, api_key: ApiKey) -> int | None:
        if self._lapse_us is None or api_key.demo or api_key.restrictions.is_by_address:
            return None
        return api_key.permitted_at_us + self._lapse_us if api_key.permissions & LAPSING else None

    def _unsealed(self, sealed: bytes, key: str) -> str:
        return self._master_key.unseal(sealed, key.encode()).decode()

    def _in_use(self, key: str) -> ApiKey:
        found = self._keys.get(key)
        if found is None:
            raise NoSuchApiKey(f"there is no key {key_tail(key)} in use")
        return found


def _made(
    owner: int,
    label: str,
    permissions: Iterable[Permission],
    now_us: int,
    kind: KeyType,
    verifier: Verifier,
    restrictions: Restrictions,
    expires_at_us: int | None,
    *,
    demo: bool = False,
) -> ApiKey:
    return ApiKey(
        key=_random_text(),
        owner=owner,
        permissions=_granted(permissions, restrictions),
        label=_labelled(label),
        created_at_us=now_us,
        type=kind,
        verifier=verifier,
        restrictions=restrictions,
        demo=demo,
        expires_at_us=_ahead(expires_at_us, now_us),
    )


def _labelled(label: str) -> str:
    if not 1 <= len(label) <= LABEL_LENGTH_MAX or not label.isprintable():
        raise InvalidApiKey(f"{label[:80]!r} is no label: give 1 to {LABEL_LENGTH_MAX} printable characters")
    return label


def _granted(permissions: Iterable[Permission], restrictions: Restrictions) -> frozenset[Permission]:
    granted = frozenset(permissions)
    if not granted:
        raise InvalidApiKey("a key without permissions is of no use; give at least one")
    if Permission.WITHDRAW in granted and not restrictions.is_by_address:
        raise InvalidApiKey("a key that may withdraw must be restricted to the addresses it is used from; give them")
    return granted


def _ahead(expires_at_us: int | None, now_us: int) -> int | None:
    if expires_at_us is not None and not now_us < expires_at_us < _END_OF_TIME_US:
        raise InvalidApiKey("a key must expire in the future, or never")
    return expires_at_us


def _restriction_columns(api_key: ApiKey) -> dict[str, object]:
    return {
        "expires_at_us": api_key.expires_at_us,
        "permitted_at_us": api_key.permitted_at_us,
        "permissions": " ".join(sorted(permission.value for permission in api_key.permissions)),
        "addresses": " ".join(str(network) for network in api_key.restrictions.networks),
        "symbols": " ".join(sorted(api_key.restrictions.symbols)),
    }


def next_revision(connection: Connection) -> int:
    """Return the number of a change; waits until every change begun before is written, so they are seen in order."""
    statement = update(api_keys_revision).values(number=api_keys_revision.c.number + 1)
    number: int = connection.execute(statement.returning(api_keys_revision.c.number)).scalar_one()
    return number


def _random_text() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(KEY_LENGTH))
