"""Follows one chain: every block once, in order, and back to the fork when the chain takes another branch.

    tip ─▶ fork? back to it ─▶ next block ─▶ scan ─▶ written down ─▶ … ─▶ settle what is deep enough

What was written down is the only state: after a crash it goes on from there, and a block that is read again changes
nothing. A node that cannot be asked is asked again, less and less often; nothing else waits for it. A fork below every
block that is remembered is followed by nobody: it stays where it is and says so, until an operator looks.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Protocol

import structlog

from rialto.custody.chains.adapter import Block, ChainAdapter, NodeUnavailable, ScannedBlock
from rialto.custody.deposits.sightings import Sighting, Sightings
from rialto.custody.networks.configuration import ConfiguredNetwork
from rialto.foundation.leases import LeaseLost
from rialto.foundation.tasks import end

BACK_OFF_S_MAX: Final = 60
PROGRESS_BLOCKS: Final = 1_000
"""After how many blocks of a backlog what is deep enough is settled, and a line is logged."""

_log = structlog.stdlib.get_logger(__name__)


class ForkTooDeep(Exception):
    """The chain forked below every block that is remembered. The message says what to do."""


class _Forked(Exception):
    """The chain changed while it was read."""


class Reader(Protocol):
    """What reads blocks for a follower."""

    def refresh(self) -> None:
        """Take over addresses that others gave out. Blocks."""

    def watched(self, network: str) -> frozenset[str]:
        """Return the addresses to look for."""

    def read(self, network: str, scanned: ScannedBlock) -> Sequence[Sighting]:
        """Say what a block's credits are to us."""


class Follower:
    """Follows one chain. What it tells of itself is for figures and for people."""

    def __init__(
        self,
        configured: ConfiguredNetwork,
        adapter: ChainAdapter,
        sightings: Sightings,
        reader: Reader,
        settle: Callable[[str, int], Awaitable[None]],
    ) -> None:
        """`settle` is told the network and the height that was reached; it may be called with the same ones again."""
        self.configured: Final = configured
        self.name: Final = configured.network.name
        self._adapter = adapter
        self._sightings = sightings
        self._reader = reader
        self._settle = settle
        self._task: asyncio.Task[None] | None = None
        self.round: Final = asyncio.Lock()
        """Held during a round: who holds it sees what was written down and what was settled together."""
        self.head: Block | None = None
        """The newest block that was read."""
        self.tip_height: int | None = None
        self.failures = 0
        """How often it failed since it last succeeded."""
        self.forks = 0
        self.deepest_fork = 0
        self.is_lost = False
        """Whether the chain forked too deep to follow."""

    @property
    def is_behind(self) -> bool:
        """Whether the chain cannot be followed now, or is not followed up to its newest block.

        Where another process follows it, nothing is known here, and nothing is said.
        """
        if self._task is None:
            return False
        return self.failures > 0 or self.head is None or self.head.height != self.tip_height

    async def start(self) -> None:
        """Go on from what is written down, in a task of its own."""
        self.head = await asyncio.to_thread(self._sightings.head, self.name)
        self._task = asyncio.create_task(self._run(), name=f"following {self.name}")

    async def stop(self) -> None:
        """Stop where it is."""
        await end(self._task)
        self._task = None

    async def _run(self) -> None:
        pause_s = poll_s = self.configured.poll_us / 1_000_000
        while True:
            try:
                await self.step()
                self.failures, self.is_lost, pause_s = 0, False, poll_s
            except Exception as error:
                self.failures += 1
                self.is_lost = isinstance(error, ForkTooDeep)
                expected = isinstance(error, NodeUnavailable | ForkTooDeep | LeaseLost)
                # The first is said at once, then each time the wait has doubled.
                if expected and pause_s < BACK_OFF_S_MAX:
                    _log.warning("chain not followed", network=self.name, reason=str(error), failures=self.failures)
                elif not expected:
                    _log.exception("chain not followed", network=self.name, failures=self.failures)
                pause_s = min(2 * pause_s, max(BACK_OFF_S_MAX, poll_s))
            await asyncio.sleep(pause_s)

    async def step(self) -> None:
        """Follow the chain to its tip, and settle.

        Errors: `NodeUnavailable`, `ForkTooDeep`, and those of what it stands on; it may be tried again after any.
        """
        while True:
            try:
                async with self.round:
                    await self._step()
            except _Forked:
                await asyncio.sleep(0)
            else:
                return

    async def _step(self) -> None:
        tip = await self._adapter.tip()
        self.tip_height = tip.height
        # Addresses are read after the tip: one that is given out later cannot be paid in a block up to it.
        await asyncio.to_thread(self._reader.refresh)
        head = await asyncio.to_thread(self._sightings.head, self.name)
        head = await self._begin(tip) if head is None else await self._common(head, tip)
        for height in range(0 if head is None else head.height + 1, tip.height + 1):
            scanned = await self._adapter.scan(height, self._reader.watched(self.name))
            if head is not None and scanned.block.parent != head.hash:
                raise _Forked
            found = self._reader.read(self.name, scanned)
            kept = self.configured.blocks_kept
            await asyncio.to_thread(self._sightings.add, self.name, scanned.block, found, kept)
            self.head = head = scanned.block
            if height % PROGRESS_BLOCKS == 0:
                _log.info("reading blocks", network=self.name, height=height, tip=tip.height)
                await self._settle(self.name, height)
        if head is not None:
            self.head = head
            await self._settle(self.name, head.height)

    async def _begin(self, tip: Block) -> Block | None:
        """Write down the block before the first that is to be read, so that a fork of the first can be told."""
        start = self.configured.start_height
        first = tip.height if start is None else start
        if first == 0:
            return None
        anchor = await self._adapter.block(first - 1)
        if anchor is None:
            raise NodeUnavailable(f"the node is at block {tip.height}, before block {first}, the first to be read")
        await asyncio.to_thread(self._sightings.add, self.name, anchor, (), self.configured.blocks_kept)
        _log.info("reading blocks", network=self.name, height=first, tip=tip.height)
        return anchor

    async def _common(self, head: Block, tip: Block) -> Block:
        """Go back to the newest block that is still in the chain."""
        at = head
        if tip.height < head.height:
            lower = await asyncio.to_thread(self._sightings.block, self.name, tip.height)
            if lower is not None and lower.hash == tip.hash:
                raise NodeUnavailable(f"the node is at block {tip.height}, behind {head.height}, which was read before")
        while True:
            there = await self._adapter.block(at.height)
            if there is not None and there.hash == at.hash:
                break
            before = await asyncio.to_thread(self._sightings.block, self.name, at.height - 1)
            if before is None:
                raise ForkTooDeep(
                    f"{self.name} forked below block {at.height}, the oldest that is remembered: "
                    "check the node; if the chain did fork so deep, halt deposits and withdrawals of the network"
                )
            at = before
        if at.height < head.height:
            gone = await asyncio.to_thread(self._sightings.rewind, self.name, at.height)
            depth = head.height - at.height
            self.forks += 1
            self.deepest_fork = max(self.deepest_fork, depth)
            self.head = at
            _log.warning("chain forked", network=self.name, height=at.height, depth=depth, credits_gone=gone)
        return at
