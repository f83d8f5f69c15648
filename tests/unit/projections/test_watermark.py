"""Who reads history in another process waits for what the writer has committed."""

import asyncio

import pytest

from rialto.contracts.events import Outcome
from rialto.foundation.database import Access, open_engine
from rialto.projections.projector import ProjectionsBehind, Projector
from rialto.projections.watermark import WrittenElsewhere
from rialto.projections.writer import Writer


def outcomes(first: int, last: int) -> list[Outcome]:
    return [Outcome(0, sequence, sequence, [], []) for sequence in range(first, last + 1)]


async def test_a_reader_waits_for_what_is_written_elsewhere(migrated_url: str) -> None:
    writing, reading = open_engine(migrated_url, Access.REBUILDABLE), open_engine(migrated_url, Access.READ_ONLY)
    try:
        writer, written = Writer(writing), WrittenElsewhere(reading)
        with pytest.raises(ProjectionsBehind, match="3 was needed"):
            await written.wait_for(3, 0.02)
        waiting = [asyncio.create_task(written.wait_for(sequence, 20)) for sequence in (2, 3)]
        await asyncio.to_thread(writer.write, outcomes(1, 3))
        await asyncio.gather(*waiting)
        assert written.watermark == 3
    finally:
        writing.dispose()
        reading.dispose()


async def test_a_projector_that_is_abandoned_leaves_what_is_unwritten_to_its_successor(migrated_url: str) -> None:
    engine = open_engine(migrated_url, Access.REBUILDABLE, connections=2)
    try:
        projector = Projector(engine, lag_max=100)
        projector.start(5)
        projector.accept(outcomes(1, 2))
        await projector.wait_for(2, 20)
        projector.accept(outcomes(3, 5))
        projector.abandon()
        await projector.close(20)
        successor = Writer(engine)
        assert successor.watermark in {2, 5}, "all of a batch or nothing"
        successor.write(outcomes(1, 6))
        assert successor.watermark == 6
    finally:
        engine.dispose()
