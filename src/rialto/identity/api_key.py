"""One API key, as requests are checked by it."""

from typing import Final

from rialto.foundation.logging import key_tail
from rialto.identity.restrictions import Permission, Restrictions
from rialto.identity.signatures import KeyType, Verifier

ANYWHERE: Final = Restrictions()

KEEP: Final = -1
"""In place of a time: as it was."""


class ApiKey:
    """A key in use, as it was when it was found. Compares by identity; its text shows the end of the key only."""

    __slots__ = (
        *("created_at_us", "demo", "key", "label", "owner", "permissions", "restrictions", "type"),
        *("expires_at_us", "permitted_at_us", "_verifier", "verify"),
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
        expires_at_us: int | None = None,
        permitted_at_us: int | None = None,
    ) -> None:
        self.key = key
        self.owner = owner
        self.permissions = permissions
        self.label = label
        self.demo = demo
        self.created_at_us = created_at_us
        self.type = type
        self.restrictions = restrictions
        self.expires_at_us = expires_at_us
        """From when on it is refused; None for never."""
        self.permitted_at_us = created_at_us if permitted_at_us is None else permitted_at_us
        """When its permissions were given."""
        self._verifier = verifier
        self.verify = verifier.verify
        """Tells whether a signature is the key's over a payload; see `Verifier`."""

    def restricted(
        self,
        permissions: frozenset[Permission],
        restrictions: Restrictions,
        *,
        label: str | None = None,
        expires_at_us: int | None = KEEP,
        permitted_at_us: int = KEEP,
    ) -> "ApiKey":
        """Return the same key with other permissions and restrictions, and what else is given."""
        return ApiKey(
            key=self.key,
            owner=self.owner,
            permissions=permissions,
            label=self.label if label is None else label,
            created_at_us=self.created_at_us,
            type=self.type,
            verifier=self._verifier,
            restrictions=restrictions,
            demo=self.demo,
            expires_at_us=self.expires_at_us if expires_at_us == KEEP else expires_at_us,
            permitted_at_us=self.permitted_at_us if permitted_at_us == KEEP else permitted_at_us,
        )

    def __repr__(self) -> str:
        return f"ApiKey({key_tail(self.key)}, owner={self.owner})"
