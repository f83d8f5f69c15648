"""A running exchange archives by itself what no start needs, and keeps the rest close at hand."""

import asyncio
from pathlib import Path

import pytest

from rialto import bootstrap
from rialto.core import journal
from rialto.core.archiving import ArchivingJob
from rialto.core.copies import check_archive, list_archive
from rialto.core.errors import JournalUnreadable
from tests.demo_process import rialto
from tests.founded import found, settings_in, trade

SEGMENT_BYTES = 2_048
WAIT_S = 60.0


def segments(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.glob("*.rlj*"))


async def archived_by_the_job(data: Path, before: int | None) -> None:
    """Run the job on an exchange until it has archived something, or for some looks."""
    looks, loop, has_looked = 0, asyncio.get_running_loop(), asyncio.Event()

    def look() -> int | None:
        nonlocal looks
        looks += 1
        if looks == 3:
            loop.call_soon_threadsafe(has_looked.set)
        return before

    async with bootstrap.running_core(settings_in(data, archive=False)) as (runtime, _):
        job = ArchivingJob(runtime, Path("../archive"), look, look_every_s=0.01)
        job.start()
        await asyncio.wait_for(has_looked.wait(), WAIT_S)
        await job.stop()


def test_what_no_start_needs_is_moved_away(tmp_path: Path) -> None:
    founded = found(tmp_path / "data", segment_bytes_max=SEGMENT_BYTES)
    before, files = journal.verify(founded.journal), segments(founded.journal)
    asyncio.run(archived_by_the_job(founded.data, None))
    assert segments(founded.journal)[: len(files)] == files
    asyncio.run(archived_by_the_job(founded.data, 60))
    archived = list_archive(founded.journal)
    assert [f"{segment.file.name}" for segment in archived] == segments(founded.data / "archive")
    assert len(archived) > 1
    assert archived[-1].last_sequence < 60 <= archived[-1].last_sequence + 40
    assert check_archive(founded.journal)
    after = journal.verify(founded.journal)
    assert (after.sequence, after.state_hash) == (before.sequence, before.state_hash)
    rebuilt = bootstrap.rebuild_projections(founded.settings)
    assert rebuilt == before.sequence, "a rebuild reads archive and journal as one"


def test_snapshots_say_what_a_start_needs(tmp_path: Path) -> None:
    founded = found(tmp_path / "data", segment_bytes_max=SEGMENT_BYTES)
    settings = founded.settings
    job_looks_at = founded.data / "snapshots"
    job_looks_at.mkdir(exist_ok=True)
    for sequence, expects in ((60, False), (90, True)):
        (job_looks_at / f"snapshot-{sequence:020}.rls.none").write_bytes(b"no snapshot")
        (job_looks_at / f"snapshot-{sequence:020}.rls").write_bytes(b"")
        assert bool(bootstrap.archivable_before(settings)) is expects
    assert bootstrap.archivable_before(settings) == 60, "the older of two: the newer may be found bad"


def test_an_archive_that_was_carried_away_is_named(tmp_path: Path) -> None:
    founded = found(tmp_path / "data", segment_bytes_max=SEGMENT_BYTES)
    asyncio.run(archived_by_the_job(founded.data, 60))
    checked = rialto("archive", "--check", "--data", str(founded.data))
    assert checked.returncode == 0, checked.stderr
    assert "all whole" in checked.stdout
    (founded.data / "archive").rename(tmp_path / "cold")
    missing = segments(tmp_path / "cold")[0]
    with pytest.raises(JournalUnreadable, match=f"archive/{missing}.*bring them back"):
        journal.verify(founded.journal)
    refused = rialto("archive", "--check", "--data", str(founded.data))
    assert refused.returncode == 1
    assert missing in refused.stderr
    assert missing in rialto("archive", "--data", str(founded.data)).stdout, "the list is there still"
    (tmp_path / "cold").rename(founded.data / "archive")
    asyncio.run(trade(founded.settings, 2))
