"""An owner's money leaves in turn, whichever process is asked; who goes away gives the turn back."""

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from rialto.custody.withdrawals.turns import CONNECTIONS, Turns
from rialto.foundation.database import Access, open_engine


@pytest.fixture
def engines(postgres_url: str) -> Iterator[tuple[Engine, Engine]]:
    here, there = (open_engine(postgres_url, Access.READ_ONLY, connections=CONNECTIONS) for _ in range(2))
    yield here, there
    here.dispose()
    there.dispose()


async def test_two_processes_take_turns(engines: tuple[Engine, Engine]) -> None:
    processes = [Turns(engine) for engine in engines]
    inside, most, took = 0, 0, 0

    async def ask(turns: Turns, owner: int) -> None:
        nonlocal inside, most, took
        async with turns.of(owner):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.005)
            inside -= 1
            took += 1

    await asyncio.gather(*(ask(processes[number % 2], 1) for number in range(12)))
    assert (most, took) == (1, 12)


async def test_owners_do_not_wait_for_one_another(engines: tuple[Engine, Engine]) -> None:
    here, there = (Turns(engine) for engine in engines)
    async with here.of(1), there.of(2), here.of(3):
        pass


async def test_who_goes_away_gives_the_turn_back(engines: tuple[Engine, Engine]) -> None:
    here, there = (Turns(engine) for engine in engines)
    for _ in range(2 * CONNECTIONS):
        async with there.of(1):
            waiting = asyncio.create_task(ask_for_ever(here))
            await asyncio.sleep(0.02)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
    async with asyncio.timeout(60), here.of(1):
        pass


async def ask_for_ever(turns: Turns) -> None:
    async with turns.of(1):
        await asyncio.Event().wait()
