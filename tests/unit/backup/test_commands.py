"""The commands say what they did and what to do, and leave nothing behind that looks whole when they are cut off."""

import os
import resource
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer

from rialto import bootstrap, cli
from rialto.backup.checking import check
from rialto.backup.restoring import Listeners, Target, restore
from rialto.cli.backups import time_us_of
from rialto.core import journal
from tests.demo_process import RIALTO
from tests.founded import Founded, found

SEGMENT_BYTES = 2_048


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Founded:
    return found(tmp_path_factory.mktemp("founded") / "data", segment_bytes_max=SEGMENT_BYTES)


def on_small_disk(file_bytes_max: int, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command to which no file can grow beyond a size: writing on fails as on a full disk."""
    return subprocess.run(
        [*RIALTO, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes_max, file_bytes_max)),
    )


class Commands:
    """The command line, run here; what it printed, and how it ended."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._monkeypatch = monkeypatch
        self.stdout = self.stderr = ""

    def run(self, *arguments: object) -> int:
        self._monkeypatch.setattr(sys, "argv", ["rialto", *map(str, arguments)])
        self._capsys.readouterr()
        mask = os.umask(0o077)
        try:
            cli.main()
        except SystemExit as ended:
            code = ended.code
        else:
            code = 0
        finally:
            os.umask(mask)
            self.stdout, self.stderr = self._capsys.readouterr()
        assert isinstance(code, int)
        return code


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Commands:
    return Commands(capsys, monkeypatch)


def test_the_commands_lead_from_an_exchange_to_another(founded: Founded, commands: Commands, tmp_path: Path) -> None:
    backup, new, key = tmp_path / "backup", tmp_path / "new", founded.data / "master.key"
    assert commands.run("backup", backup, "--data", founded.data) == 0
    assert "The master key is NOT in this backup" in commands.stdout
    assert str(key) in commands.stdout
    assert commands.run("backup", "--check", backup) == 0
    assert f"state hash   {journal.verify(founded.journal).state_hash}" in commands.stdout
    assert commands.run("restore", backup, "--data", new) == 1
    assert "--master-key" in commands.stderr
    assert not new.exists()
    both = ("--to-sequence", 5, "--to-time", 5)
    assert commands.run("restore", backup, "--data", new, *both) == 2
    assert commands.run("restore", backup, "--data", new, "--to-sequence", 50, "--master-key", key) == 0
    assert f"state hash   {journal.verify(new / 'journal').state_hash}" in commands.stdout
    assert "People and keys are those of" in commands.stdout
    assert commands.run("restore", backup, "--data", new, "--master-key", key) == 1
    assert "is not empty" in commands.stderr
    assert commands.run("backup", tmp_path / "other", "--data", tmp_path / "nowhere") == 1
    assert "there is no exchange in" in commands.stderr


@pytest.mark.timeout(300)
@pytest.mark.parametrize("file_bytes_max", [300, 1_500])
def test_a_full_disk_leaves_the_backup_that_was_there(founded: Founded, tmp_path: Path, file_bytes_max: int) -> None:
    backup = tmp_path / "backup"
    whole = bootstrap.back_up_exchange(founded.settings, backup, with_master_key=True).manifest
    ended = on_small_disk(file_bytes_max, "backup", backup, "--data", founded.data)
    assert ended.returncode == 1
    assert ended.stderr.startswith("rialto: ")
    assert check(backup)[0] == whole
    ended = on_small_disk(file_bytes_max, "backup", tmp_path / "first", "--data", founded.data)
    assert (ended.returncode, (tmp_path / "first" / "backup.json").exists()) == (1, False)
    ended = on_small_disk(file_bytes_max, "restore", backup, "--data", tmp_path / "new")
    assert ended.returncode == 1
    assert not list(tmp_path.glob("new*"))
    bootstrap.back_up_exchange(founded.settings, tmp_path / "first", with_master_key=True)
    check(tmp_path / "first")


@pytest.mark.parametrize("step", ["on_files", "on_journal", "on_replay"])
def test_an_interrupted_restore_leaves_nothing(founded: Founded, tmp_path: Path, step: str) -> None:
    bootstrap.back_up_exchange(founded.settings, tmp_path / "backup", with_master_key=True)

    def interrupt(_count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises((KeyboardInterrupt, Exception)) as ended:
        restore(tmp_path / "backup", Target(data=tmp_path / "new"), Listeners(**{step: interrupt}))
    assert "KeyboardInterrupt" in repr(ended.value)
    assert not list(tmp_path.glob("new*"))


def test_an_interrupted_backup_leaves_the_one_before(founded: Founded, tmp_path: Path) -> None:
    backup = tmp_path / "backup"

    def interrupt(_count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bootstrap.back_up_exchange(founded.settings, backup, with_master_key=True, on_progress=interrupt)
    assert len(list((backup / "segments").iterdir())) == 1, "what was whole is kept for the next run"
    assert not (backup / "backup.json").exists()
    done = bootstrap.back_up_exchange(founded.settings, backup, with_master_key=True)
    assert done.segments_stored > 1
    check(backup)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", datetime(1970, 1, 1, 0, 0, 0, 999, UTC)),
        ("1769860800123", datetime(2026, 1, 31, 12, 0, 0, 123_999, UTC)),
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T12:00:00.000001", datetime(2026, 1, 31, 12, 0, 0, 1, UTC)),
        ("2026-01-31T12:00:00+02:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
    ],
)
def test_times_are_read(text: str, expected: datetime) -> None:
    assert datetime.fromtimestamp(time_us_of(text) // 1_000_000, UTC) == expected.replace(microsecond=0)
    assert time_us_of(text) % 1_000_000 == expected.microsecond


def test_other_texts_are_no_times() -> None:
    with pytest.raises(typer.BadParameter, match="is no time"):
        time_us_of("yesterday")
