"""Find the benchmarks, run them one after the other, and print one table.

`python -m benches [name ...] [--quick] [--trials N]`. One that fails is reported and the others still run; the exit
status then is 1.
"""

import argparse
import importlib
import logging
import os
import pkgutil
import platform
import subprocess
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from rich.console import Console
from rich.table import Table

import benches
from benches.figures import PERCENTILES, Row, Settings

ROOT = Path(__file__).resolve().parents[1]
PLAIN_WIDTH = 190


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One module of this package, as it shows itself."""

    name: str
    workload: str
    run: Callable[[Settings], Sequence[Row]]
    is_only_when_named: bool = False


def discover() -> list[Benchmark]:
    """Import every module here and keep those that are benchmarks."""
    found = []
    for module_info in pkgutil.iter_modules(benches.__path__):
        if module_info.name == "__main__":
            continue
        module = importlib.import_module(f"benches.{module_info.name}")
        if all(hasattr(module, attribute) for attribute in ("NAME", "WORKLOAD", "run")):
            is_only_when_named = getattr(module, "ONLY_WHEN_NAMED", False)
            found.append(Benchmark(module.NAME, module.WORKLOAD, module.run, is_only_when_named))
    return found


def machine() -> str:
    """Name the processor, its cores, the system and the interpreter."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        models = (line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line)
        model = next(models, model)
    load = ", ".join(f"{average:.2f}" for average in os.getloadavg())
    return (
        f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, load before: {load}"
    )


def commit() -> str:
    """Name the commit, and say so when the files differ from it."""

    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()

    try:
        return git("rev-parse", "--short=12", "HEAD") + (" with changes" if git("status", "--porcelain") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def spell(value: float) -> str:
    """Write a figure with as many digits as mean something."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def cells(row: Row) -> list[str]:
    """Lay a row out in the columns of the table."""
    spread = f"{spell(row.low)} to {spell(row.high)}" if row.low != row.high else ""
    percentiles = [spell(value) for value in row.percentiles] or [""] * len(PERCENTILES)
    ratio = f"{row.ratio:.2f} x {row.baseline}" if row.ratio is not None else row.baseline
    return [row.case, row.measure, f"{spell(row.value)} {row.unit}", spread, *percentiles, ratio, row.aim]


def show(console: Console, benchmark: Benchmark, rows: Sequence[Row]) -> None:
    """Print the rows of one benchmark, and below them what must be known to read them."""
    table = Table(title=f"{benchmark.name}: {benchmark.workload}", title_justify="left", title_style="bold")
    for heading in ("case", "measure"):
        table.add_column(heading)
    for heading in ("median", "spread", *(f"p{percentile:g}" for percentile in PERCENTILES)):
        table.add_column(heading, justify="right", no_wrap=True)
    for heading in ("ratio to baseline", "aim"):
        table.add_column(heading)
    for row in rows:
        table.add_row(*cells(row))
    console.print(table)
    for note in dict.fromkeys(note for row in rows for note in row.notes):
        console.print(f"  {note}", highlight=False)
    console.print()


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for; the exit status says whether all of it ran."""
    benchmarks = discover()
    names = sorted(benchmark.name for benchmark in benchmarks)
    parser = argparse.ArgumentParser(prog="python -m benches", description=benches.__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="name",
        help=f"which ones, of: {', '.join(names)}; when absent, all but the long ones",
    )
    parser.add_argument("--quick", action="store_true", help="measure briefly: shows that it works, not how fast it is")
    parser.add_argument("--trials", type=int, default=5, help="how often each is repeated (default: 5)")
    asked = parser.parse_args(arguments)
    unknown = sorted(set(asked.names) - set(names))
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(names)}")
    if asked.trials < 1:
        parser.error(f"--trials must be at least 1, not {asked.trials}")
    # The table is what is asked for; what the measured parts log would cost them time, too.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    settings = Settings(is_quick=asked.quick, trials=asked.trials)
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=PLAIN_WIDTH)
    console.print(f"machine: {machine()}\ncommit: {commit()}\n")
    failed = []
    for benchmark in benchmarks:
        if benchmark.name not in asked.names if asked.names else benchmark.is_only_when_named:
            continue
        try:
            show(console, benchmark, benchmark.run(settings))
        except Exception:
            failed.append(benchmark.name)
            console.print(f"{benchmark.name} failed:\n{traceback.format_exc()}", markup=False)
    if failed:
        console.print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
