"""One browser session, and what stands for it where a key is asked for."""

from typing import Final

from rialto.identity.api_keys import ApiKey
from rialto.identity.restrictions import Permission
from rialto.identity.signatures import KeyType

SESSION_PERMISSIONS: Final = frozenset(Permission) - {Permission.FIX, Permission.FIX_READ_ONLY}
"""What people may do themselves; FIX takes keys only."""


class _NothingVerifies:
    """No signature is a session's."""

    def verify(self, _payload: bytes, _signature: str) -> bool:
        """Say no."""
        return False


class BrowserSession:
    """A session. Its times change as it is used; compares by identity."""

    __slots__ = (
        *("address", "client", "created_at_us", "csrf", "device", "id", "is_over", "key", "owner", "previous_hash"),
        *("rotated_at_us", "seen_at_us", "stepped_up_until_us", "token_hash", "written_seen_at_us"),
    )

    def __init__(
        self,
        id: str,  # noqa: A002 - the field's own word
        *,
        owner: int,
        token_hash: str,
        device: str,
        client: str,
        csrf: str,
        address: str,
        created_at_us: int,
        previous_hash: str | None = None,
        rotated_at_us: int = 0,
        seen_at_us: int = 0,
        stepped_up_until_us: int = 0,
    ) -> None:
        self.id: Final = id
        self.owner: Final = owner
        self.token_hash = token_hash
        self.previous_hash = previous_hash
        self.device: Final = device
        self.client: Final = client
        self.csrf: Final = csrf
        self.address = address
        self.created_at_us: Final = created_at_us
        self.rotated_at_us = rotated_at_us or created_at_us
        self.seen_at_us = self.written_seen_at_us = seen_at_us or created_at_us
        self.stepped_up_until_us = stepped_up_until_us
        self.is_over = False
        self.key: Final = SessionKey(self)

    def __repr__(self) -> str:
        return f"BrowserSession({self.id[:6]}…, owner={self.owner})"


class SessionKey(ApiKey):
    """What stands for a session where a key is asked for: its person's, with all that people may do."""

    __slots__ = ("session",)

    def __init__(self, session: BrowserSession) -> None:
        super().__init__(
            key=session.id,
            owner=session.owner,
            permissions=SESSION_PERMISSIONS,
            label="session",
            created_at_us=session.created_at_us,
            type=KeyType.HMAC,
            verifier=_NothingVerifies(),
        )
        self.session = session
