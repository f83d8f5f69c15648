"""What a handler knows about the call it serves, beside its parameters."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from rialto.foundation.clock import SystemClock
from rialto.gateway.request import Headers, Request
from rialto.identity.api_keys import ApiKey
from rialto.identity.browser_session import BrowserSession, SessionKey
from rialto.identity.sessions import shown_client
from rialto.identity.step_up import is_fresh
from rialto.wire.errors import ErrorCode
from rialto.wire.factor_errors import FactorError
from rialto.wire.people_errors import PeopleError

_CLOCK: Final = SystemClock()

if TYPE_CHECKING:
    from rialto.gateway.websocket.session import Session


class Call:
    """One call: whose key it carries, the unit its times are wanted in, and the session it was made in, if any.

    `headers` are written into the answer, beside its usual ones, if it is a success; over HTTP only.

    `counted_account` is set by handlers that count orders: what the account has used of its limits belongs into the
    answer, whether it is a success or a refusal.
    """

    __slots__ = (
        *("_api_key", "_check_window", "_request", "_session", "_time_divisor"),
        *("counted_account", "headers"),
    )

    def __init__(
        self,
        api_key: ApiKey | None,
        *,
        microseconds: bool = False,
        check_window: Callable[[], None] | None = None,
        session: "Session | None" = None,
        request: Request | None = None,
    ) -> None:
        self._api_key = api_key
        self._check_window = check_window
        self._session = session
        self._request = request
        self._time_divisor = 1 if microseconds else 1000
        self.counted_account: int | None = None
        self.headers: Headers = []

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

    @property
    def browser_session(self) -> BrowserSession:
        """The browser's session the call was made in. Raises `ApiError` -41007 if it was made with an API key."""
        if not isinstance(self._api_key, SessionKey):
            raise PeopleError.NO_SESSION.error()
        return self._api_key.session

    @property
    def is_of_browser(self) -> bool:
        """Whether the call was made in a browser's session."""
        return isinstance(self._api_key, SessionKey)

    @property
    def request(self) -> Request:
        """The request over HTTP. Precondition: the endpoint is served over HTTP only."""
        assert self._request is not None
        return self._request

    @property
    def address(self) -> str:
        """The address the call came from."""
        if self._request is not None:
            return self._request.address
        return "" if self._session is None else self._session.address

    @property
    def client(self) -> str:
        """What the client calls itself: one printable line, whatever was sent; empty over WebSocket."""
        if self._request is None:
            return ""
        return shown_client(self._request.headers.get(b"user-agent", b"").decode("latin-1"))

    def require_step_up(self) -> None:
        """Raise `ApiError` -41201 unless who uses the session has proven within the last minutes that it is them.

        Calls with API keys pass: what a key may do is decided by its permissions.
        """
        if isinstance(self._api_key, SessionKey) and not is_fresh(self._api_key.session, _CLOCK.now_us()):
            raise FactorError.STEP_UP_REQUIRED.error()

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
