"""A person in a browser: logged in, with cookies and the session's token, and their authenticator app."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pyotp

from rialto.identity.browser_session import BrowserSession
from rialto.identity.passwords import hashed
from rialto.identity.sessions import hash_of
from tests.plain_http import plain_client
from tests.whole_exchange import Whole

PASSWORD = "seven quiet herons over water"
CLIENT = "Mozilla/5.0 (tests)"
DEVICE = "device-of-tests"


class Someone:
    """The person, and the client that is their browser."""

    def __init__(self, whole: Whole, client: httpx.AsyncClient, session: BrowserSession) -> None:
        self.whole = whole
        self.client = client
        self.session = session
        self.owner = session.owner
        self.used: set[str] = set()

    async def send(self, method: str, path: str, **form: object) -> httpx.Response:
        """Ask for something as the page does: what is sent goes into the body."""
        data = {name: str(value) for name, value in form.items()}
        headers = {"x-csrf-token": self.session.csrf}
        if method == "GET":
            return await self.client.request(method, path, params=data, headers=headers)
        return await self.client.request(method, path, data=data, headers=headers)

    async def do(self, method: str, path: str, **form: object) -> Any:
        """Ask for something that succeeds, and return the answer."""
        response = await self.send(method, path, **form)
        assert response.status_code == 200, response.text
        return response.json()

    async def step_up(self) -> None:
        """Prove with the password who this is."""
        await self.do("POST", "/account/v1/step-up", password=PASSWORD)

    async def with_app(self) -> tuple[str, list[str]]:
        """Set an authenticator app up; return its secret and the recovery codes."""
        await self.step_up()
        setup = await self.do("POST", "/account/v1/factors/totp")
        added = await self.do("POST", "/account/v1/factors/totp/confirm", code=self.code(setup["secret"]))
        return setup["secret"], added["recoveryCodes"]

    def code(self, secret: str) -> str:
        """Return a code of an app that was not used before, twice in a step; one a step ahead is accepted too.

        None of the step before: by the time it arrives, it may be of the one before that.
        """
        step = time.time_ns() // 30_000_000_000
        for each in (step, step + 1):
            code = pyotp.TOTP(secret).generate_otp(each)
            if code not in self.used:
                self.used.add(code)
                return code
        raise AssertionError("every code of this step was used")

    async def next_code(self, secret: str) -> str:
        """Return a code of an app that was not used before, once there is one."""
        while True:
            try:
                return self.code(secret)
            except AssertionError:
                await asyncio.sleep(1)


@asynccontextmanager
async def someone(whole: Whole, email: str = "alice@example.com") -> AsyncIterator[Someone]:
    """Log a person in who has a password and no second factor."""
    parts = whole.exchange.parts
    now_us = parts.wall_clock_us()
    person = parts.identity.people.register(email, now_us, password_hash=hashed(PASSWORD))
    session, token = parts.identity.sessions.open(person.owner, hash_of(DEVICE), CLIENT, "127.0.0.1", now_us)
    url = f"http://127.0.0.1:{whole.exchange.port}"
    async with plain_client(url, headers={"user-agent": CLIENT}) as client:
        client.cookies.set("rialto_session", token, domain="127.0.0.1", path="/")
        client.cookies.set("rialto_device", DEVICE, domain="127.0.0.1", path="/")
        yield Someone(whole, client, session)
