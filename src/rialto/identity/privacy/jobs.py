"""What is done about privacy in the background, one thing after the other: exports made and destroyed, accounts closed,
and what was kept for long enough deleted.

State: whether something is to be looked at now, and when retention last ran. Goes on whatever happens; what a process
that died has left is found again, because all of it is written down.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import structlog

from rialto.foundation.tasks import end
from rialto.identity.api_keys import ApiKeys, NoSuchApiKey
from rialto.identity.people import People
from rialto.identity.privacy.closings import Closing, Closings
from rialto.identity.privacy.exports import Exports
from rialto.identity.privacy.obligations import Obligations
from rialto.identity.privacy.retention import Retention

LOOK_EVERY_S: Final = 60
RETENTION_EVERY_US: Final = 86_400_000_000

_log = structlog.stdlib.get_logger(__name__)


class PrivacyJobs:
    """The background of one process. Belongs to one event loop."""

    def __init__(
        self,
        exports: Exports,
        closings: Closings,
        obligations: Obligations,
        retention: Retention,
        people: People,
        api_keys: ApiKeys,
        caught_up: Callable[[], Awaitable[None]],
        now_us: Callable[[], int],
    ) -> None:
        """`caught_up` waits until history tells of everything that has happened."""
        self._exports = exports
        self._closings = closings
        self._obligations = obligations
        self._retention = retention
        self._people = people
        self._api_keys = api_keys
        self._caught_up = caught_up
        self._now_us = now_us
        self._retained_at_us: int | None = None
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name="privacy")

    async def stop(self) -> None:
        """Stop; what is under way on a thread is done to its end."""
        await end(self._task)

    def wake(self) -> None:
        """Look at once."""
        self._wanted.set()

    async def _run(self) -> None:
        while True:
            self._wanted.clear()
            await self.look()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wanted.wait(), LOOK_EVERY_S)

    async def look(self) -> None:
        """Do all that is to be done now."""
        for each in (self.make_exports, self.destroy_exports, self.close_accounts, self.destroy_kept, self.retain):
            try:
                await each()
            except Exception:
                _log.exception("not done; tried again", what=each.__name__)

    async def make_exports(self) -> None:
        """Make the exports that wait."""
        for export in await asyncio.to_thread(self._exports.waiting):
            await self._caught_up()
            try:
                await asyncio.to_thread(self._exports.make, export, self._now_us())
            except Exception:
                _log.exception("an export cannot be made", export=export.id)
                await asyncio.to_thread(self._exports.fail, export)

    async def destroy_exports(self) -> None:
        """Destroy those whose time is over."""
        gone = await asyncio.to_thread(self._exports.destroy_expired, self._now_us())
        if gone:
            _log.info("exports destroyed", count=gone)

    async def close_accounts(self) -> None:
        """Close the accounts whose time has come, those of which nothing is owed or open."""
        for closing in await asyncio.to_thread(self._closings.due, self._now_us()):
            await self._close(closing)

    async def destroy_kept(self) -> None:
        """Destroy what the law has kept for long enough."""
        for closing in await asyncio.to_thread(self._closings.destroyable, self._now_us()):
            await asyncio.to_thread(self._closings.destroy, closing, self._now_us())

    async def retain(self) -> None:
        """Once a day, delete what has been kept for long enough."""
        now_us = self._now_us()
        if self._retained_at_us is None or now_us - self._retained_at_us >= RETENTION_EVERY_US:
            gone = await asyncio.to_thread(self._retention.run, now_us)
            self._retained_at_us = now_us
            if gone:
                _log.info("deleted what was kept for long enough", **gone)

    async def _close(self, closing: Closing) -> None:
        """Close an account. Whatever moment it is cut off at, it is gone on with or taken back the next time."""
        owner, is_closed = closing.owner, False
        await self._obligations.cancel_orders(owner)
        if not await self._obligations.of(owner):
            # First nobody acts for it any more, then it is looked at again: nothing comes in between.
            await asyncio.to_thread(self._people.close, owner, self._now_us())
            if not await self._obligations.of(owner):
                await asyncio.to_thread(self._revoke_keys, owner)
                is_closed = await asyncio.to_thread(self._closings.finish, closing, self._now_us())
                await asyncio.to_thread(self._people.refresh)
        if not is_closed:
            await asyncio.to_thread(self._closings.put_off, closing)
            await asyncio.to_thread(self._people.refresh)

    def _revoke_keys(self, owner: int) -> None:
        for each in (owner, *self._closings.members_of(owner)):
            for key in self._api_keys.of_owner(each):
                with suppress(NoSuchApiKey):
                    self._api_keys.revoke(key.key, self._now_us())
