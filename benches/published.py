"""The workload of exchange-core's published figures, through our whole engine, beside other engines in the same run.

Every engine is given the same steps and must come to the same trades. They take turns, trial by trial, so that all meet
the same disturbances; seconds on the processor are less easily disturbed than seconds passed.
"""

import json
from collections.abc import Sequence

from benches import peers
from benches.core_program import measures_of, run_workload, scratch_directory, text_of
from benches.figures import Row, Settings, row_of_trials

NAME = "published"
WORKLOAD = (
    "exchange-core's test workload: 1 symbol, 1,000 users, 1,000 resting orders, mostly moves; "
    "one thread, ledger, fees, all filters, all events, no journal"
)
RATE_A_SECOND = 1_000_000


def run(settings: Settings) -> Sequence[Row]:
    """Measure what the workload is made of, how fast it goes, and how late commands are done at a steady rate."""
    commands = str(50_000 if settings.is_quick else 1_000_000)
    sizes = ["1", "1000", "1000", commands]
    rows = run_workload(["published", "summary", *sizes], {"allocations in the warm half": "0"})
    rows += _rates(sizes, settings.trials)
    aims = {"rialto, done after its planned time": "p99 < 5"}
    rows += run_workload(["published", "latency", *sizes, str(settings.trials), str(RATE_A_SECOND)], aims)
    return rows


def _rates(sizes: list[str], trials: int) -> list[Row]:
    found = peers.built()
    passed: dict[str, list[float]] = {name: [] for name in ("rialto", *(peer.name for peer in found))}
    on_processor: dict[str, list[float]] = {name: [] for name in passed}
    with scratch_directory() as directory:
        steps = directory / "steps.txt"
        expected = json.loads(text_of(["published", "steps", *sizes[1:], str(steps)]))
        for _ in range(trials):
            rate, processor_us = measures_of(["published", "rate", *sizes, "1"])
            passed["rialto"].append(rate["trials"][0])
            on_processor["rialto"].append(processor_us["trials"][0])
            for peer in found:
                seconds, processor_seconds = peer.run(steps, expected)
                passed[peer.name].append(int(sizes[-1]) / seconds)
                on_processor[peer.name].append(processor_seconds * 1e6 / int(sizes[-1]))
    missing = () if found else ("No peers are built: see benches/peers/README.md.",)
    rows = []
    for measure, unit, figures in (("throughput", "commands/s", passed), ("on the processor", "us", on_processor)):
        own = row_of_trials("rialto", measure, unit, figures.pop("rialto"), aim=_aim(unit), notes=missing)
        against = ("rialto", own.value)
        rows += [own, *(row_of_trials(name, measure, unit, each, against=against) for name, each in figures.items())]
    return rows


def _aim(unit: str) -> str:
    return ">= 3,000,000" if unit == "commands/s" else ""
