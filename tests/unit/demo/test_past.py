"""The past: real trades at past times, the same for the same seed, that leave nothing standing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from rialto.contracts.commands import RegisterAsset
from rialto.contracts.queries import StateHash, StateHashAnswer
from rialto.core import journal
from rialto.demo.founding import Founded, found
from rialto.demo.past import PAST_US, PastRuntime, live
from rialto.foundation.clock import SettableClock
from rialto.wire.decimals import to_units
from tests.exchange import BTCUSDT
from tests.unit.demo.founded import NOW_US, balances, identity, journal_of, open_orders, small

HOUR_US = 3_600_000_000
BEGAN_US = NOW_US - PAST_US


def ignore(_trades: int) -> None:
    pass


@asynccontextmanager
async def founded_in_the_past(directory: Path) -> AsyncIterator[tuple[PastRuntime, SettableClock, Founded]]:
    """The small definition, founded on a runtime whose clock begins in the past."""
    directory.mkdir(exist_ok=True)
    clock = SettableClock(BEGAN_US)
    with identity(directory) as people:
        runtime = PastRuntime.open(
            journal_of(directory), outcomes_from=1 << 62, on_outcomes=lambda _outcomes: None, clock=clock
        )
        await runtime.start()
        try:
            founded = await found(runtime, small(), people.owners, people.api_keys, SettableClock(NOW_US))
            yield runtime, clock, founded
        finally:
            await runtime.close()


async def hash_of_past(directory: Path, seed: int) -> str:
    async with founded_in_the_past(directory) as (runtime, clock, founded):
        await live(runtime, clock, small(), founded.house, seed, ignore)
        answer = await runtime.ask(StateHash())
        assert isinstance(answer, StateHashAnswer)
        return answer.hash


async def test_markets_have_traded_all_the_time_and_end_where_the_house_begins(tmp_path: Path) -> None:
    told: list[int] = []
    async with founded_in_the_past(tmp_path) as (runtime, clock, founded):
        before = await balances(runtime, founded.house.maker)
        trades = await live(runtime, clock, small(), founded.house, 1, told.append)
        assert clock.now_us() == NOW_US
        assert told[-1] == trades > 1_500
        hours = runtime.market.candles(BTCUSDT, "1h", start_us=BEGAN_US, end_us=None, limit=100)
        assert len(hours) in (48, 49)
        assert all(hour.trades for hour in hours)
        assert hours[-2].trades > 2 * hours[10].trades, "there is more to see of the last hours"
        assert sum(hour.low != hour.high for hour in hours) == len(hours)
        newest = runtime.market.trades(BTCUSDT, 1_000)
        assert all(earlier.traded_at_us <= later.traded_at_us for earlier, later in pairwise(newest))
        assert newest[-1].traded_at_us in range(NOW_US - HOUR_US, NOW_US)
        assert abs(to_units(newest[-1].price) - 6_400_000_000_000) * 1_000 < 6_400_000_000_000
        assert await open_orders(runtime, founded.house.maker) == ()
        after = await balances(runtime, founded.house.maker)
        # The maker has neither bought nor sold itself out: the house would begin with leaning prices.
        moved = abs(to_units(after["BTC"][0]) - to_units(before["BTC"][0])) * 64_000
        assert moved < to_units("1000000")
    verified = journal.verify(journal_of(tmp_path))
    assert verified.refused == 0


async def test_a_seed_and_an_end_give_one_past(tmp_path: Path) -> None:
    first = await hash_of_past(tmp_path / "first", 1)
    assert await hash_of_past(tmp_path / "second", 1) == first
    assert await hash_of_past(tmp_path / "third", 2) != first


async def test_what_is_raised_on_the_way_ends_it(tmp_path: Path) -> None:
    class Stop(Exception):
        pass

    def stop(trades: int) -> None:
        if trades > 100:
            raise Stop

    async with founded_in_the_past(tmp_path) as (runtime, clock, founded):
        with pytest.raises(Stop):
            await live(runtime, clock, small(), founded.house, 1, stop)
        assert clock.now_us() < NOW_US


async def test_a_command_has_the_time_of_the_clock_unless_it_is_given_one(tmp_path: Path) -> None:
    async with founded_in_the_past(tmp_path) as (runtime, clock, _):
        clock.advance(HOUR_US)
        assert (await runtime.submit(RegisterAsset("ETH"))).time_us == BEGAN_US + HOUR_US
        assert (await runtime.submit(RegisterAsset("LTC"), time_us=NOW_US)).time_us == NOW_US
