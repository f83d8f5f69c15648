"""The reference rates as they stand: the package's table, and over it what a source says that the operator names.

The source is asked when somebody wants rates and the last answer is old, never by a clock of its own: who shows no
rates asks nobody. Nobody waits for it either; until it has answered, what is known is shown. Owns what it last said.
"""

import asyncio
from collections.abc import Callable
from typing import Final

import aiohttp
import structlog

from rialto.foundation.tasks import end
from rialto.gateway.rates.reference import RatesUnusable, References, newest, packaged, read_central_bank

ANSWER_BYTES_MAX: Final = 262_144
TIMEOUT_S: Final = 10
RETRY_US: Final = 300_000_000
"""How soon a source that failed is asked again."""

_log = structlog.stdlib.get_logger(__name__)


class ReferenceRates:
    """Gives the newest rates there are. Belongs to one event loop."""

    def __init__(self, url: str, refresh_seconds: int, now_us: Callable[[], int]) -> None:
        """Ask `url` every so many seconds at most; no url, nobody."""
        self._url = url
        self._refresh_us = refresh_seconds * 1_000_000
        self._now_us = now_us
        self._due_us = 0
        self._known = packaged()
        self._asking: asyncio.Task[None] | None = None

    def now(self) -> References:
        """Return what is known, and have the source asked where that is old."""
        is_asking = self._asking is not None and not self._asking.done()
        if self._url and not is_asking and self._now_us() >= self._due_us:
            self._asking = asyncio.create_task(self._ask(), name="display rates")
        return self._known

    async def stop(self) -> None:
        """Ask nobody any more."""
        await end(self._asking)

    async def _ask(self) -> None:
        try:
            self._known = newest(packaged(), read_central_bank(await self._fetch()))
            self._due_us = self._now_us() + self._refresh_us
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError, RatesUnusable) as error:
            self._due_us = self._now_us() + min(RETRY_US, self._refresh_us)
            _log.warning("rates were not refreshed", url=self._url, reason=str(error) or type(error).__name__)

    async def _fetch(self) -> bytes:
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(self._url, allow_redirects=False) as response,
        ):
            content = bytearray()
            async for piece in response.content.iter_chunked(65_536):
                content += piece
                if len(content) > ANSWER_BYTES_MAX:
                    raise RatesUnusable(f"it answers with more than {ANSWER_BYTES_MAX} bytes")
            if response.status != 200:
                raise RatesUnusable(f"it answers with status {response.status}")
            return bytes(content)
