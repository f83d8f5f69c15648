"""The page over HTTP: its files, and for every path of a page its one document, which finds its way in the browser.

Asked last: everything the API, its streams and the files of data have under their names is theirs, also what does not
exist there. The policy lets the page run scripts and styles from its own files, and talk to this exchange alone.
"""

from pathlib import Path
from typing import Final

from rialto.gateway.page.files import BUILT, INDEX, read_built
from rialto.gateway.request import Headers, Request
from rialto.gateway.whole_page import WholePage

ASSETS: Final = "/assets/"
"""Files whose names hold a hash of what they contain."""

RESERVED: Final = (
    "/account/v1",
    "/admin/v1",
    "/api",
    "/data",
    "/data.binance.vision",
    "/docs",
    "/fiat",
    "/health",
    "/metrics",
    "/ready",
    "/sapi",
    "/stream",
    "/ws",
    "/ws-api",
)
"""What begins so, followed by `/` or nothing, is never a page."""

REPLACED: Final = frozenset(("/account/login", "/account/password", "/account/reset", "/account/sign-up"))
"""Pages that mails lead to, which this page has with what comes after them."""

POLICY: Final = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    b"connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PERMISSIONS: Final = (
    b"camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), "
    b"publickey-credentials-create=(self), publickey-credentials-get=(self)"
)
SECURITY_HEADERS: Final[Headers] = [
    (b"content-security-policy", POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", _PERMISSIONS),
]
_PLAIN: Final = (b"content-type", b"text/plain;charset=UTF-8")
_FOREVER: Final = (b"cache-control", b"public, max-age=31536000, immutable")
_ASK_AGAIN: Final = (b"cache-control", b"no-cache")
_NEVER: Final = (b"cache-control", b"no-store")


class PageSite:
    """Serves one build. Without a build it serves nothing."""

    def __init__(self, directory: Path = BUILT) -> None:
        self._files = read_built(directory)

    @property
    def replaced(self) -> frozenset[str]:
        """The pages of others that this site has, too: none without a build."""
        return REPLACED if self._files else frozenset()

    def serves(self, path: str, _query: bytes) -> bool:
        """Tell whether a request is for the page: whether nobody else has its name."""
        return bool(self._files) and not any(path == name or path.startswith(f"{name}/") for name in RESERVED)

    async def answer(self, request: Request) -> WholePage:
        """Answer a file, the document, or that there is no such file."""
        path, headers = request.path, request.headers
        if request.method not in ("GET", "HEAD"):
            allow = (b"allow", b"GET, HEAD")
            return WholePage(405, [*SECURITY_HEADERS, _PLAIN, allow, _NEVER], b"The page is read with GET.\n")
        file = self._files.get(path)
        if file is not None and path != INDEX:
            return file.answer(headers, [*SECURITY_HEADERS, _FOREVER if path.startswith(ASSETS) else _ASK_AGAIN])
        if path != INDEX and (path.startswith(ASSETS) or "." in path.rpartition("/")[2]):
            return WholePage(404, [*SECURITY_HEADERS, _PLAIN, _NEVER], b"There is no such file.\n")
        return self._files[INDEX].answer(headers, [*SECURITY_HEADERS, _NEVER])
