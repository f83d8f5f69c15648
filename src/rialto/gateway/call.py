"""What a handler knows about the call it serves, beside its parameters."""

from collections.abc import Callable

from rialto.gateway.request import Headers
from rialto.identity.api_keys import ApiKey
from rialto.wire.errors import ErrorCode


class Call:
    """One call: whose key it carries, the unit its times are wanted in, and headers the handler adds to the answer."""

    __slots__ = ("_api_key", "_check_window", "_time_divisor", "headers")

    def __init__(
        self,
        api_key: ApiKey | None,
        *,
        microseconds: bool = False,
        check_window: Callable[[], None] | None = None,
    ) -> None:
        self._api_key = api_key
        self._check_window = check_window
        self._time_divisor = 1 if microseconds else 1000
        self.headers: Headers = []

    @property
    def owner(self) -> int:
        """Who calls. Precondition: the endpoint needs a key, so the call carries one."""
        if self._api_key is None:
            raise ErrorCode.REJECTED_MBX_KEY.error()
        return self._api_key.owner

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
