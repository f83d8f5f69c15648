"""The compiled half: builds `benches/core` once, runs one of its workloads, and reads the measures it writes."""

import json
import os
import statistics
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from benches.figures import Row, row_of_percentiles, row_of_trials

ROOT = Path(__file__).resolve().parents[1]
TIMEOUT_S = 900


class CoreProgramFailed(Exception):
    """The compiled workloads could not be built, or ended with an error; says what they wrote."""


def run_workload(arguments: Sequence[str], aims: dict[str, str] | None = None) -> list[Row]:
    """Run a workload of the compiled program. `aims` goes by measure."""
    return [_row(measure, aims or {}) for measure in measures_of(arguments)]


def measures_of(arguments: Sequence[str]) -> list[dict[str, Any]]:
    """Run a workload and give its measures as they were written."""
    return [json.loads(line) for line in text_of(arguments).splitlines()]


def text_of(arguments: Sequence[str]) -> str:
    """Run the compiled program and give what it writes."""
    return _call([str(_program()), *arguments], TIMEOUT_S)


@contextmanager
def scratch_directory() -> Iterator[Path]:
    """Make a directory on the disk the repository is on, since a temporary one may lie in memory, and remove it."""
    parent = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="benches-", dir=parent) as directory:
        yield Path(directory)


@cache
def _program() -> Path:
    command = ["cargo", "build", "--release", "--locked", "--package", "rialto-benches", "--message-format", "json"]
    built = (json.loads(line) for line in _call(command, None).splitlines())
    executables = [message["executable"] for message in built if message.get("executable")]
    return Path(executables[-1])


def _call(command: Sequence[str], timeout_s: float | None) -> str:
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout_s, check=False)
    if ended.returncode != 0:
        raise CoreProgramFailed(f"{' '.join(command)} ended with status {ended.returncode}:\n{ended.stderr.strip()}")
    return ended.stdout


def _row(measure: dict[str, Any], aims: dict[str, str]) -> Row:
    case, name, unit = measure["case"], measure["measure"], measure["unit"]
    aim = aims.get(name, "")
    if "percentiles" in measure:
        return row_of_percentiles(case, name, unit, measure["percentiles"], aim=aim)
    against = measure.get("baseline_trials")
    baseline = (measure["baseline"], statistics.median(against)) if against else None
    return row_of_trials(case, name, unit, measure["trials"], against=baseline, aim=aim)
