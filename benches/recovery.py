"""How long a start takes, what a checkpoint and a snapshot cost, and whether a replica beside the core is felt."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benches.core_program import run_workload, scratch_directory
from benches.figures import Row, Settings

NAME = "recovery"
WORKLOAD = "starts with and without snapshots, checkpoints and snapshots of a large state, a replica beside the core"
ONLY_WHEN_NAMED = True
COMMANDS = 10_000_000
ACCOUNTS = 1_000_000
OFFERED = 750_000
TRIALS_MAX = 3


def run(settings: Settings) -> Sequence[Row]:
    """Measure starts, then a large state, then latencies with and without a replica, by turns."""
    trials = str(min(settings.trials, TRIALS_MAX))
    commands, accounts, offered = (200_000, 20_000, 100_000) if settings.is_quick else (COMMANDS, ACCOUNTS, OFFERED)
    with scratch_directory() as directory:
        rows = run_workload(["recovery", "start", str(commands), trials, str(directory / "start")])
    with scratch_directory() as directory:
        rows += run_workload(["recovery", "state", str(accounts), trials, str(directory / "state")])
    for trial in range(int(trials)):
        with scratch_directory() as directory:
            journal = directory / "journal"
            rows += run_workload(["recovery", "latency", str(offered), f"alone, {trial + 1}", str(journal)])
        with scratch_directory() as directory, replica_beside(directory):
            case = f"beside a replica, {trial + 1}"
            rows += run_workload(["recovery", "latency", str(offered), case, str(directory / "journal")])
    return rows


@contextmanager
def replica_beside(directory: Path) -> Iterator[None]:
    """Run the replica's process as an exchange would, writing snapshots often."""
    (directory / "journal").mkdir()
    places = [str(directory), str(directory / "journal"), str(directory / "snapshots")]
    command = [sys.executable, "-m", "rialto.core.replica", *places, "100000"]
    replica = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        assert replica.stdin is not None
        replica.stdin.close()
        replica.wait(10)
