"""Backups of a live exchange under load: taken twice, killed at random moments, restored to any point.

RIALTO_SEED repeats one seed.
"""

import asyncio
import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from rialto.backup.checking import check
from rialto.backup.restoring import Target, restore
from rialto.contracts.events import Outcome
from rialto.core import journal
from tests.demo_process import RIALTO, UNLIMITED, Credentials, DemoProcess, rialto
from tests.plain_http import plain_client
from tests.trading_client import Client

SEED = int(os.environ.get("RIALTO_SEED", "1"))
SMALL_SEGMENTS = {**UNLIMITED, "RIALTO_SEGMENT_BYTES_MAX": "20000"}
CLIENTS = 8
KILLS = 4
PAUSE_S = 0.02
WAIT_S = 150


async def trade(client: Client, name: str, chance: random.Random, stop: threading.Event) -> None:
    number = 0
    while not stop.is_set():
        await asyncio.sleep(PAUSE_S)
        number += 1
        order = {"symbol": "XRPUSDT", "side": chance.choice(["BUY", "SELL"]), "newClientOrderId": f"{name}-{number}"}
        if chance.randrange(10) < 5:
            await client.send("POST", "/api/v3/order", type="MARKET", quantity="20", **order)
        else:
            price = "0.4000" if order["side"] == "BUY" else "0.9000"
            await client.send(
                "POST", "/api/v3/order", type="LIMIT", timeInForce="GTC", quantity="20", price=price, **order
            )
            await client.send("DELETE", "/api/v3/order", symbol="XRPUSDT", origClientOrderId=f"{name}-{number}")


async def trade_all(url: str, credentials: Credentials, stop: threading.Event) -> None:
    chance = random.Random(SEED)
    async with plain_client(url) as http:
        client = Client(http, credentials)
        await asyncio.gather(*(trade(client, f"c{number}", chance, stop) for number in range(CLIENTS)))


@contextmanager
def load(exchange: DemoProcess) -> Iterator[None]:
    """Trade from many hands on a thread until the end, and fail if any of them was refused."""
    stop, failures = threading.Event(), []
    credentials = exchange.credentials("bob")

    def run() -> None:
        try:
            asyncio.run(trade_all(exchange.url, credentials, stop))
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    assert not failures, failures


def done(*arguments: object) -> str:
    completed = rialto(*map(str, arguments))
    assert completed.returncode == 0, completed.stderr
    return completed.stdout


def outcomes(data: Path, first: int = 1) -> list[Outcome]:
    return [outcome for some in journal.replayed_outcomes(data / "journal", first) for outcome in some]


async def account_of(url: str, credentials: Credentials) -> tuple[dict[str, Any], list[Any]]:
    async with plain_client(url) as http:
        client = Client(http, credentials)
        account = await client.send("GET", "/api/v3/account")
        trades = await client.send("GET", "/api/v3/myTrades", symbol="XRPUSDT", limit=1000)
    return {held["asset"]: (held["free"], held["locked"]) for held in account["balances"]}, trades


@pytest.mark.timeout(400)
def test_a_live_exchange_is_backed_up_and_restored(tmp_path: Path) -> None:
    data, backup = tmp_path / "data", tmp_path / "backup"
    exchange = DemoProcess(data, SMALL_SEGMENTS)
    credentials = exchange.credentials("bob")
    try:
        with load(exchange):
            done("backup", backup, "--data", data)
            first, _ = check(backup)
            second = done("backup", backup, "--data", data)
        assert ", 0 closed segments" not in second, "what was closed meanwhile is new"
        assert f"state hash   {check(backup)[1].state_hash}" in done("backup", "--check", backup)
        assert check(backup)[0].sequence > first.sequence
        told, trades = asyncio.run(account_of(exchange.url, credentials))
    finally:
        assert exchange.stop() == 0
    done("backup", backup, "--data", data)
    original, every = journal.verify(data / "journal"), outcomes(data)

    done("restore", backup, "--data", tmp_path / "end", "--master-key", data / "master.key")
    assert journal.verify(tmp_path / "end" / "journal").state_hash == original.state_hash
    # Of neighbours some stand in the middle of a batch, as most commands of many hands do.
    middle = original.sequence // 2
    for sequence in range(middle, middle + 4):
        target = Target(data=tmp_path / f"to-{sequence}", to_sequence=sequence, master_key=data / "master.key")
        restore(backup, target)
        assert outcomes(target.data) == every[:sequence]
    moment_ms = every[middle].time_us // 1_000
    done("restore", backup, "--data", tmp_path / "at", "--to-time", moment_ms, "--master-key", data / "master.key")
    expected = [outcome for outcome in every if outcome.time_us // 1_000 <= moment_ms]
    assert outcomes(tmp_path / "at", middle) == expected[middle - 1 :]

    restored = DemoProcess(tmp_path / "end", UNLIMITED, demo=False)
    try:
        again, trades_again = asyncio.run(account_of(restored.url, credentials))
        assert (again, trades_again) == (told, trades), "the keys still sign, and the balances are those"
        asyncio.run(trade_once(restored.url, credentials))
    finally:
        assert restored.stop() == 0
    assert journal.verify(tmp_path / "end" / "journal").sequence > original.sequence


async def trade_once(url: str, credentials: Credentials) -> None:
    async with plain_client(url) as http:
        order = {"symbol": "XRPUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}
        await Client(http, credentials).send("POST", "/api/v3/order", quantity="20", price="0.3000", **order)


@pytest.mark.timeout(400)
def test_a_killed_backup_is_never_half_believed(tmp_path: Path) -> None:
    data, backup, chance = tmp_path / "data", tmp_path / "backup", random.Random(SEED)
    exchange = DemoProcess(data, SMALL_SEGMENTS)
    try:
        with load(exchange):
            done("backup", backup, "--data", data)
            whole = (backup / "backup.json").read_bytes()
            for _ in range(KILLS):
                kill_backup(data, backup, chance)
                found = (backup / "backup.json").read_bytes()
                check(backup)
                whole = found
            done("backup", backup, "--data", data)
        assert (backup / "backup.json").read_bytes() != whole
    finally:
        exchange.stop()
    check(backup)
    assert len(list(backup.glob("run-*"))) == 1
    assert not list(backup.rglob("*.tmp"))


def kill_backup(data: Path, backup: Path, chance: random.Random) -> None:
    """Begin a backup and kill it at a random point of its writing, or a little before it."""
    process = subprocess.Popen([*RIALTO, "backup", str(backup), "--data", str(data)], stdout=subprocess.DEVNULL)
    runs = len(list(backup.glob("run-*")))
    while process.poll() is None and len(list(backup.glob("run-*"))) <= runs:
        time.sleep(0.001)
    time.sleep(chance.randrange(100) / 1_000)
    process.send_signal(signal.SIGKILL)
    process.wait()


SNAPSHOTS_OFTEN = {
    **SMALL_SEGMENTS,
    "RIALTO_SEGMENT_BYTES_MAX": "12000",
    "RIALTO_SNAPSHOT_COMMANDS": "200",
    "RIALTO_CHECKPOINT_COMMANDS": "100",
}


def wait_for(directory: Path, pattern: str, count: int) -> None:
    deadline = time.monotonic() + WAIT_S
    while len(list(directory.glob(pattern))) < count:
        assert time.monotonic() < deadline, f"{directory} never held {count} of {pattern}"
        time.sleep(0.1)


@pytest.mark.timeout(400)
def test_a_running_exchange_archives_what_its_snapshots_make_needless(tmp_path: Path) -> None:
    data, backup = tmp_path / "data", tmp_path / "backup"
    exchange = DemoProcess(data, SNAPSHOTS_OFTEN)
    try:
        wait_for(data / "snapshots", "snapshot-*.rls", 2)
    finally:
        assert exchange.stop() == 0
    exchange = DemoProcess(data, SNAPSHOTS_OFTEN)
    try:
        wait_for(data / "archive", "journal-*.rlj.zst", 1)
        done("backup", backup, "--data", data, "--with-master-key")
    finally:
        assert exchange.stop() == 0
    assert "all whole" in done("archive", "--check", "--data", data)
    journal.verify(data / "journal")
    restore(backup, Target(data=tmp_path / "new"))
    assert list((tmp_path / "new" / "snapshots").iterdir())
    for _ in range(2):
        restored = DemoProcess(tmp_path / "new", UNLIMITED, demo=False)
        assert restored.stop() == 0, "the second start begins with the restored snapshot"
    (data / "archive").rename(tmp_path / "cold")
    exchange = DemoProcess(data, SNAPSHOTS_OFTEN)
    assert exchange.stop() == 0, "a start from a snapshot needs no archive"
