"""A person at two gateways: one session, one second factor, whichever gateway is asked."""

import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pyotp
import pytest

from rialto.foundation.database import Access, open_engine
from rialto.identity.browser_session import BrowserSession
from rialto.identity.passwords import hashed
from rialto.identity.people import People
from rialto.identity.sessions import SessionRules, Sessions, hash_of
from tests.cluster_process import ClusterProcess, needs_nats
from tests.databases import postgres_database
from tests.person import CLIENT, DEVICE, PASSWORD

pytestmark = [needs_nats, pytest.mark.timeout(900)]


class Browser:
    """One browser that a load balancer sends now to one gateway, now to the other."""

    def __init__(self, urls: list[str], session: BrowserSession, token: str) -> None:
        self._urls = urls
        self.session = session
        self._headers = {"user-agent": CLIENT, "x-csrf-token": session.csrf}
        self.cookies = {"rialto_session": token, "rialto_device": DEVICE}

    def ask(self, gateway: int, method: str, path: str, **form: str) -> httpx.Response:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {**self._headers, "cookie": cookie}
        url = f"{self._urls[gateway]}/account/v1/{path}"
        answer = httpx.request(method, url, data=form or None, headers=headers, timeout=60, trust_env=False)
        self.cookies.update(answer.cookies)
        return answer

    def does(self, gateway: int, method: str, path: str, **form: str) -> httpx.Response:
        answer = self.ask(gateway, method, path, **form)
        assert answer.status_code == 200, answer.text
        return answer


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, postgres_server: str) -> Iterator[tuple[ClusterProcess, str]]:
    with ExitStack() as stack:
        url = stack.enter_context(postgres_database(postgres_server))
        process = ClusterProcess(tmp_path_factory.mktemp("sessions") / "cluster", url)
        try:
            yield process, url
        finally:
            process.stop()


def browser(cluster: ClusterProcess, database: str, name: str) -> Browser:
    """Somebody's, who has just logged in."""
    engine = open_engine(database, Access.DURABLE)
    try:
        now_us = time.time_ns() // 1_000
        person = People(engine).register(f"{name}@example.com", now_us, password_hash=hashed(PASSWORD))
        sessions = Sessions(engine, SessionRules(), is_shared=True)
        opened = sessions.open(person.owner, hash_of(DEVICE), CLIENT, "127.0.0.1", now_us)
    finally:
        engine.dispose()
    return Browser(cluster.urls, *opened)


def test_a_session_and_a_code_are_the_same_at_both_gateways(cluster: tuple[ClusterProcess, str]) -> None:
    process, database = cluster
    alice = browser(process, database, "zoe")
    for gateway in (0, 1, 0):
        alice.does(gateway, "GET", "session")

    # The token is another after each step-up, and the other gateway knows it and no other.
    before = dict(alice.cookies)
    alice.does(0, "POST", "step-up", password=PASSWORD)
    assert alice.cookies["rialto_session"] != before["rialto_session"]
    secret = alice.does(1, "POST", "factors/totp").json()["secret"]
    stale = Browser(process.urls, alice.session, before["rialto_session"])
    assert stale.ask(1, "GET", "session").status_code == 401

    step = time.time_ns() // 30_000_000_000
    app = pyotp.TOTP(secret)
    alice.does(1, "POST", "factors/totp/confirm", code=app.generate_otp(step))
    used = {"kind": "TOTP", "code": app.generate_otp(step + 1)}
    alice.does(0, "POST", "step-up", **used)
    refused = alice.ask(1, "POST", "step-up", **used)
    assert refused.status_code in (400, 401, 403), refused.text
    alice.does(1, "GET", "session")

    last = alice.cookies["rialto_session"]
    alice.does(1, "POST", "logout")
    alice.cookies["rialto_session"] = last
    for gateway in (0, 1):
        assert alice.ask(gateway, "GET", "session").status_code == 401


def test_who_logs_out_at_one_gateway_is_out_at_the_other_with_the_next_request(
    cluster: tuple[ClusterProcess, str],
) -> None:
    process, database = cluster
    alice = browser(process, database, "yan")
    held = dict(alice.cookies)
    for gateway in (0, 1):
        alice.does(gateway, "GET", "session")
    alice.does(0, "POST", "logout")
    alice.cookies = held
    assert alice.ask(1, "GET", "session").status_code == 401
