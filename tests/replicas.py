"""The compiled core of a replica, fed by hand as a log would feed it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

import rialto_core
from rialto.contracts.commands import Command, ListSymbol, OpenAccount, Post, RegisterAsset
from rialto.contracts.vocabulary import AccountClass, AccountKind, PostingReason, Side
from rialto.core.cluster.replica import OpenReplica, open_replica
from rialto.core.market import MarketViews
from rialto.foundation.clock import SystemClock
from tests.exchange import BTC, USDT, limit, market, spec

FIRST_ACCOUNT = 5
"""The first account that is not the house's own."""

TRADING: list[Command] = [
    RegisterAsset("BTC"),
    RegisterAsset("USDT"),
    ListSymbol(spec()),
    OpenAccount(1, AccountKind(AccountClass.SPOT)),
    OpenAccount(2, AccountKind(AccountClass.SPOT)),
    Post(FIRST_ACCOUNT, BTC, "10", PostingReason.DEPOSIT),
    Post(FIRST_ACCOUNT + 1, USDT, "1000000", PostingReason.DEPOSIT),
    limit(FIRST_ACCOUNT, Side.SELL, "50000", "1", "a"),
    limit(FIRST_ACCOUNT, Side.SELL, "50001", "2", "b"),
    market(FIRST_ACCOUNT + 1, Side.BUY, "c", quote="60000"),
    limit(FIRST_ACCOUNT + 1, Side.BUY, "49000", "1", "d"),
]
"""An exchange founded and traded on: what rests at the end is on both sides."""


def journalled(command: Command) -> bytes:
    """A command as the log has it."""
    return rialto_core.journal_command(msgspec.msgpack.encode({type(command).__name__: command}))


def submit(core: rialto_core.Runtime, first: int, messages: list[bytes]) -> list[str | None]:
    """Submit messages from a sequence number on; their tickets are ten times those. Returns why any is no command."""
    return [
        core.submit_ordered(10 * sequence, sequence, 1_700_000_000_000_000 + sequence, message)
        for sequence, message in enumerate(messages, start=first)
    ]


@asynccontextmanager
async def replica(directory: Path, *, checkpoint_commands: int = 4) -> AsyncIterator[OpenReplica]:
    """A replica's core on a directory, closed at the end."""
    opened = open_replica(directory, checkpoint_commands=checkpoint_commands, queue_capacity=1_000)
    await opened.runtime.start()
    try:
        yield opened
    finally:
        await opened.runtime.close()


def empty_follower(directory: Path) -> rialto_core.Follower:
    """A follower that has seen nothing."""
    core = rialto_core.Runtime.open(directory, outcomes_from=1 << 60, on_outcomes=lambda _: None)
    try:
        core.start_telling()
        sequence, snapshot = core.snapshot_views()
    finally:
        core.close()
    return rialto_core.Follower(sequence, snapshot)


def shown(views: rialto_core.Views) -> tuple[object, ...]:
    """What market views show of the one symbol."""
    market = MarketViews(views, SystemClock())
    candles = market.candles(0, "1m", start_us=None, end_us=None, limit=1)
    return market.depth(0, 100), market.trades(0, 100), market.aggregated_trades(0, 100), candles[:1]
