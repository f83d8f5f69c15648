"""Cookies of browser sessions: read from a request, written into an answer.

Two: the session's token, and one that makes the device known and outlives sessions. Both are out of reach of scripts
(HttpOnly), are sent by this site's own pages only (SameSite=Strict) and over TLS only (Secure), unless the exchange
listens to this machine alone. Over TLS their names begin with `__Host-`: browsers take such from this very host alone,
so no other site of the same domain can plant one (RFC 6265bis, cookie name prefixes).
"""

from typing import Final

SESSION_COOKIE: Final = "rialto_session"
DEVICE_COOKIE: Final = "rialto_device"
DEVICE_SECONDS: Final = 400 * 86_400
VALUE_LENGTH_MAX: Final = 64
_LETTERS: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def name_of(cookie: str, *, is_secure: bool) -> str:
    """Return what a cookie of ours is called."""
    return f"__Host-{cookie}" if is_secure else cookie


def read_cookie(header: bytes | None, cookie: str, *, is_secure: bool) -> str | None:
    """Return a cookie's value; None if it is missing, cannot be one of ours, or is there with several values.

    Several mean that another site of the same domain has set one: neither can be trusted.
    """
    if header is None:
        return None
    wanted = name_of(cookie, is_secure=is_secure).encode()
    found: bytes | None = None
    for pair in header.split(b";"):
        key, _, value = pair.strip().partition(b"=")
        if key == wanted:
            if found is not None and found != value:
                return None
            found = value
    if found is None or not 0 < len(found) <= VALUE_LENGTH_MAX or not _LETTERS.issuperset(found):
        return None
    return found.decode()


def set_cookie(cookie: str, value: str, *, is_secure: bool, seconds: int | None = None) -> tuple[bytes, bytes]:
    """Write the header that sets a cookie, for so long or until the browser is closed."""
    text = f"{name_of(cookie, is_secure=is_secure)}={value}; Path=/; HttpOnly; SameSite=Strict"
    if is_secure:
        text += "; Secure"
    if seconds is not None:
        text += f"; Max-Age={seconds}"
    return b"set-cookie", text.encode()


def clear_cookie(cookie: str, *, is_secure: bool) -> tuple[bytes, bytes]:
    """Write the header that deletes a cookie."""
    return set_cookie(cookie, "", is_secure=is_secure, seconds=0)
