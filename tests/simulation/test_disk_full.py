"""A full disk, on a small file system of its own: it stops acknowledging, says why, ends, and starts again with room.

Needs the right to mount a tmpfs; skipped where that is missing.
"""

import asyncio
import contextlib
import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from rialto.core import journal
from tests.demo_process import UNLIMITED, DemoProcess
from tests.simulation.traders import Acknowledged, check, trade_until_broken

SIZE_BYTES = 24 << 20
LEFT_BYTES = 100 << 10
"""Room that is left when clients begin: enough for some commands."""


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
    """Take all room but a little."""
    usage = os.statvfs(directory)
    filler = directory / "filler"
    filler.write_bytes(bytes(max(0, usage.f_bavail * usage.f_frsize - LEFT_BYTES)))
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


async def trade_for(exchange: DemoProcess, name: str, told: Acknowledged, seconds: float) -> None:
    trading = trade_until_broken(exchange.url, exchange.credentials("bob"), name, random.Random(4), told)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(trading, seconds)


@pytest.mark.timeout(240)
def test_a_full_disk_under_sql_alone_stops_history_and_nothing_else(small_disk: Path, tmp_path: Path) -> None:
    told, data = Acknowledged(), tmp_path / "data"
    options = ["--database-url", f"sqlite:///{small_disk / 'history.db'}"]
    exchange = DemoProcess(data, {**UNLIMITED, "RIALTO_REPLICA": "false"}, *options)
    try:
        filler = fill(small_disk)
        for number in range(20):
            asyncio.run(trade_for(exchange, f"filling{number}", told, 2))
            if "projections stopped" in Path(exchange.log.name).read_text():
                break
        said, before = Path(exchange.log.name).read_text(), len(told.orders)
        assert "projections stopped" in said, said[-2000:]
        asyncio.run(trade_for(exchange, "waiting", told, 2))
        assert len(told.orders) > before, "orders are taken while history waits"
        filler.unlink()
        asyncio.run(check(exchange, told))
    finally:
        assert exchange.stop() == 0
    exchange = DemoProcess(data, UNLIMITED, *options)
    try:
        asyncio.run(check(exchange, told))
    finally:
        assert exchange.stop() == 0
