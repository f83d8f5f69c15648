"""The command line freezes people of an exchange that runs, and finds out who altered the log of what they did."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from rialto import bootstrap
from rialto.foundation.migrating import migrate
from rialto.foundation.secrets import MasterKey
from rialto.identity.people import PersonStatus
from tests.founded import settings_in

EMAIL = "alice@example.com"


def people(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rialto", "people", *arguments, "--data", str(data)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_freezing_and_the_log_that_tells_of_it(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    bootstrap.prepare_data_directory(settings)
    MasterKey.load_or_create(bootstrap.master_key_path(settings))
    migrate(settings.database_url)
    with bootstrap.open_people(settings) as (everyone, _):
        owner = everyone.register(EMAIL, 1).owner
        assert people(tmp_path, "freeze", EMAIL).returncode == 0
        everyone.refresh()
        assert not everyone.is_active(owner)
        shown = people(tmp_path, "show", EMAIL.upper())
        assert f"user {owner}, frozen" in shown.stdout
        assert people(tmp_path, "unfreeze", EMAIL).returncode == 0
        found = everyone.find(owner)
        assert found is not None
        assert found.status is PersonStatus.ACTIVE
    nobody = people(tmp_path, "show", "bob@example.com")
    assert (nobody.returncode, "nobody with this address" in nobody.stderr) == (1, True)
    whole = people(tmp_path, "verify-log")
    assert (whole.returncode, whole.stdout) == (0, "the behaviour log is whole: 2 entries\n")
    with closing(sqlite3.connect(tmp_path / "rialto.sqlite")) as database:
        database.execute("DELETE FROM behaviour WHERE number = 1")
        database.commit()
    altered = people(tmp_path, "verify-log")
    assert altered.returncode == 1
    assert "entry 1 of the behaviour log is missing" in altered.stderr
