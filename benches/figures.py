"""What a benchmark gives back: rows of figures, each the median of several trials.

A row belongs to one case of a workload and one measure. Figures of one machine at one time mean little; the ratio to a
baseline measured in the same run means more, so a row names its baseline and gives both.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

PERCENTILES = (50.0, 90.0, 99.0, 99.9)


@dataclass(frozen=True, slots=True)
class Settings:
    """How long to measure. `is_quick` is for seeing that a benchmark works, not for its figures."""

    is_quick: bool = False
    trials: int = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of one case.

    `value` is the median of the trials and `low` to `high` their range. `percentiles` goes with latencies, in the same
    unit, one for each of `PERCENTILES`. `ratio` is `value` divided by the baseline's, whatever its direction.
    """

    case: str
    measure: str
    unit: str
    value: float
    low: float
    high: float
    percentiles: tuple[float, ...] = ()
    baseline: str = ""
    ratio: float | None = None
    aim: str = ""
    notes: tuple[str, ...] = ()


def percentiles_of(samples: Sequence[float]) -> tuple[float, ...]:
    """Read `PERCENTILES` off the samples, each the nearest sample at or above its rank."""
    ordered = sorted(samples)
    last = len(ordered) - 1
    return tuple(ordered[min(last, int(len(ordered) * percentile / 100))] for percentile in PERCENTILES)


def row_of_trials(
    case: str,
    measure: str,
    unit: str,
    trials: Sequence[float],
    *,
    against: tuple[str, float] | None = None,
    aim: str = "",
    notes: tuple[str, ...] = (),
) -> Row:
    """Sum up one number per trial; `against` names a baseline and gives its median in the same unit."""
    value = statistics.median(trials)
    baseline, ratio = (against[0], value / against[1]) if against and against[1] else ("", None)
    return Row(
        case, measure, unit, value, min(trials), max(trials), baseline=baseline, ratio=ratio, aim=aim, notes=notes
    )


def row_of_percentiles(case: str, measure: str, unit: str, trials: Sequence[Sequence[float]], *, aim: str = "") -> Row:
    """Sum up latencies, given as `PERCENTILES` of each trial: each becomes its median over the trials."""
    percentiles = tuple(statistics.median(column) for column in zip(*trials, strict=True))
    medians = [trial[0] for trial in trials]
    return Row(case, measure, unit, percentiles[0], min(medians), max(medians), percentiles=percentiles, aim=aim)


def row_of_samples(case: str, measure: str, unit: str, trials: Sequence[Sequence[float]], *, aim: str = "") -> Row:
    """Sum up latencies, given one by one for each trial."""
    return row_of_percentiles(case, measure, unit, [percentiles_of(samples) for samples in trials], aim=aim)
