"""API keys: what a client names itself with, and the secret it signs requests with.

Owns the table `api_keys` and, in memory, every key that is not revoked, so that finding a key and checking a signature
do no I/O. A secret leaves this module once, when it is made; at rest it is sealed under the master key, and in memory
there is only what HMAC makes of it. Keys made for demonstrations are marked, and theirs can be shown again. Changes
write the database first: call them off the event loop.
"""

import hashlib
import hmac
import secrets
import string
from collections.abc import Iterable
from enum import Enum
from threading import Lock
from typing import Final

from sqlalchemy import Engine, insert, select, update

from rialto.foundation.logging import key_tail
from rialto.foundation.secrets import MasterKey
from rialto.identity.tables import KEY_LENGTH, LABEL_LENGTH_MAX, api_keys, owners

KEYS_PER_OWNER_MAX: Final = 30
SIGNATURE_LENGTH: Final = 64
_ALPHABET: Final = string.ascii_letters + string.digits


class Permission(Enum):
    """What a key may be used for."""

    READ = "read"
    TRADE = "trade"


class InvalidApiKey(Exception):
    """A key that cannot be made as asked: the owner, the label or the permissions are at fault."""


class TooManyApiKeys(Exception):
    """The owner has as many keys as one may have."""


class NoSuchApiKey(Exception):
    """There is no such key, or it was revoked."""


class SecretNotShown(Exception):
    """The secret of a key that is not for demonstrations is shown only once."""


class ApiKey:
    """A key in use. Compares by identity; its text shows the end of the key only."""

    __slots__ = ("_inner", "_outer", "created_at_us", "demo", "key", "label", "owner", "permissions")

    def __init__(
        self,
        *,
        key: str,
        secret: str,
        owner: int,
        permissions: frozenset[Permission],
        label: str,
        demo: bool,
        created_at_us: int,
    ) -> None:
        self.key = key
        self.owner = owner
        self.permissions = permissions
        self.label = label
        self.demo = demo
        self.created_at_us = created_at_us
        # RFC 2104 with the two key blocks hashed beforehand: a check copies two states instead of keying anew. A
        # secret is as long as a block, never longer.
        block = secret.encode().ljust(64, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

    def verify(self, payload: bytes, signature: str) -> bool:
        """Tell whether the signature is the payload's HMAC-SHA256, in hexadecimal of either case.

        Takes the same time wherever a wrong signature differs.
        """
        inner = self._inner.copy()
        inner.update(payload)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return signature.isascii() and hmac.compare_digest(outer.hexdigest(), signature.lower())

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
        with engine.connect() as connection:
            for row in connection.execute(select(api_keys).where(api_keys.c.revoked_at_us.is_(None))):
                self._keys[row.key] = ApiKey(
                    key=row.key,
                    secret=master_key.unseal(row.sealed_secret, row.key.encode()).decode(),
                    owner=row.owner,
                    permissions=frozenset(Permission(name) for name in row.permissions.split()),
                    label=row.label,
                    demo=row.demo,
                    created_at_us=row.created_at_us,
                )

    def find(self, key: str) -> ApiKey | None:
        """Find a key in use."""
        return self._keys.get(key)

    def of_owner(self, owner: int) -> list[ApiKey]:
        """List an owner's keys in use, oldest first."""
        return [api_key for api_key in list(self._keys.values()) if api_key.owner == owner]

    def create(
        self, owner: int, label: str, permissions: Iterable[Permission], now_us: int, *, demo: bool = False
    ) -> tuple[ApiKey, str]:
        """Make a key and return it with its secret, which is never returned again.

        Errors: `InvalidApiKey`, `TooManyApiKeys`.
        """
        granted = frozenset(permissions)
        if not 1 <= len(label) <= LABEL_LENGTH_MAX or not label.isprintable():
            raise InvalidApiKey(f"{label[:80]!r} is no label: give 1 to {LABEL_LENGTH_MAX} printable characters")
        if not granted:
            raise InvalidApiKey("a key without permissions is of no use; give at least one")
        secret = _random_text()
        made = ApiKey(
            key=_random_text(),
            secret=secret,
            owner=owner,
            permissions=granted,
            label=label,
            demo=demo,
            created_at_us=now_us,
        )
        with self._changing:
            if len(self.of_owner(owner)) >= KEYS_PER_OWNER_MAX:
                raise TooManyApiKeys(f"owner {owner} has {KEYS_PER_OWNER_MAX} keys, the most there can be; revoke one")
            self._store(made, secret)
            self._keys[made.key] = made
        return made, secret

    def revoke(self, key: str, now_us: int) -> None:
        """End a key for ever. Once this returns, no request is accepted with it.

        Errors: `NoSuchApiKey`.
        """
        with self._changing:
            self._in_use(key)
            with self._engine.begin() as connection:
                connection.execute(update(api_keys).where(api_keys.c.key == key).values(revoked_at_us=now_us))
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
        return self._master_key.unseal(sealed, key.encode()).decode()

    def _store(self, made: ApiKey, secret: str) -> None:
        with self._engine.begin() as connection:
            if connection.scalar(select(owners.c.id).where(owners.c.id == made.owner)) is None:
                raise InvalidApiKey(f"there is no owner {made.owner}; create the owner first")
            connection.execute(
                insert(api_keys).values(
                    key=made.key,
                    owner=made.owner,
                    label=made.label,
                    permissions=" ".join(sorted(permission.value for permission in made.permissions)),
                    sealed_secret=self._master_key.seal(secret.encode(), made.key.encode()),
                    demo=made.demo,
                    created_at_us=made.created_at_us,
                )
            )

    def _in_use(self, key: str) -> ApiKey:
        found = self._keys.get(key)
        if found is None:
            raise NoSuchApiKey(f"there is no key {key_tail(key)} in use")
        return found


def _random_text() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(KEY_LENGTH))
