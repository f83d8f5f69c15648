"""Open orders of whoever is frozen or closed are taken back: nobody trades on for somebody who may not act.

    people ─▶ who is inactive now ─▶ queue ─▶ cancel, symbol by symbol ─▶ looked at once more

What was on its way when somebody was frozen may still have been placed, and a halted market cancels nothing: so they
are looked at again, until nothing is open. At a start everyone inactive is looked at, for the process may have
died in between. State: who is to be looked at.
"""

import asyncio
from typing import Final

import structlog

from rialto.contracts.commands import CancelAllOrders
from rialto.contracts.queries import OpenOrders, OrdersAnswer
from rialto.contracts.vocabulary import AccountClass
from rialto.core.errors import CommandRefused, RuntimeBusy, RuntimeStopped
from rialto.core.runtime import Runtime
from rialto.foundation.tasks import end
from rialto.gateway.performer import ANSWER_TIMEOUT_S
from rialto.identity.people import People

BUSY_S: Final = 0.2

_log = structlog.stdlib.get_logger(__name__)


class OrdersOfFrozen:
    """Takes them back."""

    def __init__(self, runtime: Runtime, people: People) -> None:
        self._runtime = runtime
        self._people = people
        self._waiting: asyncio.Queue[int] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, on the running loop."""
        loop = asyncio.get_running_loop()
        self._people.when_inactive(lambda owner: loop.call_soon_threadsafe(self._look_twice, owner))
        for owner in self._people.inactive:
            self._waiting.put_nowait(owner)
        self._task = asyncio.create_task(self._run(), name="orders of the frozen")

    async def stop(self) -> None:
        """End; whoever waits is looked at after the next start."""
        await end(self._task)

    def _look_twice(self, owner: int) -> None:
        self._waiting.put_nowait(owner)
        self._look_later(owner)

    def _look_later(self, owner: int) -> None:
        asyncio.get_running_loop().call_later(ANSWER_TIMEOUT_S, self._waiting.put_nowait, owner)

    async def _run(self) -> None:
        while True:
            owner = await self._waiting.get()
            try:
                found = await self._take_back(owner)
            except RuntimeBusy:
                self._waiting.put_nowait(owner)
                await asyncio.sleep(BUSY_S)
                continue
            except RuntimeStopped:
                return
            except Exception:
                _log.exception("orders of a frozen account not canceled; tried again", owner=owner)
                found = True
            if found:
                self._look_later(owner)

    async def _take_back(self, owner: int) -> bool:
        """Cancel what is open; return whether anything was."""
        if self._people.is_active(owner):
            return False
        try:
            account = await self._runtime.account_of(owner, AccountClass.SPOT)
        except CommandRefused:
            return False  # They never had an account.
        answer = await self._runtime.ask(OpenOrders(account))
        assert isinstance(answer, OrdersAnswer)
        symbols = sorted({order.symbol for order in answer.orders})
        for symbol in symbols:
            try:
                await self._runtime.submit(CancelAllOrders(account, symbol))
                _log.warning("orders of a frozen account canceled", owner=owner, symbol=symbol)
            except CommandRefused as refused:
                _log.warning("orders of a frozen account stay", owner=owner, symbol=symbol, why=repr(refused.rejection))
        return bool(symbols)
