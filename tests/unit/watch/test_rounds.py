"""The watchman's rounds on real parts: a line when something becomes wrong, one when it is well again, none between."""

from pathlib import Path

import msgspec
from structlog.testing import capture_logs

from rialto.core.replica_status import ReplicaStatus, write_replica_status
from rialto.foundation.database import Access, open_engine
from rialto.foundation.migrating import migrate
from rialto.projections.projector import Projector
from rialto.watch.rounds import Bounds, Rounds
from tests.exchange import found, running

CALM = Bounds(free_bytes_min=0, slow_sync_us=1 << 60, lag_max=1_000)


async def test_projections_behind_and_well_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'rialto.sqlite'}"
    migrate(url)
    engine = open_engine(url, Access.REBUILDABLE)
    async with running(tmp_path / "journal") as runtime:
        projector = Projector(engine, lag_max=4)
        runtime.subscribe(projector.accept, vital=True)
        bounds = msgspec.structs.replace(CALM, lag_max=4)
        rounds = Rounds(tmp_path, tmp_path / "journal", bounds, runtime, projector)
        await found(runtime)
        with capture_logs() as lines:
            await rounds.look()
            await rounds.look()
            projector.start(runtime.last_sequence)
            await projector.wait_for(runtime.last_sequence, 20)
            await rounds.look()
        assert [(line["event"], line["commands"]) for line in lines] == [
            ("projections behind", runtime.last_sequence),
            ("over: projections behind", 0),
        ]
        assert lines[0]["sequence"] == 0
        await projector.close(5)
    engine.dispose()


async def test_the_journal_and_the_replica_are_seen(tmp_path: Path) -> None:
    async with running(tmp_path / "journal", segment_bytes_max=300) as runtime:
        rounds = Rounds(tmp_path, tmp_path / "journal", CALM, runtime, None)
        await found(runtime)
        await rounds.look()
        disk = rounds.disk
        assert disk is not None
        assert disk.segments > 1
        assert 1 < disk.segment_first_sequence <= runtime.last_sequence + 1
        assert disk.journal_bytes > disk.segment_bytes > 0
        assert disk.replica is None
        assert rounds.disk_check().ok
        write_replica_status(tmp_path, ReplicaStatus(sequence=5, checked_sequence=4, audit="account 3: 5 is locked"))
        with capture_logs() as lines:
            await rounds.look()
            await rounds.look()
        assert [(line["event"], line["sequence"]) for line in lines] == [("replica found the state unsound", 4)]


async def test_what_is_counted_is_said_while_it_grows(tmp_path: Path) -> None:
    async with running(tmp_path / "journal") as runtime:
        rounds, shed = Rounds(tmp_path, tmp_path / "journal", CALM, runtime, None), [3]
        rounds.say_growth("requests shed", lambda: shed[0])
        with capture_logs() as lines:
            await rounds.look()
            shed[0] += 7
            await rounds.look()
            await rounds.look()
        assert [(line["event"], line["count"]) for line in lines] == [("requests shed", 7)]


async def test_a_disk_that_cannot_be_looked_at_is_not_well(tmp_path: Path) -> None:
    async with running(tmp_path / "journal") as runtime:
        rounds = Rounds(tmp_path, tmp_path / "gone", CALM, runtime, None)
        with capture_logs() as lines:
            await rounds.look()
        assert [line["event"] for line in lines] == ["disk cannot be looked at"]
        assert not rounds.disk_check().ok
