"""A backup is whole or refused, a restored exchange is the one that was backed up, up to the command asked for."""

import asyncio
import os
import shutil
import stat
from pathlib import Path

import pytest

from rialto import bootstrap
from rialto.backup import manifest as layout
from rialto.backup.checking import check
from rialto.backup.manifest import DamagedBackup
from rialto.backup.restoring import MasterKeyMissing, NothingToRestore, Restored, Target, TargetNotEmpty, restore
from rialto.backup.writing import NotABackup
from rialto.contracts.events import Outcome
from rialto.core import journal
from rialto.core.errors import JournalUnreadable
from rialto.foundation.configuration import read_settings
from rialto.foundation.secrets import MasterKeyUnusable
from rialto.identity.tables import metadata
from tests.databases import contents
from tests.founded import Founded, found, settings_in, trade

SEGMENT_BYTES = 2_048


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Founded:
    """An exchange of several closed segments, some of them archived; tests change nothing in it."""
    founded = found(tmp_path_factory.mktemp("founded") / "data", segment_bytes_max=SEGMENT_BYTES)
    asyncio.run(archive_half(founded))
    (founded.data / "rialto.toml").write_text("orders_per_day_max = 5\n")
    return founded


async def archive_half(founded: Founded) -> None:
    async with bootstrap.running_core(founded.settings) as (runtime, _):
        half = runtime.last_sequence // 2
        archived = await asyncio.to_thread(runtime.archive_before, Path("../archive"), half, segments_max=100)
        assert archived > 1


@pytest.fixture
def backup(founded: Founded, tmp_path: Path) -> Path:
    """A backup of it, without the master key."""
    bootstrap.back_up_exchange(founded.settings, tmp_path / "backup", with_master_key=False)
    return tmp_path / "backup"


def restored(
    founded: Founded, backup: Path, data: Path, *, to_sequence: int | None = None, to_time_us: int | None = None
) -> Restored:
    key = founded.data / "master.key"
    return restore(backup, Target(data=data, master_key=key, to_sequence=to_sequence, to_time_us=to_time_us))


def outcomes(journal_directory: Path) -> list[Outcome]:
    return [outcome for some in journal.replayed_outcomes(journal_directory) for outcome in some]


def sqlite_url(data: Path) -> str:
    return f"sqlite:///{data / 'rialto.sqlite'}"


def test_a_restored_exchange_is_the_one_that_was_backed_up(founded: Founded, backup: Path, tmp_path: Path) -> None:
    _, checked = check(backup)
    original = journal.verify(founded.journal)
    assert (checked.sequence, checked.state_hash) == (original.sequence, original.state_hash)
    assert checked.checkpoints == original.checkpoints > 0
    data = tmp_path / "new"
    report = restored(founded, backup, data).report
    assert (report.sequence, report.state_hash) == (original.sequence, original.state_hash)
    assert outcomes(data / "journal") == outcomes(founded.journal)
    assert contents(sqlite_url(data), metadata) == contents(founded.settings.database_url, metadata)
    assert (data / "rialto.toml").read_text() == "orders_per_day_max = 5\n"
    settings = settings_in(data)
    with bootstrap.identity(settings) as (_, api_keys):
        assert api_keys.find(founded.key) is not None
    asyncio.run(trade(settings, 3))
    assert journal.verify(data / "journal").sequence == original.sequence + 6
    assert bootstrap.check_archived(settings)


def test_any_command_can_be_the_last(founded: Founded, backup: Path, tmp_path: Path) -> None:
    every = outcomes(founded.journal)
    for sequence in range(1, len(every) + 1, 11):
        data = tmp_path / f"to-{sequence}"
        report = restored(founded, backup, data, to_sequence=sequence).report
        assert (report.sequence, report.time_us) == (sequence, every[sequence - 1].time_us)
        assert outcomes(data / "journal") == every[:sequence]


def test_a_time_is_the_last_that_counts(founded: Founded, backup: Path, tmp_path: Path) -> None:
    every = outcomes(founded.journal)
    for number, sequence in enumerate((20, 77, len(every))):
        time_us = every[sequence - 1].time_us
        expected = sum(outcome.time_us <= time_us for outcome in every)
        report = restored(founded, backup, tmp_path / str(number), to_time_us=time_us).report
        assert report.sequence == expected
    with pytest.raises(NothingToRestore, match="no command at or before"):
        restored(founded, backup, tmp_path / "early", to_time_us=every[0].time_us - 1)
    with pytest.raises(JournalUnreadable, match=f"reaches only {len(every)}"):
        restored(founded, backup, tmp_path / "late", to_sequence=len(every) + 1)
    assert not (tmp_path / "early").exists()
    assert not list(tmp_path.glob("*.restoring"))


def test_a_further_run_copies_only_what_is_new(tmp_path: Path) -> None:
    founded = found(tmp_path / "data", segment_bytes_max=SEGMENT_BYTES)
    backup = tmp_path / "backup"
    first = bootstrap.back_up_exchange(founded.settings, backup, with_master_key=False)
    again = bootstrap.back_up_exchange(founded.settings, backup, with_master_key=False)
    assert first.segments_stored > 2
    assert again.segments_stored == 0
    assert again.manifest.chain == first.manifest.chain
    asyncio.run(trade(founded.settings, 20))
    grown = bootstrap.back_up_exchange(founded.settings, backup, with_master_key=False)
    assert 0 < grown.segments_stored < first.segments_stored
    assert grown.manifest.run == 3
    assert [path.name for path in backup.glob("run-*")] == ["run-00000003"]
    assert check(backup)[1].state_hash == journal.verify(founded.journal).state_hash
    other = found(tmp_path / "other", segment_bytes_max=SEGMENT_BYTES)
    with pytest.raises(JournalUnreadable, match="holds another history"):
        bootstrap.back_up_exchange(other.settings, backup, with_master_key=False)
    assert check(backup)[0] == grown.manifest


def test_only_the_owner_may_read(founded: Founded, tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        bootstrap.back_up_exchange(founded.settings, tmp_path / "backup", with_master_key=True)
        restore(tmp_path / "backup", Target(data=tmp_path / "new"))
    finally:
        os.umask(mask)
    for top in (tmp_path / "backup", tmp_path / "new"):
        for path in (top, *top.rglob("*")):
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_every_damaged_file_is_refused(founded: Founded, backup: Path, tmp_path: Path) -> None:
    files = [path for path in backup.rglob("*") if path.is_file() and path.name != layout.LOCK_NAME]
    assert len(files) > 8
    for path in files:
        whole = path.read_bytes()
        middle = len(whole) // 2
        for damaged in (
            whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
            whole[:-1] + bytes([whole[-1] ^ 1]),
            whole[:middle],
        ):
            path.write_bytes(damaged)
            for refuses in (lambda: check(backup), lambda: restored(founded, backup, tmp_path / "new")):
                with pytest.raises(DamagedBackup, match=path.name.replace(".", r"\.")):
                    refuses()
        path.unlink()
        with pytest.raises(DamagedBackup, match="missing"):
            check(backup)
        path.write_bytes(whole)
    check(backup)
    assert not list(tmp_path.glob("new*"))


def test_the_key_is_asked_for_and_must_be_the_one(founded: Founded, backup: Path, tmp_path: Path) -> None:
    assert not list(backup.rglob("master.key"))
    with pytest.raises(MasterKeyMissing, match="--master-key"):
        restore(backup, Target(data=tmp_path / "new"))
    wrong = tmp_path / "wrong.key"
    wrong.write_text("ab" * 32)
    wrong.chmod(0o600)
    with pytest.raises(MasterKeyMissing, match="another key"):
        restore(backup, Target(data=tmp_path / "new", master_key=wrong))
    bootstrap.back_up_exchange(founded.settings, backup, with_master_key=True)
    restore(backup, Target(data=tmp_path / "new"))
    assert (tmp_path / "new" / "master.key").read_bytes() == (founded.data / "master.key").read_bytes()


def test_nothing_is_backed_up_in_the_middle_of_a_change_of_the_key(tmp_path: Path) -> None:
    founded = found(tmp_path / "data", orders=1)
    shutil.copy(founded.data / "master.key", founded.data / "master.key.next")
    with pytest.raises(MasterKeyUnusable, match="rialto keys reseal"):
        bootstrap.back_up_exchange(founded.settings, tmp_path / "backup", with_master_key=False)
    bootstrap.reseal_secrets(founded.settings)
    bootstrap.back_up_exchange(founded.settings, tmp_path / "backup", with_master_key=True)
    restore(tmp_path / "backup", Target(data=tmp_path / "new"))
    with bootstrap.identity(settings_in(tmp_path / "new")) as (_, api_keys):
        assert api_keys.find(founded.key) is not None


def test_nothing_is_written_over(founded: Founded, backup: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").write_text("precious")
    with pytest.raises(TargetNotEmpty, match="is not empty"):
        restored(founded, backup, tmp_path / "taken")
    with pytest.raises(NotABackup, match="holds file, which is no part of a backup"):
        bootstrap.back_up_exchange(founded.settings, tmp_path / "taken", with_master_key=False)
    (tmp_path / "empty").mkdir()
    restored(founded, backup, tmp_path / "empty")


def test_settings_that_reach_outside_are_left_out(tmp_path: Path) -> None:
    founded = found(tmp_path / "data", orders=1)
    (founded.data / "rialto.toml").write_text(
        f'port = 8080\ndatabase_url = "{founded.settings.database_url}"\narchive_directory = "{tmp_path}/cold"\n'
        'portal_directory = "files"\n'
    )
    settings = settings_in(founded.data)
    bootstrap.back_up_exchange(settings, tmp_path / "backup", with_master_key=True)
    done = restore(tmp_path / "backup", Target(data=tmp_path / "new"))
    assert sorted(done.settings_dropped) == ["archive_directory", "database_url"]
    new = read_settings({}, {"data_directory": tmp_path / "new"})
    assert (new.port, new.portal_directory, new.archive_directory) == (8080, Path("files"), Path("archive"))
    assert str(tmp_path / "new") in new.database_url


def test_a_restored_exchange_can_move_to_postgresql(
    founded: Founded, backup: Path, postgres_url: str, tmp_path: Path
) -> None:
    target = Target(data=tmp_path / "new", database_url=postgres_url, master_key=founded.data / "master.key")
    restore(backup, target)
    assert contents(postgres_url, metadata) == contents(founded.settings.database_url, metadata)
    settings = settings_in(tmp_path / "new")
    assert settings.database_url == postgres_url, "the restored settings name it"
    asyncio.run(trade(settings, 2))
    bootstrap.back_up_exchange(settings, tmp_path / "again", with_master_key=True)
    restore(tmp_path / "again", Target(data=tmp_path / "back"))
    assert contents(sqlite_url(tmp_path / "back"), metadata) == contents(postgres_url, metadata)


@pytest.mark.parametrize(("to_sequence", "kept"), [(80, 1), (79, 0)])
def test_snapshots_beyond_the_point_are_dropped(founded: Founded, tmp_path: Path, to_sequence: int, kept: int) -> None:
    """Only names and places are looked at here; what is in a snapshot is the core's matter."""
    data = tmp_path / "data"
    shutil.copytree(founded.data, data)
    (data / "snapshots").mkdir()
    last = journal.verify(founded.journal).sequence
    for sequence in (40, 80, last + 1):
        (data / "snapshots" / f"snapshot-{sequence:020}.rls").write_bytes(b"state")
    bootstrap.back_up_exchange(settings_in(data), tmp_path / "backup", with_master_key=True)
    newest = [path.name for path in (tmp_path / "backup").rglob("*.rls")]
    assert newest == [f"snapshot-{80:020}.rls"], "the newest that the copied journal reaches"
    restore(tmp_path / "backup", Target(data=tmp_path / "new", to_sequence=to_sequence))
    assert len(list((tmp_path / "new").rglob("*.rls"))) == kept
