"""Looks after orders and books for as long as the exchange runs; events of the provider only make it faster."""

import asyncio
from typing import Final

import structlog

from rialto.core.errors import CommandRefused
from rialto.foundation.tasks import end
from rialto.products.fiat.cards.books import CardBooks
from rialto.products.fiat.cards.following import LOOK_EVERY_S, Following
from rialto.products.fiat.cards.provider import ProviderRefused, ProviderUnavailable
from rialto.products.fiat.rules import FiatRefused

BOOKS_EVERY: Final = 4
"""The books are read every so many rounds."""

_log = structlog.stdlib.get_logger(__name__)


class CardProcess:
    """The rounds."""

    def __init__(self, following: Following, books: CardBooks, look_every_s: float = LOOK_EVERY_S) -> None:
        self._following = following
        self._books = books
        self._look_every_s = look_every_s
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, on the running loop."""
        self._task = asyncio.create_task(self._run(), name="cards")

    async def stop(self) -> None:
        """End; what was begun goes on the next time."""
        await end(self._task)

    async def _run(self) -> None:
        turn = 0
        while True:
            try:
                await self._following.sweep()
                if turn % BOOKS_EVERY == 0:
                    await self._books.read()
            except (ProviderUnavailable, ProviderRefused, FiatRefused, CommandRefused) as error:
                _log.error("cards not followed; trying again", reason=str(error))
            except Exception:
                _log.exception("cards not followed; trying again")
            turn += 1
            await asyncio.sleep(self._look_every_s)
