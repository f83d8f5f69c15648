"""API keys: what a client names itself with, and what its signatures are checked by.

Owns the table `api_keys` and, in memory, every key that is not revoked, so that finding a key and checking a signature
do no I/O. A secret leaves this module once, when it is made; at rest it is sealed under the master key, and in memory
there is only what HMAC makes of it. Keys made for demonstrations are marked, and theirs can be shown again. Changes
write the database first: call them off the event loop. Those that another process made (the command line, say) are
taken over by `refresh`.
"""

import secrets
import string
from collections.abc import Iterable
from threading import Lock
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from rialto.foundation.failures import ExpectedFailure
from rialto.foundation.logging import key_tail
from rialto.foundation.secrets import MasterKey
from rialto.identity.restrictions import Permission, Restrictions
from rialto.identity.signatures import HmacVerifier, KeyType, Verifier, read_public_key
from rialto.identity.tables import KEY_LENGTH, LABEL_LENGTH_MAX, api_keys, api_keys_revision, owners

KEYS_PER_OWNER_MAX: Final = 30
ANYWHERE: Final = Restrictions()
_ALPHABET: Final = string.ascii_letters + string.digits


class InvalidApiKey(ExpectedFailure):
    """A key that cannot be made as asked: the owner, the label or the permissions are at fault."""


class TooManyApiKeys(ExpectedFailure):
    """The owner has as many keys as one may have."""


class NoSuchApiKey(ExpectedFailure):
    """There is no such key, or it was revoked."""


class SecretNotShown(Exception):
    """The secret of a key that is not for demonstrations is shown only once."""


class ApiKey:
    """A key in use, as it was when it was found. Compares by identity; its text shows the end of the key only."""

    __slots__ = (
        *("created_at_us", "demo", "key", "label", "owner", "permissions", "restrictions", "type"),
        *("_verifier", "verify"),
    )

    def __init__(
        self,
        *,
        key: str,
        owner: int,
        permissions: frozenset[Permission],
        label: str,
        created_at_us: int,
        type: KeyType,  # noqa: A002 - the field's own word
        verifier: Verifier,
        restrictions: Restrictions = ANYWHERE,
        demo: bool = False,
    ) -> None:
        self.key = key
        self.owner = owner
        self.permissions = permissions
        self.label = label
        self.demo = demo
        self.created_at_us = created_at_us
        self.type = type
        self.restrictions = restrictions
        self._verifier = verifier
        self.verify = verifier.verify
        """Tells whether a signature is the key's over a payload; see `Verifier`."""

    def restricted(self, permissions: frozenset[Permission], restrictions: Restrictions) -> "ApiKey":
        """Return the same key with other permissions and restrictions."""
        return ApiKey(
            key=self.key,
            owner=self.owner,
            permissions=permissions,
            label=self.label,
            created_at_us=self.created_at_us,
            type=self.type,
            verifier=self._verifier,
            restrictions=restrictions,
            demo=self.demo,
        )

    def __repr__(self) -> str:
        return f"ApiKey({key_tail(self.key)}, owner={self.owner})"


class ApiKeys:
    """Every API key there is."""

    def __init__(self, engine: Engine, master_key: MasterKey) -> None:
        """Load every key in use. Errors: `BrokenSeal` when the master key is not the one they were sealed with."""
        self._engine = engine
        self._master_key = master_key
        self._changing = Lock()
        self._keys: dict[str, ApiKey] = {}
        self._revision = -1
        self.refresh()

    def find(self, key: str) -> ApiKey | None:
        """Find a key in use."""
        return self._keys.get(key)

    def of_owner(self, owner: int) -> list[ApiKey]:
        """List an owner's keys in use, oldest first."""
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
        demo: bool = False,
    ) -> tuple[ApiKey, str]:
        """Make an HMAC key and return it with its secret, which is never returned again.

        Errors: `InvalidApiKey`, `TooManyApiKeys`.
        """
        secret = _random_text()
        made = _made(owner, label, permissions, now_us, KeyType.HMAC, HmacVerifier(secret), restrictions, demo=demo)
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
    ) -> ApiKey:
        """Make a key for a public key in PEM, RSA or Ed25519: only who has the private key can sign with it.

        Errors: `InvalidApiKey`, `InvalidPublicKey`, `TooManyApiKeys`.
        """
        kind, pem, verifier = read_public_key(public_key)
        made = _made(owner, label, permissions, now_us, kind, verifier, restrictions)
        self._add(made, public_key=pem)
        return made

    def restrict(self, key: str, permissions: Iterable[Permission], restrictions: Restrictions) -> ApiKey:
        """Change what a key may be used for, from where and on which symbols.

        Errors: `InvalidApiKey`, `NoSuchApiKey`.
        """
        with self._changing:
            changed = self._in_use(key).restricted(_granted(permissions), restrictions)
            with self._engine.begin() as connection:
                self._update(connection, key, **_restriction_columns(changed))
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
        )

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
    *,
    demo: bool = False,
) -> ApiKey:
    if not 1 <= len(label) <= LABEL_LENGTH_MAX or not label.isprintable():
        raise InvalidApiKey(f"{label[:80]!r} is no label: give 1 to {LABEL_LENGTH_MAX} printable characters")
    return ApiKey(
        key=_random_text(),
        owner=owner,
        permissions=_granted(permissions),
        label=label,
        created_at_us=now_us,
        type=kind,
        verifier=verifier,
        restrictions=restrictions,
        demo=demo,
    )


def _granted(permissions: Iterable[Permission]) -> frozenset[Permission]:
    granted = frozenset(permissions)
    if not granted:
        raise InvalidApiKey("a key without permissions is of no use; give at least one")
    return granted


def _restriction_columns(api_key: ApiKey) -> dict[str, str]:
    return {
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
