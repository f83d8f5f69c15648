"""The embedded runtime: queue, core thread, journal with fdatasync, release.

Beside the rates stands what each thread spends on a command: the larger of the two is the limit, on a machine that has
a core for each of them and one for the submitter.
"""

from collections.abc import Sequence

from benches.core_program import run_workload, scratch_directory
from benches.figures import Row, Settings

NAME = "pipeline"
WORKLOAD = "the load of `engine`, submitted and drained by one thread, at most 8,192 under way; then 100,000 a second"
SYMBOLS = (1, 100)


def run(settings: Settings) -> Sequence[Row]:
    """Measure with one symbol and with a hundred, on the disk that the repository is on."""
    commands = 50_000 if settings.is_quick else 500_000
    aims = {"pipeline, saturated": ">= half of engine"}
    rows: list[Row] = []
    with scratch_directory() as directory:
        for symbols in SYMBOLS:
            arguments = ["pipeline", str(symbols), str(commands), str(settings.trials), str(directory)]
            rows += run_workload(arguments, aims)
    return rows
