"""Metrics: figures about the running process, in Prometheus' text format.

Stands under everything that counts. Whoever does something keeps plain numbers (integers, a `Distribution`), nothing
else; a collector reads them when somebody scrapes, so that what is measured pays for an addition and never for a lock,
a lookup of labels or a string. Names follow Prometheus: `rialto_`, base units (`_seconds`, `_bytes`), `_total` for what
only grows. Invariants: the values of a label are few and known beforehand (never an account, an address or an order);
what is not known is absent, never zero; a collector that fails takes away its own figures, not the others'.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import structlog
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

CONTENT_TYPE: Final = b"text/plain; version=0.0.4; charset=utf-8"

MICROSECONDS: Final = 1_000_000
"""How many make a second: distributions of time are kept in microseconds and shown in seconds."""

LATENCY_BOUNDS_US: Final = (
    *(100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000),
    *(100_000, 250_000, 500_000, 1_000_000, 2_500_000, 10_000_000),
)
"""Upper bounds for how long something took, in microseconds."""

SIZE_BOUNDS: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096)
"""Upper bounds for how many there were."""

_log = structlog.stdlib.get_logger(__name__)

Collect = Callable[[], Iterable[Metric]]


class Distribution:
    """How often a whole number fell between which bounds. To observe costs a bisection and two additions."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[int]) -> None:
        self.bounds: Final = tuple(bounds)
        self.counts: Final = [0] * (len(self.bounds) + 1)
        self.total = 0

    def observe(self, value: int) -> None:
        """Count a value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    @property
    def count(self) -> int:
        """How many values were counted."""
        return sum(self.counts)

    @classmethod
    def counted(cls, bounds: Sequence[int], counts: Sequence[int], total: int) -> "Distribution":
        """Return a distribution that was counted elsewhere: `counts` has one more than `bounds`, for what is beyond."""
        made = cls(bounds)
        made.counts[:] = counts
        made.total = total
        return made


class Metrics:
    """Everything that is collected, and its text."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=self._registry)

    def add(self, collect: Collect) -> None:
        """Ask `collect` for its figures at every scrape."""
        self._registry.register(_Collector(collect))

    def render(self) -> bytes:
        """Collect everything and write it in Prometheus' text format."""
        return generate_latest(self._registry)


class _Collector(Collector):
    def __init__(self, collect: Collect) -> None:
        self._collect = collect

    def collect(self) -> Iterable[Metric]:
        try:
            return list(self._collect())
        except Exception:
            _log.exception("figures not collected", collector=repr(self._collect))
            return []


def gauge(name: str, text: str, value: int) -> Metric:
    """Return a figure that goes up and down."""
    return GaugeMetricFamily(name, text, value=value)


def gauge_of_us(name: str, text: str, microseconds: int) -> Metric:
    """Return a length of time or a moment, given in microseconds, in seconds."""
    return GaugeMetricFamily(name, text, value=microseconds / MICROSECONDS)


def gauges(name: str, text: str, labels: Sequence[str], values: Mapping[Any, int]) -> Metric:
    """Return figures that go up and down, each by the value of its label, or by a tuple of them."""
    family = GaugeMetricFamily(name, text, labels=labels)
    for held, value in values.items():
        family.add_metric(_labels(held), value)
    return family


def counter(name: str, text: str, value: int) -> Metric:
    """Return a figure that only grows. `name` ends in `_total`."""
    return CounterMetricFamily(name, text, value=value)


def counter_of_us(name: str, text: str, microseconds: int) -> Metric:
    """Return a length of time that only grows, given in microseconds, in seconds."""
    return CounterMetricFamily(name, text, value=microseconds / MICROSECONDS)


def counters(name: str, text: str, labels: Sequence[str], values: Mapping[Any, int]) -> Metric:
    """Return figures that only grow, each by the value of its label, or by a tuple of them."""
    family = CounterMetricFamily(name, text, labels=labels)
    for held, value in values.items():
        family.add_metric(_labels(held), value)
    return family


def distributions(
    name: str, text: str, labels: Sequence[str], values: Mapping[Any, Distribution], *, units: int = 1
) -> Metric:
    """Return distributions, each by the value of its label, or by a tuple of them.

    `units` of what was observed make one of the unit in the name.
    """
    family = HistogramMetricFamily(name, text, labels=labels)
    for held, distribution in values.items():
        reached, buckets = 0, []
        for bound, count in zip((*distribution.bounds, None), distribution.counts, strict=True):
            reached += count
            buckets.append(("+Inf" if bound is None else str(bound / units), reached))
        family.add_metric(_labels(held), buckets, sum_value=distribution.total / units)
    return family


def distribution(name: str, text: str, value: Distribution, *, units: int = 1) -> Metric:
    """Return one distribution without labels."""
    return distributions(name, text, (), {(): value}, units=units)


def _labels(held: str | tuple[str, ...]) -> tuple[str, ...]:
    return (held,) if isinstance(held, str) else held
