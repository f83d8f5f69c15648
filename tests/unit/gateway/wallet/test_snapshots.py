"""Daily snapshots, over days that pass as the test says."""

from pathlib import Path

from rialto.contracts.commands import Command, ListSymbol, OpenAccount, Post, RegisterAsset
from rialto.contracts.vocabulary import AccountClass, AccountKind, PostingReason, Side
from rialto.core.prices import Prices
from rialto.core.runtime import Runtime
from rialto.foundation.clock import SettableClock
from rialto.foundation.database import Access, open_engine
from rialto.foundation.migrating import migrate
from rialto.gateway.call import Call
from rialto.gateway.wallet.holdings import Holdings
from rialto.gateway.wallet.snapshots import (
    AccountSnapshots,
    SnapshotKind,
    SnapshotParameters,
    SpotBalance,
    SpotSnapshot,
)
from rialto.identity.api_keys import ApiKey
from rialto.identity.restrictions import Permission
from rialto.identity.signatures import HmacVerifier, KeyType
from rialto.projections.history import History
from rialto.projections.projector import Projector
from tests.exchange import BTC, USDT, limit, running, spec

DAY_US = 86_400_000_000
FIRST_DAY = 20_000
HOUR_US = 3_600_000_000


def key_of(owner: int) -> ApiKey:
    permissions = frozenset((Permission.READ,))
    return ApiKey(
        key="k", owner=owner, permissions=permissions, label="t", created_at_us=1, type=KeyType.HMAC,
        verifier=HmacVerifier("s"),
    )  # fmt: skip


async def live_through(runtime: Runtime, clock: SettableClock) -> None:
    """Two days with something in them, a day without, and some hours of the fourth."""

    async def do(hour: int, command: Command) -> None:
        clock.move_to(FIRST_DAY * DAY_US + hour * HOUR_US)
        await runtime.submit(command, clock.now_us())

    for name in ("BTC", "USDT"):
        await do(0, RegisterAsset(name))
    await do(0, ListSymbol(spec()))
    await do(1, OpenAccount(1, AccountKind(AccountClass.SPOT)))
    account = await runtime.account_of(1, AccountClass.SPOT)
    await do(2, Post(account, USDT, "100", PostingReason.DEPOSIT))
    await do(23, Post(account, USDT, "50", PostingReason.DEPOSIT))
    await do(25, limit(account, Side.BUY, "20", "2", "held"))
    await do(26, Post(account, BTC, "1", PostingReason.DEPOSIT))
    await do(76, Post(account, USDT, "7", PostingReason.DEPOSIT))


async def test_each_day_shows_what_it_ended_with(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'rialto.sqlite'}"
    migrate(url)
    engines = [open_engine(url, Access.REBUILDABLE), open_engine(url, Access.READ_ONLY, connections=4)]
    clock = SettableClock(FIRST_DAY * DAY_US)
    async with running(tmp_path / "journal", clock=clock) as runtime:
        projector = Projector(engines[0], lag_max=10_000)
        projector.start(runtime.last_sequence)
        runtime.subscribe(projector.accept, vital=True)
        history = History(engines[1], projector, lambda: runtime.last_sequence)
        await live_through(runtime, clock)
        shown = AccountSnapshots(runtime, history, Holdings(runtime, Prices(runtime)))

        async def days(**range_: int) -> list[tuple[int, object]]:
            answer = await shown.snapshots(Call(key_of(1)), SnapshotParameters(type=SnapshotKind.SPOT, **range_))
            return [(each.update_time, each.data) for each in answer.snapshot_vos]

        def end(day: int) -> int:
            return (FIRST_DAY + day + 1) * 86_400_000 - 1_000

        first = SpotSnapshot("0.00000000", [SpotBalance("USDT", "150.00000000", "0.00000000")])
        second = SpotSnapshot(
            "1.00000000",
            [SpotBalance("BTC", "1.00000000", "0.00000000"), SpotBalance("USDT", "110.00000000", "40.00000000")],
        )
        assert await days() == [(end(0), first), (end(1), second), (end(2), second)]
        assert await days(end_time=(FIRST_DAY + 2) * DAY_US) == [(end(0), first), (end(1), second)]
        assert await days(start_time=(FIRST_DAY + 1) * DAY_US + 1) == [(end(2), second)]
        clock.advance(40 * DAY_US)
        assert [time for time, _ in await days()] == [end(day) for day in range(36, 43)]
        history.close()
        await projector.close(5)
    for engine in engines:
        engine.dispose()
