"""A node between an adapter and a real node, that answers some methods otherwise: what nodes do on bad days."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web

Otherwise = Callable[[list[Any]], Any]
"""What a method answers, by its parameters."""


class Refused(Exception):
    """Answer with an error: its code and words."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def missing(parameters: list[Any]) -> Any:
    """Answer as a node does that lacks the method."""
    raise Refused(-32601, "the method does not exist/is not available")


class Proxy:
    """The node between. `otherwise` holds what is answered here, by method; `asked` every method that was asked."""

    def __init__(self, url: str) -> None:
        self._behind = url
        self.url = ""
        self.otherwise: dict[str, Otherwise] = {}
        self.asked: list[str] = []
        self.spoilt: bytes | None = None
        """What is sent back instead of any answer."""
        self.status = 200

    async def answer(self, request: web.Request) -> web.Response:
        if self.spoilt is not None:
            return web.Response(body=self.spoilt, status=self.status)
        asked = await request.json()
        many = asked if isinstance(asked, list) else [asked]
        self.asked += [each["method"] for each in many]
        answers = [await self._one(each) for each in many]
        return web.json_response(answers if isinstance(asked, list) else answers[0], status=self.status)

    async def _one(self, asked: dict[str, Any]) -> dict[str, Any]:
        otherwise = self.otherwise.get(asked["method"])
        if otherwise is not None:
            try:
                return {"jsonrpc": "2.0", "id": asked["id"], "result": otherwise(asked["params"])}
            except Refused as error:
                refusal = {"code": error.code, "message": str(error)}
                return {"jsonrpc": "2.0", "id": asked["id"], "error": refusal}
        async with aiohttp.ClientSession() as session, session.post(self._behind, json=asked) as response:
            answer: dict[str, Any] = await response.json()
            return answer


@asynccontextmanager
async def proxy_of(url: str) -> AsyncIterator[Proxy]:
    proxy = Proxy(url)
    application = web.Application(client_max_size=2**26)
    application.router.add_post("/", proxy.answer)
    runner = web.AppRunner(application, shutdown_timeout=0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        [(host, port, *_)] = runner.addresses
        proxy.url = f"http://{host}:{port}/"
        yield proxy
    finally:
        await runner.cleanup()
