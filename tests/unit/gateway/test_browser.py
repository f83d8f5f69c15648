"""Requests of browsers: cookies are read with suspicion, and what other sites' pages make them ask is refused."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from rialto.foundation.database import Access, open_engine
from rialto.gateway.browser import Browsers
from rialto.gateway.cookies import read_cookie, set_cookie
from rialto.gateway.request import Request
from rialto.identity.clerks import Clerks
from rialto.identity.owners import Owners
from rialto.identity.sessions import SessionRules, Sessions, hash_of
from rialto.wire.errors import ApiError

NOW_US = 1_700_000_000_000_000


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    engine = open_engine(migrated_url, Access.DURABLE)
    yield engine
    engine.dispose()


def request_of(method: str = "POST", **headers: str) -> Request:
    sent = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    return Request(method, "/account/v1/logout", b"", b"", {b"host": b"127.0.0.1:8000", **sent}, "127.0.0.1")


@pytest.mark.parametrize(
    ("header", "value"),
    [
        (b"rialto_session=abc", "abc"),
        (b"a=b; rialto_session=abc; c=d", "abc"),
        (b"rialto_session=abc; rialto_session=abc", "abc"),
        (b"rialto_session=abc; rialto_session=evil", None),
        (b"xrialto_session=abc", None),
        (b"rialto_session=", None),
        (b"rialto_session=a\xffc", None),
        (b"rialto_session=" + b"a" * 65, None),
        (None, None),
    ],
)
def test_cookies(header: bytes | None, value: str | None) -> None:
    assert read_cookie(header, "rialto_session", is_secure=False) == value


def test_cookies_are_out_of_reach_of_scripts_and_other_sites() -> None:
    _, text = set_cookie("rialto_session", "abc", is_secure=True)
    assert text == b"__Host-rialto_session=abc; Path=/; HttpOnly; SameSite=Strict; Secure"
    assert read_cookie(b"__Host-rialto_session=abc", "rialto_session", is_secure=True) == "abc"
    # What another site of the domain may have planted is not looked at.
    assert read_cookie(b"rialto_session=abc", "rialto_session", is_secure=True) is None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://127.0.0.1:8000"},
        {"origin": "https://exchange.example", "sec_fetch_site": "same-origin"},
    ],
)
def test_own_pages_may_ask(engine: Engine, headers: dict[str, str]) -> None:
    browsers(engine).check_site(request_of(**headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "https://exchange.example.evil.example"},
        {"origin": "http://127.0.0.1:8001"},
        {"origin": "file://"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site", "origin": "http://127.0.0.1:8000"},
    ],
)
def test_pages_of_other_sites_may_not(engine: Engine, headers: dict[str, str]) -> None:
    with pytest.raises(ApiError) as refused:
        browsers(engine).check_site(request_of(**headers))
    assert refused.value.code == -41009


def test_a_change_needs_the_sessions_own_token(engine: Engine) -> None:
    owner = Owners(engine).create("alice", 1).id
    found = browsers(engine)
    session, token = found.sessions.open(owner, hash_of("device"), "Firefox", "127.0.0.1", NOW_US)
    carried = {"cookie": f"__Host-rialto_session={token}; __Host-rialto_device=device", "user_agent": "Firefox"}
    assert found.session_of(request_of("GET", **carried)) is session
    for shown in ({}, {"x_csrf_token": ""}, {"x_csrf_token": token}, {"x_csrf_token": "é"}):
        with pytest.raises(ApiError) as refused:
            found.session_of(request_of(**carried, **shown))
        assert refused.value.code == -41008
    assert found.session_of(request_of(**carried, x_csrf_token=session.csrf)) is session
    with pytest.raises(ApiError) as refused:
        found.session_of(request_of("GET", cookie=f"__Host-rialto_session={token}", user_agent="Firefox"))
    assert refused.value.code == -41007


def browsers(engine: Engine) -> Browsers:
    sessions = Sessions(engine, SessionRules())
    return Browsers(sessions, Clerks(), lambda: NOW_US, is_secure=True, public_url="https://exchange.example")
