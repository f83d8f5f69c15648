"""Events to SQL: how many rows a second are written, and what a row costs.

A seeded exchange places, trades, cancels, deposits and records; its outcomes are projected into a new SQLite file, and
into PostgreSQL where RIALTO_BENCH_POSTGRES names a database whose projections may be emptied. A busy event loop is one
that never waits, as on a machine at its limit: the thread that writes then has to ask for the interpreter again and
again. The baseline writes the same rows with the driver's `executemany`, one step of the database a row.
"""

import asyncio
import contextlib
import os
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, insert

from benches.figures import Row, Settings, row_of_trials
from rialto.contracts.events import Outcome
from rialto.foundation.database import Access, open_engine
from rialto.foundation.migrating import migrate
from rialto.projections.projector import Projector
from rialto.projections.rows import Batch
from rialto.projections.writer import BATCH_OUTCOMES_MAX, Writer
from tests.outcomes import Exchange

NAME: Final = "projection"
WORKLOAD: Final = "a mixed stream of outcomes written to SQL, about eight rows each"

STEPS: Final = 20_000
QUICK_STEPS: Final = 2_000
LIST_OUTCOMES: Final = 32
# Kinds of the exchange's steps, so that as many orders are taken or canceled as placed.
MIX: Final = (0, 0, 0, 2, 2, 2, 4, 5, 6, 7)
AIM: Final = "at most 15 µs"

Run = Callable[[Engine, Sequence[Outcome]], None]


def mixed_stream(steps: int) -> list[Outcome]:
    """State the outcomes of the workload."""
    chosen = random.Random(1)
    return Exchange().run([(chosen.choice(MIX), chosen.randrange(1_000), chosen.randrange(50)) for _ in range(steps)])


def in_lists(outcomes: Sequence[Outcome], size: int) -> Iterator[Sequence[Outcome]]:
    """Cut the stream as it arrives."""
    for first in range(0, len(outcomes), size):
        yield outcomes[first : first + size]


def make_rows(_engine: Engine, outcomes: Sequence[Outcome]) -> None:
    """Turn outcomes into rows and write nothing."""
    for part in in_lists(outcomes, BATCH_OUTCOMES_MAX):
        Batch(part)


def write(engine: Engine, outcomes: Sequence[Outcome]) -> None:
    """Write as a rebuild does."""
    Writer(engine).write_all(outcomes)


def write_row_by_row(engine: Engine, outcomes: Sequence[Outcome]) -> None:
    """Insert the same rows with the driver's own loop. Changes of orders are left out, which favours it."""
    for part in in_lists(outcomes, BATCH_OUTCOMES_MAX):
        with engine.begin() as connection:
            for table, rows in Batch(part).inserts.items():
                connection.exec_driver_sql(str(insert(table).compile(engine)), list(rows))


def project(engine: Engine, outcomes: Sequence[Outcome]) -> None:
    """Write through the projector's queue and thread."""

    async def live() -> None:
        projector = Projector(engine, lag_max=len(outcomes) + 1)
        projector.start(len(outcomes))
        for part in in_lists(outcomes, LIST_OUTCOMES):
            projector.accept(part)
            await asyncio.sleep(0)
        await projector.wait_for(outcomes[-1].sequence, timeout=600)
        await projector.close(timeout=10)

    asyncio.run(live())


def beside_a_busy_loop(run: Run) -> Run:
    """Run on one thread while another never waits."""

    def both(engine: Engine, outcomes: Sequence[Outcome]) -> None:
        is_done = threading.Event()

        def turn() -> None:
            while not is_done.is_set():
                sum(range(1_000))

        busy = threading.Thread(target=turn)
        busy.start()
        try:
            run(engine, outcomes)
        finally:
            is_done.set()
            busy.join()

    return both


def count_rows(outcomes: Sequence[Outcome]) -> int:
    """Count what is inserted or changed."""
    batches = [Batch(part) for part in in_lists(outcomes, BATCH_OUTCOMES_MAX)]
    return sum(sum(map(len, batch.inserts.values())) + len(batch.order_changes) for batch in batches)


@contextlib.contextmanager
def emptied(url: str | None) -> Iterator[Engine]:
    """Open a database whose projections are empty: the one named, or a new SQLite file."""
    with tempfile.TemporaryDirectory() as directory:
        named = url or f"sqlite:///{Path(directory) / 'rialto.sqlite'}"
        migrate(named)
        engine = open_engine(named, Access.REBUILDABLE)
        try:
            Writer(engine).clear()
            yield engine
        finally:
            engine.dispose()


def measure(case: str, run: Run, url: str | None, outcomes: Sequence[Outcome], trials: int) -> list[Row]:
    """Time a run from empty tables, on the clock and in processor time of this process."""
    rows = count_rows(outcomes)
    per_second, cpu_us = [], []
    for _ in range(trials):
        with emptied(url) as engine:
            began_s, cpu_began_s = time.perf_counter(), time.process_time()
            run(engine, outcomes)
            per_second.append(rows / (time.perf_counter() - began_s))
            cpu_us.append((time.process_time() - cpu_began_s) / rows * 1e6)
    return [
        row_of_trials(case, "written", "rows/s", per_second),
        # What the busy thread burns is not the writing's.
        *([] if "busy" in case else [row_of_trials(case, "processor time per row", "µs", cpu_us, aim=AIM)]),
    ]


def run(settings: Settings) -> list[Row]:
    """Measure making rows, writing them, and projecting them beside idle and busy loops."""
    outcomes = mixed_stream(QUICK_STEPS if settings.is_quick else STEPS)
    cases: list[tuple[str, Run, str | None]] = [
        ("rows made, none written", make_rows, None),
        ("SQLite, writer alone", write, None),
        ("SQLite, projector, idle loop", project, None),
        ("SQLite, writer, busy loop", beside_a_busy_loop(write), None),
        ("SQLite, executemany, busy loop", beside_a_busy_loop(write_row_by_row), None),
    ]
    if postgres := os.environ.get("RIALTO_BENCH_POSTGRES"):
        cases += [("PostgreSQL, writer alone", write, postgres), ("PostgreSQL, projector", project, postgres)]
    return [row for case, run_case, url in cases for row in measure(case, run_case, url, outcomes, settings.trials)]
