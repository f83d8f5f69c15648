"""A key for each person, under which what they state and show is sealed.

Owns the table `verification_keys`. The key itself is sealed under the master key. What is sealed is bound to its
person and its use: moved to another person or another place, it does not open. Calls block: off the event loop.
"""

import secrets
from typing import Final

from sqlalchemy import Connection, insert, select

from rialto.foundation.resealing import SealedColumn
from rialto.foundation.secrets import KEY_BYTES, MasterKey
from rialto.identity.verification.tables import verification_keys


class Vault:
    """Seals and opens what belongs to people."""

    def __init__(self, master_key: MasterKey) -> None:
        self.master_key: Final = master_key
        """Whoever may make a person's key holds its `sealing`."""

    def seal(self, connection: Connection, owner: int, use: str, plain: bytes) -> bytes:
        """Encrypt for a person and a use, under their key, which is made if there is none.

        Precondition: the caller is within the master key's `sealing`.
        """
        key = self._key(connection, owner)
        if key is None:
            fresh = secrets.token_bytes(KEY_BYTES)
            sealed = self.master_key.seal(fresh, _belongs_to(owner))
            connection.execute(insert(verification_keys).values(owner=owner, sealed_key=sealed))
            key = MasterKey(fresh)
        return key.seal(plain, _use(owner, use))

    def open(self, connection: Connection, owner: int, use: str, sealed: bytes) -> bytes:
        """Decrypt what was sealed for the same person and use. Errors: `BrokenSeal`, KeyError without a key."""
        key = self._key(connection, owner)
        if key is None:
            raise KeyError(owner)
        return key.unseal(sealed, _use(owner, use))

    def _key(self, connection: Connection, owner: int) -> MasterKey | None:
        c = verification_keys.c
        sealed = connection.scalar(select(c.sealed_key).where(c.owner == owner))
        return None if sealed is None else MasterKey(self.master_key.unseal(sealed, _belongs_to(owner)))


def _belongs_to(owner: int) -> bytes:
    return f"verification key of {owner}".encode()


def _use(owner: int, use: str) -> bytes:
    return f"verification {owner} {use}".encode()


SEALED_KEYS: Final = SealedColumn(verification_keys, "sealed_key", "owner", _belongs_to)
