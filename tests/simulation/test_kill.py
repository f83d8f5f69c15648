"""`kill -9` under load, at seeded moments: what was acknowledged is there, nothing twice, and the journal agrees.

Segments are small and snapshots frequent, so that kills fall into rotations, archiving, snapshots and replays as well.
RIALTO_SEED repeats one seed; RIALTO_TEST_KILLS kills so many times in a row, and says what that came to.
"""

import asyncio
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rialto.core import journal
from tests.demo_process import RIALTO, UNLIMITED, DemoProcess
from tests.simulation.traders import BROKEN, TRADERS, Acknowledged, check, trade_until_broken

SEEDS = [int(os.environ["RIALTO_SEED"])] if "RIALTO_SEED" in os.environ else [1, 2]
KILLS = int(os.environ.get("RIALTO_TEST_KILLS", "2"))
SMALL = {**UNLIMITED, "RIALTO_SEGMENT_BYTES_MAX": "40000", "RIALTO_SNAPSHOT_COMMANDS": "300"}


async def load_until_killed(exchange: DemoProcess, name: str, chance: random.Random, told: Acknowledged) -> None:
    credentials = exchange.credentials("bob")
    trading = asyncio.create_task(trade_until_broken(exchange.url, credentials, name, chance, told))
    await told.wait_for_more(TRADERS)
    await asyncio.sleep(chance.random())
    exchange.kill()
    ended = await trading
    assert all(isinstance(end, BROKEN) for end in ended), ended


def kill_while_starting(data: Path, after_s: float) -> None:
    """Start an exchange and kill it wherever it is by then: importing, replaying, catching up, or open."""
    command = [*RIALTO, "run", "--demo", "--no-past", "--port", "0", "--data", str(data)]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **SMALL}
    ) as it:
        time.sleep(after_s)
        it.kill()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.timeout(240 + 30 * KILLS)
def test_what_was_acknowledged_survives(seed: int, tmp_path: Path) -> None:
    chance, told, data = random.Random(seed), Acknowledged(), tmp_path / "data"
    for number in range(KILLS):
        exchange = DemoProcess(data, SMALL)
        asyncio.run(load_until_killed(exchange, f"run{number}", chance, told))
        killed = journal.verify(data / "journal")
        assert killed.sequence > len(told.orders)
        if number % 2:
            kill_while_starting(data, after_s=0.5 + 2 * chance.random())
    exchange = DemoProcess(data, SMALL)
    try:
        asyncio.run(check(exchange, told))
    finally:
        assert exchange.stop() == 0
    stopped = journal.verify(data / "journal")
    assert stopped.checkpoints >= 1, "stopping records the live state's hash, and replay comes to the same"
    sys.stderr.write(
        f"seed {seed}: {KILLS} kills under load, {KILLS // 2} more while starting; {len(told.asked)} orders asked, "
        f"{len(told.orders)} acknowledged, 0 lost; {stopped.sequence} commands in the journal\n"
    )
