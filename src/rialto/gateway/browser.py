"""Requests of browsers: whether one comes from this site, and in which session.

A browser sends cookies along with whatever any page makes it ask. So a request that changes something must show that a
page of this site made it: by the session's token in `x-csrf-token`, which other sites cannot read, and by what the
browser itself says of where it comes from (`Origin`, `Sec-Fetch-Site`). Owns no state; sessions are `identity`'s.
"""

import secrets
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

from rialto.gateway.cookies import (
    DEVICE_COOKIE,
    DEVICE_SECONDS,
    SESSION_COOKIE,
    clear_cookie,
    read_cookie,
    set_cookie,
)
from rialto.gateway.request import Headers, Request
from rialto.identity.browser_session import BrowserSession
from rialto.identity.clerks import Clerks, ClerksBusy
from rialto.identity.sessions import Sessions, hash_of
from rialto.wire.people_errors import PeopleError

CSRF_HEADER: Final = b"x-csrf-token"
_SAFE_METHODS: Final = frozenset(("GET", "HEAD"))
_LOOPBACK_HOSTS: Final = frozenset(("127.0.0.1", "localhost", "::1"))
_OWN_SITES: Final = frozenset((b"same-origin", b"none"))


class Browsers:
    """Finds the sessions of requests, and writes their cookies."""

    def __init__(
        self, sessions: Sessions, clerks: Clerks, now_us: Callable[[], int], *, is_secure: bool, public_url: str
    ) -> None:
        """`public_url` is how pages of this site begin, beside what a request itself says it was sent to."""
        self.sessions: Final = sessions
        self._clerks = clerks
        self._now_us = now_us
        self._is_secure = is_secure
        self._public_host = urlsplit(public_url).netloc.encode()

    async def take_over(self, request: Request) -> None:
        """Bring the session of a request up to date where other processes change sessions. Raises `ApiError` -41001."""
        if not self.sessions.is_shared:
            return
        cookies, client = request.headers.get(b"cookie"), request.headers.get(b"user-agent", b"").decode("latin-1")
        token, device = self._read(cookies, SESSION_COOKIE), self._read(cookies, DEVICE_COOKIE)
        if token is None or device is None:
            return
        asked = (token, hash_of(device), client)
        try:
            await self._clerks.run(lambda: self.sessions.take_over(*asked, self._now_us()))
        except ClerksBusy:
            raise PeopleError.BUSY.error(1, retry_after_s=1) from None

    def check_site(self, request: Request) -> None:
        """Raise `ApiError` -41009 if a page of another site made a request that changes something."""
        if request.method in _SAFE_METHODS:
            return
        headers = request.headers
        fetched_from = headers.get(b"sec-fetch-site")
        if fetched_from is not None and fetched_from not in _OWN_SITES:
            raise PeopleError.FOREIGN_SITE.error()
        origin = headers.get(b"origin")
        if origin is not None and not self.is_own_origin(origin, headers.get(b"host", b"")):
            raise PeopleError.FOREIGN_SITE.error()

    def is_own_origin(self, origin: bytes, host: bytes) -> bool:
        """Tell whether a page's origin is this site."""
        scheme, _, netloc = origin.partition(b"://")
        return scheme in (b"http", b"https") and netloc != b"" and netloc in (host, self._public_host)

    def check_host(self, request: Request) -> None:
        """Raise `ApiError` -41009 if a request asks for another host than this machine.

        A page can make its own name mean this machine, and then reads what is answered; the name gives it away.
        """
        if _host_of(request.headers.get(b"host", b"")) not in _LOOPBACK_HOSTS:
            raise PeopleError.FOREIGN_SITE.error()

    def has_session(self, request: Request) -> bool:
        """Tell whether a request carries a session's cookie, good or not."""
        return SESSION_COOKIE.encode() in request.headers.get(b"cookie", b"")

    def session_of(self, request: Request) -> BrowserSession:
        """Return the session a request is made in.

        Raises `ApiError`: -41007 without one, -41009 and -41008 if a page of another site may have made it.
        """
        session = self.find(request)
        if session is None:
            raise PeopleError.NO_SESSION.error()
        self.check_site(request)
        if request.method not in _SAFE_METHODS:
            shown = request.headers.get(CSRF_HEADER, b"")
            if not secrets.compare_digest(shown, session.csrf.encode()):
                raise PeopleError.CSRF.error()
        return session

    def of_upgrade(self, headers: Mapping[str, str]) -> BrowserSession | None:
        """Return the session in which a page of this site opens a WebSocket; None for whoever else opens it.

        Browsers send cookies along whichever page opens a WebSocket, but always say which: without `Origin` it is none.
        """
        sent = {name.lower(): value.encode("latin-1", "replace") for name, value in headers.items()}
        if not self.is_own_origin(sent.get("origin", b""), sent.get("host", b"")):
            return None
        return self._find(sent.get("cookie"), sent.get("user-agent", b""))

    def find(self, request: Request) -> BrowserSession | None:
        """Return the session a request carries the cookies of, whoever made it."""
        return self._find(request.headers.get(b"cookie"), request.headers.get(b"user-agent", b""))

    def _find(self, cookies: bytes | None, user_agent: bytes) -> BrowserSession | None:
        token, device = self._read(cookies, SESSION_COOKIE), self._read(cookies, DEVICE_COOKIE)
        if token is None or device is None:
            return None
        return self.sessions.find(token, hash_of(device), user_agent.decode("latin-1"), self._now_us())

    def device_of(self, request: Request) -> str | None:
        """Return what makes a request's device known, if it carries that."""
        return self._read(request.headers.get(b"cookie"), DEVICE_COOKIE)

    def _read(self, cookies: bytes | None, cookie: str) -> str | None:
        return read_cookie(cookies, cookie, is_secure=self._is_secure)

    def cookies(self, token: str, device: str | None = None) -> Headers:
        """Write a session's token into the browser, and what makes the device known, if that is new."""
        headers = [set_cookie(SESSION_COOKIE, token, is_secure=self._is_secure)]
        if device is not None:
            headers.append(set_cookie(DEVICE_COOKIE, device, is_secure=self._is_secure, seconds=DEVICE_SECONDS))
        return headers

    def forgetting(self) -> Headers:
        """Have the browser forget its session."""
        return [clear_cookie(SESSION_COOKIE, is_secure=self._is_secure)]

    async def rotate(self, session: BrowserSession, *, stepped_up_until_us: int | None = None) -> Headers:
        """Give a session another token; return the headers that tell the browser. Raises `ApiError` -41007, -41001."""
        rotate = self.sessions.rotate
        try:
            token = await self._clerks.run(
                lambda: rotate(session, self._now_us(), stepped_up_until_us=stepped_up_until_us)
            )
        except ClerksBusy:
            raise PeopleError.BUSY.error(1, retry_after_s=1) from None
        if token is None:
            raise PeopleError.NO_SESSION.error()
        return self.cookies(token)

    async def rotate_if_due(self, session: BrowserSession) -> Headers:
        """Give a session another token if its token is old; put it off if there is no time."""
        if session.is_over or not self.sessions.is_rotation_due(session, self._now_us()):
            return []
        try:
            token = await self._clerks.run(lambda: self.sessions.rotate_if_due(session, self._now_us()))
        except ClerksBusy:
            return []
        return [] if token is None else self.cookies(token)


def _host_of(header: bytes) -> str | None:
    try:
        return urlsplit(f"//{header.decode('ascii')}").hostname
    except ValueError:
        return None
