"""A full disk, on a small file system of its own: it stops acknowledging, says why, ends, and starts again with room.

Needs the right to mount a tmpfs; skipped where that is missing.
"""

import asyncio
import errno
import os
import random
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rialto.core import journal
from tests.demo_process import UNLIMITED, DemoProcess
from tests.simulation.traders import Acknowledged, check, trade_until_broken
from tests.trading_client import Refused

SIZE_BYTES = 64 << 20
"""The log of SQL alone grows to 16 MiB, and once there is room again it must do for as long as a busy machine takes."""
LEFT_BYTES = 100 << 10
"""Room that is left when clients begin: enough for some commands."""
LAG_MAX = 200
"""How many commands may wait for SQL before orders are refused."""
BUSY = "-1008"
BUSY_S_MAX = 60
RESUME_S_MAX = 60


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    directory = tmp_path / "disk"
    directory.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_BYTES},mode=700", "tmpfs", str(directory)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"mounting is not permitted here: {mounted.stderr.strip()}")
    yield directory
    subprocess.run(["umount", "--lazy", str(directory)], check=True)


def fill(directory: Path) -> Path:
    """Take all room but a little; the exchange may write meanwhile."""
    filler = directory / "filler"
    with filler.open("wb") as file:
        while True:
            usage = os.statvfs(directory)
            try:
                os.posix_fallocate(file.fileno(), 0, usage.f_bavail * usage.f_frsize - LEFT_BYTES)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
            else:
                return filler


async def trade_until_full(exchange: DemoProcess, disk: Path, told: Acknowledged) -> None:
    credentials = exchange.credentials("bob")
    fill(disk)
    await asyncio.wait_for(trade_until_broken(exchange.url, credentials, "full", random.Random(3), told), 90)


def check_full(disk: Path, data: Path, *options: str) -> None:
    told = Acknowledged()
    exchange = DemoProcess(data, {**UNLIMITED, "RIALTO_REPLICA": "false"}, *options)
    asyncio.run(trade_until_full(exchange, disk, told))
    assert exchange.wait() == 1, "it ends by itself, and not well"
    said = Path(exchange.log.name).read_text()
    assert "make room" in said, said[-2000:]
    (disk / "filler").unlink()
    exchange = DemoProcess(data, UNLIMITED, *options)
    try:
        asyncio.run(check(exchange, told))
    finally:
        assert exchange.stop() == 0
    assert journal.verify(data / "journal").sequence > len(told.orders)
    assert told.orders, "some were acknowledged before the disk was full"


@pytest.mark.timeout(240)
def test_a_full_disk_under_the_journal_ends_it_and_loses_nothing(small_disk: Path, tmp_path: Path) -> None:
    check_full(small_disk, small_disk, "--database-url", f"sqlite:///{tmp_path / 'elsewhere.db'}")


@pytest.mark.timeout(240)
def test_a_full_disk_under_journal_and_sql_ends_it_and_loses_nothing(small_disk: Path) -> None:
    check_full(small_disk, small_disk)


async def trade_until_history_waits(exchange: DemoProcess, disk: Path, told: Acknowledged) -> None:
    """Fill the disk under SQL; trade until so much waits to be written that orders are refused; then make room."""
    credentials = exchange.credentials("bob")
    filler = fill(disk)
    trading = trade_until_broken(exchange.url, credentials, "full", random.Random(4), told)
    ended = await asyncio.wait_for(trading, BUSY_S_MAX)
    assert all(isinstance(end, Refused) and BUSY in str(end) for end in ended), ended
    filler.unlink()
    before, deadline_s = len(told.orders), time.monotonic() + RESUME_S_MAX
    for attempt in range(1_000):
        await trade_until_broken(exchange.url, credentials, f"again{attempt}", random.Random(5), told, orders=5)
        if len(told.orders) > before:
            return
        await asyncio.sleep(0.5)
        assert time.monotonic() < deadline_s, "orders are taken again once there is room"


async def check_when_caught_up(exchange: DemoProcess, told: Acknowledged) -> None:
    """Check as soon as history is written so far that reads of it are answered, and no longer told busy."""
    deadline_s = time.monotonic() + RESUME_S_MAX
    while True:
        try:
            await check(exchange, told)
        except Refused as refused:
            if BUSY not in str(refused) or time.monotonic() > deadline_s:
                raise
            await asyncio.sleep(0.2)
        else:
            return


@pytest.mark.timeout(240)
def test_a_full_disk_under_sql_alone_holds_up_history_and_loses_nothing(small_disk: Path, tmp_path: Path) -> None:
    told, data = Acknowledged(), tmp_path / "data"
    options = ["--database-url", f"sqlite:///{small_disk / 'history.db'}"]
    few = {"RIALTO_PROJECTION_LAG_MAX": str(LAG_MAX)}
    exchange = DemoProcess(data, {**UNLIMITED, **few, "RIALTO_REPLICA": "false"}, *options)
    try:
        asyncio.run(trade_until_history_waits(exchange, small_disk, told))
        asyncio.run(check_when_caught_up(exchange, told))
    finally:
        assert exchange.stop() == 0
    said = Path(exchange.log.name).read_text()
    assert "projections stopped" in said, said[-2000:]
    assert "projections resumed" in said, said[-2000:]
    exchange = DemoProcess(data, UNLIMITED, *options)
    try:
        asyncio.run(check(exchange, told))
    finally:
        assert exchange.stop() == 0
