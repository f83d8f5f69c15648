"""Jobs of several processes on one database: one does them until it is killed or paused, then another."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from rialto.bootstrap.jobs import Jobs, Loop
from rialto.foundation.database import Access, open_engine

PROCESS = """
import asyncio, sys
from sqlalchemy import Column, Integer, MetaData, String, Table, insert
from sqlalchemy.exc import SQLAlchemyError
from rialto.bootstrap.jobs import Jobs, Loop
from rialto.foundation.database import Access, open_engine
from rialto.foundation.leases import Lease, LeaseLost

url, name = sys.argv[1:]
written = Table("written", MetaData(), Column("number", Integer, primary_key=True), Column("name", String))
engine, own = open_engine(url, Access.DURABLE), open_engine(url, Access.DURABLE)
jobs = Jobs(Lease(own, "jobs"))

async def work():
    while True:
        try:
            with engine.begin() as connection:
                connection.execute(insert(written).values(name=name))
                jobs.fence(connection)
        except (LeaseLost, SQLAlchemyError) as refused:
            print(type(refused).__name__, flush=True)
        await asyncio.sleep(0.02)

async def run():
    jobs.add(Loop("work", work))
    await jobs.begin()
    print("begun", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await jobs.end()

asyncio.run(run())
"""


@contextmanager
def process(url: str, name: str) -> Iterator["subprocess.Popen[str]"]:
    started = subprocess.Popen([sys.executable, "-c", PROCESS, url, name], stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    try:
        assert started.stdout.readline() == "begun\n"
        yield started
    finally:
        started.kill()
        started.wait()


def names(url: str) -> list[str]:
    """Who wrote, in order."""
    engine = open_engine(url, Access.READ_ONLY)
    try:
        with engine.connect() as connection:
            return [name for (name,) in connection.execute(text("SELECT name FROM written ORDER BY number"))]
    finally:
        engine.dispose()


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 300
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.fixture
def url(migrated_url: str) -> str:
    engine = open_engine(migrated_url, Access.DURABLE)
    number = "INTEGER PRIMARY KEY" if engine.dialect.name == "sqlite" else "SERIAL PRIMARY KEY"
    with engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE written (number {number}, name TEXT)"))
    engine.dispose()
    return migrated_url


def test_another_goes_on_when_the_holder_is_killed(url: str) -> None:
    with process(url, "first") as first, process(url, "second"):
        eventually(lambda: len(names(url)) > 20)
        assert set(names(url)) == {"first"}
        first.kill()
        eventually(lambda: "second" in names(url))


def test_one_that_was_paused_does_nothing_after_another_took_over(url: str) -> None:
    if url.startswith("sqlite"):
        pytest.skip("who is paused while it writes holds SQLite's only lock: nobody goes on, which is safe")
    with process(url, "first") as first, process(url, "second"):
        eventually(lambda: len(names(url)) > 20)
        for _ in range(2):
            os.kill(first.pid, signal.SIGSTOP)
            eventually(lambda: "second" in names(url))
            os.kill(first.pid, signal.SIGCONT)
        count = len(names(url))
        eventually(lambda: len(names(url)) > count + 50)
        told = names(url)
        assert "first" not in told[told.index("second") :]


def test_who_stops_in_order_is_followed_at_once(url: str) -> None:
    with process(url, "first") as first, process(url, "second"):
        eventually(lambda: bool(names(url)))
        first.send_signal(signal.SIGINT)
        first.wait(300)
        eventually(lambda: "second" in names(url))


class Told:
    """A job that says what happens to it."""

    def __init__(self, said: list[str], name: str) -> None:
        self._said, self._name = said, name

    async def start(self) -> None:
        self._said.append(f"+{self._name}")

    async def stop(self) -> None:
        self._said.append(f"-{self._name}")


async def test_without_others_all_begins_at_once_and_ends_backwards() -> None:
    said: list[str] = []
    jobs = Jobs(None)
    for name in "ab":
        jobs.add(Told(said, name))
    await jobs.begin()
    assert said == ["+a", "+b"]
    assert jobs.are_here
    jobs.check()
    await jobs.end()
    assert said == ["+a", "+b", "-b", "-a"]


async def test_a_loop_ends_and_begins_again() -> None:
    count = 0

    async def run() -> None:
        nonlocal count
        count += 1
        await asyncio.Event().wait()

    loop = Loop("test", run)
    for _ in range(2):
        loop.start()
        await asyncio.sleep(0)
        await loop.stop()
    assert count == 2
