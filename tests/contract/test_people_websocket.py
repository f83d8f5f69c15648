"""A page of this site opens the WebSocket API as the person whose browser it is; a page of another does not."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import websockets

from tests.browser import Browser
from tests.whole_exchange import Whole, whole_exchange

EMAIL = "alice@example.com"


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole_exchange(tmp_path) as whole:
        yield whole


@asynccontextmanager
async def socket_of(whole: Whole, browser: Browser, origin: str | None) -> AsyncIterator[Any]:
    cookies = "; ".join(f"{name}={value}" for name, value in browser.http.cookies.items())
    async with websockets.connect(
        f"ws://127.0.0.1:{whole.exchange.port}/ws-api/v3",
        additional_headers={"Cookie": cookies},
        user_agent_header=browser.http.headers["user-agent"],
        origin=origin,  # type: ignore[arg-type]
        proxy=None,
    ) as socket:
        yield socket


async def asked(socket: Any, method: str, **parameters: object) -> Any:
    await socket.send(json.dumps({"id": "1", "method": method, "params": parameters}))
    while True:
        answer = json.loads(await socket.recv())
        if "status" in answer:  # A refusal that ends the session names no request.
            return answer


async def test_a_page_of_this_site_is_logged_on_until_its_session_ends(whole: Whole) -> None:
    async with Browser(str(whole.client.base_url)) as alice:
        session = await alice.sign_up(EMAIL)
        async with socket_of(whole, alice, f"http://127.0.0.1:{whole.exchange.port}") as socket:
            status = await asked(socket, "session.status")
            assert status["result"]["apiKey"] == session["sessionId"]
            now_ms = time.time_ns() // 1_000_000
            account = await asked(socket, "account.status", timestamp=now_ms)
            assert account["status"] == 200, account
            assert (await asked(socket, "userDataStream.subscribe"))["status"] == 200
            await alice.post("logout")
            refused = await asked(socket, "account.status", timestamp=now_ms)
            assert refused["error"]["code"] == -2015
            assert (await asked(socket, "session.status"))["result"]["apiKey"] is None


@pytest.mark.parametrize("origin", ["https://evil.example", None])
async def test_who_does_not_say_so_is_nobody(whole: Whole, origin: str | None) -> None:
    async with Browser(str(whole.client.base_url)) as alice:
        await alice.sign_up(EMAIL)
        async with socket_of(whole, alice, origin) as socket:
            assert (await asked(socket, "session.status"))["result"]["apiKey"] is None
            refused = await asked(socket, "account.status", timestamp=time.time_ns() // 1_000_000)
            assert refused["status"] == 400
