"""What a handler knows about the call it serves, beside its parameters."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from rialto.identity.api_keys import ApiKey
from rialto.wire.errors import ErrorCode

if TYPE_CHECKING:
    from rialto.gateway.websocket.session import Session


class Call:
    """One call: whose key it carries, the unit its times are wanted in, and the session it was made in, if any.

    `counted_account` is set by handlers that count orders: what the account has used of its limits belongs into the
    answer, whether it is a success or a refusal.
    """

    __slots__ = ("_api_key", "_check_window", "_session", "_time_divisor", "counted_account")

    def __init__(
        self,
        api_key: ApiKey | None,
        *,
        microseconds: bool = False,
        check_window: Callable[[], None] | None = None,
        session: "Session | None" = None,
    ) -> None:
        self._api_key = api_key
        self._check_window = check_window
        self._session = session
        self._time_divisor = 1 if microseconds else 1000
        self.counted_account: int | None = None

    @property
    def api_key(self) -> ApiKey:
        """The key the call was signed with. Precondition: the endpoint is signed."""
        if self._api_key is None:
            raise ErrorCode.REJECTED_MBX_KEY.error()
        return self._api_key

    @property
    def owner(self) -> int:
        """Who calls. Precondition: the endpoint is signed."""
        return self.api_key.owner

    @property
    def session(self) -> "Session":
        """The session of the WebSocket API the call was made in. Precondition: the endpoint is served only there."""
        assert self._session is not None
        return self._session

    def check_window(self) -> None:
        """Raise `ApiError` -1021 if the time the request is valid for has passed while it was being prepared.

        Asked by handlers when they are about to submit a command; afterwards nothing can be taken back.
        """
        if self._check_window is not None:
            self._check_window()

    def time(self, microseconds: int) -> int:
        """Return a time in the unit the caller asked for: milliseconds, rounded down, or microseconds."""
        return microseconds // self._time_divisor

    @property
    def shows_microseconds(self) -> bool:
        """Whether times are wanted in microseconds."""
        return self._time_divisor == 1
