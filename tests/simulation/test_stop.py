"""SIGTERM: sockets are told, the process ends by itself within seconds, and nothing acknowledged is lost."""

import asyncio
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from rialto.core import journal
from tests.demo_process import RIALTO, UNLIMITED, DemoProcess
from tests.simulation.traders import BROKEN, TRADERS, Acknowledged, check, trade_until_broken
from tests.trading_client import Refused

STOP_S_MAX = 20
INSISTED = 130
ORDERS_MIN = 5 * TRADERS


async def load_until_stopped(exchange: DemoProcess, name: str, told: Acknowledged) -> list[BaseException | None]:
    credentials = exchange.credentials("bob")
    trading = asyncio.create_task(trade_until_broken(exchange.url, credentials, name, random.Random(1), told))
    await told.wait_for_more(ORDERS_MIN)
    exchange.ask_to_stop()
    return await asyncio.wait_for(trading, STOP_S_MAX)


def started(data: Path) -> "subprocess.Popen[bytes]":
    command = [*RIALTO, "run", "--demo", "--no-past", "--port", "0", "--data", str(data)]
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **UNLIMITED}
    )


@pytest.mark.timeout(180)
def test_stopping_under_load_tells_sockets_and_loses_nothing(tmp_path: Path) -> None:
    told, data = Acknowledged(), tmp_path / "data"
    exchange = DemoProcess(data, UNLIMITED)
    ended = asyncio.run(load_until_stopped(exchange, "first", told))
    assert exchange.stop() == 0
    assert all(isinstance(end, (*BROKEN, Refused)) for end in ended), ended
    assert told.shutdowns == TRADERS // 2, ended
    stopped = journal.verify(data / "journal")
    assert stopped.checkpoints >= 1, "a clean end records the state's hash"
    exchange = DemoProcess(data, UNLIMITED)
    try:
        asyncio.run(check(exchange, told, all_answered=True))
    finally:
        assert exchange.stop() == 0


@pytest.mark.timeout(180)
def test_insisting_ends_it_at_once_and_loses_nothing(tmp_path: Path) -> None:
    told, data = Acknowledged(), tmp_path / "data"
    exchange = DemoProcess(data, {**UNLIMITED, "RIALTO_DRAIN_NOTICE_SECONDS": "30"})

    async def insist() -> None:
        credentials = exchange.credentials("bob")
        trading = asyncio.create_task(trade_until_broken(exchange.url, credentials, "in", random.Random(2), told))
        await told.wait_for_more(ORDERS_MIN)
        exchange.ask_to_stop()
        await asyncio.sleep(0.5)
        os.kill(exchange.pid, signal.SIGTERM)
        await asyncio.wait_for(trading, STOP_S_MAX)

    asyncio.run(insist())
    assert exchange.stop() == INSISTED
    exchange = DemoProcess(data, UNLIMITED)
    try:
        asyncio.run(check(exchange, told))
    finally:
        assert exchange.stop() == 0


@pytest.mark.timeout(180)
def test_stopping_while_it_starts_ends_it_and_loses_nothing(tmp_path: Path) -> None:
    told, data = Acknowledged(), tmp_path / "data"
    exchange = DemoProcess(data, UNLIMITED)
    asyncio.run(load_until_stopped(exchange, "first", told))
    assert exchange.stop() == 0
    for delay_ms in (400, 800, 1_200, 1_800, 2_600):
        process = started(data)
        time.sleep(delay_ms / 1_000)
        process.terminate()
        # Before its handler is there, the signal ends it as any process.
        assert process.wait(STOP_S_MAX) in {0, -signal.SIGTERM}
    exchange = DemoProcess(data, UNLIMITED)
    try:
        asyncio.run(check(exchange, told))
    finally:
        assert exchange.stop() == 0
