"""A provider that verifies people, over HTTP on this machine: takes checks once each, and says what it is told."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from aiohttp import web

from rialto.identity.verification.webhooks import signature

KEY = "key-of-the-exchange"
SECRET = "whsec_" + "c2VjcmV0IG9mIHRlc3RzLCBvZiBlbm91Z2ggYnl0ZXM="
WEBHOOK = "/account/v1/verification/provider"


class IdentityProvider:
    """The provider, and what it was asked."""

    def __init__(self) -> None:
        self.checks: dict[str, dict[str, Any]] = {}
        """By reference: what was stated."""
        self.said: dict[str, dict[str, str]] = {}
        """By check: its status and reason."""
        self.asked = 0
        self.is_down = False
        self.url = ""

    def check_of(self, first_name: str) -> str:
        """Find the check of someone."""
        return next(f"check-{each}" for each, about in self.checks.items() if about["firstName"] == first_name)

    def say(self, check: str, status: str, reason: str = "") -> None:
        """Come to a verdict."""
        self.said[check] = {"status": status, "reason": reason}

    async def start(self, request: web.Request) -> web.Response:
        """Take a check."""
        self._admit(request)
        about = await request.json()
        reference = about["reference"]
        assert request.headers["idempotency-key"] == reference
        self.checks.setdefault(reference, about)
        self.said.setdefault(f"check-{reference}", {"status": "pending", "reason": ""})
        link = f"https://provider.example/{reference}"
        return web.json_response({"id": f"check-{reference}", "link": link}, status=201)

    async def outcome(self, request: web.Request) -> web.Response:
        """Tell how a check stands."""
        self._admit(request)
        check = request.match_info["check"]
        if check not in self.said:
            raise web.HTTPNotFound
        return web.json_response({"id": check, "reference": check.removeprefix("check-"), **self.said[check]})

    def _admit(self, request: web.Request) -> None:
        self.asked += 1
        if self.is_down:
            raise web.HTTPServiceUnavailable
        if request.headers.get("authorization") != f"Bearer {KEY}":
            raise web.HTTPUnauthorized


@asynccontextmanager
async def identity_provider() -> AsyncIterator[IdentityProvider]:
    """Run one on a free port."""
    provider = IdentityProvider()
    application = web.Application()
    application.add_routes([web.post("/v1/checks", provider.start), web.get("/v1/checks/{check}", provider.outcome)])
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        provider.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield provider
    finally:
        await runner.cleanup()


async def send_message(
    client: httpx.AsyncClient, check: str, id_: str = "msg-1", *, secret: str = SECRET, late_s: int = 0, **changes: str
) -> httpx.Response:
    """Send the exchange a signed message about a check; `changes` are made to the headers after it was signed."""
    body = json.dumps({"type": "check.updated", "id": check}).encode()
    seconds = time.time_ns() // 1_000_000_000 - late_s
    headers = {
        "content-type": "application/json",
        "webhook-id": id_,
        "webhook-timestamp": str(seconds),
        "webhook-signature": f"v1,other {signature(secret, id_, seconds, body)}",
    }
    headers |= {name.replace("_", "-"): value for name, value in changes.items()}
    return await client.post(WEBHOOK, content=body, headers=headers)
